// SPDX-License-Identifier: BSD-3-Clause
// Pictures over several networks, which lie beside these: the tables of each, one table over all of them, the
// picture.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

struct FoundAggregate {
  const Aggregate* rule = nullptr;
  std::string option;
  std::filesystem::path target;
  std::vector<std::filesystem::path> bases;  ///< of the networks
  std::vector<std::string> tables;  ///< that each of them has to have, below BASE
};

/// The rule that makes `target`; nullopt: none, or its first network neither exists nor can be built.
std::optional<FoundAggregate> aggregate_at(
    const std::filesystem::path& target, const TableRules& rules,
    const std::function<const NetworkDirectory*(const std::filesystem::path&)>& network_at);

/// The table over all networks and the picture; `first` makes the first network's table.
std::vector<MadeStep> aggregate_steps(const FoundAggregate& found, const MadeStep& first);

}  // namespace striate::slurm
