// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/results.hpp"

#include "io/generation/run_record.hpp"
#include "io/sonata/spikes.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {
namespace {

/// This rank's spikes by population, with times in ms and node ids.
std::vector<io::OutputSpikes> to_output(std::span<const LocalSpike> spikes, const Network& network,
                                        const Partition& partition, const core::TimeGrid& grid) {
  std::vector<io::OutputSpikes> output;
  std::vector<std::size_t> place(network.populations.size(), 0);
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    if (!network.has_neurons(i)) continue;
    place[i] = output.size();
    output.push_back({.population = network.populations[i].name, .time_ms = {}, .node_id = {}});
  }
  for (const auto& spike : spikes) {
    const core::Gid gid{partition.gid_of_lid[spike.lid.value]};
    auto& population = output[place[network.population_of_gid[gid.value]]];
    population.time_ms.push_back(grid.time_ms(spike.stamp));
    population.node_id.push_back(network.node_id(gid));
  }
  return output;
}

}  // namespace

void write_results(const Trial& trial, std::span<const LocalSpike> local_spikes,
                   std::vector<Recorder>& recorders, const Network& network, const Partition& partition,
                   const core::Comm& comm) {
  const OutputSpec& output = trial.spec.output;
  const auto spikes = to_output(local_spikes, network, partition, trial.spec.grid);
  std::vector<std::filesystem::path> written;
  for (auto& recorder : recorders) {
    recorder.finish();
    written.push_back(recorder.file());
  }
  if (output.spikes_file) {
    io::write_spikes_h5(
        *output.spikes_file, spikes,
        {.order = output.spikes_order,
         .deflate = output.deflate,
         .publish = io::Publish::later,
         .attributes = trial.attributes},
        comm);
    written.push_back(*output.spikes_file);
  }
  if (output.spikes_file_csv) {
    io::write_spikes_csv(*output.spikes_file_csv, spikes, comm, io::Publish::later);
    written.push_back(*output.spikes_file_csv);
  }
  const auto copy = trial.spec.files.output(io::config_copy);
  const auto& whole = trial.config.whole;
  if (copy && comm.is_root())
    io::write_text_file(*copy, io::indented_text(whole.is_null() ? trial.config.document : whole) + "\n");
  io::publish_run({.folder = output.directory, .attributes = trial.attributes, .files = std::move(written)},
                  comm);
}

}  // namespace striate::engine
