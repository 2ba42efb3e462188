// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/spike_recorder.hpp"

#include <fmt/format.h>

#include <cassert>
#include <numeric>
#include <utility>

#include "core/errors/error.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::engine {
namespace {

/// Spikes that all ranks together hold before they go to disk: 8 bytes each, and root gathers them.
constexpr std::uint64_t block_spikes = 1u << 19;
/// Intervals between asking how many they hold: seldom enough to cost nothing beside the exchanges, often
/// enough for bursts.
constexpr std::uint32_t intervals_between = 32;

std::vector<std::size_t> populations_with_neurons(const Network& network) {
  std::vector<std::size_t> populations;
  for (std::size_t i = 0; i < network.populations.size(); ++i)
    if (network.gids.has_neurons(i)) populations.push_back(i);
  return populations;
}

/// Beside the result, on whose disk there is room for it; a device has no room beside it.
std::filesystem::path spool_file(const std::filesystem::path& result, const OutputSpec& output,
                                 std::size_t number) {
  std::error_code ignored;
  const bool device =
      std::filesystem::exists(result, ignored) && !std::filesystem::is_regular_file(result, ignored);
  auto file = device ? output.directory / result.filename() : result;
  file += fmt::format(".spool{}", number);
  return file;
}

}  // namespace

SpikeRecorder::SpikeRecorder(const SimulationSpec& spec, const Network& network, const Partition& partition,
                             const core::Comm& comm)
    : output_(spec.output), comm_(comm), counts_(partition.gid_of_lid.size(), 0) {
  const auto& result = output_.spikes_file ? output_.spikes_file : output_.spikes_file_csv;
  if (!result) return;
  destination_.resize(partition.gid_of_lid.size());
  for (const std::size_t index : populations_with_neurons(network)) {
    const auto& population = network.populations[index];
    spools_.emplace_back(io::SpoolLayout{.file = spool_file(*result, output_, spools_.size()),
                                         .population = population.name,
                                         .node_ids = population.node_id,
                                         .grid = spec.grid},
                         comm);
    const auto places = spools_.back().places();
    for (std::size_t lid = 0; lid < destination_.size(); ++lid) {
      const std::uint32_t gid = partition.gid_of_lid[lid];
      if (gid != no_neuron && network.gids.population_of(gid) == index)
        destination_[lid] = {.spool = static_cast<std::uint32_t>(spools_.size() - 1),
                             .place = places[network.gids.node_of(gid)]};
    }
  }
}

void SpikeRecorder::begin() {
  for (auto& spool : spools_) spool.begin();
}

void SpikeRecorder::resume(const SpikePositions& from, std::vector<std::uint64_t> counts) {
  if (from.size() != spools_.size())
    throw core::FormatError("spikes of {} populations were kept, those of {} are to be written", from.size(),
                            spools_.size());
  assert(counts.size() == counts_.size());
  for (std::size_t i = 0; i < spools_.size(); ++i) spools_[i].resume(from[i]);
  counts_ = std::move(counts);
}

void SpikeRecorder::add(std::span<const LocalSpike> spikes) {
  for (const auto& spike : spikes) ++counts_[spike.lid.value];
  if (spools_.empty()) return;
  for (const auto& spike : spikes) {
    const auto [spool, place] = destination_[spike.lid.value];
    spools_[spool].add(spike.stamp, place);
  }
  if (++intervals_ == intervals_between) flush_if_many();
}

void SpikeRecorder::flush_if_many() {
  intervals_ = 0;
  std::int64_t held = 0;
  for (const auto& spool : spools_) held += static_cast<std::int64_t>(spool.held());
  if (static_cast<std::uint64_t>(comm_.sum(held)) < block_spikes) return;
  for (auto& spool : spools_) spool.flush();
}

SpikePositions SpikeRecorder::sync() {
  SpikePositions positions;
  for (auto& spool : spools_) positions.push_back(spool.sync());
  return positions;
}

std::uint64_t SpikeRecorder::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::vector<std::filesystem::path> SpikeRecorder::write(const io::RunAttributes& attributes) {
  const auto ordered = [&](io::SpikeOrder order) {
    std::vector<io::OrderedSpikes> populations;
    for (auto& spool : spools_) populations.push_back(spool.ordered(order));
    return populations;
  };
  std::vector<std::filesystem::path> written;
  if (const auto& file = output_.spikes_file) {
    io::write_ordered_spikes_h5(*file, ordered(output_.spikes_order),
                                {.order = output_.spikes_order,
                                 .deflate = output_.deflate,
                                 .publish = io::Publish::later,
                                 .attributes = attributes},
                                comm_);
    written.push_back(*file);
  }
  if (const auto& file = output_.spikes_file_csv) {
    io::write_ordered_spikes_csv(*file, ordered(io::SpikeOrder::by_time), comm_, io::Publish::later);
    written.push_back(*file);
  }
  return written;
}

void SpikeRecorder::remove_spools() {
  for (auto& spool : spools_) spool.remove();
}

}  // namespace striate::engine
