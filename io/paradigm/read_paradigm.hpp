// SPDX-License-Identifier: BSD-3-Clause
// A paradigm from its YAML.
#pragma once

#include "io/paradigm/metric_rules.hpp"

namespace striate::io {

/// A shipped paradigm's name or a .yaml file. With rules, tables that it asks for and that cannot be made are
/// problems, and the others get their files; without (null) they are not looked at. Throws ConfigError
/// listing all problems with their places, MissingFileError.
Paradigm read_paradigm(const std::string& name_or_path, const std::vector<MetricRule>* rules);

/// Those that a network directory knows: `own`, then BASE/configs/paradigms/*.yaml, then the shipped ones,
/// each in alphabetical order. Of several with one name the first counts. Throws as read_paradigm().
std::vector<Paradigm> paradigms_of(const std::filesystem::path& base, const std::vector<Paradigm>& own,
                                   const std::vector<MetricRule>* rules);

}  // namespace striate::io
