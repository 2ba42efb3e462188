// SPDX-License-Identifier: BSD-3-Clause
// What a checkpoint of a simulation says about itself: which run it belongs to, how far that was, and where
// its outputs so far are. Plain data, stored as JSON in an attribute.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/time_grid.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/reports/reports.hpp"
#include "io/sonata/spike_spool.hpp"

namespace striate::engine {

/// A trial as its config describes it.
struct TrialText {
  std::string file;
  std::size_t run = 0;  ///< of the runs that the file describes
  io::Json document;  ///< resolved
  bool operator==(const TrialText&) const = default;
};
TrialText text_of(const io::SonataConfig& config);

struct ReportProgress {
  std::string file;
  io::ReportPosition position;
};

struct CheckpointHeader {
  int layout = 0;  ///< of the state, engine/machine/shard_state.hpp
  std::string version;  ///< of the program that wrote it
  std::string run_token;  ///< in the names of its unfinished files
  std::int64_t clock = 0;  ///< what ${date} and ${time} of the configs stand for
  std::string ports;
  TrialText trial;  ///< the one under way
  std::vector<TrialText> finished;  ///< before it
  core::Step step = 0, steps = 0;  ///< done, of so many
  double simulated_ms = 0, tstop_ms = 0;
  std::uint64_t neurons = 0, events = 0;
  std::uint64_t network = 0, inputs = 0;  ///< checksums
  std::vector<ReportProgress> reports;
  std::vector<io::SpoolPosition> spikes;
};

io::Json to_json(const CheckpointHeader& header);
/// Throws FormatError naming `file`.
CheckpointHeader parse_header(const std::string& text, const std::filesystem::path& file);

/// Where a config differs from the one that the checkpoint was written for, in what counts: "/inputs/lgn was
/// …, is …". The length of the run may change. Nullopt where it does not differ.
std::optional<std::string> difference(const TrialText& then, const TrialText& now);

}  // namespace striate::engine
