// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/tuning.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "io/hdf5/h5.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "support/metrics_network.hpp"
#include "support/shipped_trials.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

constexpr std::uint64_t shown_cells = 6;  // the last one silent, the one before outside of the core

void write_tuned_spikes(const std::filesystem::path& base) {
  test::write_network(base, {{"e23Cux2"}, {"i4Pvalb"}, {"e5ET"}, {"e23Cux2"}, {"e4other", 300}, {"i1Htr3a"}});
  for (const auto& trial : test::shipped_trials(gratings, base, "plain")) {
    std::vector<double> times;
    std::vector<std::uint64_t> ids;
    for (std::uint64_t id = 0; id + 1 < shown_cells; ++id) {
      core::RandomStream random(5, core::Purpose::test,
                                (id * 360 + static_cast<std::uint64_t>(trial.angle_deg)) * 10 +
                                    static_cast<std::uint64_t>(trial.repetition));
      const auto count = static_cast<int>(
          random.uniform() * 7 * (1 + std::cos(0.0175 * (trial.angle_deg - 60.0 * static_cast<double>(id)))));
      for (int i = 0; i < count; ++i) {
        times.push_back(450 + 2100 * random.uniform());
        ids.push_back(id);
      }
    }
    test::write_spikes(trial.run_directory, times, ids);
  }
}

io::DelimitedTable read_rows(const std::filesystem::path& file, char separator) {
  return io::read_delimited_table(file, separator, "a test");
}

TuningRequest tuning_request(const std::filesystem::path& base) {
  return {.base = base,
          .option = "plain",
          .output_directory = base / "metrics",
          .paradigm = io::read_paradigm(gratings, nullptr)};
}

}  // namespace

TEST_CASE("OSI, DSI and preferred angles of gratings are those of 'odsi', bit for bit") {
  const TemporaryFolder folder;
  const auto& base = folder.path();
  write_tuned_spikes(base);
  const auto compare = [&] {
    make_odsi({.base = base,
               .option = "plain",
               .output_directory = base / "metrics",
               .paradigm = io::read_paradigm(gratings, nullptr)},
              {});
    const auto files = make_tuning(tuning_request(base), {});
    const auto odsi = read_rows(base / "metrics/OSI_DSI_DF_plain.csv", ' ');
    const auto tuning = read_rows(base / "metrics/tuning_cells_8dir_10trials_plain.csv", ',');
    REQUIRE(tuning.rows.size() == 5);  // core cells
    for (const auto& row : tuning.rows) {
      const auto& other = odsi.rows[static_cast<std::size_t>(tuning.number(row, 0))];
      for (const auto& [own, theirs] : {std::pair("OSI", "OSI"),
                                        {"DSI", "DSI"},
                                        {"max_rate", "max_mean_rate(Hz)"},
                                        {"mean_rate", "Ave_Rate(Hz)"}})
        CHECK(row.cells[tuning.column(own)] == other.cells[odsi.column(theirs)]);
      if (row.cells[1] != "L1_Inh")
        CHECK(row.cells[tuning.column("pref_angle")] == other.cells[odsi.column("preferred_angle")]);
    }
    CHECK(tuning.rows.back().cells[tuning.column("OSI")] == "NaN");
    CHECK(tuning.rows.back().cells[tuning.column("preferred_condition")] == "NaN");
    CHECK(files.size() == 3);
  };
  compare();
  // Trials that are not there are left out of both alike.
  for (const char* gone : {"angle45_trial3", "angle90_trial0", "angle90_trial9"})
    std::filesystem::remove_all(base / "8dir_10trials_plain" / gone);
  compare();
}

TEST_CASE("arrays have a row for each cell and a column for each condition, types have medians") {
  const TemporaryFolder folder;
  const auto& base = folder.path();
  write_tuned_spikes(base);
  std::filesystem::remove_all(base / "8dir_10trials_plain/angle45_trial3");
  make_odsi({.base = base,
             .option = "plain",
             .output_directory = base / "metrics",
             .paradigm = io::read_paradigm(gratings, nullptr)},
            {});
  make_tuning(tuning_request(base), {});
  const auto file = io::h5::File::open(base / "metrics/tuning_8dir_10trials_plain.h5");
  const auto means = io::h5::read_table<double>(file, "/mean", 8),
             deviations = io::h5::read_table<double>(file, "/sd", 8);
  CHECK(io::h5::read<std::uint64_t>(file, "/node_id") == std::vector<std::uint64_t>{0, 1, 2, 3, 5});
  CHECK(io::h5::read<std::uint64_t>(file, "/trials") ==
        std::vector<std::uint64_t>{10, 9, 10, 10, 10, 10, 10, 10});
  CHECK(io::h5::read<double>(file, "/conditions/angle") ==
        std::vector<double>{0, 45, 90, 135, 180, 225, 270, 315});
  const auto rates = read_rows(base / "metrics/Rates_DF_plain.csv", ' ');  // by angle, all cells
  for (std::size_t k = 0; k < 8; ++k) {
    const auto& row = rates.rows[k * shown_cells + 2];
    CHECK(means[2 * 8 + k] == rates.number(row, rates.column("Ave_Rate(Hz)")));
    CHECK(deviations[2 * 8 + k] == Approx(rates.number(row, rates.column("SD_rate(Hz)"))));
  }
  const auto types = read_rows(base / "metrics/tuning_by_type_8dir_10trials_plain.csv", ',');
  const auto& first = types.rows.front();
  CHECK(first.cells[types.column("cell_type")] == "L2/3_Exc");
  CHECK(first.cells[types.column("property")] == "mean_rate");
  CHECK(first.cells[types.column("n_cells")] == "2");
  // Nothing was measured with these gratings.
  CHECK(first.cells[types.column("recorded_median")] == "NaN");
}

TEST_CASE("without any trial nothing is made, images have no conditions here") {
  const TemporaryFolder folder;
  const auto& base = folder.path();
  test::write_network(base, {{"e23Cux2"}});
  CHECK_THROWS_AS(make_tuning(tuning_request(base), {}), core::MissingFileError);
  auto request = tuning_request(base);
  request.paradigm = io::read_paradigm("bo", nullptr);
  CHECK_THROWS_AS(make_tuning(request, {}), core::UsageError);
}

TEST_CASE("a type is beside what was recorded with the same stimulus") {
  const ValuesOfTypes values{{"L5_ET", {{"pref_cpd", {0.04, 0.08, 0.16, std::nan("")}}}}};
  const auto table =
      tuning_type_table(values, {"pref_cpd"}, "static_gratings_quick",
                        STRIATE_SOURCE_DIR "/configs/reference/neuropixels_functional_properties.csv");
  const auto numbers = [&](std::size_t column) {
    return std::get<std::vector<double>>(table.columns[column].values);
  };
  CHECK(numbers(4)[0] == 0.08);
  CHECK(std::get<std::vector<std::int64_t>>(table.columns[3].values)[0] == 3);
  CHECK(std::get<std::vector<std::string>>(table.columns[7].values)[0] == "pref_sf_sg");
  CHECK(numbers(8)[0] == 0.04);  // of L5_Exc
}
