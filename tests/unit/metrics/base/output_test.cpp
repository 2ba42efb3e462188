// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/output.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "io/text/delimited_table.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;

TEST_CASE("numbers of tables are the shortest exact ones, real ones with a point") {
  const Table table{{{"real", std::vector<double>{2, -3, 0.1, 1e300, std::nan("")}},
                     {"whole", std::vector<std::int64_t>{1, -2, 3, 4, 5}}}};
  CHECK(to_csv(table, ',') == "real,whole\n2.0,1\n-3.0,-2\n0.1,3\n1e+300,4\nNaN,5\n");
}

TEST_CASE("texts are quoted where a reader would cut them, quotes doubled") {
  const std::vector<std::string> texts{"plain", "a,b", "a b", "say \"x\"", "two\nlines", "cr\r", "", "\""};
  const Table table{{{"te\"xt", texts}}};
  CHECK(to_csv(table, ',') ==
        "\"te\"\"xt\"\nplain\n\"a,b\"\na b\n\"say \"\"x\"\"\"\n\"two\nlines\"\n\"cr\r\"\n\"\"\n\"\"\"\"\n");
  CHECK(to_csv(Table{{{"t", std::vector<std::string>{"a b", "a,b"}}}}, ' ') == "t\n\"a b\"\na,b\n");
}

TEST_CASE("tables come back as they were written") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "new/table.csv";
  const std::vector<std::string> texts{"a,b", "say \"x\"", "x"};
  write_csv(file, {{{"text", texts}, {"n", std::vector<std::int64_t>{1, 2, 3}}}}, ',',
            {.kind = "k", .inputs = {}, .options = {}});
  const auto table = io::read_delimited_table(file, ',', "");
  REQUIRE(table.rows.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(table.rows[i].cells[0] == texts[i]);
  CHECK(std::filesystem::exists(file.string() + ".provenance.json"));
}
