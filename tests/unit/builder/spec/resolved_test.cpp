// SPDX-License-Identifier: BSD-3-Clause
#include "builder/spec/resolved.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "builder/spec/read_spec.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"
#include "io/text/shipped_configs.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using builder::Override;
using builder::read_network_spec;
namespace fs = std::filesystem;

namespace {

std::string id_of(const builder::NetworkSpec& spec, bool source_index = true) {
  return builder::run_id(spec, source_index);
}

std::string id_with(const std::vector<std::string>& keys, const std::string& yaml) {
  return id_of(read_network_spec("tiny", {{keys, yaml}}));
}

}  // namespace

TEST_CASE("a run id is the same for the same description, wherever it lies and whatever it is called") {
  const auto id = id_of(read_network_spec("tiny"));
  CHECK(id.size() == 32);
  CHECK(id_of(read_network_spec("tiny")) == id);
  CHECK(id != id_of(read_network_spec("small")));
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "other_name.yaml";
  io::write_text_file(file, "extends: tiny\ndescription: another text\n");
  CHECK(id_of(read_network_spec(file.string())) == id);
  io::write_text_file(
      file, "extends: tiny\nseed: 153 # the usual one\nsize: {radius_um: 50.0, core_radius_um: 2e1}\n");
  CHECK(id_of(read_network_spec(file.string())) == id);
}

TEST_CASE("whatever changes the contents of a network changes its run id") {
  const auto id = id_of(read_network_spec("tiny"));
  std::vector<std::string> ids{
      id,
      id_with({"seed"}, "154"),
      id_with({"size", "radius_um"}, "51"),
      id_with({"size", "core_radius_um"}, "21"),
      id_with({"lgn", "tiles"}, "[4, 2]"),
      id_with({"recurrent", "like_to_like"}, "false"),
      id_with({"recurrent", "enabled"}, "false"),
      id_with({"cells", "fluctuate"}, "true"),
      id_with({"cells", "flat"}, "true"),
      id_with({"synapses", "unitary_psp"}, "computed"),
      id_with({"background", "units"}, "99"),
      id_with({"background", "connections"}, "3"),
      id_with({"run", "duration_ms"}, "2000"),
      id_of(read_network_spec("tiny"), false),
  };
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "mine.yaml";
  io::write_text_file(file, "extends: tiny\npopulations: {delete: [i1Htr3a]}\n");
  ids.push_back(id_of(read_network_spec(file.string())));
  const std::set<std::string> distinct(ids.begin(), ids.end());
  CHECK(distinct.size() == ids.size());
}

TEST_CASE("tables count by what they hold, not by where they lie") {
  const auto id = id_of(read_network_spec("tiny"));
  const test::TemporaryFolder folder;
  const auto table = folder.path() / "mine.csv", file = folder.path() / "mine.yaml";
  fs::copy_file(io::config_directory() / "v1/populations.csv", table);
  io::write_text_file(file, "extends: tiny\npopulations: {table: mine.csv}\n");
  CHECK(id_of(read_network_spec(file.string())) == id);
  std::ofstream(table, std::ios::app) << "# a remark\n";
  CHECK(id_of(read_network_spec(file.string())) != id);
}

TEST_CASE("the description kept beside a network makes the same network again") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "network.yaml";
  const auto first = read_network_spec("tiny", {{{"lgn", "tiles"}, "[4, 2]"}, {{"seed"}, "9"}});
  io::write_text_file(file, first.resolved.yaml);
  const auto again = read_network_spec(file.string());
  CHECK(again.seed == 9);
  CHECK(again.lgn.tiles_x == 4);
  CHECK(again.resolved.hash == first.resolved.hash);
  const auto json = io::Json::parse(first.resolved.json);
  CHECK(json["seed"] == 9);
  CHECK(json["lgn"]["tiles"] == io::Json::array({4, 2}));
  CHECK(json["size"]["radius_um"] == 50);
}
