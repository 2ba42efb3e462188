// SPDX-License-Identifier: BSD-3-Clause
// Spike files. Reads the current SONATA layout (/spikes/<population>/{timestamps,node_ids}), the old one
// (/spikes/{timestamps,gids}) and CSV ("timestamps population node_ids"); writes HDF5 collectively and CSV,
// both sorted by (time, node id).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {

/// Spike trains of one population; node_id[i] spiked at time_ms[i]. Any order.
struct SpikeTrains {
  std::vector<double> time_ms;
  std::vector<std::uint64_t> node_id;
  std::size_t size() const { return time_ms.size(); }
};

/// Populations with both datasets in an HDF5 file, alphabetical; empty for the old layout.
std::vector<std::string> spike_populations(const std::filesystem::path& file);
/// The same of a CSV file; empty when it has no column of populations, or no spikes.
std::vector<std::string> spike_populations_csv(const std::filesystem::path& file);

/// HDF5. `population` chooses the group; without it the file may have one population only (BMTK would take
/// the alphabetically first). A file whose /spikes group is empty gives no spikes. Times are converted to ms
/// by their units attribute
/// ("ms", "s"; none: ms). Throws FormatError: no /spikes, unequal lengths, NaN or negative times.
SpikeTrains read_spikes_h5(const std::filesystem::path& file, const std::optional<std::string>& population);

/// The same spikes, `block` of them at a time in file order, so that memory stays bounded.
void visit_spikes_h5(const std::filesystem::path& file, const std::optional<std::string>& population,
                     const std::function<void(const SpikeTrains&)>& visit, std::uint64_t block = 1 << 20);

/// CSV, blank separated, header optional. Columns timestamps, population, node_ids (population optional).
SpikeTrains read_spikes_csv(const std::filesystem::path& file, const std::optional<std::string>& population);

/// Spikes of one population on this rank, to be written. Equal times and ids may occur.
struct OutputSpikes {
  std::string population;
  std::vector<double> time_ms;
  std::vector<std::uint64_t> node_id;
};

enum class SpikeOrder { by_time, by_id };

/// Spikes of one population, of all ranks, in their final order; a writer asks for them in rounds, so that
/// memory stays bounded.
struct OrderedSpikes {
  std::string population;
  std::uint64_t count = 0;  ///< of all ranks
  std::uint64_t round = 0;  ///< rows that all ranks take at once
  /// This rank's contiguous share of `rows`. Collective.
  std::function<OutputSpikes(core::Share rows)> take;
};

struct SpikeFileOptions {
  SpikeOrder order = SpikeOrder::by_time;  ///< by_time: (time, id); by_id: (id, time)
  int deflate = 0;
  Publish publish = Publish::now;
  RunAttributes attributes = {};
};

/// Sorts the spikes of all ranks into one global order, so that rank r holds the r-th part. Collective; the
/// order and the cuts do not depend on where the spikes came from.
OutputSpikes sort_spikes(OutputSpikes spikes, SpikeOrder order, const core::Comm& comm);

/// Writes `file` (through its temporary name) with one group per population. Every rank gives the same list
/// of populations. Collective. node_ids are int64. Attributes: sorting as the HDF5 enum of the SONATA guide,
/// units "ms".
void write_spikes_h5(const std::filesystem::path& file, std::span<const OutputSpikes> populations,
                     const SpikeFileOptions& options, const core::Comm& comm);
/// The same of spikes that are in `options.order` already.
void write_ordered_spikes_h5(const std::filesystem::path& file, std::span<const OrderedSpikes> populations,
                             const SpikeFileOptions& options, const core::Comm& comm);

/// Header "timestamps population node_ids"; times in their shortest exact form. Rows by (time, id) over each
/// population. Collective.
void write_spikes_csv(const std::filesystem::path& file, std::span<const OutputSpikes> populations,
                      const core::Comm& comm, Publish when = Publish::now);
/// The same of spikes that are in order of (time, id) already.
void write_ordered_spikes_csv(const std::filesystem::path& file, std::span<const OrderedSpikes> populations,
                              const core::Comm& comm, Publish when = Publish::now);

}  // namespace striate::io
