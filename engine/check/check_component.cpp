// SPDX-License-Identifier: BSD-3-Clause
#include "engine/check/check_simulation.hpp"
#include "engine/config/allen_glif.hpp"
#include "engine/config/cell_model_json.hpp"
#include "engine/network/edges/receptor_ports.hpp"

namespace striate::engine {
namespace {

using core::Problems;

/// Wrong keys one by one; if each is right alone, the rules between them.
void check_cell_model(const io::Json& json, const std::string& where, Problems& problems) {
  const std::size_t before = problems.errors.size();
  const NestModel model = nest_model_of_keys(json);
  for (const auto& [key, value] : json.items()) {
    GlifParameters alone;
    core::attempt(&problems, [&, &name = key, &content = value] {
      set_glif_parameter(alone, name, content, where, model);
    });
  }
  if (problems.errors.size() == before)
    core::attempt(&problems, [&] { parse_glif_parameters(json, where, model); });
}

}  // namespace

void check_component(const std::filesystem::path& file, Problems& problems) {
  core::attempt(&problems, [&] {
    const auto json = io::read_json(file);
    const auto where = file.string();
    if (!json.is_object())
      throw core::ConfigError("{} is {} (components are objects)", where, json.type_name());
    const auto type = json.find("type");
    if (json.contains("receptor_type"))
      read_receptor_port(file);
    else if (type != json.end() && *type == "GLIF")
      convert_allen_glif(
          json,
          {.spike_dependent_threshold = false, .after_spike_currents = false, .adapting_threshold = false},
          where);
    else
      check_cell_model(json, where, problems);
  });
}

}  // namespace striate::engine
