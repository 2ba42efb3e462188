// SPDX-License-Identifier: BSD-3-Clause
// Where an output's path leads, looked at before anything is written: results never replace what is read, nor
// what is no regular file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace striate::io {

/// Key of an output that several runs may write, such as the record of a folder.
inline constexpr const char* shared_output = "shared";

/// A file that somebody names.
struct NamedPath {
  std::filesystem::path path;
  std::string where;  ///< what asked for it, for messages: "run.json:/output/spikes_file"
  std::string key = {};  ///< of a configuration's outputs, see io/sonata/config_files.hpp
};

/// Absolute, without "..", with all links followed, also behind folders that are still to be made, and with a
/// link that leads to nothing followed there: equal for equal files. What /proc says of a process's open
/// files
/// ("/dev/stdout") keeps its name there.
std::filesystem::path resolved(const std::filesystem::path& path);

struct OutputPlace {
  std::filesystem::path path;  ///< resolved
  bool is_stream = false;  ///< a device, a FIFO, an open file of this process: written in place
};
/// Throws ConfigError for a folder, a socket, a disk as a whole, links in a circle.
OutputPlace output_place(const std::filesystem::path& path);

/// A regular file lies where `path` leads, and would be lost.
bool would_replace(const std::filesystem::path& path);

/// Throws ConfigError for an output that can be none (output_place), is written twice or is the same file as
/// an input, by whatever links and names. Unlike BMTK, which empties the output directory first, only files
/// that are written are ever replaced, so a directory may hold inputs and outputs.
void check_outputs(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs);

}  // namespace striate::io
