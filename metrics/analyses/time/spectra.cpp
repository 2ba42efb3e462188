// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/time/spectra.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "io/paradigm/fixed_protocols.hpp"
#include "io/text/json.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/math/welch.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* shown_contrast = "0.8";
constexpr const char* shown_angle = "0";
constexpr std::size_t shown_frequencies = 101;  // 0 to 100 Hz

struct BinnedSpike {
  std::uint32_t row, bin;
  auto operator<=>(const BinnedSpike&) const = default;
};

std::size_t bins_of(const Window& window) {
  return static_cast<std::size_t>(window.end_ms - window.begin_ms);
}

/// Spikes of core cells in the window, by cell. The last bin has its right end, too.
std::vector<BinnedSpike> binned_spikes(const fs::path& file, const Cells& cells, const Window& window) {
  const auto last = static_cast<std::uint32_t>(bins_of(window) - 1);
  std::vector<BinnedSpike> binned;
  visit_v1_spikes(file, [&](const io::SpikeTrains& spikes) {
    for (std::size_t i = 0; i < spikes.size(); ++i) {
      const auto row = cells.row_of(spikes.node_id[i]);
      if (!row || cells.core[*row] == 0 || !window.contains(spikes.time_ms[i])) continue;
      const auto bin = static_cast<std::uint32_t>(spikes.time_ms[i] - window.begin_ms);
      binned.push_back({*row, std::min(bin, last)});
    }
  });
  std::ranges::sort(binned);
  return binned;
}

std::vector<std::size_t> core_cells_by_type(const Cells& cells) {
  std::vector<std::size_t> counts(cells.type_names.size(), 0);
  for (const auto row : core_rows(cells)) ++counts[cells.type[row]];
  return counts;
}

/// Sums over the trials of one condition. [type * spectrum_size + frequency], [type]
struct ConditionSums {
  std::vector<double> density;
  std::vector<std::int64_t> trials;
};
using Condition = std::pair<std::string, std::string>;  ///< contrast, direction
using Conditions = std::map<Condition, ConditionSums>;

Condition condition_of(const io::Trial& trial) {
  return {trial.contrast < 0 ? "0.0" : io::contrast_texts[trial.contrast],
          fmt::format("{}", trial.angle_deg)};
}

void add(ConditionSums& sums, std::span<const double> spectra) {
  const std::size_t types = spectra.size() / spectrum_size;
  sums.density.resize(spectra.size(), 0);
  sums.trials.resize(types, 0);
  for (std::size_t type = 0; type < types; ++type) {
    const std::size_t first = type * spectrum_size;
    if (std::isnan(spectra[first + 1])) continue;
    ++sums.trials[type];
    for (std::size_t i = first; i < first + spectrum_size; ++i) sums.density[i] += spectra[i];
  }
}

/// The sums on the root. Collective.
Conditions sum_trials(const SpectraRequest& request, const Cells& cells, const core::Comm& comm) {
  const auto trials = io::contrasts(request.base, request.option);
  const std::size_t width = cells.type_names.size() * spectrum_size;
  const auto ranks = static_cast<std::size_t>(comm.size());
  core::Progress progress("reading spikes", static_cast<double>(trials.size()), core::shows_progress(comm));
  Conditions conditions;
  std::size_t missing = 0;
  fs::path first_missing;
  for (std::size_t first = 0; first < trials.size(); first += ranks) {
    const std::size_t mine = first + static_cast<std::size_t>(comm.rank());
    std::vector<double> spectra;
    if (mine < trials.size())
      if (const auto file = spike_file_in(trials[mine].run_directory))
        spectra = trial_spectra(*file, cells, request.rule);
    const auto sizes = comm.all_gather(spectra.size());
    const auto all = gather_to_root(std::span<const double>(spectra), comm);
    std::size_t place = 0;
    for (std::size_t trial = first; trial < std::min(first + ranks, trials.size()); ++trial) {
      if (sizes[trial - first] == 0) {
        if (missing++ == 0) first_missing = trials[trial].run_directory;
      } else if (comm.is_root()) {
        add(conditions[condition_of(trials[trial])], std::span(all).subspan(place, width));
        place += width;
      }
    }
    const auto done = std::min(first + ranks, trials.size());
    if (progress.due())
      progress.update(static_cast<double>(done), fmt::format("{} of {} trials", done, trials.size()));
  }
  progress.finish(fmt::format("{} trials, {} missing", trials.size(), missing));
  if (missing == trials.size())
    throw core::MissingFileError(
        "no trial with spikes.h5 or spikes.csv below {} (spectra come from there) "
        "simulate first",
        trials.front().run_directory.parent_path());
  if (missing != 0 && comm.is_root())
    core::log::warning("no spikes in {} of {} trials (the first is {}): left out", missing, trials.size(),
                       first_missing);
  return conditions;
}

/// A whole number as such, as the reference writes its times.
io::Json json_number(double value) {
  return value == std::floor(value) ? io::Json(static_cast<std::int64_t>(value)) : io::Json(value);
}

io::Json to_json(const Conditions& conditions, const Cells& cells, const Window& window) {
  std::vector<std::string> names = cells.type_names;
  std::ranges::sort(names);
  const auto frequencies = welch_frequencies(spectrum_segment, 1000);
  io::Json spectra = io::Json::object(), present = io::Json::array();
  for (const auto& name : names) {
    const auto type =
        static_cast<std::size_t>(std::ranges::find(cells.type_names, name) - cells.type_names.begin());
    io::Json of_type = io::Json::object();
    for (const auto& [condition, sums] : conditions) {
      if (sums.trials[type] == 0) continue;
      std::vector<double> density(
          sums.density.begin() + static_cast<std::ptrdiff_t>(type * spectrum_size),
          sums.density.begin() + static_cast<std::ptrdiff_t>((type + 1) * spectrum_size));
      for (auto& value : density) value /= static_cast<double>(sums.trials[type]);
      of_type[condition.first][condition.second] = {
          {"frequencies", frequencies}, {"psd", std::move(density)}, {"n_trials", sums.trials[type]}};
    }
    if (of_type.empty()) continue;
    present.push_back(name);
    spectra[name] = std::move(of_type);
  }
  io::Json contrasts = io::Json::array({0.0}), angles = io::Json::array();
  for (const double contrast : io::contrast_values) contrasts.push_back(contrast);
  for (int k = 0; k < io::grating_directions; ++k) angles.push_back(45 * k);
  return {{"cell_types", std::move(present)},    {"contrasts", std::move(contrasts)},
          {"angles", std::move(angles)},         {"t_start", json_number(window.begin_ms)},
          {"t_end", json_number(window.end_ms)}, {"spectra", std::move(spectra)}};
}

std::string json_name(const Window& window) {
  return fmt::format("combined_spectra_{}to{}.json", window.begin_ms, window.end_ms);
}

/// The density of `type` in the condition that is shown; nullopt where it is absent.
std::optional<std::vector<double>> shown_density(const io::Json& json, const std::string& type,
                                                 const fs::path& file) {
  const io::Json* node = &json;
  for (const std::string& key : {std::string("spectra"), type, std::string(shown_contrast),
                                 std::string(shown_angle), std::string("psd")}) {
    if (!node->is_object() || !node->contains(key)) return std::nullopt;
    node = &(*node)[key];
  }
  std::vector<double> density;
  if (node->is_array())
    for (const auto& value : *node)
      if (value.is_number()) density.push_back(value.get<double>());
  if (!node->is_array() || density.size() != node->size() || density.size() < shown_frequencies)
    throw core::FormatError("invalid psd of {} in {} (needs at least {} numbers, 1 Hz apart)", type, file,
                            shown_frequencies);
  return density;
}

Table mean_table(const std::vector<std::pair<fs::path, io::Json>>& networks, const Cells& cells) {
  std::vector<std::string> names = cells.type_names, types;
  sort_types(names);
  std::vector<double> frequencies, means, errors;
  std::vector<std::int64_t> counts;
  for (const auto& name : names) {
    std::vector<std::vector<double>> densities;
    for (const auto& [file, json] : networks)
      if (auto density = shown_density(json, name, file)) densities.push_back(std::move(*density));
    if (densities.empty()) continue;
    for (std::size_t i = 0; i < shown_frequencies; ++i) {
      std::vector<double> values;
      for (const auto& density : densities) values.push_back(density[i]);
      types.push_back(name);
      frequencies.push_back(static_cast<double>(i));
      means.push_back(mean(values));
      errors.push_back(standard_error(values));
      counts.push_back(static_cast<std::int64_t>(values.size()));
    }
  }
  return {{{"cell_type", std::move(types)},
           {"frequency(Hz)", std::move(frequencies)},
           {"psd", std::move(means)},
           {"sem", std::move(errors)},
           {"networks", std::move(counts)}}};
}

Provenance provenance_of(const SpectraRequest& request, const Cells& cells) {
  const auto& rule = request.rule;
  return {.kind = "spectra",
          .inputs = {cells.nodes_file.string(), fmt::format("{}/angle*_contrast*_trial*/spikes.h5",
                                                            request.base / ("contrasts_" + request.option))},
          .options = {{"window", to_text(rule.window)},
                      {"of", rule.of == SpectrumOf::population ? "population" : "cell"},
                      {"cells", rule.counted == CountedCells::active ? "active" : "all"},
                      {"unit", rule.unit == DensityUnit::per_khz ? "per kHz" : "per Hz"},
                      {"times frequency", rule.times_frequency ? "yes" : "no"},
                      {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
}

}  // namespace

std::vector<double> trial_spectra(const fs::path& spike_file, const Cells& cells, const SpectrumRule& rule) {
  const auto spikes = binned_spikes(spike_file, cells, rule.window);
  const std::size_t types = cells.type_names.size(), bins = bins_of(rule.window);
  Welch welch(spectrum_segment, rule.unit == DensityUnit::per_khz ? 1 : 1000);
  std::vector<double> spectra(types * spectrum_size, 0);
  std::vector<std::size_t> active(types, 0);
  std::vector<std::vector<double>> pooled(types);
  const auto add_density = [&](std::size_t type, std::span<const double> counts) {
    const auto density = welch.density(counts);
    for (std::size_t i = 0; i < spectrum_size; ++i) spectra[type * spectrum_size + i] += density[i];
  };
  std::vector<double> own;
  for (std::size_t i = 0; i < spikes.size();) {
    const auto row = spikes[i].row;
    const std::size_t type = cells.type[row];
    auto& counts = rule.of == SpectrumOf::population ? pooled[type] : own;
    if (rule.of == SpectrumOf::cell || counts.empty()) counts.assign(bins, 0);
    for (; i < spikes.size() && spikes[i].row == row; ++i) counts[spikes[i].bin] += 1;
    ++active[type];
    if (rule.of == SpectrumOf::cell) add_density(type, counts);
  }
  const auto all = core_cells_by_type(cells);
  for (std::size_t type = 0; type < types; ++type) {
    if (!pooled[type].empty()) add_density(type, pooled[type]);
    const auto n = static_cast<double>((rule.counted == CountedCells::active ? active : all)[type]);
    const double divisor = rule.of == SpectrumOf::population ? n * n : n;
    for (std::size_t i = 0; i < spectrum_size; ++i) {
      auto& value = spectra[type * spectrum_size + i];
      value = active[type] == 0 ? nan : value / divisor * (rule.times_frequency ? static_cast<double>(i) : 1);
    }
  }
  return spectra;
}

std::vector<fs::path> make_spectra(const SpectraRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  const auto name = json_name(request.rule.window);
  const auto json_file = request.json_directory / name,
             table_file = request.output_directory / fmt::format("spectra_{}.csv", request.option);
  const auto conditions = sum_trials(request, cells, comm);
  if (!comm.is_root()) return {json_file, table_file};
  auto provenance = provenance_of(request, cells);
  std::vector<std::pair<fs::path, io::Json>> networks;
  networks.emplace_back(json_file, to_json(conditions, cells, request.rule.window));
  write_json(json_file, networks[0].second, provenance);
  for (const auto& network : request.networks) {
    const auto file = network / ("contrasts_" + request.option) / name;
    networks.emplace_back(file, io::read_json(file));
    provenance.inputs.push_back(file.string());
  }
  write_csv(table_file, mean_table(networks, cells), ',', provenance);
  return {json_file, table_file};
}

}  // namespace striate::metrics
