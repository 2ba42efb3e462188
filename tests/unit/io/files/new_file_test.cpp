// SPDX-License-Identifier: BSD-3-Clause
#include "io/files/new_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/files.hpp"
#include "support/small_disk.hpp"
#include "support/special_files.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
namespace fs = std::filesystem;

TEST_CASE("a new file takes the place of a link and leaves what it led to") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "new", other = folder.path() / "other";
  std::ofstream(other) << "precious";
  for (const auto& target : {other, folder.path() / "absent"}) {
    fs::remove(path);
    fs::create_symlink(target, path);
    io::NewFile file(path);
    file.append("te");
    file.append("xt");
    file.close();
    CHECK(fs::is_regular_file(fs::symlink_status(path)));
    CHECK(test::text_of(path) == "text");
    CHECK(test::text_of(other) == "precious");
    CHECK_FALSE(fs::exists(folder.path() / "absent"));
  }
  fs::create_directory(folder.path() / "taken");
  CHECK_THROWS_AS(io::make_new_file(folder.path() / "taken"), core::SystemError);
  CHECK_THROWS_WITH(io::make_new_file(folder.path() / "no/file"), Contains("cannot create"));
}

TEST_CASE("pieces can be written anywhere") {
  const test::TemporaryFolder folder;
  io::NewFile file(folder.path() / "f");
  file.write_at(3, "def");
  file.write_at(0, "abc");
  file.close();
  CHECK(test::text_of(folder.path() / "f") == "abcdef");
}

TEST_CASE("a full disk is told") {
  const test::SmallDisk disk(4096);
  if (!disk.mounted()) return;
  io::NewFile file(disk.path() / "f");
  CHECK_THROWS_WITH(file.append(std::string(20'000, 'x')),
                    Contains("No space left") && Contains("disk full"));
}

TEST_CASE("room for a file can be made, or is known to be lacking") {
  const test::SmallDisk disk(16'384);
  if (!disk.mounted()) return;
  const auto file = disk.path() / "f";
  std::ofstream(file) << "abc";
  CHECK_NOTHROW(io::reserve_bytes(file, 16'384));
  CHECK(test::text_of(file) == "abc");
  CHECK_THROWS_WITH(io::reserve_bytes(file, 100'000), Contains("No space left") && Contains("disk full"));
}

TEST_CASE("files and folders are brought to the disk, and what is not there cannot be") {
  const test::TemporaryFolder folder;
  const fs::path files[] = {folder.path() / "a", folder.path() / "b"};
  std::ofstream(files[0]) << "a";
  CHECK_THROWS_AS(io::sync_files(files), core::SystemError);
  std::ofstream(files[1]) << "b";
  CHECK_NOTHROW(io::sync_files(files));
  CHECK_NOTHROW(io::sync_folder(folder.path()));
  CHECK_NOTHROW(io::sync_folder(""));
}

TEST_CASE("a FIFO gets the whole of a file and stays what it is") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "file", fifo = folder.path() / "fifo";
  const std::string text(300'000, 'y');
  std::ofstream(file) << text;
  test::FifoReader reader(fifo);
  io::copy_into_stream(file, fifo);
  CHECK(reader.text() == text);
  CHECK(fs::is_fifo(fifo));
}

TEST_CASE("a reader who has gone is an error and no signal") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "file", fifo = folder.path() / "fifo";
  std::ofstream(file) << std::string(3 << 20, 'y');
  REQUIRE(::mkfifo(fifo.c_str(), 0666) == 0);
  std::thread reader([&] {
    const int opened = ::open(fifo.c_str(), O_RDONLY | O_CLOEXEC);
    char some[10];
    CHECK(::read(opened, some, sizeof some) > 0);
    ::close(opened);
  });
  CHECK_THROWS_WITH(io::copy_into_stream(file, fifo), Contains("Broken pipe"));
  reader.join();
}

TEST_CASE("a full device is told, and is still there") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "file", full = folder.path() / "full";
  if (!test::make_device(full, test::Device::full)) return;
  std::ofstream(file) << "x";
  CHECK_THROWS_WITH(io::copy_into_stream(file, full), Contains("No space left"));
  CHECK(fs::is_character_file(full));
}

TEST_CASE("an open file of the process is continued where it stands") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "file", output = folder.path() / "output";
  std::ofstream(file) << "second";
  const int opened = ::open(output.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  REQUIRE(::write(opened, "first ", 6) == 6);
  for (const auto& name :
       {fmt::format("/proc/self/fd/{}", opened), fmt::format("/proc/{}/fd/{}", ::getpid(), opened)})
    io::copy_into_stream(file, name);
  ::close(opened);
  CHECK(test::text_of(output) == "first secondsecond");
}
