// SPDX-License-Identifier: BSD-3-Clause
// The gradient, in two steps: the adjoint equations against differences of a smooth model, and the trainer
// against the adjoint equations with hard spikes.
#include <catch2/catch.hpp>
#include <cmath>

#include "core/processor/instruction_sets.hpp"
#include "support/training_ranks.hpp"
#include "unit/training/dense_model.hpp"

namespace striate::test {
namespace {

using namespace training;

struct Variant {
  std::string name;
  GradientOptions options;
  Reset reset = Reset::subtract;
  Propagators propagators = Propagators::reference;
};

std::vector<Variant> variants() {
  GradientOptions full = GradientOptions::paper();
  full.recurrent_credit = 1;
  GradientOptions none = GradientOptions::paper();
  none.recurrent_credit = 0;
  return {{"paper", GradientOptions::paper()},
          {"head", GradientOptions::head()},
          {"full credit", full},
          {"no credit", none},
          {"held reset", full, Reset::hold},
          {"exact propagators", full, Reset::subtract, Propagators::exact},
          {"exact propagators, head", GradientOptions::head(), Reset::subtract, Propagators::exact}};
}

constexpr std::size_t steps = 61;  // no multiple of a block

Inputs example_inputs(std::size_t trials) {
  return RandomNetwork().inputs({.occasion = {}, .first = 0, .count = trials, .steps = steps, .stimuli = {}});
}

/// A loss with a known derivative: sum of d_z z + (v - 1)^2 / 2 × factor.
std::vector<std::vector<double>> spike_slopes(std::size_t cells, std::size_t trial) {
  std::vector<std::vector<double>> slopes(steps, std::vector<double>(cells));
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t i = 0; i < cells; ++i)
      slopes[t][i] =
          std::sin(static_cast<double>(i * 7 + trial * 3)) +
          (t >= 20 && i % 4 == 0 ? std::cos(static_cast<double>(t) + 0.1 * static_cast<double>(i)) : 0);
  return slopes;
}
constexpr double voltage_factor = 0.05;

double loss_of(const DenseTrial& run, const std::vector<std::vector<double>>& slopes) {
  double loss = 0;
  for (std::size_t t = 0; t < run.z.size(); ++t)
    for (std::size_t i = 0; i < run.z[t].size(); ++i)
      loss += slopes[t][i] * run.z[t][i] + voltage_factor * (run.v[t][i] - 1) * (run.v[t][i] - 1) / 2;
  return loss;
}

std::vector<std::vector<double>> voltage_slopes(const DenseTrial& run) {
  auto slopes = run.v;
  for (auto& step : slopes)
    for (double& v : step) v = voltage_factor * (v - 1);
  return slopes;
}

}  // namespace

TEST_CASE("adjoint equations against differences of the smooth model") {
  const auto inputs = example_inputs(1);
  for (const Variant& variant : variants()) {
    INFO(variant.name);
    DenseModel model(RandomNetwork(), variant.propagators);
    const auto hard = model.forward(inputs, 0, variant.reset, variant.options);
    const auto run = model.forward(inputs, 0, variant.reset, variant.options, &hard);
    const auto slopes = spike_slopes(model.cells.size(), 0);
    const auto gradient =
        model.backward(run, inputs, 0, variant.reset, variant.options, slopes, voltage_slopes(run));
    core::RandomStream random(1, core::Purpose::test, 2);
    for (int direction = 0; direction < 3; ++direction) {
      double expected = 0, squares = 0;
      const auto draw = [&](const std::vector<DenseSynapse>& synapses, const std::vector<double>& slopes_of) {
        std::vector<double> d(synapses.size());
        for (std::size_t i = 0; i < d.size(); ++i) {
          d[i] = random.normal() * std::abs(synapses[i].weight);
          expected += d[i] * slopes_of[i];
          squares += std::pow(d[i] * slopes_of[i], 2);
        }
        return d;
      };
      const auto d = draw(model.recurrent, gradient.recurrent), d_noise = draw(model.noise, gradient.noise),
                 d_drive = draw(model.drive, gradient.drive);
      const auto moved = [&](double h) {
        DenseModel other = model;
        const auto move = [&](std::vector<DenseSynapse>& synapses, const std::vector<double>& by) {
          for (std::size_t i = 0; i < by.size(); ++i) synapses[i].weight += h * by[i];
        };
        move(other.recurrent, d), move(other.noise, d_noise), move(other.drive, d_drive);
        return loss_of(other.forward(inputs, 0, variant.reset, variant.options, &hard, &run), slopes);
      };
      // A derivative along a direction with random signs is a sum whose terms cancel: the root of the sum of
      // their squares is the size to expect, and what it happens to be may be any small part of that. The
      // error of the difference (h²/6 of the third derivative, rounding of the loss over h) knows nothing of
      // that luck, so it is held against the expected size. Found: up to 2e-9 of it; a term that is wrong by
      // a part in a million would be seen.
      constexpr double h = 1e-5;
      const double error = (moved(h) - moved(-h)) / (2 * h) - expected;
      CAPTURE(direction, expected, std::sqrt(squares));
      CHECK(std::abs(error) < 1e-8 * std::sqrt(squares));
    }
  }
}

TEST_CASE("the trainer follows the adjoint equations, for any number of trials and ranks") {
  for (const Variant& variant : variants())
    for (const std::size_t trials : {1u, 3u, 5u, 8u}) {
      INFO(variant.name << ", " << trials << " trials");
      const RandomNetwork network;
      const auto inputs = example_inputs(trials);
      const DenseModel model(network, variant.propagators);
      DenseModel::Gradient expected = model.no_gradient();
      std::vector<DenseTrial> runs;
      std::size_t spikes = 0;
      for (std::size_t trial = 0; trial < trials; ++trial) {
        runs.push_back(model.forward(inputs, trial, variant.reset, variant.options));
        const auto one = model.backward(runs.back(), inputs, trial, variant.reset, variant.options,
                                        spike_slopes(60, trial), voltage_slopes(runs.back()));
        const auto add = [](const std::vector<double>& some, std::vector<double>& to) {
          for (std::size_t i = 0; i < some.size(); ++i) to[i] += some[i];
        };
        add(one.recurrent, expected.recurrent), add(one.noise, expected.noise),
            add(one.drive, expected.drive);
        for (const auto& step : runs.back().z)
          for (const double z : step) spikes += z > 0;
      }
      REQUIRE(spikes > 20);
      for (const int count : {1, 3}) {
        run_ranks(count, [&](const Ranks& ranks) {
          auto parts = network.parts(ranks, variant.propagators);
          parts.train_drive = trials != 3;  // else equal synapses of the drive are one
          const auto made = make_circuit<double>(parts, ranks);
          const ModelOptions options{.propagators = variant.propagators, .reset = variant.reset};
          auto state = rest(made.circuit);
          auto trace = forward(made.circuit, made.weights, inputs, options, ranks, state, Keep::voltages);
          DirectGradient<double> direct;
          direct.spikes.resize(made.circuit.own * lanes);
          direct.first_step = 20;
          direct.steps = steps - 20;
          direct.voltage_factor = voltage_factor;
          double worst_v = 0;
          for (std::uint32_t i = 0; i < made.circuit.own; ++i)
            for (std::size_t b = 0; b < trials; ++b) {
              const auto cell = ranks.global(i);
              const auto slopes = spike_slopes(60, b);
              direct.spikes[i * lanes + b] = slopes[0][cell];
              if (cell % 4 == 0) {
                direct.rows.push_back({.cell = i, .trial = static_cast<std::uint32_t>(b)});
                for (std::size_t t = 20; t < steps; ++t)
                  direct.timed.push_back(slopes[t][cell] - slopes[0][cell]);
              }
              for (std::size_t t = 0; t < steps; ++t)
                worst_v = std::max(
                    worst_v, std::abs(trace.v_at(t, made.circuit.own)[i * trials + b] - runs[b].v[t][cell]));
            }
          PerSynapse<double> gradient;
          gradient.recurrent.assign(made.circuit.recurrent.size(), 0.0);
          gradient.noise.assign(made.circuit.noise.size(), 0.0);
          if (parts.train_drive) gradient.drive.assign(made.circuit.drive.size(), 0.0);
          backward(made.circuit, made.weights, inputs, trace, direct, options, variant.options, ranks,
                   gradient);
          double worst = 0, size = 0;
          for (std::size_t i = 0; i < gradient.recurrent.size(); ++i) {
            const double wanted = expected.recurrent[made.circuit.recurrent.row[i]];
            worst = std::max(worst, std::abs(gradient.recurrent[i] - wanted));
            size = std::max(size, std::abs(wanted));
          }
          for (std::size_t i = 0; i < gradient.noise.size(); ++i)
            worst = std::max(worst, std::abs(gradient.noise[i] - expected.noise[made.circuit.noise.row[i]]));
          double worst_drive = 0, size_drive = 0;
          for (std::size_t i = 0; i < gradient.drive.size(); ++i) {
            const double wanted = expected.drive[made.circuit.drive.row[i]];
            worst_drive = std::max(worst_drive, std::abs(gradient.drive[i] - wanted));
            size_drive = std::max(size_drive, std::abs(wanted));
          }
          const bool drive_differs = parts.train_drive && !(worst_drive < 1e-10 * size_drive);
          if (!(worst_v < 1e-11) || !(worst < 1e-10 * size) || drive_differs)
            throw std::runtime_error("differs");  // threads cannot CHECK
        });
      }
    }
}

TEST_CASE("float32 gradients do not depend on the instruction set") {
  // The kernels of all sets that this processor has, on the same windows.
  const Segment segments[] = {{.first = 0, .source = 0, .count = 700},
                              {.first = 700, .source = 1, .count = 3}};
  std::vector<float> weight(703);
  std::vector<std::uint32_t> slot(703);
  core::HugeVector<float> windows(50 * 16);
  core::RandomStream random(5, core::Purpose::test, 3);
  for (auto& w : weight) w = static_cast<float>(random.normal());
  for (auto& s : slot) s = static_cast<std::uint32_t>(random.uniform() * 50);
  for (auto& x : windows) x = static_cast<float>(random.normal());
  const std::vector<float> magic{12582912.0f * 0x1p-16f, 0.0f};
  std::vector<std::vector<std::int64_t>> sums;
  for (const auto isa : core::available_isas()) {
    sums.emplace_back(2 * 16, 0);
    step_kernels_for(isa).credit({.segments = segments,
                                  .segment_count = 2,
                                  .weight = weight.data(),
                                  .slot = slot.data(),
                                  .windows = windows.data(),
                                  .columns = 16,
                                  .magic = magic.data(),
                                  .sums = sums.back().data()});
    CHECK(sums.back() == sums.front());
  }
  double expected = 0;
  for (std::size_t i = 0; i < 700; ++i)
    expected += static_cast<double>(weight[i]) * static_cast<double>(windows[slot[i] * 16 + 5]);
  CHECK(static_cast<double>(sums[0][5]) * 0x1p-16 == Approx(expected).margin(700 * 0x1p-17));
  CHECK(sums[0][16 + 5] == 0);  // a source without magic is left out
}

}  // namespace striate::test
