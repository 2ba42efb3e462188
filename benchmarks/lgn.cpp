// SPDX-License-Identifier: BSD-3-Clause
// The LGN. Questions: what do the 3 s of rates of one cell under a drifting grating cost, and what the spikes
// drawn from them?
#include <benchmark/benchmark.h>

#include "core/values/random.hpp"
#include "lgn/filters/rate_model.hpp"
#include "lgn/spikes/spike_trains.hpp"

using namespace striate;
using namespace striate::lgn;

namespace {

Stimulus grating() {
  return make_grating({.duration_s = 3,
                       .row_size_deg = 80,
                       .column_size_deg = 120,
                       .gray_s = 0.5,
                       .theta_deg = 45,
                       .cycles_per_degree = 0.04,
                       .temporal_hz = 2,
                       .contrast = 0.8,
                       .degrees_per_pixel = 1},
                      "benchmark");
}

Cells make_cells(std::uint32_t count) {
  Cells cells;
  cells.population = "lgn";
  cells.classes = {"sON_TF4"};
  core::RandomStream random(1, core::Purpose::test, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    cells.cells.push_back({.node_id = i, .first_unit = i, .unit_count = 1, .class_index = 0});
    cells.units.push_back({.x_deg = 120 * random.uniform(),
                           .y_deg = 80 * random.uniform(),
                           .sigma_deg = 2 + 2 * random.uniform(),
                           .amplitude = 1,
                           .baseline_hz = 4,
                           .temporal = {.weight = {3.5, -2.5},
                                        .kpeak_ms = {20 + 20 * random.uniform(), 60 + 30 * random.uniform()},
                                        .delay_ms = {0, 0}}});
  }
  return cells;
}

void grating_rates(benchmark::State& state) {
  const auto stimulus = grating();
  const auto cells = make_cells(512);
  std::vector<std::uint32_t> all(cells.cells.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  std::vector<double> rates(stimulus.frames);
  for (auto _ : state) {
    RateModel model(cells, stimulus);
    model.prepare(all);
    for (std::size_t i = 0; i < all.size(); ++i) model.rates(i, rates);
    benchmark::DoNotOptimize(rates.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
  state.SetLabel("items are cells");
}
BENCHMARK(grating_rates)->Unit(benchmark::kMillisecond);

void spike_train(benchmark::State& state) {
  const std::vector<double> rates(3000, 6.0);
  std::vector<double> times;
  std::size_t spikes = 0;
  std::uint64_t cell = 0;
  for (auto _ : state) {
    times.clear();
    core::RandomStream random(1, core::Purpose::lgn_spike, cell++);
    append_spike_train(rates, {.first_ms = 0, .step_ms = 1}, SpikeProcess::poisson, random, times);
    spikes += times.size();
  }
  state.counters["spikes/s"] = benchmark::Counter(static_cast<double>(spikes), benchmark::Counter::kIsRate);
}
BENCHMARK(spike_train);

}  // namespace
