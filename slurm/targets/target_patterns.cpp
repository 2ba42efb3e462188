// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/targets/target_patterns.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "io/text/config_tree.hpp"

namespace striate::slurm {
namespace {

using io::ConfigNode;

/// Where the brace that is opened at `open` ends, or npos.
std::size_t closing_brace(std::string_view text, std::size_t open) {
  int depth = 0;
  for (auto at = open; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return at;
  }
  return std::string_view::npos;
}

/// "0..9": its numbers; "a,b": its words, at commas outside inner braces; else nothing.
std::vector<std::string> alternatives(std::string_view inside) {
  if (const auto dots = inside.find(".."); dots != std::string_view::npos) {
    const auto first = core::parse_number<int>(inside.substr(0, dots)),
               last = core::parse_number<int>(inside.substr(dots + 2));
    constexpr int most = 10'000;
    std::vector<std::string> numbers;
    if (first && last && *first >= 0 && *last >= *first && *last - *first < most)
      for (int number = *first; number <= *last; ++number) numbers.push_back(std::to_string(number));
    return numbers;
  }
  std::vector<std::string> words(1);
  int depth = 0;
  for (const char c : inside) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    if (c == ',' && depth == 0)
      words.emplace_back();
    else
      words.back() += c;
  }
  return words.size() > 1 ? words : std::vector<std::string>();
}

class GroupReader {
 public:
  GroupReader(const ConfigNode& tree, io::Diagnostics& diagnostics)
      : tree_(tree), diagnostics_(diagnostics) {}

  std::vector<std::string> targets_of(const io::ConfigEntry& group) {
    std::vector<std::string> targets;
    if (depth_++ > tree_.entries.size())
      diagnostics_.report(group.position, "group {} holds itself (directly or by others)", group.key);
    else if (group.value.kind != ConfigNode::Kind::list || group.value.items.empty())
      diagnostics_.report(group.position, "group {} must be a list of targets and groups", group.key);
    else
      for (const auto& item : group.value.items) add(item, targets);
    --depth_;
    return targets;
  }

 private:
  void add(const ConfigNode& item, std::vector<std::string>& targets) {
    if (item.kind != ConfigNode::Kind::scalar || item.text.empty())
      diagnostics_.report(item.position, "a target must be a name");
    else if (const auto* group = tree_.find(item.text))
      for (auto& target : targets_of(*group)) targets.push_back(std::move(target));
    else
      for (auto& target : expanded_braces(item.text)) targets.push_back(std::move(target));
  }

  const ConfigNode& tree_;
  io::Diagnostics& diagnostics_;
  std::size_t depth_ = 0;
};

}  // namespace

std::vector<std::string> expanded_braces(const std::string& text) {
  for (auto open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const auto close = closing_brace(text, open);
    if (close == std::string::npos) break;
    const auto inside = alternatives(std::string_view(text).substr(open + 1, close - open - 1));
    if (inside.empty()) continue;
    std::vector<std::string> names;
    for (const auto& each : inside)
      for (auto& name : expanded_braces(text.substr(0, open) + each + text.substr(close + 1)))
        names.push_back(std::move(name));
    return names;
  }
  return {text};
}

bool fits(std::string_view pattern, std::string_view text) {
  const auto mark = pattern.find('%');
  if (mark == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, mark))) return false;
  const auto rest = pattern.substr(mark + 1);
  for (auto end = mark + 1; end <= text.size() && text[end - 1] != '/'; ++end)
    if (fits(rest, text.substr(end))) return true;
  return false;
}

TargetGroups read_target_groups(const std::optional<std::filesystem::path>& file) {
  io::Diagnostics diagnostics;
  const auto tree = io::read_config(file.value_or(io::config_directory() / "targets.yaml"),
                                    {.folder = "", .noun = "table of groups of targets"}, diagnostics);
  TargetGroups groups;
  GroupReader reader(tree, diagnostics);
  for (const auto& entry : tree.entries) {
    if (entry.key.empty() || entry.key.find_first_of("/%{") != std::string::npos)
      diagnostics.report(entry.position, "a group's name must be without / % {{");
    groups[entry.key] = reader.targets_of(entry);
  }
  diagnostics.throw_if_any();
  return groups;
}

}  // namespace striate::slurm
