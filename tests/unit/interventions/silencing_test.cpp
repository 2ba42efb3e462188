// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/silencing.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "interventions/silencing_table.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::interventions;

namespace {

Silencing pv() {
  return {.condition = "pv_neg1000",
          .clamp = "PVClamp",
          .node_set = "pv_suppressed",
          .node_set_file = "pv_nodes.json",
          .option = "bio_trained"};
}

io::Json config() {
  return io::Json::parse(R"({
    "manifest": {"$BASE_DIR": "${configdir}/..", "$OUTPUT_DIR": "$BASE_DIR/output_bio_trained"},
    "run": {"duration": 3000.0},
    "inputs": {"LGN_spikes": {"input_type": "spikes"}},
    "output": {"output_dir": "$OUTPUT_DIR"}})");
}

const std::vector<std::uint64_t> ids{3, 8};

}  // namespace

TEST_CASE("a silenced config has the clamp, the cells and an output of its own, and nothing else new") {
  const auto made = silenced_config(config(), "config.json", pv(), ids);
  CHECK(made.dump() == io::Json::parse(R"({
    "manifest": {"$BASE_DIR": "${configdir}/..", "$OUTPUT_DIR": "$BASE_DIR/output_pv_neg1000"},
    "run": {"duration": 3000.0},
    "inputs": {"LGN_spikes": {"input_type": "spikes"},
               "PVClamp": {"input_type": "current_clamp", "module": "IClamp", "node_set": "pv_suppressed",
                           "amp": -1000.0, "delay": 1.0, "duration": 2999.0}},
    "output": {"output_dir": "$OUTPUT_DIR"},
    "node_sets": {"pv_suppressed": {"population": "v1", "node_id": [3, 8]}}})")
                           .dump());
}

TEST_CASE("configs of other kinds get the output and keep their node sets") {
  auto base = config();
  base.erase("manifest");
  base["output"]["output_dir"] = "/elsewhere";
  base["node_sets"] = {{"mine", {{"population", "lgn"}}}};
  const auto made = silenced_config(base, "config.json", pv(), ids);
  CHECK(made["output"]["output_dir"] == "${configdir}/../output_pv_neg1000");
  CHECK_FALSE(made.contains("manifest"));
  CHECK(made["node_sets"]["mine"]["population"] == "lgn");
  CHECK(made["node_sets"].size() == 2);
}

TEST_CASE("what a clamp would replace is refused") {
  auto twice = config();
  twice["inputs"]["PVClamp"] = io::Json::object();
  CHECK_THROWS_AS(silenced_config(twice, "config.json", pv(), ids), core::ConfigError);
  auto named = config();
  named["node_sets"] = {{"pv_suppressed", {{"population", "v1"}}}};
  CHECK_THROWS_AS(silenced_config(named, "config.json", pv(), ids), core::ConfigError);
  auto from_file = config();
  from_file["node_sets_file"] = "node_sets.json";
  CHECK_THROWS_AS(silenced_config(from_file, "config.json", pv(), ids), core::ConfigError);
  CHECK_THROWS_AS(silenced_config(io::Json::array(), "config.json", pv(), ids), core::ConfigError);
}

TEST_CASE("another current names another condition") {
  const auto weaker = with_amplitude(pv(), -250);
  CHECK(weaker.condition == "pv_neg250");
  CHECK(weaker.amp_pA == -250);
  CHECK(with_amplitude(pv(), 0.5).condition == "pv_pos0.5");
  auto odd = pv();
  odd.condition = "mine";
  CHECK_THROWS_AS(with_amplitude(odd, -250), core::UsageError);
}

TEST_CASE("the shipped silencing experiments are those of the paper") {
  const auto table = interventions::read_silencing_table(std::nullopt);
  constexpr std::size_t silenced = 13, shifted = 16;
  REQUIRE(table.size() == silenced + shifted);
  for (std::size_t k = 0; k < table.size(); ++k) {
    const auto& each = table[k];
    INFO(each.condition);
    CHECK((k < silenced ? each.amp_pA == -1000 : std::abs(each.amp_pA) == 100));
    CHECK(each.from_ms == 1);
    CHECK(each.to_ms == 3000);
    CHECK(each.option == "bio_trained");
    CHECK_NOTHROW(with_amplitude(each, 50));  // its name says its current
  }
  CHECK(table[silenced].condition == "inh_selective_neg100");
  CHECK(table[silenced].clamp == "InhSelectiveClamp");
  CHECK(table[silenced].node_set_file == "inh_selective_nodes.json");
  CHECK(table[1].condition == "exc_low_core_neg1000");
  CHECK(table[1].clamp == "ExcLowOutgoingClamp");
  CHECK(table[1].node_set == "exc_low_outgoing");
  CHECK(table[1].node_set_file == "low_outgoing_exc_core_nodes.json");
  CHECK(table[4].clamp == "PVClamp");
  CHECK(table[7].clamp == "PV_HIGH_Clamp");
  CHECK(table[7].node_set == "pv_high_suppressed");
  CHECK(table[7].node_set_file == "pv_high_outgoing_core_nodes.json");
}

TEST_CASE("a table of silencing experiments with names that are paths is refused") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "mine.yaml";
  const auto read = [&](const std::string& row) {
    std::ofstream(file) << "amp_pA: -50\nfrom_ms: 0\nto_ms: 10\noption: plain\nconditions: {" << row << "}\n";
    return interventions::read_silencing_table(file);
  };
  CHECK(read("a: {clamp: A, node_set: b, file: c.json}").at(0).amp_pA == -50);
  CHECK(read("a: {clamp: A, node_set: b, file: c.json, amp_pA: 7}").at(0).amp_pA == 7);
  CHECK_THROWS_AS(read("a: {clamp: A, node_set: b, file: ../c.json}"), core::ConfigError);
  CHECK_THROWS_AS(read("a/b: {clamp: A, node_set: b, file: c.json}"), core::ConfigError);
  CHECK_THROWS_AS(read("a: {clamp: A, node_set: b}"), core::ConfigError);
  CHECK_THROWS_AS(read("a: {clamp: A, node_set: b, file: c.json, amp: 3}"), core::ConfigError);
}
