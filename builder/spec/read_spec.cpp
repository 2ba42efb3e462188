// SPDX-License-Identifier: BSD-3-Clause
#include "builder/spec/read_spec.hpp"

#include <yaml-cpp/yaml.h>

#include <limits>

#include "builder/spec/resolved.hpp"
#include "builder/spec/spec_internal.hpp"
#include "builder/spec/unitary_psp.hpp"
#include "core/errors/error.hpp"

namespace striate::builder {
namespace {

/// YAML text from the command line as a node without a file.
ConfigNode parse_override(const std::string& yaml) {
  ConfigNode node;
  const auto parsed = YAML::Load(yaml);
  if (parsed.IsSequence()) {
    node.kind = ConfigNode::Kind::list;
    for (const auto& item : parsed) node.items.push_back(parse_override(item.Scalar()));
  } else {
    node.kind = ConfigNode::Kind::scalar;
    node.text = parsed.IsScalar() ? parsed.Scalar() : yaml;
  }
  return node;
}

void read_size(ConfigSection& root, NetworkSpec& spec) {
  auto size = root.section("size");
  constexpr double largest_um = 1e5;
  spec.inner_radius_um = size.number("inner_radius_um", {.min = 0, .max = largest_um});
  spec.radius_um =
      size.number("radius_um", {.min = spec.inner_radius_um, .max = largest_um, .min_open = true});
  spec.core_radius_um = size.number("core_radius_um", {.min = 0, .max = spec.radius_um});
  spec.table_radius_um = size.number("table_radius_um", {.min = 0, .max = largest_um, .min_open = true});
}

void read_cells(ConfigSection& root, NetworkSpec& spec) {
  auto cells = root.section("cells");
  spec.flat = cells.boolean("flat");
  spec.flat_cells_per_model = cells.integer("flat_cells_per_model", 1, 1'000'000);
  spec.fluctuate = cells.boolean("fluctuate");
}

void read_run(ConfigSection& root, NetworkSpec& spec) {
  auto run = root.section("run");
  spec.run.dt_ms = run.number("dt_ms", {.min = 0.001, .max = 1000});
  spec.run.duration_ms = run.number("duration_ms", {.min = spec.run.dt_ms, .max = 1e9});
}

}  // namespace

std::string internal::needed_by(const Population& population) {
  return "population " + population.name;
}

NetworkSpec read_network_spec(const std::string& name_or_path, const std::vector<Override>& overrides,
                              const std::filesystem::path& cell_models_dir, const io::ConfigNode* changes) {
  Diagnostics diagnostics;
  NetworkSpec spec;
  const auto path = io::find_config(io::network_configs, name_or_path, {});
  spec.name = path.stem();
  ConfigNode tree = io::read_config(path, io::network_configs, diagnostics, &spec.files);
  if (changes != nullptr) io::merge(tree, *changes);
  for (const auto& value : overrides) tree.at_path(value.keys) = parse_override(value.yaml);
  if (tree.entries.empty()) {
    diagnostics.throw_if_any();
    throw core::ConfigError("{} is empty (a network needs a description) begin with 'extends: full'", path);
  }
  {
    ConfigSection root(tree, "", diagnostics);
    if (root.has("description")) root.require("description");
    spec.seed = static_cast<std::uint64_t>(root.integer("seed", 0, std::numeric_limits<std::int64_t>::max()));
    read_size(root, spec);
    read_cells(root, spec);
    internal::read_populations(root, spec);
    internal::read_cell_models(root, spec, cell_models_dir);
    internal::read_synapses(root, spec);
    internal::read_recurrent(root, spec);
    internal::read_lgn(root, spec);
    internal::read_background(root, spec);
    read_run(root, spec);
  }
  diagnostics.throw_if_any();
  spec.resolved = resolve(tree, spec);
  return spec;
}

std::vector<std::filesystem::path> files_read(const NetworkSpec& spec) {
  auto files = spec.files;
  for (const auto& model : spec.models)
    if (model.origin == ModelOrigin::user_file) files.push_back(model.file);
  return files;
}

std::string describe_models(const NetworkSpec& spec) {
  std::size_t stand_ins = 0, users = 0;
  for (const auto& model : spec.models) {
    if (model.origin == ModelOrigin::user_file) ++users;
    if (model.origin == ModelOrigin::stand_in) ++stand_ins;
  }
  return fmt::format("{} cell models, {} from your files, {} on another model's parameters{}",
                     spec.models.size(), users, stand_ins,
                     stand_ins == 0 ? "" : " (--verbose lists them, --cell-models DIR has them replaced)");
}

std::string list_stand_ins(const NetworkSpec& spec) {
  std::string text;
  for (const auto& model : spec.models)
    if (model.origin == ModelOrigin::stand_in)
      text += fmt::format("{}{} ({}) runs on the parameters of {}", text.empty() ? "" : "\n", model.id,
                          spec.populations[model.population].name, model.parameters_of);
  return text;
}

}  // namespace striate::builder
