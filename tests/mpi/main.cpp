// SPDX-License-Identifier: BSD-3-Clause
// Catch2 under mpiexec: the first assertion that fails on any rank ends all of them, because a rank that
// leaves a test early would keep the others waiting in the next collective call.
#define CATCH_CONFIG_RUNNER
#include <mpi.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <utility>

#include "core/log.hpp"
#include "core/ranks/comm.hpp"
#include "core/run/run_token.hpp"

namespace {

using Listener = Catch::TestEventListenerBase;
/// bool in Catch2 2, void in Catch2 3
using Ended =
    decltype(std::declval<Listener&>().assertionEnded(std::declval<const Catch::AssertionStats&>()));

struct AbortOnFailure : Listener {
  using Listener::Listener;
  Ended assertionEnded(const Catch::AssertionStats& stats) override {
    if (!stats.assertionResult.isOk()) {
      int rank = 0;
      MPI_Comm_rank(MPI_COMM_WORLD, &rank);
      std::cerr << "[rank " << rank << "] failed: " << stats.assertionResult.getExpressionInMacro()
                << "  with  " << stats.assertionResult.getExpandedExpression() << "  at "
                << stats.assertionResult.getSourceInfo() << ' ' << stats.assertionResult.getMessage()
                << std::endl;
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return Ended(true);
  }
};
CATCH_REGISTER_LISTENER(AbortOnFailure)

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  namespace core = striate::core;
  core::log::set_up(core::log::Level::quiet, rank);
  core::adopt_run_token(core::Comm(MPI_COMM_WORLD).broadcast(core::run_token()));  // as MpiSession does
  if (rank != 0) std::cout.setstate(std::ios::failbit);  // one report is enough
  const int result = Catch::Session().run(argc, argv);
  MPI_Finalize();
  return result;
}
