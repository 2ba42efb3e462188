// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/grating_sparsity.hpp"

#include <cmath>
#include <map>
#include <system_error>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/values/nan.hpp"
#include "io/hdf5/h5.hpp"
#include "metrics/analyses/tuning/rate_table.hpp"
#include "metrics/base/numpy_copies.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

std::vector<std::vector<std::size_t>> repetitions_of(const io::Paradigm& paradigm) {
  const auto directions = levels_of(paradigm, "angle");
  std::map<std::string, std::size_t> place;
  std::vector<std::vector<std::size_t>> repetitions;
  for (const auto& of_direction : directions.trials)
    for (const auto trial : of_direction) {
      const auto [found, is_new] =
          place.emplace(condition_besides(paradigm.trials[trial], {"angle"}), repetitions.size());
      if (is_new) repetitions.emplace_back();
      repetitions[found->second].push_back(trial);
    }
  return repetitions;
}

double trial_averaged_sparsity(const TrialCounts& counts,
                               const std::vector<std::vector<std::size_t>>& repetitions, std::size_t cell,
                               MissingTrials missing) {
  std::vector<double> values;
  for (const auto& trials : repetitions) {
    std::vector<double> responses;
    bool complete = true;
    for (const auto trial : trials) {
      responses.push_back(counts.at(trial, 0, cell));
      complete = complete && counts.missing[trial] == 0;
    }
    if (missing == MissingTrials::left_out && !complete) continue;
    if (const double value = sparsity(responses); !std::isnan(value)) values.push_back(value);
  }
  return mean(values);
}

std::string sparsity_refusal(const io::Paradigm& paradigm) {
  return first_of(
      {several_conditions(paradigm), missing_variable(paradigm, "angle"), unequal_directions(paradigm)});
}

std::vector<std::filesystem::path> make_grating_sparsity(const GratingSparsityRequest& request,
                                                         const core::Comm& comm) {
  const auto& paradigm = request.paradigm;
  require_served(sparsity_refusal(paradigm), paradigm, "sparsity");
  require_one_condition(paradigm, request.base, "sparsity");
  const auto cells = read_cells(request.base, request.core);
  const auto runs = run_directories(paradigm, request.base, request.option);
  const auto repetitions = repetitions_of(paradigm);
  const auto counts = count_trials(runs, cells, {{request.window}, {}}, comm);
  const auto missing = counts.missing_count();
  if (missing == runs.size())
    throw core::MissingFileError("no spikes of any trial in {} ({}/spikes.h5 … are needed) simulate first",
                                 runs.front().parent_path(), paradigm.trials.front().name);
  if (missing != 0)
    core::log::warning("{} of {} trials below {} have no spikes ({})", missing, runs.size(),
                       runs.front().parent_path(),
                       request.missing == MissingTrials::silent ? "taken as silent" : "left out");
  std::vector<double> local;
  for (std::size_t cell = 0; cell < counts.cells.count(); ++cell)
    local.push_back(trial_averaged_sparsity(counts, repetitions, cell, request.missing));
  const auto values = gather_to_root(std::span<const double>(local), comm);
  const auto array_path = table_file(sparsity_files.items[0], request.output_directory, request.option),
             types_path = table_file(sparsity_files.items[1], request.output_directory, request.option),
             numpy_path =
                 table_file(sparsity_in_numpy.writes.items[0], request.output_directory, request.option);
  if (comm.is_root()) {
    const Provenance provenance{
        .kind = "sparsity",
        .inputs = {cells.nodes_file.string(),
                   fmt::format("{} ({} of {} trials)",
                               all_spike_files(paradigm, request.base, request.option), runs.size() - missing,
                               runs.size())},
        .options = {{"trials", fmt::format("{} of {}", runs.size() - missing, runs.size())},
                    {"window", to_text(request.window)},
                    {"missing trials", request.missing == MissingTrials::silent ? "silent" : "left out"},
                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
    auto file = create_array_file(array_path, provenance);
    io::h5::write<double>(file, "/dg_trial_averaged_sparsity", values);
    io::h5::write<std::uint64_t>(file, "/node_id", cells.node_id);
    finish_array_file(file, array_path);
    write_csv(types_path, summary_by_type(cells, values), ',', provenance);
    if (request.numpy)
      write_npy_copy(array_path, {.name = "dg_trial_averaged_sparsity"}, numpy_path, provenance);
  }
  std::vector<std::filesystem::path> files{array_path, types_path};
  if (request.numpy) files.push_back(numpy_path);
  return files;
}

std::vector<double> read_grating_sparsity(const std::filesystem::path& path, const Cells& cells) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    throw core::MissingFileError("no {} (sparsity of cells) run 'striate metrics sparsity' first", path);
  const auto file = io::h5::File::open(path);
  const auto values = io::h5::read<double>(file, "/dg_trial_averaged_sparsity");
  const auto ids = io::h5::read<std::uint64_t>(file, "/node_id");
  if (ids.size() != values.size())
    throw core::FormatError("{} ids but {} values in {}", ids.size(), values.size(), path);
  std::vector<double> result(cells.size(), core::nan);
  for (std::size_t i = 0; i < ids.size(); ++i)
    result[cells.require_row(ids[i], [&] { return path.string(); })] = values[i];
  return result;
}

std::vector<std::filesystem::path> run_sparsity(const core::Call& call, const core::Comm& world) {
  const auto paradigm = paradigm_of(call);
  const auto name = call.values.text("window");
  const auto* own = paradigm.window(name);
  const auto networks = all_networks(call);
  const SampledTable samples{.kind = "sparsity",
                             .each = sparsity_files.items[1],
                             .means = "{tables}/dg_sparsity_networks_{option}.csv",
                             .keys = {"cell_type"},
                             .number_keys = {},
                             .values = {"mean", "median"}};
  const auto output = output_directory(call, paradigm, gratings);
  const auto tables =
      sampled_files(samples, networks, paradigm.tables_folder(gratings), output, call.option());
  auto files = make_grating_sparsity(
      {.base = call.base(),
       .option = call.option(),
       .output_directory = output,
       .paradigm = paradigm,
       .window = own != nullptr ? *own : window_named(name),
       .missing = call.values.is("missing", "silent") ? MissingTrials::silent : MissingTrials::left_out,
       .core = core_rule(call.values),
       .numpy = call.values.is("format", "npy")},
      world);
  for (const auto& file : make_network_means(samples, networks, tables, output, call.option(), world))
    files.push_back(file);
  return files;
}

}  // namespace striate::metrics
