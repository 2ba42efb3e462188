// SPDX-License-Identifier: BSD-3-Clause
// Catch2 under mpiexec: the first assertion that fails on any rank ends all of them, because a rank that
// leaves a test early would keep the others waiting in the next collective call.
#define CATCH_CONFIG_RUNNER
#include <mpi.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "core/log.hpp"

namespace {

struct AbortOnFailure : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  bool assertionEnded(const Catch::AssertionStats& stats) override {
    if (!stats.assertionResult.isOk()) {
      int rank = 0;
      MPI_Comm_rank(MPI_COMM_WORLD, &rank);
      std::cerr << "[rank " << rank << "] failed: " << stats.assertionResult.getExpressionInMacro()
                << "  with  " << stats.assertionResult.getExpandedExpression() << "  at "
                << stats.assertionResult.getSourceInfo() << ' ' << stats.assertionResult.getMessage()
                << std::endl;
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return true;
  }
};
CATCH_REGISTER_LISTENER(AbortOnFailure)

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  striate::core::log::set_up(striate::core::log::Level::quiet, rank);
  if (rank != 0) std::cout.setstate(std::ios::failbit);  // one report is enough
  const int result = Catch::Session().run(argc, argv);
  MPI_Finalize();
  return result;
}
