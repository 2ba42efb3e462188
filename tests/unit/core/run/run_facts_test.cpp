// SPDX-License-Identifier: BSD-3-Clause
#include "core/run/run_facts.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace striate;

TEST_CASE("a run knows its command line, host, process and time") {
  const auto facts = core::run_facts();
  CHECK_THAT(facts.command, Catch::Contains("striate_unit_tests"));
  CHECK(facts.host == core::host_name());
  CHECK_FALSE(facts.host.empty());
  CHECK(facts.process == ::getpid());
  CHECK(facts.ranks == 1);
  CHECK_THAT(facts.date, Catch::Matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"));
}

TEST_CASE("a process that has ended is not alive") {
  CHECK(core::is_alive(::getpid()));
  CHECK(core::is_alive(1));
  CHECK_FALSE(core::is_alive(0));
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(core::is_alive(child));  // its parent has not asked yet
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(core::is_alive(child));
}
