// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/trial_configs.hpp"

#include <fstream>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/files/network_files.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/network_directory.hpp"
#include "slurm/plan/training_step.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

constexpr const char* labels_dataset = "/stim_ids";  // what `striate metrics --labels` reads
/// From configs/FOLDER back to the network directory.
constexpr const char* base_from_trial = "${configdir}/../..";

/// The object at a key, made if absent; ConfigError where it is something else.
io::Json& object_at(io::Json& parent, const char* key, const std::string& where) {
  auto& value = parent[key];
  if (value.is_null()) value = io::Json::object();
  if (!value.is_object()) throw core::ConfigError("invalid {}/{} (must be an object)", where, key);
  return value;
}

/// Child configs lie beside the configuration that a trial's begins with, not beside the trial's. They win
/// over their parent (io/sonata/config/sonata_config.cpp), so they must not hold what a trial changes.
void move_children(io::Json& document, const fs::path& configs, const std::string& where) {
  for (const std::string key : {"network", "simulation"}) {
    if (!document.contains(key) || !document[key].is_string()) continue;
    const auto child = document[key].get<std::string>();
    if (child.starts_with('$')) continue;
    if (fs::path(child).is_relative()) document[key] = fmt::format("{}/configs/{}", base_from_trial, child);
    std::error_code ignored;
    if (!fs::exists(configs / child, ignored)) continue;
    const auto sections = io::read_json(configs / child);
    for (const char* section : {"run", "inputs", "output"})
      if (sections.is_object() && sections.contains(section))
        throw core::ConfigError(
            "{}/{} = \"{}\" has the section {}, which trials change (a child config wins over them) move the "
            "section into the configuration itself",
            where, key, child, section);
  }
}

/// The first input of the background: its node set is bkg.
io::Json* background_input(io::Json& document) {
  if (!document.contains("inputs") || !document["inputs"].is_object()) return nullptr;
  for (auto& [name, input] : document["inputs"].items())
    if (input.is_object() && input.value("node_set", io::Json()) == core::background_population)
      return &input;
  return nullptr;
}

bool holds_labels(const fs::path& path, const std::vector<std::int64_t>& ids, std::uint64_t runs,
                  std::uint64_t slots) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  const auto file = io::h5::File::open(path);
  return io::h5::is_dataset(file, labels_dataset) &&
         io::h5::dataset_info(file, labels_dataset).shape == std::vector<std::uint64_t>{runs, slots} &&
         io::h5::read_table_rows<std::int64_t>(file, labels_dataset, slots, 0, runs) == ids;
}

/// The user's images, where a stimulus needs them.
void require_pictures(const fs::path& base, const io::Paradigm& paradigm, const io::ParadigmTrial& trial) {
  if (const auto pictures = trial.picture_file(base))
    core::require_readable(
        *pictures,
        fmt::format(
            "{} shows the pictures in it: put them there, or name yours with --stimulus data_file=FILE",
            paradigm.name));
}

}  // namespace

std::string config_text(const io::Json& document) {
  return io::indented_text(document) + "\n";
}

bool holds(const fs::path& path, const std::string& text) {
  if (std::error_code ignored; !fs::is_regular_file(path, ignored)) return false;  // reading a FIFO waits
  std::ifstream in(path, std::ios::binary);
  std::ostringstream old;
  old << in.rdbuf();
  return in && old.str() == text;
}

void write_changed(std::vector<io::TextFile> files) {
  std::erase_if(files, [](const auto& file) { return holds(file.path, file.text); });
  for (const auto& file : files) io::make_folder(file.path.parent_path());
  io::write_text_files(files);
}

io::Json option_config(const fs::path& base, const std::string& option) {
  const auto name = "config_" + option + ".json";
  auto document = existing_network(base).config(name);
  const auto file = base / "configs" / name;
  const auto resolved = io::load_sonata_config(file);
  for (const auto& edges : resolved.edges) {
    const auto command = how_edges_are_made(base, edges.edges_file);
    core::require_readable(
        edges.edges_file,
        fmt::format("{} names it{}", file,
                    command.empty() ? "" : fmt::format("; '{}' makes it, or put it there", command)));
  }
  return document;
}

io::Json lgn_trial_config(const fs::path& base, const io::Paradigm& paradigm, const io::ParadigmTrial& trial,
                          const io::Json& lgn_template) {
  const auto where = "configs/" + paradigm.lgn_template + ":";
  io::Json document = lgn_template;
  move_children(document, base / "configs", where);
  auto& manifest = object_at(document, "manifest", where);
  manifest["$BASE_DIR"] = base_from_trial;
  manifest["$OUTPUT_DIR"] = "$BASE_DIR/" + trial.lgn_directory.string();
  auto& inputs = object_at(document, "inputs", where);
  if (inputs.size() != 1)
    throw core::ConfigError("invalid {}/inputs (a template has one input, this has {})", where,
                            inputs.size());
  auto& input = inputs.begin().value();
  if (paradigm.replaces_input) input = io::Json::object();
  for (const auto& [key, value] : trial.stimulus.items()) input[key] = value;
  object_at(document, "run", where)["tstop"] = paradigm.duration_ms;
  return document;
}

io::Json run_trial_config(const fs::path& base, const io::Paradigm& paradigm, const io::ParadigmTrial& trial,
                          const io::Json& option_document, const std::string& option) {
  const auto where = "configs/config_" + option + ".json:";
  io::Json document = option_document;
  move_children(document, base / "configs", where);
  auto& manifest = object_at(document, "manifest", where);
  manifest["$BASE_DIR"] = base_from_trial;
  manifest["$OUTPUT_DIR"] = "$BASE_DIR/" + paradigm.run_directory(trial, option).string();
  if (manifest.contains("$LGNINPUT_DIR"))
    manifest["$LGNINPUT_DIR"] = "$BASE_DIR/" + trial.lgn_directory.string();
  if (manifest.contains("$BKGINPUT_DIR")) {
    manifest["$BKGINPUT_DIR"] = "$BASE_DIR/" + trial.background_file.parent_path().string();
    if (auto* input = background_input(document))
      (*input)["input_file"] = "$BKGINPUT_DIR/" + trial.background_file.filename().string();
  }
  object_at(document, "run", where)["duration"] = paradigm.duration_ms;
  return document;
}

void write_shown(const fs::path& base, const io::Paradigm& paradigm) {
  if (!paradigm.conditions.empty())
    write_changed({{base / paradigm.conditions_file(), io::conditions_csv(paradigm.conditions)}});
  if (paradigm.orders.empty()) return;
  const auto path = base / paradigm.labels_file();
  const std::uint64_t runs = paradigm.orders.size(), slots = paradigm.orders.front().size();
  std::vector<std::int64_t> ids;
  for (const auto& order : paradigm.orders) ids.insert(ids.end(), order.begin(), order.end());
  if (holds_labels(path, ids, runs, slots)) return;
  io::make_folder(path.parent_path());
  io::remove_dead(path);
  auto file = io::h5::File::create(io::incomplete_name(path));
  io::write_run_attributes(file, {});
  const std::uint64_t shape[] = {runs, slots};
  io::h5::create_dataset<std::int64_t>(file, labels_dataset, shape);
  io::h5::write_rows<std::int64_t>(file, labels_dataset, 0, ids);
  file.close();
  io::publish(path);
}

void write_trial_configs(const fs::path& base, const io::Paradigm& paradigm, const std::string& option) {
  const auto option_document = option_config(base, option);
  const auto template_file = base / "configs" / paradigm.lgn_template;
  core::require_readable(template_file, fmt::format("paradigm {} begins with it", paradigm.name));
  const auto lgn_template = io::read_json(template_file);
  write_shown(base, paradigm);
  std::vector<io::TextFile> files;
  for (const auto& trial : paradigm.trials) {
    require_pictures(base, paradigm, trial);
    files.push_back(
        {base / trial.lgn_config, config_text(lgn_trial_config(base, paradigm, trial, lgn_template))});
    files.push_back({base / paradigm.run_config(trial, option),
                     config_text(run_trial_config(base, paradigm, trial, option_document, option))});
  }
  std::vector<io::NamedPath> outputs;
  for (const auto& file : files) outputs.push_back({file.path, "a trial of " + paradigm.name});
  io::check_outputs(outputs, io::network_files(base));
  write_changed(std::move(files));
}

}  // namespace striate::slurm
