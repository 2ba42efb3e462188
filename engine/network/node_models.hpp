// SPDX-License-Identifier: BSD-3-Clause
// What the nodes of a population are (virtual, or neurons of some cell model), from model_type,
// model_template and dynamics_params: a node's own values in nodes.h5 come before those of its type, and
// single parameters of its own (GROUP/dynamics_params/NAME) before those of its parameter file. Nodes whose
// values agree share a model.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/errors/problems.hpp"
#include "engine/config/cell_model_json.hpp"
#include "engine/machine/model/glif_parameters.hpp"
#include "io/sonata/nodes.hpp"

namespace striate::engine {

struct CellModel {
  std::string label;  ///< dynamics_params file and template, for messages
  GlifParameters parameters;
};

/// Different cell models of a network, each read once.
class CellModels {
 public:
  /// Reads the model of a parameter file ("": none) and template; `where` asked for it.
  using Read = std::function<CellModel(const std::string& file, const std::string& model_template,
                                       const std::string& where)>;
  explicit CellModels(Read read) : read_(std::move(read)) {}

  /// Position of the model. `parameters` is the name of a file, a JSON text or "".
  std::uint32_t find(const std::string& parameters, const std::string& model_template,
                     std::span<const OwnParameter> own, const std::string& where);
  std::vector<CellModel> take() { return std::move(models_); }

 private:
  Read read_;
  std::vector<CellModel> models_;
  std::unordered_map<std::string, std::uint32_t> index_;  ///< by all values, each in its own bytes
  std::unordered_map<std::string, CellModel> bases_;  ///< models without single parameters
  const CellModel& base(const std::string& parameters, const std::string& model_template,
                        const std::string& where);
};

inline constexpr std::uint32_t virtual_node = std::numeric_limits<std::uint32_t>::max();

/// The model of each node, or virtual_node. Throws ConfigError or FormatError naming node and dataset or type
/// and table; with `problems`, errors are recorded and their nodes taken as virtual.
std::vector<std::uint32_t> models_of_nodes(const io::NodePopulation& population, CellModels& models,
                                           core::Problems* problems);

}  // namespace striate::engine
