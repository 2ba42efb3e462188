// SPDX-License-Identifier: BSD-3-Clause
// Names that stand for several targets: braces as the shell has them ({a,b}, {0..9}), % for any text within
// a name, and groups, whose lists are in configs/targets.yaml.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace striate::slurm {

/// "core_{0..9}/a.{png,pdf}" as its twenty names, in order. What is no list or range in braces stays.
std::vector<std::string> expanded_braces(const std::string& text);

/// Does `text` fit the pattern, each % standing for one or more characters but /?
bool fits(std::string_view pattern, std::string_view text);

/// By name: targets, without braces and groups.
using TargetGroups = std::map<std::string, std::vector<std::string>>;

/// configs/targets.yaml, or another file of its form: name: [TARGET or GROUP, …]. Throws ConfigError, also
/// for groups that hold themselves.
TargetGroups read_target_groups(const std::optional<std::filesystem::path>& file = {});

}  // namespace striate::slurm
