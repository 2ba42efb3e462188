// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/output_lock.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

int no_locks(int) {
  errno = ENOLCK;
  return -1;
}

/// Two kinds of file systems, two hosts.
io::LockSystem system_with_locks() {
  return {.lock = [](int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB); }};
}
io::LockSystem system_without_locks(const std::string& host = core::host_name()) {
  return {.lock = no_locks,
          .reaches_all_writers = false,
          .host = host,
          .sign_of_life = 20ms,
          .longest_silence = 400ms,
          .settling = 1ms};
}

struct Place {
  test::TemporaryFolder folder;
  fs::path file = folder.path() / io::lock_prefix;
};

void make_older(const fs::path& file, std::chrono::seconds by) {
  fs::last_write_time(file, fs::last_write_time(file) - by);
}

/// A child that takes the lock and is killed with it in its hands.
pid_t killed_holder(const fs::path& file, const io::LockSystem& system) {
  const auto child = ::fork();
  if (child == 0) {
    const io::OutputLock lock(file, system);
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  return child;
}

}  // namespace

TEST_CASE("a lock has one holder, whom it names, and leaves nothing behind") {
  for (const auto& system : {system_with_locks(), system_without_locks()}) {
    const Place place;
    {
      const io::OutputLock lock(place.file, system);
      CHECK(fs::exists(place.file));
      const auto refused = [&] { io::OutputLock second(place.file, system); };
      CHECK_THROWS_AS(refused(), core::OutputHeldError);
      CHECK_THROWS_WITH(refused(), Contains(fmt::format("process {} on {}", ::getpid(), core::host_name())) &&
                                       Contains("striate_unit_tests") && Contains("wait for it or end it"));
    }
    CHECK(fs::is_empty(place.folder.path()));
    CHECK_NOTHROW(io::OutputLock(place.file, system));
  }
}

TEST_CASE("a holder that was killed holds nothing") {
  for (const auto& system : {system_with_locks(), system_without_locks()}) {
    const Place place;
    killed_holder(place.file, system);
    CHECK(fs::exists(place.file));
    const io::OutputLock lock(place.file, system);
    CHECK_THROWS_AS(io::OutputLock(place.file, system), core::OutputHeldError);
  }
}

TEST_CASE("a process that got the number of one that has ended is another one") {
  const Place place;
  const auto system = system_without_locks();
  std::ofstream(place.file) << "host=" << system.host << "\npid=" << ::getpid()
                            << "\nmark=1\nsince=then\ncommand=striate build\n";
  CHECK_NOTHROW(io::OutputLock(place.file, system));
}

TEST_CASE("without locks another host's holder counts as long as it gives signs of life") {
  const Place place;
  auto here = system_without_locks("here"), there = system_without_locks("there");
  {
    const io::OutputLock lock(place.file, there);
    std::this_thread::sleep_for(600ms);  // longer than a silence may be
    CHECK_THROWS_WITH(io::OutputLock(place.file, here),
                      Contains("on there since") && Contains("if that host is down"));
  }
  CHECK_NOTHROW(io::OutputLock(place.file, here));
  killed_holder(place.file, there);
  CHECK_THROWS_AS(io::OutputLock(place.file, here), core::OutputHeldError);
  make_older(place.file, 2s);
  CHECK_NOTHROW(io::OutputLock(place.file, here));
}

TEST_CASE("locks that each host keeps for itself do not decide about others") {
  const Place place;
  auto here = system_with_locks(), there = system_without_locks("there");
  here.host = "here";
  killed_holder(place.file, there);
  CHECK_NOTHROW(io::OutputLock(place.file, here));  // the lock is free, and reaches all
  killed_holder(place.file, there);
  here.reaches_all_writers = false;
  here.longest_silence = 60s;
  CHECK_THROWS_WITH(io::OutputLock(place.file, here), Contains("on there"));
  make_older(place.file, 61s);
  CHECK_NOTHROW(io::OutputLock(place.file, here));
}

TEST_CASE("a lock is not taken through a link, and needs its folder") {
  const Place place;
  std::ofstream(place.folder.path() / "target") << "mine";
  fs::create_symlink(place.folder.path() / "target", place.file);
  CHECK_THROWS_AS(io::OutputLock(place.file, system_with_locks()), core::SystemError);
  CHECK(io::read_text_file(place.folder.path() / "target", "") == "mine");
  CHECK_THROWS_AS(io::OutputLock(place.folder.path() / "no/lock", system_with_locks()), core::SystemError);
}

TEST_CASE("files of one folder are locked one by one, the folder as a whole") {
  const test::TemporaryFolder folder;
  const auto a = folder.path() / "deep/a.h5", b = folder.path() / "deep/b.h5";
  {
    const auto first = io::lock_file(a), second = io::lock_file(b),
               all = io::lock_folder(folder.path() / "deep");
    CHECK_THROWS_WITH(io::lock_file(b), Contains("deep/b.h5 (process"));
    CHECK_THROWS_WITH(io::lock_folder(folder.path() / "deep"), Contains("deep (process"));
    CHECK_THROWS_AS(io::lock_files({folder.path() / "c", b}), core::OutputHeldError);
  }
  CHECK(fs::is_empty(folder.path() / "deep"));
  const auto both = io::lock_files({b, a});
  CHECK_THROWS_AS(io::lock_file(a), core::OutputHeldError);
}
