// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/receptor_ports.hpp"

#include <cmath>
#include <utility>

#include "core/errors/error.hpp"
#include "io/text/json.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

constexpr std::int64_t most_receptors = no_port;

std::uint16_t port_of_json(const io::Json& json, const std::filesystem::path& file) {
  const io::JsonSection section(json, file, "");
  const auto receptor = section.integer("receptor_type");
  if (!receptor)
    throw ConfigError("missing receptor_type in {} (it names the target's receptor, from 1)", file);
  if (*receptor < 1 || *receptor > most_receptors)
    throw ConfigError("invalid receptor_type={} in {} (must be 1..{})", *receptor, file, most_receptors);
  if (const auto unknown = section.unknown_keys(); !unknown.empty())
    throw ConfigError("unknown key in {}:/{} (a static_synapse file holds only receptor_type) remove it",
                      file, unknown.front());
  return static_cast<std::uint16_t>(*receptor - 1);
}

}  // namespace

std::uint16_t read_receptor_port(const std::filesystem::path& file) {
  return port_of_json(io::read_json(file), file);
}

std::uint16_t receptor_port(double receptor_type, const std::string& where) {
  if (!(receptor_type >= 1 && receptor_type <= static_cast<double>(most_receptors)) ||
      receptor_type != std::floor(receptor_type))
    throw ConfigError("invalid receptor_type={} in {} (must be a whole number, 1..{})", receptor_type, where,
                      most_receptors);
  return static_cast<std::uint16_t>(receptor_type - 1);
}

ReceptorPorts::ReceptorPorts(std::filesystem::path synaptic_models_dir)
    : read_([folder = std::move(synaptic_models_dir)](const std::string& name, const std::string& where) {
        const auto file = folder / name;
        core::require_readable(file, where);
        return read_receptor_port(file);
      }) {}

ReceptorPorts::ReceptorPorts(const ComponentTexts& synaptic_models)
    : read_([&](const std::string& name, const std::string& where) {
        const auto text = synaptic_models.find(name);
        if (text == synaptic_models.end()) throw ConfigError("no synaptic model {} (of {})", name, where);
        return port_of_json(text->second, name);
      }) {}

std::uint16_t ReceptorPorts::find(const std::string& parameters, const std::string& where) {
  const auto known = known_.find(parameters);
  if (known != known_.end()) return known->second;
  const auto port = io::is_json_text(parameters) ? port_of_json(io::parse_json(parameters, where), where)
                                                 : read_(parameters, where);
  return known_.emplace(parameters, port).first->second;
}

}  // namespace striate::engine
