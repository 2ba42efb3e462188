// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/silencing_table.hpp"

#include "io/text/config_reader.hpp"
#include "io/text/config_tree.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::interventions {
namespace {

using io::ConfigNode;

/// A name that is to become part of a path or a key of a config.
std::string name_at(io::ConfigSection& section, const std::string& key) {
  const auto& node = section.require(key);
  const bool plain = node.kind == ConfigNode::Kind::scalar && !node.text.empty() &&
                     node.text.find('/') == std::string::npos && !node.text.starts_with('.');
  if (!plain) section.diagnostics().report(node.position, "{} must be a name", section.name_of(key));
  return node.text;
}

}  // namespace

std::vector<Silencing> read_silencing_table(const std::optional<std::filesystem::path>& file) {
  io::Diagnostics diagnostics;
  const auto tree = io::read_config(file.value_or(io::config_directory() / "silencing.yaml"),
                                    {.folder = "", .noun = "table of silencing experiments"}, diagnostics);
  diagnostics.throw_if_any();
  std::vector<Silencing> table;
  {
    io::ConfigSection top(tree, "", diagnostics);
    Silencing common;
    common.amp_pA = top.number("amp_pA");
    common.from_ms = top.number("from_ms", io::not_negative);
    common.to_ms = top.number("to_ms", {.min = common.from_ms, .min_open = true});
    common.option = name_at(top, "option");
    for (const auto& entry : top.require("conditions").entries) {
      io::ConfigSection row(entry.value, "conditions." + entry.key, diagnostics);
      auto silencing = common;
      silencing.condition = entry.key;
      if (entry.key.empty() || entry.key.find('/') != std::string::npos)
        diagnostics.report(entry.position, "conditions must have the name of a network option");
      silencing.clamp = name_at(row, "clamp");
      silencing.node_set = name_at(row, "node_set");
      silencing.node_set_file = name_at(row, "file");
      if (row.has("amp_pA")) silencing.amp_pA = row.number("amp_pA");
      table.push_back(std::move(silencing));
    }
  }
  diagnostics.throw_if_any();
  return table;
}

}  // namespace striate::interventions
