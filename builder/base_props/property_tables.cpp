// SPDX-License-Identifier: BSD-3-Clause
#include "builder/base_props/property_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "io/text/delimited_table.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::builder {
namespace {

namespace fs = std::filesystem;

/// A table whose rows are named by its first column.
class NamedRows {
 public:
  NamedRows(const fs::path& file, io::Diagnostics& diagnostics)
      : table_(io::read_delimited_table(file, ' ', "a table of base_props")), diagnostics_(diagnostics) {
    for (std::size_t row = 0; row < table_.rows.size(); ++row)
      if (find(table_.rows[row].cells[0]) != row)
        diagnostics_.report(place(row, 0), "'{}' has a row already", table_.rows[row].cells[0]);
  }
  NamedRows(const PropertyImport& work, const char* file) : NamedRows(work.folder / file, work.diagnostics) {}

  std::size_t size() const { return table_.rows.size(); }
  const std::string& name(std::size_t row) const { return table_.rows[row].cells[0]; }
  std::size_t column(const std::string& name) const { return table_.column(name); }
  const std::string& text(std::size_t row, std::size_t column) const {
    return table_.rows[row].cells[column];
  }
  std::size_t find(const std::string& name) const {
    const auto found = std::ranges::find(table_.rows, name, [](const auto& row) { return row.cells[0]; });
    return static_cast<std::size_t>(found - table_.rows.begin());
  }
  /// Reports a row that is not there; size() then.
  std::size_t require(const std::string& name) const {
    const auto row = find(name);
    if (row == size())
      diagnostics_.report(place_of(table_.path.string()), "no row '{}' (the network needs it)", name);
    return row;
  }
  /// Reports a cell that is no number; nullopt then.
  std::optional<double> number(std::size_t row, std::size_t column) const {
    const auto value = core::parse_number<double>(text(row, column));
    if (value && std::isfinite(*value)) return value;
    diagnostics_.report(place(row, column), "'{}' is no number", text(row, column));
    return std::nullopt;
  }
  io::Position place(std::size_t row, std::size_t column) const {
    return place_of(fmt::format("{}:{} row {} column {}", table_.path.string(), table_.rows[row].line,
                                table_.rows[row].cells[0], table_.columns[column]));
  }

 private:
  io::DelimitedTable table_;
  io::Diagnostics& diagnostics_;
};

/// A matrix by source (row) and target (column); `shipped` is what the network has.
template <class Shipped, class KeysOf>
void import_matrix(const PropertyImport& work, const char* file, const std::vector<std::string>& sources,
                   const std::vector<std::string>& targets, Shipped shipped, KeysOf keys) {
  const NamedRows table(work, file);
  for (std::size_t source = 0; source < sources.size(); ++source) {
    const auto row = table.require(sources[source]);
    if (row == table.size()) continue;
    for (std::size_t target = 0; target < targets.size(); ++target) {
      const auto column = table.column(targets[target]);
      if (const auto value = table.number(row, column))
        work.edits.compare(keys(sources[source], targets[target]), *value, shipped(source, target),
                           table.place(row, column));
    }
  }
}

void import_peak_probability(const PropertyImport& work) {
  const auto& types = work.spec.cell_types;
  import_matrix(
      work, "pmax_matrix_v1dd.csv", types, types,
      [&](std::size_t source, std::size_t target) { return work.spec.peak_probability(source, target); },
      [](const std::string& source, const std::string& target) {
        return Keys{"recurrent", "connection_probability_peak", "override", source, target};
      });
}

std::vector<std::string> target_classes(const NetworkSpec& spec) {
  return {spec.synapse_classes.begin(),
          spec.synapse_classes.begin() + static_cast<std::ptrdiff_t>(spec.target_class_count())};
}

void import_latency(const PropertyImport& work) {
  const auto classes = target_classes(work.spec);
  import_matrix(
      work, "syn_types_latency.csv", classes, classes,
      [&](std::size_t source, std::size_t target) {
        return work.spec.recurrent.latency_ms[source * classes.size() + target];
      },
      [](const std::string& source, const std::string& target) {
        return Keys{"recurrent", "latency_ms", "override", source, target};
      });
}

void import_sigma(const PropertyImport& work) {
  import_matrix(
      work, "sigma.csv", {"e", "i"}, {"e", "i"},
      [&](std::size_t source, std::size_t target) {
        return work.spec.recurrent.lateral_sigma_um[source][target];
      },
      [](const std::string& source, const std::string& target) {
        return Keys{"recurrent", "lateral_sigma_um", source, target};
      });
}

void import_orientation_ratio(const PropertyImport& work) {
  import_matrix(
      work, "b_ratio.csv", {"e", "i"}, {"e", "i"},
      [&](std::size_t source, std::size_t target) {
        return work.spec.recurrent.orientation_ratio[source][target];
      },
      [](const std::string& source, const std::string& target) {
        return Keys{"recurrent", "orientation_ratio", source, target};
      });
}

/// Seconds in the tables, milliseconds here: the same number of digits, so a product may be off by its last
/// bit.
double milliseconds_of(double seconds, double shipped_ms) {
  const double value = seconds * 1000;
  return std::abs(value - shipped_ms) <= 1e-12 * shipped_ms ? shipped_ms : value;
}

void import_kinetics(const PropertyImport& work) {
  using Kinetics = SynapseKinetics;
  struct Parameter {
    const char *file, *column;
    double Kinetics::*member;
    bool is_time;
  };
  const auto targets = target_classes(work.spec);
  for (const auto& [file, column_name, member, is_time] :
       {Parameter{"tau_syn_fast.csv", "tau_fast_ms", &Kinetics::tau_fast_ms, true},
        Parameter{"tau_syn_slow.csv", "tau_slow_ms", &Kinetics::tau_slow_ms, true},
        Parameter{"amp_slow.csv", "amplitude_slow", &Kinetics::amplitude_slow, false}}) {
    const NamedRows table(work, file);
    for (std::size_t source = 0; source < work.spec.synapse_classes.size(); ++source) {
      const auto& source_name = work.spec.synapse_classes[source];
      const auto row = table.require(source_name);
      if (row == table.size()) continue;
      for (std::size_t target = 0; target < targets.size(); ++target) {
        const auto column = table.column(targets[target]);
        const auto value = table.number(row, column);
        const double shipped = work.spec.kinetics_of(source, target).*member;
        if (value)
          work.edits.compare(
              {"synapses", "kinetics", "override", source_name + "->" + targets[target], column_name},
              is_time ? milliseconds_of(*value, shipped) : *value, shipped, table.place(row, column));
      }
    }
  }
}

void import_psps(const PropertyImport& work) {
  const NamedRows lookup(work, "psp_lookup_table.csv"), fits(work, "psp_characterization.csv");
  const auto shape = fits.column("logn_shape_90th"), scale = fits.column("logn_scale_90th");
  const auto& populations = work.spec.populations;
  for (std::size_t source = 0; source < populations.size(); ++source) {
    if (!work.populations.contains(populations[source].name)) continue;
    const auto row = lookup.require(populations[source].name);
    if (row == lookup.size()) continue;
    for (std::size_t target = 0; target < populations.size(); ++target) {
      if (!work.populations.contains(populations[target].name)) continue;
      const auto column = lookup.column(populations[target].name);
      const auto fit = fits.find(lookup.text(row, column));
      if (fit == fits.size()) {
        work.diagnostics.report(lookup.place(row, column), "'{}' is no row of psp_characterization.csv",
                                lookup.text(row, column));
        continue;
      }
      const Keys keys{"recurrent", "psp_distributions", "override",
                      populations[source].name + "->" + populations[target].name};
      const auto set = [&](const char* key, std::size_t of, double shipped) {
        auto place = keys;
        place.emplace_back(key);
        if (const auto value = fits.number(fit, of))
          work.edits.compare(place, *value, shipped, fits.place(fit, of));
      };
      set("psp_lognormal_shape", shape, work.spec.psp(source, target).shape);
      set("psp_lognormal_scale_mV", scale, work.spec.psp(source, target).scale_mV);
    }
  }
}

/// Calls `take` for each population of the workbook with its row.
template <class Take>
void for_populations(const PropertyImport& work, const NamedRows& table, Take take) {
  for (std::size_t i = 0; i < work.spec.populations.size(); ++i) {
    if (!work.populations.contains(work.spec.populations[i].name)) continue;
    if (const auto row = table.require(work.spec.populations[i].name); row != table.size()) take(i, row);
  }
}

void import_lgn_projection(const PropertyImport& work) {
  const NamedRows table(work, "lgn_params.csv");
  for_populations(work, table, [&](std::size_t i, std::size_t row) {
    const auto& shipped = work.spec.lgn.projection[i];
    const auto compare = [&](const char* from, const char* to, double value) {
      const auto column = table.column(from);
      if (const auto found = table.number(row, column))
        work.edits.compare({"lgn", "projection", "override", table.name(row), to}, *found, value,
                           table.place(row, column));
    };
    compare("poisson_parameter", "tf_poisson_mean_hz", shipped.tf_poisson_mean_hz);
    compare("sON_ratio", "sustained_on_fraction", shipped.sustained_on_fraction);
    compare("synapse_ratio_against_e4", "synapse_ratio_to_e4", shipped.synapse_ratio_to_e4);
    compare("yule_parameter", "yule_parameter", shipped.yule_parameter);
  });
}

/// Synaptic models follow from the population's synapse class.
void require_model(const PropertyImport& work, const NamedRows& table, std::size_t population,
                   std::size_t row) {
  const auto column = table.column("dynamics_params");
  const auto expected = fmt::format(
      "exc_to_{}.json", work.spec.synapse_classes[work.spec.populations[population].synapse_class]);
  if (table.text(row, column) != expected)
    work.diagnostics.report(
        table.place(row, column),
        "'{}' instead of '{}' cannot be taken over (it follows from the population's synapse "
        "class)",
        table.text(row, column), expected);
}

/// One PSP for all populations here; what differs from it goes to the factors of their cell models.
void import_lgn_weights(const PropertyImport& work) {
  const NamedRows table(work, "lgn_weights_population.csv");
  const auto weight = table.column("syn_weight");
  for_populations(work, table, [&](std::size_t i, std::size_t row) {
    require_model(work, table, i, row);
    const auto value = table.number(row, weight);
    if (!value || *value == work.spec.lgn.psp_mV) return;
    for (const auto& model : work.spec.models)
      if (model.population == i) {
        const auto name = std::to_string(model.id);
        const bool listed = model.lgn_weight_factor != 1;
        work.edits.set({"lgn", "weight_factors", listed ? "override" : "add", name, "lgn_weight_factor"},
                       model.lgn_weight_factor * *value / work.spec.lgn.psp_mV, table.place(row, weight));
      }
  });
}

/// The weights are those that tuning starts from: networks have tuned ones, here as there.
void import_background(const PropertyImport& work) {
  const NamedRows table(work, "bkg_weights_population_init.csv"),
      shipped(io::config_directory() / "reference/base_props_populations.csv", work.diagnostics);
  const auto shipped_weight = shipped.column("background_start_weight"),
             shipped_rate = shipped.column("target_median_fr");
  for_populations(work, table, [&](std::size_t i, std::size_t row) {
    require_model(work, table, i, row);
    const auto known = shipped.find(table.name(row));
    if (known == shipped.size()) return;
    const auto compare = [&](const char* name, double before, const char* why) {
      const auto column = table.column(name);
      if (const auto value = table.number(row, column); value && *value != before)
        work.diagnostics.report(table.place(row, column), "{} {} instead of {} cannot be taken over ({})",
                                name, *value, before, why);
    };
    compare(
        "syn_weight", shipped.number(known, shipped_weight).value_or(0),
        "networks are built with tuned weights, not with these: change background: {weights: …} in a YAML "
        "file");
    compare("nsyns", 1,
            "each background connection is one synapse: change background: {connections: …} in a "
            "YAML file");
    compare(
        "target_median_fr", shipped.number(known, shipped_rate).value_or(0),
        "it changes no network before it is tuned: build without this edit, then give the table to 'striate "
        "tune background --targets FILE'");
  });
}

void import_excluded_cells(const PropertyImport& work) {
  const NamedRows table(work, "exclude_list.csv"),
      shipped(io::config_directory() / "reference/excluded_cells.csv", work.diagnostics);
  for (const auto& model : work.spec.models)
    if (const auto row = table.find(std::to_string(model.id)); row != table.size())
      work.edits.append({"cell_models", "delete"}, table.name(row), table.place(row, 0));
  for (std::size_t row = 0; row < shipped.size(); ++row)
    if (table.find(shipped.name(row)) == table.size())
      work.diagnostics.report(
          place_of((work.folder / "exclude_list.csv").string()),
          "cell {} ({}) is no longer excluded, but its model is not shipped (add a row to "
          "cell_models in a YAML file)",
          shipped.name(row), shipped.text(row, 1));
}

}  // namespace

const std::vector<PropertyTable>& property_tables() {
  static const std::vector<PropertyTable> tables{
      {{"pmax_matrix_v1dd.csv"}, import_peak_probability},
      {{"syn_types_latency.csv"}, import_latency},
      {{"sigma.csv"}, import_sigma},
      {{"b_ratio.csv"}, import_orientation_ratio},
      {{"tau_syn_fast.csv", "tau_syn_slow.csv", "amp_slow.csv"}, import_kinetics},
      {{"psp_lookup_table.csv", "psp_characterization.csv"}, import_psps},
      {{"lgn_params.csv"}, import_lgn_projection},
      {{"lgn_weights_population.csv"}, import_lgn_weights},
      {{"bkg_weights_population_init.csv"}, import_background},
      {{"exclude_list.csv"}, import_excluded_cells}};
  return tables;
}

}  // namespace striate::builder
