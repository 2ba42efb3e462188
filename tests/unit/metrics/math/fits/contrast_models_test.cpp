// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/fits/contrast_models.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "core/text.hpp"
#include "io/text/delimited_table.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

std::map<std::string, CountsByContrast> synthetic_cells() {
  const auto table = io::read_delimited_table(STRIATE_TEST_DATA "/contrast_counts.csv", ',', "a test");
  std::map<std::string, CountsByContrast> cells;
  for (const auto& row : table.rows) {
    auto& cell = cells[row.cells[0]];
    cell.counts.resize(table.columns.size() - 2);
    for (std::size_t k = 2; k < table.columns.size(); ++k) {
      if (cell.contrasts.size() < k - 1)
        cell.contrasts.push_back(*core::parse_number<double>(table.columns[k].substr(1)));
      cell.counts[k - 2].push_back(static_cast<std::uint32_t>(table.number(row, k)));
    }
  }
  return cells;
}

}  // namespace

TEST_CASE("counts of three cells: likelihoods of the models, the best one, and its half points") {
  struct Expected {
    double nll[3];
    ContrastModel best;
    double aic, c1, c2;
  };
  // Made with scipy: two optimisers (Nelder-Mead, L-BFGS-B) from many starts agree to 1e-5.
  const std::map<std::string, Expected> expected{
      {"high", {{224.8742, 230.1300, 260.1395}, ContrastModel::high, 457.748, 0.3632, 0}},
      {"band", {{293.8605, 258.0816, 261.3417}, ContrastModel::band, 526.163, 0.018, 0.507}},
      {"low", {{292.9291, 239.3217, 237.9251}, ContrastModel::low, 483.850, 0.2952, 0}}};
  const auto cells = synthetic_cells();
  REQUIRE(cells.size() == 3);
  for (const auto& [name, cell] : cells) {
    INFO(name);
    REQUIRE(cell.contrasts == std::vector<double>{0.04, 0.08, 0.13, 0.2, 0.35, 0.6, 1});
    REQUIRE(cell.counts.front().size() == 15);
    const auto& wanted = expected.at(name);
    const auto preference = contrast_preference(cell);
    for (std::size_t model = 0; model < 3; ++model)
      CHECK(preference.fits[model].negative_log_likelihood == Approx(wanted.nll[model]).margin(1e-3));
    CHECK(preference.best == wanted.best);
    const auto& best = preference.fits[static_cast<std::size_t>(wanted.best)];
    CHECK(best.aic == Approx(wanted.aic).margin(2e-3));
    CHECK(best.c1 == Approx(wanted.c1).margin(1e-3));
    if (wanted.best == ContrastModel::band) CHECK(best.c2 == Approx(wanted.c2).margin(1e-3));
    CHECK(std::isnan(preference.rise) == (wanted.best == ContrastModel::low));
    CHECK(std::isnan(preference.fall) == (wanted.best == ContrastModel::high));
    const double half = mean_count(wanted.best, best, preference.half);
    std::vector<double> means;
    for (int i = 0; i <= 1000; ++i)
      means.push_back(mean_count(wanted.best, best, 0.036 + i * (1.1 - 0.036) / 1000));
    const auto [least, most] = std::minmax_element(means.begin(), means.end());
    CHECK(half == Approx((*least + *most) / 2).epsilon(1e-3));
  }
}

TEST_CASE(
    "Poisson counts have a large dispersion, and the likelihood of a constant rate is that of Poisson") {
  CountsByContrast data{.contrasts = {0.1, 0.5, 1}, .counts = {{2, 3, 2, 3}, {3, 2, 3, 2}, {2, 3, 3, 2}}};
  const auto fit = fit_contrast_model(ContrastModel::high, data);
  CHECK(fit.dispersion > 1e3);
  double nll = 0;
  for (const auto& counts : data.counts)
    for (const auto k : counts) nll += 2.5 - k * std::log(2.5) + std::lgamma(k + 1.0);
  CHECK(fit.negative_log_likelihood == Approx(nll).epsilon(1e-4));
}

TEST_CASE("a cell without spikes prefers nothing") {
  const auto preference = contrast_preference({.contrasts = {0.1, 1}, .counts = {{0, 0}, {0, 0}}});
  CHECK(std::isnan(preference.fits[0].aic));
  CHECK(std::isnan(preference.half));
  CHECK(std::isnan(preference.rise));
}
