// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/runs/traces.hpp"

#include <catch2/catch.hpp>

using namespace striate;
using Catch::Contains;

namespace {

metrics::Curve curve_of(std::size_t points) {
  metrics::Curve curve{.label = "V_m", .colour = "#202020"};
  for (std::size_t k = 0; k < points; ++k) {
    curve.x.push_back(static_cast<double>(k));
    curve.y.push_back(k == 3501 ? 99.0 : k == 3502 ? -99.0 : static_cast<double>(k % 7));
  }
  return curve;
}

}  // namespace

TEST_CASE("a long curve keeps its ends and every peak, in order") {
  const auto curve = curve_of(10'000);
  const auto thin = metrics::thinned(curve, 100);
  CHECK(thin.x.size() <= 400);
  CHECK(thin.x.front() == 0);
  CHECK(thin.x.back() == 9999);
  CHECK(std::ranges::is_sorted(thin.x));
  for (const double peak : {99.0, -99.0}) CHECK(std::ranges::count(thin.y, peak) == 1);
  for (std::size_t k = 0; k < thin.x.size(); ++k)
    CHECK(thin.y[k] == curve.y[static_cast<std::size_t>(thin.x[k])]);
  const auto short_one = curve_of(400);
  CHECK(metrics::thinned(short_one, 100).y == short_one.y);
}

TEST_CASE("panels stand below each other, spikes above their curve, frames above all") {
  metrics::TracesRequest request{
      .title = "three cells", .panels = {}, .window = {.begin_ms = 0, .end_ms = 50}};
  for (int k = 0; k < 3; ++k)
    request.panels.push_back(
        {.title = "node " + std::to_string(k), .y_label = "V_m (mV)", .curves = {curve_of(50)}});
  request.panels[1].spikes_ms = {12.5, 20};
  const auto figure = metrics::traces_figure(request);
  CHECK_THAT(figure.script, Contains("\"three cells\"") && Contains("\"node 2\"") && !Contains("with image"));
  CHECK_THAT(figure.script, Contains("set arrow from first 12.5, graph 0.87 to first 12.5, graph 1"));
  // The axis leaves room for the ticks where there are some.
  CHECK_THAT(figure.script, Contains("set yrange [-0.3:6.3]") && Contains("set yrange [-0.3:7.26]"));
  request.frames = {{.time_ms = 12.5, .rows = 1, .columns = 2, .pixels = {1, -1}, .y_up = true},
                    {.time_ms = 37.5, .rows = 1, .columns = 2, .pixels = {0, 0}, .y_up = false}};
  request.stimulus = "a flash";
  const auto with_frames = metrics::traces_figure(request);
  CHECK(with_frames.canvas.height > figure.canvas.height);
  CHECK_THAT(with_frames.script, Contains("\"a flash\"") && Contains("$frame1 matrix with image"));
  CHECK_THAT(with_frames.script, Contains("set yrange [-0.5:0.5]") && Contains("set yrange [0.5:-0.5]"));
}

TEST_CASE("a curve that never changes, or holds nothing, has an axis") {
  const auto axis_of = [](const std::vector<double>& values) {
    metrics::Curve curve{
        .label = "", .colour = "#202020", .x = std::vector<double>(values.size(), 1), .y = values};
    return metrics::traces_figure({.title = "",
                                   .panels = {{.title = "", .y_label = "", .curves = {curve}}},
                                   .window = {.begin_ms = 0, .end_ms = 9}})
        .script;
  };
  CHECK_THAT(axis_of({-70, -70}), Contains("set yrange [-70.35:-69.65]"));
  CHECK_THAT(axis_of({}), Contains("set yrange [0:1]"));
  CHECK_THAT(axis_of({0, 0}), Contains("set yrange [-0.005:0.005]"));
}
