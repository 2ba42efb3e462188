// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/condition_table.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::io;

namespace {

struct TableFile {
  test::TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "conditions.csv";

  ConditionTable read(const std::string& text) const {
    std::ofstream(path) << text;
    return read_conditions(path);
  }
  void refuses(const std::string& text, const std::string& why) const {
    INFO(text);
    CHECK_THROWS_AS(read(text), core::FormatError);
    CHECK_THROWS_WITH(read(text), Catch::Contains(why) && Catch::Contains("conditions.csv"));
  }
};

const std::string table_header = "run,slot,start_ms,end_ms,angle,blank\n";

}  // namespace

TEST_CASE_METHOD(TableFile, "a table of conditions is read as it was written") {
  const ConditionTable table{
      .file = path,
      .variables = {"angle", "my \"own\", variable"},
      .rows = {
          {.run = "chunk_00", .slot = 0, .start_ms = 0, .end_ms = 250, .values = {"45", "a, \"b\" c"}},
          {.run = "chunk_00", .slot = 1, .start_ms = 250, .end_ms = 500.1, .values = {"", ""}, .blank = true},
          {.run = "chunk_01",
           .slot = 0,
           .start_ms = 1000.0 / 3,
           .end_ms = 1e6,
           .values = {"-0.5", "# none"}}}};
  const auto again = read(conditions_csv(table));
  CHECK(again.variables == table.variables);
  CHECK(again.file == path);
  REQUIRE(again.rows.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    const auto &a = again.rows[k], &b = table.rows[k];
    CHECK((a.run == b.run && a.slot == b.slot && a.blank == b.blank && a.values == b.values));
    CHECK((a.start_ms == b.start_ms && a.end_ms == b.end_ms));
  }
  CHECK(again.variable("angle") == 0);
  CHECK_THROWS_WITH(again.variable("angel"), Catch::Contains("did you mean angle?"));
}

TEST_CASE_METHOD(TableFile, "columns of a table of conditions may stand in any order") {
  const auto table = read("blank,angle,end_ms,start_ms,slot,run\n0,90,20,10,3,a\n");
  CHECK(table.variables == std::vector<std::string>{"angle"});
  CHECK(table.rows.front().values == std::vector<std::string>{"90"});
  CHECK((table.rows.front().start_ms == 10 && table.rows.front().end_ms == 20 &&
         table.rows.front().slot == 3 && table.rows.front().run == "a"));
}

TEST_CASE_METHOD(TableFile, "a table of conditions that is wrong is refused") {
  refuses("", "empty table");
  refuses(table_header, "no condition is shown");
  refuses("run,slot,start_ms,angle,blank\na,0,0,5,0\n", "missing column \"end_ms\"");
  refuses("run,slot,start_ms,end_ms,angle,angle,blank\na,0,0,5,1,2,0\n", "\"angle\" occurs twice");
  refuses("run,slot,start_ms,end_ms,,blank\na,0,0,5,1,0\n", "without a name");
  refuses(table_header + "a,-1,0,5,90,0\n", "invalid slot=\"-1\"");
  refuses(table_header + "a,0.5,0,5,90,0\n", "invalid slot");
  refuses(table_header + "a,0,nan,5,90,0\n", "invalid start_ms");
  refuses(table_header + "a,0,-1,5,90,0\n", "invalid start_ms=-1");
  refuses(table_header + "a,0,5,5,90,0\n", "end after start");
  refuses(table_header + "a,0,0,5,90,2\n", "invalid blank=\"2\"");
  refuses(table_header + "a,0,0,5,,0\n", "no value of angle");
  refuses(table_header + ",0,0,5,90,0\n", "empty run");
  refuses(table_header + "a,0,0,5,90,0\na,0,5,9,90,0\n", "slots must rise");
  refuses(table_header + "a,0,0,5,90,0\na,1,4,9,90,0\n", "slot 0 lasts to 5 ms");
  refuses(table_header + "a,0,0,5,90,0\nb,0,0,5,90,0\na,1,5,9,90,0\n", "must stand together");
  CHECK_NOTHROW(read(table_header + "a,0,0,5,,1\na,1,5,9,90,0\nb,0,0,5,90,0\n"));
  CHECK_THROWS_AS(read_conditions(folder.path() / "none.csv"), core::MissingFileError);
}
