// SPDX-License-Identifier: BSD-3-Clause
// What a simulation config asks for, as plain checked data: the sections run, inputs, reports and output.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/errors/problems.hpp"
#include "core/time_grid.hpp"
#include "engine/config/current_clamp.hpp"
#include "engine/config/report_spec.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/config_files.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::engine {

struct SpikeInput {
  std::string name;
  std::filesystem::path file;
  enum class Format { h5, csv } format = Format::h5;
  io::Json node_set;  ///< its populations get the spikes
  std::optional<std::string> population;  ///< group in the file
  std::string where;  ///< "config.json:/inputs/<name>", for messages
};

struct OutputSpec {
  std::filesystem::path directory;
  std::optional<std::filesystem::path> log_file, spikes_file, spikes_file_csv;
  io::SpikeOrder spikes_order = io::SpikeOrder::by_time;
  int deflate = 0;
  bool overwrite = true;
  bool log_to_console = true;
};

struct SimulationSpec {
  core::TimeGrid grid{};
  core::Step steps = 0;  ///< duration / dt
  std::vector<SpikeInput> spike_inputs;
  std::vector<CurrentClamp> clamps;
  std::vector<ReportSpec> reports;
  OutputSpec output;
  std::optional<std::filesystem::path> modfile;
  std::optional<int> threads;  ///< run.n_thread, for a hint only
  io::ConfigFiles files;  ///< all that the config names
};

/// Throws ConfigError naming file and key; unknown keys, ignored entries and unsupported modules that do not
/// change results are warned about.
/// With `problems`, errors are recorded there, section by section, and spike files that do not exist yet are
/// only noted; the result then holds what could be read.
SimulationSpec parse_simulation_spec(const io::SonataConfig& config, core::Problems* problems = nullptr);

}  // namespace striate::engine
