// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/outgoing_weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/values/nan.hpp"
#include "metrics/base/cell_sums.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr CohortLevel levels[] = {CohortLevel::high, CohortLevel::mid, CohortLevel::low};
constexpr std::size_t level_count = std::size(levels);

/// Excitatory targets together, inhibitory ones by class.
std::string class_of_target(const std::string& type) {
  return is_excitatory(type) ? "Exc" : simplify_inhibitory(type);
}

constexpr std::size_t target_levels = std::size(cohort_level_names);

struct Landed {
  double connections = 0, weight = 0;  ///< pA
};

/// Connections and |weight| of the cohorts of one network.
struct Landing {
  Cells cells;
  std::vector<double> outgoing;  ///< [row], of the request's option
  Cohorts cohorts;
  /// [base][level][target's type][target's level among exc or inh][connections, |weight|]
  std::vector<double> sums;

  std::size_t types() const { return cells.type_names.size(); }
  std::size_t place(std::size_t base, std::size_t level, std::size_t type, CohortLevel target_level) const {
    return (((base * level_count + level) * types() + type) * target_levels +
            static_cast<std::size_t>(target_level)) *
           2;
  }
  /// Over target types and levels that `takes(type, level)`.
  template <class Takes>
  Landed sum(std::size_t base, std::size_t level, const Takes& takes) const {
    Landed total;
    for (std::size_t type = 0; type < types(); ++type)
      for (std::size_t target_level = 0; target_level < target_levels; ++target_level)
        if (const auto at = static_cast<CohortLevel>(target_level); takes(cells.type_names[type], at)) {
          const auto first = place(base, level, type, at);
          total.connections += sums[first];
          total.weight += sums[first + 1];
        }
    return total;
  }
  std::int64_t cells_in(std::size_t base, std::size_t level) const {
    return std::ranges::count(cohorts.level[base], levels[level]);
  }
};

/// Collective; the sums are on the root.
Landing land(const fs::path& network, const OutgoingRequest& request, const core::Comm& comm) {
  Landing landing;
  landing.cells = read_cells(network, request.core);
  const auto& cells = landing.cells;
  const auto file = v1_edge_file(network, request.option);
  const auto outgoing = [&](const fs::path& edge_file) {
    return cell_sums(edge_file, cells, EdgeQuantity::outgoing_weight, comm, request.block_rows);
  };
  landing.outgoing = outgoing(file);
  const auto ranking_file = v1_edge_file(network, request.cohort_option);
  landing.cohorts = make_cohorts(cells, ranking_file == file ? landing.outgoing : outgoing(ranking_file));
  const auto visit = [&](std::uint32_t source, std::uint32_t target, double weight, std::span<double> sums) {
    for (std::size_t base = 0; base < cohort_bases; ++base) {
      const auto level = landing.cohorts.level[base][source];
      if (level == CohortLevel::none) continue;
      const auto level_among = [&](CohortBase either) {
        return landing.cohorts.level[static_cast<std::size_t>(either)][target];
      };
      const auto target_level =
          is_excitatory(cells.type_of(target)) ? level_among(CohortBase::exc) : level_among(CohortBase::inh);
      const auto place =
          landing.place(base, static_cast<std::size_t>(level) - 1, cells.type[target], target_level);
      sums[place] += 1;
      sums[place + 1] += std::abs(weight);
    }
  };
  landing.sums = sum_core_edges(file, cells, cohort_bases * level_count * landing.types() * target_levels * 2,
                                visit, comm, request.block_rows);
  return landing;
}

/// One row per network, cohort and label of targets; `label_of` names the label of a cell type.
template <class LabelOf>
Table landing_table(const std::vector<fs::path>& networks, const std::vector<Landing>& landings,
                    const char* label_column, const LabelOf& label_of) {
  std::vector<std::string> names, cohorts, cohort_levels, targets;
  std::vector<std::int64_t> sources, connections;
  std::vector<double> weights, fractions;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto& landing = landings[i];
    std::vector<std::string> labels;
    for (const auto& type : landing.cells.type_names)
      if (const auto label = label_of(type); std::ranges::find(labels, label) == labels.end())
        labels.push_back(label);
    sort_types(labels);
    for (std::size_t base = 0; base < cohort_bases; ++base)
      for (std::size_t level = 0; level < level_count; ++level) {
        const auto members = landing.cells_in(base, level);
        if (members == 0) continue;
        const double total =
            landing.sum(base, level, [](const std::string&, CohortLevel) { return true; }).weight;
        for (const auto& label : labels) {
          const auto [count, weight] = landing.sum(
              base, level, [&](const std::string& type, CohortLevel) { return label_of(type) == label; });
          names.push_back(networks[i].string());
          cohorts.emplace_back(cohort_base_names[base]);
          cohort_levels.emplace_back(cohort_level_names[static_cast<std::size_t>(levels[level])]);
          sources.push_back(members);
          targets.push_back(label);
          connections.push_back(static_cast<std::int64_t>(count));
          weights.push_back(weight);
          fractions.push_back(total > 0 ? weight / total : nan);
        }
      }
  }
  return {{{"network", std::move(names)},
           {"cohort", std::move(cohorts)},
           {"level", std::move(cohort_levels)},
           {"source_cells", std::move(sources)},
           {label_column, std::move(targets)},
           {"n_connections", std::move(connections)},
           {"total_weight(pA)", std::move(weights)},
           {"fraction", std::move(fractions)}}};
}

/// Targets of the reference's wide tables, in its order: outgoing-weight cohorts, classes of inhibitory
/// cells, and both together.
struct TargetGroup {
  std::string name;  ///< "inh_high_pv"
  bool excitatory;
  CohortLevel level;  ///< none: any
  std::string class_name;  ///< "" any
};

std::vector<TargetGroup> target_groups() {
  constexpr std::pair<const char*, const char*> classes[] = {
      {"pv", "PV"}, {"sst", "SST"}, {"vip", "VIP"}, {"htr3a", "Inh"}};
  std::vector<TargetGroup> groups{{"exc_high", true, CohortLevel::high, ""},
                                  {"exc_low", true, CohortLevel::low, ""},
                                  {"inh_high", false, CohortLevel::high, ""},
                                  {"inh_low", false, CohortLevel::low, ""}};
  for (const auto& [name, of] : classes)
    groups.push_back({fmt::format("inh_{}", name), false, CohortLevel::none, of});
  for (const auto level : {CohortLevel::high, CohortLevel::low})
    for (const auto& [name, of] : classes)
      groups.push_back({fmt::format("inh_{}_{}", cohort_level_names[static_cast<std::size_t>(level)], name),
                        false, level, of});
  return groups;
}

Landed landed_on(const Landing& landing, std::size_t base, std::size_t level, const TargetGroup& group) {
  return landing.sum(base, level, [&](const std::string& type, CohortLevel target_level) {
    return is_excitatory(type) == group.excitatory &&
           (group.level == CohortLevel::none || target_level == group.level) &&
           (group.class_name.empty() || class_of(type) == group.class_name);
  });
}

/// The reference's tables of its file names: one row per cohort with connections, weight and fraction by
/// group of targets (analysis_shared/outgoing_weight_granular_core_to_core.py).
struct WideTables {
  Table full, summary;
};

WideTables wide_tables(const Landing& landing) {
  const auto groups = target_groups();
  std::vector<std::string> labels, bases, regions, weight_groups;
  std::vector<double> totals;
  std::vector<std::int64_t> connections;
  std::vector<std::vector<double>> weights(groups.size()), fractions(groups.size());
  std::vector<double> inhibitory, excitatory;
  for (std::size_t base = 0; base < cohort_bases; ++base)
    for (std::size_t level = 0; level < level_count; ++level) {
      const auto total = landing.sum(base, level, [](const std::string&, CohortLevel) { return true; });
      if (total.connections == 0) continue;
      const char* level_name = cohort_level_names[static_cast<std::size_t>(levels[level])];
      labels.push_back(fmt::format("{}_{}_core", cohort_base_names[base], level_name));
      bases.emplace_back(cohort_base_names[base]);
      regions.emplace_back("core");
      weight_groups.emplace_back(level_name);
      totals.push_back(total.weight);
      connections.push_back(static_cast<std::int64_t>(total.connections));
      double classes = 0;
      for (std::size_t g = 0; g < groups.size(); ++g) {
        const double weight = landed_on(landing, base, level, groups[g]).weight;
        weights[g].push_back(weight);
        fractions[g].push_back(total.weight > 0 ? weight / total.weight : 0);
        if (groups[g].level == CohortLevel::none) classes += fractions[g].back();
      }
      inhibitory.push_back(classes);
      excitatory.push_back(1 - classes);
    }
  WideTables tables{.full = {{{"source_group", labels},
                              {"base_type", std::move(bases)},
                              {"region", std::move(regions)},
                              {"weight_group", std::move(weight_groups)},
                              {"total_weight", std::move(totals)},
                              {"n_connections", connections}}},
                    .summary = {{{"group", labels}, {"n_connections", connections}}}};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    tables.full.columns.push_back({groups[g].name + "_weight", weights[g]});
    tables.full.columns.push_back({groups[g].name + "_fraction", fractions[g]});
    tables.summary.columns.push_back({groups[g].name, fractions[g]});
  }
  tables.summary.columns.push_back({"inh_total", std::move(inhibitory)});
  tables.summary.columns.push_back({"exc_total", std::move(excitatory)});
  return tables;
}

Table cell_table(const Landing& landing) {
  const auto& cells = landing.cells;
  std::vector<std::string> types, ei_level, class_level;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto level_in = [&](std::initializer_list<CohortBase> bases) {
      for (const auto base : bases)
        if (const auto level = landing.cohorts.level[static_cast<std::size_t>(base)][row];
            level != CohortLevel::none)
          return level;
      return CohortLevel::none;
    };
    types.push_back(cells.type_of(row));
    ei_level.emplace_back(
        cohort_level_names[static_cast<std::size_t>(level_in({CohortBase::exc, CohortBase::inh}))]);
    class_level.emplace_back(cohort_level_names[static_cast<std::size_t>(
        level_in({CohortBase::pv, CohortBase::sst, CohortBase::vip}))]);
  }
  return {{{"node_id", std::vector<std::int64_t>(cells.node_id.begin(), cells.node_id.end())},
           {"cell_type", std::move(types)},
           {"core", std::vector<std::int64_t>(cells.core.begin(), cells.core.end())},
           {"outgoing_weight(pA)", landing.outgoing},
           {"level_in_exc_or_inh", std::move(ei_level)},
           {"level_in_class", std::move(class_level)}}};
}

}  // namespace

std::vector<fs::path> make_outgoing_weights(const OutgoingRequest& request, const core::Comm& comm) {
  std::vector<Landing> landings;
  Provenance provenance{.kind = "weights",
                        .inputs = {},
                        .options = {{"cohorts by weights of", request.cohort_option},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  for (const auto& network : request.networks) {
    landings.push_back(land(network, request, comm));
    provenance.inputs.push_back(landings.back().cells.nodes_file.string());
    provenance.inputs.push_back(v1_edge_file(network, request.option).string());
  }
  const auto named = [&](std::size_t k) {
    return table_file(weights_files.items[k], request.output_directory, request.option);
  };
  const auto cells_file = named(1), full_file = named(2), summary_file = named(3), types_file = named(4),
             classes_file = named(5);
  if (comm.is_root()) {
    write_csv(cells_file, cell_table(landings.front()), ',', provenance);
    write_csv(types_file,
              landing_table(request.networks, landings, "target_type",
                            [](const std::string& type) { return type; }),
              ',', provenance);
    write_csv(classes_file, landing_table(request.networks, landings, "target_class", class_of_target), ',',
              provenance);
    const auto wide = wide_tables(landings.front());
    write_csv(full_file, wide.full, ',', provenance);
    write_csv(summary_file, wide.summary, ',', provenance);
  }
  return {cells_file, types_file, classes_file, full_file, summary_file};
}

std::vector<fs::path> run_weights(const core::Call& call, const core::Comm& world) {
  const auto networks = all_networks(call);
  const auto output = output_directory(call);
  auto files = make_weight_distribution({.networks = networks,
                                         .option = call.option(),
                                         .output_directory = output,
                                         .compare = call.values.texts("compare"),
                                         .pooling = pooling(call.values),
                                         .core = core_rule(call.values)},
                                        world);
  const auto outgoing =
      make_outgoing_weights({.networks = networks,
                             .option = call.option(),
                             .cohort_option = call.values.text_if("cohorts-from").value_or(call.option()),
                             .output_directory = output,
                             .core = core_rule(call.values)},
                            world);
  files.insert(files.end(), outgoing.begin(), outgoing.end());
  return files;
}

}  // namespace striate::metrics
