// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/run/version.hpp"
#include "core/values/nan.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/json.hpp"
#include "metrics/analyses/tuning/contrast.hpp"
#include "metrics/analyses/tuning/similarity.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/report/report.hpp"
#include "metrics/report/report_run.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

RunsReport runs_of(const std::string& what, const char* paradigm, const FigureRequest& request) {
  const auto directories =
      run_directories(io::read_paradigm(paradigm, nullptr), request.base, request.options.front());
  RunsReport runs{
      .what = what, .where = directories.front().parent_path(), .found = 0, .expected = directories.size()};
  for (const auto& directory : directories) runs.found += spike_file_in(directory) ? 1u : 0u;
  return runs;
}

std::vector<RunsReport> find_runs(const FigureRequest& request) {
  const auto output = request.base / ("output_" + request.options.front());
  return {{.what = "single run", .where = output, .found = spike_file_in(output) ? 1u : 0u, .expected = 1},
          runs_of("drifting gratings", gratings, request),
          runs_of("contrasts and blanks", contrast_gratings, request)};
}

struct CoreTypes {
  std::map<std::string, std::vector<std::uint32_t>> rows;  ///< core cells, L5_Exc pooled as well
};

CoreTypes core_types(const Cells& cells) {
  CoreTypes types;
  for (const auto row : core_rows(cells)) {
    types.rows[cells.type_of(row)].push_back(row);
    if (is_l5_excitatory(cells.type_of(row))) types.rows["L5_Exc"].push_back(row);
  }
  return types;
}

/// Mean over the type, and the fraction of zeros of the cells that are not meant to be silent; nullopt
/// without values.
struct RateSummary {
  std::optional<double> mean, silent;
};
RateSummary summary_of(const std::vector<double>& rates, const std::vector<std::uint32_t>& rows,
                       const std::vector<char>& silenced) {
  double sum = 0;
  std::size_t count = 0, zeros = 0, others = 0;
  for (const auto row : rows) {
    if (rates.empty() || std::isnan(rates[row])) continue;
    sum += rates[row];
    ++count;
    if (!silenced.empty() && silenced[row] != 0) continue;
    zeros += rates[row] == 0 ? 1u : 0u;
    ++others;
  }
  RateSummary summary;
  if (count != 0) summary.mean = sum / static_cast<double>(count);
  if (others != 0) summary.silent = static_cast<double>(zeros) / static_cast<double>(others);
  return summary;
}

std::vector<double> run_rates(const fs::path& output, const Cells& cells, double duration_ms) {
  const auto file = spike_file_in(output);
  if (!file) return {};
  std::vector<double> counts(cells.size(), 0);
  double last_ms = 0;
  visit_v1_spikes(*file, cells, [&](const io::SpikeTrains& spikes, std::span<const std::uint32_t> rows) {
    for (const double time_ms : spikes.time_ms) last_ms = std::max(last_ms, time_ms);
    for (const auto row : rows) counts[row] += 1;
  });
  const double seconds = (duration_ms > 0 ? duration_ms : last_ms) / 1000;
  if (!(seconds > 0)) return counts;  // no spikes, no rates but 0
  for (double& count : counts) count /= seconds;
  return counts;
}

std::vector<Comparison> comparisons_of(const std::string& type, const TypeValues& model,
                                       const ReferenceValues& reference) {
  std::vector<Comparison> comparisons;
  const bool pooled = !reference.values.contains(type) && is_l5_excitatory(type);
  for (const auto& metric : compared_metrics) {
    const auto own = values_of(model, type, metric.name),
               recorded = values_of(reference.values, pooled ? "L5_Exc" : type, metric.name);
    comparisons.push_back({.model = own.empty() ? nan : median(own),
                           .recorded = recorded.empty() ? nan : median(recorded),
                           .low = recorded.empty() ? nan : quantile(recorded, 0.05),
                           .high = recorded.empty() ? nan : quantile(recorded, 0.95),
                           .similarity = similarity_of(own, recorded, 0, 0).value,
                           .model_count = own.size(),
                           .recorded_count = recorded.size()});
  }
  return comparisons;
}

/// A line for each element of a list, "key: value" for an object's; paths below `base` without it.
std::string lines_of(const io::Json& json, const fs::path& base) {
  std::string text;
  for (const auto& [key, value] : json.items()) {
    auto shown = value.is_string() ? value.get<std::string>() : io::compact_text(value);
    const auto prefix = base.string() + "/";
    if (shown.starts_with(prefix)) shown.erase(0, prefix.size());
    text += (text.empty() ? "" : "\n") + (json.is_object() ? key + ": " + shown : shown);
  }
  return text;
}

std::vector<ReportFacts::Source> sources_of(const FigureRequest& request) {
  const std::string suffix = ".provenance.json", option = "_" + request.options.front() + ".";
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(request.tables, ignored)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(suffix) && name.find(option) != std::string::npos) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<ReportFacts::Source> sources;
  for (const auto& file : files) {
    const auto json = io::read_json(file);
    const auto text = [&](const char* key) {
      return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>()
                                                                             : "";
    };
    const auto list = [&](const char* key) {
      return json.is_object() && json.contains(key) && json[key].is_structured()
                 ? lines_of(json[key], request.base)
                 : "";
    };
    const auto name = file.filename().string();
    sources.push_back({.file = name.substr(0, name.size() - suffix.size()),
                       .program = text("program"),
                       .command = text("command"),
                       .inputs = list("inputs"),
                       .options = list("options")});
  }
  return sources;
}

}  // namespace

ReportFacts report_facts(const FigureRequest& request) {
  const auto& option = request.options.front();
  const auto output = request.base / ("output_" + option), tuning_file = request.table("OSI_DSI_DF");
  const bool has_run = spike_file_in(output).has_value(), has_tuning = fs::exists(tuning_file);
  if (!has_run && !has_tuning)
    throw core::MissingFileError(
        "nothing to report on option {} of {} (neither spikes in {} nor {}) simulate, or run 'striate "
        "metrics odsi "
        "{} {}' after the gratings",
        option, request.base, output, tuning_file, request.base, option);
  const auto cells = read_cells(request.base, request.core);
  ReportFacts facts{.network = network_name(request.base),
                    .option = option,
                    .cells = cells.size(),
                    .core_cells = core_rows(cells).size(),
                    .core_radius_um = request.core.radius_um,
                    .reference = fs::path(request.reference.source).filename().string(),
                    .runs = find_runs(request),
                    .simulation = {},
                    .types = {},
                    .warnings = {},
                    .sources = sources_of(request),
                    .training = training_report(request)};
  const auto size = network_size(request.base);
  facts.network_radius_um = size.radius_um;
  facts.network_core_um = size.core_radius_um;
  const auto run_of_option = has_run ? run_config(output, cells) : RunConfig{};
  const auto& silenced = run_of_option.silenced;
  facts.simulation = run_of_option.facts;
  const auto rates = run_rates(output, cells, run_of_option.duration_ms);
  TypeValues model;
  TuningColumns tuning;
  if (has_tuning) {
    std::vector<std::string> inputs;
    model = model_values({.networks = {request.base},
                          .option = option,
                          .output_directory = {},
                          .tables_of = [&](const auto&) { return request.tables; },
                          .reference = {},
                          .min_rate_hz = request.min_rate_hz,
                          .core = request.core},
                         std::span(&request.base, 1), inputs);
    tuning = read_tuning(tuning_file, cells);
  }
  const auto types = core_types(cells);
  for (const auto& name : sorted_types(types.rows)) {
    const auto& rows = types.rows.at(name);
    const auto run = summary_of(rates, rows, silenced), evoked = summary_of(tuning.mean_rate, rows, silenced);
    const auto count_silenced =
        std::ranges::count_if(rows, [&](auto row) { return !silenced.empty() && silenced[row] != 0; });
    facts.types.push_back(
        {.type = name,
         .cells = rows.size(),
         .silenced = static_cast<std::size_t>(count_silenced),
         .run_rate = run.mean,
         .run_silent = run.silent,
         .evoked_rate = evoked.mean,
         .evoked_silent = evoked.silent,
         .metrics = has_tuning ? comparisons_of(name, model, request.reference) : std::vector<Comparison>{}});
  }
  facts.warnings = type_warnings(facts.types);
  for (const auto& runs : facts.runs)
    if (runs.found > 0 && runs.found < runs.expected)
      facts.warnings.push_back(fmt::format("{}: {} of {} runs are missing in {}", runs.what,
                                           runs.expected - runs.found, runs.expected, runs.where));
  std::set<std::string> programs;
  for (const auto& source : facts.sources) programs.insert(source.program);
  programs.insert(core::program_label());
  if (programs.size() > 1) {
    std::string list;
    for (const auto& program : programs) list += (list.empty() ? "" : ", ") + program;
    facts.warnings.push_back("tables and report were made by different versions: " + list);
  }
  return facts;
}

std::vector<std::string> type_warnings(const std::vector<TypeReport>& types) {
  constexpr double implausible_hz = 50, many_silent = 0.5;
  constexpr std::size_t enough_units = 10;
  std::vector<std::string> warnings;
  for (const auto& type : types) {
    const auto name = shown_label(type.type);
    const auto look = [&](const std::optional<double>& rate, const std::optional<double>& silent,
                          const char* where) {
      const std::size_t cells = type.cells - type.silenced;
      const auto* kind = type.silenced == 0 ? "" : "other ";
      if (rate && *rate > implausible_hz)
        warnings.push_back(fmt::format("{}: rate out of range, {:.1f} Hz on average {} (above {} Hz)", name,
                                       *rate, where, implausible_hz));
      if (!silent) return;
      if (*silent == 1)
        warnings.push_back(
            fmt::format("{}: silent population, none of {} {}cells fired {}", name, cells, kind, where));
      else if (*silent > many_silent)
        warnings.push_back(fmt::format("{}: {:.0f} % of {} {}cells did not fire {}", name, 100 * *silent,
                                       cells, kind, where));
    };
    look(type.run_rate, type.run_silent, "in the single run");
    look(type.evoked_rate, type.evoked_silent, "during gratings");
    std::string beyond;
    for (std::size_t m = 0; m < type.metrics.size(); ++m) {
      const auto& comparison = type.metrics[m];
      if (compared_metrics[m].needs_response || comparison.recorded_count < enough_units) continue;
      if (comparison.model < comparison.low || comparison.model > comparison.high)
        beyond += fmt::format("{}{} {:.3g} Hz ({:.3g} to {:.3g} Hz)", beyond.empty() ? "" : ", ",
                              shown_label(compared_metrics[m].name), comparison.model, comparison.low,
                              comparison.high);
    }
    if (!beyond.empty())
      warnings.push_back(
          fmt::format("{}: rate out of range, median {}; in brackets the range of 90 % of the recorded units",
                      name, beyond));
  }
  return warnings;
}

}  // namespace striate::metrics
