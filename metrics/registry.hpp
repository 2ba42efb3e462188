// SPDX-License-Identifier: BSD-3-Clause
// All tables and figures, a row of data each (metrics/registry.cpp). From a row follow --help, parsing and
// defaults of `striate metrics` and `striate plot`, the targets of `striate pipeline`, the steps of
// `striate jobs`, and which tables the YAML of a paradigm may ask for. A new one costs its file pair and its
// row.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "io/paradigm/metric_rules.hpp"

namespace striate::metrics {

struct Metric {
  core::Kind kind;
  /// For tables made of a paradigm's trials: the one that is meant without --paradigm, and why another one
  /// cannot be used. Null: of no paradigm.
  const char* paradigm = nullptr;
  std::string (*refusal)(const io::Paradigm&) = nullptr;
};

std::span<const Metric> metric_table();
/// Figures, in the order of the report.
std::span<const core::Kind> figure_table();

/// Rules for io::read_paradigm().
const std::vector<io::MetricRule>& metric_rules();

}  // namespace striate::metrics
