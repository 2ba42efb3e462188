// SPDX-License-Identifier: BSD-3-Clause
// What this machine can do at best: the limits that roofline.py compares a simulation with. Run one copy per
// core at the same time (roofline.py does) to see what cores share.
#include <benchmark/benchmark.h>
#include <immintrin.h>

#include <cstdint>
#include <vector>

#include "core/values/random.hpp"
#include "engine/machine/glif_kernel.hpp"

namespace {

constexpr std::size_t count = 1 << 25;  // doubles, 256 MiB: far beyond a second-level cache

/// a = b + s * c. Bytes counted without the read that a store to memory begins with.
void triad(benchmark::State& state) {
  std::vector<double> a(count), b(count, 1.0), c(count, 2.0);
  for (auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) a[i] = b[i] + 3.0 * c[i];
    benchmark::DoNotOptimize(a.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(3 * 8 * count));
}
BENCHMARK(triad)->Unit(benchmark::kMillisecond);

/// Reading from one end to the other.
void read(benchmark::State& state) {
  std::vector<std::uint64_t> a(count, 1);
  std::uint64_t sum = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) sum += a[i];
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(8 * count));
}
BENCHMARK(read)->Unit(benchmark::kMillisecond);

/// Adding to cells of a buffer in the second-level cache, as delivery does, with synapses that are in it,
/// too: what an event costs when memory costs nothing.
void scatter_in_cache(benchmark::State& state) {
  constexpr std::size_t cells = 1 << 16, events = 1 << 14;
  std::vector<double> buffer(cells);
  struct Event {
    std::uint32_t cell;
    float weight;
  };
  std::vector<Event> list(events);
  striate::core::RandomStream random(1, striate::core::Purpose::test, 0);
  for (auto& event : list) event = {static_cast<std::uint32_t>(random() % cells), 1.0F};
  for (auto _ : state) {
    for (const auto& event : list) buffer[event.cell] += static_cast<double>(event.weight);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events));
}
BENCHMARK(scatter_in_cache);

/// Fused multiply-adds, as many chains in flight as hide their latency.
constexpr int chains = 12, rounds = 1000;

[[gnu::target("arch=x86-64-v4")]] void fma_v4(benchmark::State& state) {
  __m512d x[chains];
  const auto scale = _mm512_set1_pd(0.999), add = _mm512_set1_pd(1e-3);
  for (auto& value : x) value = add;
  for (auto _ : state) {
    for (int round = 0; round < rounds; ++round)
      for (auto& value : x) value = _mm512_fmadd_pd(value, scale, add);
    for (auto& value : x) benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(state.iterations() * chains * rounds * 8);
}

[[gnu::target("arch=x86-64-v3")]] void fma_v3(benchmark::State& state) {
  __m256d x[chains];
  const auto scale = _mm256_set1_pd(0.999), add = _mm256_set1_pd(1e-3);
  for (auto& value : x) value = add;
  for (auto _ : state) {
    for (int round = 0; round < rounds; ++round)
      for (auto& value : x) value = _mm256_fmadd_pd(value, scale, add);
    for (auto& value : x) benchmark::DoNotOptimize(value);
  }
  state.SetItemsProcessed(state.iterations() * chains * rounds * 4);
}

void fma(benchmark::State& state) {
  const auto isas = striate::core::available_isas();
  if (isas.back() == striate::core::Isa::x86_64_v4) return fma_v4(state);
  if (isas.back() == striate::core::Isa::x86_64_v3) return fma_v3(state);
  state.SkipWithError("this processor has no fused multiply-add");
}
BENCHMARK(fma);

}  // namespace
