// SPDX-License-Identifier: BSD-3-Clause
// Cell models from JSON: NEST's parameter names, or Allen's raw GLIF files.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/machine/model/glif_parameters.hpp"
#include "io/text/json.hpp"

namespace striate::engine {

/// NEST's models of point neurons that differ in their synapses: one alpha function per receptor (tau_syn),
/// or two.
enum class NestModel { glif_psc, glif_psc_double_alpha };

/// Reads a dynamics_params file for a model_template: "nest:glif_psc_double_alpha" and "nest:glif_psc" take
/// NEST's keys; an amp_slow of 0, a single alpha function, is taken although NEST refuses it;
/// "nest:glif_lif[_r][_asc][_a]_psc" takes Allen's raw GLIF files and converts them. Unknown keys are errors,
/// as in NEST. An empty `path` gives the defaults.
GlifParameters read_glif_parameters(const std::filesystem::path& path, const std::string& model_template,
                                    const std::string& where);
/// The same from the file's contents; `file` names it in messages.
GlifParameters glif_parameters(const io::Json& json, const std::string& model_template,
                               const std::string& file);
/// Sets one of NEST's keys. Throws ConfigError for unknown keys and wrong types.
void set_glif_parameter(GlifParameters& parameters, const std::string& key, const io::Json& value,
                        const std::string& where, NestModel model = NestModel::glif_psc_double_alpha);
/// One of NEST's models has a parameter of that name.
bool is_glif_parameter(const std::string& key);
GlifParameters parse_glif_parameters(const io::Json& json, const std::string& where,
                                     NestModel model = NestModel::glif_psc_double_alpha);
/// For files whose model_template is not known: "tau_syn" is a key of glif_psc alone.
NestModel nest_model_of_keys(const io::Json& json);

/// A parameter that a node has for itself, from nodes.h5.
struct OwnParameter {
  std::string name;
  std::vector<double> values;
  std::string where;  ///< "nodes.h5:/nodes/v1/0/dynamics_params/V_th row 3"
};
/// Puts a node's own parameters (at least one) over those of its file. Flags are 0 or 1. Throws ConfigError
/// for unknown names, wrong numbers of values, what the model cannot be, and Allen's raw files.
void set_own_parameters(GlifParameters& parameters, std::span<const OwnParameter> own,
                        const std::string& model_template, const std::string& where);

}  // namespace striate::engine
