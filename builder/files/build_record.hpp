// SPDX-License-Identifier: BSD-3-Clause
// What a build says of itself in the network's manifest, and whether the parts it makes go with the others
// that are there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builder/spec/spec.hpp"
#include "core/ranks/comm.hpp"
#include "io/generation/manifest.hpp"

namespace striate::builder {

/// May parts of a network be of different descriptions (other seeds, other options)?
enum class Mixture { refuse, allow };

io::RunAttributes attributes_of(const NetworkSpec& spec, bool source_index);

/// The manifest when `parts` are made: what was there of others stays.
io::Manifest manifest_with(const std::optional<io::Manifest>& before, const std::vector<std::string>& parts,
                           const NetworkSpec& spec, const io::RunAttributes& attributes,
                           const core::Comm& comm);

/// Throws ConfigError when `parts` are not all and the others of the network are of another run. LGN and
/// background may be asked to differ from the cells; cells may not be replaced under the edges onto others.
void refuse_mixture(const std::filesystem::path& base, const std::optional<io::Manifest>& before,
                    const std::vector<std::string>& parts, const io::RunAttributes& attributes,
                    Mixture mixture);

}  // namespace striate::builder
