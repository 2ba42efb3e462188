// SPDX-License-Identifier: BSD-3-Clause
#include "core/options.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::core {
namespace {

using Type = Option::Type;

double checked_number(const Option& option, const std::string& text) {
  const auto value = parse_number<double>(text);
  if (!value || !(*value >= option.low) || !(*value <= option.high))
    throw UsageError("invalid --{} {} (must be a number from {} to {})", option.name, text, option.low,
                     option.high);
  return *value;
}

std::int64_t checked_whole(const Option& option, const std::string& text) {
  const auto value = parse_number<std::int64_t>(text);
  if (!value || static_cast<double>(*value) < option.low || static_cast<double>(*value) > option.high)
    throw UsageError(
        "invalid --{} {} (must be a whole number from {} {})", option.name, text,
        static_cast<std::int64_t>(option.low),
        option.high >= most_whole ? "on" : fmt::format("to {}", static_cast<std::int64_t>(option.high)));
  return *value;
}

/// "--from response" for "from=response".
std::string spelled(std::string_view condition) {
  auto text = fmt::format("--{}", condition);
  std::ranges::replace(text, '=', ' ');
  return text;
}

}  // namespace

std::string default_text(const Option& option) {
  if (option.type == Type::word) return alternatives(option.value).front();
  if (option.fallback != nullptr) return option.fallback;
  return std::isnan(option.usual) ? std::string() : fmt::format("{}", option.usual);
}

std::vector<std::string> alternatives(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('|', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

OptionValues::OptionValues(std::span<const Option> options, Given given)
    : options_(options), given_(std::move(given)) {
  for (const auto& [name, values] : given_) check(find(name));
}

const Option& OptionValues::find(std::string_view name) const {
  const auto found = std::ranges::find(options_, name, &Option::name);
  if (found == options_.end()) throw std::logic_error(fmt::format("no option --{} here", name));
  return *found;
}

bool OptionValues::holds(std::string_view condition) const {
  const auto equals = condition.find('=');
  const std::string name(condition.substr(0, equals));
  return equals == std::string_view::npos ? given(name.c_str())
                                          : is(name.c_str(), condition.substr(equals + 1));
}

void OptionValues::check(const Option& option) const {
  for (const auto& value : given_.at(option.name)) {
    if (option.type == Type::number) checked_number(option, value);
    if (option.type == Type::whole) checked_whole(option, value);
    if (option.type != Type::word) continue;
    const auto words = alternatives(option.value);
    if (std::ranges::find(words, value) == words.end())
      throw UsageError("invalid --{} {} (known: {}){}", option.name, value, fmt::join(words, ", "),
                       did_you_mean(value, words));
  }
  if (option.needs != nullptr) {
    auto needed = alternatives(option.needs);
    if (std::ranges::none_of(needed, [&](const auto& condition) { return holds(condition); })) {
      std::ranges::transform(needed, needed.begin(), spelled);
      throw UsageError("--{} without {} (it would change nothing) give both or none", option.name,
                       fmt::join(needed, " or "));
    }
  }
  if (option.excludes == nullptr) return;
  for (const auto& other : alternatives(option.excludes))
    if (holds(other))
      throw UsageError("--{} and {} exclude each other (one of them would be ignored) give one", option.name,
                       spelled(other));
}

bool OptionValues::given(const char* name) const {
  find(name);
  return given_.contains(name);
}

std::vector<std::string> OptionValues::texts(const char* name) const {
  const auto& option = find(name);
  if (const auto found = given_.find(name); found != given_.end()) return found->second;
  auto usual = default_text(option);
  return usual.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::move(usual)};
}

std::optional<std::string> OptionValues::text_if(const char* name) const {
  const auto values = texts(name);
  return values.empty() ? std::nullopt : std::optional(values.front());
}

std::optional<double> OptionValues::number_if(const char* name) const {
  const auto& option = find(name);
  if (option.type != Type::number) throw std::logic_error(fmt::format("--{} is no number", name));
  const auto value = text_if(name);
  return value ? std::optional(checked_number(option, *value)) : std::nullopt;
}

std::optional<std::int64_t> OptionValues::whole_if(const char* name) const {
  const auto& option = find(name);
  if (option.type != Type::whole) throw std::logic_error(fmt::format("--{} is no whole number", name));
  const auto value = text_if(name);
  return value ? std::optional(checked_whole(option, *value)) : std::nullopt;
}

double OptionValues::number(const char* name) const {
  return number_if(name).value();
}

std::int64_t OptionValues::whole(const char* name) const {
  return whole_if(name).value();
}

std::string OptionValues::text(const char* name) const {
  return text_if(name).value();
}

std::vector<double> OptionValues::numbers(const char* name) const {
  std::vector<double> values;
  for (const auto& text : texts(name)) values.push_back(checked_number(find(name), text));
  return values;
}

std::vector<std::int64_t> OptionValues::wholes(const char* name) const {
  std::vector<std::int64_t> values;
  for (const auto& text : texts(name)) values.push_back(checked_whole(find(name), text));
  return values;
}

bool OptionValues::is(const char* name, std::string_view word) const {
  const auto words = alternatives(find(name).value);
  if (std::ranges::find(words, word) == words.end())
    throw std::logic_error(fmt::format("--{} knows no '{}'", name, word));
  return text(name) == word;
}

OptionValues::Given OptionValues::only(std::span<const Option> options) const {
  Given some;
  for (const auto& option : options)
    if (const auto found = given_.find(option.name); found != given_.end()) some.insert(*found);
  return some;
}

}  // namespace striate::core
