// SPDX-License-Identifier: BSD-3-Clause
#include "core/run/run_token.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using namespace striate;

TEST_CASE("a run has one name, which tells its host and process") {
  const auto token = core::run_token();
  CHECK(token == core::run_token());
  const auto name = core::parse_run_token(token);
  REQUIRE(name);
  CHECK(name->pid == ::getpid());
  CHECK_FALSE(name->host.empty());
  CHECK(core::is_running_here(token));
}

TEST_CASE("names of runs are told from other words") {
  const auto name = core::parse_run_token("node-17-4711-0a1b2c3d");
  REQUIRE(name);
  CHECK(name->host == "node-17");
  CHECK(name->pid == 4711);
  for (const char* text :
       {"", "-", "--", "a-b-c", "host-1-0a1b2c3", "host-1-0a1b2c3d4", "host-1-0A1b2c3d", "host-0-0a1b2c3d",
        "-1-0a1b2c3d", "ho st-1-0a1b2c3d", "host-1x-0a1b2c3d", "ho/st-1-0a1b2c3d"})
    CHECK_FALSE(core::parse_run_token(text));
}

TEST_CASE("another run's name can be adopted, and nothing that is none") {
  const auto own = core::run_token();
  CHECK_THROWS_AS(core::adopt_run_token("../../etc"), core::FormatError);
  CHECK(core::run_token() == own);
  core::adopt_run_token("node-1-00000001");
  CHECK(core::run_token() == "node-1-00000001");
  core::adopt_run_token(own);
}

TEST_CASE("a process that has ended is known to have, on this host only") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  const auto host = core::parse_run_token(core::run_token())->host;
  const auto token = [&](const std::string& on, pid_t pid) {
    return on + "-" + std::to_string(pid) + "-0a1b2c3d";
  };
  CHECK_FALSE(core::is_running_here(token(host, child)));
  CHECK(core::is_running_here(token(host, ::getpid())));
  CHECK_FALSE(core::is_running_here(token("elsewhere", ::getpid())));
}
