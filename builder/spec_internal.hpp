// SPDX-License-Identifier: BSD-3-Clause
// The parts of read_network_spec; each reads one section of the YAML and its tables.
#pragma once

#include "builder/config_reader.hpp"
#include "builder/spec.hpp"
#include "builder/table.hpp"

namespace striate::builder::internal {

void read_populations(Section& root, NetworkSpec& spec);
void read_cell_models(Section& root, NetworkSpec& spec, const std::filesystem::path& cell_models_dir);
void read_synapses(Section& root, NetworkSpec& spec);
void read_recurrent(Section& root, NetworkSpec& spec);
void read_lgn(Section& root, NetworkSpec& spec);
void read_background(Section& root, NetworkSpec& spec);

/// Lines of "needed by …" for missing rows.
std::string needed_by(const Population& population);

}  // namespace striate::builder::internal
