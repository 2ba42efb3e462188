// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/cohort_node_sets.hpp"

#include <algorithm>
#include <map>

#include "core/errors/error.hpp"
#include "io/files/network_files.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/node_set_file.hpp"
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
  SetWriter(const metrics::Cells& cells, const NodeSetRequest& request)
      : cells_(cells), inputs_(io::network_files(request.base)), folder_(request.output_directory) {
    io::make_folder(folder_);
  }
  void write(const std::string& name, const Rows& ascending_rows) {
    std::vector<std::uint64_t> ids;
    for (const auto row : ascending_rows) ids.push_back(cells_.node_id[row]);
    files.push_back(folder_ / (name + ".json"));
    io::check_outputs({{files.back(), "the node set"}}, inputs_);
    io::write_text_file(files.back(), metrics::node_set_text(ids));
  }
  std::vector<fs::path> files;

 private:
  const metrics::Cells& cells_;
  std::vector<io::NamedPath> inputs_;
  fs::path folder_;
};

/// How the cells of each group fared, in the columns of the reference's file of this name.
struct StatisticsTable {
  std::vector<std::string> base, region, group;
  std::vector<std::int64_t> total, high, low;
  std::vector<double> mean_high, mean_low;

  void add(metrics::CohortBase of_base, metrics::Region of_region, metrics::CohortGrouping grouping,
           const metrics::Cells& cells, const metrics::Cohorts& cohorts, std::span<const double> quantity) {
    const auto& level = cohorts.level[static_cast<std::size_t>(of_base)];
    std::map<std::string, std::int64_t> all;
    std::map<std::string, std::vector<double>> highs, lows;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      if (level[row] == metrics::CohortLevel::none) continue;
      const auto label = metrics::cohort_group(cells.type_of(row), grouping).value();
      ++all[label];
      if (level[row] == metrics::CohortLevel::high) highs[label].push_back(quantity[row]);
      if (level[row] == metrics::CohortLevel::low) lows[label].push_back(quantity[row]);
    }
    for (const auto& [label, cells_of_group] : all) {
      base.emplace_back(name_of(of_base));
      region.emplace_back(name_of(of_region));
      group.push_back(label);
      total.push_back(cells_of_group);
      high.push_back(static_cast<std::int64_t>(highs[label].size()));
      low.push_back(static_cast<std::int64_t>(lows[label].size()));
      mean_high.push_back(metrics::mean(highs[label]));
      mean_low.push_back(metrics::mean(lows[label]));
    }
  }

  metrics::Table table(const std::string& mean, metrics::CohortGrouping grouping) && {
    return {{{"base", std::move(base)},
             {"region", std::move(region)},
             {grouping == metrics::CohortGrouping::by_layer ? "layer" : "cell_type", std::move(group)},
             {"total", std::move(total)},
             {"high", std::move(high)},
             {"low", std::move(low)},
             {"high_mean_" + mean, std::move(mean_high)},
             {"low_mean_" + mean, std::move(mean_low)}}};
  }
};

void write_pooled(SetWriter& writer, metrics::CohortBase base, const RankedSets& sets,
                  std::span<const metrics::Cohorts> by_region) {
  const std::size_t regions_together =
      sets.without_region == WithoutRegion::core_alone ? 1 : by_region.size();
  for (const auto level : levels) {
    const auto name = fmt::format("{}_{}_{}", name_of(level), sets.stem, name_of(base));
    Rows together;
    for (std::size_t r = 0; r < by_region.size(); ++r) {
      const auto rows = rows_at(by_region[r], base, level);
      writer.write(fmt::format("{}_{}_nodes", name, region_names[r]), rows);
      writer.write(fmt::format("{}_{}", name, region_names[r]), rows);
      if (r < regions_together) together.insert(together.end(), rows.begin(), rows.end());
    }
    std::ranges::sort(together);
    if (by_region.size() == std::size(regions)) writer.write(name + "_nodes", together);
  }
}

/// Second names that the sets of a class have.
struct ClassNames {
  bool without_nodes = false, core_without_region = false;
};

void write_class(SetWriter& writer, metrics::CohortBase base, const std::string& stem,
                 std::span<const metrics::Cohorts> by_region, ClassNames names) {
  for (const auto level : levels) {
    const auto name = fmt::format("{}_{}_{}", name_of(base), name_of(level), stem);
    for (std::size_t r = 0; r < by_region.size(); ++r) {
      const auto rows = rows_at(by_region[r], base, level);
      writer.write(fmt::format("{}_{}_nodes", name, region_names[r]), rows);
      if (names.without_nodes) writer.write(fmt::format("{}_{}", name, region_names[r]), rows);
      if (names.core_without_region && regions[r] == metrics::Region::core)
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
  for (const auto region : used_regions)
    by_region.push_back(
        metrics::make_cohorts(cells, quantity, {.region = region, .grouping = request.grouping}));
  StatisticsTable statistics;
  for (std::size_t base = 0; base < (by_layer ? metrics::cohort_bases : std::size(pooled_bases)); ++base)
    for (std::size_t r = 0; r < used_regions.size(); ++r)
      statistics.add(static_cast<metrics::CohortBase>(base), used_regions[r], request.grouping, cells,
                     by_region[r], quantity);
  SetWriter writer(cells, request);
  for (const auto base : pooled_bases) write_pooled(writer, base, sets, by_region);
  if (by_layer)
    for (const auto base : class_bases)
      write_class(
          writer, base, sets.stem, by_region,
          {.without_nodes = true, .core_without_region = sets.without_region == WithoutRegion::core_alone});
  writer.files.push_back(request.output_directory / fmt::format("{}_nodeset_stats{}.csv", sets.statistics,
                                                                by_layer ? "" : "_by_celltype"));
  metrics::write_csv(
      writer.files.back(), std::move(statistics).table(sets.mean, request.grouping), ',',
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
  SetWriter writer(cells, request);
  for (const auto base : class_bases)
    write_class(writer, base, "outgoing", by_region, {.core_without_region = true});
  return writer.files;
}

std::vector<fs::path> make_class_sets(const NodeSetRequest& request, const core::Comm& comm) {
  if (!comm.is_root()) return {};
  const auto cells = metrics::read_cells(request.base, request.core);
  SetWriter writer(cells, request);
  for (const auto base : class_bases) {
    Rows rows;
    for (std::uint32_t row = 0; row < cells.size(); ++row)
      if (metrics::belongs_to(base, cells.type_of(row))) rows.push_back(row);
    writer.write(fmt::format("{}_nodes", name_of(base)), rows);
  }
  return writer.files;
}

}  // namespace striate::interventions
