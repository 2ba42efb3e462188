// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "builder/spec/read_spec.hpp"
#include "core/errors/error.hpp"
#include "engine/config/cell_model_json.hpp"
#include "engine/config/simulation_spec.hpp"
#include "engine/network/edges/receptor_ports.hpp"
#include "engine/network/edges/weight_rules.hpp"
#include "fuzz/entries.hpp"
#include "interventions/background_tuning.hpp"
#include "interventions/silencing_table.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/sonata/node_sets.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/spikes.hpp"
#include "io/sonata/type_table.hpp"
#include "io/text/config_tree.hpp"
#include "io/text/delimited_table.hpp"
#include "io/text/npy.hpp"
#include "io/text/spreadsheet.hpp"
#include "lgn/filters/filter_model.hpp"
#include "lgn/lgn_config.hpp"
#include "lgn/stimuli/picture_file.hpp"
#include "metrics/base/node_set_file.hpp"
#include "metrics/recorded/reference_values.hpp"
#include "slurm/jobs/site.hpp"
#include "workflows/training/training_preset.hpp"

namespace striate::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t a_time = 1'700'000'000;  // ${time} must not tell two reads apart

std::string read_simulation(const fs::path& file) {
  const auto config = io::load_sonata_config(
      file, {.output_dir = {}, .modfile = {}, .network_in_memory = false, .now = a_time});
  io::check_top_level(config);
  std::string text = io::indented_text(config.document);
  for (const auto& run : io::runs_of_config(config)) {
    const auto spec = engine::parse_simulation_spec(run);
    text += fmt::format("\nsteps {} dt {} of {} inputs, {} clamps, {} reports", spec.steps, spec.grid.dt_ms,
                        spec.spike_inputs.size(), spec.clamps.size(), spec.reports.size());
    for (const auto& clamp : spec.clamps)
      for (const auto& change : clamp.changes)
        text += fmt::format("\n{} {} {}", clamp.name, change.step, change.amplitude_pA);
    for (const auto& report : spec.reports)
      text += fmt::format("\n{} {} {} {}", report.name, report.first, report.interval, report.last);
    io::NodeSets::load(run);
  }
  return text;
}

std::string read_lgn(const fs::path& file) {
  const auto config = io::load_sonata_config(
      file, {.output_dir = {}, .modfile = {}, .network_in_memory = false, .now = a_time});
  const auto plan = lgn::make_plan(config, {});
  return io::indented_text(plan.document) + fmt::format("\nseed {} trials {}", plan.seed, plan.trials);
}

std::string text_of(const engine::GlifParameters& p) {
  return fmt::format("{} {} {} {} {} {} {}\n{} {} {}\n{} {} {} {} {} {}\n{} {} {}\n{}\n{} {} {}", p.C_m, p.g,
                     p.E_L, p.V_th, p.V_reset, p.t_ref, p.V_m, p.spike_dependent_threshold,
                     p.after_spike_currents, p.adapting_threshold, p.th_spike_add, p.th_spike_decay,
                     p.voltage_reset_fraction, p.voltage_reset_add, p.th_voltage_index, p.th_voltage_decay,
                     p.asc_decay, p.asc_amps, p.asc_r, p.asc_initial, p.tau_syn_fast, p.tau_syn_slow,
                     p.amp_slow);
}

std::string read_cell(const fs::path& file, const char* model) {
  const auto parameters = engine::read_glif_parameters(file, model, "the campaign");
  engine::validate(parameters, "the campaign");
  return text_of(parameters);
}
std::string read_nest_cell(const fs::path& file) {
  return read_cell(file, "nest:glif_psc_double_alpha");
}
std::string read_allen_cell(const fs::path& file) {
  return read_cell(file, "nest:glif_lif_asc_psc");
}

std::string read_synapse(const fs::path& file) {
  return fmt::format("port {}", engine::read_receptor_port(file));
}

std::string read_filter(const fs::path& file) {
  const auto model = lgn::read_filter_model(file);
  std::string text =
      fmt::format("{} {}", model.spatial_size_deg.value_or(-1), model.spontaneous_hz.value_or(-1));
  if (model.temporal)
    text +=
        fmt::format("\n{} {} {}", model.temporal->weight, model.temporal->kpeak_ms, model.temporal->delay_ms);
  return text;
}

/// All named sets of a file, among the nodes beside it.
std::string read_node_sets(const fs::path& file) {
  const auto folder = file.parent_path();
  io::SonataConfig config;
  config.file = folder / "config.json";
  config.document = io::Json{{"node_sets_file", file.string()}};
  const auto sets = io::NodeSets::load(config);
  const auto populations =
      io::read_node_populations({{folder / "network/v1_nodes.h5", folder / "network/v1_node_types.csv"},
                                 {folder / "network/lgn_nodes.h5", folder / "network/lgn_node_types.csv"}});
  std::string text;
  const auto names = io::read_json(file);
  for (const auto& [name, unused] : names.items())
    for (const auto& selection : sets.resolve(io::Json(name), populations, "the campaign"))
      text += fmt::format("{} {}: {}\n", name, selection.population, selection.nodes);
  return text;
}

std::string read_targets(const fs::path& file) {
  return fmt::format("{}", metrics::read_targets(file));
}

std::string text_of(const io::TypeTable& table) {
  std::string text;
  for (std::size_t row = 0; row < table.size(); ++row)
    for (const auto& column : table.columns())
      text +=
          fmt::format("{} {}: {}\n", table.ids()[row], column, table.text(row, column).value_or("(none)"));
  return text;
}
std::string read_node_types(const fs::path& file) {
  return text_of(io::TypeTable::read(file, "node_type_id"));
}
std::string read_edge_types(const fs::path& file) {
  const auto table = io::TypeTable::read(file, "edge_type_id");
  std::string text = text_of(table);
  for (const auto& type : engine::read_edge_types(
           table, engine::ReceptorPorts(file.parent_path().parent_path() / "components/synaptic_models")))
    text += fmt::format("{} {} {} {} {} {} {}\n", type.id, static_cast<int>(type.weight_function), type.port,
                        type.syn_weight.value_or(-1), type.delay_ms.value_or(-1), type.nsyns.value_or(-1),
                        type.weight_sigma.value_or(-1));
  return text;
}

std::string read_modfile(const fs::path& file) {
  std::string text;
  for (const auto& row : engine::read_modfile(file))
    text += fmt::format("{} {} {} {} {} {}\n", row.source_property, row.source_substring, row.target_property,
                        row.target_substring, row.operation, row.value);
  return text;
}

std::string read_delimited(const fs::path& file) {
  const auto table = io::read_delimited_table(file, ' ', "the campaign");
  std::string text = fmt::format("{}\n", table.columns);
  for (const auto& row : table.rows) text += fmt::format("{} {}\n", row.line, row.cells);
  return text;
}

std::string read_spikes_csv(const fs::path& file) {
  std::string text;
  for (const auto& name : io::spike_populations_csv(file)) {
    const auto spikes = io::read_spikes_csv(file, name);
    text += fmt::format("{} {} {}\n", name, spikes.time_ms, spikes.node_id);
  }
  return text;
}

std::string read_units(const fs::path& file) {
  return metrics::to_compact_table(metrics::read_unit_table(file, 0), "");
}
std::string read_compact(const fs::path& file) {
  return metrics::to_compact_table(metrics::read_compact_table(file), "");
}
std::string read_rates(const fs::path& file) {
  std::string text;
  for (const auto& [name, rate] : interventions::read_target_rates(file))
    text += fmt::format("{} {}\n", name, rate);
  return text;
}

void add_tree(std::string& text, const io::ConfigNode& node, const std::string& name) {
  if (node.kind == io::ConfigNode::Kind::scalar) text += fmt::format("{} = {}\n", name, node.text);
  if (node.kind == io::ConfigNode::Kind::null) text += fmt::format("{} is empty\n", name);
  for (std::size_t i = 0; i < node.items.size(); ++i)
    add_tree(text, node.items[i], fmt::format("{}[{}]", name, i));
  for (const auto& entry : node.entries) add_tree(text, entry.value, name + "." + entry.key);
}
std::string tree_text(const fs::path& file, const io::ConfigKind& kind) {
  io::Diagnostics diagnostics;
  const auto tree = io::read_config(file, kind, diagnostics);
  diagnostics.throw_if_any();
  std::string text;
  add_tree(text, tree, "");
  return text;
}

std::string read_network(const fs::path& file) {
  const auto spec = builder::read_network_spec(file);
  return tree_text(file, io::network_configs) + builder::describe_models(spec) +
         builder::list_stand_ins(spec);
}
std::string read_paradigm(const fs::path& file) {
  const auto paradigm = io::read_paradigm(file, nullptr);
  std::string text = tree_text(file, io::paradigm_configs);
  for (const auto& trial : paradigm.trials)
    text += fmt::format("{} {} {}\n", trial.name, io::compact_text(trial.stimulus), trial.background_seed);
  return text;
}
std::string read_site(const fs::path& file) {
  const auto site = slurm::read_site(file);
  return tree_text(file, io::site_configs) + site.name;
}
std::string read_training(const fs::path& file) {
  return workflows::to_text(workflows::read_training_preset(file, {}));
}
std::string read_silencing(const fs::path& file) {
  std::string text;
  for (const auto& row : interventions::read_silencing_table(file))
    text += fmt::format("{} {} {} {} {} {} {} {}\n", row.condition, row.clamp, row.node_set,
                        row.node_set_file, row.amp_pA, row.from_ms, row.to_ms, row.option);
  return text;
}

std::string read_npy(const fs::path& file) {
  const auto opened = io::open_npy(file);
  std::string text = fmt::format("{}{} {}\n", opened.kind, opened.item_bytes, opened.shape);
  std::uint64_t count = 1;
  for (const auto extent : opened.shape) count *= extent;
  if (opened.holds('f', 8)) text += fmt::format("{}", io::read_npy<double>(opened, 0, count));
  if (opened.holds('f', 4)) text += fmt::format("{}", io::read_npy<float>(opened, 0, count));
  if (opened.holds('u', 1)) text += fmt::format("{}", io::read_npy<std::uint8_t>(opened, 0, count));
  return text;
}

std::string read_workbook(const fs::path& file) {
  std::string text;
  const auto sheet = io::read_sheet(file, "cell_models");
  for (const auto& [place, cell] : sheet.cells)
    text += fmt::format("{} {} {}\n", io::cell_name(place.first, place.second), cell.text, cell.has_no_value);
  return text;
}

std::string read_pictures(const fs::path& file) {
  const auto opened = lgn::open_pictures(file, {}, "the campaign");
  return std::visit([](const auto& pixels) { return fmt::format("{}", pixels); },
                    lgn::read_pictures(opened, 0, opened.count)) +
         fmt::format(" {} {} {}", opened.count, opened.rows, opened.columns);
}

}  // namespace

std::vector<Entry> text_entries() {
  return {{"simulation", read_simulation},
          {"lgn", read_lgn},
          {"nest_cell", read_nest_cell},
          {"allen_cell", read_allen_cell},
          {"synapse", read_synapse},
          {"filter", read_filter},
          {"node_sets", read_node_sets},
          {"targets", read_targets},
          {"node_types", read_node_types},
          {"edge_types", read_edge_types},
          {"modfile", read_modfile},
          {"delimited", read_delimited},
          {"spikes_csv", read_spikes_csv},
          {"units", read_units},
          {"compact", read_compact},
          {"rates", read_rates},
          {"network", read_network},
          {"paradigm", read_paradigm},
          {"site", read_site},
          {"training", read_training},
          {"silencing", read_silencing},
          {"npy", read_npy},
          {"workbook", read_workbook},
          {"pictures", read_pictures}};
}

const Entry* find_entry(std::string_view name) {
  static const auto all = [] {
    auto entries = text_entries();
    for (const auto& entry : hdf5_entries()) entries.push_back(entry);
    return entries;
  }();
  const auto found = std::ranges::find(all, name, &Entry::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace striate::fuzz
