// SPDX-License-Identifier: BSD-3-Clause
// Collects everything that is wrong with a user's configuration, so that one run reports all of it. Each
// problem knows its file, line and column (counted from 1).
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace striate::io {

/// A place in a text file; `file` null: set by the program or on the command line.
struct Position {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;
};

/// "model.yaml:12:3", or "(command line)".
std::string to_string(const Position& position);

class Diagnostics {
 public:
  template <class... Args>
  void report(const Position& position, fmt::format_string<Args...> text, Args&&... args) {
    add(position, fmt::format(text, std::forward<Args>(args)...));
  }
  bool empty() const { return problems_.empty(); }
  const std::vector<std::string>& problems() const { return problems_; }
  /// Throws one ConfigError with all problems, in the order found, if there are any.
  void throw_if_any() const;

 private:
  void add(const Position& position, const std::string& text);

  std::vector<std::string> problems_;
};

}  // namespace striate::io
