// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/disk_estimate.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "engine/network/node_targets.hpp"
#include "io/files/output_place.hpp"
#include "io/sonata/reports/reports.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;

constexpr double low_rate_hz = 0.5, usual_rate_hz = 5, high_rate_hz = 20;
constexpr double h5_bytes_per_spike = 16, csv_bytes_per_spike = 22;
constexpr std::uint64_t mapping_bytes_per_column = 32, file_bytes = 10'000;

struct ReportSize {
  std::uint64_t file = 0;  ///< bytes
  std::uint64_t values = 0;  ///< of all cells, of which there may be only means in the file
};

ReportSize size_of(const ReportSpec& report, const Trial& trial, const Network& network) {
  std::uint64_t cells = 0, columns = 0;
  for (const auto& part : recorded_neurons(report, network, trial.node_sets)) {
    cells += part.nodes.size();
    columns += part.columns();
  }
  const auto samples = report.last < report.first
                           ? 0
                           : static_cast<std::uint64_t>((report.last - report.first) / report.interval + 1);
  const std::uint64_t value = report.precision == io::ReportPrecision::float32 ? 4 : 8;
  return {
      .file = file_bytes + columns * (mapping_bytes_per_column + samples * report.variables.size() * value),
      .values = cells * samples * report.variables.size() * sizeof(double)};
}

/// The folder that is there, or is to be made, as far as it exists.
fs::path existing_folder(const fs::path& file) {
  auto folder = io::resolved(file).parent_path();
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

/// Needs by file system.
class Needs {
 public:
  void add(const fs::path& file, std::uint64_t report, double spikes_per_hz) {
    if (io::output_place(file).is_stream) return;
    const auto folder = existing_folder(file);
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return;
    auto& need = by_device_.try_emplace(status.st_dev, DiskNeed{.folder = folder}).first->second;
    need.report_bytes += report;
    need.spike_bytes_per_hz += spikes_per_hz;
  }
  std::vector<DiskNeed> list() const {
    std::vector<DiskNeed> needs;
    for (const auto& [device, need] : by_device_) needs.push_back(need);
    return needs;
  }

 private:
  std::map<dev_t, DiskNeed> by_device_;
};

std::uint64_t bytes_at(const DiskNeed& need, double rate_hz) {
  return need.report_bytes + static_cast<std::uint64_t>(need.spike_bytes_per_hz * rate_hz);
}

}  // namespace

std::vector<DiskNeed> estimate_disk(const std::vector<Trial>& trials, const Network& network) {
  Needs needs;
  for (const auto& trial : trials) {
    const double cell_seconds =
        static_cast<double>(network.neuron_count()) * trial.spec.grid.time_ms(trial.spec.steps) / 1000;
    const auto& output = trial.spec.output;
    if (output.spikes_file) needs.add(*output.spikes_file, file_bytes, cell_seconds * h5_bytes_per_spike);
    if (output.spikes_file_csv) needs.add(*output.spikes_file_csv, 0, cell_seconds * csv_bytes_per_spike);
    for (const auto& report : trial.spec.reports)
      needs.add(report.file, size_of(report, trial, network).file, 0);
  }
  return needs.list();
}

void require_disk(const std::vector<DiskNeed>& needs) {
  for (const auto& need : needs) {
    const auto free = core::free_disk_bytes(need.folder);
    if (bytes_at(need, low_rate_hz) > free)
      throw core::SystemError(
          "not enough space at {} (reports take {}, spikes about {} at {} Hz; {} are free) record less, or "
          "write elsewhere (-o)",
          need.folder, core::human_bytes(need.report_bytes),
          core::human_bytes(bytes_at(need, usual_rate_hz) - need.report_bytes), usual_rate_hz,
          core::human_bytes(free));
    if (bytes_at(need, high_rate_hz) > free)
      core::log::warning("{} may become full ({} are free, results take {} if cells fire at {} Hz)",
                         need.folder, core::human_bytes(free),
                         core::human_bytes(bytes_at(need, high_rate_hz)), high_rate_hz);
  }
}

std::string describe(const std::vector<DiskNeed>& needs) {
  std::string text;
  for (const auto& need : needs)
    text += fmt::format("disk        {} for reports and, at {} Hz, {} for spikes; {} free at {}\n",
                        core::human_bytes(need.report_bytes), usual_rate_hz,
                        core::human_bytes(bytes_at(need, usual_rate_hz) - need.report_bytes),
                        core::human_bytes(core::free_disk_bytes(need.folder)), need.folder.string());
  return text;
}

std::uint64_t report_memory_bytes(const std::vector<Trial>& trials, const Network& network,
                                  const core::Ranks& ranks) {
  constexpr std::uint64_t kept = 8 << 20, copies = 3;  // of one report's share while it is exchanged
  std::uint64_t most = 0;
  for (const auto& trial : trials) {
    std::uint64_t bytes = 0, largest = 0;
    for (const auto& report : trial.spec.reports) {
      const auto share =
          std::min(kept, size_of(report, trial, network).values / static_cast<std::uint64_t>(ranks.total));
      bytes += share;
      largest = std::max(largest, share);
    }
    most = std::max(most, bytes + copies * largest);
  }
  return most;
}

}  // namespace striate::engine
