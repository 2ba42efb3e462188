// SPDX-License-Identifier: BSD-3-Clause
// The parameter files of cells and synapses in NEST's form. The receptor ports of a cell are the synapses of
// its class in byte-wise order of their file names, over all source classes of the model: the same whatever
// is built or drawn.
#pragma once

#include <string>
#include <vector>

#include "builder/spec/spec.hpp"

namespace striate::builder {

struct ComponentFile {
  std::string name;
  std::string text;
};

/// Source classes by receptor port (port 1 first) of a target class.
std::vector<std::size_t> receptor_order(const NetworkSpec& spec, std::size_t target_class);

/// "<id>_glif_lif_asc_config.json"
std::vector<ComponentFile> cell_model_files(const NetworkSpec& spec);
/// "e4_to_pv.json": {"receptor_type": k}
std::vector<ComponentFile> synaptic_model_files(const NetworkSpec& spec);

}  // namespace striate::builder
