// SPDX-License-Identifier: BSD-3-Clause
// Checkpoints on disk, of simulations and of training: HDF5 files of which the last two are kept, under the
// name of the newest and one with "_before". Behind what HDF5 wrote stands a seal, a checksum over all of it.
// HDF5 does not look there; we look at nothing else first, because damaged files can crash the library or,
// worse, read as good ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::io {

/// "a/checkpoint.h5" -> "a/checkpoint_before.h5"
std::filesystem::path earlier_checkpoint(const std::filesystem::path& file);

/// Seals incomplete_name(file), which is closed, and gives it its name; the checkpoint that has that name
/// becomes the earlier one. Collective.
void publish_checkpoint(const std::filesystem::path& file, const core::Comm& comm);

/// Why the seal of an existing file is not that of its contents, or "". Collective.
std::string seal_problem(const std::filesystem::path& file, const core::Comm& comm);

/// The checkpoint to go on from: the newest, or where that is damaged or gone the one before it, which is
/// warned about. Throws MissingFileError when there is none, FormatError when none is intact. Collective.
std::filesystem::path intact_checkpoint(const std::filesystem::path& file, const core::Comm& comm);

/// Before a run goes on from `used`: it becomes the newest, so that the next checkpoint takes the place of
/// what is damaged and not of what was used. Collective.
void keep_only(const std::filesystem::path& file, const std::filesystem::path& used, const core::Comm& comm);

/// Whether one of the two is there, as the root sees it. Collective.
bool any_checkpoint(const std::filesystem::path& file, const core::Comm& comm);

/// Both, if they are there. Collective.
void remove_checkpoints(const std::filesystem::path& file, const core::Comm& comm);

}  // namespace striate::io
