// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/atomic_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "core/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a text file replaces the old one when it is complete, and leaves nothing else") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file.txt";
  io::write_text_file(path, "first\n");
  io::write_text_file(path, "second");
  CHECK(contents(path) == "second");
  CHECK_FALSE(std::filesystem::exists(io::incomplete_name(path)));
}

TEST_CASE("a file that cannot be completed leaves the old one as it was") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "file.txt";
  io::write_text_file(path, "old");
  CHECK(io::incomplete_name(path) != path);
  // Its temporary name is taken by a folder.
  std::filesystem::create_directory(io::incomplete_name(path));
  CHECK_THROWS_AS(io::write_text_file(path, "new"), core::SystemError);
  CHECK(contents(path) == "old");
}

TEST_CASE("what is not there cannot be published, folders can be made twice") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(io::publish(folder.path() / "absent"), core::SystemError);
  const auto deep = folder.path() / "a/b/c";
  io::make_folder(deep);
  CHECK_NOTHROW(io::make_folder(deep));
  CHECK(std::filesystem::is_directory(deep));
  std::ofstream(folder.path() / "file") << "x";
  CHECK_THROWS_AS(io::make_folder(folder.path() / "file/below"), core::SystemError);
}

TEST_CASE("files of a folder are listed by extension in alphabetical order, also where there is no folder") {
  const test::TemporaryFolder folder;
  for (const char* name : {"b.yaml", "a.yaml", "c.yml", "d.yaml.incomplete"})
    io::write_text_file(folder.path() / name, "");
  CHECK(io::files_in(folder.path(), ".yaml") ==
        std::vector<std::filesystem::path>{folder.path() / "a.yaml", folder.path() / "b.yaml"});
  CHECK(io::files_in(folder.path() / "nowhere", ".yaml").empty());
}
