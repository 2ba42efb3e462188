// SPDX-License-Identifier: BSD-3-Clause
#include "builder/build.hpp"

#include <optional>

#include "builder/files/build_record.hpp"
#include "builder/files/components.hpp"
#include "builder/files/edge_writer.hpp"
#include "builder/files/node_writer.hpp"
#include "builder/files/outputs.hpp"
#include "builder/files/run_configs.hpp"
#include "builder/files/type_tables.hpp"
#include "builder/nodes/cost_shares.hpp"
#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/network_paths.hpp"
#include "core/progress.hpp"
#include "io/generation/output_lock.hpp"

namespace striate::builder {
namespace {

enum Phase : std::size_t { nodes_phase, recurrent_phase, lgn_phase, background_phase, write_phase };

/// One build.
struct Work {
  const BuildOptions& options;
  const core::Comm& comm;
  core::NetworkPaths paths;
  io::RunAttributes attributes;  ///< of all files
  Workplace place;
};

std::vector<std::string> names_of(const Parts& parts) {
  std::vector<std::string> names;
  if (parts.v1) names.emplace_back(core::v1_population);
  if (parts.lgn) names.emplace_back(core::lgn_population);
  if (parts.background) names.emplace_back(core::background_population);
  return names;
}

void require_cells(const BuildOptions& options) {
  const auto file = core::NetworkPaths{options.base}.nodes(core::v1_population);
  if (!options.parts.v1 && !std::filesystem::exists(file))
    throw core::MissingFileError(
        "{} is missing (its cells are to be reused) build the network without --only first", file);
}

V1Nodes nodes_to_build(const NetworkSpec& spec, const BuildOptions& options) {
  if (options.parts.v1) return make_v1_nodes(spec);
  require_cells(options);
  return read_v1_nodes(core::NetworkPaths{options.base}.nodes(core::v1_population), spec);
}

Work begin_work(const NetworkSpec& spec, const BuildOptions& options, const core::Comm& comm) {
  return {options,
          comm,
          {options.base},
          attributes_of(spec, options.parts.source_index),
          make_workplace(spec, nodes_to_build(spec, options))};
}

Outputs list_outputs(const Work& work) {
  Outputs outputs(work.options.base);
  const auto& spec = work.place.spec;
  const auto& paths = work.paths;
  const auto& parts = work.options.parts;
  const auto add_population = [&](const char* population, std::string node_types, std::string edge_types) {
    outputs.add_text(population, paths.node_types(population), std::move(node_types));
    outputs.add_text(population, paths.edge_types(population), std::move(edge_types));
    outputs.add_file(population, paths.nodes(population));
    outputs.add_file(population, paths.edges(population));
  };
  if (parts.v1) {
    const auto* cells = core::v1_population;
    for (auto& file : cell_model_files(spec))
      outputs.add_text(cells, paths.cell_models() / file.name, std::move(file.text));
    for (auto& file : synaptic_model_files(spec))
      outputs.add_text(cells, paths.synaptic_models() / file.name, std::move(file.text));
    for (auto& file : run_config_files(spec))
      outputs.add_text(cells, paths.configs() / file.name, std::move(file.text), Outputs::Listed::no);
    outputs.add_text(cells, paths.description(), spec.resolved.yaml);
    add_population(core::v1_population, v1_node_types(spec), recurrent_edge_types(spec));
  }
  if (parts.lgn) add_population(core::lgn_population, lgn_node_types(spec), lgn_edge_types(spec));
  if (parts.background)
    add_population(core::background_population, background_node_types(), background_edge_types(spec));
  return outputs;
}

void write_all_nodes(const Work& work) {
  const auto& [parts, place] = std::tie(work.options.parts, work.place);
  const auto write = [&](const char* population, const NodeTable& table) {
    builder::write_nodes(work.paths.nodes(population), population, table, work.attributes, work.comm);
  };
  if (parts.v1) write(core::v1_population, v1_node_table(place.spec, place.nodes));
  if (parts.lgn) write(core::lgn_population, lgn_node_table(place.units));
  const std::vector<double> zeros(static_cast<std::size_t>(place.spec.background.units), 0.0);
  if (parts.background) write(core::background_population, background_node_table(zeros));
}

EdgeFile make_layout(const Work& work, const std::string& source, std::uint64_t sources, EdgeTypeIds types,
                     SynapseCount count) {
  return {.path = work.paths.edges(source),
          .source_population = source,
          .target_population = core::v1_population,
          .source_count = sources,
          .target_count = work.place.nodes.size(),
          .types = std::move(types),
          .synapse_count = count,
          .deflate = work.options.deflate,
          .source_index = work.options.parts.source_index,
          .attributes = work.attributes};
}

/// Shows one phase's progress: what this rank has made, at the pace of all.
class PhaseProgress {
 public:
  PhaseProgress(const std::string& title, std::uint64_t targets, const core::Comm& comm)
      : ranks_(comm.size()),
        start_(core::Clock::now()),
        progress_(title, static_cast<double>(targets), core::shows_progress(comm)) {}
  void operator()(std::size_t targets, std::size_t rows) {
    if (!progress_.due()) return;
    const double rate = static_cast<double>(rows) * ranks_ / core::seconds_since(start_);
    progress_.update(static_cast<double>(targets),
                     fmt::format("{:.1f} M edges/s, {} on this rank", rate / 1e6,
                                 core::human_bytes(core::peak_rss_bytes())));
  }

 private:
  double ranks_;
  core::Clock::time_point start_;
  core::Progress progress_;
};

void write_with_progress(const EdgeFile& layout, const EdgeRows& rows, const core::Comm& comm,
                         core::PhaseTimers& timers) {
  const core::ScopedPhase phase(timers, write_phase);
  const bool has_weight = !rows.weight.empty() || !rows.target_weight.empty();
  const auto total = static_cast<double>(rows.rows() * edge_row_bytes(layout, rows.rows(), has_weight));
  core::Progress progress("write " + layout.path.filename().string(), total, core::shows_progress(comm));
  double done = 0;
  write_edges(layout, rows, comm, [&](std::uint64_t bytes) {
    done += static_cast<double>(bytes);
    progress.update(done, core::human_bytes(static_cast<std::uint64_t>(done)) + " by this rank");
  });
}

/// [population][0] cells' inputs from excitatory, [1] from inhibitory cells, [2] from LGN; of this rank's
/// targets.
struct InputCounts {
  std::vector<std::int64_t> values;
  std::int64_t& at(std::size_t population, std::size_t kind) { return values[3 * population + kind]; }
};

void build_recurrent(const Work& work, const Estimate& estimate, InputCounts& counts,
                     core::PhaseTimers& timers) {
  const auto& [spec, nodes, comm] = std::tie(work.place.spec, work.place.nodes, work.comm);
  const auto share = share_by_cost(recurrent_cost(spec, nodes, work.place.rule), comm.rank(), comm.size());
  EdgeRows rows;
  if (work.options.parts.recurrent) {
    const core::ScopedPhase phase(timers, recurrent_phase);
    PhaseProgress progress("recurrent", share.count(), comm);
    rows = make_recurrent_edges(spec, nodes, work.place.rule, work.place.grid, targets_of(share),
                                estimate.recurrent_edges / comm.size(), std::ref(progress));
  } else {
    rows = no_edges(targets_of(share));
  }
  std::vector<std::uint8_t> inhibitory;
  for (const auto model : nodes.model)
    inhibitory.push_back(spec.populations[spec.models[model].population].excitatory ? 0 : 1);
  for (std::size_t t = 0; t < rows.targets(); ++t)
    for (auto row = rows.first_row[t]; row < rows.first_row[t + 1]; ++row)
      ++counts.at(spec.models[nodes.model[rows.first_target + t]].population,
                  inhibitory[rows.source[row] & ~run_start]);
  write_with_progress(make_layout(work, core::v1_population, nodes.size(), recurrent_type_ids(spec, nodes),
                                  SynapseCount::n_syns_),
                      rows, comm, timers);
}

void build_lgn(const Work& work, const Estimate& estimate, InputCounts& counts, core::PhaseTimers& timers) {
  const auto& [spec, nodes, comm] = std::tie(work.place.spec, work.place.nodes, work.comm);
  const auto share = share_by_cost(lgn_cost(spec, nodes), comm.rank(), comm.size());
  EdgeRows rows;
  {
    const core::ScopedPhase phase(timers, lgn_phase);
    PhaseProgress progress("LGN", share.count(), comm);
    rows = make_lgn_edges(spec, nodes, work.place.units, targets_of(share), estimate.lgn_rows / comm.size(),
                          std::ref(progress));
  }
  for (std::size_t t = 0; t < rows.targets(); ++t)
    counts.at(spec.models[nodes.model[rows.first_target + t]].population, 2) +=
        static_cast<std::int64_t>(rows.first_row[t + 1] - rows.first_row[t]);
  write_with_progress(make_layout(work, core::lgn_population, work.place.units.size(),
                                  input_type_ids(spec, nodes), SynapseCount::none),
                      rows, comm, timers);
}

std::int64_t build_background(const Work& work, core::PhaseTimers& timers) {
  const auto& [spec, nodes, comm] = std::tie(work.place.spec, work.place.nodes, work.comm);
  const auto share = core::contiguous_share(nodes.size(), comm.rank(), comm.size());
  EdgeRows rows;
  {
    const core::ScopedPhase phase(timers, background_phase);
    rows = make_background_edges(spec, targets_of(share));
  }
  const auto units = static_cast<std::uint64_t>(spec.background.units);
  write_with_progress(
      make_layout(work, core::background_population, units, input_type_ids(spec, nodes), SynapseCount::nsyns),
      rows, comm, timers);
  return static_cast<std::int64_t>(rows.rows());
}

BuildSummary summarize(const Work& work, InputCounts& counts, const Outputs& outputs) {
  BuildSummary summary;
  work.comm.sum_in_place(counts.values);
  for (std::size_t i = 0; i < work.place.spec.populations.size(); ++i) {
    summary.populations.push_back(
        {work.place.spec.populations[i].name, 0, counts.at(i, 0), counts.at(i, 1), counts.at(i, 2)});
    summary.recurrent_edges += counts.at(i, 0) + counts.at(i, 1);
    summary.lgn_rows += counts.at(i, 2);
  }
  for (const auto model : work.place.nodes.model)
    ++summary.populations[work.place.spec.models[model].population].cells;
  if (work.comm.is_root())
    for (const auto& path : outputs.paths())
      if (std::filesystem::is_regular_file(path)) summary.bytes_written += std::filesystem::file_size(path);
  summary.peak_memory_bytes =
      static_cast<std::uint64_t>(work.comm.sum(static_cast<std::int64_t>(core::peak_rss_bytes())));
  return summary;
}

}  // namespace

BuildSummary build(const NetworkSpec& spec, const BuildOptions& options, const core::Comm& comm) {
  const auto start = core::Clock::now();
  core::PhaseTimers timers({"nodes", "recurrent", "LGN", "background", "write"});
  std::optional<Work> begun;
  Estimate estimate;
  require_cells(options);
  const auto lock = io::lock_folder(core::NetworkPaths{options.base}.network(), comm);
  {
    const core::ScopedPhase phase(timers, nodes_phase);
    begun.emplace(begin_work(spec, options, comm));
  }
  auto& work = *begun;
  const Outputs outputs = list_outputs(work);
  outputs.check(files_read(spec));
  const auto before = io::read_manifest(work.paths.network());
  if (options.overwrite == Overwrite::refuse) outputs.refuse_existing(before);
  refuse_mixture(options.base, before, names_of(options.parts), work.attributes, options.mixture);
  estimate = estimate_build(work.place, options.parts, comm);
  check_resources(estimate, options.base, comm);
  if (comm.is_root()) outputs.prepare();
  comm.barrier();
  for (const auto& warning : work.place.rule.warnings) core::log::warning("{}", warning);
  core::log::detail("{}", describe(estimate, work.place, comm.size()));
  {
    const core::ScopedPhase phase(timers, nodes_phase);
    write_all_nodes(work);
  }
  InputCounts counts{std::vector<std::int64_t>(3 * spec.populations.size(), 0)};
  std::int64_t background = 0;
  if (options.parts.v1) build_recurrent(work, estimate, counts, timers);
  if (options.parts.lgn) build_lgn(work, estimate, counts, timers);
  if (options.parts.background) background = build_background(work, timers);
  outputs.publish(manifest_with(before, names_of(options.parts), spec, work.attributes, comm),
                  options.hash ? Outputs::Hashes::keep : Outputs::Hashes::none, comm);
  auto summary = summarize(work, counts, outputs);
  summary.background_edges = comm.sum(background);
  summary.seconds = core::seconds_since(start);
  summary.phases = timers.reduce(comm);
  return summary;
}

Estimate estimate(const NetworkSpec& spec, const BuildOptions& options, const core::Comm& comm) {
  const auto work = begin_work(spec, options, comm);
  return estimate_build(work.place, options.parts, comm);
}

std::string dry_run(const NetworkSpec& spec, const BuildOptions& options, const core::Comm& comm) {
  const auto work = begin_work(spec, options, comm);
  const auto estimate = estimate_build(work.place, options.parts, comm);
  return describe(estimate, work.place, comm.size());
}

std::string describe(const BuildSummary& summary) {
  std::string text = fmt::format("{:<12}{:>9}{:>14}{:>14}{:>14}\n", "population", "cells", "inputs from e",
                                 "from i", "LGN synapses");
  std::int64_t cells = 0;
  for (const auto& population : summary.populations) {
    const auto mean = [&](std::int64_t count) {
      return population.cells == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(population.cells);
    };
    text += fmt::format("{:<12}{:>9}{:>14.1f}{:>14.1f}{:>14.1f}\n", population.name, population.cells,
                        mean(population.from_excitatory), mean(population.from_inhibitory),
                        mean(population.from_lgn));
    cells += population.cells;
  }
  text += fmt::format("{} cells; edges: {} recurrent, {} LGN, {} background\n", cells,
                      summary.recurrent_edges, summary.lgn_rows, summary.background_edges);
  std::string phases;
  for (const auto& phase : summary.phases)
    phases += fmt::format("{}{} {:.2f}", phases.empty() ? "" : ", ", phase.name, phase.max);
  text += fmt::format("{} written in {:.2f} s (slowest rank, s: {}); peak memory {} over all ranks\n",
                      core::human_bytes(summary.bytes_written), summary.seconds, phases,
                      core::human_bytes(summary.peak_memory_bytes));
  return text;
}

}  // namespace striate::builder
