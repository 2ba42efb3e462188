// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <random>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/registry.hpp"
#include "support/metrics_network.hpp"
#include "support/shipped_trials.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

const Directions eighths = directions_with({0, 45, 90, 135, 180, 225, 270, 315});

std::string cell_of(const io::DelimitedTable& table, std::size_t row, const char* column) {
  return table.rows.at(row).cells.at(table.column(column));
}

}  // namespace

TEST_CASE("the responsiveness test is a Poisson tail at counts over the dispersion") {
  // Mean 2, variance 1: dispersion 0.5; mu = 2 * 1 / 0.5 = 4; k = 3 / 0.5 = 6.
  const Count blanks[] = {1, 3};
  const auto test = responsiveness_of(blanks, 3, 1);
  CHECK(test.dispersion == Approx(0.5));
  // P(X <= 6) for mean 4: e^-4 (1 + 4 + 8 + 32/3 + 32/3 + 128/15 + 256/45).
  const double lower = std::exp(-4.0) * (1 + 4 + 8 + 32.0 / 3 + 32.0 / 3 + 128.0 / 15 + 256.0 / 45);
  CHECK(test.p_negative == Approx(lower).epsilon(1e-12));
  CHECK(test.p_positive == Approx(1 - lower).epsilon(1e-12));
}

TEST_CASE("the responsiveness test is undefined for silent and for constant blanks") {
  const Count silent[] = {0, 0, 0}, constant[] = {2, 2, 2};
  CHECK(std::isnan(responsiveness_of(silent, 5, 4).p_positive));
  CHECK(std::isnan(responsiveness_of(constant, 5, 4).p_positive));
  CHECK(std::isnan(responsiveness_of(constant, 5, 4).p_negative));
}

TEST_CASE("the responsiveness test finds responses, and with 30 blanks more false ones than its p says") {
  std::mt19937_64 random(7);
  const auto fraction = [&](double evoked_mean) {
    std::poisson_distribution<int> grey(8), evoked(evoked_mean * 480);
    int significant = 0;
    for (int cell = 0; cell < 2000; ++cell) {
      std::array<Count, 30> blanks;
      for (auto& count : blanks) count = static_cast<Count>(grey(random));
      significant +=
          responsiveness_of(blanks, static_cast<std::uint64_t>(evoked(random)), 480).p_positive < 0.01;
    }
    return significant / 2000.0;
  };
  CHECK(fraction(12) == 1);
  // The blanks' mean has the variance 8/30, 16 times that of the evoked mean, but is taken as known: the
  // normal statistic has the variance 17, P(Z > 2.33 / sqrt(17)) = 0.286.
  CHECK(fraction(8) == Approx(0.286).margin(0.04));
}

TEST_CASE("the response to one contrast has rate, selectivity, sparsity and reliability") {
  LevelCounts counts(8, std::vector<Count>(10));
  for (auto& count : counts[2]) count = 9;  // 90 degrees alone
  const auto response = contrast_response(counts, eighths, 1.8, SilentCells::nan);
  CHECK(response.rate == Approx(9 / 1.8 / 8));
  CHECK(response.osi == Approx(1));
  CHECK(response.dsi == Approx(1));
  CHECK(response.sparsity == Approx(1));
  CHECK(response.reliability == Approx(1));
  LevelCounts halves(8, std::vector<Count>(10));
  for (std::size_t trial = 0; trial < 10; ++trial) halves[trial < 5 ? 0 : 4][trial] = 1;
  const auto opposed = contrast_response(halves, eighths, 1.8, SilentCells::nan);
  CHECK(opposed.osi == Approx(1));
  CHECK(opposed.dsi == Approx(0).margin(1e-12));
  CHECK(opposed.reliability == Approx(-1.0 / 7));  // two different unit vectors of eight
}

TEST_CASE("reliability needs both halves to vary over directions") {
  LevelCounts counts(8, std::vector<Count>(10));
  for (std::size_t k = 0; k < 8; ++k)
    for (std::size_t trial = 0; trial < 10; ++trial) counts[k][trial] = static_cast<Count>(trial < 5 ? 3 : k);
  CHECK(std::isnan(contrast_response(counts, eighths, 1.8, SilentCells::nan).reliability));
  const auto silent =
      contrast_response(LevelCounts(8, std::vector<Count>(10)), eighths, 1.8, SilentCells::nan);
  CHECK(std::isnan(silent.osi));
  CHECK(std::isnan(silent.sparsity));
  CHECK(silent.rate == 0);
  CHECK(contrast_response(LevelCounts(8, std::vector<Count>(10)), eighths, 1.8, SilentCells::zero).osi == 0);
}

TEST_CASE("contrast counts open windows, writes arrays in the reference's order and summaries by type") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0}, {"i4Sst", 300, 0}});
  for (const auto& trial : test::shipped_trials(contrast_gratings, folder.path(), "plain")) {
    std::vector<double> times{700, 2500};  // both ends are open
    // blanks: 1 and 3 spikes in turn; evoked: 4 at 45 degrees and contrast 0.4 or more, else none
    const int count = trial.contrast == 0 ? 1 + 2 * (trial.repetition % 2)
                                          : 4 * (trial.angle_deg == 45 && trial.contrast >= 0.4);
    for (int i = 0; i < count; ++i) times.push_back(701 + i);
    test::write_spikes(trial.run_directory, times, std::vector<std::uint64_t>(times.size(), 0));
  }
  const ContrastRequest request{.base = folder.path(),
                                .option = "plain",
                                .output_directory = folder.path() / "metrics",
                                .paradigm = io::read_paradigm(contrast_gratings, nullptr),
                                .silent = SilentCells::nan,
                                .core = {}};
  const auto files = make_contrast(request, {});
  const auto file = io::h5::File::open(files[0]);
  CHECK(files[0] == folder.path() / "contrasts_plain/spike_counts.h5");
  CHECK(io::h5::dataset_info(file, "/evoked_spikes").shape == std::vector<std::uint64_t>{8, 6, 10, 2});
  CHECK(io::h5::read_table<double>(file, "/spont_spikes", 2).at(2) == 3);
  CHECK(io::h5::read<double>(file, "/interval_length") == std::vector<double>{1800});
  const auto types = io::read_delimited_table(files[2], ',', "test");
  REQUIRE(types.rows.size() == 6);  // the SST cell is outside of the core
  CHECK(cell_of(types, 2, "reliability") == "NaN");
  CHECK(std::stod(cell_of(types, 3, "rate(Hz)")) == Approx(4 / 1.8 / 8));
  CHECK(std::stod(cell_of(types, 3, "osi")) == Approx(1));
  const auto responders = io::read_delimited_table(files[3], ',', "test");
  REQUIRE(responders.rows.size() == 1);
  CHECK(std::stod(cell_of(responders, 0, "positive_fraction")) == 0);
  CHECK(std::stod(cell_of(responders, 0, "negative_fraction")) == 1);

  std::filesystem::remove(folder.path() / "contrasts_plain/angle90_contrast0.1_trial3/spikes.h5");
  CHECK_THROWS_AS(make_contrast(request, {}), core::MissingFileError);
}

TEST_CASE("contrast needs blanks and every direction at every contrast equally often") {
  const auto paradigm = io::read_paradigm(contrast_gratings, nullptr);
  CHECK(contrast_refusal(paradigm).empty());
  const auto design = contrast_design(paradigm);
  CHECK(design.blanks.size() == 30);
  CHECK(design.evoked.size() == 480);
  CHECK(design.contrasts.texts == std::vector<std::string>{"0.05", "0.1", "0.2", "0.4", "0.6", "0.8"});
  for (std::size_t k = 0; k < 480; ++k) CHECK(design.evoked[k] == 30 + k);
  auto fewer = paradigm;
  fewer.trials.pop_back();
  CHECK_THAT(contrast_refusal(fewer), Catch::Contains("equally often"));
  CHECK_THAT(contrast_refusal(io::with_only(paradigm, {"contrast=0.1,0.2"})), Catch::Contains("blanks"));
  CHECK_THAT(contrast_refusal(io::read_paradigm("8dir_10trials", nullptr)),
             Catch::Contains("variable 'contrast'"));
}

TEST_CASE("Slots of runs are trials of contrasts, the grey screen before them their blanks") {
  const auto paradigm = io::read_paradigm("dg_contrast9_quick", nullptr);
  CHECK(contrast_refusal(paradigm).empty());
  const auto trials = contrast_trials(paradigm);
  // Three chunks of 36 slots; the first of a chunk has but 250 ms of grey before it.
  CHECK(trials.presentations.size() == 3 * (36 + 35));
  CHECK(trials.design.blanks.size() == 3 * 35);
  CHECK(trials.design.repetitions == 3);
  CHECK(trials.design.directions.degrees == std::vector<double>{0, 45, 90, 135});
  CHECK(trials.design.contrasts.texts ==
        std::vector<std::string>{"0.01", "0.02", "0.04", "0.08", "0.13", "0.2", "0.35", "0.6", "1.0"});
  CHECK(trials.seconds() == 0.5);
  const auto& rows = paradigm.conditions.rows;
  CHECK(trials.presentations[0].window == Window{rows[0].start_ms, rows[0].end_ms});
  CHECK(trials.presentations[1].window == Window{rows[0].end_ms, rows[1].start_ms});
  auto later = paradigm;  // with grey enough before the first, too
  for (auto& row : later.conditions.rows) {
    row.start_ms += 250;
    row.end_ms += 250;
  }
  CHECK(contrast_trials(later).design.blanks.size() == 3 * 36);
  // Every trial of the design shows what its place says.
  std::vector<const io::ShownCondition*> row_of(trials.presentations.size(), nullptr);
  for (std::size_t i = 0, row = 0; i < trials.presentations.size(); ++i)
    if (std::ranges::find(trials.design.blanks, i) == trials.design.blanks.end()) row_of[i] = &rows[row++];
  for (std::size_t place = 0; place < trials.design.evoked.size(); ++place) {
    const auto* row = row_of[trials.design.evoked[place]];
    REQUIRE(row != nullptr);
    const auto level = place / 3;
    CHECK(std::stod(row->values[paradigm.conditions.variable("contrast")]) ==
          trials.design.contrasts.values[level % 9]);
    CHECK(std::stod(row->values[paradigm.conditions.variable("angle")]) ==
          trials.design.directions.degrees[level / 9]);
  }
}

TEST_CASE("Counts of slots and of the grey before them make the same tables as trials") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0}, {"i4Sst", 300, 0}});
  const auto paradigm = io::read_paradigm("dg_contrast9_quick", nullptr);
  const auto& table = paradigm.conditions;
  for (const auto& trial : paradigm.trials) {
    std::vector<double> times{10};  // before all slots and blanks
    std::size_t slot = 0;
    for (const auto& row : table.rows) {
      if (row.run != trial.name) continue;
      // 1 or 3 spikes in the grey before; 4 at 45 degrees and contrast 0.35 or more, else none.
      if (row.start_ms > 500)
        for (int i = 0; i < (slot % 2 == 0 ? 1 : 3); ++i) times.push_back(row.start_ms - 400 + 10.0 * i);
      const bool evoked = row.values[table.variable("angle")] == "45" &&
                          std::stod(row.values[table.variable("contrast")]) >= 0.35;
      if (evoked)
        for (int i = 0; i < 4; ++i) times.push_back(row.start_ms + 10.0 * i);  // the first at its start
      ++slot;
    }
    test::write_spikes(folder.path() / paradigm.run_directory(trial, "plain"), times,
                       std::vector<std::uint64_t>(times.size(), 0));
  }
  const ContrastRequest request{.base = folder.path(),
                                .option = "plain",
                                .output_directory = folder.path() / "metrics",
                                .paradigm = paradigm,
                                .silent = SilentCells::nan,
                                .core = {}};
  const auto files = make_contrast(request, {});
  const auto file = io::h5::File::open(files[0]);
  CHECK(io::h5::dataset_info(file, "/evoked_spikes").shape == std::vector<std::uint64_t>{4, 9, 3, 2});
  CHECK(io::h5::dataset_info(file, "/spont_spikes").shape == std::vector<std::uint64_t>{105, 2});
  CHECK(io::h5::read<double>(file, "/interval_length") == std::vector<double>{500});
  const auto grey = io::h5::read_table<double>(file, "/spont_spikes", 2);
  for (std::size_t blank = 0; blank < 105; ++blank) CHECK(grey[2 * blank] == (blank % 35 % 2 == 0 ? 3 : 1));
  const auto types = io::read_delimited_table(files[2], ',', "test");
  REQUIRE(types.rows.size() == 9);
  CHECK(std::stod(cell_of(types, 5, "rate(Hz)")) == 0);
  CHECK(std::stod(cell_of(types, 6, "rate(Hz)")) == Approx(4 / 0.5 / 4));
  CHECK(std::stod(cell_of(types, 6, "osi")) == Approx(1));
  CHECK(cell_of(types, 6, "dsi") == "NaN");  // directions on half the circle
  std::filesystem::remove_all(folder.path() / "dg_contrast9_quick_plain/chunk_01");
  CHECK_THROWS_AS(make_contrast(request, {}), core::MissingFileError);
}

TEST_CASE("Slots that are no such trials are refused") {
  auto paradigm = io::read_paradigm("dg_contrast9_quick", nullptr);
  auto longer = paradigm;
  longer.conditions.rows[5].end_ms += 100;
  CHECK_THAT(contrast_refusal(longer), Catch::Contains("same time in all slots"));
  auto late = paradigm;
  late.analysis.latency_ms = 700;
  CHECK_THAT(contrast_refusal(late), Catch::Contains("end at 36250 ms"));
  auto uneven = paradigm;
  uneven.conditions.rows.pop_back();
  CHECK_THAT(contrast_refusal(uneven), Catch::Contains("equally often"));
  CHECK_THAT(contrast_refusal(io::read_paradigm("spatial_frequency", nullptr)),
             Catch::Contains("metrics tuning spatial_frequency"));
  CHECK_THAT(contrast_refusal(io::read_paradigm("bo", nullptr)), Catch::Contains("'images'"));
  // Slots of grey are blanks where there are some.
  for (std::size_t k = 0; k < 36; ++k) {
    paradigm.conditions.rows[k].blank = true;
    for (auto& value : paradigm.conditions.rows[k].values) value.clear();
  }
  CHECK(contrast_trials(paradigm).design.blanks.size() == 36);
  CHECK(contrast_trials(paradigm).presentations.size() == 3 * 36);
}

TEST_CASE("Tables of gratings refuse paradigms that show several in a trial, and say what takes them apart") {
  for (const auto& metric : metric_table()) {
    const std::string kind = metric.kind.name;
    if (kind != "odsi" && kind != "sparsity" && kind != "spectra" && kind != "similarity") continue;
    INFO(kind);
    // Also where each trial has the angle that the table needs.
    auto paradigm = io::read_paradigm("contrasts", nullptr);
    paradigm.windows = {{"evoked", {500, 2500}}, {"spontaneous", {100, 500}}, {"spectra", {700, 2700}}};
    paradigm.conditions = io::read_paradigm("dg_contrast9", nullptr).conditions;
    CHECK_THAT(metric.refusal(paradigm), Catch::Contains("metrics tuning contrasts BASE OPT"));
    CHECK_THAT(metric.refusal(io::read_paradigm("dg_tf", nullptr)), Catch::Contains("metrics tuning dg_tf"));
  }
}

TEST_CASE("A table of conditions that lies there says that trials show several") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0}});
  const auto paradigm = io::read_paradigm(contrast_gratings, nullptr);
  CHECK_NOTHROW(require_one_condition(paradigm, folder.path(), "odsi"));
  std::filesystem::create_directories(folder.path() / "configs/filternet_contrasts");
  std::ofstream(folder.path() / "configs/filternet_contrasts/conditions.csv") << "run,slot\n";
  CHECK_THROWS_WITH(require_one_condition(paradigm, folder.path(), "odsi"),
                    Catch::Contains("conditions.csv"));
  CHECK_NOTHROW(require_one_condition(io::read_paradigm("dg_contrast9", nullptr), folder.path(), "odsi"));
  const auto runs = [&](const std::string& name) { return io::read_paradigm(name, nullptr); };
  CHECK_THROWS_AS(make_contrast({.base = folder.path(),
                                 .option = "plain",
                                 .output_directory = folder.path(),
                                 .paradigm = runs(contrast_gratings),
                                 .silent = SilentCells::nan,
                                 .core = {}},
                                {}),
                  core::ConfigError);
}
