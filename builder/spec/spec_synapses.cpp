// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <map>

#include "builder/spec/spec_internal.hpp"
#include "builder/spec/unitary_psp.hpp"

namespace striate::builder::internal {
namespace {

void read_kinetics(ConfigSection& synapses, NetworkSpec& spec) {
  auto& diagnostics = synapses.diagnostics();
  const Table table(synapses, "kinetics", Table::Key::two_columns,
                    {"source_class", "target_class", "tau_fast_ms", "tau_slow_ms", "amplitude_slow"},
                    &spec.files);
  spec.kinetics.resize(spec.synapse_classes.size() * spec.target_class_count());
  for (std::size_t source = 0; source < spec.synapse_classes.size(); ++source)
    for (std::size_t target = 0; target < spec.target_class_count(); ++target) {
      const auto name = spec.synapse_classes[source] + "->" + spec.synapse_classes[target];
      const auto row = table.find(name);
      if (row == table.size()) {
        table.report_missing(name, "synapses of these classes", diagnostics);
        continue;
      }
      auto& kinetics = spec.kinetics[source * spec.target_class_count() + target];
      constexpr NumberRange time_constant{.min = 0, .max = 1e4, .min_open = true};
      kinetics.tau_fast_ms = table.number(row, "tau_fast_ms", time_constant, diagnostics);
      kinetics.tau_slow_ms = table.number(row, "tau_slow_ms", time_constant, diagnostics);
      kinetics.amplitude_slow = table.number(row, "amplitude_slow", positive, diagnostics);
    }
}

/// The table's values belong to a model's own published parameters only.
void fill_unitary_psps(const Table& table, NetworkSpec& spec, Diagnostics& diagnostics) {
  struct Key {
    double C, g;
    std::size_t source, target;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, double> computed;
  for (auto& model : spec.models) {
    const auto target = spec.populations[model.population].synapse_class;
    model.unitary_psp_mV.assign(spec.synapse_classes.size(), 0);
    const auto row = table.find(std::to_string(model.id));
    const bool from_table = spec.unitary_psp == UnitaryPspSource::reference &&
                            model.origin == ModelOrigin::own && row != table.size();
    for (std::size_t source = 0; source < spec.synapse_classes.size(); ++source) {
      auto& value = model.unitary_psp_mV[source];
      if (from_table && table.has_column(spec.synapse_classes[source])) {
        value = table.number(row, spec.synapse_classes[source], positive, diagnostics);
        continue;
      }
      const Key key{model.glif.C_m, model.glif.g, source, target};
      const auto [place, is_new] = computed.try_emplace(key, 0.0);
      if (is_new) place->second = unitary_psp(model.glif.C_m, model.glif.g, spec.kinetics_of(source, target));
      value = place->second;
      if (!(value > 0) || !std::isfinite(value))
        diagnostics.report({},
                           "invalid unitary PSP of model {} (computed as {} mV) check its capacitance and "
                           "conductance",
                           model.id, value);
    }
  }
}

/// A row-by-column table of probabilities or times.
std::vector<double> read_matrix(const Table& table, const std::vector<std::string>& names, std::size_t count,
                                const NumberRange& range, const std::string& what, Diagnostics& diagnostics) {
  std::vector<double> values(count * count, 0);
  for (std::size_t source = 0; source < count; ++source) {
    const auto row = table.find(names[source]);
    if (row == table.size()) {
      table.report_missing(names[source], what, diagnostics);
      continue;
    }
    for (std::size_t target = 0; target < count; ++target)
      values[source * count + target] = table.number(row, names[target], range, diagnostics);
  }
  return values;
}

void read_pair(ConfigSection& recurrent, const std::string& key, const NumberRange& range,
               double (&values)[2][2]) {
  auto section = recurrent.section(key);
  const char* classes[] = {"e", "i"};
  for (int source = 0; source < 2; ++source) {
    auto row = section.section(classes[source]);
    for (int target = 0; target < 2; ++target) values[source][target] = row.number(classes[target], range);
  }
}

void read_psps(ConfigSection& recurrent, NetworkSpec& spec) {
  auto& diagnostics = recurrent.diagnostics();
  const Table table(
      recurrent, "psp_distributions", Table::Key::two_columns,
      {"source_population", "target_population", "psp_lognormal_shape", "psp_lognormal_scale_mV"},
      &spec.files);
  const auto count = spec.populations.size();
  spec.recurrent.psp.resize(count * count);
  for (std::size_t source = 0; source < count; ++source)
    for (std::size_t target = 0; target < count; ++target) {
      const auto name = spec.populations[source].name + "->" + spec.populations[target].name;
      const auto row = table.find(name);
      if (row == table.size()) {
        table.report_missing(name, "connections of these populations", diagnostics);
        continue;
      }
      auto& psp = spec.recurrent.psp[source * count + target];
      psp.shape = table.number(row, "psp_lognormal_shape", {.min = 0, .max = 10}, diagnostics);
      psp.scale_mV = table.number(row, "psp_lognormal_scale_mV", positive, diagnostics);
    }
}

}  // namespace

void read_synapses(ConfigSection& root, NetworkSpec& spec) {
  auto synapses = root.section("synapses");
  read_kinetics(synapses, spec);
  const std::vector<std::string> sources{"reference", "computed"};
  spec.unitary_psp = synapses.choice("unitary_psp", sources) == "computed" ? UnitaryPspSource::computed
                                                                           : UnitaryPspSource::reference;
  const Table table(synapses, "unitary_psp_mV", Table::Key::one_column, {"model_id"}, &spec.files);
  fill_unitary_psps(table, spec, synapses.diagnostics());
}

void read_recurrent(ConfigSection& root, NetworkSpec& spec) {
  auto section = root.section("recurrent");
  auto& diagnostics = section.diagnostics();
  auto& recurrent = spec.recurrent;
  recurrent.enabled = section.boolean("enabled");
  recurrent.like_to_like = section.boolean("like_to_like");
  const auto columns = [&](const std::string& first, const std::vector<std::string>& names,
                           std::size_t count) {
    std::vector<std::string> result{first};
    result.insert(result.end(), names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count));
    return result;
  };
  {
    const Table table(section, "connection_probability_peak", Table::Key::one_column,
                      columns("source_cell_type", spec.cell_types, spec.cell_types.size()), &spec.files);
    recurrent.peak_probability = read_matrix(table, spec.cell_types, spec.cell_types.size(), fraction,
                                             "a population's cell_type", diagnostics);
  }
  {
    const Table table(section, "latency_ms", Table::Key::one_column,
                      columns("source_synapse_class", spec.synapse_classes, spec.target_class_count()),
                      &spec.files);
    recurrent.latency_ms = read_matrix(table, spec.synapse_classes, spec.target_class_count(), positive,
                                       "a population's synapse_class", diagnostics);
  }
  read_pair(section, "lateral_sigma_um", {.min = 0, .max = 1e5, .min_open = true},
            recurrent.lateral_sigma_um);
  recurrent.lateral_aspect = section.number("lateral_aspect", {.min = 0.1, .max = 10});
  recurrent.tuning_offset_um = section.number("tuning_offset_um", {.min = 0, .max = 1e5});
  recurrent.tuning_offset_core_factor = section.number("tuning_offset_core_factor", not_negative);
  read_pair(section, "orientation_ratio", {.min = 0, .max = 100}, recurrent.orientation_ratio);
  read_pair(section, "tuning_noise_deg", {.min = 0, .max = 360}, recurrent.tuning_noise_deg);
  recurrent.quantile_margin =
      section.number("quantile_margin", {.min = 0, .max = 0.5, .min_open = true, .max_open = true});
  read_psps(section, spec);
}

}  // namespace striate::builder::internal
