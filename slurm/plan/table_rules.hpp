// SPDX-License-Identifier: BSD-3-Clause
// What tables and pictures can be made, as data from above: the kinds' names, arguments and files
// (workflows/tables.hpp). Nothing in this folder knows a table by name.
#pragma once

#include <span>
#include <vector>

#include "core/kinds.hpp"
#include "io/paradigm/metric_rules.hpp"

namespace striate::slurm {

struct TrainingRule;

struct TableRules {
  const std::vector<io::MetricRule>* paradigm_metrics = nullptr;  ///< which a paradigm's YAML may ask for
  std::span<const core::Kind> metrics, figures;  ///< of `striate metrics` and `striate plot`
  const core::Kind* report = nullptr;  ///< `striate report`; null: none
  const TrainingRule* training = nullptr;  ///< slurm/plan/training_step.hpp; null: trained edges are sources
};

}  // namespace striate::slurm
