// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/time/spectra.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/delimited_table.hpp"
#include "io/text/json.hpp"
#include "metrics/math/welch.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

/// Two L4_Exc, one L4_SST (silent) and one L4_Exc outside of the core; cell 0 fires every 20 ms, cell 2
/// never.
void write_run(const std::filesystem::path& run, std::vector<double> more_times = {},
               std::vector<std::uint64_t> more_ids = {}) {
  std::vector<double> times;
  std::vector<std::uint64_t> ids;
  for (double time = 0; time < 3000; time += 20) {
    times.push_back(time + 0.25);
    ids.push_back(0);
    times.push_back(time + 5);
    ids.push_back(3);
  }
  times.insert(times.end(), more_times.begin(), more_times.end());
  ids.insert(ids.end(), more_ids.begin(), more_ids.end());
  test::write_spikes(run, times, ids);
}

constexpr Window window{700, 2700, End::closed, End::closed};

void write_cells(const std::filesystem::path& base) {
  test::write_network(base, {{"e4Rorb", 0, 0}, {"e4Rorb", 1, 0}, {"i4Sst", 0, 0}, {"e4Rorb", 500, 0}});
}

/// Of one spike in each 20 ms.
std::vector<double> comb_density(double sampling) {
  std::vector<double> counts(2000, 0);
  for (std::size_t i = 0; i < counts.size(); i += 20) counts[i] = 1;
  return Welch(spectrum_segment, sampling).density(counts);
}

}  // namespace

TEST_CASE("a regular cell has the spectrum of its comb, at 50 Hz and multiples") {
  const TemporaryFolder folder;
  write_cells(folder.path());
  write_run(folder.path() / "run");
  const auto cells = read_cells(folder.path(), {});
  const auto spectra = trial_spectra(folder.path() / "run/spikes.h5", cells, {.window = window});
  const auto expected = comb_density(1);
  REQUIRE(spectra.size() == 2 * spectrum_size);
  // Counts are 1/20 + (1/10) sum of cos(2 pi 50 k t): 0.005 in each line, 2/3 of it in its middle, per kHz.
  CHECK(expected[50] == Approx(0.005 * 2 / 3 * 1000));
  for (std::size_t i = 0; i < spectrum_size; ++i)
    CHECK(spectra[i] == Approx(expected[i]).margin(1e-12));  // one active cell
  CHECK(std::isnan(spectra[spectrum_size]));  // the SST cell is silent
}

TEST_CASE("the number of cells, the unit and the factor of the frequency are chosen") {
  const TemporaryFolder folder;
  write_cells(folder.path());
  // Both ends of the window count; the one at 2700 joins the last bin. Cell 1 is alone in bins 0 and 1999.
  write_run(folder.path() / "run", {700, 2700, 699.75, 2700.25}, {1, 1, 1, 1});
  const auto cells = read_cells(folder.path(), {});
  const auto file = folder.path() / "run/spikes.h5";
  std::vector<double> comb(2000, 0), own(2000, 0), both(2000, 0);
  for (std::size_t i = 0; i < comb.size(); i += 20) comb[i] = 1;
  own.front() = own.back() = 1;
  for (std::size_t i = 0; i < comb.size(); ++i) both[i] = comb[i] + own[i];
  const auto density = [](const std::vector<double>& counts, double sampling) {
    return Welch(spectrum_segment, sampling).density(counts);
  };
  const auto pooled = trial_spectra(file, cells, {.window = window});
  CHECK(pooled[7] == Approx(density(both, 1)[7] / 4));
  const auto single =
      trial_spectra(file, cells, {.window = window, .of = SpectrumOf::cell, .unit = DensityUnit::per_hz});
  CHECK(single[7] == Approx((density(comb, 1000)[7] + density(own, 1000)[7]) / 2));
  const auto scaled = trial_spectra(file, cells, {.window = window, .times_frequency = true});
  CHECK(scaled[7] == Approx(7 * pooled[7]));
  CHECK(scaled[0] == 0);
}

TEST_CASE("silent cells count when all are asked for") {
  const TemporaryFolder folder;
  write_cells(folder.path());
  write_run(folder.path() / "run");
  const auto cells = read_cells(folder.path(), {});
  const auto spectra =
      trial_spectra(folder.path() / "run/spikes.h5", cells, {.window = window, .counted = CountedCells::all});
  CHECK(spectra[50] == Approx(comb_density(1)[50] / 4));  // two cells in the core
  CHECK(std::isnan(spectra[spectrum_size + 50]));
}

TEST_CASE("trials are averaged by condition, types without spikes are absent, networks are summarised") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one", two = folder.path() / "two";
  std::vector<double> twice_times;
  std::vector<std::uint64_t> twice_ids;
  for (double time = 0; time < 3000; time += 20) {
    twice_times.push_back(time + 0.25);
    twice_ids.push_back(0);
  }
  for (const auto& base : {one, two}) {
    write_cells(base);
    write_run(base / "contrasts_plain/angle0_contrast0.8_trial0");
  }
  write_run(one / "contrasts_plain/angle0_contrast0.8_trial3", twice_times, twice_ids);  // amplitude 2
  write_run(one / "contrasts_plain/angle0_contrast0.0_trial29");
  SpectraRequest request{.base = two,
                         .option = "plain",
                         .output_directory = folder.path(),
                         .json_directory = two / "contrasts_plain",
                         .networks = {},
                         .paradigm = io::read_paradigm(contrast_gratings, nullptr),
                         .rule = {.window = {700, 2700, End::closed, End::closed}},
                         .core = {}};
  make_spectra(request, {});
  request.base = one;
  request.json_directory = folder.path();
  request.networks = {one, two};
  const auto files = make_spectra(request, {});
  CHECK(files[0].filename() == "combined_spectra_700to2700.json");
  const auto json = io::read_json(files[0]);
  CHECK(json["cell_types"] == io::Json::array({"L4_Exc"}));
  CHECK(json["contrasts"] == io::Json::array({0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8}));
  CHECK(json["angles"].size() == 8);
  CHECK(json["t_start"].dump() == "700");
  CHECK(json["t_end"].dump() == "2700");
  const auto& spectra = json["spectra"]["L4_Exc"];
  CHECK(spectra.size() == 2);
  const double line = comb_density(1)[50];
  CHECK(spectra["0.0"]["0"]["n_trials"] == 1);
  CHECK(spectra["0.0"]["0"]["psd"][50].get<double>() == Approx(line));
  CHECK(spectra["0.8"]["0"]["n_trials"] == 2);
  CHECK(spectra["0.8"]["0"]["psd"][50].get<double>() == Approx(2.5 * line));  // mean of 1 and 4
  CHECK(spectra["0.8"]["0"]["frequencies"][50].get<double>() == 50);
  CHECK(spectra["0.8"]["0"]["psd"].size() == 501);

  const auto table = io::read_delimited_table(files[1], ',', "test");
  REQUIRE(table.rows.size() == 101);
  const auto& row = table.rows[50];
  CHECK(row.cells[table.column("frequency(Hz)")] == "50.0");
  CHECK(table.number(row, table.column("psd")) == Approx(1.75 * line));  // of 2.5 and 1
  CHECK(table.number(row, table.column("sem")) == Approx(0.75 * line));
  CHECK(row.cells[table.column("networks")] == "2");
}

TEST_CASE("no trial at all and foreign documents are refused") {
  const TemporaryFolder folder;
  write_cells(folder.path());
  SpectraRequest request{.base = folder.path(),
                         .option = "plain",
                         .output_directory = folder.path(),
                         .json_directory = folder.path(),
                         .networks = {},
                         .paradigm = io::read_paradigm(contrast_gratings, nullptr),
                         .rule = {.window = {700, 2700, End::closed, End::closed}},
                         .core = {}};
  CHECK_THROWS_AS(make_spectra(request, {}), core::MissingFileError);
  write_run(folder.path() / "contrasts_plain/angle0_contrast0.8_trial0");
  CHECK_NOTHROW(make_spectra(request, {}));
  request.networks = {folder.path(), folder.path() / "other"};
  CHECK_THROWS_AS(make_spectra(request, {}), core::MissingFileError);
  std::filesystem::create_directories(folder.path() / "other/contrasts_plain");
  for (const char* psd : {"3", "[1, 2]", "[\"a\"]", "{}"}) {
    std::ofstream(folder.path() / "other/contrasts_plain/combined_spectra_700to2700.json")
        << R"({"spectra": {"L4_Exc": {"0.8": {"0": {"psd": )" << psd << "}}}}}";
    CHECK_THROWS_AS(make_spectra(request, {}), core::FormatError);
  }
}
