// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/probe.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/hdf5/probe_child.hpp"
#include "io/hdf5/probe_walk.hpp"
#include "io/hdf5/probed_files.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace h5 = io::h5;
namespace fs = std::filesystem;

namespace {

/// An environment variable for the time of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name); old != nullptr) before_ = old;
    set(value);
  }
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) { value == nullptr ? ::unsetenv(name_) : ::setenv(name_, value, 1); }
  const char* name_;
  std::optional<std::string> before_;
};

fs::path small_file(const fs::path& folder) {
  const auto path = folder / "small.h5";
  auto file = h5::File::create(path);
  const double values[] = {1, 2, 3};
  h5::write<double>(file, "/a/values", values);
  h5::write_attribute(file, "/a", "note", "a text");
  file.close();
  return path;
}

/// What hours ago was made.
h5::FileIdentity old_file() {
  return {.device = 1, .inode = 2, .size = 3, .modified_ns = 4, .changed_ns = 5};
}

}  // namespace

TEST_CASE("Files that were looked through are remembered below XDG_CACHE_HOME") {
  const test::TemporaryFolder folder;
  const Variable cache("XDG_CACHE_HOME", folder.path().c_str());
  h5::ProbedFiles().add(old_file(), true);
  CHECK(h5::ProbedFiles().knows(old_file()));
  auto other = old_file();
  other.changed_ns += 1;
  CHECK_FALSE(h5::ProbedFiles().knows(other));
}

TEST_CASE("Files that lead to others, or changed a moment ago, are known to this process alone") {
  const test::TemporaryFolder folder;
  const Variable cache("XDG_CACHE_HOME", folder.path().c_str());
  h5::ProbedFiles files;
  files.add(old_file(), false);
  CHECK(files.knows(old_file()));
  const auto young = h5::identity_of(small_file(folder.path())).value();
  files.add(young, true);
  CHECK(files.knows(young));
  h5::ProbedFiles later;
  CHECK_FALSE(later.knows(old_file()));
  CHECK_FALSE(later.knows(young));
}

TEST_CASE("Without a home nothing is remembered, and nothing fails") {
  const Variable cache("XDG_CACHE_HOME", nullptr), home("HOME", nullptr);
  h5::ProbedFiles().add(old_file(), true);
  CHECK_FALSE(h5::ProbedFiles().knows(old_file()));
}

TEST_CASE("A list of remembered files that was damaged is read as far as it is whole") {
  const test::TemporaryFolder folder;
  const Variable cache("XDG_CACHE_HOME", folder.path().c_str());
  h5::ProbedFiles().add(old_file(), true);
  fs::path list;
  for (const auto& entry : fs::directory_iterator(folder.path() / "striate")) list = entry.path();
  std::ofstream(list, std::ios::app) << "1 2 3 4\nnonsense\n7 7 7 7 7";
  h5::ProbedFiles files;
  CHECK(files.knows(old_file()));
  CHECK_FALSE(files.knows({.device = 7, .inode = 7, .size = 7, .modified_ns = 7, .changed_ns = 7}));
}

TEST_CASE("Walking through a file passes over what the library refuses") {
  const test::TemporaryFolder folder;
  const auto path = small_file(folder.path());
  int steps = 0;
  CHECK(h5::walk_through(path, [&] { ++steps; }));
  CHECK(steps > 5);
  auto bytes = test::text_of(path);
  const auto mark = bytes.find("SNOD");
  REQUIRE(mark != std::string::npos);
  bytes[mark] = 'X';
  std::ofstream(path, std::ios::binary) << bytes;
  CHECK(h5::walk_through(path, [] {}));
  std::ofstream(path, std::ios::binary) << "no HDF5";
  CHECK(h5::walk_through(path, [] {}));
}

TEST_CASE("Walking ends where links run in circles, and tells when they lead to other files") {
  const test::TemporaryFolder folder;
  const auto path = small_file(folder.path());
  {
    auto file = h5::File::open_to_change(path);
    h5::link_alias(file, "/", "/a/up");
    file.close();
  }
  CHECK(h5::walk_through(path, [] {}));
  {
    auto file = h5::File::open_to_change(path);
    REQUIRE(H5Lcreate_external("other.h5", "/", file.id(), "/a/elsewhere", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    file.close();
  }
  CHECK_FALSE(h5::walk_through(path, [] {}));
}

TEST_CASE("A child answers for each file that it is asked about, and leaves with who asks") {
  const test::TemporaryFolder folder;
  const auto path = small_file(folder.path()).string();
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    h5::answer_probes(ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  const auto heard = [&] {
    char letter = 0;
    return ::read(ends[0], &letter, 1) == 1 ? letter : '\0';
  };
  CHECK(heard() == h5::probe_ready);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(::write(ends[0], path.c_str(), path.size() + 1) == static_cast<ssize_t>(path.size() + 1));
    CHECK(heard() == h5::probe_sound);
  }
  ::close(ends[0]);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
