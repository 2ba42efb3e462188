// SPDX-License-Identifier: BSD-3-Clause
// Messages for people, on standard error. Rank 0 speaks; other ranks only report errors, with their rank.
// The level is the program's only global state.
#pragma once

#include <fmt/format.h>

#include <string>

#include "core/errors/error.hpp"

namespace striate::core::log {

enum class Level { quiet, normal, verbose };

void set_up(Level level, int rank);
Level level();

void write_info(const std::string& text);
void write_detail(const std::string& text);
void write_warning(const std::string& text);
void write_error(const std::string& text);

template <class... Args>
void info(fmt::format_string<Args...> text, Args&&... args) {
  write_info(fmt::format(text, std::forward<Args>(args)...));
}
/// Shown with --verbose, and always in log files.
template <class... Args>
void detail(fmt::format_string<Args...> text, Args&&... args) {
  write_detail(fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> text, Args&&... args) {
  write_warning(fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> text, Args&&... args) {
  write_error(fmt::format(text, std::forward<Args>(args)...));
}

/// Also append messages to `file` (rank 0 only; lines "YYYY-MM-DD HH:MM:SS,mmm [INFO] text", as BMTK writes).
/// `console` false silences standard error for all but warnings and errors.
void add_file(const std::string& file, bool console);
/// Undoes add_file(), if there was one.
void remove_file();

}  // namespace striate::core::log
