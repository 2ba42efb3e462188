// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/spreadsheet.hpp"

#include <zip.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using striate::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const fs::path base_props = fs::path(STRIATE_TEST_DATA) / "base_props";

using Parts = std::map<std::string, std::string>;

/// The least of a workbook with one sheet, "cells", whose rows are given.
Parts parts_of(const std::string& rows) {
  return {
      {"xl/workbook.xml", "<workbook><sheets><sheet name='cells' sheetId='1' r:id='a'/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       "<Relationships><Relationship Id='a' Target='/xl/sheet.xml'/></Relationships>"},
      {"xl/sharedStrings.xml", "<sst><si><t>one</t></si><si><r><t>t</t></r><r><t>wo</t></r></si></sst>"},
      {"xl/sheet.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}};
}

void write(const fs::path& file, const Parts& parts) {
  int error = 0;
  auto* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  for (const auto& [name, text] : parts)
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, text.data(), text.size(), 0), 0);
  REQUIRE(zip_close(archive) == 0);
}

}  // namespace

TEST_CASE("Cells are named as in spreadsheet programs") {
  CHECK(io::cell_name(1, 1) == "A1");
  CHECK(io::cell_name(7, 26) == "Z7");
  CHECK(io::cell_name(12, 28) == "AB12");
  CHECK(io::cell_name(1, 16384) == "XFD1");
}

TEST_CASE("A workbook of a spreadsheet program is read, formulas with the values that it saved") {
  const auto sheet = io::read_sheet(base_props / "V1model_seed_file.xlsx", "cell_models");
  CHECK(sheet.at(1, 2)->text == "pop_name");
  CHECK(sheet.at(2, 2)->text == "i1Htr3a");
  CHECK(sheet.at(2, 16)->text == "1847");  // ROUND(…)
  CHECK(std::stod(sheet.at(2, 17)->text) == 0.856);
  CHECK(sheet.at(14, 5) == nullptr);  // e5IT has no Cre line
  CHECK(sheet.last_row() == 48);
  CHECK_THAT(sheet.place(2, 16), Contains("V1model_seed_file.xlsx sheet cell_models cell P2"));
  const auto small = io::read_sheet(base_props / "V1model_seed_file_miniature.xlsx", "cell_models");
  CHECK(small.at(2, 2)->text == "e4Nr5a1");
  CHECK(small.at(5, 15)->text == "570");
  CHECK_THROWS_WITH(io::read_sheet(base_props / "V1model_seed_file_miniature.xlsx", "cell_model"),
                    Contains("no sheet cell_model") && Contains("did you mean cell_models?"));
}

TEST_CASE("Texts, numbers, formulas and errors of cells") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "a.xlsx";
  const auto read = [&](const std::string& rows) {
    write(file, parts_of(rows));
    return io::read_sheet(file, "cells");
  };
  const auto sheet = read(
      "<row r='2'><c r='A2' t='s'><v>1</v></c><c r='C2'><v>2.5</v></c><c r='D2' "
      "t='inlineStr'><is><t>in</t></is></c>"
      "<c t='str'><f>A2</f><v>two</v></c><c r='F2'><f>1+1</f></c><c r='G2' t='e'><f>1/0</f><v>#DIV/0!</v></c>"
      "<c r='H2'/></row><row><c><v>7</v></c></row>");
  CHECK(sheet.at(2, 1)->text == "two");
  CHECK(sheet.at(2, 2) == nullptr);
  CHECK(sheet.at(2, 3)->text == "2.5");
  CHECK(sheet.at(2, 4)->text == "in");
  CHECK(sheet.at(2, 5)->text == "two");
  CHECK_FALSE(sheet.at(2, 5)->has_no_value);
  CHECK(sheet.at(2, 6)->has_no_value);
  CHECK(sheet.at(2, 7)->has_no_value);
  CHECK(sheet.at(2, 8) == nullptr);
  CHECK(sheet.at(3, 1)->text == "7");  // places that are not said follow each other
  CHECK_THROWS_WITH(read("<row r='1'><c r='A1' t='s'><v>2</v></c></row>"),
                    Contains("sheet cells cell A1 is text 2 of 2"));
  CHECK_THROWS_WITH(read("<row r='1'><c r='1A'><v>2</v></c></row>"), Contains("invalid cell 1A"));
  CHECK_THROWS_WITH(read("<row r='1048577'><c><v>2</v></c></row>"), Contains("invalid row 1048577"));
  CHECK(read("<row r='1048576'><c><v>2</v></c></row>").last_row() == 1048576);
}

TEST_CASE("What is no workbook is refused") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "a.xlsx";
  CHECK_THROWS_AS(io::read_sheet(file, "cells"), core::MissingFileError);
  std::ofstream(file) << "pop_id,pop_name\n";
  CHECK_THROWS_WITH(io::read_sheet(file, "cells"), Contains("a.xlsx is no workbook"));
  auto parts = parts_of("");
  parts.erase("xl/_rels/workbook.xml.rels");
  write(file, parts);
  CHECK_THROWS_WITH(io::read_sheet(file, "cells"), Contains("no part xl/_rels/workbook.xml.rels"));
  parts = parts_of("");
  parts["xl/sheet.xml"] = "<worksheet><sheetData>";
  write(file, parts);
  CHECK_THROWS_WITH(io::read_sheet(file, "cells"), Contains("xl/sheet.xml") && Contains("is no XML"));
  parts["xl/sheet.xml"] = std::string((64 << 20) + 1, ' ');
  write(file, parts);
  CHECK_THROWS_WITH(io::read_sheet(file, "cells"), Contains("at most 67108864 are read"));
}
