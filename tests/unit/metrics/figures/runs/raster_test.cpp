// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/runs/raster.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/errors/error.hpp"
#include "metrics/figures/runs/figure_raster.hpp"

using namespace striate;
using Catch::Contains;
using Ids = std::vector<std::uint64_t>;
using Choice = metrics::CellChoice;
using Grouping = Choice::Grouping;

namespace {

io::AttributeInMemory values(std::vector<double> of_nodes) {
  return [of_nodes = std::move(of_nodes)] { return of_nodes; };
}

/// Two cells of each population: e5ET, e5IT, i5Pvalb, i1Htr3a.
io::NodePopulation nodes() {
  return io::make_node_population(
      "v1", {1, 1, 2, 2, 3, 3, 4, 4},
      io::TypeTable::parse("node_type_id pop_name\n1 e5ET\n2 e5IT\n3 i5Pvalb\n4 i1Htr3a\n", "types",
                           "node_type_id"),
      {{"tuning_angle", values({90, 0, 10, 80, 5, std::nan(""), 1, 2})},
       {"x", values({0, 300, 0, 0, 0, 0, 300, 300})},
       {"y", values({-10, -20, -2, -1, -7, -8, -1, -1})},
       {"z", values({0, 0, 0, 0, 0, 0, 0, 0})}});
}

std::vector<std::string> labels(const std::vector<metrics::RasterGroup>& groups) {
  std::vector<std::string> names;
  for (const auto& group : groups) names.push_back(group.label);
  return names;
}

}  // namespace

TEST_CASE("Cells are grouped by class, type or population, layer 1 first") {
  using Names = std::vector<std::string>;
  const auto groups = metrics::cortical_groups(nodes());
  CHECK(labels(groups) == Names{"L1 Inh", "L5 Exc", "L5 PV"});
  CHECK(groups[1].node_ids == Ids{1, 2, 3, 0});  // by tuning angle
  CHECK(groups[2].node_ids == Ids{4, 5});  // a cell without one comes last
  CHECK(labels(metrics::cortical_groups(nodes(), {.grouping = Grouping::types})) ==
        Names{"L1 Inh", "L5 ET", "L5 IT", "L5 PV"});
  CHECK(labels(metrics::cortical_groups(nodes(), {.grouping = Grouping::populations})) ==
        Names{"i1Htr3a", "e5ET", "e5IT", "i5Pvalb"});
}

TEST_CASE("Cells of a group have the order that is asked for") {
  const auto order = [](Choice::Order by, const io::SpikeTrains* spikes = nullptr) {
    return metrics::cortical_groups(nodes(), {.order = by}, spikes)[1].node_ids;
  };
  CHECK(order(Choice::Order::depth) == Ids{3, 2, 0, 1});
  CHECK(order(Choice::Order::x) == Ids{0, 2, 3, 1});
  CHECK(order(Choice::Order::id) == Ids{0, 1, 2, 3});
  const io::SpikeTrains spikes{.time_ms = {1, 2, 3, 4}, .node_id = {2, 2, 1, 7}};
  CHECK(order(Choice::Order::rate, &spikes) == Ids{2, 1, 0, 3});
}

TEST_CASE("Only cells of the core are drawn where that is wanted") {
  const auto groups = metrics::cortical_groups(nodes(), {.core = metrics::CoreRule{.radius_um = 200}});
  REQUIRE(labels(groups) == std::vector<std::string>{"L5 Exc", "L5 PV"});
  CHECK(groups[0].node_ids == Ids{2, 3, 0});
  const auto flat = io::make_node_population(
      "v1", {1}, io::TypeTable::parse("node_type_id pop_name\n1 e5ET\n", "types", "node_type_id"), {});
  CHECK_THROWS_WITH(metrics::cortical_groups(flat, {.core = metrics::CoreRule{}}), Contains("no numbers x"));
}

TEST_CASE("The spectrum of a group is that of its mean spike train") {
  const metrics::RasterGroup group{.label = "g", .colour = "", .node_ids = {0, 1}};
  io::SpikeTrains spikes;
  for (int k = 0; k < 160; ++k) {  // 80 Hz with a jump, and noise from a simple recurrence
    spikes.time_ms.push_back(700.5 + 12.5 * k + (k % 7 == 0 ? 1 : 0));
    spikes.node_id.push_back(static_cast<std::uint64_t>(k * k % 2));
  }
  const auto density = metrics::group_spectrum(group, spikes, {.begin_ms = 700, .end_ms = 2700});
  REQUIRE(density.size() == 501);
  // Three segments of a second by the definition.
  std::vector<double> counts(2000, 0.0);
  for (const double time : spikes.time_ms) counts[static_cast<std::size_t>(time - 700)] += 0.5;
  constexpr std::size_t n = 1000;
  for (const std::size_t hz : {1ul, 40ul, 80ul, 99ul}) {
    double sum = 0, window_power = 0;
    for (const std::size_t first : {0ul, 500ul, 1000ul}) {
      double mean = 0;
      for (std::size_t i = 0; i < n; ++i) mean += counts[first + i] / n;
      std::complex<double> transform = 0;
      window_power = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double phase = 2 * std::numbers::pi * static_cast<double>(i) / n;
        const double hann = 0.5 - 0.5 * std::cos(phase);
        window_power += hann * hann;
        transform += (counts[first + i] - mean) * hann * std::polar(1.0, -phase * static_cast<double>(hz));
      }
      sum += std::norm(transform) / 3;
    }
    CHECK(density[hz] == Approx(2 * sum / (1000 * window_power)).epsilon(1e-9));
  }
}

TEST_CASE("Bins of rates are wider in long runs") {
  CHECK(metrics::sensible_bin(20, 3000) == 20);
  CHECK(metrics::sensible_bin(20, 5000) == 20);
  CHECK(metrics::sensible_bin(20, 5001) == 50);
  CHECK(metrics::sensible_bin(20, 60'000) == 500);
  CHECK(metrics::sensible_bin(20, 600'000) == 5000);
  CHECK(metrics::sensible_bin(20, 10) == 10);
}

TEST_CASE("A raster has its spectra below, marks of the stimulus and room for its labels") {
  metrics::RasterRequest request{.groups = metrics::cortical_groups(nodes()),
                                 .classes = metrics::class_groups(metrics::cortical_groups(nodes())),
                                 .spikes = {},
                                 .window = {.begin_ms = 0, .end_ms = 3000},
                                 .bin_ms = 20,
                                 .marks_ms = {500},
                                 .spectra = {},
                                 .title = "t"};
  for (int k = 0; k < 300; ++k) {
    request.spikes.time_ms.push_back(10.0 * k);
    request.spikes.node_id.push_back(static_cast<std::uint64_t>(k % 8));
  }
  const auto plain = metrics::raster_figure(request);
  CHECK_THAT(plain.script, !Contains("spectrum0"));
  CHECK_THAT(plain.script, Contains("from first 500, graph 0 to first 500, graph 1"));
  request.spectra = metrics::TimeWindow{.begin_ms = 700, .end_ms = 2700};
  const auto figure = metrics::raster_figure(request);
  CHECK(figure.canvas.height > plain.canvas.height);
  CHECK_THAT(figure.script, Contains("$spectrum0_curve0") && Contains("$spectrum2_curve1"));
  CHECK_THAT(figure.script, !Contains("$spectrum1_curve0"));  // no cells in layer 4
}
