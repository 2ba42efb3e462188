// SPDX-License-Identifier: BSD-3-Clause
// Names of targets: what make and the shell can take, and patterns such as "metrics/rates_{option}.csv".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace striate::slurm {

/// Throws UsageError unless the path is made of letters, digits, . _ - + , = / @ and bytes beyond ASCII,
/// without a leading dash in any part. `what` names it in the message.
void require_make_name(const std::filesystem::path& path, const std::string& what);

/// {option} for which `pattern` is `text`; also {appendix}, which is "" for plain, else "_" + option.
/// Nullopt when no option of `options` fits.
std::optional<std::string> option_in(const std::string& pattern, const std::string& text,
                                     const std::vector<std::string>& options);

/// {option} and {appendix} filled in.
std::string filled_in_option(const std::string& pattern, const std::string& option);

/// A pattern of a kind that is told no paradigm: {tables} is "metrics".
std::string usual_pattern(std::string pattern);
/// The file of such a pattern below BASE.
std::string table_name(const std::string& pattern, const std::string& option);

/// Where a target may be cut into a network directory and a name below it, shortest directory first.
struct TargetCut {
  std::filesystem::path base, rest;
};
std::vector<TargetCut> cuts_of(const std::filesystem::path& target);

}  // namespace striate::slurm
