// SPDX-License-Identifier: BSD-3-Clause
// The condition that a node set puts on one column: equal to one of some values, or operators such as
// {"$gt": 0, "$lte": 90}. Compiled from JSON once, then asked per value.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "io/sonata/nodes.hpp"
#include "io/text/json.hpp"

namespace striate::io {

class NodePredicate {
 public:
  /// Throws ConfigError naming `where` for values that are no scalars, unknown operators, bad patterns.
  NodePredicate(const Json& condition, std::string where);

  /// One answer per value of the column. Throws ConfigError when the condition does not fit its type (a
  /// pattern or a word for numbers, a number for texts that are none).
  std::vector<char> matches(const NodeColumn& column) const;

 private:
  enum class Operator { greater, less, greater_equal, less_equal };
  struct Bound {
    Operator op;
    double value;
  };

  std::string where_;
  std::optional<std::vector<Json>> any_of_;  ///< scalars
  std::vector<Bound> bounds_;
  std::vector<std::regex> patterns_;

  void add_operator(const std::string& name, const Json& value);
  std::vector<char> match_numbers(const std::vector<double>& values) const;
  std::vector<char> match_texts(const std::vector<std::string>& values) const;
  bool within_bounds(double value) const;
};

}  // namespace striate::io
