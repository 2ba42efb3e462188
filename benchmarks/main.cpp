// SPDX-License-Identifier: BSD-3-Clause
// Google Benchmark, also under mpirun for what needs several ranks: then the first rank reports.
// `mpirun -n P striate_benchmarks --exchange FILE.json` measures messages and exchanges between ranks
// instead.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string_view>

#include "benchmarks/exchange.hpp"
#include "core/mpi_session.hpp"

int main(int argc, char** argv) {
  const striate::core::MpiSession session(argc, argv);
  if (argc == 3 && std::string_view(argv[1]) == "--exchange") {
    measure_exchange(session.world(), argv[2]);
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  register_exchange(session.world());
  if (!session.world().is_root() && std::freopen("/dev/null", "w", stdout) == nullptr) return 74;
  benchmark::RunSpecifiedBenchmarks();
}
