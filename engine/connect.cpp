// SPDX-License-Identifier: BSD-3-Clause
#include "engine/connect.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "core/log.hpp"
#include "engine/weights.hpp"
#include "io/edges.hpp"

namespace striate::engine {
namespace {

/// Edges per read: small enough for the cache and for buffers that the allocator hands out again without new
/// pages (about 6 MB in flight).
constexpr std::uint64_t slab_rows = 1u << 16;
/// Where rows are stored in chunks, which every slab that touches them unpacks (about 100 MB in flight).
constexpr std::uint64_t chunked_slab_rows = 1u << 20;

/// An edge on its way to the owner of its target.
struct TravellingEdge {
  double weight;
  std::uint32_t source_row;
  std::uint32_t target_gid;
  std::uint16_t delay;
  std::uint16_t receptor;
};

/// Groups items by destination rank for all_to_all_v, keeping their order.
template <class T>
class Outbox {
 public:
  explicit Outbox(int ranks) : boxes_(static_cast<std::size_t>(ranks)) {}
  void put(int rank, const T& item) { boxes_[static_cast<std::size_t>(rank)].push_back(item); }
  core::Received<T> exchange(const core::Comm& comm) {
    if (comm.size() == 1) {
      core::Received<T> all{std::move(boxes_[0]), {}};
      boxes_[0].clear();
      boxes_[0].reserve(all.items.size());
      return all;
    }
    std::vector<T> items;
    std::vector<std::size_t> counts;
    for (auto& box : boxes_) {
      items.insert(items.end(), box.begin(), box.end());
      counts.push_back(box.size());
      box.clear();
    }
    return comm.all_to_all_v<T>(items, counts);
  }

 private:
  std::vector<std::vector<T>> boxes_;
};

/// Calls `use(first, count)` for this rank's share of an edge population, slab by slab; all ranks make the
/// same number of calls, some with empty slabs.
template <class Use>
void for_each_slab(const io::EdgePopulation& edges, const core::Comm& comm, const Use& use) {
  const auto share = core::contiguous_share(edges.size(), comm.rank(), comm.size());
  const auto largest_share = core::contiguous_share(edges.size(), 0, comm.size()).count();
  const std::uint64_t most = edges.is_chunked() ? chunked_slab_rows : slab_rows;
  const std::uint64_t rounds = (largest_share + most - 1) / most;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::uint64_t first = std::min(share.first + round * most, share.end);
    use(first, std::min(most, share.end - first));
  }
}

void require_port(const Network& network, const EdgeSource& source, const ResolvedEdge& edge,
                  std::uint32_t target_gid) {
  const auto& model = network.models[network.model_of_gid[target_gid]];
  if (edge.port < model.parameters.tau_syn_fast.size()) return;
  throw core::ConfigError(
      "receptor_type {} in {} does not exist (the target's cell model {} has {} receptors) build the "
      "components again",
      edge.port + 1, source.edges->file(), model.label, model.parameters.tau_syn_fast.size());
}

}  // namespace

std::vector<EdgeSource> open_edges(const io::SonataConfig& config, const SimulationSpec& spec,
                                   const Network& network, const core::Comm& comm) {
  const std::vector<ModfileRow> modfile =
      spec.modfile ? read_modfile(*spec.modfile) : std::vector<ModfileRow>{};
  std::vector<EdgeSource> sources;
  for (const auto& entry : config.edges)
    for (const auto& name : io::EdgePopulation::names(entry.edges_file)) {
      auto edges = std::make_shared<const io::EdgePopulation>(entry.edges_file, name, comm);
      const std::string where = fmt::format("{}:/edges/{}", entry.edges_file, name);
      const auto source = network.population(edges->source_population(), where);
      const auto target = network.population(edges->target_population(), where);
      if (!network.has_neurons(target) && edges->size() > 0)
        throw core::ConfigError("edges {} end on the virtual population '{}' (virtual nodes have no input)",
                                where, edges->target_population());
      if (!entry.edge_types_file)
        throw core::ConfigError("no edge_types_file for {} (weights functions and synapse models are there)",
                                where);
      const auto table = io::TypeTable::read(*entry.edge_types_file, "edge_type_id");
      auto types = read_edge_types(table, config.component_dir("synaptic_models_dir"));
      auto resolver =
          std::make_shared<EdgeResolver>(*edges, table, std::move(types), network.populations[source],
                                         network.populations[target], spec.grid, modfile);
      resolver->find_modifications(comm);
      sources.push_back(
          {.edges = edges, .resolver = resolver, .source_population = source, .target_population = target});
    }
  return sources;
}

TableLoader::TableLoader(SourceSpace space, const std::vector<EdgeSource>& sources, const Network& network,
                         const Partition& partition, const core::Comm& comm)
    : space_(space),
      network_(network),
      partition_(partition),
      comm_(comm),
      builder_(static_cast<std::uint32_t>(space.virtual_population
                                              ? network.populations[*space.virtual_population].size()
                                              : network.neuron_count())) {
  for (const auto& source : sources) {
    const bool mine = space.virtual_population ? source.source_population == *space.virtual_population
                                               : network.has_neurons(source.source_population);
    if (mine) sources_.push_back(source);
  }
}

std::uint64_t TableLoader::edge_rows() const {
  std::uint64_t rows = 0;
  for (const auto& source : sources_) rows += source.edges->size();
  return rows;
}

std::uint32_t TableLoader::source_row(const EdgeSource& source, std::uint32_t node) const {
  const std::uint32_t gid = network_.gid_of_node[source.source_population][node];
  if (!space_.virtual_population) return gid;  // no_neuron for the virtual nodes of a mixed population
  return gid == no_neuron ? node : no_neuron;
}

Delays TableLoader::count() {
  std::vector<std::int64_t> edges_with_delay(std::numeric_limits<std::uint16_t>::max() + 1, 0);
  Outbox<std::uint32_t> outbox(comm_.size());
  std::vector<ResolvedEdge> resolved;
  for (const auto& source : sources_) {
    bool first_slab = true;
    for_each_slab(*source.edges, comm_, [&](std::uint64_t first, std::uint64_t rows) {
      // The first slab tells which weights to expect; the others are looked at, and checked, by fill().
      if (std::exchange(first_slab, false))
        source.resolver->resolve(source.edges->read(first, rows), resolved);
      else
        source.resolver->resolve_without_weights(source.edges->read_without_weights(first, rows), resolved);
      for (const auto& edge : resolved) {
        const std::uint32_t row = source_row(source, edge.source);
        if (row == no_neuron) continue;
        const std::uint32_t target = network_.gid_of_node[source.target_population][edge.target];
        if (target == no_neuron)
          throw core::FormatError("edges in {} end on virtual nodes (virtual nodes have no input)",
                                  source.edges->file());
        require_port(network_, source, edge, target);
        ++edges_with_delay[edge.delay];
        all_float_ = all_float_ && is_float(edge.weight);
        outbox.put(partition_.owner({target}), row);
      }
      for (const std::uint32_t row : outbox.exchange(comm_).items) builder_.count(row);
    });
  }
  all_float_ = comm_.min(std::int64_t{all_float_}) != 0;
  comm_.sum_in_place(edges_with_delay);
  for (std::uint32_t delay = 0; delay < edges_with_delay.size(); ++delay)
    if (edges_with_delay[delay] != 0) delays_.push_back(delay);
  return delays_;
}

SynapseTable TableLoader::fill(const InputTiles& inputs, const Neurons& neurons) {
  using enum SynapseTableBuilder::WeightType;
  builder_.begin(all_float_ ? float32 : float64, delays_, inputs.cells());
  Outbox<TravellingEdge> outbox(comm_.size());
  std::vector<ResolvedEdge> resolved;
  for (const auto& source : sources_)
    for_each_slab(*source.edges, comm_, [&](std::uint64_t first, std::uint64_t rows) {
      source.resolver->resolve(source.edges->read(first, rows), resolved);
      for (const auto& edge : resolved) {
        const std::uint32_t row = source_row(source, edge.source);
        if (row == no_neuron) continue;
        const std::uint32_t target = network_.gid_of_node[source.target_population][edge.target];
        outbox.put(partition_.owner({target}), {.weight = edge.weight,
                                                .source_row = row,
                                                .target_gid = target,
                                                .delay = edge.delay,
                                                .receptor = edge.port});
      }
      for (const auto& edge : outbox.exchange(comm_).items) {
        const core::Lid lid = partition_.lid({edge.target_gid});
        const std::uint32_t port = neurons.model_at(lid).port_of_receptor[edge.receptor];
        builder_.add(edge.source_row, edge.delay, inputs.cell(port, lid), edge.weight);
      }
    });
  return builder_.finish();
}

}  // namespace striate::engine
