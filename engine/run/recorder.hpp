// SPDX-License-Identifier: BSD-3-Clause
// Multimeters: samples variables of chosen neurons into a report file while the simulation runs.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ranks/comm.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/machine/shard.hpp"
#include "engine/network/network.hpp"
#include "engine/network/partition.hpp"
#include "io/sonata/node_sets.hpp"
#include "io/sonata/reports/reports.hpp"

namespace striate::engine {

/// How a recorder begins.
struct RecorderStart {
  bool can_be_continued = false;  ///< sync() will be called
  std::optional<io::ReportPosition> from;  ///< goes on behind it
};

class Recorder {
 public:
  /// Collective: creates the report's file, or opens it again.
  Recorder(const ReportSpec& spec, const Network& network, const io::NodeSets& node_sets,
           const Partition& partition, const core::TimeGrid& grid, const core::Comm& comm,
           const RecorderStart& start = {});

  /// Next step to be sampled after `now`, or a step beyond every run.
  core::Step next_after(core::Step now) const;
  /// Takes a sample if `shard.now` is due. Collective on the steps that are.
  void sample(const Shard& shard);
  /// Samples taken when `now` steps are done.
  std::uint64_t samples_by(core::Step now) const;
  io::ReportPosition sync() { return writer_.sync(); }  ///< Collective.
  void leave() { writer_.leave(); }  ///< unfinished, after sync(). Collective.
  /// Completes the file under its temporary name; the caller publishes it. Collective.
  void finish() { writer_.finish(io::Publish::later); }
  const std::filesystem::path& file() const { return spec_.file; }

 private:
  [[noreturn]] void fail_too_large(std::size_t population, std::size_t cell, ReportVariable variable,
                                   double value) const;

  ReportSpec spec_;
  std::vector<std::vector<core::Lid>> lids_;  ///< [population][this rank's cell]
  std::vector<std::vector<std::uint64_t>> node_ids_;  ///< of these
  io::ReportWriter writer_;
};

/// True when a report needs Neurons::record_currents.
bool needs_currents(const std::vector<ReportSpec>& reports);

}  // namespace striate::engine
