// SPDX-License-Identifier: BSD-3-Clause
// Options of commands as plain data: each is defined once, with its kind of value, default, range, and what
// it goes together with. From these follow --help, parsing (cli/arguments), defaults and refusals; whoever
// reads a value asks for it by name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/values/nan.hpp"

namespace striate::core {

struct Option {
  enum class Type { flag, text, word, number, whole };
  enum class Takes { one, several, repeated };  ///< several: --x A B C; repeated: --x A --x B

  const char* name = "";  ///< "core-radius"
  Type type = Type::text;
  const char* value = "";  ///< what it takes, for --help: "UM"; of a word: the words, "strict|inclusive"
  const char* help = "";
  const char* fallback = nullptr;  ///< default of a text; null: none. A word's is its first
  double usual = nan;  ///< default of a number
  double low = 0, high = 0;  ///< of numbers: [low, high]
  /// Another option without which this one would change nothing: "reference", or "from=response" where its
  /// value counts; "a|b": one of them.
  const char* needs = nullptr;
  const char* excludes = nullptr;  ///< "window|run": options that say the same thing otherwise
  Takes takes = Takes::one;
  bool moves_files = false;  ///< where files are written, or how they are named, depends on it
  char letter = 0;  ///< "-o"
};

inline constexpr double most_whole = 9e18;  ///< `high` of whole numbers that have no other limit

/// The rows of tables one after the other, for a kind that takes all of them.
template <std::size_t... Counts>
constexpr auto joined(const Option (&... tables)[Counts]) {
  std::array<Option, (Counts + ...)> all{};
  std::size_t next = 0;
  const auto append = [&](const auto& table) {
    for (const auto& option : table) all[next++] = option;
  };
  (append(tables), ...);
  return all;
}

/// The default as text, "" where there is none.
std::string default_text(const Option& option);

/// "nan", "zero" of "nan|zero".
std::vector<std::string> alternatives(std::string_view text);

/// What was given of some options, checked, with defaults for what was not. Asking for an option that is none
/// of them, or as something it is not, is a mistake of ours (std::logic_error).
class OptionValues {
 public:
  using Given = std::map<std::string, std::vector<std::string>>;
  OptionValues() = default;
  /// Throws UsageError for a value that is no number, out of range or no known word, and for options that do
  /// not go together. `options` must outlive this.
  OptionValues(std::span<const Option> options, Given given);

  bool given(const char* name) const;
  double number(const char* name) const;
  std::int64_t whole(const char* name) const;
  std::string text(const char* name) const;
  std::optional<double> number_if(const char* name) const;  ///< nullopt: not given and without default
  std::optional<std::int64_t> whole_if(const char* name) const;
  std::optional<std::string> text_if(const char* name) const;
  std::vector<std::string> texts(const char* name) const;
  std::vector<double> numbers(const char* name) const;
  std::vector<std::int64_t> wholes(const char* name) const;
  /// Whether the word option has this value, which must be one of its words.
  bool is(const char* name, std::string_view word) const;
  /// Those of the given ones that `options` knows, for a part of the work.
  Given only(std::span<const Option> options) const;

 private:
  const Option& find(std::string_view name) const;
  void check(const Option& option) const;
  bool holds(std::string_view condition) const;

  std::span<const Option> options_;
  Given given_;
};

}  // namespace striate::core
