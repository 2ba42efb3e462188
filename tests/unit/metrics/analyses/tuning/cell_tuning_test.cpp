// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/cell_tuning.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

using namespace striate;
using namespace striate::metrics;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
using Texts = std::vector<std::string>;

/// All combinations of two variables.
ShownConditions grid(const std::string& a, const Texts& of_a, const std::string& b, const Texts& of_b) {
  ShownConditions shown{.variables = {a, b}, .conditions = {}, .runs = {}, .presentations = {}};
  for (const auto& x : of_a)
    for (const auto& y : of_b) shown.conditions.push_back({.values = {x, y}});
  return shown;
}

std::map<std::string, double> values_by_column(const ShownConditions& shown, const std::vector<double>& means,
                                               double fano = 1) {
  const CellTuning tuning(shown);
  const auto row = tuning.values(means, fano);
  REQUIRE(row.size() == tuning.columns().size());
  std::map<std::string, double> named;
  for (std::size_t k = 0; k < row.size(); ++k) named[tuning.columns()[k]] = row[k];
  return named;
}

}  // namespace

TEST_CASE("preferred values are those of the largest marginal means") {
  // Rows angle 0, 90; columns cpd 0.04, 0.08: the largest single response is not in the preferred row.
  const auto shown = grid("angle", {"0", "90"}, "cpd", {"0.04", "0.08"});
  const auto values = values_by_column(shown, {1, 9, 6, 6}, 2.5);
  CHECK(values.at("pref_angle") == 90);
  CHECK(values.at("pref_cpd") == 0.08);
  CHECK(values.at("pref_angle_multi") == 0);
  CHECK(values.at("mean_rate") == 5.5);
  CHECK(values.at("max_rate") == 9);
  CHECK(std::isnan(values.at("blank_rate")));
  CHECK(values.at("fano") == 2.5);
  CHECK(CellTuning(shown).preferred(std::vector<double>{1, 9, 6, 6}) == 1);
  // Equal ones: the smallest, and a note.
  const auto equal = values_by_column(shown, {1, 5, 5, 1});
  CHECK(equal.at("pref_angle") == 0);
  CHECK(equal.at("pref_angle_multi") == 1);
}

TEST_CASE("a silent cell prefers nothing, blanks are left out of preferences") {
  auto shown = grid("angle", {"0", "90"}, "contrast", {"0", "0.8"});
  shown.conditions[0].blank = shown.conditions[2].blank = true;
  const auto silent = values_by_column(shown, {4, 0, 6, 0});
  CHECK(silent.at("blank_rate") == 5);
  CHECK(std::isnan(silent.at("pref_angle")));
  CHECK(silent.at("pref_angle_multi") == 0);
  CHECK(std::isnan(silent.at("fano")));
  CHECK(std::isnan(silent.at("lifetime_sparseness")));
  CHECK_FALSE(CellTuning(shown).preferred(std::vector<double>{4, 0, 6, 0}));
  const auto active = values_by_column(shown, {9, 1, 9, 2});
  CHECK(active.at("pref_angle") == 90);
  CHECK(active.at("max_rate") == 2);
  CHECK_FALSE(active.contains("pref_contrast"));  // one contrast is left
}

TEST_CASE("OSI and DSI are those at the preferred values of the other variables") {
  Texts angles;
  for (int k = 0; k < 8; ++k) angles.push_back(std::to_string(45 * k));
  const auto shown = grid("temporal_f", {"1", "2"}, "angle", angles);
  std::vector<double> means(16, 1);
  means[8 + 2] = 9;  // 2 Hz, 90 degrees; at 1 Hz untuned
  const auto values = values_by_column(shown, means);
  CHECK(values.at("pref_temporal_f") == 2);
  CHECK(values.at("OSI") == Approx(8.0 / 16));
  CHECK(values.at("DSI") == Approx(8.0 / 16));
  means[8 + 5] = no_number;  // a direction without a trial
  const auto gap = values_by_column(shown, means);
  CHECK(std::isnan(gap.at("OSI")));
  CHECK(gap.at("pref_angle") == 90);
}

TEST_CASE("orientations have no direction, angles that are not spread evenly tell nothing") {
  const auto shown = grid("orientation", {"0", "30", "60", "90", "120", "150"}, "phase", {"0", "0.5"});
  std::vector<double> means(12, 0);
  means[2 * 2] = means[2 * 2 + 1] = 3;
  const auto values = values_by_column(shown, means);
  CHECK(values.at("OSI") == Approx(1));
  CHECK_FALSE(values.contains("DSI"));
  CHECK(values.at("pref_orientation") == 60);
  CHECK(values.at("pref_phase_multi") == 1);
  CHECK(CellTuning(shown).untold().empty());
  const CellTuning half(grid("angle", {"0", "45", "90", "135"}, "trial_set", {"a"}));
  CHECK(half.untold() == Texts{"DSI"});
  const CellTuning two(grid("angle", {"0", "180"}, "theta", {"0", "90", "180", "270"}));
  CHECK(std::ranges::count(two.columns(), "OSI_angle") == 1);
  CHECK(std::ranges::count(two.columns(), "DSI_theta") == 1);
  CHECK(two.untold() == Texts{"OSI_angle"});
}

TEST_CASE("which numbers there are depends on names and numbers of values") {
  const auto columns = [](const std::string& name, const Texts& texts) {
    return CellTuning(grid(name, texts, "x", {"1"})).columns();
  };
  const auto has = [&](const std::string& name, const Texts& texts, const std::string& column) {
    const auto all = columns(name, texts);
    return std::ranges::find(all, column) != all.end();
  };
  CHECK(has("cpd", {"0.02", "0.04", "0.08", "0.16"}, "cpd_fit"));
  CHECK_FALSE(has("cpd", {"0.02", "0.04", "0.08"}, "cpd_fit"));
  CHECK_FALSE(has("cpd", {"0", "0.04", "0.08", "0.16"}, "cpd_fit"));
  CHECK(has("speed", {"1", "2", "4", "8"}, "speed_high"));
  CHECK(has("diameter", {"5", "8", "12", "18", "26", "full"}, "size_pref"));
  CHECK_FALSE(has("diameter", {"5", "8", "12", "full"}, "suppression_index"));
  CHECK(has("contrast", {"0", "0.1", "0.2", "0.4", "0.6", "0.8"}, "c50"));
  CHECK_FALSE(has("contrast", {"0", "0.1", "0.2", "0.4", "0.8"}, "c50"));
  CHECK_FALSE(has("surround", {"iso", "cross"}, "pref_surround"));
  CHECK(has("jitter", {"1", "2"}, "pref_jitter"));
}

TEST_CASE("texts among a variable's values divide conditions, and the preferred text counts for the others") {
  const auto shown = grid("surround", {"cross", "iso"}, "cpd", {"0.02", "0.04", "0.08", "0.16"});
  // Peaks at 0.04 with a cross surround, which is preferred, at 0.16 with the other.
  const auto values = values_by_column(shown, {4, 9, 4, 1, 0, 0, 1, 2});
  CHECK(values.at("pref_cpd") == 0.04);
  CHECK(values.at("cpd_fit") == Approx(0.04).epsilon(0.15));
}
