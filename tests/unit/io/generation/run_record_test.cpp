// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/run_record.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;

TEST_CASE("results take their names together, and the record says how they were made") {
  const test::TemporaryFolder folder;
  const auto a = folder.path() / "a.h5", b = folder.path() / "b.csv";
  for (const auto& file : {a, b}) std::ofstream(io::incomplete_name(file)) << "new";
  std::ofstream(a) << "old";
  const io::RunRecord record{.folder = folder.path(),
                             .attributes = {.scheme = "s", .seed = 3, .config_hash = "c", .run_id = "n"},
                             .files = {a, b}};
  io::begin_publishing(record, {});
  CHECK(io::read_text_file(a, "") == "old");
  CHECK(io::is_interrupted_run(folder.path()));
  io::publish_run(record, {});
  CHECK(io::read_text_file(a, "") == "new");
  CHECK(fs::exists(b));
  CHECK_FALSE(io::is_interrupted_run(folder.path()));
  const auto json = io::read_json(folder.path() / io::run_record_name);
  CHECK(json["network"] == "n");
  CHECK(json["seed"] == 3);
  CHECK(json["configuration"] == "c");
  CHECK(json["ranks"] == 1);
  CHECK(json["files"] == io::Json::array({"a.h5", "b.csv"}));
  for (const char* key : {"program", "command", "host", "date"})
    CHECK_FALSE(json[key].get<std::string>().empty());
}

TEST_CASE("a folder without a record, or with another's, was not interrupted") {
  const test::TemporaryFolder folder;
  CHECK_FALSE(io::is_interrupted_run(folder.path()));
  for (const char* text : {"[]", "{", R"({"state": 3})", R"({"state": "complete"})"}) {
    io::write_text_file(folder.path() / io::run_record_name, text);
    CHECK_FALSE(io::is_interrupted_run(folder.path()));
  }
}
