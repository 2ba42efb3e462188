// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/image_selectivity.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "support/files.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

using striate::test::number;

/// Two runs of three images and a blank, in different orders. Cell 0 fires twice for image 0, cell 1 once for
/// everything, cell 2 never; cell 3 is outside the core.
struct ThreeImages {
  TemporaryFolder folder;
  ImagesRequest request{.base = folder.path() / "core_nll_0",
                        .option = "plain",
                        .output_directory = folder.path() / "metrics",
                        .cache_directory = folder.path() / "cache",
                        .protocol = {.runs = {folder.path() / "a", folder.path() / "b"},
                                     .slots = {.begin_s = 0.25, .width_s = 0.25, .count = 4},
                                     .images = 3,
                                     .shown = {0, 1, 2, -1, -1, 1, 0, 2}},
                        .recordings = {},
                        .core = {}};
  ThreeImages() {
    test::write_network(request.base,
                        {{"e4Rorb", 0, 0, 0}, {"i4Sst", 0, 0, 0}, {"e5IT", 0, 0, 0}, {"e4Rorb", 999, 0, 0}});
    test::write_spikes(folder.path() / "a", {250, 260, 300, 550, 800, 1050, 1100}, {0, 0, 1, 1, 1, 1, 3});
    test::write_spikes(folder.path() / "b", {300, 550, 800, 810, 820, 1050}, {1, 1, 0, 0, 1, 1});
  }
};

}  // namespace

TEST_CASE("selectivity is the sparsity over images, the rate that of all presentations") {
  const std::vector<std::size_t> twice{2, 2, 2};
  const auto one = image_response(std::vector<Count>{4, 0, 0}, twice, 0.25);
  CHECK(one.selectivity == Approx(1));
  CHECK(one.rate == Approx(4 / 1.5));
  CHECK(image_response(std::vector<Count>{2, 2, 2}, twice, 0.25).selectivity == Approx(0).margin(1e-12));
  // r = 2, 4, 6: mean 4, mean square 56/3, A = 6/7, S = (1/7) / (2/3)
  CHECK(image_response(std::vector<Count>{1, 2, 3}, twice, 0.25).selectivity == Approx(3.0 / 14));
  CHECK(std::isnan(image_response(std::vector<Count>{0, 0, 0}, twice, 0.25).selectivity));
  CHECK(image_response(std::vector<Count>{0, 0, 0}, twice, 0.25).rate == 0);
  // twice the spikes in twice the presentations are the same response
  CHECK(image_response(std::vector<Count>{2, 1, 1}, std::vector<std::size_t>{2, 1, 1}, 0.25).selectivity ==
        Approx(0).margin(1e-12));
  CHECK_THROWS_AS(image_response(std::vector<Count>{0, 0}, std::vector<std::size_t>{1, 0}, 0.25),
                  core::FormatError);
}

TEST_CASE("by position the slot counts, and the last ones are left out") {
  ThreeImages data;
  const auto position = by_position(data.request.protocol);
  CHECK(position.images == 3);
  CHECK(position.shown == std::vector<std::int32_t>{0, 1, 2, -1, 0, 1, 2, -1});
}

TEST_CASE("units and types are tabled, averaged by label or position") {
  ThreeImages data;
  const auto files = make_images(data.request, {});
  REQUIRE(files.size() == 4);
  const auto units = io::read_delimited_table(files[2], ',', "test");
  REQUIRE(units.rows.size() == 3);
  CHECK(units.rows[0].cells[0] == "core_nll_0");
  CHECK(units.rows[0].cells[1] == "plain");
  CHECK(number(units, 0, "image_selectivity") == Approx(1));
  CHECK(number(units, 0, "lifetime_sparsity") == Approx(1));
  CHECK(number(units, 1, "image_selectivity") == Approx(0).margin(1e-12));
  CHECK(number(units, 1, "firing_rate(Hz)") == 4);
  CHECK(units.rows[2].cells[5] == "NaN");
  const auto types = io::read_delimited_table(files[3], ',', "test");
  CHECK(types.rows[0].cells[1] == "L4_Exc");
  CHECK(number(types, 0, "n_cells") == 1);
  CHECK(number(types, 1, "n_units") == 0);
  CHECK(types.rows[1].cells[1] == "L5_IT");
  data.request.average = ImageAverage::position;
  const auto position = io::read_delimited_table(make_images(data.request, {})[2], ',', "test");
  CHECK(number(position, 0, "image_selectivity") == Approx(0.5));  // 2, 0, 2: A = 2/3, S = (1/3) / (2/3)
}

TEST_CASE("the cache has the rates of every slot and what was shown") {
  ThreeImages data;
  const auto files = make_images(data.request, {});
  const auto file = io::h5::File::open(files[0]);
  CHECK(io::h5::dataset_info(file, "/rates_core").shape == std::vector<std::uint64_t>{2, 3, 4});
  CHECK(io::h5::read_table_rows<std::int64_t>(file, "/labels_core", 4, 1, 1) ==
        std::vector<std::int64_t>{3, 1, 0, 2});
  CHECK(io::h5::read<std::uint64_t>(file, "/node_id") == std::vector<std::uint64_t>{0, 1, 2});
  data.request.cache_directory.reset();
  CHECK(make_images(data.request, {}).size() == 2);
}

TEST_CASE("recordings are compared by type, L5 subtypes with their pool") {
  ThreeImages data;
  data.request.recordings = data.folder.path() / "units.csv";
  std::ofstream(*data.request.recordings)
      << "cell_type,image_selectivity,firing_rate(Hz)\nL4 Exc,1,0\nL4 Exc,0,0\nL5 Exc,NaN,0\nVIP,1,1\n";
  const auto table = io::read_delimited_table(make_images(data.request, {}).back(), ',', "test");
  REQUIRE(table.rows.size() == 4);
  CHECK(number(table, 0, "similarity") == 0.5);
  CHECK(number(table, 0, "n_reference") == 2);
  CHECK(table.rows[1].cells[1] == "firing_rate");
  CHECK(number(table, 1, "similarity") == 0);
  CHECK(table.rows[2].cells[0] == "L5_Exc");
  CHECK(table.rows[2].cells[1] == "firing_rate");
  CHECK(number(table, 2, "similarity") == 1);
  CHECK(table.rows[3].cells[0] == "L5_IT");
  std::ofstream(*data.request.recordings) << "cell_type,rate\nL4 Exc,1\n";
  CHECK_THROWS_AS(make_images(data.request, {}), core::FormatError);
}
