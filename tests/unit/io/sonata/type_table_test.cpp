// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/type_table.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using striate::io::TypeTable;
using striate::test::TemporaryFolder;

namespace {

TypeTable table(const std::string& text) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "types.csv";
  std::ofstream(path, std::ios::binary) << text;
  return TypeTable::read(path, "node_type_id");
}

}  // namespace

TEST_CASE("a table of types keeps cells as text and finds rows by id") {
  const auto types = table(
      "ei node_type_id \"pop name\" size\r\n"
      "e 518849883 \"a \"\"b\"\" c\" 1.5\r\n"
      "\r\n"
      "i 7 \"[0.0, 150.0]\" -2e3\r\n");
  CHECK(std::vector(types.ids().begin(), types.ids().end()) == std::vector<std::uint64_t>{518849883, 7});
  CHECK(types.columns()[2] == "pop name");
  CHECK(types.row_of(7) == 1);
  CHECK_FALSE(types.row_of(8).has_value());
  CHECK(types.text(0, "pop name") == "a \"b\" c");
  CHECK(types.text(1, "pop name") == "[0.0, 150.0]");
  CHECK(types.text(0, "node_type_id") == "518849883");
  CHECK(types.number(0, "size") == 1.5);
  CHECK(types.number(1, "size") == -2000.0);
  CHECK(types.has_column("ei"));
  CHECK_FALSE(types.has_column("e"));
  CHECK_FALSE(types.text(0, "nothing").has_value());
  CHECK_THROWS_WITH(types.number(0, "ei"), Contains("types.csv column ei of type 518849883"));
}

TEST_CASE("absent cells are empty or say so") {
  const auto types =
      table("\xEF\xBB\xBFnode_type_id a b c d e f\n1 NULL NONE NaN nan null \n2 NA  x nul 0 \"\"\n");
  REQUIRE(types.size() == 2);
  for (const char* column : {"a", "b", "c", "d", "e", "f"}) {
    CHECK_FALSE(types.text(0, column).has_value());
    CHECK_FALSE(types.number(0, column).has_value());
  }
  CHECK_FALSE(types.text(1, "a").has_value());
  CHECK_FALSE(types.text(1, "b").has_value());
  CHECK(types.text(1, "c") == "x");
  CHECK(types.text(1, "d") == "nul");
  CHECK(types.number(1, "e") == 0.0);
}

TEST_CASE("trailing blanks, a missing last line end, CR line ends and quoted line ends are accepted") {
  CHECK(table("node_type_id ei \n1 e \n2 i  ").text(1, "ei") == "i");
  CHECK(table("node_type_id ei\r1 e\r2 i").text(1, "ei") == "i");
  CHECK(table("node_type_id q\n1 \"a\nb\"\n").text(0, "q") == "a\nb");
  CHECK(table("node_type_id q\n1 node_type_id=='5'\n").text(0, "q") == "node_type_id=='5'");
  CHECK(table("node_type_id ei\n").size() == 0);
  CHECK(table("node_type_id ei\n   \n1 e\n").size() == 1);
}

TEST_CASE("malformed tables of types are refused with file and line") {
  CHECK_THROWS_WITH(table(""), Contains("types.csv is empty"));
  CHECK_THROWS_WITH(table("id ei\n1 e\n"), Contains("types.csv:1 lacks the column node_type_id"));
  CHECK_THROWS_WITH(table("node_type_id,ei\n1,e\n"), Contains("one blank"));
  CHECK_THROWS_WITH(table("node_type_id ei\n1 e\n2\n"),
                    Contains("types.csv:3 has 1 cells (the header has 2)"));
  CHECK_THROWS_WITH(table("node_type_id ei\n1 e x\n"), Contains("types.csv:2 has 3 cells"));
  CHECK_THROWS_WITH(table("node_type_id ei\n1 e\n\n1 i\n"),
                    Contains("types.csv:4") && Contains("second time"));
  CHECK_THROWS_WITH(table("node_type_id ei ei\n1 e e\n"), Contains("column ei twice"));
  CHECK_THROWS_WITH(table("node_type_id  ei\n1  e\n"), Contains("without a name"));
  CHECK_THROWS_WITH(table("node_type_id ei\n1 \"e\n"), Contains("types.csv:2") && Contains("never ends"));
  for (const char* id : {"-1", "1.0", "x", "NULL", "18446744073709551616"})
    CHECK_THROWS_WITH(table("ei node_type_id\ne " + std::string(id) + "\n"),
                      Contains("types.csv:2 column node_type_id holds '" + std::string(id) + "'"));
  CHECK_THROWS_AS(TypeTable::read("/no/such.csv", "node_type_id"), core::MissingFileError);
  const auto types = table("node_type_id w\n1 inf\n2 1e999\n");
  CHECK_THROWS_AS(types.number(0, "w"), core::FormatError);
  CHECK_THROWS_AS(types.number(1, "w"), core::FormatError);
}
