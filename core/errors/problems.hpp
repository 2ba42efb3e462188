// SPDX-License-Identifier: BSD-3-Clause
// Errors that are collected instead of ending the work, for `striate check`. Functions that can go on after
// an error take a `Problems*`: with nullptr they throw as everything else does, else they record and go on.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/errors/error.hpp"

namespace striate::core {

struct Problem {
  ExitCode code;
  std::string text;
};

struct Problems {
  std::vector<Problem> errors;  ///< in the order found, each text once
  std::size_t absent_files = 0;  ///< that notes speak of
  std::vector<std::string> notes;  ///< absent optional files and other things that are no errors
  std::unordered_set<std::string> texts;  ///< of the errors: a damaged table has one in every row

  void add(const Error& error) {
    if (texts.insert(error.what()).second) errors.push_back({error.code, error.what()});
  }
  void note(std::string text) {
    if (std::ranges::find(notes, text) == notes.end()) notes.push_back(std::move(text));
  }
  /// The same for a file that has still to be made.
  void note_absent(std::string text) {
    const auto before = notes.size();
    note(std::move(text));
    absent_files += notes.size() - before;
  }
  bool empty() const { return errors.empty(); }
  /// Of the first error; `done` without any.
  ExitCode code() const { return errors.empty() ? ExitCode::done : errors.front().code; }
};

/// Runs `work`. True when it came through; an Error is thrown on, or recorded where `problems` is given.
template <class Work>
bool attempt(Problems* problems, Work&& work) {
  if (problems == nullptr) {
    work();
    return true;
  }
  try {
    work();
    return true;
  } catch (const Error& error) {
    problems->add(error);
    return false;
  }
}

/// Bad rows of one kind: the first few are recorded with their text, the rest only counted.
class RowProblems {
 public:
  /// `where` names file and dataset, for the closing line.
  RowProblems(Problems& problems, std::string where) : problems_(problems), where_(std::move(where)) {}
  ~RowProblems() {
    if (count_ > told)
      problems_.add(FormatError("… and {} more rows like this in {}", count_ - told, where_));
  }
  RowProblems(const RowProblems&) = delete;
  RowProblems& operator=(const RowProblems&) = delete;

  /// make(): the error; asked for only where it is told.
  template <std::invocable Make>
  void add(const Make& make) {
    if (++count_ <= told) problems_.add(make());
  }
  template <class... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    if (++count_ <= told) problems_.add(FormatError(text, std::forward<Args>(args)...));
  }
  std::uint64_t count() const { return count_; }

 private:
  static constexpr std::uint64_t told = 3;
  Problems& problems_;
  std::string where_;
  std::uint64_t count_ = 0;
};

}  // namespace striate::core
