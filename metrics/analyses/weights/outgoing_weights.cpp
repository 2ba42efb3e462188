// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/outgoing_weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/base/cell_sums.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr CohortLevel levels[] = {CohortLevel::high, CohortLevel::mid, CohortLevel::low};
constexpr std::size_t level_count = std::size(levels);

/// Excitatory targets together, inhibitory ones by class.
std::string class_of_target(const std::string& type) {
  return is_excitatory(type) ? "Exc" : simplify_inhibitory(type);
}

/// Connections and |weight| of the cohorts of one network.
struct Landing {
  Cells cells;
  std::vector<double> outgoing;  ///< [row], of the request's option
  Cohorts cohorts;
  std::vector<double> sums;  ///< [(base * levels + level) * types + target type][connections, |weight|]

  std::size_t types() const { return cells.type_names.size(); }
  std::span<const double> sum(std::size_t base, std::size_t level, std::size_t type) const {
    return std::span(sums).subspan(((base * level_count + level) * types() + type) * 2, 2);
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
  const std::size_t types = landing.types();
  const auto visit = [&](std::uint32_t source, std::uint32_t target, double weight, std::span<double> sums) {
    for (std::size_t base = 0; base < cohort_bases; ++base) {
      const auto level = landing.cohorts.level[base][source];
      if (level == CohortLevel::none) continue;
      const std::size_t place =
          ((base * level_count + static_cast<std::size_t>(level) - 1) * types + cells.type[target]) * 2;
      sums[place] += 1;
      sums[place + 1] += std::abs(weight);
    }
  };
  landing.sums =
      sum_core_edges(file, cells, cohort_bases * level_count * types * 2, visit, comm, request.block_rows);
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
        double total = 0;
        for (std::size_t type = 0; type < landing.types(); ++type) total += landing.sum(base, level, type)[1];
        for (const auto& label : labels) {
          double count = 0, weight = 0;
          for (std::size_t type = 0; type < landing.types(); ++type)
            if (label_of(landing.cells.type_names[type]) == label) {
              count += landing.sum(base, level, type)[0];
              weight += landing.sum(base, level, type)[1];
            }
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
  const auto named = [&](const char* stem) {
    return request.output_directory / fmt::format("{}_{}.csv", stem, request.option);
  };
  const auto cells_file = named("outgoing_weight_cells"),
             full_file = named("outgoing_weight_granular_core_to_core_full"),
             summary_file = named("outgoing_weight_granular_core_to_core_summary");
  if (comm.is_root()) {
    write_csv(cells_file, cell_table(landings.front()), ',', provenance);
    write_csv(full_file,
              landing_table(request.networks, landings, "target_type",
                            [](const std::string& type) { return type; }),
              ',', provenance);
    write_csv(summary_file, landing_table(request.networks, landings, "target_class", class_of_target), ',',
              provenance);
  }
  return {cells_file, full_file, summary_file};
}

}  // namespace striate::metrics
