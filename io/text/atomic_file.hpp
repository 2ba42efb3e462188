// SPDX-License-Identifier: BSD-3-Clause
// A final name means a complete file: outputs are written under a temporary name in the same folder and
// renamed at the end. What a failed or killed run leaves is named "<name>.incomplete" and never read by us.
#pragma once

#include <filesystem>

#include "core/comm.hpp"

namespace striate::io {

/// "<path>.incomplete"
std::filesystem::path incomplete_name(const std::filesystem::path& path);

/// When a writer gives its file the final name: at once, or later by the caller's publish(), so that several
/// files of one run appear together.
enum class Publish { now, later };

/// Renames incomplete_name(path) to path on the root rank, after all ranks have closed the file. Collective.
void publish(const std::filesystem::path& path, const core::Comm& comm = {});

/// Makes a folder and those above it, unless they are there. Throws SystemError.
void make_folder(const std::filesystem::path& folder);

/// Writes `text` to `path` through its temporary name (one rank calls this).
void write_text_file(const std::filesystem::path& path, const std::string& text);

}  // namespace striate::io
