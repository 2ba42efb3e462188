// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "core/errors/error.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/figures/kinds/pair_curves.hpp"
#include "metrics/figures/panels/option_maps.hpp"
#include "metrics/math/curve_sums.hpp"

namespace striate::metrics {
namespace {

constexpr double certain = 0.05;
constexpr std::int64_t least_in_bin = 5;  // as in the like-to-like contrast

/// Means of bins with at least `least` connections, by pair.
PairCurves binned(const io::DelimitedTable& bins, const char* x_column, std::int64_t least) {
  const auto source = bins.column("source_type"), target = bins.column("target_type"),
             x = bins.column(x_column), edges = bins.column("edges"), mean = bins.column("mean_weight(pA)"),
             sem = bins.column("sem(pA)");
  PairCurves curves;
  for (const auto& row : bins.rows) {
    auto& curve = curves[{row.cells[source], row.cells[target]}].means;
    if (bins.number(row, edges) < static_cast<double>(least)) continue;
    curve.x.push_back(bins.number(row, x));
    curve.y.push_back(number_or_nan(bins, row, mean));
    curve.error.push_back(number_or_nan(bins, row, sem));
  }
  return curves;
}

/// Half a bin beyond the first and the last of `centres`, which ascend.
struct Range {
  double low = 0, high = 0;
};
Range range_of(const std::vector<double>& centres, double width) {
  return {centres.front() - width / 2, centres.back() + width / 2};
}

/// The distance of the bins' centres.
double width_of(const io::DelimitedTable& bins, const char* x_column) {
  std::set<double> centres;
  for (const auto& row : bins.rows) centres.insert(bins.number(row, bins.column(x_column)));
  return centres.size() > 1 ? *std::next(centres.begin()) - *centres.begin() : 1;
}

void add_fits(PairCurves& curves, const FigureRequest& request, const io::DelimitedTable& pairs,
              const io::DelimitedTable& fits, double width) {
  const auto number = [](const io::DelimitedTable& table, const io::DelimitedTable::Row& row,
                         const char* column) { return number_or_nan(table, row, table.column(column)); };
  const auto fitted = rows_by_pair(fits);
  for (const auto& [pair, row] : rows_by_pair(pairs)) {
    auto& curve = curves[pair];
    const double slope = number(pairs, *row, "slope(pA)"), intercept = number(pairs, *row, "intercept(pA)"),
                 p = number(pairs, *row, "p");
    curve.certain = p < certain;
    curve.note = fmt::format("N {}, {}", row->cells[pairs.column("edges")],
                             note_text({{"anti", number(pairs, *row, "delta_anti")},
                                        {"like", number(pairs, *row, "delta_like")},
                                        {"slope", slope, p}}));
    if (curve.means.x.empty()) continue;
    const auto [low, high] = range_of(curve.means.x, width);
    const bool all = request.fit == "all";
    if (request.fit == "line" || all)
      curve.fits.push_back(sampled(
          low, high, [&](double x) { return intercept + slope * x; }, 2));
    const auto found = fitted.find(pair);
    if (found == fitted.end()) continue;
    const auto& of_pair = *found->second;
    if (request.fit == "legendre" || all) {
      const LegendreFit fit{
          {number(fits, of_pair, "legendre_0(pA)"), number(fits, of_pair, "legendre_1(pA)"),
           number(fits, of_pair, "legendre_2(pA)"), number(fits, of_pair, "legendre_3(pA)")},
          0};
      curve.fits.push_back(sampled(low, high, [&](double x) { return fit.at(x); }));
    }
    if (request.fit == "piecewise" || all) {
      const PiecewiseFit fit{number(fits, of_pair, "at_zero(pA)"),
                             number(fits, of_pair, "slope_below_zero(pA)"),
                             number(fits, of_pair, "slope_above_zero(pA)"), 0};
      curve.fits.push_back(sampled(low, high, [&](double x) { return fit.at(x); }));
    }
  }
}

std::string fit_caption(const FigureRequest& request) {
  const bool all = request.fit == "all";
  std::string text;
  const auto add = [&](const char* fit, const char* name) {
    constexpr const char* dashes[] = {"solid", "dashed", "dotted"};
    if (!all && request.fit != fit) return;
    const auto k = static_cast<std::size_t>(std::ranges::count(text, ':'));
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", dashes[k], name);
  };
  add("line", "line");
  add("legendre", "Legendre polynomials to the third degree");
  add("piecewise", "lines that meet at 0");
  return text.empty() || request.options.size() > 1 ? text
                                                    : text + "; black where p of the slope is below 0.05";
}

}  // namespace

Figure correlation_curves_figure(const FigureRequest& request) {
  CurveFigure figure{.title = fmt::format("{}, {}: weight against correlation of image responses",
                                          shown_networks(request), shown_options(request.options)),
                     .x_label = "correlation of responses",
                     .name = "cc",
                     .caption =
                         "bins of at least five connections; anti, like: relative change of the mean weight "
                         "from uncorrelated cells; slope in pA (in brackets p)",
                     .matrix_caption =
                         "rows: source; means of bins of at least five connections, bars: standard "
                         "error; each panel has its own scale of weight",
                     .fit_caption = fit_caption(request),
                     .options = {},
                     .usual = {{"E", "E"},
                               {"L2/3_Exc", "L6_Exc"},
                               {"L2/3_Exc", "L4_Exc"},
                               {"L5_PV", "L5_IT"},
                               {"L5_PV", "L5_ET"},
                               {"SST", "VIP"},
                               {"VIP", "PV"},
                               {"L2/3_SST", "L2/3_VIP"}},
                     .tics = ""};
  Range shown{1, -1};
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    const auto read = [&](const char* stem) {
      return read_result(request, request.table(stem, k), "correlation", request.options[k]);
    };
    const auto bins = read("correlation_bins"), pairs = read("correlation_pairs"),
               fits = read("correlation_fits");
    const double width = width_of(bins, "correlation");
    auto curves = binned(bins, "correlation", least_in_bin);
    add_fits(curves, request, pairs, fits, width);
    for (const auto& [pair, curve] : curves)
      if (!curve.means.x.empty()) {
        const auto [low, high] = range_of(curve.means.x, width);
        shown.low = std::min(shown.low, low);
        shown.high = std::max(shown.high, high);
      }
    figure.options.push_back(std::move(curves));
  }
  if (shown.low >= shown.high)
    throw core::UsageError("nothing to draw of {}, {} (no bin has {} connections)", request.base,
                           request.options.front(), least_in_bin);
  figure.tics = shown.high - shown.low > 1.2 ? "set xtics 0.5\n" : "set xtics 0.25\n";
  figure.x_low = shown.low;
  figure.x_high = shown.high;
  return pair_curves_figure(request, figure);
}

Figure direction_curves_figure(const FigureRequest& request) {
  CurveFigure figure{
      .title = fmt::format("{}, {}: weight against difference of preferred directions",
                           shown_networks(request), shown_options(request.options)),
      .x_label = "difference of directions (deg)",
      .name = "dc",
      .caption =
          "means of bins of 20 degrees, bars: standard error; curve: a cos d + b cos 2d + c (in brackets p), "
          "black where p of a or b is below 0.05",
      .matrix_caption =
          "rows: source; means of bins of 20 degrees, bars: standard error; curve: a cos d + b cos 2d + c, "
          "black "
          "where p of a or b is below 0.05",
      .options = {},
      .usual = {{"E", "E"},
                {"L2/3_Exc", "L1_Inh"},
                {"L6_Exc", "L6_Exc"},
                {"L2/3_Exc", "L5_Exc"},
                {"L4_PV", "L4_Exc"},
                {"L5_Exc", "L5_Exc"},
                {"L2/3_Exc", "L5_IT"},
                {"PV", "L4_Exc"},
                {"L5_IT", "L5_IT"}},
      .x_low = 0,
      .x_high = 180,
      .tics = "set xtics 0,90,180\n"};
  for (std::size_t k = 0; k < request.options.size(); ++k) {
    const auto read = [&](const char* stem) {
      return read_result(request, request.table(stem, k), "preferred-direction", request.options[k]);
    };
    const auto bins = read("preferred_direction_bins"), fits = read("preferred_direction_fits");
    auto curves = binned(bins, "difference(deg)", 1);
    for (const auto& [pair, row] : rows_by_pair(fits)) {
      const auto number = [&](const char* column) { return number_or_nan(fits, *row, fits.column(column)); };
      const double a = number("a(pA)"), b = number("b(pA)"), c = number("c(pA)");
      auto& curve = curves[pair];
      curve.certain = number("p_a") < certain || number("p_b") < certain;
      curve.note = fmt::format("N {}, {}", row->cells[fits.column("edges")],
                               note_text({{"a/c", number("a_over_c"), number("p_a")},
                                          {"b/c", number("b_over_c"), number("p_b")}}));
      if (!std::isnan(a))
        curve.fits.push_back(sampled(0, 180, [&](double degrees) {
          const double d = degrees * std::numbers::pi / 180;
          return a * std::cos(d) + b * std::cos(2 * d) + c;
        }));
    }
    figure.options.push_back(std::move(curves));
  }
  return pair_curves_figure(request, figure);
}

}  // namespace striate::metrics
