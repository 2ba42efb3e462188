// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/background_tuning.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::interventions {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr const char* weight_column = "syn_weight";

char separator_of(const fs::path& file) {
  std::istringstream stream(io::read_text_file(file, "target rates"));
  for (std::string line; std::getline(stream, line);)
    if (!line.empty() && line.front() != '#') return line.find(',') != std::string::npos ? ',' : ' ';
  return ' ';
}

/// A cell as BMTK and we read it back.
std::string quoted(std::string_view cell) {
  if (cell.find_first_of(" \"\n\r") == std::string_view::npos) return std::string(cell);
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

std::string solved_word(const TunedModel& model) {
  return model.rows.empty() ? "no_cells" : model.solver.solved() ? "yes" : "no";
}

}  // namespace

std::uint64_t target_type(const io::TypeTable& edge_types, std::size_t row) {
  const auto query = edge_types.text(row, "target_query").value_or("");
  constexpr std::string_view begin = "node_type_id=='", end = "'";
  if (query.starts_with(begin) && query.ends_with(end) && query.size() > begin.size() + end.size())
    if (const auto id = core::parse_number<std::uint64_t>(
            query.substr(begin.size(), query.size() - begin.size() - end.size())))
      return *id;
  throw core::FormatError(
      "target_query '{}' of edge_type_id {} in {} (must be node_type_id=='N': a row is wanted for each cell "
      "model)",
      query, edge_types.ids()[row], edge_types.path());
}

std::map<std::string, double> recorded_median_rates(const metrics::Cells& cells,
                                                    const metrics::ReferenceValues& reference) {
  std::map<std::string, double> targets;
  for (const auto& population : cells.population_names) {
    const auto type = metrics::cell_type_of(population);
    for (const auto& label : {type, metrics::aggregate_l5(type)})
      if (const auto found = reference.values.find(label); found != reference.values.end())
        if (const auto rates = found->second.find("spontaneous_rate"); rates != found->second.end())
          targets.emplace(population, metrics::median(rates->second));
  }
  return targets;
}

std::map<std::string, double> read_target_rates(const fs::path& file) {
  const auto table = io::read_delimited_table(file, separator_of(file), "target rates");
  const bool named_pop = std::ranges::find(table.columns, "pop_name") != table.columns.end();
  const auto population = table.column(named_pop ? "pop_name" : "population"),
             rate = table.column("target_median_fr");
  std::map<std::string, double> targets;
  for (const auto& row : table.rows) {
    const double value = table.number(row, rate);
    if (value < 0) throw core::FormatError("negative target_median_fr in {}:{}", file, row.line);
    const auto [entry, added] = targets.emplace(row.cells[population], value);
    // The reference's table has a row for each cell model, all of a population with the same target.
    if (!added && entry->second != value)
      throw core::FormatError("another target for {} in {}:{} (a population has one)", entry->first, file,
                              row.line);
  }
  return targets;
}

std::vector<TunedModel> models_to_tune(const io::TypeTable& edge_types, const metrics::Cells& cells,
                                       const std::map<std::string, double>& targets) {
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> rows_of_type;
  for (std::uint32_t row = 0; row < cells.size(); ++row) rows_of_type[cells.node_type_id[row]].push_back(row);
  std::vector<TunedModel> models;
  for (std::size_t row = 0; row < edge_types.size(); ++row) {
    const auto weight = edge_types.number(row, weight_column);
    if (!weight)
      throw core::FormatError("no syn_weight for edge_type_id {} in {} (it is what is tuned)",
                              edge_types.ids()[row], edge_types.path());
    const auto type = target_type(edge_types, row);
    TunedModel model{.edge_type_id = edge_types.ids()[row],
                     .node_type_id = type,
                     .population = {},
                     .rows = rows_of_type[type],
                     .weight_pA = *weight,
                     .rate_hz = nan,
                     .solver = Bisection(nan)};
    if (!model.rows.empty()) {
      model.population = cells.population_of(model.rows.front());
      const auto target = targets.find(model.population);
      if (target == targets.end())
        throw core::ConfigError("no target rate for population {} (node_type_id {}) give one with --targets",
                                model.population, type);
      model.solver = Bisection(target->second);
    }
    models.push_back(std::move(model));
  }
  return models;
}

void take_rates(std::vector<TunedModel>& models, std::span<const std::uint16_t> spikes, double seconds) {
  for (auto& model : models) {
    if (model.rows.empty()) continue;
    std::vector<double> rates;
    for (const auto row : model.rows) rates.push_back(spikes[row] / seconds);
    model.rate_hz = metrics::median(rates);
    model.solver.report(model.rate_hz);
  }
}

void take_weights(std::vector<TunedModel>& models) {
  for (auto& model : models)
    if (!model.rows.empty()) model.weight_pA = model.solver.value();
}

bool all_done(const std::vector<TunedModel>& models) {
  return std::ranges::all_of(models, &TunedModel::done);
}

std::string with_weights(const io::TypeTable& edge_types, const std::vector<TunedModel>& models) {
  std::unordered_map<std::uint64_t, double> weights;
  for (const auto& model : models) weights.emplace(model.edge_type_id, model.weight_pA);
  std::string text = fmt::format("{}\n", fmt::join(edge_types.columns(), " "));
  for (std::size_t row = 0; row < edge_types.size(); ++row) {
    std::vector<std::string> cells;
    for (const auto& column : edge_types.columns())
      cells.push_back(column == weight_column ? fmt::format("{}", weights.at(edge_types.ids()[row]))
                                              : quoted(edge_types.text(row, column).value_or("NULL")));
    text += fmt::format("{}\n", fmt::join(cells, " "));
  }
  return text;
}

std::string progress_table(const std::vector<TunedModel>& models) {
  struct Summary {
    std::size_t models = 0, solved = 0;
    double target = 0, low = std::numeric_limits<double>::infinity(), high = 0;
  };
  std::map<std::string, Summary> populations;
  for (const auto& model : models) {
    if (model.rows.empty()) continue;
    auto& summary = populations[model.population];
    ++summary.models;
    summary.solved += model.solver.solved();
    summary.target = std::max(summary.target, model.solver.target());
    summary.low = std::min(summary.low, model.rate_hz);
    summary.high = std::max(summary.high, model.rate_hz);
  }
  std::string text = fmt::format("{:<12} {:>10} {:>9} {:>9} {:>9}", "population", "target Hz", "lowest",
                                 "highest", "solved");
  for (const auto& [name, summary] : populations)
    text += fmt::format("\n{:<12} {:>10.3f} {:>9.3f} {:>9.3f} {:>9}", name, summary.target, summary.low,
                        summary.high, fmt::format("{}/{}", summary.solved, summary.models));
  return text;
}

metrics::Table result_table(const std::vector<TunedModel>& models) {
  std::vector<std::string> population, solved;
  std::vector<std::int64_t> type, cells;
  std::vector<double> target, rate, weight;
  for (const auto& model : models) {
    population.push_back(model.population);
    type.push_back(static_cast<std::int64_t>(model.node_type_id));
    cells.push_back(static_cast<std::int64_t>(model.rows.size()));
    target.push_back(model.solver.target());
    rate.push_back(model.rate_hz);
    weight.push_back(model.weight_pA);
    solved.push_back(solved_word(model));
  }
  return {{{"population", std::move(population)},
           {"node_type_id", std::move(type)},
           {"cells", std::move(cells)},
           {"target(Hz)", std::move(target)},
           {"rate(Hz)", std::move(rate)},
           {"weight(pA)", std::move(weight)},
           {"solved", std::move(solved)}}};
}

}  // namespace striate::interventions
