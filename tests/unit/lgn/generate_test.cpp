// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/generate.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "core/errors/error.hpp"
#include "support/lgn_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

namespace {

lgn::GenerationSummary run(const std::filesystem::path& folder, const io::Json& config) {
  const auto loaded = io::load_sonata_config(test::write_config(folder, config));
  return lgn::generate(lgn::make_plan(loaded, {}), io::read_node_populations(loaded.nodes), {});
}

void set_column(const std::filesystem::path& folder, const char* name, std::vector<double> values) {
  test::write_lgn_nodes(folder, values.size());
  const io::h5::Handle file(H5Fopen((folder / "nodes.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  const std::string path = std::string("/nodes/lgn/0/") + name;
  const io::h5::Handle dataset(H5Dopen(file.get(), path.c_str(), H5P_DEFAULT), H5Dclose);
  REQUIRE(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
}

}  // namespace

TEST_CASE(
    "a run writes rates by time and cell in order of node id, in seconds, beside spikes and a config copy") {
  const test::TemporaryFolder folder;
  test::write_lgn_nodes(folder.path(), 70);
  const auto config = test::lgn_config(folder.path());
  const auto summary = run(folder.path(), config);
  CHECK(summary.cells == 70);
  const auto out = folder.path() / "out";
  const auto file = io::h5::File::open(out / "rates.h5");
  const auto rates = io::h5::read_table<double>(file, "/firing_rates/lgn/firing_rates_Hz", 70);
  const auto times = io::h5::read<double>(file, "/firing_rates/lgn/times");
  REQUIRE(times.size() == 301);
  CHECK(times[300] == 0.3);
  for (std::size_t cell = 0; cell < 70; ++cell)  // grey: spontaneous rates of the three classes
    REQUIRE(rates[50 * 70 + cell] == (cell % 3 == 0 ? 8.25 : cell % 3 == 1 ? 3.679074074074074 : 4.0));
  CHECK(rates[250 * 70] != 8.25);
  const auto spikes = io::read_spikes_h5(out / "spikes.h5", "lgn");
  CHECK(spikes.size() == summary.spikes);
  CHECK(std::ranges::is_sorted(spikes.node_id));
  CHECK(io::read_spikes_csv(out / "spikes.csv", "lgn").size() == spikes.size());
  CHECK(std::filesystem::exists(out / "config.json"));
  CHECK(std::filesystem::exists(out / "log.txt"));
}

TEST_CASE("files of ours are replaced, others stay, and replacing can be forbidden") {
  const test::TemporaryFolder folder;
  test::write_lgn_nodes(folder.path(), 6);
  auto config = test::lgn_config(folder.path());
  std::filesystem::create_directories(folder.path() / "out");
  std::ofstream(folder.path() / "out" / "notes.txt") << "mine";
  run(folder.path(), config);
  run(folder.path(), config);
  CHECK(std::filesystem::exists(folder.path() / "out" / "notes.txt"));
  config["output"]["overwrite_output_dir"] = false;
  CHECK_THROWS_AS(run(folder.path(), config), core::ConfigError);
}

TEST_CASE("blocks hold 64 cells, and fewer of long stimuli") {
  CHECK(lgn::cells_per_block(1) == 64);
  CHECK(lgn::cells_per_block(131'072) == 64);
  CHECK(lgn::cells_per_block(131'073) == 63);
  CHECK(lgn::cells_per_block(100'000'000) == 1);
}

TEST_CASE("pixels far smaller than any receptive field are refused") {
  const test::TemporaryFolder folder;
  test::write_lgn_nodes(folder.path(), 3);
  auto config = test::lgn_config(folder.path());
  auto& input = config["inputs"]["LGN_spikes"];
  input["row_size"] = input["col_size"] = 1e-4;
  input["degrees_per_pixel"] = 1e-6;
  CHECK_THROWS_WITH(run(folder.path(), config), Catch::Contains("too small for receptive fields"));
  input["degrees_per_pixel"] = 2e-5;
  CHECK_NOTHROW(run(folder.path(), config));
}

TEST_CASE("cells that make no filter are refused by node and column") {
  const test::TemporaryFolder folder;
  const auto config = test::lgn_config(folder.path());
  const auto refused = [&](const char* column, double value, const char* part) {
    set_column(folder.path(), column, {value, value, value});
    CHECK_THROWS_WITH(run(folder.path(), config), Catch::Contains(part));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refused("x", nan, "no x for node 0");
  refused("y", std::numeric_limits<double>::infinity(), "invalid y");
  refused("spatial_size", 0, "invalid spatial_size = 0");
  refused("spatial_size", -1, "invalid spatial_size");
  refused("spatial_size", nan, "no spatial_size for node 0");
  refused("kpeaks_dom_0", 55, "below kpeaks_1");
  refused("weight_dom_0", 0, "weight_0 = 0 must be positive");
  refused("delay_dom_0", 14.8, "must not exceed delay_1");
  refused("sf_sep", nan, "no sf_sep for node 2");
  refused("weight_non_dom_1", 5, "no zero crossing");
  std::ofstream(folder.path() / "node_types.csv") << "node_type_id pop_name\n100 sON_TF3\n101 sOFF\n102 x\n";
  test::write_lgn_nodes(folder.path() / ".", 3);
  std::ofstream(folder.path() / "node_types.csv") << "node_type_id pop_name\n100 sON_TF3\n101 sOFF\n102 x\n";
  CHECK_THROWS_WITH(run(folder.path(), config),
                    Catch::Contains("no spontaneous rate is known for LGN class 'sON_TF3'"));
  std::ofstream(folder.path() / "node_types.csv") << "node_type_id pop_name\n100 relay\n101 sOFF\n102 x\n";
  CHECK_THROWS_WITH(run(folder.path(), config), Catch::Contains("neither ON nor OFF"));
}
