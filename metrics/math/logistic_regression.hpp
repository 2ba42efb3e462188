// SPDX-License-Identifier: BSD-3-Clause
// Multinomial logistic regression with an L2 penalty on the weights, not on the intercepts, minimised by
// L-BFGS (Nocedal 1980; liblbfgs). Loss: sum over rows of -log softmax(x W + b)[label], plus |W|^2 / (2 C).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace striate::metrics {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct LabelledRows {
  RowMatrix features;  ///< rows x features
  std::vector<std::int32_t> labels;  ///< [row] 0 to classes - 1
};

struct LogisticOptions {
  double c = 1;  ///< inverse strength of the penalty
  double tolerance = 1e-3;  ///< stops when no element of the gradient is larger
  int max_iterations = 1000;
};

struct LogisticModel {
  RowMatrix weights;  ///< features x classes
  Eigen::RowVectorXd intercepts;
  int iterations = 0;
  double max_gradient = 0;
  bool converged = false;
};

/// Parameters: weights (features x classes, row by row), then intercepts. Fills the gradient, of the same
/// size, and returns the loss. penalties: 1 / C for each feature.
double logistic_loss(const LabelledRows& rows, std::size_t classes, std::span<const double> penalties,
                     std::span<const double> parameters, std::span<double> gradient);

LogisticModel fit_logistic(const LabelledRows& rows, std::size_t classes,
                           const LogisticOptions& options = {});

/// The most probable class of each row; of equals the first.
std::vector<std::int32_t> predict(const LogisticModel& model, const RowMatrix& features);

/// Control: the class whose mean vector, centred across features and of unit length, has the largest dot
/// product with the row.
struct TemplateModel {
  RowMatrix templates;  ///< features x classes
};
TemplateModel fit_templates(const LabelledRows& rows, std::size_t classes);
std::vector<std::int32_t> predict(const TemplateModel& model, const RowMatrix& features);

}  // namespace striate::metrics
