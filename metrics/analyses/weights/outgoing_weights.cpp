// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/outgoing_weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/values/nan.hpp"
#include "metrics/base/cell_sums.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/pooling/network_samples.hpp"

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

/// Ranked cells of one network.
struct Ranked {
  Cells cells;
  std::vector<double> outgoing;  ///< [row], of the request's option
  Cohorts cohorts;
};

/// Connections and |weight| of the cohorts of one network; nothing that grows with the network.
struct Landing {
  std::vector<std::string> type_names;
  std::vector<std::int64_t> members;  ///< [base][level] cells
  /// [base][level][target's type][target's level among exc or inh][connections, |weight|]
  std::vector<double> sums;

  std::size_t types() const { return type_names.size(); }
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
        if (const auto at = static_cast<CohortLevel>(target_level); takes(type_names[type], at)) {
          const auto first = place(base, level, type, at);
          total.connections += sums[first];
          total.weight += sums[first + 1];
        }
    return total;
  }
  std::int64_t cells_in(std::size_t base, std::size_t level) const {
    return members[base * level_count + level];
  }
};

/// Collective.
Ranked rank_cells(const fs::path& network, const OutgoingRequest& request, const core::Comm& comm) {
  Ranked ranked{.cells = read_cells(network, request.core), .outgoing = {}, .cohorts = {}};
  const auto outgoing = [&](const fs::path& edge_file) {
    return cell_sums(edge_file, ranked.cells, EdgeQuantity::outgoing_weight, comm, request.block_rows);
  };
  const auto file = v1_edge_file(network, request.option),
             ranking_file = v1_edge_file(network, request.cohort_option);
  ranked.outgoing = outgoing(file);
  ranked.cohorts =
      make_cohorts(ranked.cells, ranking_file == file ? ranked.outgoing : outgoing(ranking_file));
  return ranked;
}

/// Collective; the sums are on the root.
Landing land(const fs::path& network, const Ranked& ranked, const OutgoingRequest& request,
             const core::Comm& comm) {
  const auto& cells = ranked.cells;
  Landing landing{.type_names = cells.type_names, .members = {}, .sums = {}};
  for (const auto& of_base : ranked.cohorts.level)
    for (const auto level : levels) landing.members.push_back(std::ranges::count(of_base, level));
  const auto visit = [&](std::uint32_t source, std::uint32_t target, double weight, std::span<double> sums) {
    for (std::size_t base = 0; base < cohort_bases; ++base) {
      const auto level = ranked.cohorts.level[base][source];
      if (level == CohortLevel::none) continue;
      const auto level_among = [&](CohortBase either) {
        return ranked.cohorts.level[static_cast<std::size_t>(either)][target];
      };
      const auto target_level =
          is_excitatory(cells.type_of(target)) ? level_among(CohortBase::exc) : level_among(CohortBase::inh);
      const auto place =
          landing.place(base, static_cast<std::size_t>(level) - 1, cells.type[target], target_level);
      sums[place] += 1;
      sums[place + 1] += std::abs(weight);
    }
  };
  landing.sums = sum_core_edges(v1_edge_file(network, request.option), cells,
                                cohort_bases * level_count * landing.types() * target_levels * 2, visit, comm,
                                request.block_rows);
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
    for (const auto& type : landing.type_names)
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

/// The fractions of networks as samples.
Table network_means(const Table& by_class) {
  const auto text = [&](std::size_t column) -> const auto& {
    return std::get<std::vector<std::string>>(by_class.columns[column].values);
  };
  NetworkSamples samples({"cohort", "level", "target_class"});
  const auto& fractions = std::get<std::vector<double>>(by_class.columns.back().values);
  for (std::size_t row = 0; row < fractions.size(); ++row)
    samples.add({text(1)[row], text(2)[row], text(4)[row]}, "fraction", fractions[row]);
  return samples.table();
}

Table cell_table(const Ranked& ranked) {
  const auto& cells = ranked.cells;
  std::vector<std::string> types, ei_level, class_level;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto level_in = [&](std::initializer_list<CohortBase> bases) {
      for (const auto base : bases)
        if (const auto level = ranked.cohorts.level[static_cast<std::size_t>(base)][row];
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
           {"outgoing_weight(pA)", ranked.outgoing},
           {"level_in_exc_or_inh", std::move(ei_level)},
           {"level_in_class", std::move(class_level)}}};
}

}  // namespace

std::vector<fs::path> make_outgoing_weights(const OutgoingRequest& request, const core::Comm& comm) {
  std::vector<Landing> landings;
  Table cell_rows;
  Provenance provenance{.kind = "weights",
                        .inputs = {},
                        .options = {{"cohorts by weights of", request.cohort_option},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  describe_networks(provenance, request.networks);
  for (const auto& network : request.networks) {
    const auto ranked = rank_cells(network, request, comm);
    landings.push_back(land(network, ranked, request, comm));
    if (landings.size() == 1) cell_rows = cell_table(ranked);
    provenance.inputs.push_back(ranked.cells.nodes_file.string());
    provenance.inputs.push_back(v1_edge_file(network, request.option).string());
  }
  // Tables of BASE alone; then those that have a row, or a sample, for each network.
  std::vector<fs::path> files;
  const auto write = [&](std::size_t k, const std::string& name, const auto& make_table) {
    files.push_back(table_file(weights_files.items[k], request.output_directory, name));
    if (comm.is_root()) write_csv(files.back(), make_table(), ',', provenance);
  };
  const auto pooled = pooled_name(request.option, request.networks.size());
  const auto by_type = [&] {
    return landing_table(request.networks, landings, "target_type",
                         [](const std::string& type) { return type; });
  };
  const auto by_class = [&] {
    return landing_table(request.networks, landings, "target_class", class_of_target);
  };
  const bool alone = request.networks.size() == 1;
  if (alone) write(1, pooled, [&] { return cell_rows; });
  write(4, pooled, by_type);
  write(5, pooled, by_class);
  if (!alone) {
    files.push_back(table_file(outgoing_networks_file, request.output_directory, pooled));
    if (comm.is_root()) write_csv(files.back(), network_means(by_class()), ',', provenance);
    return files;
  }
  write(2, pooled, [&] { return wide_tables(landings.front()).full; });
  write(3, pooled, [&] { return wide_tables(landings.front()).summary; });
  return files;
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
