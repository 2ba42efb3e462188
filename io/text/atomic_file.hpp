// SPDX-License-Identifier: BSD-3-Clause
// A final name means a complete file: outputs are written under a temporary name and renamed at the end, when
// they are on the disk. What a failed or killed run leaves is named "<name>.HOST-PID-RANDOM.incomplete" and
// never read by us (docs/decisions/0012-names-of-unfinished-files.md). Every output of the program goes this
// way but for logs.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/files/new_file.hpp"
#include "io/files/output_place.hpp"

namespace striate::io {

/// "<path>.<token of this run>.incomplete": the same on all ranks, of no other run. Links are followed: it
/// lies beside the file that will be replaced. What is meant for a device or FIFO is made in the folder for
/// temporary files, which only one host may see. Throws ConfigError where no file can be (output_place).
std::filesystem::path incomplete_name(const std::filesystem::path& path);
/// "<path>.<part>.<token>.incomplete", of a file or folder that is needed while `path` is made.
std::filesystem::path incomplete_part(const std::filesystem::path& path, std::string_view part);

/// When a writer gives its file the final name: at once, or later by the caller's publish(), so that several
/// files of one run appear together.
enum class Publish { now, later };

/// Exists; what cannot be looked at does not.
bool is_there(const std::filesystem::path& path);

/// Gives files their final names on the root rank, after all ranks have closed them: their contents are
/// brought to the disk, then they are renamed, then the names are brought to the disk. Devices and FIFOs get
/// what was written for them. Collective. Throws SystemError; no name has changed then, unless it was a
/// rename that failed.
void publish(std::span<const std::filesystem::path> paths, const core::Comm& comm = {});
void publish(const std::filesystem::path& path, const core::Comm& comm = {});

/// Removes what dead runs left of these files, and of files beside them that have more after the name
/// ("spikes.h5.spool0"). Call it only while no other run may write them, that is with
/// the lock of their folder. Files of a run in `kept`, named by a checkpoint, stay, and those of a process
/// that still runs on this host.
void remove_leftovers(std::span<const std::filesystem::path> paths, std::span<const std::string> kept = {});
/// The same for a file that is written without a lock, as arrays and pictures are: what processes of this
/// host left that are gone. Text files and copies see to it themselves.
void remove_dead(const std::filesystem::path& path);

/// The files of a folder with that extension (".yaml"), in alphabetical order; none where there is no folder.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder,
                                            const std::string& extension);

/// Makes a folder and those above it, unless they are there, and brings their names to the disk. Throws
/// SystemError.
void make_folder(const std::filesystem::path& folder);

/// The whole of a text in UTF-8, without the byte order mark that some programs put in front of it. Throws
/// MissingFileError (`why` says who needs it), FormatError (UTF-16), SystemError.
std::string read_text_file(const std::filesystem::path& path, const std::string& why);

// One rank calls these.

/// Writes `text` to `path` through its temporary name.
void write_text_file(const std::filesystem::path& path, std::string_view text);
/// Several, which appear together.
struct TextFile {
  std::filesystem::path path;
  std::string text;
};
void write_text_files(std::span<const TextFile> files);
/// Under its temporary name only; publish() follows.
void write_incomplete_text(const std::filesystem::path& path, std::string_view text);
/// A copy of `source` that its owner may write to, under the temporary name of `path`; publish() follows.
void copy_incomplete(const std::filesystem::path& source, const std::filesystem::path& path);

}  // namespace striate::io
