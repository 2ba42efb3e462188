// SPDX-License-Identifier: BSD-3-Clause
#include "cli/jobs/jobs_networks.hpp"

#include <algorithm>

#include "core/network_paths.hpp"
#include "engine/network/memory_estimate.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/trial_configs.hpp"
#include "workflows/shipped_networks.hpp"
#include "workflows/tables.hpp"

namespace striate::cli {
namespace fs = std::filesystem;
namespace {

fs::path config_path(const fs::path& base, const std::string& option) {
  return core::NetworkPaths{base}.configs() / ("config_" + option + ".json");
}

/// Splits what a rank needs alone and as one of two into what each rank needs and what all share.
void set_memory(slurm::Workload& work, const engine::MemoryEstimate& alone,
                const engine::MemoryEstimate& halved) {
  work.shared_bytes = 2 * (alone.bytes_per_rank - halved.bytes_per_rank);
  work.bytes_per_rank = alone.bytes_per_rank - work.shared_bytes;
}

slurm::Workload sizes_of_files(const fs::path& file) {
  const auto config = io::load_sonata_config(file);
  const auto network = engine::read_network(config);
  const auto alone = engine::estimate_memory(config, network, {.total = 1});
  slurm::Workload work{.neurons = network.neuron_count(),
                       .synapses = alone.synapses,
                       .dt_ms = config.section("run").require_number("dt")};
  set_memory(work, alone, engine::estimate_memory(config, network, {.total = 2}));
  for (const auto& population : network.populations) {
    if (population.name == core::lgn_population) work.lgn_cells = population.size();
    if (population.name == core::background_population) work.background_units = population.size();
  }
  return work;
}

slurm::Workload sizes_of_estimate(const builder::Estimate& estimate, double dt_ms) {
  const auto whole = [](double value) { return static_cast<std::uint64_t>(value); };
  const engine::NetworkSizes sizes{
      .neurons = estimate.cells,
      .nodes = estimate.cells + estimate.lgn_units + estimate.background_units,
      .synapses = whole(estimate.recurrent_edges + estimate.lgn_rows + estimate.background_edges),
      .largest_edge_file =
          whole(std::max({estimate.recurrent_edges, estimate.lgn_rows, estimate.background_edges}))};
  slurm::Workload work{.neurons = sizes.neurons,
                       .synapses = sizes.synapses,
                       .lgn_cells = estimate.lgn_units,
                       .background_units = estimate.background_units,
                       .dt_ms = dt_ms};
  set_memory(work, engine::estimate_memory(sizes, {.total = 1}),
             engine::estimate_memory(sizes, {.total = 2}));
  return work;
}

}  // namespace

const slurm::NetworkDirectory& JobNetworks::directory(const fs::path& base) {
  const auto found = directories_.find(base);
  if (found != directories_.end()) return found->second;
  auto directory = io::is_there(core::NetworkPaths{base}.configs())
                       ? slurm::existing_network(base)
                       : slurm::NetworkDirectory(base, workflows::shipped_network, {}, {});
  return directories_.emplace(base, std::move(directory)).first->second;
}

bool JobNetworks::is_planned(const fs::path& base) {
  using State = slurm::NetworkDirectory::State;
  const auto state = directory(base).state();
  return state == State::absent || state == State::interrupted;
}

io::Paradigm JobNetworks::paradigm(const std::string& name, const fs::path& base) {
  auto paradigm = io::read_paradigm(name, workflows::table_rules().paradigm_metrics);
  const auto units =
      is_planned(base) ? static_cast<std::uint64_t>(spec(base).background.units) : io::background_units(base);
  return io::for_background_units(std::move(paradigm), units);
}

const builder::NetworkSpec& JobNetworks::spec(const fs::path& base) {
  const auto found = specs_.find(base);
  if (found != specs_.end()) return found->second;
  return specs_.emplace(base, builder::read_network_spec(slurm::network_name(base), {}, "")).first->second;
}

const builder::Estimate& JobNetworks::estimate(const fs::path& base) {
  const auto found = estimates_.find(base);
  if (found != estimates_.end()) return found->second;
  return estimates_.emplace(base, builder::estimate(spec(base), {.base = base, .parts = {}}, {}))
      .first->second;
}

slurm::Workload JobNetworks::sizes(const fs::path& base, const std::string& option) {
  const auto file = config_path(base, option);
  const auto found = sizes_.find(file);
  if (found != sizes_.end()) return found->second;
  slurm::Workload work;
  if (is_planned(base)) {
    const auto& document = directory(base).config(file.filename());
    work = sizes_of_estimate(estimate(base), document.at("run").at("dt").get<double>());
  } else {
    slurm::option_config(base, option);  // says what is missing
    work = sizes_of_files(file);
  }
  return sizes_.emplace(file, work).first->second;
}

slurm::Workload JobNetworks::workload(const io::Paradigm& paradigm, const fs::path& base,
                                      const std::string& option) {
  auto work = sizes(base, option);
  work.duration_ms = paradigm.duration_ms;
  work.background_hz = paradigm.background_rate_hz;
  work.trials = paradigm.trials.size();
  return work;
}

}  // namespace striate::cli
