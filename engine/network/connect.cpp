// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/connect.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "engine/network/edge_rules.hpp"
#include "engine/network/edges/edge_columns.hpp"
#include "engine/network/edges/edge_receptors.hpp"
#include "engine/network/edges/modfile.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "io/sonata/edges.hpp"

namespace striate::engine {
namespace {

/// Sources follow each other in no order: those of so many edges further on are asked for.
constexpr std::size_t sources_ahead = 32, counts_ahead = 16;

/// An edge on its way to the owner of its target: 16 bytes where the weight is a float, as nearly all are.
template <class Weight>
struct TravellingEdge {
  Weight weight;
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

std::uint64_t slabs_of(std::uint64_t rows, std::uint64_t slab) {
  return (rows + slab - 1) / slab;
}

EdgeShare open_file(const std::shared_ptr<const io::EdgePopulation>& edges, const core::Comm& comm) {
  const auto share = core::contiguous_share(edges->size(), comm.rank(), comm.size());
  const auto largest = core::contiguous_share(edges->size(), 0, comm.size()).count();
  const std::uint64_t rows = rows_per_read(edges->is_chunked());
  return {.first = share.first,
          .end = share.end,
          .slab_rows = rows,
          .slabs = slabs_of(largest, rows),
          .travels = comm.size() > 1,
          .read = [edges](auto first, auto count, auto& slab) { edges->read(first, count, slab); },
          .read_without_weights = [edges](auto first, auto count,
                                          auto& slab) { edges->read_without_weights(first, count, slab); }};
}

EdgeShare open_made(const MadeEdges& edges, EdgeResolver& resolver, std::span<const std::uint32_t> targets,
                    const core::Comm& comm) {
  MadeRows rows = edges.make(targets);
  resolver.find_modifications(rows.rows, rows.read_without_weights, comm);
  return {.first = 0,
          .end = rows.rows,
          .slab_rows = rows_per_read(false),
          .slabs = slabs_of(rows.rows, rows_per_read(false)),
          .travels = false,
          .read = std::move(rows.read),
          .read_without_weights = std::move(rows.read_without_weights)};
}

/// Calls `use(first, count)` slab by slab.
template <class Use>
void for_each_slab(const EdgeShare& share, const Use& use) {
  for (std::uint64_t slab = 0; slab < share.slabs; ++slab) {
    const std::uint64_t first = std::min(share.first + slab * share.slab_rows, share.end);
    use(first, std::min(share.slab_rows, share.end - first));
  }
}

/// Nodes of a population that are this rank's neurons, rising.
std::vector<std::uint32_t> own_nodes(const Network& network, std::size_t population,
                                     const Partition& partition) {
  std::vector<std::uint32_t> nodes;
  for (std::uint32_t node = 0; node < network.populations[population].size(); ++node)
    if (const auto gid = network.gids.of(population, node); gid != no_neuron && partition.owns({gid}))
      nodes.push_back(node);
  return nodes;
}

/// Cells of targets; edges mostly come target by target.
class CellFinder {
 public:
  CellFinder(const Partition& partition, const InputTiles& inputs, const Neurons& neurons)
      : partition_(partition), inputs_(inputs), neurons_(neurons) {}

  std::uint32_t cell(std::uint32_t gid, std::uint16_t receptor) {
    if (gid != gid_) {
      gid_ = gid;
      const core::Lid lid = partition_.lid({gid});
      first_cell_ = inputs_.cell(0, lid);
      model_ = &neurons_.model_at(lid);
    }
    return first_cell_ + model_->port_of_receptor[receptor] * inputs_.port_stride;
  }

 private:
  const Partition& partition_;
  const InputTiles& inputs_;
  const Neurons& neurons_;
  std::uint32_t gid_ = no_neuron;
  std::uint32_t first_cell_ = 0;  ///< of port 0
  const Propagators* model_ = nullptr;
};

void require_port(const Network& network, const EdgeSource& source, const ResolvedEdge& edge,
                  std::uint32_t target_gid) {
  const auto& model = network.models[network.model_of_gid[target_gid]];
  if (!rules::has_port(model, edge.port)) throw rules::no_such_port(edge.port, source.place, model);
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
      if (!network.gids.has_neurons(target) && edges->size() > 0)
        throw core::ConfigError("edges {} end on the virtual population '{}' (virtual nodes have no input)",
                                where, edges->target_population());
      if (!entry.edge_types_file) throw rules::no_edge_types(where);
      const auto table = io::TypeTable::read(*entry.edge_types_file, "edge_type_id");
      const ReceptorPorts ports(config.component_dir("synaptic_models_dir"));
      auto types = read_edge_types(table, ports, own_columns(*edges));
      for (const auto& warning : column_warnings(*edges, table, types)) core::log::warning("{}", warning);
      auto resolver =
          std::make_shared<EdgeResolver>(*edges, table, std::move(types), network.populations[source],
                                         network.populations[target], spec.grid, modfile, ports);
      resolver->find_modifications(comm);
      sources.push_back({.place = entry.edges_file.string(),
                         .resolver = resolver,
                         .source_population = source,
                         .target_population = target,
                         .open = [edges, &comm] { return open_file(edges, comm); }});
    }
  return sources;
}

std::vector<EdgeSource> open_edges(const MadeNetwork& made, const SimulationSpec& spec,
                                   const Network& network, const Partition& partition,
                                   const core::Comm& comm) {
  const std::vector<ModfileRow> modfile =
      spec.modfile ? read_modfile(*spec.modfile) : std::vector<ModfileRow>{};
  std::vector<EdgeSource> sources;
  for (const auto& edges : made.edges) {
    const auto source = network.population(edges.source_population, edges.name);
    const auto target = network.population(edges.target_population, edges.name);
    auto resolver = std::make_shared<EdgeResolver>(
        edges.name, edges.types, read_edge_types(edges.types, ReceptorPorts(made.synaptic_models)),
        network.populations[source], network.populations[target], spec.grid, modfile);
    sources.push_back({.place = edges.name,
                       .resolver = resolver,
                       .source_population = source,
                       .target_population = target,
                       .open = [&, resolver, target] {
                         return open_made(edges, *resolver, own_nodes(network, target, partition), comm);
                       }});
  }
  return sources;
}

void warn_of_unused_rows(const SimulationSpec& spec, const std::vector<EdgeSource>& sources) {
  if (!spec.modfile) return;
  const auto rows = read_modfile(*spec.modfile);
  std::vector<bool> used(rows.size(), false);
  for (const auto& source : sources) source.resolver->mark_used_rows(used);
  for (const auto& warning : unused_modifications(*spec.modfile, rows, used))
    core::log::warning("{}", warning);
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
                                               : network.gids.has_neurons(source.source_population);
    if (mine) sources_.push_back(source);
  }
}

std::uint32_t TableLoader::source_row(const EdgeSource& source, std::uint32_t node) const {
  const std::uint32_t gid = network_.gids.of(source.source_population, node);
  if (!space_.virtual_population) return gid;  // no_neuron for the virtual nodes of a mixed population
  return gid == no_neuron ? node : no_neuron;
}

void TableLoader::prefetch_row(const EdgeSource& source, std::uint32_t node) const {
  network_.gids.prefetch(source.source_population, node);
}

Delays TableLoader::count() {
  std::vector<std::int64_t> has_delay(std::numeric_limits<std::uint16_t>::max() + 1, 0);
  Outbox<std::uint32_t> outbox(comm_.size());
  io::EdgeSlab slab;
  std::vector<ResolvedEdge> resolved;
  for (const auto& source : sources_) {
    const EdgeShare& share = shares_.emplace_back(source.open());
    bool first_slab = true;
    for_each_slab(share, [&](std::uint64_t first, std::uint64_t rows) {
      // The first slab tells which weights to expect; the others are looked at, and checked, by fill().
      if (std::exchange(first_slab, false)) {
        share.read(first, rows, slab);
        source.resolver->resolve(slab, resolved);
      } else {
        share.read_without_weights(first, rows, slab);
        source.resolver->resolve_without_weights(slab, resolved);
      }
      for (std::size_t i = 0; i < resolved.size(); ++i) {
        const auto& edge = resolved[i];
        if (i + sources_ahead < resolved.size()) prefetch_row(source, resolved[i + sources_ahead].source);
        if (i + counts_ahead < resolved.size())
          if (const auto row = source_row(source, resolved[i + counts_ahead].source); row != no_neuron)
            builder_.prefetch(row);
        const std::uint32_t row = source_row(source, edge.source);
        if (row == no_neuron) continue;
        const std::uint32_t target = network_.gids.of(source.target_population, edge.target);
        if (target == no_neuron) throw rules::ends_on_virtual_node(source.place);
        require_port(network_, source, edge, target);
        has_delay[edge.delay] = 1;
        all_float_ = all_float_ && is_float(edge.weight);
        const int owner = share.travels ? partition_.owner({target}) : comm_.rank();
        if (owner == comm_.rank())
          builder_.count(row);
        else
          outbox.put(owner, row);
      }
      if (!share.travels) return;
      for (const std::uint32_t row : outbox.exchange(comm_).items) builder_.count(row);
    });
  }
  all_float_ = comm_.min(std::int64_t{all_float_}) != 0;
  comm_.sum_in_place(has_delay);
  for (std::uint32_t delay = 0; delay < has_delay.size(); ++delay)
    if (has_delay[delay] != 0) delays_.push_back(delay);
  return delays_;
}

SynapseTable TableLoader::fill(const InputTiles& inputs, const Neurons& neurons) {
  using enum SynapseTableBuilder::WeightType;
  builder_.begin(all_float_ ? float32 : float64, delays_, inputs.cells());
  Outbox<TravellingEdge<float>> outbox(comm_.size());
  Outbox<TravellingEdge<double>> wide_outbox(comm_.size());
  io::EdgeSlab slab;
  std::vector<ResolvedEdge> resolved;
  std::vector<NewSynapse> synapses;
  CellFinder cells(partition_, inputs, neurons);
  const auto add = [&](const auto& edge) {
    synapses.push_back({.source = edge.source_row,
                        .cell = cells.cell(edge.target_gid, edge.receptor),
                        .delay = edge.delay,
                        .weight = edge.weight});
  };
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto& source = sources_[i];
    const EdgeShare share = std::move(shares_[i]);  // edges in memory are gone once they are in the table
    for_each_slab(share, [&](std::uint64_t first, std::uint64_t rows) {
      share.read(first, rows, slab);
      source.resolver->resolve(slab, resolved);
      synapses.clear();
      for (std::size_t k = 0; k < resolved.size(); ++k) {
        const auto& edge = resolved[k];
        if (k + sources_ahead < resolved.size()) prefetch_row(source, resolved[k + sources_ahead].source);
        const std::uint32_t row = source_row(source, edge.source);
        if (row == no_neuron) continue;
        const TravellingEdge<double> item{
            .weight = edge.weight,
            .source_row = row,
            .target_gid = network_.gids.of(source.target_population, edge.target),
            .delay = edge.delay,
            .receptor = edge.port};
        const int owner = share.travels ? partition_.owner({item.target_gid}) : comm_.rank();
        if (owner == comm_.rank())
          add(item);
        else if (is_float(item.weight))
          outbox.put(owner, {.weight = static_cast<float>(item.weight),
                             .source_row = item.source_row,
                             .target_gid = item.target_gid,
                             .delay = item.delay,
                             .receptor = item.receptor});
        else
          wide_outbox.put(owner, item);
      }
      if (share.travels) {
        for (const auto& edge : outbox.exchange(comm_).items) add(edge);
        for (const auto& edge : wide_outbox.exchange(comm_).items) add(edge);
      }
      builder_.add(synapses);
    });
  }
  shares_.clear();
  return builder_.finish();
}

}  // namespace striate::engine
