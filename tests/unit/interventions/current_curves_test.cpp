// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/current_curves.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::interventions;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("the current of a rate lies between two currents, where the curve first reaches it") {
  const double currents[] = {0, 10, 20, 30, 40}, rates[] = {0, 0, 4, 3, 8};
  CHECK(current_at_rate(currents, rates, 1) == 12.5);
  CHECK(current_at_rate(currents, rates, 4) == 20);
  CHECK(current_at_rate(currents, rates, 3.5) == 18.75);
  CHECK(current_at_rate(currents, rates, 8) == 40);
  CHECK(current_at_rate(currents, rates, 0) == 10);  // the end of silence
  CHECK(!current_at_rate(currents, rates, 8.001));
  CHECK(!current_at_rate(currents, rates, -0.001));
  CHECK(!current_at_rate(std::span(currents, 1), std::span(rates, 1), 0));
}

TEST_CASE("curves are written and read") {
  const TemporaryFolder folder;
  const CurrentCurves curves{
      .currents = {0, 2.5, 5}, .model_id = {7, 3}, .rates = {{0, 1, 2.5}, {0, 0, 0.5}}};
  CHECK(to_csv(curve_table(curves), ' ') == "model_id 0 2.5 5\n7 0.0 1.0 2.5\n3 0.0 0.0 0.5\n");
  write(folder.path() / "curves.csv", to_csv(curve_table(curves), ' '));
  const auto back = read_curves(folder.path() / "curves.csv");
  CHECK(back.currents == curves.currents);
  CHECK(back.model_id == curves.model_id);
  CHECK(back.rates == curves.rates);
}

TEST_CASE("bad curves are refused") {
  const TemporaryFolder folder;
  for (const char* text : {"", "model_id 0 0\n1 2 3\n", "model_id 2 0\n1 2 3\n", "model_id a\n1 2\n",
                           "model_id nan\n1 2\n", "model_id 0\n1 NaN\n", "model_id 0\n1 -1\n",
                           "model_id 0\n1 2\n1 2\n", "model_id 0\n-1 2\n", "model_id 0\nx 2\n"}) {
    write(folder.path() / "curves.csv", text);
    CAPTURE(text);
    CHECK_THROWS_AS(read_curves(folder.path() / "curves.csv"), core::FormatError);
  }
  CHECK_THROWS_AS(read_curves(folder.path() / "absent.csv"), core::MissingFileError);
}

TEST_CASE("target currents come from the mean curve of a type's models and the mean recorded rate") {
  const TemporaryFolder folder;
  write(folder.path() / "network/v1_node_types.csv",
        "node_type_id pop_name\n1 e4Rorb\n2 e4other\n3 e5ET\n4 i4Vip\n");
  write(folder.path() / "curves.csv", "model_id 0 10 20\n1 0 2 4\n2 0 4 8\n3 0 0 10\n4 0 1 2\n");
  TargetCurrentRequest request{.base = folder.path(),
                               .curves = folder.path() / "curves.csv",
                               .output_directory = folder.path(),
                               .reference = {.source = "test",
                                             .values = {{"L4_Exc", {{"average_rate", {1, 2, 6}}}},
                                                        {"L5_Exc", {{"average_rate", {5}}}},
                                                        {"L4_VIP", {{"OSI", {5}}}}}}};
  const auto table = io::read_delimited_table(make_target_currents(request, {})[0], ' ', "test");
  REQUIRE(table.rows.size() == 3);
  CHECK(table.columns == std::vector<std::string>{"cell_type", "target_current"});
  CHECK(table.rows[0].cells == std::vector<std::string>{"L4_Exc", "10.0"});  // 3 Hz of 0, 3, 6
  CHECK(table.rows[1].cells == std::vector<std::string>{"L5_ET", "15.0"});
  CHECK(table.rows[2].cells == std::vector<std::string>{"L4_VIP", "NaN"});

  request.reference.values["L4_Exc"]["average_rate"] = {6.001};
  CHECK_THROWS_AS(make_target_currents(request, {}), core::FormatError);
  request.reference.values["L4_Exc"]["average_rate"] = {6};
  CHECK_NOTHROW(make_target_currents(request, {}));
  write(folder.path() / "curves.csv", "model_id 0 10\n1 0 9\n2 0 9\n4 0 1\n");
  CHECK_THROWS_WITH(make_target_currents(request, {}), Catch::Contains("model 3"));
}
