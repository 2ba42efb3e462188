// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/target_names.hpp"

#include <algorithm>
#include <string_view>

#include "core/errors/error.hpp"
#include "io/paradigm/paradigm.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

bool is_harmless(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 ||
         std::string_view("._-+,=/@").find(static_cast<char>(c)) != std::string_view::npos;
}

/// Control characters as ?, so that the message stays one line.
std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

}  // namespace

void require_make_name(const fs::path& path, const std::string& what) {
  const auto text = path.string();
  const bool leading_dash =
      std::ranges::any_of(path, [](const fs::path& part) { return part.string().starts_with('-'); });
  if (text.empty() || !std::ranges::all_of(text, is_harmless) || leading_dash)
    throw core::UsageError(
        "invalid {} '{}' (make rules take letters, digits and . _ - + , = / @ only, no part beginning with "
        "-) rename it, or start from a folder where its relative name is such",
        what, printable(text));
}

std::string filled_in_option(const std::string& pattern, const std::string& option) {
  auto text = io::with_option(pattern, option);
  constexpr std::string_view key = "{appendix}";
  if (const auto at = text.find(key); at != std::string::npos)
    text.replace(at, key.size(), option == "plain" ? "" : "_" + option);
  return text;
}

std::optional<std::string> option_in(const std::string& pattern, const std::string& text,
                                     const std::vector<std::string>& options) {
  const auto fits = std::ranges::find_if(
      options, [&](const auto& option) { return filled_in_option(pattern, option) == text; });
  return fits == options.end() ? std::nullopt : std::optional(*fits);
}

std::string usual_pattern(std::string pattern) {
  constexpr std::string_view key = "{tables}";
  if (pattern.starts_with(key)) pattern.replace(0, key.size(), "metrics");
  return pattern;
}

std::string table_name(const std::string& pattern, const std::string& option) {
  return filled_in_option(usual_pattern(pattern), option);
}

std::vector<TargetCut> cuts_of(const fs::path& target) {
  std::vector<TargetCut> cuts;
  const std::vector<fs::path> parts(target.begin(), target.end());
  fs::path base;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    base /= parts[k];
    fs::path rest;
    for (std::size_t after = k + 1; after < parts.size(); ++after) rest /= parts[after];
    if (base != base.root_path()) cuts.push_back({base, rest});
  }
  return cuts;
}

}  // namespace striate::slurm
