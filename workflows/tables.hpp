// SPDX-License-Identifier: BSD-3-Clause
// All kinds of `striate metrics` and `striate plot`: those of metrics/registry.cpp, and those for which
// stages work together. What the pipeline and jobs can make follows from them.
#pragma once

#include <vector>

#include "core/kinds.hpp"
#include "slurm/plan/table_rules.hpp"

namespace striate::workflows {

/// Tables that a paradigm's YAML may ask for: those of metrics/registry.hpp and those of several stages.
const std::vector<io::MetricRule>& metric_rules();

const std::vector<core::Kind>& metric_kinds();
/// `metrics receptive-field --from structure`, whose files no other value of that option has.
const core::Kind& structural_fields_kind();
const std::vector<core::Kind>& figure_kinds();

/// For plans of runs; experiments, trained weights and groups of networks are left to who plans them.
const slurm::TableRules& table_rules();

/// Experiments of configs/silencing.yaml, for table_rules().
slurm::ConditionRules condition_rules();

}  // namespace striate::workflows
