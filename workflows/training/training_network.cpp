// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_network.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/time_grid.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "engine/network/network.hpp"
#include "io/sonata/edges.hpp"
#include "io/sonata/type_table.hpp"
#include "lgn/stimuli/condition.hpp"
#include "metrics/base/cell_types.hpp"
#include "workflows/training/training_ranks.hpp"

namespace striate::workflows {
namespace {

using training::BasisWeights;
using training::Edge;

/// Delays are read to the microsecond and rounded to training's steps once.
constexpr core::TimeGrid delay_grid{.dt_ms = 0.001};

/// Shapes of synapses by cell model and receptor. Equal shapes of one receptor are one kind.
class Kinds {
 public:
  explicit Kinds(const engine::Network& network) {
    using Shape = std::tuple<std::size_t, double, double, double>;
    std::map<Shape, std::uint16_t> known;
    for (const auto& model : network.models) {
      auto& of_model = kind_.emplace_back();
      const auto& p = model.parameters;
      for (std::size_t port = 0; port < p.tau_syn_fast.size(); ++port) {
        const Shape shape{port, p.tau_syn_fast[port], p.tau_syn_slow[port], p.amp_slow[port]};
        const auto [found, fresh] = known.try_emplace(shape, static_cast<std::uint16_t>(shapes_.size()));
        if (fresh)
          shapes_.push_back(
              training::fit_basis(p.tau_syn_fast[port], p.tau_syn_slow[port], p.amp_slow[port]));
        of_model.push_back(found->second);
      }
    }
  }
  std::uint16_t of(std::uint32_t model, std::uint16_t port, const std::string& where) const {
    if (port >= kind_[model].size())
      throw core::ConfigError("receptor {} of a synapse in {} (the target's cell model has {})", port + 1,
                              where, kind_[model].size());
    return kind_[model][port];
  }
  const std::vector<BasisWeights>& shapes() const { return shapes_; }

 private:
  std::vector<std::vector<std::uint16_t>> kind_;
  std::vector<BasisWeights> shapes_;
};

training::GlifNumbers glif_numbers(const engine::CellModel& model) {
  const engine::GlifParameters& p = model.parameters;
  if (p.spike_dependent_threshold || p.adapting_threshold)
    throw core::ConfigError(
        "cell model {} has a threshold that moves (training has GLIF1 and GLIF3 cells only)", model.label);
  if (p.V_reset != p.E_L)
    throw core::ConfigError("cell model {} has V_reset = {} mV and E_L = {} mV (training takes them as one)",
                            model.label, p.V_reset, p.E_L);
  if (!(p.V_th > p.E_L))
    throw core::ConfigError("cell model {} has its threshold at rest (V_th = {} mV, E_L = {} mV)",
                            model.label, p.V_th, p.E_L);
  training::GlifNumbers numbers{.C_m = p.C_m, .g = p.g, .E_L = p.E_L, .V_th = p.V_th, .t_ref = p.t_ref};
  if (p.after_spike_currents)
    for (std::size_t k = 0; k < std::min<std::size_t>(2, p.asc_amps.size()); ++k) {
      numbers.asc_decay[k] = p.asc_decay[k];
      numbers.asc_amps[k] = p.asc_amps[k];
    }
  return numbers;
}

std::vector<double> number_column(const io::NodePopulation& nodes, const std::string& key) {
  const auto column = nodes.column(key);
  const auto* values = column ? std::get_if<std::vector<double>>(&*column) : nullptr;
  if (values == nullptr)
    throw core::FormatError("{} lacks the attribute '{}' of its nodes (training needs it)", nodes.nodes_file,
                            key);
  return *values;
}

TrainingCells describe_cells(const engine::Network& network, const io::NodePopulation& nodes,
                             double core_radius_um) {
  TrainingCells cells;
  const auto ids = nodes.node_id.all();
  cells.node_id.assign(ids.begin(), ids.end());
  const auto x = number_column(nodes, "x"), z = number_column(nodes, "z");
  cells.tuning_deg = number_column(nodes, "tuning_angle");
  const auto column = nodes.column("pop_name");
  const auto* names = column ? std::get_if<std::vector<std::string>>(&*column) : nullptr;
  if (names == nullptr)
    throw core::FormatError("{} lacks the column 'pop_name' (it says the type of a cell)", nodes.nodes_file);
  std::vector<std::string> types;
  for (const auto& name : *names) types.push_back(metrics::cell_type_of(name));
  cells.type_names = types;
  std::ranges::sort(cells.type_names);
  cells.type_names.erase(std::unique(cells.type_names.begin(), cells.type_names.end()),
                         cells.type_names.end());
  if (cells.type_names.size() > 127)
    throw core::FormatError("{} has {} cell types (training tells 127 apart)", nodes.nodes_file,
                            cells.type_names.size());
  for (std::size_t cell = 0; cell < nodes.size(); ++cell) {
    cells.type.push_back(static_cast<std::uint8_t>(std::ranges::lower_bound(cells.type_names, types[cell]) -
                                                   cells.type_names.begin()));
    cells.core.push_back(std::hypot(x[cell], z[cell]) < core_radius_um);
    cells.excitatory.push_back(metrics::is_excitatory(types[cell]));
    cells.threshold_mv.push_back(
        training::threshold_distance(glif_numbers(network.models[network.model_of_gid[cell]])));
  }
  return cells;
}

/// Trained weights are written as syn_weight, so that of an edge must be its whole weight.
class WholeWeights {
 public:
  explicit WholeWeights(const std::vector<engine::EdgeType>& types) {
    using enum engine::WeightFunction;
    for (const auto& type : types)
      if (type.weight_function != modifiable && type.weight_function != constant_multiplier)
        others_.emplace(type.id, type);
  }
  void require(const io::EdgeSlab& slab, const std::string& where) const {
    for (std::size_t i = 0; !others_.empty() && i < slab.size(); ++i) {
      const auto found = others_.find(slab.type_id[i]);
      if (found == others_.end()) continue;
      const auto& type = found->second;
      const bool own = slab.nsyns && !std::isnan(slab.nsyns->values[i]);
      const double synapses = own ? slab.nsyns->values[i] : type.nsyns.value_or(1);
      const bool factors = type.weight_function == engine::WeightFunction::direction_rule ||
                           type.weight_function == engine::WeightFunction::direction_rule_ee;
      if (factors || synapses != 1)
        throw core::ConfigError(
            "the weight of edge {} of {} is not its syn_weight but a multiple (weight_function of type {}, "
            "nsyns = {}; trained weights are written as syn_weight) write whole weights and nsyns = 1",
            slab.first + i, where, type.id, synapses);
    }
  }

 private:
  std::unordered_map<std::uint64_t, engine::EdgeType> others_;
};

/// Edges of one population onto this rank's cells.
class EdgeReader {
 public:
  EdgeReader(const TrainingNetwork& network, const engine::Network& neurons, const Kinds& kinds,
             const training::Ranks& ranks, const core::Comm& comm)
      : network_(network), neurons_(neurons), kinds_(kinds), ranks_(ranks), comm_(comm) {}

  enum class Weights { read, trained };
  std::vector<Edge> read(const io::EdgesEntry& entry, const std::string& name,
                         const io::NodePopulation& sources, const io::NodePopulation& targets,
                         Weights weights) {
    const io::EdgePopulation population(entry.edges_file, name);
    const std::string where = fmt::format("{}:/edges/{}", entry.edges_file, name);
    if (!entry.edge_types_file)
      throw core::ConfigError("no edge_types_file for {} (synapse models are there)", where);
    const auto table = io::TypeTable::read(*entry.edge_types_file, "edge_type_id");
    const engine::ReceptorPorts ports(network_.config.component_dir("synaptic_models_dir"));
    const auto types = engine::read_edge_types(table, ports);
    const WholeWeights whole(types);
    const engine::EdgeResolver resolver(population, table, types, sources, targets, delay_grid, {});
    const auto share = core::contiguous_share(population.size(), comm_.rank(), comm_.size());
    constexpr std::uint64_t slab_rows = 1 << 20;
    const auto slabs = static_cast<std::uint64_t>(
        comm_.max(static_cast<std::int64_t>((share.count() + slab_rows - 1) / slab_rows)));
    // Enough for this rank's share, which differs little from the mean: a vector that grows takes twice the
    // memory.
    std::vector<Edge> edges;
    const auto mean = population.size() / static_cast<std::uint64_t>(comm_.size());
    edges.reserve(comm_.size() == 1 ? mean : mean + mean / 16 + 1024);
    io::EdgeSlab slab;
    std::vector<engine::ResolvedEdge> resolved;
    for (std::uint64_t s = 0; s < slabs; ++s) {
      const std::uint64_t first = std::min(share.first + s * slab_rows, share.end);
      const std::uint64_t count = std::min(slab_rows, share.end - first);
      resolved.clear();
      if (count > 0) {
        population.read(first, count, slab);
        if (weights == Weights::trained) whole.require(slab, where);
        resolver.resolve(slab, resolved);
      }
      deal(resolved, first, where, edges);
    }
    return edges;
  }

 private:
  void deal(const std::vector<engine::ResolvedEdge>& resolved, std::uint64_t first, const std::string& where,
            std::vector<Edge>& edges) {
    std::vector<std::size_t> counts(static_cast<std::size_t>(comm_.size()), 0);
    for (const auto& edge : resolved) ++counts[static_cast<std::size_t>(ranks_.owner(edge.target))];
    std::vector<std::size_t> next(counts.size(), 0);
    for (std::size_t r = 1; r < next.size(); ++r) next[r] = next[r - 1] + counts[r - 1];
    std::vector<Edge> sent(resolved.size());
    for (std::size_t i = 0; i < resolved.size(); ++i) {
      const auto& edge = resolved[i];
      // Halves go to the even step, as numpy rounds.
      const double delay = std::nearbyint(
          std::clamp(edge.delay * delay_grid.dt_ms / training::step_ms, 1.0, training::longest_delay + 1.0));
      sent[next[static_cast<std::size_t>(ranks_.owner(edge.target))]++] = {
          .row = first + i,
          .weight = edge.weight / network_.cells.threshold_mv[edge.target],
          .source = edge.source,
          .target = edge.target,
          .kind = kinds_.of(neurons_.model_of_gid[edge.target], edge.port, where),
          .delay = static_cast<std::uint16_t>(delay)};
    }
    if (comm_.size() == 1) {
      edges.insert(edges.end(), sent.begin(), sent.end());
      return;
    }
    const auto received = comm_.all_to_all_v(std::span<const Edge>(sent), counts);
    edges.insert(edges.end(), received.items.begin(), received.items.end());
  }

  const TrainingNetwork& network_;
  const engine::Network& neurons_;
  const Kinds& kinds_;
  const training::Ranks& ranks_;
  const core::Comm& comm_;
};

/// Sum over edges of a hash of each: no order, any number of ranks.
std::uint64_t sum_of_hashes(const std::vector<Edge>& edges) {
  std::uint64_t sum = 0;
  for (const Edge& edge : edges)
    sum += lgn::mix64(lgn::mix64(edge.row) ^ std::bit_cast<std::uint64_t>(edge.weight));
  return sum;
}

enum class Role { recurrent, background, lgn };

Role role_of(const engine::Network& network, const io::EdgePopulation& edges, const std::string& where) {
  const auto source = network.population(edges.source_population(), where);
  if (network.gids.has_neurons(source)) return Role::recurrent;
  const auto& name = edges.source_population();
  if (name.starts_with("bkg")) return Role::background;
  if (name.starts_with("lgn")) return Role::lgn;
  throw core::ConfigError("edges {} come from the virtual population '{}' (training knows lgn and bkg)",
                          where, name);
}

}  // namespace

TrainingNetwork read_training_network(const std::filesystem::path& config, const TrainingPreset& preset,
                                      const core::Comm& comm) {
  TrainingNetwork result;
  result.config = io::load_sonata_config(config);
  const engine::Network network = engine::read_network(result.config);
  const auto neurons = std::ranges::find_if(network.populations, [&](const auto& nodes) {
    return network.gids.has_neurons(static_cast<std::size_t>(&nodes - network.populations.data()));
  });
  if (neurons == network.populations.end() || neurons->size() != network.neuron_count())
    throw core::ConfigError("{} has not just one population of neurons (training takes one)", config);
  result.cells = describe_cells(network, *neurons, preset.core_radius_um);
  const auto ranks = training_ranks(comm);
  training::CircuitParts parts;
  parts.cells = static_cast<std::uint32_t>(network.neuron_count());
  for (std::uint32_t i = 0; i < ranks.own_cells(parts.cells); ++i)
    parts.constants.push_back(
        training::cell_constants(glif_numbers(network.models[network.model_of_gid[ranks.global(i)]]),
                                 preset.session.model.propagators));
  const Kinds kinds(network);
  parts.kinds = kinds.shapes();
  result.made = training::circuit_without_edges<float>(parts, ranks);
  double largest = 0;
  std::uint64_t hash = 0;

  EdgeReader reader(result, network, kinds, ranks, comm);
  for (const auto& entry : result.config.edges)
    for (const auto& name : io::EdgePopulation::names(entry.edges_file)) {
      const io::EdgePopulation edges(entry.edges_file, name);
      const std::string where = fmt::format("{}:/edges/{}", entry.edges_file, name);
      const Role role = role_of(network, edges, where);
      auto& file = role == Role::recurrent ? result.recurrent
                   : role == Role::lgn     ? result.lgn
                                           : result.background;
      if (file.rows > 0)
        throw core::ConfigError(
            "{} and {} of {} both hold such edges (training takes one population of each kind)", file.file,
            entry.edges_file, config);
      file = {.file = entry.edges_file, .population = name, .rows = edges.size()};
      const auto& sources = network.populations[network.population(edges.source_population(), where)];
      using Weights = EdgeReader::Weights;
      auto read = reader.read(entry, name, sources, *neurons,
                              role != Role::lgn || preset.train_lgn ? Weights::trained : Weights::read);
      if (role == Role::recurrent) {
        for (const Edge& edge : read) largest = std::max(largest, std::abs(edge.weight));
        hash += sum_of_hashes(read);
        parts.recurrent = std::move(read);
        training::add_recurrent(parts, ranks, result.made);
      } else if (role == Role::background) {
        hash += lgn::mix64(1) * sum_of_hashes(read);
        parts.noise = std::move(read);
        parts.noise_nodes = static_cast<std::uint32_t>(sources.size());
        training::add_noise(parts, ranks, result.made);
      } else {
        result.lgn_nodes = sources;
        if (preset.train_lgn) hash += lgn::mix64(2) * sum_of_hashes(read);
        parts.train_drive = preset.train_lgn;
        parts.drive = std::move(read);
        parts.drive_sources = static_cast<std::uint32_t>(sources.size());
        training::add_drive(parts, ranks, result.made);
      }
    }
  if (result.recurrent.rows == 0)
    throw core::ConfigError("{} has no recurrent edges (nothing to train)", config);
  if (result.lgn.rows == 0)
    throw core::ConfigError("{} has no edges from an LGN population (training shows gratings through it)",
                            config);
  if (result.background.rows == 0)
    throw core::ConfigError("{} has no edges from background nodes (training drives the network with them)",
                            config);
  if (comm.max(largest) == 0)
    throw core::ConfigError(
        "all weights in {} are 0 (a weight of 0 stays 0 under training) build the network anew",
        result.recurrent.file);
  result.weights_hash =
      fmt::format("{:016x}", static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(hash))));
  return result;
}

}  // namespace striate::workflows
