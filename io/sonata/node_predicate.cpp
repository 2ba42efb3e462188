// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/node_predicate.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::io {
namespace {

bool is_scalar(const Json& value) {
  return value.is_string() || value.is_number() || value.is_boolean();
}

/// Patterns come from files of others: time in proportion to the text, and no recursion along it, which only
/// libstdc++ offers (it refuses references back to a group then).
std::regex compiled(const std::string& pattern) {
  constexpr std::size_t longest = 1000;
  if (pattern.size() > longest) throw std::regex_error(std::regex_constants::error_space);
#if defined(__GLIBCXX__)
  return std::regex(pattern, std::regex::ECMAScript | std::regex_constants::__polynomial);
#else
  return std::regex(pattern);
#endif
}

/// A wanted value as it would stand in a column of texts. Python writes True, others true.
std::vector<std::string> as_texts(const Json& value) {
  if (value.is_string()) return {value.get<std::string>()};
  if (value.is_boolean())
    return value.get<bool>() ? std::vector<std::string>{"true", "True", "TRUE"}
                             : std::vector<std::string>{"false", "False", "FALSE"};
  return {fmt::format("{}", value.get<double>())};
}

}  // namespace

NodePredicate::NodePredicate(const Json& condition, std::string where) : where_(std::move(where)) {
  if (condition.is_object()) {
    if (condition.empty()) throw core::ConfigError("{} is empty (an operator such as $gt is needed)", where_);
    for (const auto& [name, value] : condition.items()) add_operator(name, value);
    return;
  }
  any_of_.emplace();
  if (!condition.is_array()) any_of_->push_back(condition);
  if (condition.is_array()) any_of_->assign(condition.begin(), condition.end());
  for (const auto& value : *any_of_)
    if (!is_scalar(value))
      throw core::ConfigError("{} holds {} (needed are texts, numbers or operators)", where_,
                              compact_text(value));
}

void NodePredicate::add_operator(const std::string& name, const Json& value) {
  const std::vector<std::string> names{"$gt", "$lt", "$gte", "$lte", "$regex"};
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    throw core::ConfigError("{} has no operator {} (known are $gt, $lt, $gte, $lte, $regex){}", where_, name,
                            core::did_you_mean(name, names));
  if (name == "$regex") {
    if (!value.is_string())
      throw core::ConfigError("{}/$regex = {} is no pattern (a text is needed)", where_, compact_text(value));
    try {
      patterns_.push_back(compiled(value.get<std::string>()));
    } catch (const std::regex_error& error) {
      throw core::ConfigError("{}/$regex = {} is no regular expression ({})", where_, compact_text(value),
                              error.what());
    }
    return;
  }
  if (!value.is_number() || !std::isfinite(value.get<double>()))
    throw core::ConfigError("{}/{} = {} is no number (operators compare numbers)", where_, name,
                            compact_text(value));
  bounds_.push_back({static_cast<Operator>(found - names.begin()), value.get<double>()});
}

bool NodePredicate::within_bounds(double value) const {
  return std::ranges::all_of(bounds_, [value](const Bound& bound) {
    switch (bound.op) {
      case Operator::greater:
        return value > bound.value;
      case Operator::less:
        return value < bound.value;
      case Operator::greater_equal:
        return value >= bound.value;
      case Operator::less_equal:
        return value <= bound.value;
    }
    return false;
  });
}

std::vector<char> NodePredicate::match_numbers(const std::vector<double>& values) const {
  if (!patterns_.empty())
    throw core::ConfigError("{}/$regex is for texts (the column holds numbers) use $gt, $lt", where_);
  std::unordered_set<double> wanted;
  for (const auto& value : any_of_.value_or(std::vector<Json>{})) {
    const auto number = value.is_string()    ? core::parse_number<double>(value.get_ref<const std::string&>())
                        : value.is_boolean() ? std::optional(value.get<bool>() ? 1.0 : 0.0)
                                             : std::optional(value.get<double>());
    if (!number)
      throw core::ConfigError("{} asks for {} (the column holds numbers)", where_, compact_text(value));
    wanted.insert(*number);
  }
  std::vector<char> result(values.size());
  std::ranges::transform(values, result.begin(), [&](double value) -> char {
    if (any_of_) return wanted.contains(value);  // NaN, an absent value, equals nothing
    return !std::isnan(value) && within_bounds(value);
  });
  return result;
}

std::vector<char> NodePredicate::match_texts(const std::vector<std::string>& values) const {
  if (!bounds_.empty())
    throw core::ConfigError("{} compares with a number (the column holds texts) use $regex or a list",
                            where_);
  std::unordered_set<std::string> wanted;
  for (const auto& value : any_of_.value_or(std::vector<Json>{})) {
    const auto texts = as_texts(value);
    wanted.insert(texts.begin(), texts.end());
  }
  std::unordered_map<std::string, bool> answers;  // columns hold few distinct texts
  std::vector<char> result(values.size());
  std::ranges::transform(values, result.begin(), [&](const std::string& value) -> char {
    if (value.empty()) return 0;  // absent
    if (any_of_) return wanted.contains(value);
    const auto [answer, is_new] = answers.try_emplace(value, false);
    if (is_new)
      answer->second = std::ranges::all_of(
          patterns_, [&](const std::regex& pattern) { return std::regex_search(value, pattern); });
    return answer->second;
  });
  return result;
}

std::vector<char> NodePredicate::matches(const NodeColumn& column) const {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column)) return match_texts(*texts);
  return match_numbers(std::get<std::vector<double>>(column));
}

}  // namespace striate::io
