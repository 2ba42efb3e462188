// SPDX-License-Identifier: BSD-3-Clause
// GLIF neurons as the Allen Cell Types Database publishes them (SI units, potentials relative to the resting
// potential, scaled by fitted coefficients; Teeter et al. 2018), converted to NEST's units as BMTK does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/machine/model/glif_parameters.hpp"
#include "io/text/json.hpp"

namespace striate::engine {

/// Which mechanisms a converted file switches on.
struct AllenVariant {
  bool spike_dependent_threshold, after_spike_currents, adapting_threshold;
};

/// "glif_lif_psc", "glif_lif_r_psc", "glif_lif_asc_psc", "glif_lif_r_asc_psc", "glif_lif_r_asc_a_psc".
std::optional<AllenVariant> allen_variant(std::string_view model);

/// The result has four receptors with a single alpha function each (glif_psc): amp_slow is 0. Throws
/// ConfigError naming `where`.
GlifParameters convert_allen_glif(const io::Json& json, const AllenVariant& variant,
                                  const std::string& where);

}  // namespace striate::engine
