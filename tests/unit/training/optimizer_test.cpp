// SPDX-License-Identifier: BSD-3-Clause
#include "training/optimizer.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace striate::training {
namespace {

template <class Real>
std::vector<Real> after(const OptimizerOptions& options, std::vector<Real> weights,
                        const std::vector<std::vector<Real>>& gradients,
                        std::vector<std::uint8_t> frozen = {}) {
  auto moments = no_moments<Real>(weights.size(), options.method);
  std::uint64_t k = 0;
  for (const auto& gradient : gradients)
    update_weights<Real>(options, ++k, gradient, frozen, moments, weights);
  return weights;
}

}  // namespace

TEST_CASE("the first step of Adam has the size of the learning rate, whatever the gradient") {
  const auto w =
      after<double>({.method = Method::adam, .learning_rate = 0.01}, {1.0, 1.0, -1.0}, {{5.0, -0.01, 3.0}});
  CHECK(w[0] == Approx(0.99).epsilon(1e-9));
  CHECK(w[1] == Approx(1.01).epsilon(1e-6));
  CHECK(w[2] == Approx(-1.01).epsilon(1e-9));
}

TEST_CASE("Adam against its definition over several steps") {
  const OptimizerOptions options{.method = Method::adam, .learning_rate = 0.02};
  const std::vector<std::vector<double>> gradients{{0.3}, {-0.2}, {0.7}, {0.1}};
  double w = 2, m = 0, u = 0;
  for (std::size_t k = 1; k <= gradients.size(); ++k) {
    const double g = gradients[k - 1][0];
    m = 0.9 * m + 0.1 * g;
    u = 0.999 * u + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, k)), u_hat = u / (1 - std::pow(0.999, k));
    w -= 0.02 * m_hat / std::sqrt(u_hat);
  }
  CHECK(after<double>(options, {2.0}, gradients)[0] == Approx(w).epsilon(1e-10));
}

TEST_CASE("Adam stops at zero, from either side, and knows the side again") {
  const OptimizerOptions options{.method = Method::adam, .learning_rate = 1.0};
  const auto w = after<double>(options, {0.5, -0.5}, {{2.0, -2.0}});
  CHECK(w == std::vector<double>{0.0, 0.0});
  CHECK(std::signbit(w[1]));
  const auto later = after<double>(options, {0.5, -0.5}, {{2.0, -2.0}, {-40.0, -40.0}});
  CHECK(later[0] > 0);
  CHECK(later[1] == 0);
}

TEST_CASE("exponentiated Adam multiplies: a zero weight stays zero, signs stay") {
  const OptimizerOptions options{.learning_rate = 0.5};
  const auto w = after<double>(options, {2.0, -2.0, 0.0, -0.0}, {{1, 1, 1, 1}, {1, 1, 1, 1}});
  CHECK(w[0] == Approx(2 * std::exp(-1.0)).epsilon(1e-8));
  CHECK(w[1] == Approx(-2 * std::exp(1.0)).epsilon(1e-8));
  CHECK(w[2] == 0);
  CHECK(w[3] == 0);
  CHECK(std::signbit(w[3]));
}

TEST_CASE("single precision follows double precision, for steps of any size") {
  for (const double rate : {0.005, 0.5, 3.0}) {
    const OptimizerOptions options{.learning_rate = rate};
    const auto precise = after<double>(options, {1.0, -0.25, 30.0}, {{0.1, -2.0, 1e-4}, {0.1, 1.0, 1e-4}});
    const auto single =
        after<float>(options, {1.0f, -0.25f, 30.0f}, {{0.1f, -2.0f, 1e-4f}, {0.1f, 1.0f, 1e-4f}});
    for (std::size_t i = 0; i < 3; ++i) CHECK(single[i] == Approx(precise[i]).epsilon(3e-6));
  }
}

TEST_CASE("plain descent stops at zero, from either side, and can come back on its own side") {
  const OptimizerOptions options{.method = Method::sgd, .learning_rate = 1.0};
  CHECK(after<double>(options, {0.5, -0.5}, {{2.0, -2.0}}) == std::vector<double>{0.0, 0.0});
  CHECK(after<double>(options, {0.5, -0.5}, {{2.0, -2.0}, {-0.1, -0.1}}) == std::vector<double>{0.1, 0.0});
  CHECK(after<double>(options, {0.5, -0.5}, {{2.0, -2.0}, {0.1, 0.1}}) == std::vector<double>{0.0, -0.1});
}

TEST_CASE("frozen weights keep their bits") {
  for (const auto method : {Method::exponentiated_adam, Method::adam, Method::sgd}) {
    const auto w =
        after<float>({.method = method, .learning_rate = 0.1}, {0.3f, 0.3f}, {{1.0f, 1.0f}}, {0, 1});
    CHECK(w[0] < 0.3f);
    CHECK(w[1] == 0.3f);
  }
}

}  // namespace striate::training
