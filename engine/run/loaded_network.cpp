// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/loaded_network.hpp"

#include "engine/network/connect.hpp"
#include "engine/run/inputs.hpp"
#include "engine/run/recorder.hpp"
#include "engine/run/run.hpp"

namespace striate::engine {

LoadedNetwork load_network(const io::SonataConfig& config, const MadeNetwork* made,
                           const SimulationSpec& spec, const Network& network,
                           const std::vector<std::size_t>& driven, Ports ports, const core::Comm& comm) {
  auto local = partition_neurons(network, spec.grid, comm.rank(), comm.size(), ports);
  LoadedNetwork loaded{.partition = std::move(local.partition),
                       .shard = {},
                       .external = {},
                       .external_in_use = {},
                       .interval = 1};
  Shard& shard = loaded.shard;
  shard.neurons = std::move(local.neurons);

  const auto edges = made != nullptr ? open_edges(*made, spec, network, loaded.partition, comm)
                                     : open_edges(config, spec, network, comm);
  TableLoader recurrent({}, edges, network, loaded.partition, comm);
  const Delays delays = recurrent.count();
  loaded.interval = exchange_interval(delays.empty() ? 0 : delays.front(), ports);
  shard.inputs = make_input_tiles(shard.neurons, loaded.interval);
  shard.recurrent = make_spike_source(recurrent.fill(shard.inputs, shard.neurons), shard.inputs);
  for (const std::size_t population : driven) {
    TableLoader loader(SourceSpace{population}, edges, network, loaded.partition, comm);
    loader.count();
    loaded.external.emplace(population,
                            make_spike_source(loader.fill(shard.inputs, shard.neurons), shard.inputs));
  }
  warn_of_unused_rows(spec, edges);
  return loaded;
}

void begin_trial(LoadedNetwork& loaded, const Trial& trial, const Network& network) {
  Shard& shard = loaded.shard;
  for (std::size_t i = 0; i < shard.external.size(); ++i)
    loaded.external.insert_or_assign(loaded.external_in_use[i], std::move(shard.external[i]));
  shard.external.clear();
  loaded.external_in_use.clear();
  shard.clamps = make_clamps(trial.spec, network, trial.node_sets, loaded.partition);
  shard.neurons.record_currents = needs_currents(trial.spec.reports);
  reset(shard);
  for (const auto& driven : trial.driven) {
    auto source = std::move(loaded.external.at(driven.population));
    loaded.external.erase(driven.population);
    set_spikes(source,
               read_external_spikes(driven, network, source.synapses, trial.spec.grid, trial.spec.steps));
    shard.external.push_back(std::move(source));
    loaded.external_in_use.push_back(driven.population);
  }
}

std::uint64_t synapses_in_use(const LoadedNetwork& loaded) {
  std::uint64_t synapses = loaded.shard.recurrent.synapses.size();
  for (const auto& source : loaded.shard.external) synapses += source.synapses.size();
  return synapses;
}

}  // namespace striate::engine
