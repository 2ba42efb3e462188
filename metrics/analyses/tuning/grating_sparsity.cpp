// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/grating_sparsity.hpp"

#include <array>
#include <cmath>

#include "core/error.hpp"
#include "core/log.hpp"
#include "io/paradigm/fixed_protocols.hpp"
#include "metrics/analyses/tuning/rate_table.hpp"
#include "metrics/base/output.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

double trial_averaged_sparsity(const TrialCounts& counts, std::size_t cell, MissingTrials missing) {
  std::vector<double> values;
  for (std::size_t trial = 0; trial < io::grating_trials; ++trial) {
    std::array<double, io::grating_directions> responses;
    bool complete = true;
    for (std::size_t k = 0; k < responses.size(); ++k) {
      const std::size_t run = k * io::grating_trials + trial;
      responses[k] = counts.at(run, 0, cell);
      complete = complete && counts.missing[run] == 0;
    }
    if (missing == MissingTrials::left_out && !complete) continue;
    if (const double value = sparsity(responses); !std::isnan(value)) values.push_back(value);
  }
  return mean(values);
}

std::vector<std::filesystem::path> make_grating_sparsity(const GratingSparsityRequest& request,
                                                         const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  std::vector<std::filesystem::path> runs;
  for (const auto& trial : io::drifting_gratings(request.base, request.option))
    runs.push_back(trial.run_directory);
  const auto counts = count_trials(runs, cells, {{request.window}, {}}, comm);
  const auto missing = counts.missing_count();
  if (missing == runs.size())
    throw core::MissingFileError(
        "no spikes of any trial in {} (angle0_trial0/spikes.h5 … are needed) simulate first",
        runs.front().parent_path());
  if (missing != 0)
    core::log::warning("{} of {} trials below {} have no spikes ({})", missing, runs.size(),
                       runs.front().parent_path(),
                       request.missing == MissingTrials::silent ? "taken as silent" : "left out");
  std::vector<double> local;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    local.push_back(trial_averaged_sparsity(counts, cell, request.missing));
  const auto values = gather_to_root(std::span<const double>(local), comm);
  const auto array_path =
      request.output_directory / fmt::format("dg_trial_averaged_sparsity_{}.h5", request.option);
  const auto types_path =
      request.output_directory / fmt::format("dg_sparsity_by_type_{}.csv", request.option);
  if (comm.is_root()) {
    const Provenance provenance{
        .kind = "sparsity",
        .inputs = {cells.nodes_file.string(),
                   fmt::format("{}/angle*_trial*/spikes.h5 ({} of {} trials)", runs.front().parent_path(),
                               runs.size() - missing, runs.size())},
        .options = {{"window", to_text(request.window)},
                    {"missing trials", request.missing == MissingTrials::silent ? "silent" : "left out"},
                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
    auto file = create_array_file(array_path, provenance);
    io::h5::write<double>(file, "/dg_trial_averaged_sparsity", values);
    io::h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
    finish_array_file(file, array_path);
    write_csv(types_path, summary_by_type(cells, values), ',', provenance);
  }
  return {array_path, types_path};
}

}  // namespace striate::metrics
