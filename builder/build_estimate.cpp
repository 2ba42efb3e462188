// SPDX-License-Identifier: BSD-3-Clause
#include "builder/build_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>

#include "builder/edges/connections.hpp"
#include "builder/edges/lgn_connections.hpp"
#include "builder/edges/recurrent_weights.hpp"
#include "builder/files/edge_writer.hpp"
#include "core/errors/error.hpp"
#include "core/machine_resources.hpp"

namespace striate::builder {
namespace {

constexpr std::size_t sampled_targets = 400;
/// From a disk of a network to a fast local one; edge files were written at 0.9 GB/s by two ranks.
constexpr double slow_bytes_per_second = 3e8, write_bytes_per_second = 9e8, fast_bytes_per_second = 1.5e9;

struct Sampled {
  std::int64_t recurrent = 0, lgn_rows = 0, lgn_connections = 0;
  /// Of this process, whatever else the machine does: preparations, and those of single targets with their
  /// squares.
  double start_s = 0, targets_s = 0, targets_s2 = 0;
};

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Really connects some of this rank's share of every stride-th target.
Sampled sample_targets(const Workplace& work, const Parts& parts, std::size_t stride,
                       const core::Comm& comm) {
  const auto& [spec, nodes, units, rule, grid] = work;
  Sampled sampled;
  auto time = processor_seconds();
  const auto since_last = [&] {
    const auto now = processor_seconds();
    return now - std::exchange(time, now);
  };
  ConnectionSampler recurrent(spec, nodes, rule, grid);
  const WeightRule weights(spec, nodes, rule);
  LgnSampler lgn(spec, nodes, units);
  SourceColumn sources;
  WeightColumn values;
  std::vector<LgnConnection> connections;
  sampled.start_s = since_last();
  for (std::size_t i = static_cast<std::size_t>(comm.rank()) * stride; i < nodes.size();
       i += stride * static_cast<std::size_t>(comm.size())) {
    const auto target = static_cast<std::uint32_t>(i);
    if (parts.v1 && parts.recurrent) {
      sources.clear();
      values.clear();
      recurrent.sample(target, sources);
      weights.weigh(target, sources, values);
      sampled.recurrent += static_cast<std::int64_t>(sources.size());
    }
    if (parts.lgn) {
      connections.clear();
      lgn.sample(target, connections);
      sampled.lgn_connections += static_cast<std::int64_t>(connections.size());
      for (const auto& connection : connections) sampled.lgn_rows += connection.synapses;
    }
    const double seconds = since_last();
    sampled.targets_s += seconds;
    sampled.targets_s2 += seconds * seconds;
  }
  return sampled;
}

std::uint64_t count_of(double value) {
  return static_cast<std::uint64_t>(std::max(0.0, value));
}

}  // namespace

Estimate estimate_build(const Workplace& work, const Parts& parts, const core::Comm& comm) {
  const auto& spec = work.spec;
  const auto& nodes = work.nodes;
  const auto& units = work.units;
  const std::size_t stride = std::max<std::size_t>(8, nodes.size() / sampled_targets);
  const auto sampled = sample_targets(work, parts, stride, comm);
  const double visited = static_cast<double>((nodes.size() + stride - 1) / stride);
  const double scale = visited > 0 ? static_cast<double>(nodes.size()) / visited : 0;
  Estimate estimate;
  estimate.cells = nodes.size();
  estimate.lgn_units = units.size();
  estimate.background_units = static_cast<std::uint64_t>(spec.background.units);
  estimate.recurrent_edges = scale * static_cast<double>(comm.sum(sampled.recurrent));
  estimate.lgn_rows = scale * static_cast<double>(comm.sum(sampled.lgn_rows));
  estimate.lgn_connections = scale * static_cast<double>(comm.sum(sampled.lgn_connections));
  if (parts.background)
    estimate.background_edges =
        static_cast<double>(nodes.size()) * static_cast<double>(spec.background.connections);
  // Each rank prepares for itself.
  const double seconds = comm.sum_of_timings(sampled.targets_s),
               squares = comm.sum_of_timings(sampled.targets_s2);
  estimate.compute_seconds = comm.sum_of_timings(sampled.start_s) + scale * seconds;
  if (visited > 0)
    estimate.compute_error = scale * std::sqrt(std::max(0.0, squares - seconds * seconds / visited));

  const auto file = [&](std::uint64_t sources, EdgeTypeIds types, SynapseCount count) {
    return EdgeFile{.path = {},
                    .source_population = {},
                    .target_population = {},
                    .source_count = sources,
                    .target_count = nodes.size(),
                    .types = std::move(types),
                    .synapse_count = count,
                    .deflate = 0,
                    .source_index = parts.source_index};
  };
  constexpr std::uint64_t small_files = 2'000'000;  // types, components, configurations
  const auto add = [&](bool built, const EdgeFile& layout, double rows, double runs, bool has_weight) {
    if (built) estimate.disk_bytes += edge_file_bytes(layout, count_of(rows), count_of(runs), has_weight);
  };
  add(parts.v1, file(nodes.size(), recurrent_type_ids(spec, nodes), SynapseCount::n_syns_),
      estimate.recurrent_edges, estimate.recurrent_edges, true);
  add(parts.lgn, file(units.size(), input_type_ids(spec, nodes), SynapseCount::none), estimate.lgn_rows,
      estimate.lgn_connections, true);
  add(parts.background,
      file(static_cast<std::uint64_t>(spec.background.units), input_type_ids(spec, nodes),
           SynapseCount::nsyns),
      estimate.background_edges, estimate.background_edges, false);
  estimate.disk_bytes += 68 * nodes.size() + 164 * units.size() + small_files;
  // Rows stay 8 or 4 bytes, and their order by source 4; the rest are nodes, grids, buffers and the program.
  const double ranks = comm.size();
  const double rows =
      std::max(12 * estimate.recurrent_edges, 4 * estimate.lgn_rows + 4 * estimate.lgn_connections);
  constexpr double program_bytes = 60e6, buffer_bytes = 130e6;
  const double bytes = program_bytes + std::min(buffer_bytes, 3 * rows) + 1.1 * rows / ranks +
                       200.0 * static_cast<double>(nodes.size());
  estimate.memory_bytes_per_rank = count_of(bytes);
  return estimate;
}

void check_resources(const Estimate& estimate, const std::filesystem::path& base, const core::Comm& comm) {
  const auto disk = core::free_disk_bytes(base);
  if (static_cast<double>(disk) < 1.1 * static_cast<double>(estimate.disk_bytes))
    throw core::SystemError(
        "not enough disk space for {} (about {} needed, {} free) choose another -o or a smaller "
        "network",
        base, core::human_bytes(estimate.disk_bytes), core::human_bytes(disk));
  // All ranks may share one machine: what they need together is not known to be available to each.
  const auto memory = core::available_memory_bytes();
  if (estimate.memory_bytes_per_rank > memory)
    throw core::SystemError(
        "not enough memory (about {} per rank needed on {} ranks, {} available) use more nodes",
        core::human_bytes(estimate.memory_bytes_per_rank), comm.size(), core::human_bytes(memory));
}

std::string describe(const Estimate& estimate, const Workplace& work, int ranks) {
  const auto& spec = work.spec;
  const auto& nodes = work.nodes;
  std::vector<std::int64_t> cells(spec.populations.size(), 0);
  for (const auto model : nodes.model) ++cells[spec.models[model].population];
  std::string text =
      fmt::format("network '{}', seed {}\n{:<12}{:>9}\n", spec.name, spec.seed, "population", "cells");
  for (std::size_t i = 0; i < spec.populations.size(); ++i)
    text += fmt::format("{:<12}{:>9}\n", spec.populations[i].name, cells[i]);
  text += fmt::format("{:<12}{:>9}\n{:<12}{:>9}\n{:<12}{:>9}\n", "all of V1", nodes.size(), "LGN units",
                      work.units.size(), "background", spec.background.units);
  text += fmt::format("expected edges: {:.3g} recurrent, {:.3g} LGN ({:.3g} pairs), {:.3g} background\n",
                      estimate.recurrent_edges, estimate.lgn_rows, estimate.lgn_connections,
                      estimate.background_edges);
  text += fmt::format(
      "memory: about {} per rank ({} ranks); disk: about {} in all, {} per rank (uncompressed)\n",
      core::human_bytes(estimate.memory_bytes_per_rank), ranks, core::human_bytes(estimate.disk_bytes),
      core::human_bytes(estimate.disk_bytes / static_cast<std::uint64_t>(ranks)));
  const auto bytes = static_cast<double>(estimate.disk_bytes);
  const double computing = estimate.compute_seconds / ranks, error = 2 * estimate.compute_error / ranks;
  text +=
      fmt::format("time: about {:.3g} s ({:.3g} to {:.3g}; {:.3g} s computing per rank, the rest writing)\n",
                  computing + bytes / write_bytes_per_second,
                  std::max(0.0, computing - error) + bytes / fast_bytes_per_second,
                  computing + error + bytes / slow_bytes_per_second, computing);
  return text;
}

}  // namespace striate::builder
