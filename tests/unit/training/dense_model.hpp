// SPDX-License-Identifier: BSD-3-Clause
// The training model written out densely, one trial after the other, for checking the trainer: forward with
// hard or smooth spikes, backward by the adjoint equations. With smooth spikes the function is
// differentiable, so that the adjoint equations can be compared with differences; what the gradient damps or
// stops is taken from a frozen run, so that the derivative is exact.
#pragma once

#include <cmath>
#include <vector>

#include "support/random_circuit.hpp"

namespace striate::test {

struct DenseSynapse {
  std::uint32_t source, target, delay;
  double weight;
  training::BasisWeights basis;
};

struct DenseTrial {
  std::vector<std::vector<double>> z, v;  ///< [step][cell]
  std::vector<std::vector<char>> blocked;
};

class DenseModel {
 public:
  DenseModel(const RandomNetwork& network, training::Propagators some_propagators)
      : propagators(some_propagators) {
    auto parts = network.parts({}, propagators);
    cells = parts.constants;
    const auto take = [&](const std::vector<training::Edge>& edges) {
      std::vector<DenseSynapse> synapses(edges.size());
      for (const auto& e : edges)
        synapses[e.row] = {e.source, e.target, e.delay, e.weight, parts.kinds[e.kind]};
      return synapses;
    };
    recurrent = take(parts.recurrent), drive = take(parts.drive), noise = take(parts.noise);
  }

  double psi(double v, double gamma) const { return gamma * std::max(0.0, 1 - std::abs(v - 1)); }
  double smooth_spike(double v, double gamma) const {
    const double x = std::clamp(v - 1, -1.0, 1.0);
    return gamma * (x < 0 ? (1 + x) * (1 + x) / 2 : 1 - (1 - x) * (1 - x) / 2);
  }

  /// `frozen`: smooth spikes; refractoriness and whatever the gradient ignores come from that run.
  DenseTrial forward(const training::Inputs& inputs, std::size_t trial, training::Reset reset,
                     const training::GradientOptions& options, const DenseTrial* mask = nullptr,
                     const DenseTrial* frozen = nullptr) const {
    const std::size_t n = cells.size(), steps = inputs.steps;
    DenseTrial run;
    std::vector<double> v(n, 0), refractory(n, 0), z(n, 0), z_reset(n, 0), z_asc(n, 0), v_old(n, 0);
    std::vector<std::array<double, 2>> a(n, {0, 0});
    std::vector<std::array<double, 4>> c(n, {0, 0, 0, 0}), p = c;
    const auto decay = training::basis_decay(), rise = training::basis_rise();
    const bool exact = propagators == training::Propagators::exact;
    for (std::size_t t = 0; t < steps; ++t) {
      std::vector<std::array<double, 4>> input(n, {0, 0, 0, 0});
      const auto add = [&](const DenseSynapse& s, double amount) {
        for (std::size_t r = 0; r < 4; ++r) input[s.target][r] += s.weight * s.basis[r] * amount;
      };
      for (const auto& s : recurrent)
        if (t >= s.delay) {
          double amount = run.z[t - s.delay][s.source];
          if (frozen != nullptr)
            amount = options.recurrent_credit * amount +
                     (1 - options.recurrent_credit) * frozen->z[t - s.delay][s.source];
          add(s, amount);
        }
      for (const auto& s : noise) add(s, inputs.noise[(t * 10 + s.source) * training::lanes + trial]);
      for (const auto& spike : inputs.drive)
        if (spike.step == t && spike.trial == trial)
          for (const auto& s : drive)
            if (s.source == spike.source) add(s, 1);
      std::vector<char> blocked(n);
      for (std::size_t i = 0; i < n; ++i) {
        const auto& k = cells[i];
        double v_loop = v[i];
        if (frozen != nullptr && options.voltage_damping > 0) {
          const double old = t == 0 ? 0 : frozen->v[t - 1][i];
          v_loop = (1 - options.voltage_damping) * v[i] + options.voltage_damping * old;
        }
        double next = k.lambda * v_loop -
                      (frozen != nullptr && !options.through_reset && t > 0 ? frozen->z[t - 1][i] : z[i]);
        for (std::size_t r = 0; r < 4; ++r)
          next += k.fall_gain[r] * p[i][r] + (exact ? k.rise_gain[r] * c[i][r] : 0);
        for (std::size_t j = 0; j < 2; ++j) next += k.asc_gain[j] * a[i][j];
        for (std::size_t r = 0; r < 4; ++r) {
          p[i][r] = decay[r] * (p[i][r] + c[i][r]);
          c[i][r] = decay[r] * c[i][r] + rise[r] * input[i][r];
        }
        const double through =
            frozen != nullptr && !options.through_after_spike_currents && t > 0 ? frozen->z[t - 1][i] : z[i];
        for (std::size_t j = 0; j < 2; ++j) a[i][j] = k.asc_keep[j] * a[i][j] + k.asc_jump[j] * through;
        if (mask == nullptr) {
          refractory[i] = std::max(refractory[i] + k.refractory_steps * z[i] - 1, 0.0);
          blocked[i] = refractory[i] > 0;
        } else {
          blocked[i] = mask->blocked[t][i];
        }
        v[i] = reset == training::Reset::hold && blocked[i] ? 0 : next;
      }
      for (std::size_t i = 0; i < n; ++i)
        z[i] = blocked[i] ? 0 : mask != nullptr ? smooth_spike(v[i], options.gamma) : v[i] > 1;
      run.z.push_back(z), run.v.push_back(v), run.blocked.push_back(blocked);
    }
    return run;
  }

  struct Gradient {
    std::vector<double> recurrent, noise, drive;
  };
  Gradient no_gradient() const {
    return {std::vector<double>(recurrent.size(), 0), std::vector<double>(noise.size(), 0),
            std::vector<double>(drive.size(), 0)};
  }
  /// dz, dv: [step][cell]
  Gradient backward(const DenseTrial& run, const training::Inputs& inputs, std::size_t trial,
                    training::Reset reset, const training::GradientOptions& options,
                    const std::vector<std::vector<double>>& dz,
                    const std::vector<std::vector<double>>& dv) const {
    const std::size_t n = cells.size(), steps = run.z.size();
    const auto decay = training::basis_decay(), rise = training::basis_rise();
    const bool exact = propagators == training::Propagators::exact;
    Gradient gradient = no_gradient();
    std::vector<std::vector<std::array<double, 4>>> credit(
        steps + 4, std::vector<std::array<double, 4>>(n, {0, 0, 0, 0}));
    std::vector<double> vh(n, 0);
    std::vector<std::array<double, 2>> ah(n, {0, 0});
    std::vector<std::array<double, 4>> ph(n, {0, 0, 0, 0}), ch = ph;
    const auto value = [&](const DenseSynapse& s, std::size_t t) {
      double sum = 0;
      for (std::size_t r = 0; r < 4; ++r) sum += s.basis[r] * credit[t][s.target][r];
      return sum;
    };
    for (std::size_t t = steps; t-- > 0;) {
      std::vector<double> z_hat = dz[t];
      for (const auto& s : recurrent)
        z_hat[s.source] += options.recurrent_credit * s.weight * value(s, t + s.delay);
      for (std::size_t i = 0; i < n; ++i) {
        const auto& k = cells[i];
        if (options.through_reset) z_hat[i] -= vh[i];
        if (options.through_after_spike_currents)
          z_hat[i] += k.asc_jump[0] * ah[i][0] + k.asc_jump[1] * ah[i][1];
        for (std::size_t r = 0; r < 4; ++r) {
          const double p_next = ph[i][r];
          ph[i][r] = decay[r] * p_next + k.fall_gain[r] * vh[i];
          ch[i][r] = decay[r] * (ch[i][r] + p_next) + (exact ? k.rise_gain[r] * vh[i] : 0);
          credit[t][i][r] = rise[r] * ch[i][r];
        }
        for (std::size_t j = 0; j < 2; ++j) ah[i][j] = k.asc_keep[j] * ah[i][j] + k.asc_gain[j] * vh[i];
        const double slope = run.blocked[t][i] ? 0 : psi(run.v[t][i], options.gamma);
        vh[i] = dv[t][i] + slope * z_hat[i] + (1 - options.voltage_damping) * k.lambda * vh[i];
        if (reset == training::Reset::hold && run.blocked[t][i]) vh[i] = 0;
      }
      for (std::size_t s = 0; s < recurrent.size(); ++s)
        if (t >= recurrent[s].delay)
          gradient.recurrent[s] +=
              run.z[t - recurrent[s].delay][recurrent[s].source] * value(recurrent[s], t);
      for (std::size_t s = 0; s < noise.size(); ++s)
        gradient.noise[s] +=
            inputs.noise[(t * 10 + noise[s].source) * training::lanes + trial] * value(noise[s], t);
      for (const auto& spike : inputs.drive)
        if (spike.step == t && spike.trial == trial)
          for (std::size_t s = 0; s < drive.size(); ++s)
            if (drive[s].source == spike.source) gradient.drive[s] += value(drive[s], t);
    }
    return gradient;
  }

  training::Propagators propagators;
  std::vector<training::CellConstants<double>> cells;
  std::vector<DenseSynapse> recurrent, drive, noise;
};

}  // namespace striate::test
