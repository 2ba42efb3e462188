// SPDX-License-Identifier: BSD-3-Clause
#include "io/paradigm/paradigm_analysis.hpp"

#include "core/text.hpp"

namespace striate::io {
namespace {

void read_repeats(const ConfigNode& node, Paradigm& paradigm, Diagnostics& diagnostics) {
  paradigm.repeats.clear();
  for (const auto& item : node.items)
    if (item.kind == ConfigNode::Kind::scalar && !item.text.empty()) paradigm.repeats.push_back(item.text);
  if (node.kind != ConfigNode::Kind::list || paradigm.repeats.size() != node.items.size())
    diagnostics.report(node.position, "invalid repeat (must be a list of variables, such as [trial])");
}

void read_blank(const ConfigNode& node, Paradigm& paradigm, Diagnostics& diagnostics) {
  for (const auto& entry : node.entries)
    if (entry.value.kind == ConfigNode::Kind::scalar && !entry.value.text.empty())
      paradigm.analysis.blank.emplace_back(entry.key, entry.value.text);
  if (paradigm.analysis.blank.empty() || paradigm.analysis.blank.size() != node.entries.size())
    diagnostics.report(node.position,
                       "invalid analysis.blank (must be a map: variable to the value it has in blanks, such "
                       "as {{contrast: 0}})");
}

}  // namespace

void read_analysis(ConfigSection& root, Paradigm& paradigm, Diagnostics& diagnostics) {
  if (root.has("repeat")) read_repeats(root.require("repeat"), paradigm, diagnostics);
  if (!root.has("analysis")) return;
  auto section = root.section("analysis");
  auto& analysis = paradigm.analysis;
  const NumberRange within{.min = 0, .max = paradigm.duration_ms};
  if (section.has("from_ms")) analysis.from_ms = section.number("from_ms", within);
  if (section.has("to_ms")) analysis.to_ms = section.number("to_ms", within);
  if (section.has("latency_ms")) analysis.latency_ms = section.number("latency_ms", within);
  if (section.has("blank")) read_blank(section.require("blank"), paradigm, diagnostics);
  if (analysis.from_ms && analysis.to_ms && !(*analysis.from_ms < *analysis.to_ms))
    diagnostics.report(section.position(), "invalid analysis (from_ms={} is not before to_ms={})",
                       *analysis.from_ms, *analysis.to_ms);
  if (!section.has("window")) return;
  analysis.window = section.text("window");
  if (analysis.from_ms || analysis.to_ms)
    diagnostics.report(section.position(),
                       "analysis.window beside from_ms or to_ms (only one could count) leave one out");
  else if (paradigm.window(analysis.window) == nullptr)
    diagnostics.report(section.position(), "unknown analysis.window '{}' (none of `windows`)",
                       analysis.window);
}

bool same_value(const std::string& a, const std::string& b) {
  const auto x = core::parse_number<double>(a), y = core::parse_number<double>(b);
  return x && y ? *x == *y : a == b;
}

}  // namespace striate::io
