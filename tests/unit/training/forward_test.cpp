// SPDX-License-Identifier: BSD-3-Clause
// The forward model as it is used: in parts, from the state that another run left.
#include "training/model/forward.hpp"

#include <catch2/catch.hpp>

#include "support/random_circuit.hpp"

namespace striate::test {
namespace {

using namespace training;

/// Steps begin … end - 1 of some inputs, as inputs.
Inputs part(const Inputs& all, std::size_t begin, std::size_t end, std::uint32_t nodes) {
  Inputs some{.trials = all.trials, .steps = end - begin, .drive = {}, .noise = {}};
  for (DriveSpike spike : all.drive)
    if (spike.step >= begin && spike.step < end) {
      spike.step = static_cast<std::uint16_t>(spike.step - begin);
      some.drive.push_back(spike);
    }
  const auto row = static_cast<std::ptrdiff_t>(nodes * lanes);
  some.noise.assign(all.noise.begin() + static_cast<std::ptrdiff_t>(begin) * row,
                    all.noise.begin() + static_cast<std::ptrdiff_t>(end) * row);
  return some;
}

}  // namespace

TEST_CASE("a run from the state that an earlier part left goes on as the whole run does") {
  const RandomNetwork network;
  const Ranks ranks;
  const auto propagators = GENERATE(Propagators::reference, Propagators::exact);
  const auto reset = GENERATE(Reset::subtract, Reset::hold);
  constexpr std::size_t steps = 61, trials = 3;
  const auto inputs =
      network.inputs({.occasion = {}, .first = 0, .count = trials, .steps = steps, .stimuli = {}});
  auto parts = network.parts(ranks, propagators);
  const auto made = make_circuit<double>(parts, ranks);
  const ModelOptions options{.propagators = propagators, .reset = reset};
  auto state = rest(made.circuit);
  const auto whole = forward(made.circuit, made.weights, inputs, options, ranks, state, Keep::voltages);
  CHECK(whole.spikes.spikes() > 50);
  for (const std::size_t cut : {2u, 29u, 30u, 31u, 59u}) {
    INFO("cut at " << cut);
    auto carried = rest(made.circuit);
    forward(made.circuit, made.weights, part(inputs, 0, cut, network.nodes), options, ranks, carried,
            Keep::spikes);
    const auto second = forward(made.circuit, made.weights, part(inputs, cut, steps, network.nodes), options,
                                ranks, carried, Keep::voltages);
    double worst = 0;
    for (std::size_t t = cut; t < steps; ++t) {
      const double *a = whole.v_at(t, network.cells), *b = second.v_at(t - cut, network.cells);
      for (std::size_t i = 0; i < network.cells * trials; ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
    }
    CHECK(worst < 1e-12);
    CHECK(second.spikes.at(static_cast<int>(steps - cut) - 1).size() ==
          whole.spikes.at(static_cast<int>(steps) - 1).size());
  }
}

}  // namespace striate::test
