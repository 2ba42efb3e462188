// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/current_curves.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "io/sonata/type_table.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::interventions {
namespace {

namespace fs = std::filesystem;
using core::nan;

std::map<std::string, std::vector<std::uint64_t>> models_of_types(const io::TypeTable& types) {
  std::map<std::string, std::vector<std::uint64_t>> models;
  for (std::size_t row = 0; row < types.size(); ++row) {
    const auto name = types.text(row, "pop_name");
    if (!name)
      throw core::FormatError("no pop_name for node_type_id {} in {} (cell types follow from it)",
                              types.ids()[row], types.path());
    models[metrics::cell_type_of(*name)].push_back(types.ids()[row]);
  }
  return models;
}

/// Mean over models.
std::vector<double> mean_curve(const CurrentCurves& curves, const std::vector<std::uint64_t>& models,
                               const TargetCurrentRequest& request) {
  std::vector<double> sum(curves.currents.size(), 0);
  for (const auto model : models) {
    const auto found = std::ranges::find(curves.model_id, model);
    if (found == curves.model_id.end())
      throw core::FormatError(
          "no curve of model {} in {} (it is a cell of {}) run 'striate metrics "
          "if-curves' for this network",
          model, request.curves, request.base);
    const auto& rates = curves.rates[static_cast<std::size_t>(found - curves.model_id.begin())];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += rates[i];
  }
  for (auto& value : sum) value /= static_cast<double>(models.size());
  return sum;
}

/// Mean recorded rate of a cell type; NaN when there is none.
double target_rate(const metrics::ReferenceValues& reference, const std::string& type) {
  for (const auto& label : {type, metrics::aggregate_l5(type)})
    if (const auto found = reference.values.find(label); found != reference.values.end())
      if (const auto rates = found->second.find("average_rate"); rates != found->second.end())
        return metrics::mean(rates->second);
  return nan;
}

}  // namespace

metrics::Table curve_table(const CurrentCurves& curves) {
  metrics::Table table{
      {{"model_id", std::vector<std::int64_t>(curves.model_id.begin(), curves.model_id.end())}}};
  for (std::size_t i = 0; i < curves.currents.size(); ++i) {
    std::vector<double> column;
    for (const auto& rates : curves.rates) column.push_back(rates[i]);
    table.columns.push_back({fmt::format("{}", curves.currents[i]), std::move(column)});
  }
  return table;
}

CurrentCurves read_curves(const fs::path& file) {
  const auto table = io::read_delimited_table(file, ' ', "curves of 'striate metrics if-curves'");
  CurrentCurves curves;
  for (std::size_t i = 1; i < table.columns.size(); ++i) {
    const auto current = core::parse_number<double>(table.columns[i]);
    if (!current || !std::isfinite(*current) || (i > 1 && *current <= curves.currents.back()))
      throw core::FormatError("bad column '{}' in {} (must be a current in pA, in ascending order)",
                              table.columns[i], file);
    curves.currents.push_back(*current);
  }
  std::set<std::uint64_t> known;
  for (const auto& row : table.rows) {
    const auto id = core::parse_number<std::uint64_t>(row.cells[0]);
    if (!id || !known.insert(*id).second)
      throw core::FormatError("bad id '{}' in {}:{} (must be a model's number, once)", row.cells[0], file,
                              row.line);
    auto& rates = curves.rates.emplace_back();
    for (std::size_t i = 1; i < row.cells.size(); ++i) {
      rates.push_back(table.number(row, i));
      if (rates.back() < 0)
        throw core::FormatError("negative rate in {}:{}, column {}", file, row.line, table.columns[i]);
    }
    curves.model_id.push_back(*id);
  }
  return curves;
}

std::optional<double> current_at_rate(std::span<const double> currents, std::span<const double> rates,
                                      double rate) {
  for (std::size_t i = 0; i + 1 < rates.size(); ++i)
    if (rates[i] < rates[i + 1] && rates[i] <= rate && rate <= rates[i + 1])
      return currents[i] + (currents[i + 1] - currents[i]) * ((rate - rates[i]) / (rates[i + 1] - rates[i]));
  return std::nullopt;
}

std::vector<fs::path> make_target_currents(const TargetCurrentRequest& request, const core::Comm& comm) {
  const auto file = request.output_directory / "target_currents.csv";
  if (!comm.is_root()) return {file};
  const auto curves = read_curves(request.curves);
  const auto models = models_of_types(
      io::TypeTable::read(core::NetworkPaths{request.base}.node_types(core::v1_population), "node_type_id"));
  std::vector<std::string> types;
  for (const auto& [type, ids] : models) types.push_back(type);
  metrics::sort_types(types);
  std::vector<double> currents;
  for (const auto& type : types) {
    const double rate = target_rate(request.reference, type);
    currents.push_back(nan);
    if (std::isnan(rate)) {
      core::log::warning("no recorded rate of {} in {}: no target current", type, request.reference.source);
      continue;
    }
    const auto curve = mean_curve(curves, models.at(type), request);
    const auto current = current_at_rate(curves.currents, curve, rate);
    if (!current)
      throw core::FormatError(
          "the mean curve of {} in {} does not reach {} Hz (its rates lie between {} and {} Hz) give "
          "'if-curves' a larger --max",
          type, request.curves, rate, std::ranges::min(curve), std::ranges::max(curve));
    currents.back() = *current;
  }
  metrics::write_csv(file, {{{"cell_type", types}, {"target_current", std::move(currents)}}}, ' ',
                     {.kind = "target-current",
                      .inputs = {request.curves.string(), request.reference.source},
                      .options = {}});
  return {file};
}

}  // namespace striate::interventions
