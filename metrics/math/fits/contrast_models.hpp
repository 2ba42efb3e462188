// SPDX-License-Identifier: BSD-3-Clause
// What a cell prefers among contrasts: which of a rising, a peaked and a falling sigmoid describes its spike
// counts best. Counts are negative binomial with one dispersion n: P(k) = G(k+n)/(k! G(n)) (n/(n+m))^n
// (m/(n+m))^k, m the curve. Fitted by maximum likelihood from several starts, as there are local optima.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace striate::metrics {

/// s: the logistic function. high: b + h s(10 (c - c1)), low: b + h s(-10 (c - c1)),
/// band: b + h s(10 (c - c1)) s(-10 (c - c2)); b, h >= 0, c1 and c2 in [0, 1].
enum class ContrastModel { high, band, low };
inline constexpr std::array<const char*, 3> contrast_model_names{"high", "band", "low"};

struct ContrastModelFit {
  double base = 0, height = 0, c1 = 0, c2 = 0;  ///< c2: of band only, else NaN
  double dispersion = 0;
  double negative_log_likelihood = 0;  ///< with log k!
  double aic = 0;  ///< 2 parameters + 2 times that; 4 parameters, 5 of band
};

/// Mean count of a fit at a contrast.
double mean_count(ContrastModel model, const ContrastModelFit& fit, double contrast);

/// counts[contrast]: those of its trials.
struct CountsByContrast {
  std::vector<double> contrasts;  ///< ascending
  std::vector<std::vector<std::uint32_t>> counts;
};
ContrastModelFit fit_contrast_model(ContrastModel model, const CountsByContrast& data);

struct ContrastPreference {
  std::array<ContrastModelFit, 3> fits;  ///< by ContrastModel
  ContrastModel best = ContrastModel::high;  ///< least AIC
  double rise = 0, fall = 0;  ///< half points of the best one's factors: c1 of high and band; c1 of low, c2
                              ///< of band; else NaN
  /// Contrast at which the best curve is half way between its extremes on [0.9 least, 1.1 largest contrast];
  /// of two such contrasts the lower one.
  double half = 0;
};
/// Without any spike all is NaN.
ContrastPreference contrast_preference(const CountsByContrast& data);

}  // namespace striate::metrics
