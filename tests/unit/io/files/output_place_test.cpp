// SPDX-License-Identifier: BSD-3-Clause
#include "io/files/output_place.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/special_files.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// Has real/file, links to both, and no folder "new".
struct Place {
  test::TemporaryFolder folder;
  fs::path path(const std::string& name) const { return fs::canonical(folder.path()) / name; }
  Place() {
    fs::create_directory(path("real"));
    std::ofstream(path("real/file")) << "contents";
    fs::create_symlink("real", path("linked"));
    fs::create_symlink("real/file", path("to_file"));
    fs::create_symlink(path("to_file"), path("to_link"));
    fs::create_symlink("real/absent", path("to_nothing"));
  }
};

void make_socket(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int opened = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(opened, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(opened);
}

}  // namespace

TEST_CASE("paths of one file resolve to the same") {
  const Place place;
  for (const char* name : {"real/file", "linked/file", "to_file", "to_link", "./real/../linked/./file",
                           "new/../real/file", "new/deep/../../linked/file", "linked/../to_link"})
    CHECK(io::resolved(place.path(name)) == place.path("real/file"));
  CHECK(io::resolved(place.path("to_nothing")) == place.path("real/absent"));
  CHECK(io::resolved(place.path("new/x")) == place.path("new/x"));
  // ".." behind a link leads out of what it leads to.
  CHECK(io::resolved(place.path("linked/../real/file")) == place.path("real/file"));
  CHECK(io::resolved(place.path("real/")) == place.path("real"));
  CHECK(io::resolved("relative") == fs::current_path() / "relative");
  CHECK(io::resolved("/../x") == "/x");
}

TEST_CASE("links in a circle are refused") {
  const Place place;
  fs::create_symlink("b", place.path("a"));
  fs::create_symlink("a", place.path("b"));
  CHECK_THROWS_WITH(io::resolved(place.path("a")), Contains("circle"));
}

TEST_CASE("outputs are regular files, new or behind links") {
  const Place place;
  for (const char* name : {"real/file", "to_link", "to_nothing", "new/file"})
    CHECK_FALSE(io::output_place(place.path(name)).is_stream);
  CHECK(io::output_place(place.path("to_link")).path == place.path("real/file"));
  CHECK(io::would_replace(place.path("to_link")));
  CHECK_FALSE(io::would_replace(place.path("to_nothing")));
}

TEST_CASE("folders and sockets are no outputs, nor what leads to them") {
  const Place place;
  make_socket(place.path("socket"));
  fs::create_symlink("socket", place.path("to_socket"));
  for (const char* name : {"real", "linked", "real/..", "."})
    CHECK_THROWS_WITH(io::output_place(place.path(name)), Contains("folder"));
  for (const char* name : {"socket", "to_socket"})
    CHECK_THROWS_WITH(io::output_place(place.path(name)), Contains("socket"));
}

TEST_CASE("FIFOs, devices and open files of the process are written in place") {
  const Place place;
  REQUIRE(::mkfifo(place.path("fifo").c_str(), 0666) == 0);
  fs::create_symlink("fifo", place.path("to_fifo"));
  for (const char* name : {"fifo", "to_fifo"}) {
    CHECK(io::output_place(place.path(name)).is_stream);
    CHECK_FALSE(io::would_replace(place.path(name)));
  }
  CHECK(io::output_place("/proc/self/fd/1").is_stream);
  if (fs::is_symlink("/dev/stdout")) CHECK(io::output_place("/dev/stdout").is_stream);
  if (test::make_device(place.path("null"), test::Device::null))
    CHECK(io::output_place(place.path("null")).is_stream);
}

TEST_CASE("an output that is an input is refused by whatever name") {
  const Place place;
  const auto check = [&](const char* output, const char* input) {
    io::check_outputs({{place.path(output), "out"}}, {{place.path(input), "in"}});
  };
  for (const char* output : {"real/file", "to_link", "new/../linked/file"})
    for (const char* input : {"real/file", "linked/file", "to_file"})
      CHECK_THROWS_WITH(check(output, input), Contains("out would overwrite") && Contains("which in reads"));
  CHECK_THROWS_WITH(check("to_nothing", "linked/absent"), Contains("would overwrite"));
  fs::create_hard_link(place.path("real/file"), place.path("other_name"));
  CHECK_THROWS_WITH(check("other_name", "to_file"), Contains("would overwrite"));
  CHECK_NOTHROW(check("real/other", "real/file"));
}

TEST_CASE("two outputs may share a FIFO and no file, and what no file can be is told with who asked") {
  const Place place;
  REQUIRE(::mkfifo(place.path("fifo").c_str(), 0666) == 0);
  CHECK_NOTHROW(io::check_outputs({{place.path("fifo"), "a"}, {place.path("fifo"), "b"}}, {}));
  CHECK_THROWS_WITH(io::check_outputs({{place.path("to_file"), "a"}, {place.path("real/file"), "b"}}, {}),
                    Contains("a and b would write the same file"));
  CHECK_THROWS_WITH(io::check_outputs({{place.path("real"), "run.json:/output"}}, {}),
                    Contains("run.json:/output") && Contains("folder"));
}
