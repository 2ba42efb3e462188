// SPDX-License-Identifier: BSD-3-Clause
#include "core/errors/error.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "support/temporary_folder.hpp"

using namespace striate;

TEST_CASE("each kind of error has the exit code that the documentation promises") {
  const auto code = [](const core::Error& error) { return static_cast<int>(error.code); };
  CHECK(code(core::UsageError("")) == 2);
  CHECK(code(core::FormatError("")) == 65);
  CHECK(code(core::MissingFileError("")) == 66);
  CHECK(code(core::MpiError("")) == 69);
  CHECK(code(core::SystemError("")) == 74);
  CHECK(code(core::ConfigError("")) == 78);
  CHECK(static_cast<int>(core::ExitCode::done) == 0);
  CHECK(static_cast<int>(core::ExitCode::internal) == 1);
}

TEST_CASE("an input file must be there and be a file") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "file";
  CHECK_THROWS_WITH(core::require_readable(file, "key"),
                    Catch::Contains("no such file") && Catch::Contains("key"));
  std::ofstream(file) << "x";
  CHECK_NOTHROW(core::require_readable(file, "key"));
  CHECK_THROWS_WITH(core::require_readable(folder.path(), "key"), Catch::Contains("is not a file"));
}
