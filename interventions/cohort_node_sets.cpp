// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/cohort_node_sets.hpp"

#include <algorithm>
#include <map>

#include "core/error.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::interventions {
namespace {

namespace fs = std::filesystem;
constexpr metrics::CohortLevel levels[] = {metrics::CohortLevel::high, metrics::CohortLevel::low};
constexpr metrics::Region regions[] = {metrics::Region::core, metrics::Region::periphery};
constexpr const char* region_names[] = {"core", "periphery"};
constexpr metrics::CohortBase pooled_bases[] = {metrics::CohortBase::exc, metrics::CohortBase::inh};
constexpr metrics::CohortBase class_bases[] = {metrics::CohortBase::pv, metrics::CohortBase::sst,
                                               metrics::CohortBase::vip};

const char* name_of(metrics::CohortBase base) {
  return metrics::cohort_base_names[static_cast<std::size_t>(base)];
}
const char* name_of(metrics::CohortLevel level) {
  return metrics::cohort_level_names[static_cast<std::size_t>(level)];
}
const char* name_of(metrics::Region region) {
  return region_names[static_cast<std::size_t>(region)];
}

/// [cell row] Collective.
std::vector<double> ranking(const NodeSetRequest& request, const metrics::Cells& cells,
                            metrics::EdgeQuantity quantity, const core::Comm& comm) {
  const auto file = metrics::v1_edge_file(request.base, request.option);
  core::require_readable(file, fmt::format("edges of {} rank the cells; --weights takes those of another "
                                           "option, such as plain",
                                           request.option));
  return metrics::cell_sums(file, cells, quantity, comm, request.block_rows);
}

using Rows = std::vector<std::uint32_t>;

Rows rows_at(const metrics::Cohorts& cohorts, metrics::CohortBase base, metrics::CohortLevel level) {
  const auto& levels_of_rows = cohorts.level[static_cast<std::size_t>(base)];
  Rows rows;
  for (std::uint32_t row = 0; row < levels_of_rows.size(); ++row)
    if (levels_of_rows[row] == level) rows.push_back(row);
  return rows;
}

/// Writes node sets of one network to a folder, and remembers their names.
class SetWriter {
 public:
  SetWriter(const metrics::Cells& cells, fs::path folder) : cells_(cells), folder_(std::move(folder)) {
    io::make_folder(folder_);
  }
  void write(const std::string& name, const Rows& ascending_rows) {
    io::Json ids = io::Json::array();
    for (const auto row : ascending_rows) ids.push_back(cells_.node_id[row]);
    files.push_back(folder_ / (name + ".json"));
    io::write_text_file(files.back(), io::Json{{"population", "v1"}, {"node_id", ids}}.dump() + "\n");
  }
  std::vector<fs::path> files;

 private:
  const metrics::Cells& cells_;
  fs::path folder_;
};

/// How the cells of each group fared.
struct StatisticsTable {
  std::vector<std::string> base, region, group;
  std::vector<std::int64_t> total, high, low;
  std::vector<double> mean_all, mean_high, mean_low;

  void add(metrics::CohortBase of_base, metrics::Region of_region, metrics::CohortGrouping grouping,
           const metrics::Cells& cells, const metrics::Cohorts& cohorts, std::span<const double> quantity) {
    const auto& level = cohorts.level[static_cast<std::size_t>(of_base)];
    std::map<std::string, std::vector<double>> all, highs, lows;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      if (level[row] == metrics::CohortLevel::none) continue;
      const auto label = metrics::cohort_group(cells.type_of(row), grouping).value();
      all[label].push_back(quantity[row]);
      if (level[row] == metrics::CohortLevel::high) highs[label].push_back(quantity[row]);
      if (level[row] == metrics::CohortLevel::low) lows[label].push_back(quantity[row]);
    }
    for (const auto& [label, values] : all) {
      base.emplace_back(name_of(of_base));
      region.emplace_back(name_of(of_region));
      group.push_back(label);
      total.push_back(static_cast<std::int64_t>(values.size()));
      high.push_back(static_cast<std::int64_t>(highs[label].size()));
      low.push_back(static_cast<std::int64_t>(lows[label].size()));
      mean_all.push_back(metrics::mean(values));
      mean_high.push_back(metrics::mean(highs[label]));
      mean_low.push_back(metrics::mean(lows[label]));
    }
  }

  metrics::Table table() && {
    return {{{"base", std::move(base)},
             {"region", std::move(region)},
             {"layer", std::move(group)},
             {"total", std::move(total)},
             {"high", std::move(high)},
             {"low", std::move(low)},
             {"mean", std::move(mean_all)},
             {"mean_high", std::move(mean_high)},
             {"mean_low", std::move(mean_low)}}};
  }
};

void write_pooled(SetWriter& writer, metrics::CohortBase base, const std::string& stem,
                  std::span<const metrics::Cohorts> by_region) {
  for (const auto level : levels) {
    const auto name = fmt::format("{}_{}_{}", name_of(level), stem, name_of(base));
    Rows all;
    for (std::size_t r = 0; r < by_region.size(); ++r) {
      const auto rows = rows_at(by_region[r], base, level);
      writer.write(fmt::format("{}_{}_nodes", name, region_names[r]), rows);
      writer.write(fmt::format("{}_{}", name, region_names[r]), rows);
      all.insert(all.end(), rows.begin(), rows.end());
    }
    std::ranges::sort(all);
    if (by_region.size() == std::size(regions)) writer.write(name + "_nodes", all);
  }
}

enum class Duplicates { without_nodes, core_without_region };

void write_class(SetWriter& writer, metrics::CohortBase base, const std::string& stem,
                 std::span<const metrics::Cohorts> by_region, Duplicates duplicates) {
  for (const auto level : levels) {
    const auto name = fmt::format("{}_{}_{}", name_of(base), name_of(level), stem);
    for (std::size_t r = 0; r < by_region.size(); ++r) {
      const auto rows = rows_at(by_region[r], base, level);
      writer.write(fmt::format("{}_{}_nodes", name, region_names[r]), rows);
      if (duplicates == Duplicates::without_nodes)
        writer.write(fmt::format("{}_{}", name, region_names[r]), rows);
      else if (regions[r] == metrics::Region::core)
        writer.write(name + "_nodes", rows);
    }
  }
}

}  // namespace

std::vector<fs::path> make_ranked_sets(const NodeSetRequest& request, const RankedSets& sets,
                                       const core::Comm& comm) {
  const auto cells = metrics::read_cells(request.base, request.core);
  const auto quantity = ranking(request, cells, sets.quantity, comm);
  if (!comm.is_root()) return {};
  const bool by_layer = request.grouping == metrics::CohortGrouping::by_layer;
  const auto used_regions = std::span(regions).first(by_layer ? std::size(regions) : 1);
  std::vector<metrics::Cohorts> by_region;
  StatisticsTable statistics;
  for (const auto region : used_regions) {
    by_region.push_back(
        metrics::make_cohorts(cells, quantity, {.region = region, .grouping = request.grouping}));
    for (std::size_t base = 0; base < (by_layer ? metrics::cohort_bases : std::size(pooled_bases)); ++base)
      statistics.add(static_cast<metrics::CohortBase>(base), region, request.grouping, cells,
                     by_region.back(), quantity);
  }
  SetWriter writer(cells, request.output_directory);
  for (const auto base : pooled_bases) write_pooled(writer, base, sets.stem, by_region);
  if (by_layer)
    for (const auto base : class_bases)
      write_class(writer, base, sets.stem, by_region, Duplicates::without_nodes);
  writer.files.push_back(request.output_directory / fmt::format("{}_nodeset_stats.csv", sets.statistics));
  metrics::write_csv(
      writer.files.back(), std::move(statistics).table(), ',',
      {.kind = sets.statistics,
       .inputs = {cells.nodes_file.string(), metrics::v1_edge_file(request.base, request.option).string()},
       .options = {{"weights", request.option},
                   {"mode", by_layer ? "by_layer" : "by_cell_type"},
                   {"core radius (um)", fmt::format("{}", request.core.radius_um)}},
       .command = "nodesets"});
  return writer.files;
}

std::vector<fs::path> make_class_sets_by_weight(const NodeSetRequest& request, const core::Comm& comm) {
  const auto cells = metrics::read_cells(request.base, request.core);
  const auto quantity = ranking(request, cells, metrics::EdgeQuantity::outgoing_weight, comm);
  if (!comm.is_root()) return {};
  std::vector<metrics::Cohorts> by_region;
  for (const auto region : regions)
    by_region.push_back(metrics::make_cohorts(cells, quantity, {.region = region}));
  SetWriter writer(cells, request.output_directory);
  for (const auto base : class_bases)
    write_class(writer, base, "outgoing", by_region, Duplicates::core_without_region);
  return writer.files;
}

std::vector<fs::path> make_class_sets(const NodeSetRequest& request, const core::Comm& comm) {
  if (!comm.is_root()) return {};
  const auto cells = metrics::read_cells(request.base, request.core);
  SetWriter writer(cells, request.output_directory);
  for (const auto base : class_bases) {
    Rows rows;
    for (std::uint32_t row = 0; row < cells.size(); ++row)
      if (metrics::belongs_to(base, cells.type_of(row))) rows.push_back(row);
    writer.write(fmt::format("{}_nodes", name_of(base)), rows);
  }
  return writer.files;
}

}  // namespace striate::interventions
