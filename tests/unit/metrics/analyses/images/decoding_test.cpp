// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/decoding.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "io/text/delimited_table.hpp"
#include "support/files.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

using striate::test::number;

constexpr std::size_t images = 4, runs = 12;

/// 12 cells of L4_Exc and 4 of L4_SST. Images come in another order in each run, after a blank. An excitatory
/// cell fires twice for the images of its own and else never (cell 11 is silent), or at random.
struct FourImages {
  enum class Responses { tuned, random };
  TemporaryFolder folder;
  DecodingRequest request{.base = folder.path() / "core_nll_3",
                          .option = "plain",
                          .output_directory = folder.path() / "metrics",
                          .protocol = {.runs = {},
                                       .slots = {.begin_s = 0.25, .width_s = 0.25, .count = images + 1},
                                       .images = images,
                                       .shown = {}},
                          .decoder = {.sizes = {3, 11, 12}, .folds = 4, .min_cells = 5, .logistic = {}},
                          .core = {}};
  explicit FourImages(Responses kind) {
    std::vector<test::TestCell> cells(12, {"e4Rorb"});
    cells.resize(16, {"i4Sst"});
    test::write_network(request.base, cells);
    for (std::size_t run = 0; run < runs; ++run) {
      request.protocol.runs.push_back(folder.path() / std::to_string(run));
      request.protocol.shown.push_back(ImageProtocol::no_image);
      std::vector<double> times{260, 270};
      std::vector<std::uint64_t> ids{11, 11};  // in the blank only
      core::RandomStream random(9, core::Purpose::test, run);
      for (std::size_t slot = 1; slot <= images; ++slot) {
        const auto image = (slot + run) % images;
        request.protocol.shown.push_back(static_cast<std::int32_t>(image));
        for (std::uint64_t cell = 0; cell < 11; ++cell) {
          const bool fires = kind == Responses::tuned ? cell % images == image : random.uniform() < 0.5;
          for (int k = 0; fires && k < 2; ++k) {
            times.push_back(250 + 250 * static_cast<double>(slot) + 10 * k);
            ids.push_back(cell);
          }
        }
      }
      test::write_spikes(request.protocol.runs.back(), times, ids);
    }
  }
};

io::DelimitedTable table_of(const std::filesystem::path& file) {
  return io::read_delimited_table(file, ',', "test");
}

}  // namespace

TEST_CASE("folds hold each run once and differ in size by one at most") {
  const auto [count, parts] = GENERATE(table<std::size_t, std::size_t>({{50, 10}, {7, 3}, {2, 2}}));
  const auto folds = deal_folds(count, parts, 0);
  REQUIRE(folds.size() == parts);
  std::set<std::size_t> all;
  for (const auto& fold : folds) {
    CHECK(fold.size() >= count / parts);
    CHECK(fold.size() <= count / parts + 1);
    all.insert(fold.begin(), fold.end());
  }
  CHECK(all.size() == count);
  CHECK(*all.rbegin() == count - 1);
  CHECK(deal_folds(count, parts, 0) == folds);
}

TEST_CASE("folds are shuffled by the seed") {
  std::vector<std::size_t> ascending(50);
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  CHECK(deal_folds(50, 1, 0)[0] != ascending);
  CHECK(deal_folds(50, 10, 0) != deal_folds(50, 10, 1));
}

TEST_CASE("cells are drawn without replacement, alike for the same name") {
  std::vector<std::uint32_t> from(40);
  std::iota(from.begin(), from.end(), 100u);
  const auto drawn = draw_cells(from, 10, 0, "a");
  CHECK(std::set<std::uint32_t>(drawn.begin(), drawn.end()).size() == 10);
  CHECK(drawn == draw_cells(from, 10, 0, "a"));
  CHECK(drawn != draw_cells(from, 10, 0, "b"));
  CHECK(drawn != draw_cells(from, 10, 1, "a"));
  CHECK(draw_cells(from, 40, 0, "a") == from);
  std::vector<int> times(40, 0);  // each cell equally likely: 4000 draws of 10 out of 40
  for (int draw = 0; draw < 4000; ++draw)
    for (const auto cell : draw_cells(from, 10, 0, std::to_string(draw))) ++times[cell - 100];
  for (const int drawn_times : times) CHECK(drawn_times == Approx(1000).margin(5 * std::sqrt(4000 * 0.1875)));
}

TEST_CASE("the fraction of right labels") {
  CHECK(fraction_right(std::vector<std::int32_t>{1, 2, 3, 4}, std::vector<std::int32_t>{1, 2, 0, 4}) == 0.75);
  CHECK(std::isnan(fraction_right({}, {})));
}

TEST_CASE("tuned cells tell every image, silent cells and small types take no part") {
  FourImages data(FourImages::Responses::tuned);
  const auto files = make_decoding(data.request, {});
  REQUIRE(files.size() == 4);
  CHECK(files[0].filename() == "decoding_summary_plain_by_type.csv");
  const auto summary = table_of(files[0]), templates = table_of(files[1]), folds = table_of(files[2]);
  REQUIRE(summary.columns == std::vector<std::string>{"network", "cell_type", "sample_size", "accuracy"});
  REQUIRE(summary.rows.size() == 2);  // 12 cells would need the silent one, four SST are fewer than five
  CHECK(summary.rows[1].cells == std::vector<std::string>{"core_nll_3", "L4_Exc", "11", "1.0"});
  CHECK(templates.rows[1].cells == summary.rows[1].cells);
  REQUIRE(folds.rows.size() == 8);
  for (std::size_t row = 4; row < 8; ++row) {
    CHECK(number(folds, row, "accuracy") == 1);
    CHECK(number(folds, row, "converged") == 1);
    CHECK(number(folds, row, "max_gradient") <= 1e-3);
  }
  // Every image is told where it was shown, once in each run.
  const auto confusion = table_of(files[3]);
  std::map<std::string, std::size_t> told;
  for (std::size_t row = 0; row < confusion.rows.size(); ++row)
    if (number(confusion, row, "sample_size") == 11) {
      CHECK(number(confusion, row, "shown") == number(confusion, row, "told"));
      CHECK(number(confusion, row, "count") == runs);
      ++told[confusion.rows[row].cells[confusion.column("decoder")]];
    }
  CHECK(told == std::map<std::string, std::size_t>{{"regression", images}, {"template", images}});
}

TEST_CASE("random responses are decoded at chance") {
  FourImages data(FourImages::Responses::random);
  data.request.decoder.sizes = {11};
  const auto files = make_decoding(data.request, {});
  CHECK(number(table_of(files[0]), 0, "accuracy") == Approx(0.25).margin(0.22));  // 48 guesses: 3.5 errors
  CHECK(number(table_of(files[1]), 0, "accuracy") == Approx(0.25).margin(0.22));
  // What the folds got right is the diagonal; wrong images are counted, too.
  const auto confusion = table_of(files[3]);
  double all = 0, right = 0;
  for (std::size_t row = 0; row < confusion.rows.size(); ++row) {
    if (confusion.rows[row].cells[confusion.column("decoder")] != "regression") continue;
    const double count = number(confusion, row, "count");
    all += count;
    if (number(confusion, row, "shown") == number(confusion, row, "told")) right += count;
  }
  CHECK(all == runs * images);
  CHECK(right / all == Approx(number(table_of(files[0]), 0, "accuracy")));
  CHECK(right < all);
}

TEST_CASE("all cells can be pooled, drawn anew in each fold, or left to templates") {
  FourImages data(FourImages::Responses::tuned);
  data.request.decoder.sizes = {6};
  data.request.decoder.group = CellGroup::pooled;
  data.request.decoder.sample = CellSample::per_fold;
  data.request.decoder.regression = false;
  const auto files = make_decoding(data.request, {});
  REQUIRE(files.size() == 3);
  CHECK(files[0].filename() == "decoding_template_plain_pooled.csv");
  CHECK(table_of(files[0]).rows[0].cells[1] == "All");
  CHECK(table_of(files[1]).rows[0].cells[4] == "NaN");
}

TEST_CASE("more folds than runs and images never shown are refused") {
  FourImages data(FourImages::Responses::tuned);
  data.request.decoder.folds = runs;
  data.request.decoder.sizes = {3};
  CHECK_NOTHROW(make_decoding(data.request, {}));
  data.request.decoder.folds = runs + 1;
  CHECK_THROWS_AS(make_decoding(data.request, {}), core::UsageError);
  data.request.decoder.folds = 1;
  CHECK_THROWS_AS(make_decoding(data.request, {}), core::UsageError);
  data.request.decoder.folds = 4;
  data.request.protocol.images = images + 1;
  CHECK_THROWS_WITH(make_decoding(data.request, {}), Catch::Contains("image 4 is never shown"));
}
