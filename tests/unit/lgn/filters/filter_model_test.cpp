// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/filter_model.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "lgn/filters/lgn_cells.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

namespace {

/// Two cells without columns for their kernels; the types name files below "models".
io::NodePopulation two_cells(const std::filesystem::path& folder) {
  using io::h5::write;
  {
    auto file = io::h5::File::create(folder / "nodes.h5");
    write<std::uint64_t>(file, "/nodes/lgn/node_id", std::vector<std::uint64_t>{0, 1});
    write<std::uint64_t>(file, "/nodes/lgn/node_type_id", std::vector<std::uint64_t>{1, 2});
    write<std::uint32_t>(file, "/nodes/lgn/node_group_id", std::vector<std::uint32_t>{0, 0});
    write<std::uint64_t>(file, "/nodes/lgn/node_group_index", std::vector<std::uint64_t>{0, 1});
    write<double>(file, "/nodes/lgn/0/x", std::vector<double>{20, 60});
    write<double>(file, "/nodes/lgn/0/y", std::vector<double>{30, 50});
    file.close();
  }
  std::ofstream(folder / "types.csv") << "node_type_id model_type model_template pop_name dynamics_params\n"
                                         "1 virtual lgnmodel:tON_TF8 tON on.json\n"
                                         "2 virtual lgnmodel:tOFF_TF8 tOFF off.json\n";
  std::filesystem::create_directories(folder / "models");
  std::ofstream(folder / "models/on.json")
      << R"({"opt_wts": [4.2, -2.4], "opt_kpeaks": [8.5, 23.0], "opt_delays": [0, 1.5], "spatial_size": 6})";
  std::ofstream(folder / "models/off.json")
      << R"({"opt_wts": [3, -1], "opt_kpeaks": [9, 20], "opt_delays": [2, 4], "spatial_size": 3, "spont_fr": 7})";
  return io::read_node_populations({{folder / "nodes.h5", folder / "types.csv"}}).front();
}

}  // namespace

TEST_CASE("LGN kernels are read from the files that dynamics_params names") {
  const test::TemporaryFolder folder;
  const auto cells = lgn::make_cells(two_cells(folder.path()), folder.path() / "models");
  REQUIRE(cells.units.size() == 2);
  const auto& on = cells.units[0];
  CHECK(on.amplitude == 1);
  CHECK(on.sigma_deg == 2);
  CHECK(on.baseline_hz == 2.6);  // tON_TF8's
  CHECK(on.temporal.weight[0] == 4.2);
  CHECK(on.temporal.kpeak_ms[1] == 23);
  CHECK(on.temporal.delay_ms[1] == 1.5);
  const auto& off = cells.units[1];
  CHECK(off.amplitude == -1);
  CHECK(off.sigma_deg == 1);
  CHECK(off.baseline_hz == 7);
  CHECK(off.temporal.weight[1] == -1);
}

TEST_CASE("LGN models that are incomplete or nowhere are refused by name") {
  const test::TemporaryFolder folder;
  const auto nodes = two_cells(folder.path());
  CHECK_THROWS_WITH(lgn::make_cells(nodes), Catch::Contains("filter_models_dir"));
  CHECK_THROWS_AS(lgn::make_cells(nodes, folder.path()), core::MissingFileError);
  const auto refused = [&](const char* text, const char* part) {
    std::ofstream(folder.path() / "models/on.json") << text;
    CHECK_THROWS_WITH(lgn::make_cells(nodes, folder.path() / "models"), Catch::Contains(part));
  };
  refused(R"({"opt_wts": [4.2, -2.4], "opt_kpeaks": [8.5, 23.0]})", "opt_delays");
  refused(R"({"opt_wts": [4.2], "opt_kpeaks": [8.5, 23.0], "opt_delays": [0, 0]})", "opt_wts");
  refused(R"({"opt_wts": [4.2, -2.4], "opt_kpeaks": [23.0, 8.5], "opt_delays": [0, 0]})", "temporal filter");
  refused(R"({"spatial_size": 6})", "weight_dom_0");
  refused("[1]", "no LGN cell model");
}

TEST_CASE("the field of view is the smallest rectangle with all cells") {
  const test::TemporaryFolder folder;
  const auto cells = lgn::make_cells(two_cells(folder.path()), folder.path() / "models");
  const auto view = lgn::field_of_view(cells);
  REQUIRE(view);
  CHECK(view->x_low == 20);
  CHECK(view->x_high == 60);
  CHECK(view->y_low == 30);
  CHECK(view->y_high == 50);
  CHECK_FALSE(lgn::field_of_view({}));
}
