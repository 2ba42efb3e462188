// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/grating_series.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "lgn/filters/rate_model.hpp"

namespace striate::lgn {

TEST_CASE("rates of a series of gratings are those of the rate model") {
  Cells cells{.population = "lgn", .classes = {"some"}, .cells = {}, .units = {}};
  for (std::uint32_t i = 0; i < 6; ++i) {
    SubUnit unit{.x_deg = 20.0 + 15 * i,
                 .y_deg = 10.0 + 9 * i,
                 .sigma_deg = 2.0 + 0.5 * i,
                 .amplitude = i % 2 == 0 ? 1.0 : -1.0,
                 .baseline_hz = 3.0 + i,
                 .temporal = {.weight = {3.4, -2.0}, .kpeak_ms = {12, 26}, .delay_ms = {0, 0}}};
    cells.cells.push_back({.node_id = i,
                           .first_unit = static_cast<std::uint32_t>(cells.units.size()),
                           .unit_count = 1 + i % 2});
    cells.units.push_back(unit);
    if (i % 2 == 1) {
      unit.x_deg += 4;
      cells.units.push_back(unit);
    }
  }
  for (const double gray_s : {0.0, 0.1}) {
    GratingParameters parameters{.duration_s = 0.5,
                                 .row_size_deg = 80,
                                 .column_size_deg = 120,
                                 .gray_s = gray_s,
                                 .cycles_per_degree = 0.04,
                                 .temporal_hz = 2,
                                 .contrast = 0.8,
                                 .degrees_per_pixel = 1,
                                 .y_direction = YDirection::up};
    const std::vector<std::uint32_t> chosen{4, 1, 3};
    const GratingSeries series(cells, chosen, parameters, 500);
    for (const double direction : {0.0, 37.0, 200.0}) {
      parameters.theta_deg = direction;
      parameters.phase_deg = 77;
      const auto stimulus = make_grating(parameters, "test");
      RateModel model(cells, stimulus);
      model.prepare(chosen);
      std::vector<double> expected(stimulus.frames);
      std::vector<float> rates(500);
      for (std::size_t position = 0; position < chosen.size(); ++position) {
        model.rates(position, expected);
        series.rates(position, series.grating(direction, 77), rates);
        double largest = 0;
        for (std::size_t n = 0; n < rates.size(); ++n)
          largest = std::max(largest, std::abs(static_cast<double>(rates[n]) - expected[n]));
        CHECK(largest < 1e-3);
      }
    }
  }
  const GratingSeries series(
      cells, std::vector<std::uint32_t>{1},
      {.duration_s = 0.1, .row_size_deg = 80, .column_size_deg = 120, .degrees_per_pixel = 1}, 100);
  CHECK(series.gray_rate(0) == 8.0f);  // two sub-units of 4 Hz
}

}  // namespace striate::lgn
