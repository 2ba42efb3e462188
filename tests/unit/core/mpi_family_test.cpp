// SPDX-License-Identifier: BSD-3-Clause
#include "core/mpi_family.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace striate;
using Catch::Contains;
using Words = std::vector<std::string>;

namespace {

/// Variables as they are given, nullptr: unset, until the end of the test.
class Environment {
 public:
  void set(const char* name, const char* value) {
    const char* before = std::getenv(name);
    before_.push_back({name, before == nullptr ? std::nullopt : std::optional<std::string>(before)});
    if (value == nullptr)
      ::unsetenv(name);
    else
      ::setenv(name, value, 1);
  }
  ~Environment() {
    for (auto change = before_.rbegin(); change != before_.rend(); ++change)
      if (change->value)
        ::setenv(change->name, change->value->c_str(), 1);
      else
        ::unsetenv(change->name);
  }

 private:
  struct Change {
    const char* name;
    std::optional<std::string> value;
  };
  std::vector<Change> before_;
};

constexpr const char* marks[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK",           "PMI_RANK", "PMI_SIZE",
                                 "PALS_RANKID",          "SLURM_STEP_NUM_TASKS"};

}  // namespace

TEST_CASE("what started a process tells how many ranks there are") {
  Environment environment;
  for (const char* name : marks) environment.set(name, nullptr);
  CHECK_FALSE(core::launched_under_mpi());
  CHECK(core::ranks_by_launcher() == 1);
  environment.set("SLURM_STEP_NUM_TASKS", "3");
  CHECK(core::ranks_by_launcher() == 3);
  environment.set("PMI_RANK", "0");
  CHECK(core::launched_under_mpi());
  environment.set("PMI_SIZE", "2");
  CHECK(core::ranks_by_launcher() == 2);
  environment.set("OMPI_COMM_WORLD_SIZE", "5");
  CHECK(core::ranks_by_launcher() == 5);
  // No number: as if it were not there.
  environment.set("OMPI_COMM_WORLD_SIZE", "x");
  CHECK(core::ranks_by_launcher() == 2);
}

TEST_CASE("a child that is no rank gets nothing of what tells ranks") {
  for (const char* name : {"OMPI_COMM_WORLD_RANK=0", "PMI_RANK=1", "PMIX_RANK=1", "SLURM_PROCID=0",
                           "PALS_RANKID=1", "MPI_LOCALNRANKS=2"})
    CHECK(core::is_of_launcher(name));
  for (const char* name : {"PATH=/bin", "HOME=/x", "XPMI_RANK=1", "STRIATE_MPIEXEC=mpirun"})
    CHECK_FALSE(core::is_of_launcher(name));
}

TEST_CASE("ranks are started by this MPI's launcher, or the one that is named") {
  Environment environment;
  environment.set("STRIATE_MPIEXEC", "/opt/bin/mpiexec");
  CHECK(core::launcher_words(4) == Words{"/opt/bin/mpiexec", "-n", "4"});
  environment.set("STRIATE_MPIEXEC", nullptr);
  CHECK_THAT(core::launcher_words(2).front(), Contains("mpi"));
  CHECK_THAT(std::string(core::mpi_family()), !Contains("unknown"));
  CHECK_THAT(core::mpi_library(), Contains("MPI") && !Contains("\n") && !Contains("\t"));
}
