// SPDX-License-Identifier: BSD-3-Clause
// Which receptor of its target a synapse ends on: receptor_type, counted from 1, in the file (or JSON text)
// that dynamics_params of an edge type or of a single edge names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <string>

#include "io/text/json.hpp"

namespace striate::engine {

/// No receptor was named; one more than the last port there can be.
inline constexpr std::uint16_t no_port = std::numeric_limits<std::uint16_t>::max();

/// Contents of parameter files by name, for networks that are in no file.
using ComponentTexts = std::map<std::string, io::Json, std::less<>>;

/// The port (receptor_type - 1) that a static_synapse file names. Throws ConfigError.
std::uint16_t read_receptor_port(const std::filesystem::path& file);

/// The port of a receptor_type given as a number. Throws ConfigError naming `where`.
std::uint16_t receptor_port(double receptor_type, const std::string& where);

/// Ports by dynamics_params, each file read once.
class ReceptorPorts {
 public:
  ReceptorPorts() = default;
  explicit ReceptorPorts(std::filesystem::path synaptic_models_dir);
  explicit ReceptorPorts(const ComponentTexts& synaptic_models);
  /// `parameters` is the name of a file or a JSON text; `where` names it. Throws ConfigError,
  /// MissingFileError.
  std::uint16_t find(const std::string& parameters, const std::string& where);

 private:
  std::function<std::uint16_t(const std::string& name, const std::string& where)> read_;
  std::map<std::string, std::uint16_t, std::less<>> known_;
};

}  // namespace striate::engine
