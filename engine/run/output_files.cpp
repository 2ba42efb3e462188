// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/output_files.hpp"

#include <unistd.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::weakly_canonical(a, ignored) == fs::weakly_canonical(b, ignored);
}

}  // namespace

std::optional<fs::path> config_copy(const SimulationSpec& spec, const io::SonataConfig& config) {
  const fs::path copy = spec.output.directory / config.file.filename();
  if (same_file(copy, config.file)) return std::nullopt;
  return copy;
}

std::vector<fs::path> output_files(const SimulationSpec& spec, const io::SonataConfig& config) {
  std::vector<fs::path> files;
  for (const auto& file : {spec.output.log_file, spec.output.spikes_file, spec.output.spikes_file_csv})
    if (file) files.push_back(*file);
  for (const auto& report : spec.reports) files.push_back(report.file);
  if (const auto copy = config_copy(spec, config)) files.push_back(*copy);
  return files;
}

void check_output(const SimulationSpec& spec, const io::SonataConfig& config, const core::Comm& comm) {
  if (!comm.is_root()) return;
  std::error_code error;
  fs::create_directories(spec.output.directory, error);
  if (error)
    throw core::SystemError("cannot create output directory {} ({})", spec.output.directory, error.message());
  if (::access(spec.output.directory.c_str(), W_OK) != 0)
    throw core::SystemError("cannot write to output directory {} (no permission)", spec.output.directory);
  for (const auto& file : output_files(spec, config)) {
    if (!fs::exists(file)) continue;
    if (!spec.output.overwrite)
      throw core::ConfigError(
          "{} exists (output.overwrite_output_dir is false) choose another directory (-o)", file);
    if (fs::is_directory(file))
      throw core::ConfigError("{} is a directory (a file of that name is to be written)", file);
  }
}

void clear_output(const SimulationSpec& spec, const io::SonataConfig& config, const core::Comm& comm) {
  if (!comm.is_root()) return;
  for (const auto& file : output_files(spec, config)) {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    fs::remove(file, ignored);
    fs::remove(io::incomplete_name(file), ignored);
  }
}

void open_log(const SimulationSpec& spec, const core::Comm& comm) {
  if (!comm.is_root()) return;
  core::log::remove_file();
  if (spec.output.log_file) core::log::add_file(spec.output.log_file->string(), spec.output.log_to_console);
}

}  // namespace striate::engine
