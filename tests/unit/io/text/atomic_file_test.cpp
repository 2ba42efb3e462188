// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/atomic_file.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "core/run/run_token.hpp"
#include "support/files.hpp"
#include "support/small_disk.hpp"
#include "support/special_files.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;
using test::text_of;

namespace {

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// Of a run on this host whose process has ended.
std::string token_of_the_dead() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return fmt::format("{}-{}-0a1b2c3d", core::parse_run_token(core::run_token())->host, child);
}

}  // namespace

TEST_CASE("a text file replaces the old one when it is complete, and leaves nothing else") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file.txt";
  io::write_text_file(path, "first\n");
  io::write_text_file(path, "second");
  CHECK(text_of(path) == "second");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("unfinished files are named after the run, beside what they will replace") {
  const test::TemporaryFolder folder;
  const auto path = fs::canonical(folder.path()) / "file.txt";
  CHECK(io::incomplete_name(path) == path.string() + "." + core::run_token() + ".incomplete");
  fs::create_directory(path.parent_path() / "below");
  fs::create_symlink("below/other.txt", path);
  CHECK(io::incomplete_name(path) ==
        (path.parent_path() / "below/other.txt").string() + "." + core::run_token() + ".incomplete");
}

TEST_CASE("a file that cannot be completed leaves the old one as it was") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file.txt";
  io::write_text_file(path, "old");
  CHECK(io::incomplete_name(path) != path);
  // Its temporary name is taken by a folder.
  fs::create_directory(io::incomplete_name(path));
  CHECK_THROWS_AS(io::write_text_file(path, "new"), core::SystemError);
  CHECK(text_of(path) == "old");
}

TEST_CASE("a link that waits under the temporary name is not followed") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file.txt", precious = folder.path() / "precious";
  std::ofstream(precious) << "precious";
  fs::create_symlink(precious, io::incomplete_name(path));
  io::write_text_file(path, "new");
  CHECK(text_of(precious) == "precious");
  CHECK(text_of(path) == "new");
  fs::create_symlink(precious, io::incomplete_name(path));
  io::copy_incomplete(path, path);
  io::publish(path);
  CHECK(text_of(precious) == "precious");
}

TEST_CASE("a final name that is a link keeps being one") {
  const test::TemporaryFolder folder;
  const auto link = folder.path() / "link", file = folder.path() / "below/file";
  fs::create_directory(folder.path() / "below");
  fs::create_symlink("below/file", link);
  for (const char* text : {"leads to nothing yet", "leads to a file"}) {
    io::write_text_file(link, text);
    CHECK(fs::is_symlink(link));
    CHECK(text_of(file) == text);
  }
  CHECK(entries(folder.path() / "below") == 1);
}

TEST_CASE("FIFOs and devices get the text and stay what they are") {
  const test::TemporaryFolder folder;
  const auto fifo = folder.path() / "fifo", null = folder.path() / "null", full = folder.path() / "full";
  {
    test::FifoReader reader(fifo);
    io::write_text_file(fifo, "text");
    CHECK(reader.text() == "text");
    CHECK(fs::is_fifo(fifo));
    CHECK_FALSE(fs::exists(io::incomplete_name(fifo)));
  }
  if (!test::make_device(null, test::Device::null) || !test::make_device(full, test::Device::full)) return;
  fs::create_symlink("null", folder.path() / "to_null");
  io::write_text_file(folder.path() / "to_null", "text");
  CHECK(fs::is_character_file(null));
  CHECK_THROWS_WITH(io::write_text_file(full, "text"), Catch::Contains("No space left"));
  CHECK(fs::is_character_file(full));
  CHECK_FALSE(fs::exists(io::incomplete_name(full)));
}

TEST_CASE("several files appear together or not at all") {
  const test::TemporaryFolder folder;
  const io::TextFile files[] = {{folder.path() / "a", "1"}, {folder.path() / "b", "2"}};
  io::write_text_files(files);
  CHECK(text_of(files[1].path) == "2");
  io::write_incomplete_text(files[0].path, "new");
  const fs::path paths[] = {files[0].path, files[1].path};
  CHECK_THROWS_AS(io::publish(paths), core::SystemError);  // the second was not written
  CHECK(text_of(files[0].path) == "1");
}

TEST_CASE("a full disk keeps the old file") {
  const test::SmallDisk disk(8192);
  if (!disk.mounted()) return;
  const auto path = disk.path() / "file";
  io::write_text_file(path, "old");
  CHECK_THROWS_WITH(io::write_text_file(path, std::string(20'000, 'x')), Catch::Contains("No space left"));
  CHECK(text_of(path) == "old");
  CHECK_FALSE(fs::exists(io::incomplete_name(path)));
}

TEST_CASE("leftovers of dead runs are removed, and nothing else") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "spikes.h5";
  const auto dead = token_of_the_dead(), kept = token_of_the_dead();
  const auto living =
      fmt::format("{}-{}-0a1b2c3d", core::parse_run_token(core::run_token())->host, ::getpid());
  const auto name = [&](const std::string& token) { return path.string() + "." + token + ".incomplete"; };
  const std::vector<fs::path> leftovers{name(dead),
                                        name("elsewhere-1-0a1b2c3d"),
                                        path.string() + ".incomplete",
                                        path.string() + ".spool0." + dead + ".incomplete",
                                        name(dead) + ".data.1",
                                        name(dead) + ".metadata.0"};
  const std::vector<fs::path> others{path,
                                     io::incomplete_name(path),
                                     name(kept),
                                     name(living),
                                     name("no token"),
                                     folder.path() / ("other.h5." + dead + ".incomplete"),
                                     folder.path() / ("spikes.h5_2." + dead + ".incomplete"),
                                     path.string() + "." + dead,
                                     path.string() + ".data.1",
                                     name(living) + ".data.1",
                                     name(dead) + ".other.1"};
  for (const auto* list : {&leftovers, &others})
    for (const auto& file : *list) std::ofstream(file) << "x";
  fs::create_symlink("spikes.h5", folder.path() / "link");
  const fs::path finals[] = {folder.path() / "link", folder.path() / "no/file"};
  const std::string kept_tokens[] = {kept};
  io::remove_leftovers(finals, kept_tokens);
  for (const auto& file : leftovers) CHECK_FALSE(fs::exists(file));
  for (const auto& file : others) CHECK(fs::exists(file));
}

TEST_CASE("without a lock only what dead processes of this host left is removed, folders too") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "table.csv";
  const auto name = [&](const std::string& token) { return path.string() + "." + token + ".incomplete"; };
  const auto dead = token_of_the_dead();
  const auto living =
      fmt::format("{}-{}-0a1b2c3d", core::parse_run_token(core::run_token())->host, ::getpid());
  const std::vector<fs::path> others{path, name(living), name("elsewhere-1-0a1b2c3d"),
                                     path.string() + ".incomplete"};
  for (const auto& file : others) std::ofstream(file) << "x";
  std::ofstream(name(dead)) << "x";
  fs::create_directory(path.string() + ".pictures." + dead + ".incomplete");
  std::ofstream(path.string() + ".pictures." + dead + ".incomplete/1.png") << "x";
  io::remove_dead(path);
  for (const auto& file : others) CHECK(fs::exists(file));
  CHECK_FALSE(fs::exists(name(dead)));
  CHECK_FALSE(fs::exists(path.string() + ".pictures." + dead + ".incomplete"));

  for (const auto write : {+[](const fs::path& file) { io::write_text_file(file, "new"); },
                           +[](const fs::path& file) { io::copy_incomplete(file, file); }}) {
    std::ofstream(name(dead)) << "x";
    write(path);
    CHECK_FALSE(fs::exists(name(dead)));
    CHECK(fs::exists(name(living)));
  }
}

TEST_CASE("what is not there cannot be published, folders can be made twice") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(io::publish(folder.path() / "absent"), core::SystemError);
  const auto deep = folder.path() / "a/b/c";
  io::make_folder(deep);
  CHECK_NOTHROW(io::make_folder(deep));
  CHECK_NOTHROW(io::make_folder(""));
  CHECK(fs::is_directory(deep));
  std::ofstream(folder.path() / "file") << "x";
  CHECK_THROWS_AS(io::make_folder(folder.path() / "file/below"), core::SystemError);
}

TEST_CASE("files of a folder are listed by extension in alphabetical order, also where there is no folder") {
  const test::TemporaryFolder folder;
  for (const char* name : {"b.yaml", "a.yaml", "c.yml", "d.yaml.incomplete"})
    io::write_text_file(folder.path() / name, "");
  CHECK(io::files_in(folder.path(), ".yaml") ==
        std::vector<fs::path>{folder.path() / "a.yaml", folder.path() / "b.yaml"});
  CHECK(io::files_in(folder.path() / "nowhere", ".yaml").empty());
}
