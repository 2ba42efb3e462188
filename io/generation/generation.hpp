// SPDX-License-Identifier: BSD-3-Clause
// Do the files of a network belong together? All nodes and edges of a folder, and copies that a run reads,
// must be of the run that the manifest names for their part; without a manifest they must be of one run.
// Files without a run id (other programs', earlier versions') are taken as before.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "core/errors/problems.hpp"
#include "core/ranks/comm.hpp"
#include "io/generation/manifest.hpp"
#include "io/generation/run_attributes.hpp"

namespace striate::io {

/// Throws FormatError for nodes and edges of different runs in one folder, and for a network whose build was
/// interrupted. Returns what the first file's network is, as far as it is known. Collective.
RunAttributes require_one_generation(std::span<const std::filesystem::path> files, const core::Comm& comm);

/// The same of the network directory `base`: all that its manifest lists. A folder without network/ is no
/// mistake of the user's here.
RunAttributes require_one_generation(const std::filesystem::path& base, const core::Comm& comm);

/// What is known of the network in a folder network/, without a look at all of its files.
RunAttributes network_of(const std::filesystem::path& network_folder);

/// Throws FormatError for results that were made with another network than that with this run id. What has
/// none is taken as it is.
void require_made_with(const std::string& network, const std::filesystem::path& results);

/// One line in the log for a network of which nothing is known.
void note_unknown_origin(const RunAttributes& network, const core::Comm& comm);

/// For `striate check`: the same of all that lies in the folder network/, trained and adjusted copies, too;
/// files that are gone; and, as notes, files whose size is another than when they were built.
void check_generation(const std::filesystem::path& network_folder, core::Problems& problems);

/// Files of the manifest whose contents are not what they were, where their hashes were kept.
void check_content_hashes(const std::filesystem::path& network_folder, core::Problems& problems);

}  // namespace striate::io
