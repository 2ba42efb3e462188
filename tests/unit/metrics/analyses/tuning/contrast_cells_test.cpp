// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast_cells.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "core/errors/error.hpp"
#include "io/paradigm/read_paradigm.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

const io::Paradigm& contrasts_paradigm() {
  static const auto paradigm = io::read_paradigm(contrast_gratings, nullptr);
  return paradigm;
}

/// One cell: counts of 2 and 4 in turn for blanks, and of a function of angle and contrast.
TrialCounts counts_of(const std::function<double(double angle, double contrast)>& mean) {
  const auto& trials = contrasts_paradigm().trials;
  TrialCounts counts{.cells = {0, 1},
                     .trials = trials.size(),
                     .bins = 1,
                     .missing = std::vector<char>(trials.size(), 0),
                     .values = {}};
  for (std::size_t k = 0; k < trials.size(); ++k) {
    const double angle = std::stod(trials[k].variables[0].second),
                 contrast = std::stod(trials[k].variables[1].second);
    const double wobble = k % 2 == 0 ? -1 : 1;
    counts.values.push_back(static_cast<Count>(
        contrast == 0 ? 3 + wobble : std::max(0.0, std::round(mean(angle, contrast) + wobble))));
  }
  return counts;
}

double numbers(const Table& table, std::size_t column, std::size_t row) {
  return std::get<std::vector<double>>(table.columns[column].values).at(row);
}

}  // namespace

TEST_CASE("a cell prefers contrasts at the direction to which it responds most surely") {
  const auto design = contrast_design(contrasts_paradigm());
  const auto rising = [](double angle, double contrast) {
    return 3 + (angle == 135 ? 20 : 2) / (1 + std::exp(-10 * (contrast - 0.35)));
  };
  const auto high = cell_contrast(counts_of(rising), 0, design, 0);
  CHECK(high.direction == 135);
  CHECK(high.p < 1e-6);
  REQUIRE(high.best);
  CHECK(*high.best == ContrastModel::high);
  CHECK(high.rise == Approx(0.35).margin(0.02));
  CHECK(std::isnan(high.fall));
  CHECK(high.half == Approx(0.35).margin(0.03));
  CHECK(high.aic[0] < high.aic[1]);
  const auto falling = [](double angle, double contrast) {
    return angle == 90 ? 3 + 15 / (1 + std::exp(10 * (contrast - 0.3))) : 3;
  };
  const auto low = cell_contrast(counts_of(falling), 0, design, 0);
  CHECK(low.direction == 90);
  CHECK(*low.best == ContrastModel::low);
  CHECK(low.fall == Approx(0.3).margin(0.03));
  CHECK(std::isnan(low.rise));
}

TEST_CASE("contrasts that are left out count neither for the test nor for the fit") {
  const auto design = contrast_design(contrasts_paradigm());
  // All response is at the two lowest contrasts of 45 degrees.
  const auto low_only = [](double angle, double contrast) {
    return angle == 45 && contrast < 0.15 ? 30 : angle == 270 ? 7 : 3;
  };
  CHECK(cell_contrast(counts_of(low_only), 0, design, 0).direction == 45);
  CHECK(cell_contrast(counts_of(low_only), 0, design, 0.15).direction == 270);
  CHECK_NOTHROW(require_contrasts(design, 0.4));
  CHECK_THROWS_AS(require_contrasts(design, 0.41), core::UsageError);
}

TEST_CASE(
    "silent cells and blanks without variance tell nothing, types are counted among those that respond") {
  const auto design = contrast_design(contrasts_paradigm());
  auto silent = counts_of([](double, double) { return 0; });
  std::fill(silent.values.begin(), silent.values.end(), Count{0});
  const auto nothing = cell_contrast(silent, 0, design, 0);
  CHECK(std::isnan(nothing.direction));
  CHECK_FALSE(nothing.best);

  Cells cells;
  cells.node_id = {0, 1, 2, 3};
  cells.type_names = {"L5_ET", "L4_SST"};
  cells.type = {0, 0, 0, 1};
  cells.core = {1, 1, 1, 1};
  const CellContrast responds{.p = 0.001, .best = ContrastModel::band},
      high{.p = 0.0099, .best = ContrastModel::high}, weak{.p = 0.01, .best = ContrastModel::low};
  const auto table =
      preference_type_table(cells, {responds, high, weak, nothing}, shipped_contrast_preferences());
  const auto& types = std::get<std::vector<std::string>>(table.columns[0].values);
  REQUIRE(types == std::vector<std::string>{"L5_ET", "L4_SST"});
  CHECK(std::get<std::vector<std::int64_t>>(table.columns[2].values)[0] == 2);
  CHECK(numbers(table, 3, 0) == 0.5);
  CHECK(numbers(table, 4, 0) == 0.5);
  CHECK(numbers(table, 5, 0) == 0);
  CHECK(std::isnan(numbers(table, 3, 1)));
  // Recorded: all excitatory units of layer 5; 230 of 324 prefer high contrasts.
  CHECK(table.columns[8].name == "recorded_high");
  CHECK(numbers(table, 8, 0) == Approx(230.0 / 324));
  CHECK(numbers(table, 8, 1) == 0.5);
}
