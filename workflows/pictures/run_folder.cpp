// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/pictures/run_folder.hpp"

#include <algorithm>
#include <vector>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "io/generation/run_record.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/config_files.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_with(const fs::path& folder, const char* ending) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ending) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

bool is_report(const fs::path& file) {
  try {
    return io::h5::is_group(io::h5::File::open(file), "/report");
  } catch (const core::Error&) {
    return false;  // whoever reads it says what is wrong with it
  }
}

/// The only configuration of this kind in a folder.
std::optional<io::SonataConfig> config_in(const fs::path& folder, io::RunKind kind) {
  std::optional<io::SonataConfig> found;
  for (const auto& file : files_with(folder, ".json")) {
    if (file.filename() == io::run_record_name) continue;
    try {
      const auto document = io::read_json(file);
      if (!document.is_object() || !document.contains("run") || io::kind_of_config(document, file) != kind)
        continue;
      if (found) return std::nullopt;
      found = io::planned_config(document, file);
    } catch (const core::Error&) {
      continue;  // another JSON file
    }
  }
  return found;
}

}  // namespace

fs::path report_of_run(const fs::path& folder, const std::optional<std::string>& name) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw core::MissingFileError("no folder {} (of a run) simulate it first", folder);
  std::vector<fs::path> reports;
  std::string names;
  for (const auto& file : files_with(folder, ".h5"))
    if (is_report(file)) {
      reports.push_back(file);
      names += (names.empty() ? "" : ", ") + file.stem().string();
    }
  if (reports.empty())
    throw core::MissingFileError(
        "no report in {} (none of its files holds recorded variables) ask for one in \"reports\" of the "
        "configuration and simulate again",
        folder);
  if (name) {
    for (const auto& file : reports)
      if (file.stem() == *name || file.filename() == *name) return file;
    throw core::MissingFileError("no report {} in {} (there are {})", *name, folder, names);
  }
  if (reports.size() > 1)
    throw core::UsageError("several reports in {} ({}) choose one with --report NAME", folder, names);
  return reports.front();
}

std::optional<fs::path> spikes_beside(const fs::path& result) {
  const auto folder = result.parent_path();
  std::string name = "spikes.h5";
  if (const auto config = config_in(folder, io::RunKind::simulation))
    if (const auto file = io::files_of_config(*config, io::RunKind::simulation).output("spikes_file"))
      name = file->filename();
  std::error_code ignored;
  return fs::exists(folder / name, ignored) ? std::optional(folder / name) : std::nullopt;
}

std::optional<fs::path> lgn_config_of_run(const fs::path& result) {
  const auto config = config_in(result.parent_path(), io::RunKind::simulation);
  if (!config) {
    core::log::info("the stimulus is not drawn (no configuration beside {} says what was read)", result);
    return std::nullopt;
  }
  std::error_code ignored;
  for (const auto& input : io::files_of_config(*config, io::RunKind::simulation).inputs) {
    if (input.where.find("/inputs/") == std::string::npos || !fs::exists(input.path, ignored)) continue;
    const auto lgn = config_in(input.path.parent_path(), io::RunKind::lgn);
    if (!lgn) continue;
    if (fs::last_write_time(input.path, ignored) > fs::last_write_time(result, ignored)) {
      core::log::info("the stimulus is not drawn ({} is newer than {}) give --lgn-config", input.path,
                      result);
      return std::nullopt;
    }
    return lgn->file;
  }
  core::log::info("the stimulus is not drawn (no configuration of the LGN is beside the spikes that {} read)",
                  config->file);
  return std::nullopt;
}

}  // namespace striate::workflows
