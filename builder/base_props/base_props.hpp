// SPDX-License-Identifier: BSD-3-Clause
// A folder base_props as the reference model ships it and its users edit it (the seed workbook with the
// populations, tables of connections, synapses and inputs, the list of excluded cells), as changes to one of
// our networks: what was edited, in the form of a network's YAML. An unedited folder changes nothing. What no
// description of ours can say is refused, cell by cell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "builder/spec/spec.hpp"
#include "io/text/config_tree.hpp"

namespace striate::builder {

struct BaseProps {
  io::ConfigNode changes;  ///< to be merged over the network's description
  std::vector<std::filesystem::path> files;  ///< that were read
  std::vector<std::string> notes;  ///< for people: files that are not there, or not read
};

/// Throws ConfigError with all that cannot be taken over; MissingFileError where there is no folder or no
/// workbook; FormatError.
BaseProps read_base_props(const std::filesystem::path& folder, const NetworkSpec& spec);

/// The changes as a file that begins with `extends: NETWORK`, a shipped name or a file of the user's.
std::string base_props_yaml(const BaseProps& props, const std::filesystem::path& folder,
                            const std::string& network);

}  // namespace striate::builder
