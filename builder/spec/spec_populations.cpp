// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <map>

#include "builder/spec/cell_model_files.hpp"
#include "builder/spec/spec_internal.hpp"

namespace striate::builder::internal {
namespace {

constexpr std::int64_t most_cells = 100'000'000;

/// Index of `name` in `names`, appending it when new.
std::uint32_t index_of(const std::string& name, std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  const auto index = static_cast<std::uint32_t>(found - names.begin());
  if (found == names.end()) names.push_back(name);
  return index;
}

/// Names become file names and fields of space-separated tables.
void check_word(const Table& table, std::size_t row, const std::string& column, Diagnostics& diagnostics) {
  const auto& text = table.text(row, column);
  const auto bad = [](char c) { return c == ' ' || c == '"' || c == '\'' || c == '\t'; };
  if (text.empty() || std::any_of(text.begin(), text.end(), bad))
    diagnostics.report(table.position(row, column), "invalid {}='{}' (must be one word without quotes)",
                       column, text);
}

Population read_population(const Table& table, std::size_t row, NetworkSpec& spec, Diagnostics& diagnostics) {
  Population population;
  for (const char* column : {"population", "location", "cell_type", "synapse_class"})
    check_word(table, row, column, diagnostics);
  population.name = table.row_name(row);
  population.location = table.text(row, "location");
  const auto& ei = table.text(row, "ei");
  if (ei != "e" && ei != "i")
    diagnostics.report(table.position(row, "ei"), "invalid ei='{}' of {} (must be e or i)", ei,
                       population.name);
  population.excitatory = ei == "e";
  population.depth_top_um = table.number(row, "depth_top_um", not_negative, diagnostics);
  population.depth_bottom_um =
      table.number(row, "depth_bottom_um", {.min = population.depth_top_um}, diagnostics);
  population.count = table.integer(row, "count_radius_700um", 0, most_cells, diagnostics);
  population.size_shape =
      table.number(row, "target_size_lognormal_shape", {.min = 0, .max = 10}, diagnostics);
  population.size_scale =
      table.number(row, "target_size_lognormal_scale", {.min = 0, .max = 1e9, .min_open = true}, diagnostics);
  population.size_mean = static_cast<std::int64_t>(
      population.size_scale * std::exp(population.size_shape * population.size_shape / 2));
  if (population.size_mean < 1)
    diagnostics.report(table.position(row, "target_size_lognormal_scale"),
                       "invalid target sizes of {} (their mean must be at least 1)", population.name);
  population.cell_type = index_of(table.text(row, "cell_type"), spec.cell_types);
  population.synapse_class = index_of(table.text(row, "synapse_class"), spec.synapse_classes);
  if (table.text(row, "synapse_class") == "exc")
    diagnostics.report(table.position(row, "synapse_class"),
                       "invalid synapse_class 'exc' of {} (it stands for LGN and background)",
                       population.name);
  return population;
}

GlifModel read_glif(const Table& table, std::size_t row, Diagnostics& diagnostics) {
  GlifModel glif;
  glif.C_m = table.number(row, "C_m_pF", positive, diagnostics);
  glif.g = table.number(row, "g_nS", positive, diagnostics);
  glif.E_L = table.number(row, "E_L_mV", any_number, diagnostics);
  glif.V_th = table.number(row, "V_th_mV", any_number, diagnostics);
  glif.V_reset = table.number(row, "V_reset_mV", any_number, diagnostics);
  glif.t_ref = table.number(row, "t_ref_ms", positive, diagnostics);
  glif.asc_decay[0] = table.number(row, "asc_decay_0_per_ms", positive, diagnostics);
  glif.asc_decay[1] = table.number(row, "asc_decay_1_per_ms", positive, diagnostics);
  glif.asc_amps[0] = table.number(row, "asc_amp_0_pA", any_number, diagnostics);
  glif.asc_amps[1] = table.number(row, "asc_amp_1_pA", any_number, diagnostics);
  if (glif.V_reset >= glif.V_th)
    diagnostics.report(table.position(row, "V_reset_mV"),
                       "invalid V_reset_mV={} of {} (must be below V_th_mV={})", glif.V_reset,
                       table.row_name(row), glif.V_th);
  return glif;
}

}  // namespace

void read_populations(ConfigSection& root, NetworkSpec& spec) {
  auto& diagnostics = root.diagnostics();
  const Table table(
      root, "populations", Table::Key::one_column,
      {"population", "location", "ei", "cell_type", "synapse_class", "depth_top_um", "depth_bottom_um",
       "count_radius_700um", "target_size_lognormal_shape", "target_size_lognormal_scale"},
      &spec.files);
  for (std::size_t row = 0; row < table.size(); ++row)
    spec.populations.push_back(read_population(table, row, spec, diagnostics));
  // Nodes are ordered by layer; VisL1 < VisL2/3 < VisL4 < … is also the alphabetical order.
  std::stable_sort(spec.populations.begin(), spec.populations.end(),
                   [](const Population& a, const Population& b) { return a.location < b.location; });
  if (spec.populations.empty())
    diagnostics.report(root.position(), "no populations left (all are deleted) keep at least one");
  if (spec.populations.size() > 255)
    diagnostics.report(root.position(), "too many populations ({}, at most 255)", spec.populations.size());
  spec.synapse_classes.push_back("exc");
}

void read_cell_models(ConfigSection& root, NetworkSpec& spec, const std::filesystem::path& cell_models_dir) {
  auto& diagnostics = root.diagnostics();
  const Table table(
      root, "cell_models", Table::Key::one_column,
      {"model_id", "population", "parameters_of", "C_m_pF", "g_nS", "E_L_mV", "V_th_mV", "V_reset_mV",
       "t_ref_ms", "asc_decay_0_per_ms", "asc_decay_1_per_ms", "asc_amp_0_pA", "asc_amp_1_pA"},
      &spec.files);
  std::map<std::string, std::uint32_t> populations;
  for (std::size_t i = 0; i < spec.populations.size(); ++i)
    populations[spec.populations[i].name] = static_cast<std::uint32_t>(i);
  const auto files = find_cell_model_files(cell_models_dir);
  std::vector<bool> used(files.size(), false);
  std::vector<std::int64_t> models_of(spec.populations.size(), 0);
  for (std::size_t row = 0; row < table.size(); ++row) {
    const auto population = populations.find(table.text(row, "population"));
    if (population == populations.end()) continue;  // of a population that this network leaves out
    constexpr std::int64_t largest_id = 4'000'000'000'000'000'000;
    CellModel model;
    model.id = static_cast<std::uint64_t>(table.integer(row, "model_id", 0, largest_id, diagnostics));
    model.parameters_of =
        static_cast<std::uint64_t>(table.integer(row, "parameters_of", 0, largest_id, diagnostics));
    model.population = population->second;
    model.glif = read_glif(table, row, diagnostics);
    model.origin = model.parameters_of == model.id ? ModelOrigin::own : ModelOrigin::stand_in;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].model_id != model.id) continue;
      used[i] = true;
      model.glif = read_cell_model_file(files[i].path);
      model.file = files[i].path;
      model.origin = ModelOrigin::user_file;
    }
    ++models_of[model.population];
    spec.models.push_back(std::move(model));
  }
  std::stable_sort(spec.models.begin(), spec.models.end(), [](const CellModel& a, const CellModel& b) {
    return a.population != b.population ? a.population < b.population : a.id < b.id;
  });
  for (std::size_t i = 0; i < spec.populations.size(); ++i)
    if (models_of[i] == 0 && table.size() != 0)
      diagnostics.report(root.position(),
                         "population {} has no cell model (the table of cell_models lists none)",
                         spec.populations[i].name);
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!used[i])
      spec.warnings.push_back(fmt::format("{} is not used (no cell model {} in this network)",
                                          files[i].path.string(), files[i].model_id));
}

}  // namespace striate::builder::internal
