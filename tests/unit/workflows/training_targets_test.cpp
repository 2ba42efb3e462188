// SPDX-License-Identifier: BSD-3-Clause
// The shipped targets of training against the recorded units they come from, and presets as they are shipped.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "io/text/delimited_table.hpp"
#include "io/text/shipped_configs.hpp"
#include "workflows/training/training_objective.hpp"
#include "workflows/training/training_preset.hpp"

namespace striate::workflows {

TEST_CASE("selectivity targets are the means of recorded units that respond") {
  // Cells with NaN are text here: the reader of tables takes numbers only.
  const auto units = io::read_delimited_table(STRIATE_TEST_DATA "/training/recorded_units.csv", ',', "test");
  struct Sums {
    double n = 0, osi = 0, dsi = 0;
  };
  std::map<std::string, Sums> sums;
  const auto type = units.column("cell_type"), osi = units.column("OSI"), dsi = units.column("DSI"),
             preferred = units.column("max_mean_rate(Hz)"), mean = units.column("Ave_Rate(Hz)");
  for (const auto& row : units.rows) {
    bool complete = true;
    for (const auto column : {osi, dsi, preferred, mean}) complete = complete && row.cells[column] != "NaN";
    if (!complete || std::stod(row.cells[preferred]) < 0.5 || std::stod(row.cells[mean]) == 0) continue;
    auto& of = sums[row.cells[type]];
    ++of.n;
    of.osi += std::stod(row.cells[osi]);
    of.dsi += std::stod(row.cells[dsi]);
  }
  const auto targets =
      io::read_delimited_table(io::config_directory() / "reference/selectivity_targets.csv", ',', "test");
  CHECK(targets.rows.size() == 17);
  CHECK(sums.size() == 17);
  for (const auto& row : targets.rows) {
    const auto& of = sums.at(row.cells[targets.column("cell_type")]);
    CHECK(targets.number(row, targets.column("units")) == of.n);
    CHECK(targets.number(row, targets.column("OSI")) == Approx(of.osi / of.n).margin(1e-9));
    CHECK(targets.number(row, targets.column("DSI")) == Approx(of.dsi / of.n).margin(1e-9));
  }
}

TEST_CASE("Fano targets: 14 widths, as whole steps of 10^(-3 + 3k/19) s") {
  const auto table =
      io::read_delimited_table(io::config_directory() / "reference/fano_targets.csv", ',', "test");
  REQUIRE(table.rows.size() == 14);
  for (std::size_t k = 0; k < 14; ++k)
    CHECK(table.number(table.rows[k], table.column("width_ms")) ==
          std::round(1000 * std::pow(10.0, -3 + 3 * static_cast<double>(k) / 19)));
  double evoked = 0, spontaneous = 0;
  for (const auto& row : table.rows) {
    evoked += table.number(row, table.column("evoked"));
    spontaneous += table.number(row, table.column("spontaneous"));
  }
  CHECK(evoked == Approx(15.544550).epsilon(1e-12));
  CHECK(spontaneous == Approx(12.494445).epsilon(1e-12));
  CHECK(table.number(table.rows[7], table.column("evoked")) == 1.239195);
  CHECK(table.number(table.rows[13], table.column("spontaneous")) == 0.470978);
}

TEST_CASE("cells beyond the core have rate targets of their own, from the same numbers") {
  const auto preset = read_training_preset("bio_trained", {});
  TrainingCells cells;
  cells.type_names = {"L4_Exc", "L5_ET", "L5_IT", "L9_Exc"};
  const auto add = [&](std::uint8_t type, bool core, int count) {
    for (int i = 0; i < count; ++i) {
      cells.node_id.push_back(cells.node_id.size());
      cells.type.push_back(type);
      cells.core.push_back(core), cells.excitatory.push_back(1);
      cells.tuning_deg.push_back(10.0 * i), cells.threshold_mv.push_back(20);
    }
  };
  add(0, true, 20), add(0, false, 20), add(1, true, 2), add(2, false, 3), add(3, true, 1);
  const auto made = make_objective(preset, cells);
  CHECK(made.types == std::vector<std::string>{"L4_Exc", "L5_Exc"});
  for (const auto& of : made.objective.by_activity) {
    REQUIRE(of.rates.size() == 2);
    REQUIRE(of.outer_rates.size() == 2);
    CHECK(of.rates[0].targets == of.outer_rates[0].targets);
    CHECK(of.rates[1].cells == std::vector<std::uint32_t>{40, 41});
    CHECK(of.outer_rates[1].cells == std::vector<std::uint32_t>{42, 43, 44});
    CHECK(of.outer_rates[1].targets.size() == 3);
  }
  CHECK(made.objective.by_activity[0].rates[0].targets != made.objective.by_activity[1].rates[0].targets);
  CHECK(made.objective.selectivity.cells.size() == 22);
  CHECK(made.objective.outer_selectivity.cells.size() == 23);
  CHECK(made.objective.synchrony_cells.size() == 23);  // with the type that nobody has recorded
  CHECK(made.type_of.back() == -1);
  CHECK_FALSE(made.warnings.empty());
  cells.core.assign(cells.size(), 0);
  std::fill_n(cells.core.begin(), 14, 1);
  CHECK_THROWS_WITH(make_objective(preset, cells), Catch::Contains("14 excitatory cells"));
  cells.core[14] = 1;
  CHECK_NOTHROW(make_objective(preset, cells));
}

TEST_CASE("the four presets") {
  for (const std::string name : {"bio_trained", "naive", "bio_free", "uni_reg"}) {
    INFO(name);
    const auto preset = read_training_preset(name, {});
    CHECK((preset.start == StartWeights::uniform) == (name == "naive" || name == "uni_reg"));
    CHECK(preset.session.weight_strength == (name == "naive" || name == "bio_free" ? 0 : 10));
    CHECK(preset.epochs * preset.steps == 1875);
    CHECK(preset.session.optimizer.learning_rate == 0.005);
    CHECK(preset.first_update == training::Activity::spontaneous);
  }
}

TEST_CASE("the command line overrides a preset, and dialects choose paths of the gradient") {
  const auto preset = read_training_preset(
      "bio_trained",
      {.start = "uniform", .dialect = "head", .weight_term = 3.0, .recurrent_credit = 0.0, .trials = 2});
  CHECK(preset.start == StartWeights::uniform);
  CHECK_FALSE(preset.session.gradient.through_reset);
  CHECK(preset.session.gradient.voltage_damping == 0.5);
  CHECK(preset.first_update == training::Activity::evoked);
  CHECK(preset.session.weight_strength == 3);
  CHECK(preset.session.gradient.recurrent_credit == 0);
  CHECK(preset.session.trials == 2);
  CHECK(to_text(preset) != to_text(read_training_preset("bio_trained", {})));
}

TEST_CASE("values out of range are refused, all at once") {
  CHECK_THROWS_WITH(read_training_preset("bio_trained", {.recurrent_credit = 1.5, .duration_ms = 3.0}),
                    Catch::Contains("recurrent_credit") && Catch::Contains("duration_ms"));
  CHECK_THROWS_WITH(read_training_preset("bio_traind", {}), Catch::Contains("bio_trained"));
}

}  // namespace striate::workflows
