// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/logistic_regression.hpp"

#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>

namespace striate::metrics {
namespace {

constexpr Eigen::Index block_rows = 128;  // the probabilities of a block stay in the cache

using ConstMatrixMap = Eigen::Map<const RowMatrix>;
using MatrixMap = Eigen::Map<RowMatrix>;

/// Features centred and divided by their standard deviation, weights u = s w, intercepts for centred
/// features: the same minimum, found in far fewer steps, because rates of cells differ by orders of
/// magnitude.
struct Problem {
  Problem(const LabelledRows& given, std::size_t class_count, const LogisticOptions& all_options)
      : classes(class_count), options(all_options), mean(given.features.colwise().mean()) {
    rows.labels = given.labels;
    rows.features = given.features.rowwise() - mean;
    deviation =
        (rows.features.colwise().squaredNorm() / static_cast<double>(given.features.rows())).cwiseSqrt();
    deviation = (deviation.array() > 0).select(deviation, 1.0);
    rows.features.array().rowwise() /= deviation.array();
    penalties = (1 / (options.c * deviation.array().square())).matrix();
  }

  LabelledRows rows;
  std::size_t classes;
  const LogisticOptions& options;
  Eigen::RowVectorXd mean, deviation, penalties;
  int iterations = 0;

  /// Largest element of the gradient by the weights and intercepts of the original features.
  double largest_gradient(const double* gradient) const {
    const Eigen::Index features = mean.size(), k = static_cast<Eigen::Index>(classes);
    const ConstMatrixMap by_scaled(gradient, features, k);
    const Eigen::Map<const Eigen::RowVectorXd> by_intercepts(gradient + features * k, k);
    const RowMatrix by_weights =
        deviation.transpose().asDiagonal() * by_scaled + mean.transpose() * by_intercepts;
    return std::max(features == 0 ? 0 : by_weights.cwiseAbs().maxCoeff(),
                    by_intercepts.cwiseAbs().maxCoeff());
  }
};

double evaluate(void* instance, const lbfgsfloatval_t* x, lbfgsfloatval_t* gradient, int n,
                lbfgsfloatval_t /*step*/) {
  const auto& problem = *static_cast<const Problem*>(instance);
  const auto size = static_cast<std::size_t>(n);
  return logistic_loss(problem.rows, problem.classes, {problem.penalties.data(), size / problem.classes - 1},
                       {x, size}, {gradient, size});
}

int watch(void* instance, const lbfgsfloatval_t* /*x*/, const lbfgsfloatval_t* gradient,
          lbfgsfloatval_t /*loss*/, lbfgsfloatval_t /*x_norm*/, lbfgsfloatval_t /*gradient_norm*/,
          lbfgsfloatval_t /*step*/, int /*n*/, int iteration, int /*evaluations*/) {
  auto& problem = *static_cast<Problem*>(instance);
  problem.iterations = iteration;
  return problem.largest_gradient(gradient) <= problem.options.tolerance ? 1 : 0;  // not 0: stop
}

std::vector<std::int32_t> largest_columns(const RowMatrix& scores) {
  std::vector<std::int32_t> labels;
  for (Eigen::Index row = 0; row < scores.rows(); ++row) {
    Eigen::Index best = 0;
    scores.row(row).maxCoeff(&best);
    labels.push_back(static_cast<std::int32_t>(best));
  }
  return labels;
}

}  // namespace

double logistic_loss(const LabelledRows& rows, std::size_t classes, std::span<const double> penalties,
                     std::span<const double> parameters, std::span<double> gradient) {
  const Eigen::Index features = rows.features.cols(), k = static_cast<Eigen::Index>(classes);
  const ConstMatrixMap weights(parameters.data(), features, k);
  const Eigen::Map<const Eigen::RowVectorXd> intercepts(parameters.data() + features * k, k);
  MatrixMap weights_gradient(gradient.data(), features, k);
  Eigen::Map<Eigen::RowVectorXd> intercepts_gradient(gradient.data() + features * k, k);
  const Eigen::Map<const Eigen::VectorXd> penalty(penalties.data(), features);
  weights_gradient = penalty.asDiagonal() * weights;
  intercepts_gradient.setZero();
  double loss = weights.cwiseProduct(weights_gradient).sum() / 2;
  RowMatrix scores;
  for (Eigen::Index first = 0; first < rows.features.rows(); first += block_rows) {
    const auto block = rows.features.middleRows(first, std::min(block_rows, rows.features.rows() - first));
    scores.noalias() = block * weights;
    scores.rowwise() += intercepts;
    for (Eigen::Index i = 0; i < block.rows(); ++i) {
      const auto label = rows.labels[static_cast<std::size_t>(first + i)];
      auto row = scores.row(i);
      row.array() -= row.maxCoeff();
      const double own = row[label];
      row = row.array().exp().matrix();
      const double total = row.sum();
      loss += std::log(total) - own;
      row /= total;  // probabilities
      row[label] -= 1;
    }
    weights_gradient.noalias() += block.transpose() * scores;
    intercepts_gradient += scores.colwise().sum();
  }
  return loss;
}

LogisticModel fit_logistic(const LabelledRows& rows, std::size_t classes, const LogisticOptions& options) {
  const Eigen::Index features = rows.features.cols(), k = static_cast<Eigen::Index>(classes);
  const auto n = static_cast<int>((features + 1) * k);
  const std::unique_ptr<lbfgsfloatval_t, decltype(&lbfgs_free)> x(lbfgs_malloc(n), lbfgs_free);
  if (!x) throw std::bad_alloc();
  std::fill_n(x.get(), n, 0.0);
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = 10;
  parameters.epsilon = 0;  // it would compare norms; `watch` stops at the largest element
  parameters.max_iterations = options.max_iterations;
  Problem problem(rows, classes, options);
  // Whatever it returns (stopped by `watch`, out of iterations, no progress within rounding), x is the best
  // point; max_gradient tells how good.
  lbfgs(n, x.get(), nullptr, evaluate, watch, &problem, &parameters);
  std::vector<double> gradient(static_cast<std::size_t>(n));
  evaluate(&problem, x.get(), gradient.data(), n, 0);
  const Eigen::Map<const Eigen::RowVectorXd> intercepts(x.get() + features * k, k);
  LogisticModel model;
  model.weights = problem.deviation.cwiseInverse().asDiagonal() * ConstMatrixMap(x.get(), features, k);
  model.intercepts = intercepts - problem.mean * model.weights;
  model.iterations = problem.iterations;
  model.max_gradient = problem.largest_gradient(gradient.data());
  model.converged = model.max_gradient <= options.tolerance;
  return model;
}

std::vector<std::int32_t> predict(const LogisticModel& model, const RowMatrix& features) {
  RowMatrix scores = features * model.weights;
  scores.rowwise() += model.intercepts;
  return largest_columns(scores);
}

TemplateModel fit_templates(const LabelledRows& rows, std::size_t classes) {
  const Eigen::Index features = rows.features.cols(), k = static_cast<Eigen::Index>(classes);
  TemplateModel model{RowMatrix::Zero(features, k)};
  Eigen::RowVectorXd members = Eigen::RowVectorXd::Zero(k);
  for (Eigen::Index row = 0; row < rows.features.rows(); ++row) {
    const auto label = rows.labels[static_cast<std::size_t>(row)];
    model.templates.col(label) += rows.features.row(row).transpose();
    members[label] += 1;
  }
  constexpr double least_length = 1e-12;
  for (Eigen::Index label = 0; label < k; ++label) {
    auto own = model.templates.col(label);
    if (members[label] > 0) own /= members[label];
    own.array() -= own.mean();
    own /= own.norm() + least_length;
  }
  return model;
}

std::vector<std::int32_t> predict(const TemplateModel& model, const RowMatrix& features) {
  return largest_columns(features * model.templates);
}

}  // namespace striate::metrics
