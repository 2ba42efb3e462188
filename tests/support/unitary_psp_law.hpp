// SPDX-License-Identifier: BSD-3-Clause
// The unitary PSP of each cell model as the model's tables and the membrane equation give it: the published
// table where a model runs on its own parameters, the highest point of the closed form for stand-ins.
#pragma once

#include <cmath>

#include "support/model_tables.hpp"

namespace striate::test {

/// Peak of V for C dV/dt = -g V + sum over both components of a e t / tau exp(-t / tau).
inline double peak_of_double_alpha(double C, double g, double tau_fast, double tau_slow, double slow) {
  const double k = g / C;
  const auto component = [&](double t, double tau) {
    const double d = k - 1 / tau;
    return std::exp(1) / (tau * C) *
           (t * std::exp(-t / tau) / d - (std::exp(-t / tau) - std::exp(-k * t)) / (d * d));
  };
  const auto v = [&](double t) { return component(t, tau_fast) + slow * component(t, tau_slow); };
  double best = 0.01, highest = v(best);
  for (double t = 0.02; t < 150; t += 0.01)
    if (const double value = v(t); value > highest) best = t, highest = value;
  // Vertex of the parabola through the highest point and its neighbours.
  const double a = v(best - 0.01), b = highest, c = v(best + 0.01);
  return b + (c - a) * (c - a) / (8 * (2 * b - a - c));
}

class UnitaryPsp {
 public:
  /// mV per pA of one event from `source_class` ("exc" is the LGN) onto a cell of `model` and `target_class`.
  double of(std::uint64_t model, const std::string& source_class, const std::string& target_class) {
    const auto id = std::to_string(model);
    const auto& parameters = models_.at(id);
    if (parameters.at("parameters_of") == id) return std::stod(table_.at(id).at(source_class));
    auto& value = computed_[id + source_class];
    if (value == 0) {
      const auto& kinetics = kinetics_.at(source_class + " " + target_class);
      value =
          peak_of_double_alpha(std::stod(parameters.at("C_m_pF")), std::stod(parameters.at("g_nS")),
                               std::stod(kinetics.at("tau_fast_ms")), std::stod(kinetics.at("tau_slow_ms")),
                               std::stod(kinetics.at("amplitude_slow")));
    }
    return value;
  }

 private:
  std::map<std::string, std::map<std::string, std::string>> models_ =
      by_key(model_table("cell_models.csv"), {"model_id"});
  std::map<std::string, std::map<std::string, std::string>> table_ =
      by_key(model_table("unitary_psp.csv"), {"model_id"});
  std::map<std::string, std::map<std::string, std::string>> kinetics_ =
      by_key(model_table("synapse_kinetics.csv"), {"source_class", "target_class"});
  std::map<std::string, double> computed_;
};

}  // namespace striate::test
