// SPDX-License-Identifier: BSD-3-Clause
// A final name means a complete file: outputs are written under a temporary name in the same folder and
// renamed at the end. What a failed or killed run leaves is named "<name>.incomplete" and never read by us.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/comm.hpp"

namespace striate::io {

/// "<path>.incomplete"
std::filesystem::path incomplete_name(const std::filesystem::path& path);

/// When a writer gives its file the final name: at once, or later by the caller's publish(), so that several
/// files of one run appear together.
enum class Publish { now, later };

/// Exists; what cannot be looked at does not.
bool is_there(const std::filesystem::path& path);

/// Renames incomplete_name(path) to path on the root rank, after all ranks have closed the file. Collective.
void publish(const std::filesystem::path& path, const core::Comm& comm = {});

/// The files of a folder with that extension (".yaml"), in alphabetical order; none where there is no folder.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                            const std::string& extension);

/// Makes a folder and those above it, unless they are there. Throws SystemError.
void make_folder(const std::filesystem::path& folder);

/// The whole of a text in UTF-8, without the byte order mark that some programs put in front of it. Throws
/// MissingFileError (`why` says who needs it), FormatError (UTF-16), SystemError.
std::string read_text_file(const std::filesystem::path& path, const std::string& why);

/// Writes `text` to `path` through its temporary name (one rank calls this).
void write_text_file(const std::filesystem::path& path, const std::string& text);

}  // namespace striate::io
