// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/diagnostics.hpp"

#include <algorithm>

#include "core/errors/error.hpp"

namespace striate::io {

std::string to_string(const Position& position) {
  if (!position.file) return "(command line)";
  if (position.line == 0) return *position.file;  // it says it all, such as the cell of a workbook
  return fmt::format("{}:{}:{}", *position.file, position.line, position.column);
}

void Diagnostics::add(const Position& position, const std::string& text) {
  auto problem = fmt::format("{}: {}", to_string(position), text);
  if (std::find(problems_.begin(), problems_.end(), problem) == problems_.end())
    problems_.push_back(std::move(problem));
}

void Diagnostics::throw_if_any() const {
  if (problems_.empty()) return;
  constexpr std::size_t most_shown = 50;
  std::string text =
      problems_.size() == 1 ? "" : fmt::format("{} problems in the configuration:", problems_.size());
  for (std::size_t i = 0; i < std::min(problems_.size(), most_shown); ++i)
    text += (problems_.size() == 1 ? "" : "\n  ") + problems_[i];
  if (problems_.size() > most_shown) text += fmt::format("\n  and {} more", problems_.size() - most_shown);
  throw core::ConfigError("{}", text);
}

}  // namespace striate::io
