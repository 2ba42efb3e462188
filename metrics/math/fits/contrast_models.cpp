// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/fits/contrast_models.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/values/nan.hpp"
#include "metrics/math/fits/minimise.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double steepness = 10;
constexpr double least_dispersion = 1e-3, most_dispersion = 1e6;  ///< the latter: as good as Poisson
constexpr double least_mean = 1e-9;  ///< a mean of 0 would make any spike impossible
constexpr double usual_dispersion = 5;
/// A peak between two sigmoids that hardly overlap is a small part of the height.
constexpr double most_height = 1e3;

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

/// The part of a curve that h scales, with its derivatives by c1 and c2.
struct Factor {
  double value, by_c1, by_c2;
};
Factor factor_of(ContrastModel model, double c, double c1, double c2) {
  const double up = logistic(steepness * (c - c1)), down = logistic(-steepness * (c - c1)),
               after = logistic(-steepness * (c - c2)), slope = steepness * up * down;
  if (model == ContrastModel::low) return {down, slope, 0};
  if (model == ContrastModel::high) return {up, -slope, 0};
  return {up * after, -slope * after, up * steepness * after * (1 - after)};
}

/// What the likelihood needs of the counts.
struct Summary {
  std::span<const double> contrasts;
  std::vector<double> trials, spikes;  ///< by contrast
  std::vector<double> more_than;  ///< [j] trials with more than j spikes
  double log_factorials = 0;
};

Summary summary_of(const CountsByContrast& data) {
  Summary summary{.contrasts = data.contrasts, .trials = {}, .spikes = {}, .more_than = {}};
  for (const auto& counts : data.counts) {
    summary.trials.push_back(static_cast<double>(counts.size()));
    double spikes = 0;
    for (const auto count : counts) {
      spikes += count;
      if (summary.more_than.size() < count) summary.more_than.resize(count, 0);
      for (std::uint32_t j = 0; j < count; ++j) summary.more_than[j] += 1;
      summary.log_factorials += std::lgamma(count + 1.0);
    }
    summary.spikes.push_back(spikes);
  }
  return summary;
}

/// By b, h, c1, the logarithm of n and, of band, c2. Terms with G(k+n) / G(n) are sums over j < k of
/// log(n + j), and log n is taken out of all sums, so that a large n costs no digits. Mean and dispersion are
/// orthogonal in the information.
LocalShape likelihood(ContrastModel model, const Summary& data, const Parameters& at) {
  const double n = std::exp(at[3]);
  LocalShape shape{.value = data.log_factorials,
                   .gradient = Parameters::Zero(at.size()),
                   .curvature = Curvature::Zero(at.size(), at.size())};
  double by_n = 0, twice_by_n = 0;
  for (std::size_t i = 1; i < data.more_than.size(); ++i) {
    const auto j = static_cast<double>(i), times = data.more_than[i];
    shape.value -= times * std::log1p(j / n);
    by_n += times * j / (n * (n + j));
    twice_by_n -= times * j * (2 * n + j) / (n * n * (n + j) * (n + j));
  }
  Parameters by = Parameters::Zero(at.size());
  for (std::size_t i = 0; i < data.contrasts.size(); ++i) {
    const auto factor = factor_of(model, data.contrasts[i], at[2], at.size() > 4 ? at[4] : 0);
    const double mean = std::max(at[0] + at[1] * factor.value, least_mean), sum = n + mean;
    by[0] = 1;
    by[1] = factor.value;
    by[2] = at[1] * factor.by_c1;
    if (at.size() > 4) by[4] = at[1] * factor.by_c2;
    const double trials = data.trials[i], spikes = data.spikes[i], share = std::log1p(mean / n);
    shape.value += (trials * n + spikes) * share - spikes * std::log(mean);
    shape.gradient += (n / sum) * (trials - spikes / mean) * by;
    shape.curvature += trials * n / (mean * sum) * by * by.transpose();
    by_n += trials * (share - mean / sum) - spikes * mean / (n * sum);
    twice_by_n += (spikes * (2 * n + mean) / (n * n) - trials * mean / n) * mean / (sum * sum);
  }
  shape.gradient[3] = n * by_n;
  shape.curvature(3, 3) = std::abs(n * n * twice_by_n + n * by_n);
  return shape;
}

std::vector<Parameters> starts_of(ContrastModel model, const Summary& data) {
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (std::size_t i = 0; i < data.contrasts.size(); ++i) {
    least = std::min(least, data.spikes[i] / data.trials[i]);
    most = std::max(most, data.spikes[i] / data.trials[i]);
  }
  std::vector<Parameters> starts;
  const auto add = [&](double height, double c1, double c2) {
    Parameters at(model == ContrastModel::band ? 5 : 4);
    at[0] = least;
    at[1] = height * (most - least) + 0.1 * most;
    at[2] = c1;
    at[3] = std::log(usual_dispersion);
    if (model == ContrastModel::band) at[4] = c2;
    starts.push_back(at);
  };
  if (model != ContrastModel::band) {
    for (const double c1 : {0.05, 0.2, 0.35, 0.55, 0.8}) add(1, c1, 0);
    return starts;
  }
  for (const double c1 : {0.0, 0.15, 0.35, 0.6})
    for (const double c2 : {0.15, 0.4, 0.65, 0.95}) add(1.5, c1, c2);
  return starts;
}

/// On [0.9 least, 1.1 largest contrast], in small steps: of two half points the lower one counts.
double half_contrast(ContrastModel model, const ContrastModelFit& fit, std::span<const double> contrasts) {
  constexpr int steps = 2000;
  const double low = 0.9 * contrasts.front(), high = 1.1 * contrasts.back();
  const auto place = [&](int step) { return low + (high - low) * step / steps; };
  std::vector<double> means;
  for (int step = 0; step <= steps; ++step) means.push_back(mean_count(model, fit, place(step)));
  const auto [least, most] = std::ranges::minmax(means);
  if (!(least < most)) return nan;
  const double half = (least + most) / 2;
  for (std::size_t i = 1; i < means.size(); ++i)
    if ((means[i - 1] - half) * (means[i] - half) <= 0 && means[i] != means[i - 1])
      return place(static_cast<int>(i) - 1) +
             (half - means[i - 1]) / (means[i] - means[i - 1]) * (high - low) / steps;
  return nan;
}

}  // namespace

double mean_count(ContrastModel model, const ContrastModelFit& fit, double contrast) {
  return fit.base + fit.height * factor_of(model, contrast, fit.c1, fit.c2).value;
}

ContrastModelFit fit_contrast_model(ContrastModel model, const CountsByContrast& data) {
  const auto summary = summary_of(data);
  if (summary.more_than.empty()) return {nan, nan, nan, nan, nan, nan, nan};
  const auto most = static_cast<double>(summary.more_than.size());
  const bool peaked = model == ContrastModel::band;
  Bounds bounds{Parameters::Zero(peaked ? 5 : 4), Parameters::Ones(peaked ? 5 : 4)};
  bounds.low[3] = std::log(least_dispersion);
  bounds.high[3] = std::log(most_dispersion);
  bounds.high[0] = most;
  bounds.high[1] = most_height * most;
  const auto starts = starts_of(model, summary);
  const auto found =
      minimise([&](const Parameters& at) { return likelihood(model, summary, at); }, starts, bounds);
  return {.base = found.at[0],
          .height = found.at[1],
          .c1 = found.at[2],
          .c2 = peaked ? found.at[4] : nan,
          .dispersion = std::exp(found.at[3]),
          .negative_log_likelihood = found.value,
          .aic = 2 * found.value + (peaked ? 10 : 8)};
}

ContrastPreference contrast_preference(const CountsByContrast& data) {
  ContrastPreference result{.fits = {}, .rise = nan, .fall = nan, .half = nan};
  for (std::size_t model = 0; model < result.fits.size(); ++model) {
    result.fits[model] = fit_contrast_model(static_cast<ContrastModel>(model), data);
    if (result.fits[model].aic < result.fits[static_cast<std::size_t>(result.best)].aic)
      result.best = static_cast<ContrastModel>(model);
  }
  const auto& fit = result.fits[static_cast<std::size_t>(result.best)];
  if (std::isnan(fit.aic)) return result;
  if (result.best != ContrastModel::low) result.rise = fit.c1;
  if (result.best != ContrastModel::high) result.fall = result.best == ContrastModel::low ? fit.c1 : fit.c2;
  result.half = half_contrast(result.best, fit, data.contrasts);
  return result;
}

}  // namespace striate::metrics
