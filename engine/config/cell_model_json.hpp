// SPDX-License-Identifier: BSD-3-Clause
// Cell models from JSON: NEST's parameter names, or Allen's raw GLIF files.
#pragma once

#include <filesystem>
#include <string>

#include "engine/machine/glif_parameters.hpp"
#include "io/text/json.hpp"

namespace striate::engine {

/// Reads a dynamics_params file for a model_template: "nest:glif_psc_double_alpha" takes NEST's keys;
/// "nest:glif_lif[_r][_asc][_a]_psc" takes Allen's raw GLIF files and converts them. Unknown keys are errors,
/// as in NEST. An empty `path` gives the defaults.
GlifParameters read_glif_parameters(const std::filesystem::path& path, const std::string& model_template,
                                    const std::string& where);
/// The same from the file's contents; `file` names it in messages.
GlifParameters glif_parameters(const io::Json& json, const std::string& model_template,
                               const std::string& file);
/// Sets one of NEST's keys. Throws ConfigError for unknown keys and wrong types.
void set_glif_parameter(GlifParameters& parameters, const std::string& key, const io::Json& value,
                        const std::string& where);
GlifParameters parse_glif_parameters(const io::Json& json, const std::string& where);

}  // namespace striate::engine
