// SPDX-License-Identifier: BSD-3-Clause
// What can go wrong, as exceptions that end the job. Texts follow "problem (why) suggestion" and name the
// file and the JSON pointer, CSV column or HDF5 path. Only main() catches; expected absences are
// std::optional, our own mistakes are assert().
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace striate::core {

/// Process exit codes (sysexits-like, see docs/errors.md).
enum class ExitCode : int {
  done = 0,
  internal = 1,
  usage = 2,
  bad_data = 65,
  missing_input = 66,
  unavailable = 69,
  output_held = 73,
  io_error = 74,
  checkpointed = 75,  ///< stopped, to be continued
  configuration = 78,
};

struct Error : std::runtime_error {
  Error(ExitCode code_, const std::string& text) : std::runtime_error(text), code(code_) {}
  ExitCode code;
};

/// The command line cannot be understood.
struct UsageError : Error {
  template <class... Args>
  explicit UsageError(fmt::format_string<Args...> text, Args&&... args)
      : Error(ExitCode::usage, fmt::format(text, std::forward<Args>(args)...)) {}
};

/// A user's configuration contradicts itself, lacks a key or asks for what does not exist.
struct ConfigError : Error {
  template <class... Args>
  explicit ConfigError(fmt::format_string<Args...> text, Args&&... args)
      : Error(ExitCode::configuration, fmt::format(text, std::forward<Args>(args)...)) {}
};

/// A data file breaks its format or holds impossible values.
struct FormatError : Error {
  template <class... Args>
  explicit FormatError(fmt::format_string<Args...> text, Args&&... args)
      : Error(ExitCode::bad_data, fmt::format(text, std::forward<Args>(args)...)) {}
};

/// An input file is not there or cannot be opened for reading.
struct MissingFileError : Error {
  template <class... Args>
  explicit MissingFileError(fmt::format_string<Args...> text, Args&&... args)
      : Error(ExitCode::missing_input, fmt::format(text, std::forward<Args>(args)...)) {}
};

/// Another run writes there.
struct OutputHeldError : Error {
  template <class... Args>
  explicit OutputHeldError(fmt::format_string<Args...> text, Args&&... args)
      : Error(ExitCode::output_held, fmt::format(text, std::forward<Args>(args)...)) {}
};

/// Disk, memory or operating system refused.
struct SystemError : Error {
  template <class... Args>
  explicit SystemError(fmt::format_string<Args...> text, Args&&... args)
      : Error(ExitCode::io_error, fmt::format(text, std::forward<Args>(args)...)) {}
};

/// MPI cannot do what is asked (counts beyond int, ranks started without a common world).
struct MpiError : Error {
  template <class... Args>
  explicit MpiError(fmt::format_string<Args...> text, Args&&... args)
      : Error(ExitCode::unavailable, fmt::format(text, std::forward<Args>(args)...)) {}
};

/// Throws MissingFileError unless `path` is a readable regular file; `why` says which key asked for it.
void require_readable(const std::filesystem::path& path, const std::string& why);

}  // namespace striate::core

template <>
struct fmt::formatter<std::filesystem::path> : fmt::formatter<std::string> {
  auto format(const std::filesystem::path& path, fmt::format_context& context) const {
    return fmt::formatter<std::string>::format(path.string(), context);
  }
};
