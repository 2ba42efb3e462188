// SPDX-License-Identifier: BSD-3-Clause
// Which tables a paradigm's YAML may ask for. The rules come from above (metrics/registry.hpp), because this
// folder knows no analyses.
#pragma once

#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "io/paradigm/paradigm.hpp"

namespace striate::io {

struct MetricRule {
  const core::Kind* kind = nullptr;
  /// The paradigm whose tables lie in BASE/metrics, those of any other lying in BASE/metrics/NAME; "": of
  /// any, whose name the files' names have; null: a table that is not made of a paradigm's trials.
  const char* paradigm = nullptr;
  /// Why the kind cannot be made of the paradigm's trials, or "".
  std::string (*refusal)(const Paradigm&) = nullptr;
  /// Of a kind that makes other files of other trials when an option says so, there is a row for each value:
  /// "from", "noise". Null: one row for all.
  const char *option = nullptr, *value = nullptr;
};

/// A pattern of the kind's files for the paradigm, {option} left in it. {tables}: their folder; {runs}: that
/// of the trials' results; {paradigm}: its name; {cache}: "cached_rates_{option}"; {window:NAME}:
/// "700to2500".
std::string paradigm_file(const char* pattern, const MetricRule& rule, const Paradigm& paradigm);

}  // namespace striate::io
