// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/report/report.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <limits>

#include "core/errors/error.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

metrics::TypeReport type_with(double run_rate, double silent) {
  return {.type = "L4_PV",
          .cells = 7,
          .run_rate = run_rate,
          .run_silent = silent,
          .evoked_rate = {},
          .evoked_silent = {},
          .metrics = {}};
}

/// Like the five compared metrics: three rates, OSI, DSI.
metrics::TypeReport type_with_median(double model, std::size_t units) {
  auto type = type_with(3, 0);
  const metrics::Comparison usual{.model = 2,
                                  .recorded = 2,
                                  .low = 1,
                                  .high = 10,
                                  .similarity = 0.5,
                                  .model_count = 7,
                                  .recorded_count = units};
  type.metrics.assign(metrics::compared_metrics.size(), usual);
  type.metrics[1].model = model;
  type.metrics[3].model = 100;  // OSI: no rate
  return type;
}

}  // namespace

TEST_CASE("silent populations are warned of") {
  CHECK(metrics::type_warnings({type_with(3, 0.5)}).empty());
  const auto half = metrics::type_warnings({type_with(3, 0.6)});
  REQUIRE(half.size() == 1);
  CHECK(half[0] == "L4 PV: 60 % of 7 cells did not fire in the single run");
  const auto all = metrics::type_warnings({type_with(0, 1)});
  REQUIRE(all.size() == 1);
  CHECK(all[0] == "L4 PV: silent population, none of 7 cells fired in the single run");
}

TEST_CASE("rates out of range are warned of, at the boundary not yet") {
  CHECK(metrics::type_warnings({type_with(50, 0)}).empty());
  CHECK_THAT(metrics::type_warnings({type_with(50.1, 0)}).at(0), Contains("50.1 Hz on average"));
  CHECK(metrics::type_warnings({type_with_median(1, 10)}).empty());
  CHECK(metrics::type_warnings({type_with_median(10, 10)}).empty());
  CHECK(metrics::type_warnings({type_with_median(undefined, 10)}).empty());
  CHECK(metrics::type_warnings({type_with_median(11, 9)}).empty());  // too few units to know a range
  CHECK_THAT(metrics::type_warnings({type_with_median(11, 10)}).at(0),
             Contains("median average rate 11 Hz (1 to 10 Hz)"));
  CHECK(metrics::type_warnings({type_with_median(0.9, 10)}).size() == 1);
}

TEST_CASE("the course of training becomes a section: losses, rates by type beside recorded ones, settings") {
  const test::TemporaryFolder folder;
  metrics::FigureRequest request{.base = folder.path(),
                                 .options = {"x"},
                                 .tables = folder.path() / "metrics",
                                 .reference = {},
                                 .core = {}};
  request.reference.values["L4_PV"]["average_rate"] = {8, 10};
  CHECK_FALSE(metrics::training_report(request));
  const auto log = metrics::training_log(folder.path(), "x");
  std::filesystem::create_directories(log.parent_path());
  std::ofstream(log)
      << "step,evoked total,evoked rate,evoked outer_rate,spontaneous total,evoked rate_hz L4_PV,evoked "
         "similarity L4_PV,evoked silent L4_PV,spontaneous rate_hz L4_PV\n";
  CHECK_FALSE(metrics::training_report(request));
  std::ofstream(log, std::ios::app) << "1,12,8,0,6,1,0.25,0.5,1\n2,10,6,0,4,3,0.35,nan,2\n"
                                       "3,4,2,0,3,7,0.75,0,3\n4,2,1,0,1,9,0.85,0.1,4\n";
  std::ofstream(log.parent_path() / "held_out.csv") << "step,best,total\n2,1,15\n3,1,6\n4,0,7\n";
  std::ofstream(log.parent_path() / "provenance.txt") << "# how\npreset = <naive>\nseed = 7\n";
  const auto report = metrics::training_report(request);
  REQUIRE(report);
  CHECK(report->steps == 4);
  CHECK_THAT(report->written, Contains("step 3,") && Contains("came to 6"));
  REQUIRE(report->terms.size() == 2);  // the third is always zero
  CHECK(report->terms[0].evoked.start == 11);
  CHECK(report->terms[0].evoked.end == 3);
  CHECK(report->terms[0].gray.end == 2);
  REQUIRE(report->types.size() == 1);
  CHECK(report->types[0].rate_hz.start == 2);
  CHECK(report->types[0].rate_hz.end == 8);
  CHECK(report->types[0].recorded_hz == 9);
  CHECK(report->types[0].gray_hz.end == 3.5);
  CHECK(report->types[0].similarity.end == Approx(0.8));
  CHECK(report->types[0].silent.start == 0.5);
  CHECK(report->settings.size() == 2);
  const auto html = metrics::training_section(*report);
  CHECK_THAT(html, Contains("<h2>Training</h2>") && Contains("4 steps") && Contains("L4 PV") &&
                       Contains("&lt;naive&gt;") && !Contains("<naive>"));
}

TEST_CASE("a report needs spikes or tuning") {
  const test::TemporaryFolder folder;
  const metrics::FigureRequest request{.base = folder.path(),
                                       .options = {"plain"},
                                       .tables = folder.path() / "metrics",
                                       .reference = {},
                                       .core = {}};
  CHECK_THROWS_AS(metrics::report_facts(request), core::MissingFileError);
  CHECK_THROWS_WITH(metrics::report_facts(request), Contains("striate metrics odsi"));
}

TEST_CASE("cells that a negative current goes into are told of, and not warned of") {
  const test::TemporaryFolder folder;
  const auto base = folder.path();
  test::write_network(base, {{.pop_name = "i4Pvalb"},
                             {.pop_name = "i4Pvalb"},
                             {.pop_name = "e4other"},
                             {.pop_name = "e4other"},
                             {.pop_name = "e4other"}});
  std::ofstream(base / "network/network.yaml") << "size: {radius_um: 50, core_radius_um: 20}\n";
  test::write_spikes(base / "output_pv", {10}, {4});
  const auto clamps = [](const char* amplitude, const char* cells) {
    return fmt::format(R"({{"run": {{"duration": 1000.0}}, "node_sets": {{"pv": {{"population": "v1", {}}}}},
                         "inputs": {{"PVClamp": {{"input_type": "current_clamp", "module": "IClamp",
                         "node_set": "pv", "amp": {}, "delay": 1.0, "duration": 999.0}}}}}})",
                       cells, amplitude);
  };
  const metrics::FigureRequest request{
      .base = base, .options = {"pv"}, .tables = base / "metrics", .reference = {}, .core = {}};
  const auto with = [&](const std::string& config) {
    std::ofstream(base / "output_pv/config_pv.json") << config;
    return metrics::report_facts(request);
  };
  auto facts = with(clamps("-1000.0", R"("node_id": [0, 1, 3])"));
  REQUIRE(facts.types.size() == 2);
  CHECK(facts.types[0].silenced == 1);
  CHECK(*facts.types[0].run_silent == 0.5);  // one of two others
  CHECK(*facts.types[0].run_rate == Approx(1 / 3.0));
  CHECK(facts.types[1].silenced == 2);
  CHECK_FALSE(facts.types[1].run_silent);
  CHECK(facts.warnings.empty());
  const auto page = metrics::report_page(facts, {}, {});
  CHECK_THAT(page, Contains("-1000 pA from 1 ms on for 999 ms into 3 cells (node set pv)"));
  CHECK_THAT(page, Contains("<th>silenced</th>") && Contains("intended"));
  CHECK_THAT(page,
             Contains("5 cells, all of them in the core of these tables (within 200 µm of the axis; the "
                      "network ends at 50 µm; its own core ends at 20 µm"));
  // A current that is not negative all the time silences nobody, and the others are still warned of.
  for (const auto* amplitude : {"100.0", "0.0"}) {
    facts = with(clamps(amplitude, R"("pop_name": "i4Pvalb")"));
    CHECK(facts.types[1].silenced == 0);
    REQUIRE(facts.warnings.size() == 2);
    CHECK_THAT(facts.warnings[1], Contains("silent population, none of 2 cells"));
  }
  facts = with(clamps("-1000.0", R"("node_id": [2])"));
  REQUIRE(facts.warnings.size() == 1);
  CHECK_THAT(facts.warnings[0], Contains("L4 PV: silent population"));
  facts = with(clamps("-1000.0", R"("colour": 2)"));
  CHECK_THAT(facts.simulation.back().second, Contains("colour"));
}

TEST_CASE("facts of a small network: rates, silence, medians, similarity, provenance") {
  const test::TemporaryFolder folder;
  const auto base = folder.path() / "<b>net";
  // The fourth cell lies outside the core.
  test::write_network(
      base,
      {{.pop_name = "e5IT"}, {.pop_name = "e5ET"}, {.pop_name = "i1Htr3a"}, {.pop_name = "e5IT", .x = 500}});
  test::write_spikes(base / "output_plain", {10, 20, 30, 1900}, {0, 0, 0, 3});
  std::ofstream(base / "output_plain/config_plain.json")
      << R"({"run": {"duration": 2000.0, "dt": 0.25}, "inputs": {"<i>": {"input_file": "a&b.h5"}, "odd": {"module": 3}}})";
  test::write_spikes(base / "8dir_10trials_plain/angle0_trial0", {600}, {0});
  const auto tables = base / "elsewhere";
  std::filesystem::create_directories(tables);
  std::ofstream(tables / "OSI_DSI_DF_plain.csv")
      << "node_id DSI OSI preferred_angle max_mean_rate(Hz) Ave_Rate(Hz) Spont_Rate(Hz)\n"
         "0 0.5 0.2 0 4 2 1\n1 0.5 0.4 0 8 6 3\n2 NaN NaN NaN 0 0 0\n3 0 0 0 99 99 99\n";
  std::ofstream(tables / "OSI_DSI_DF_plain.csv.provenance.json")
      << R"({"program": "other <1>", "command": "metrics odsi", "inputs": ["x"], "options": {"k": "v"}})";
  std::ofstream(tables / "OSI_DSI_DF_naive.csv.provenance.json") << "not read";
  const metrics::FigureRequest request{
      .base = base,
      .options = {"plain"},
      .tables = tables,
      .reference = {.source = "units.csv",
                    .values = {{"L5_Exc", {{"OSI", {0.2, 0.4}}, {"average_rate", {100}}}}}},
      .core = {}};
  const auto facts = metrics::report_facts(request);
  CHECK(facts.cells == 4);
  CHECK(facts.core_cells == 3);
  CHECK(facts.runs[0].found == 1);
  CHECK(facts.runs[1].found == 1);
  CHECK(facts.runs[1].expected == 80);
  CHECK(facts.runs[2].found == 0);
  REQUIRE(facts.types.size() == 4);  // L5_Exc pooled, L5_ET, L5_IT, L1_Inh
  const auto& pooled = facts.types[0];
  CHECK(pooled.type == "L5_Exc");
  CHECK(pooled.cells == 2);
  CHECK(*pooled.run_rate == Approx(0.75));  // 3 spikes of 2 cells in 2 s
  CHECK(*pooled.run_silent == 0.5);
  CHECK(*pooled.evoked_rate == 4);
  CHECK(pooled.metrics[3].model == Approx(0.3));
  CHECK(pooled.metrics[3].similarity == 1);  // the same two values
  CHECK(pooled.metrics[1].similarity == 0);
  CHECK(std::isnan(pooled.metrics[0].recorded));
  CHECK(facts.types[1].type == "L5_ET");
  CHECK(facts.types[1].metrics[3].recorded_count == 2);  // compared with L5_Exc
  CHECK(*facts.types[3].run_silent == 1);
  REQUIRE(facts.sources.size() == 1);
  CHECK(facts.sources[0].options == "k: v");

  const std::vector<metrics::ReportStimulus> stimuli{
      {.name = "size <quick>",
       .parameters = {{"theta", "45 & more"}},
       .picture = {.name = "stimulus", .caption = "gratings", .png = {}, .note = "no pixels"}}};
  const auto page =
      metrics::report_page(facts, stimuli,
                           {{.name = "raster", .caption = "raster", .png = "PNG", .note = {}},
                            {.name = "fano", .caption = "fano", .png = {}, .note = "no <such> row"},
                            {.name = "em", .caption = "em: beside", .png = {}, .note = "no table"}});
  CHECK_THAT(page, Contains("&lt;b&gt;net") && !Contains("<b>net"));
  CHECK_THAT(page, Contains("other &lt;1&gt;") && Contains("&lt;i&gt;") && Contains("a&amp;b.h5"));
  CHECK_THAT(page, Contains("data:image/png;base64,UE5H") && Contains("no &lt;such&gt; row"));
  CHECK_THAT(page, Contains("<h3>Not drawn</h3>") && Contains("<li>em: no table</li>") &&
                       Contains("<li>fano: no &lt;such&gt; row</li>") && !Contains("em: beside"));
  CHECK_THAT(page, Contains("4 cells, 3 of them in the core of these tables (within 200 µm of the axis)."));
  CHECK_THAT(page, Contains("79 of 80 runs are missing") && Contains("silent population, none of 1 cells"));
  CHECK_THAT(page, Contains("1.00 (2, 2)"));
  CHECK_THAT(page, Contains("What the LGN saw") && Contains("size &lt;quick&gt;") &&
                       Contains("gratings: not drawn (no pixels)") && Contains("45 &amp; more"));
  CHECK_THAT(metrics::report_page(facts, {}, {}), !Contains("What the LGN saw"));
}
