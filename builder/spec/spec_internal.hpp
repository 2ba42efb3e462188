// SPDX-License-Identifier: BSD-3-Clause
// The parts of read_network_spec; each reads one section of the YAML and its tables.
#pragma once

#include "builder/spec/spec.hpp"
#include "builder/spec/spec_reading.hpp"
#include "builder/spec/table.hpp"

namespace striate::builder::internal {

void read_populations(ConfigSection& root, NetworkSpec& spec);
void read_cell_models(ConfigSection& root, NetworkSpec& spec, const std::filesystem::path& cell_models_dir);
void read_synapses(ConfigSection& root, NetworkSpec& spec);
void read_recurrent(ConfigSection& root, NetworkSpec& spec);
void read_lgn(ConfigSection& root, NetworkSpec& spec);
void read_background(ConfigSection& root, NetworkSpec& spec);

/// Lines of "needed by …" for missing rows.
std::string needed_by(const Population& population);

}  // namespace striate::builder::internal
