// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/output_files.hpp"

#include <unistd.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "io/generation/run_record.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;

/// All that a run will write: spikes, CSV, reports, log, copy of the config.
std::vector<fs::path> output_files(const SimulationSpec& spec) {
  std::vector<fs::path> files;
  for (const auto* list : {&spec.files.results, &spec.files.records})
    for (const auto& file : *list) files.push_back(file.path);
  return files;
}

}  // namespace

void check_output(const SimulationSpec& spec, const core::Comm& comm) {
  if (!comm.is_root()) return;
  io::make_folder(spec.output.directory);
  if (::access(spec.output.directory.c_str(), W_OK) != 0)
    throw core::SystemError("cannot write to output directory {} (no permission)", spec.output.directory);
  const bool interrupted = io::is_interrupted_run(spec.output.directory);
  for (const auto& file : output_files(spec))
    if (io::would_replace(file) && !spec.output.overwrite && !interrupted)
      throw core::ConfigError(
          "{} exists (output.overwrite_output_dir is false) choose another directory (-o)", file);
}

void clear_output(const SimulationSpec& spec, const std::vector<std::string>& kept, const core::Comm& comm) {
  if (!comm.is_root()) return;
  const auto files = output_files(spec);
  for (const auto& file : files) io::make_folder(file.parent_path());
  io::remove_leftovers(files, kept);  // an earlier result lives until the new one is complete
}

void open_log(const SimulationSpec& spec, const core::Comm& comm) {
  if (!comm.is_root()) return;
  core::log::remove_file();
  if (spec.output.log_file) core::log::add_file(spec.output.log_file->string(), spec.output.log_to_console);
}

}  // namespace striate::engine
