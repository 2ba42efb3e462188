// SPDX-License-Identifier: BSD-3-Clause
// Numbers were computed with NumPy and SciPy from the same tables.
#include "metrics/analyses/pairs/em_data.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using Catch::Contains;
using striate::test::TemporaryFolder;

namespace {

std::vector<EmSample> shipped(const EmKind& kind, bool pool_l5 = false, double low = -1, double high = 180) {
  return em_samples(kind, read_em(kind, shipped_em(kind), pool_l5, low, high));
}

const EmSample& sample_of(const std::vector<EmSample>& samples, EmPooling pooling, const TypePair& name) {
  for (const auto& sample : samples)
    if (sample.pooling == pooling && sample.name == name) return sample;
  FAIL("no sample of " << name.first << " to " << name.second);
  return samples.front();
}

double column(const Table& table, const std::string& pooling, const TypePair& name,
              const std::string& wanted) {
  const auto text = [&](std::size_t c, std::size_t row) {
    return std::get<std::vector<std::string>>(table.columns[c].values)[row];
  };
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (text(0, row) == pooling && text(1, row) == name.first && text(2, row) == name.second)
      for (const auto& c : table.columns)
        if (c.name == wanted) return std::get<std::vector<double>>(c.values)[row];
  FAIL("no " << wanted << " of " << name.first << " to " << name.second);
  return 0;
}

constexpr double five_digits = 2e-5;

}  // namespace

TEST_CASE("V1DD: direction and orientation parts of the sizes") {
  const auto samples = shipped(em_direction);
  struct Row {
    EmPooling pooling;
    TypePair pair;
    std::ptrdiff_t n;
    double a, p_a, b, p_b;
  };
  const double none = std::nan("");
  const Row rows[] = {
      {EmPooling::raw, {"E", "E"}, 426, 0.28605, 0.0011053, 0.17529, 0.043588},
      {EmPooling::matched, {"E", "E"}, 426, 0.24013, none, 0.14217, none},
      {EmPooling::pair, {"L2/3_Exc", "L2/3_Exc"}, 170, 0.185286, 0.103304, -0.0644258, 0.558702},
      {EmPooling::pair, {"L2/3_Exc", "L5_Exc"}, 139, 0.382846, 0.0396628, 0.403334, 0.0391959},
      {EmPooling::pair, {"L5_Exc", "L5_Exc"}, 51, 0.12154, 0.55855, 0.44790, 0.02465}};
  for (const auto& row : rows) {
    INFO(row.pair.first << " to " << row.pair.second);
    const auto& sample = sample_of(samples, row.pooling, row.pair);
    CHECK(std::ssize(sample.points) == row.n);
    const auto& [a, b] = std::pair(em_direction.measures[0], em_direction.measures[1]);
    CHECK(a.value(sample.sums) == Approx(row.a).epsilon(five_digits));
    CHECK(b.value(sample.sums) == Approx(row.b).epsilon(5 * five_digits));
    if (std::isnan(row.p_a)) continue;
    CHECK(a.p(sample.sums) == Approx(row.p_a).epsilon(5 * five_digits));
    CHECK(b.p(sample.sums) == Approx(row.p_b).epsilon(10 * five_digits));
  }
  // Fewer than ten points have no fit.
  CHECK(std::isnan(
      em_direction.measures[0].value(sample_of(samples, EmPooling::pair, {"L2/3_Exc", "L4_Exc"}).sums)));
}

TEST_CASE("MICrONS: slopes of the sizes on the correlation of responses") {
  const auto split = shipped(em_correlation, false, -1, 1), pooled = shipped(em_correlation, true, -1, 1),
             narrow = shipped(em_correlation, true, -0.2, 0.5);
  const auto slope = [](const std::vector<EmSample>& samples, EmPooling pooling, const TypePair& pair) {
    return em_correlation.measures[0].value(sample_of(samples, pooling, pair).sums);
  };
  CHECK(slope(split, EmPooling::raw, {"E", "E"}) == Approx(1.04165).epsilon(five_digits));
  CHECK(slope(split, EmPooling::matched, {"E", "E"}) == Approx(1.04915).epsilon(five_digits));
  CHECK(slope(split, EmPooling::pair, {"L4_Exc", "L4_Exc"}) == Approx(1.37434).epsilon(five_digits));
  CHECK(slope(split, EmPooling::pair, {"L4_Exc", "L5_IT"}) == Approx(2.34461).epsilon(five_digits));
  CHECK(slope(split, EmPooling::pair, {"L2/3_Exc", "L2/3_Exc"}) == Approx(0.98570).epsilon(five_digits));
  CHECK(slope(pooled, EmPooling::pair, {"L4_Exc", "L5_Exc"}) == Approx(1.65669).epsilon(five_digits));
  CHECK(slope(pooled, EmPooling::matched, {"E", "E"}) == Approx(1.06704).epsilon(five_digits));
  const auto table = em_fit_table(em_correlation, split), part = em_fit_table(em_correlation, narrow);
  CHECK(column(table, "raw", {"E", "E"}, "r") == Approx(0.0998129).epsilon(five_digits));
  CHECK(column(table, "raw", {"E", "E"}, "p") == Approx(3.51648e-10).epsilon(five_digits));
  CHECK(column(table, "raw", {"E", "E"}, "spearman_r") == Approx(0.0892031).epsilon(five_digits));
  CHECK(column(table, "raw", {"E", "E"}, "log_slope") == Approx(0.941539).epsilon(five_digits));
  CHECK(column(table, "raw", {"E", "E"}, "log_p") == Approx(8.68341e-08).epsilon(five_digits));
  CHECK(column(table, "pair", {"L4_Exc", "L4_Exc"}, "p") == Approx(1.30829e-07).epsilon(five_digits));
  CHECK(column(table, "pair", {"L4_Exc", "L5_IT"}, "slope_over_intercept") ==
        Approx(3.18842).epsilon(five_digits));
  CHECK(column(part, "raw", {"E", "E"}, "slope_over_intercept") == Approx(1.24009).epsilon(five_digits));
  CHECK(column(part, "raw", {"E", "E"}, "p") == Approx(6.90e-11).epsilon(1e-3));
  CHECK(column(part, "pair", {"L4_Exc", "L4_Exc"}, "slope_over_intercept") == Approx(1.7714).epsilon(5e-5));
  CHECK(std::ssize(sample_of(narrow, EmPooling::raw, {"E", "E"}).points) == 3926);
  CHECK(std::ssize(sample_of(narrow, EmPooling::pair, {"L4_Exc", "L4_Exc"}).points) == 1380);
}

TEST_CASE("intervals of the measured numbers, by resampling") {
  const auto interval = [](const EmKind& kind, EmPooling pooling, std::size_t measure) {
    const auto samples = shipped(kind, false, kind.low, kind.high);
    return em_intervals(kind, sample_of(samples, pooling, {"E", "E"}), 1000, 0, 7)[measure];
  };
  const auto raw = interval(em_direction, EmPooling::raw, 0),
             matched = interval(em_direction, EmPooling::matched, 0);
  CHECK(raw.low == Approx(0.126).margin(0.02));
  CHECK(raw.high == Approx(0.448).margin(0.02));
  CHECK(matched.low == Approx(0.086).margin(0.02));
  CHECK(matched.high == Approx(0.395).margin(0.02));
  const auto slope = interval(em_correlation, EmPooling::raw, 0);
  CHECK(slope.low == Approx(0.71).margin(0.04));
  CHECK(slope.high == Approx(1.40).margin(0.04));
  const auto few = shipped(em_direction);
  CHECK(std::isnan(
      em_intervals(em_direction, sample_of(few, EmPooling::pair, {"L2/3_Exc", "L4_Exc"}), 10, 0, 1)[0].low));
}

TEST_CASE("bins of both kinds are closed on the right") {
  CHECK(em_direction.bins() == 9);
  CHECK(em_direction.bin_of(0) == 0);
  CHECK(em_direction.bin_of(20) == 0);
  CHECK(em_direction.bin_of(20.5) == 1);
  CHECK(em_direction.bin_of(180) == 8);
  CHECK(em_correlation.bins() == 14);
  CHECK(em_correlation.bin_of(-0.2) == 14);  // outside
  CHECK(em_correlation.bin_of(-0.15) == 0);
  CHECK(em_correlation.bin_of(0.5) == 13);
  CHECK(em_correlation.bin_of(0.51) == 14);
}

TEST_CASE("sums follow weights of another unit and other numbers of points") {
  std::vector<double> sums(em_correlation.sums.size, 0), other(em_correlation.sums.size, 0);
  for (const auto& [x, y] : {std::pair{0.1, 2.0}, {0.3, 5.0}, {0.4, 3.0}}) {
    em_correlation.sums.add(sums, x, y);
    for (int k = 0; k < 2; ++k) em_correlation.sums.add(other, x, 0.5 * y);
  }
  const auto turned = scaled(em_correlation, sums, 0.5, 2);
  for (std::size_t i = 0; i < other.size(); ++i) CHECK(turned[i] == Approx(other[i]));
  CHECK(mean_weight(em_correlation, sums) == Approx(10.0 / 3));
}

TEST_CASE("labels of the measured data, and what is no measurement") {
  CHECK(excitatory_label("23P") == "L2/3_Exc");
  CHECK(excitatory_label("5P-IT") == "L5_IT");
  CHECK(excitatory_label("6P") == "L6_Exc");
  const TemporaryFolder folder;
  const auto file = folder.path() / "em.csv";
  const auto read = [&](const std::string& rows) {
    std::ofstream(file) << "source,target,correlation,weight\n" << rows;
    return read_em(em_correlation, file, false, -1, 1);
  };
  CHECK(read("23P,4P,0.5,10\n").names == std::vector<TypePair>{{"L2/3_Exc", "L4_Exc"}});
  CHECK_THROWS_WITH(read("23P,4P,1.5,10\n"), Contains("correlation=1.5") && Contains("em.csv:2"));
  CHECK_THROWS_WITH(read("23P,4P,0.5,0\n"), Contains("weight=0"));
  CHECK_THROWS_WITH(read("PV,4P,0.5,1\n"), Contains("PV"));
  CHECK_THROWS_AS(read(""), core::FormatError);
  CHECK_THROWS_AS(read("23P,4P,NaN,1\n"), core::FormatError);
}
