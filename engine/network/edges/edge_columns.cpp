// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/edges/edge_columns.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::engine {
namespace {

/// Lower case, letters and digits alone: "Syn_Weight" and "synWeight" are one word.
std::string plain(std::string_view name) {
  std::string word;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

struct Wanted {
  const char* name;
  std::array<const char*, 5> cores;  ///< what other spellings contain, too: one of them
  const char* without;  ///< what happens when there is none
};
constexpr Wanted delay{"delay", {"delay"}, "every edge gets NEST's 1 ms"};
constexpr Wanted syn_weight{"syn_weight", {"weight"}, "edges have no weight"};
constexpr Wanted nsyns{
    "nsyns", {"nsyn", "numsyn", "synapses", "syncount", "synapsecount"}, "every edge counts as one synapse"};
constexpr Wanted weight_function{"weight_function", {"weightf"}, "weights are nsyns * syn_weight"};

/// Columns that mean something else, though their names are like.
bool is_other(std::string_view column) {
  constexpr std::array known{"edge_type_id",    "target_query", "source_query", "model_template",
                             "dynamics_params", "delay",        "syn_weight",   "nsyns",
                             "weight_function", "weight_sigma", "weight_max"};
  return std::ranges::find(known, column) != known.end();
}

std::string find_near(const Wanted& wanted, std::span<const std::string> columns) {
  const auto word = plain(wanted.name);
  for (const auto& column : columns) {
    if (is_other(column)) continue;
    const auto other = plain(column);
    const bool alike = std::ranges::any_of(wanted.cores, [&](const char* core) {
      return core != nullptr && other.find(core) != std::string::npos;
    });
    if (alike || core::edit_distance(word, other) <= 1) return column;
  }
  return {};
}

}  // namespace

std::vector<std::string> column_warnings(const io::EdgePopulation& edges, const io::TypeTable& table,
                                         std::span<const EdgeType> types) {
  std::vector<std::string> warnings;
  if (edges.size() == 0) return warnings;
  auto columns = edges.attributes();
  columns.insert(columns.end(), table.columns().begin(), table.columns().end());
  const auto place = fmt::format("{} and {}:/edges/{}", table.path(), edges.file(), edges.name());
  const auto look = [&](const Wanted& wanted) {
    if (std::ranges::find(columns, wanted.name) != columns.end()) return;
    if (const auto near = find_near(wanted, columns); !near.empty())
      warnings.push_back(fmt::format("column {} of {} is not read (no column {}, so that {}) rename it?",
                                     near, place, wanted.name, wanted.without));
    else if (std::string_view(wanted.name) == delay.name)
      warnings.push_back(fmt::format("no {} in {} ({})", wanted.name, place, wanted.without));
  };
  const auto uses_number = [](const EdgeType& type) {
    return type.weight_function != WeightFunction::modifiable &&
           type.weight_function != WeightFunction::constant_multiplier;
  };
  look(delay);
  look(syn_weight);
  look(weight_function);
  if (std::ranges::any_of(types, uses_number)) look(nsyns);
  return warnings;
}

}  // namespace striate::engine
