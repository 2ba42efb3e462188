// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/time/spectra.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/values/nan.hpp"
#include "io/text/json.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/math/welch.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
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
  visit_v1_spikes(file, cells, [&](const io::SpikeTrains& spikes, std::span<const std::uint32_t> rows) {
    for (std::size_t i = 0; i < spikes.size(); ++i) {
      if (cells.core[rows[i]] == 0 || !window.contains(spikes.time_ms[i])) continue;
      const auto bin = static_cast<std::uint32_t>(spikes.time_ms[i] - window.begin_ms);
      binned.push_back({rows[i], std::min(bin, last)});
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
using Condition = std::pair<std::string, std::string>;  ///< contrast, direction, as in the YAML
using Conditions = std::map<Condition, ConditionSums>;

Condition condition_of(const io::ParadigmTrial& trial) {
  Condition condition;
  for (const auto& [name, text] : trial.variables) {
    if (name == "contrast") condition.first = text;
    if (name == "angle") condition.second = text;
  }
  return condition;
}

/// What spectra_OPT.csv shows.
Condition shown_condition(const io::Paradigm& paradigm) {
  return {levels_of(paradigm, "contrast").texts.back(), levels_of(paradigm, "angle").texts.front()};
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
  const auto& trials = request.paradigm.trials;
  const auto runs = run_directories(request.paradigm, request.base, request.option);
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
      if (const auto file = spike_file_in(runs[mine])) spectra = trial_spectra(*file, cells, request.rule);
    const auto sizes = comm.all_gather(spectra.size());
    const auto all = gather_to_root(std::span<const double>(spectra), comm);
    std::size_t place = 0;
    for (std::size_t trial = first; trial < std::min(first + ranks, trials.size()); ++trial) {
      if (sizes[trial - first] == 0) {
        if (missing++ == 0) first_missing = runs[trial];
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
        runs.front().parent_path());
  if (missing != 0 && comm.is_root())
    core::log::warning("no spikes in {} of {} trials (the first is {}): left out", missing, trials.size(),
                       first_missing);
  return conditions;
}

/// A whole number as such, as the reference writes its times.
io::Json json_number(double value) {
  return value == std::floor(value) ? io::Json(static_cast<std::int64_t>(value)) : io::Json(value);
}

io::Json to_json(const Conditions& conditions, const Cells& cells, const SpectraRequest& request) {
  const auto& window = request.rule.window;
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
  io::Json contrasts = io::Json::array(), angles = io::Json::array();
  for (const double contrast : levels_of(request.paradigm, "contrast").values) contrasts.push_back(contrast);
  for (const double angle : levels_of(request.paradigm, "angle").values) angles.push_back(json_number(angle));
  return {{"cell_types", std::move(present)},    {"contrasts", std::move(contrasts)},
          {"angles", std::move(angles)},         {"t_start", json_number(window.begin_ms)},
          {"t_end", json_number(window.end_ms)}, {"spectra", std::move(spectra)}};
}

std::string json_name(const Window& window) {
  return fmt::format("combined_spectra_{}to{}.json", window.begin_ms, window.end_ms);
}

/// The density of `type` in the condition that is shown; nullopt where it is absent.
std::optional<std::vector<double>> shown_density(const io::Json& json, const std::string& type,
                                                 const Condition& shown, const fs::path& file) {
  const io::Json* node = &json;
  for (const std::string& key :
       {std::string("spectra"), type, shown.first, shown.second, std::string("psd")}) {
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

/// The densities of all types that have the condition, by type.
using ShownDensities = std::map<std::string, std::vector<double>>;

ShownDensities shown_densities(const io::Json& json, const Condition& shown, const fs::path& file) {
  ShownDensities densities;
  if (!json.is_object() || !json.contains("spectra") || !json["spectra"].is_object()) return densities;
  for (const auto& [type, spectra] : json["spectra"].items())
    if (auto density = shown_density(json, type, shown, file)) densities.emplace(type, std::move(*density));
  return densities;
}

/// Throws FormatError for spectra of other conditions or windows than those of `first`.
void require_same_design(const io::Json& first, const fs::path& first_file, const io::Json& other,
                         const fs::path& file) {
  for (const char* key : {"contrasts", "angles", "t_start", "t_end"})
    if (other.contains(key) && other[key] != first[key])
      throw core::FormatError("{}:/{} is {}, that of {} is {} (only equal runs can be pooled)", file, key,
                              other[key].dump(), first_file, first[key].dump());
}

Table mean_table(const std::vector<ShownDensities>& networks) {
  std::set<std::string> all;
  for (const auto& network : networks)
    for (const auto& [type, density] : network) all.insert(type);
  const auto names = sorted_types(all);
  std::vector<std::string> types;
  std::vector<double> frequencies, means, errors;
  std::vector<std::int64_t> counts;
  for (const auto& name : names)
    for (std::size_t i = 0; i < shown_frequencies; ++i) {
      std::vector<double> values;
      for (const auto& network : networks)
        if (const auto found = network.find(name); found != network.end()) values.push_back(found->second[i]);
      types.push_back(name);
      frequencies.push_back(static_cast<double>(i));
      means.push_back(mean(values));
      errors.push_back(standard_error(values));
      counts.push_back(static_cast<std::int64_t>(values.size()));
    }
  return {{{"cell_type", std::move(types)},
           {"frequency(Hz)", std::move(frequencies)},
           {"psd", std::move(means)},
           {"sem", std::move(errors)},
           {"networks", std::move(counts)}}};
}

Provenance provenance_of(const SpectraRequest& request, const Cells& cells) {
  const auto& rule = request.rule;
  return {
      .kind = "spectra",
      .inputs = {cells.nodes_file.string(), all_spike_files(request.paradigm, request.base, request.option)},
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
  require_served(spectra_refusal(request.paradigm), request.paradigm, "spectra");
  require_one_condition(request.paradigm, request.base, "spectra");
  const auto cells = read_cells(request.base, request.core);
  const auto name = json_name(request.rule.window);
  const auto json_file = request.json_directory / name,
             csv_file = table_file(spectra_files.items[1], request.output_directory,
                                   pooled_name(request.option, request.networks.size()));
  const auto conditions = sum_trials(request, cells, comm);
  if (!comm.is_root()) return {json_file, csv_file};
  auto provenance = provenance_of(request, cells);
  const auto shown = shown_condition(request.paradigm);
  const auto own = to_json(conditions, cells, request);
  std::vector<ShownDensities> networks{shown_densities(own, shown, json_file)};
  write_json(json_file, own, provenance);
  describe_networks(provenance, request.networks);
  MadeAlike alike;
  if (request.networks.size() > 1) alike.add(json_file, request.base);
  for (std::size_t i = 1; i < request.networks.size(); ++i) {
    const auto& network = request.networks[i];
    const auto file = network / request.paradigm.runs_name(request.option) / name;
    const auto json = io::read_json(file);
    require_same_design(own, json_file, json, file);
    alike.add(file, network);
    networks.push_back(shown_densities(json, shown, file));
    provenance.inputs.push_back(file.string());
  }
  write_csv(csv_file, mean_table(networks), ',', provenance);
  return {json_file, csv_file};
}

std::string spectra_refusal(const io::Paradigm& paradigm) {
  return first_of({several_conditions(paradigm), missing_variable(paradigm, "angle"),
                   missing_variable(paradigm, "contrast"), missing_window(paradigm, "spectra")});
}

namespace {

Window spectrum_window(const core::OptionValues& values, const io::Paradigm& paradigm) {
  auto window = paradigm.window("spectra") != nullptr ? *paradigm.window("spectra") : Window{};
  window.begin_ms = values.number_if("from").value_or(window.begin_ms);
  window.end_ms = values.number_if("to").value_or(window.end_ms);
  for (const double end : {window.begin_ms, window.end_ms})
    if (end != std::floor(end))
      throw core::UsageError("invalid end {} of the window (bins are 1 ms wide) give whole ms", end);
  if (window.end_ms - window.begin_ms < static_cast<double>(spectrum_segment))
    throw core::UsageError("invalid --from {} --to {} (a segment has {} ms) give a longer window",
                           window.begin_ms, window.end_ms, spectrum_segment);
  if (window.end_ms > paradigm.duration_ms)
    throw core::UsageError("invalid --to {} (trials of {} end at {} ms)", window.end_ms, paradigm.name,
                           paradigm.duration_ms);
  return window;
}

}  // namespace

std::vector<fs::path> run_spectra(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto paradigm = paradigm_of(call);
  require_served(spectra_refusal(paradigm), paradigm, "spectra");
  return make_spectra(
      {.base = call.base(),
       .option = call.option(),
       .output_directory = output_directory(call, paradigm, contrast_gratings),
       .json_directory =
           path_if(values, "output_dir").value_or(call.base() / paradigm.runs_name(call.option())),
       .networks = all_networks(call),
       .paradigm = paradigm,
       .rule = {.window = spectrum_window(values, paradigm),
                .of = values.is("of", "cell") ? SpectrumOf::cell : SpectrumOf::population,
                .counted = values.is("cells", "all") ? CountedCells::all : CountedCells::active,
                .unit = values.is("unit", "per_hz") ? DensityUnit::per_hz : DensityUnit::per_khz,
                .times_frequency = values.given("times-frequency")},
       .core = core_rule(values)},
      world);
}

}  // namespace striate::metrics
