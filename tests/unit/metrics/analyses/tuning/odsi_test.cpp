// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/odsi.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/analyses/tuning/grating_sparsity.hpp"
#include "metrics/analyses/tuning/rate_table.hpp"
#include "metrics/base/tuning_table.hpp"
#include "support/metrics_network.hpp"
#include "support/shipped_trials.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

const Directions eight_directions = directions_with({0, 45, 90, 135, 180, 225, 270, 315});
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

DirectionRates rates_with(std::size_t index, double value) {
  DirectionRates rates(8);
  rates[index] = value;
  return rates;
}

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Spike counts of cell `id` in trial `trial` of direction k: drawn once, used to write spikes and to compute
/// the expectation.
struct Drawn {
  int evoked, grey, late;
};
Drawn drawn(std::uint64_t id, int k, int trial) {
  if (id == 3) return {0, 0, 0};  // silent
  core::RandomStream random(
      1, core::Purpose::test,
      (id * 8 + static_cast<std::uint64_t>(k)) * 10 + static_cast<std::uint64_t>(trial));
  const double preferred = 2 * std::cos((45 * k - 80.0 * static_cast<double>(id)) * std::numbers::pi / 180);
  return {static_cast<int>(std::exp(preferred) + 4 * random.uniform()),
          static_cast<int>(3 * random.uniform()), static_cast<int>(3 * random.uniform())};
}

constexpr int cell_count = 5;

void write_gratings(const std::filesystem::path& base) {
  for (const auto& trial : test::shipped_trials(gratings, base, "plain")) {
    std::vector<double> times;
    std::vector<std::uint64_t> ids;
    const auto add = [&](std::uint64_t id, double from, int count) {
      for (int i = 0; i < count; ++i) {
        times.push_back(from + i);
        ids.push_back(id);
      }
    };
    for (std::uint64_t id = 0; id < cell_count; ++id) {
      const auto counts = drawn(id, trial.angle_deg / 45, trial.repetition);
      add(id, 50, 2);  // before the spontaneous window
      if (id == 3) {
        times.resize(times.size() - 2);
        ids.resize(ids.size() - 2);
      }
      add(id, 490, counts.grey);  // last at 492
      add(id, 600, counts.evoked);
      add(id, 2501, counts.late);
    }
    test::write_spikes(trial.run_directory, times, ids);
  }
}

}  // namespace

TEST_CASE("one direction alone: all selectivity is 1 and the preferred angles are that direction") {
  for (std::size_t k = 0; k < 8; ++k) {
    const auto tuning = tuning_of(rates_with(k, 6), eight_directions, SilentCells::nan);
    CHECK(tuning.dsi == Approx(1));
    CHECK(tuning.osi == Approx(1));
    CHECK(tuning.preferred_angle == 45.0 * static_cast<double>(k));
    CHECK(tuning.preferred_direction == Approx(45.0 * static_cast<double>(k)).margin(1e-12));
    CHECK(tuning.preferred_orientation == Approx(45.0 * static_cast<double>(k % 4)).margin(1e-12));
    CHECK(tuning.max_rate == 6);
    CHECK(tuning.mean_rate == 0.75);
  }
}

TEST_CASE("cosine tuning: r = 1 + a cos(t - t0) + b cos 2(t - t0) has DSI a/2 and OSI b/2") {
  constexpr double a = 0.5, b = 0.3, t0 = 70;
  DirectionRates rates(8);
  for (std::size_t k = 0; k < 8; ++k) {
    const double angle = (45.0 * static_cast<double>(k) - t0) * std::numbers::pi / 180;
    rates[k] = 1 + a * std::cos(angle) + b * std::cos(2 * angle);
  }
  const auto tuning = tuning_of(rates, eight_directions, SilentCells::nan);
  CHECK(tuning.dsi == Approx(a / 2));
  CHECK(tuning.osi == Approx(b / 2));
  CHECK(tuning.preferred_direction == Approx(t0));
  CHECK(tuning.preferred_orientation == Approx(t0));
  CHECK(tuning.preferred_angle == 90);  // 45 is 25 degrees away, 90 is 20
}

TEST_CASE("ties go to the smallest angle, equal rates have no selectivity") {
  DirectionRates tie(8);
  tie[2] = tie[6] = 4;
  const auto opposite = tuning_of(tie, eight_directions, SilentCells::nan);
  CHECK(opposite.preferred_angle == 90);
  CHECK(opposite.dsi == 0);
  CHECK(opposite.osi == 1);
  const DirectionRates flat(8, 2);
  const auto even = tuning_of(flat, eight_directions, SilentCells::nan);
  CHECK(even.dsi == Approx(0).margin(1e-15));
  CHECK(even.osi == Approx(0).margin(1e-15));
  CHECK(even.preferred_angle == 0);
}

TEST_CASE("silent cells: NaN, or 0 as the reference's main script") {
  const auto none = tuning_of(DirectionRates(8), eight_directions, SilentCells::nan);
  CHECK(std::isnan(none.dsi));
  CHECK(std::isnan(none.osi));
  CHECK(std::isnan(none.preferred_angle));
  CHECK(std::isnan(none.preferred_direction));
  CHECK(none.max_rate == 0);
  const auto zero = tuning_of(DirectionRates(8), eight_directions, SilentCells::zero);
  CHECK(zero.dsi == 0);
  CHECK(zero.osi == 0);
  CHECK(zero.preferred_angle == 0);
  CHECK(zero.preferred_direction == 0);
  CHECK(zero.preferred_orientation == 0);
}

TEST_CASE("a missing direction makes selectivity NaN and is named as preferred") {
  auto rates = rates_with(1, 5);
  rates[3] = not_a_number;
  for (const auto silent : {SilentCells::nan, SilentCells::zero}) {
    const auto tuning = tuning_of(rates, eight_directions, silent);
    CHECK(std::isnan(tuning.dsi));
    CHECK(std::isnan(tuning.osi));
    CHECK(std::isnan(tuning.preferred_direction));
    CHECK(std::isnan(tuning.max_rate));
    CHECK(tuning.preferred_angle == 135);
  }
}

TEST_CASE("odsi on 80 trials: every column of both files") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"e5ET"}, {"i4Sst"}, {"e4Rorb"}, {"e23Cux2"}});
  write_gratings(folder.path());
  // Missing: one trial of 45 degrees, which is left out of its mean.
  std::filesystem::remove_all(folder.path() / "8dir_10trials_plain" / "angle45_trial2");
  const auto files = make_odsi({.base = folder.path(),
                                .option = "plain",
                                .output_directory = folder.path() / "m",
                                .paradigm = io::read_paradigm(gratings, nullptr)},
                               {});
  CHECK(files[0] == folder.path() / "m/Rates_DF_plain.csv");
  CHECK(first_line(files[0]) == "DG_angle node_id Ave_Rate(Hz) SD_rate(Hz) Spont_rate(Hz)");
  CHECK(first_line(files[1]) ==
        "node_id DSI OSI preferred_angle pref_dir_deg pref_ori_deg max_mean_rate(Hz) Ave_Rate(Hz) "
        "Spont_Rate(Hz)");
  CHECK(std::filesystem::exists(files[0].string() + ".provenance.json"));

  const auto rates = io::read_delimited_table(files[0], ' ', "");
  const auto tuning = io::read_delimited_table(files[1], ' ', "");
  REQUIRE(rates.rows.size() == 8 * cell_count);
  REQUIRE(tuning.rows.size() == cell_count);
  for (std::uint64_t id = 0; id < cell_count; ++id) {
    double sum = 0, cos1 = 0, sin1 = 0, cos2 = 0, sin2 = 0, largest = -1, grey_sum = 0;
    int preferred = 0;
    for (int k = 0; k < 8; ++k) {
      double mean = 0, square = 0, grey = 0, n = 0;
      for (int trial = 0; trial < 10; ++trial) {
        if (k == 1 && trial == 2) continue;
        const auto counts = drawn(id, k, trial);
        mean += counts.evoked / 2.0;
        square += counts.evoked / 2.0 * counts.evoked / 2.0;
        grey += counts.grey / 0.4;
        ++n;
      }
      mean /= n;
      grey /= n;
      const auto& row = rates.rows[static_cast<std::size_t>(k) * cell_count + id];
      CHECK(rates.number(row, 0) == 45 * k);
      CHECK(rates.number(row, 1) == static_cast<double>(id));
      CHECK(rates.number(row, 2) == Approx(mean));
      CHECK(rates.number(row, 3) == Approx(std::sqrt(square / n - mean * mean)).margin(1e-7));
      CHECK(rates.number(row, 4) == Approx(grey));
      const double angle = k * std::numbers::pi / 4;
      sum += mean;
      cos1 += mean * std::cos(angle);
      sin1 += mean * std::sin(angle);
      cos2 += mean * std::cos(2 * angle);
      sin2 += mean * std::sin(2 * angle);
      grey_sum += grey;
      if (mean > largest) {
        largest = mean;
        preferred = 45 * k;
      }
    }
    const auto& row = tuning.rows[id];
    const auto value = [&](std::size_t column) { return number_or_nan(tuning, row, column); };
    CHECK(value(0) == static_cast<double>(id));
    CHECK(value(6) == Approx(largest));
    CHECK(value(7) == Approx(sum / 8));
    CHECK(value(8) == Approx(grey_sum / 8));
    if (id == 3) {
      for (std::size_t column = 1; column <= 5; ++column) CHECK(std::isnan(value(column)));
      continue;
    }
    CHECK(value(1) == Approx(std::hypot(cos1, sin1) / sum));
    CHECK(value(2) == Approx(std::hypot(cos2, sin2) / sum));
    CHECK(value(3) == preferred);
    const double half = std::atan2(sin2, cos2) / 2, along = cos1 * std::cos(half) + sin1 * std::sin(half);
    const double degrees = half * 180 / std::numbers::pi;
    CHECK(value(4) == Approx(std::fmod((along >= 0 ? degrees : degrees + 180) + 360, 360)));
    CHECK(value(5) == Approx(std::fmod(degrees + 180, 180)));
  }
}

TEST_CASE("odsi without any trial says so, without a whole direction it gives NaN") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"e5ET"}, {"i4Sst"}, {"e4Rorb"}, {"e23Cux2"}});
  const OdsiRequest request{.base = folder.path(),
                            .option = "plain",
                            .output_directory = folder.path() / "m",
                            .paradigm = io::read_paradigm(gratings, nullptr)};
  CHECK_THROWS_AS(make_odsi(request, {}), core::MissingFileError);
  write_gratings(folder.path());
  for (int trial = 0; trial < 10; ++trial)
    std::filesystem::remove_all(folder.path() / "8dir_10trials_plain" /
                                fmt::format("angle90_trial{}", trial));
  const auto files = make_odsi(request, {});
  const auto tuning = read_tuning(files[1], read_cells(folder.path(), {}));
  CHECK(std::isnan(tuning.osi[0]));
  CHECK(std::isnan(tuning.mean_rate[0]));
  const auto table = io::read_delimited_table(files[1], ' ', "");
  CHECK(table.number(table.rows[0], 3) == 90);
}

TEST_CASE("trial-averaged sparsity: silence in absent trials, or the trial left out") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"e4Rorb"}});
  for (const auto& trial : test::shipped_trials(gratings, folder.path(), "plain")) {
    // Trials 0 and 1 exist: cell 0 fires once at 0 degrees in trial 0, everywhere in trial 1; cell 1 never.
    if (trial.repetition > 1) continue;
    const bool fires = trial.repetition == 1 || trial.angle_deg == 0;
    test::write_spikes(trial.run_directory, fires ? std::vector<double>{2900} : std::vector<double>{},
                       fires ? std::vector<std::uint64_t>{0} : std::vector<std::uint64_t>{});
  }
  std::vector<std::filesystem::path> runs;
  for (const auto& trial : test::shipped_trials(gratings, folder.path(), "plain"))
    runs.push_back(trial.run_directory);
  const auto repetitions = repetitions_of(io::read_paradigm(gratings, nullptr));
  const auto cells = read_cells(folder.path(), {});
  auto counts = count_trials(runs, cells, {{whole_file}, {}}, {});
  CHECK(trial_averaged_sparsity(counts, repetitions, 0, MissingTrials::silent) == Approx(0.5));  // 1 and 0
  CHECK(std::isnan(trial_averaged_sparsity(counts, repetitions, 1, MissingTrials::silent)));
  std::filesystem::remove_all(runs[11]);  // 45 degrees, trial 1
  counts = count_trials(runs, cells, {{whole_file}, {}}, {});
  CHECK(trial_averaged_sparsity(counts, repetitions, 0, MissingTrials::left_out) == Approx(1));
  // Seven ones and a zero: A = (7/8)^2 / (7/8), S = (1/8) / (7/8).
  CHECK(trial_averaged_sparsity(counts, repetitions, 0, MissingTrials::silent) == Approx((1 + 1.0 / 7) / 2));
}

TEST_CASE("the sparsity file holds one value per cell and how it came about") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"e4Rorb"}});
  test::write_spikes(folder.path() / "8dir_10trials_plain/angle0_trial0", {1}, {0});
  const auto files = make_grating_sparsity({.base = folder.path(),
                                            .option = "plain",
                                            .output_directory = folder.path() / "m",
                                            .paradigm = io::read_paradigm(gratings, nullptr),
                                            .core = {}},
                                           {});
  const auto file = io::h5::File::open(files[0]);
  const auto values = io::h5::read<double>(file, "/dg_trial_averaged_sparsity");
  REQUIRE(values.size() == 2);
  CHECK(values[0] == Approx(1));
  CHECK(std::isnan(values[1]));
  CHECK(io::h5::string_attribute(file, "/", "command") == "metrics sparsity");
}

TEST_CASE("rates by cell and by type in an own window") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb"}, {"e4Rorb"}, {"i4Sst"}, {"i4Sst", 300, 0}});
  test::write_spikes(folder.path() / "output_plain", {1000, 1200, 1999.75, 2000, 1500}, {0, 0, 0, 0, 3});
  const auto files = make_rates({.base = folder.path(),
                                 .option = "plain",
                                 .output_directory = folder.path() / "m",
                                 .runs = {folder.path() / "output_plain"},
                                 .window = {.begin_ms = 1000, .end_ms = 2000},
                                 .core = {}},
                                {});
  std::ostringstream text;
  text << std::ifstream(files[1]).rdbuf();
  CHECK(
      text.str() ==
      "cell_type,cells,defined,mean,median,sd,silent\nL4_Exc,2,2,1.5,1.5,1.5,1\nL4_SST,1,1,0.0,0.0,0.0,1\n");
  const auto table = io::read_delimited_table(files[0], ' ', "");
  CHECK(table.rows[0].cells == std::vector<std::string>{"0", "e4Rorb", "L4_Exc", "1", "3.0"});
  CHECK(table.rows[3].cells == std::vector<std::string>{"3", "i4Sst", "L4_SST", "0", "1.0"});
}

TEST_CASE("directions that are not spread evenly tell what they can, and nothing else") {
  // 0 and 90 degrees: twice the angles are opposite, so orientation can be told, but not direction.
  const auto two = directions_with({0, 90});
  CHECK(two.tell_orientation);
  CHECK_FALSE(two.tell_direction);
  const auto tuning = tuning_of(DirectionRates{3, 1}, two, SilentCells::nan);
  CHECK(tuning.osi == Approx(0.5));
  CHECK(std::isnan(tuning.dsi));
  CHECK(std::isnan(tuning.preferred_direction));
  CHECK(tuning.preferred_orientation == Approx(0).margin(1e-12));
  const auto three = directions_with({0, 120, 240});  // both
  CHECK(three.tell_orientation);
  CHECK(three.tell_direction);
  CHECK(tuning_of(DirectionRates{2, 2, 2}, three, SilentCells::nan).dsi == Approx(0).margin(1e-12));
  CHECK(tuning_of(DirectionRates{0, 6, 0}, three, SilentCells::nan).preferred_direction == Approx(120));
  const auto half = directions_with({0, 45, 90, 135});
  CHECK(half.tell_orientation);
  CHECK_FALSE(half.tell_direction);
  const auto none = directions_with({0, 30});
  CHECK_FALSE(none.tell_orientation);
  CHECK_FALSE(none.tell_direction);
}

TEST_CASE("tuning needs an angle, windows, and directions under the same conditions") {
  auto paradigm = io::read_paradigm(gratings, nullptr);
  CHECK(odsi_refusal(paradigm).empty());
  CHECK(sparsity_refusal(paradigm).empty());
  CHECK_THAT(odsi_refusal(io::read_paradigm("bo", nullptr)), Catch::Contains("'images'"));
  CHECK_THAT(odsi_refusal(io::read_paradigm("contrasts", nullptr)), Catch::Contains("window 'evoked'"));
  CHECK_THAT(sparsity_refusal(io::read_paradigm("contrasts", nullptr)), Catch::Contains("same conditions"));
  paradigm.trials.pop_back();
  CHECK_THAT(odsi_refusal(paradigm), Catch::Contains("same conditions"));
  paradigm = io::with_only(io::read_paradigm(gratings, nullptr), {"angle=0,45"});
  CHECK_THAT(odsi_refusal(paradigm), Catch::Contains("spread evenly"));
  paradigm = io::with_only(io::read_paradigm(gratings, nullptr), {"angle=45"});
  CHECK_THAT(odsi_refusal(paradigm), Catch::Contains("but one angle"));
}
