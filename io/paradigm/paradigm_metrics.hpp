// SPDX-License-Identifier: BSD-3-Clause
// The parts of a paradigm's YAML that analyses use: `windows` and `metrics`.
#pragma once

#include "io/paradigm/metric_rules.hpp"
#include "io/text/config_tree.hpp"

namespace striate::io {

/// Reports what is no interval within the trials' duration.
void read_windows(const ConfigNode& node, Paradigm& paradigm, Diagnostics& diagnostics);

/// Fills paradigm.metrics, all else of which has been read. Reports kinds that are not known or cannot be
/// made of these trials, arguments that the kind does not take, and tables that need others which nothing
/// makes.
void read_metrics(const ConfigNode& node, const std::vector<MetricRule>& rules, Paradigm& paradigm,
                  Diagnostics& diagnostics);

/// The kinds that are of any paradigm and that the YAML does not ask for.
void add_more_metrics(const std::vector<MetricRule>& rules, Paradigm& paradigm);

}  // namespace striate::io
