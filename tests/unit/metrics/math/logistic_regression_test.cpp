// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/math/logistic_regression.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/values/random.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

constexpr std::size_t classes = 4;

double loss_of(const LabelledRows& rows, std::size_t count, double c, std::span<const double> x,
               std::span<double> gradient) {
  return logistic_loss(
      rows, count, std::vector<double>(static_cast<std::size_t>(rows.features.cols()), 1 / c), x, gradient);
}

/// `per_class` rows of each class: normal noise about the class's own point.
LabelledRows clusters(int per_class, int features, double distance, std::uint64_t stream) {
  core::RandomStream centres(3, core::Purpose::test, 0), noise(3, core::Purpose::test, stream);
  RowMatrix points(static_cast<Eigen::Index>(classes), features);
  for (auto& value : points.reshaped()) value = distance * centres.normal();
  LabelledRows rows{RowMatrix(per_class * static_cast<int>(classes), features), {}};
  for (Eigen::Index row = 0; row < rows.features.rows(); ++row) {
    const auto label = static_cast<std::int32_t>(row % static_cast<Eigen::Index>(classes));
    rows.labels.push_back(label);
    for (Eigen::Index j = 0; j < features; ++j) rows.features(row, j) = points(label, j) + noise.normal();
  }
  return rows;
}

double accuracy(const std::vector<std::int32_t>& found, const std::vector<std::int32_t>& labels) {
  double right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) right += found[i] == labels[i] ? 1 : 0;
  return right / static_cast<double>(labels.size());
}

}  // namespace

TEST_CASE("the gradient is the derivative of the loss") {
  const auto rows = clusters(50, 3, 1, 1);  // more than one block
  const std::size_t n = 4 * classes;
  std::vector<double> x(n), gradient(n), unused(n);
  core::RandomStream random(4, core::Purpose::test, 0);
  for (auto& value : x) value = 0.5 * random.normal();
  loss_of(rows, classes, 0.7, x, gradient);
  for (std::size_t i = 0; i < n; ++i) {
    constexpr double step = 1e-5;
    auto above = x, below = x;
    above[i] += step;
    below[i] -= step;
    const double slope =
        (loss_of(rows, classes, 0.7, above, unused) - loss_of(rows, classes, 0.7, below, unused)) /
        (2 * step);
    CHECK(gradient[i] == Approx(slope).epsilon(1e-6).margin(1e-6));
  }
}

TEST_CASE("the loss of nothing known is log(classes) per row, and only weights are punished") {
  const auto rows = clusters(5, 2, 1, 1);
  std::vector<double> x(3 * classes, 0), gradient(3 * classes);
  CHECK(loss_of(rows, classes, 1, x, gradient) == Approx(20 * std::log(4.0)));
  for (std::size_t k = 0; k < classes; ++k) x[2 * classes + k] = 100;  // equal intercepts
  CHECK(loss_of(rows, classes, 1, x, gradient) == Approx(20 * std::log(4.0)));
  for (std::size_t k = 0; k < classes; ++k) x[k] = 2;  // equal weights of the first feature
  CHECK(loss_of(rows, classes, 0.5, x, gradient) == Approx(20 * std::log(4.0) + 16));
}

TEST_CASE("the loss does not overflow where the scores are large") {
  LabelledRows rows{RowMatrix::Constant(1, 1, 1e6), {0}};
  std::vector<double> x{-1, 1, 0, 0}, gradient(4);
  CHECK(loss_of(rows, 2, 1e12, x, gradient) == Approx(2e6));
}

TEST_CASE("two classes on a line have the closed solution") {
  // x = -1, 1 with labels 0, 1, many times: weights -w/2 and w/2 with n / (1 + exp(w)) = w / (2 C)
  constexpr int n = 50;
  LabelledRows rows{RowMatrix(2 * n, 1), {}};
  for (int i = 0; i < 2 * n; ++i) {
    rows.features(i, 0) = i % 2 == 0 ? -1 : 1;
    rows.labels.push_back(i % 2);
  }
  const auto model = fit_logistic(rows, 2, {.c = 1, .tolerance = 1e-9, .max_iterations = 1000});
  const double w = model.weights(0, 1);
  CHECK(model.weights(0, 0) == Approx(-w));
  // loss: 2 n log(1 + exp(-2 w)) + w^2  ->  -4 n / (1 + exp(2 w)) + 2 w = 0
  CHECK(2 * w == Approx(4 * n / (1 + std::exp(2 * w))).epsilon(1e-6));
  CHECK(model.intercepts[0] == Approx(model.intercepts[1]).margin(1e-8));
  CHECK(model.converged);
}

TEST_CASE("separable classes are told apart, also in rows not seen before") {
  const auto rows = clusters(30, 10, 4, 1), others = clusters(30, 10, 4, 2);
  const auto model = fit_logistic(rows, classes);
  CHECK(model.converged);
  CHECK(model.max_gradient <= 1e-3);
  CHECK(model.iterations > 0);
  CHECK(accuracy(predict(model, rows.features), rows.labels) == 1);
  CHECK(accuracy(predict(model, others.features), others.labels) == 1);
  const auto templates = fit_templates(rows, classes);
  CHECK(accuracy(predict(templates, others.features), others.labels) == 1);
}

TEST_CASE("the minimum is that of the features as given, whatever their scale and offset") {
  auto rows = clusters(30, 3, 1, 1);
  rows.features.col(0) *= 40;
  rows.features.col(1).array() += 70;
  const auto model = fit_logistic(rows, classes, {.c = 0.3, .tolerance = 1e-4, .max_iterations = 1000});
  REQUIRE(model.converged);
  std::vector<double> x(model.weights.data(), model.weights.data() + model.weights.size()), gradient(16);
  x.insert(x.end(), model.intercepts.begin(), model.intercepts.end());
  loss_of(rows, classes, 0.3, x, gradient);
  for (const double element : gradient) CHECK(std::abs(element) <= 1.1e-4);
}

TEST_CASE("labels without meaning are guessed at chance") {
  const auto rows = clusters(200, 5, 0, 1), others = clusters(500, 5, 0, 2);
  const auto found = accuracy(predict(fit_logistic(rows, classes), others.features), others.labels);
  CHECK(found == Approx(0.25).margin(0.04));  // 3 standard errors of 2000 draws
  const auto by_template = accuracy(predict(fit_templates(rows, classes), others.features), others.labels);
  CHECK(by_template == Approx(0.25).margin(0.04));
}

TEST_CASE("too few iterations are told") {
  const auto rows = clusters(30, 10, 1, 1);
  const auto model = fit_logistic(rows, classes, {.c = 1, .tolerance = 1e-9, .max_iterations = 3});
  CHECK_FALSE(model.converged);
  CHECK(model.iterations == 3);
  CHECK(model.max_gradient > 1e-9);
}

TEST_CASE("features that are all zero are no trouble") {
  LabelledRows rows{RowMatrix::Zero(8, 3), {0, 1, 2, 3, 0, 1, 2, 3}};
  CHECK(fit_logistic(rows, classes).converged);
  CHECK(predict(fit_templates(rows, classes), rows.features) == std::vector<std::int32_t>(8, 0));
}

TEST_CASE("templates are centred means of unit length") {
  LabelledRows rows{RowMatrix(4, 3), {0, 0, 1, 1}};
  rows.features << 1, 0, 0, 3, 0, 0, 0, 0, 5, 0, 0, 7;
  const auto model = fit_templates(rows, 2);
  CHECK(model.templates.col(0).sum() == Approx(0).margin(1e-12));
  CHECK(model.templates.col(0).norm() == Approx(1));
  CHECK(model.templates(0, 0) == Approx(2 / std::sqrt(6.0)));  // of (4, -2, -2) / 3
  RowMatrix probe(1, 3);
  probe << 0, 5, 6;
  CHECK(predict(model, probe) == std::vector<std::int32_t>{1});
}
