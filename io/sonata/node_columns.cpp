// SPDX-License-Identifier: BSD-3-Clause
// Columns of a node population: attributes of nodes.h5 over columns of the table of types.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/nodes.hpp"

namespace striate::io {
namespace {

using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;
constexpr double absent = std::numeric_limits<double>::quiet_NaN();

std::string number_text(double value) {
  return std::isnan(value) ? std::string{} : fmt::format("{}", value);
}

Texts to_texts(NodeColumn column) {
  if (auto* texts = std::get_if<Texts>(&column)) return std::move(*texts);
  Texts texts;
  for (const double value : std::get<Numbers>(column)) texts.push_back(number_text(value));
  return texts;
}

bool holds_texts(const NodeColumn& column) {
  return std::holds_alternative<Texts>(column);
}

/// Values of an attribute that is stored as positions in a list of texts ("@library").
Texts read_library(const h5::File& file, const std::string& dataset, const std::string& library) {
  const auto names = h5::read_strings(file, library);
  Texts texts;
  for (const auto position : h5::read<std::int64_t>(file, dataset)) {
    if (position < 0 || static_cast<std::size_t>(position) >= names.size())
      throw core::FormatError("{}:{} holds {} ({} has {} entries)", file.path(), dataset, position, library,
                              names.size());
    texts.push_back(names[static_cast<std::size_t>(position)]);
  }
  return texts;
}

/// The type column, repeated for every node.
NodeColumn spread_types(const NodePopulation& population, const std::string& key) {
  const auto by_row = type_column(population.types, key);
  if (!by_row) return Numbers(population.size(), absent);
  const auto spread = [&](const auto& values, const auto& missing) -> NodeColumn {
    std::decay_t<decltype(values)> result;
    result.reserve(population.size());
    for (const auto row : population.type_row)
      result.push_back(row == NodePopulation::no_type_row ? missing : values[row]);
    return result;
  };
  if (holds_texts(*by_row)) return spread(std::get<Texts>(*by_row), std::string{});
  return spread(std::get<Numbers>(*by_row), absent);
}

/// Puts the values of one group in their nodes' places.
template <class Values>
void scatter(const NodePopulation& population, std::size_t group, const Values& values, Values& column) {
  for (std::size_t i = 0; i < column.size(); ++i)
    if (population.group_of[i] == group) column[i] = values.at(population.group_row[i]);
}

NodeColumn merge_groups(const NodePopulation& population, const std::string& key) {
  if (population.groups.size() == 1 && population.group_of.empty()) {
    NodeColumn column = read_attribute(population, population.groups.front(), key);
    const auto size = std::visit([](const auto& values) { return values.size(); }, column);
    if (size != population.size())
      throw core::FormatError("{}:{}/{} has {} entries (needed are {}) the file has changed",
                              population.nodes_file, population.groups.front().path, key, size,
                              population.size());
    return column;
  }
  NodeColumn column = spread_types(population, key);
  bool empty = !population.types.has_column(key);  // then the first group decides between numbers and texts
  for (std::size_t g = 0; g < population.groups.size(); ++g) {
    const auto& group = population.groups[g];
    if (std::ranges::find(group.attributes, key) == group.attributes.end()) continue;
    NodeColumn values = read_attribute(population, group, key);
    if (holds_texts(values) && empty) column = Texts(population.size());
    if (holds_texts(values) != holds_texts(column)) {
      values = to_texts(std::move(values));
      column = to_texts(std::move(column));
    }
    empty = false;
    if (holds_texts(column))
      scatter(population, g, std::get<Texts>(values), std::get<Texts>(column));
    else
      scatter(population, g, std::get<Numbers>(values), std::get<Numbers>(column));
  }
  return column;
}

}  // namespace

NodeColumn read_attribute(const NodePopulation& population, const NodeGroup& group, const std::string& key) {
  const auto file = h5::File::open(population.nodes_file);
  const std::string dataset = group.path + "/" + key;
  const auto type = h5::dataset_info(file, dataset).type;
  if (type == h5::TypeClass::string) return h5::read_strings(file, dataset);
  const std::string library = group.path + "/@library/" + key;
  if (type == h5::TypeClass::integer && h5::is_dataset(file, library))
    return read_library(file, dataset, library);
  return h5::read<double>(file, dataset);
}

ParameterTable read_parameter(const NodePopulation& population, const NodeGroup& group,
                              const std::string& parameter) {
  const auto file = h5::File::open(population.nodes_file);
  const std::string dataset = group.path + "/dynamics_params/" + parameter;
  if (!h5::is_dataset(file, dataset))
    throw core::FormatError("{}:{} is no dataset (a parameter has a value per node)", file.path(), dataset);
  const auto shape = h5::dataset_info(file, dataset).shape;
  if (shape.size() != 2) return {.width = 1, .values = h5::read<double>(file, dataset)};
  return {.width = shape[1], .values = h5::read_table<double>(file, dataset, shape[1])};
}

std::optional<NodeColumn> type_column(const TypeTable& types, const std::string& key) {
  if (!types.has_column(key)) return std::nullopt;
  Numbers numbers;
  for (std::size_t row = 0; row < types.size(); ++row) {
    const auto cell = types.text(row, key);
    const auto number = cell ? core::parse_number<double>(*cell) : std::optional(absent);
    if (!number) {
      Texts texts;
      for (std::size_t r = 0; r < types.size(); ++r) texts.emplace_back(types.text(r, key).value_or(""));
      return texts;
    }
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::uint32_t> NodePopulation::index_of(std::uint64_t id) const {
  if (index_by_id.empty()) return id < size() ? std::optional(static_cast<std::uint32_t>(id)) : std::nullopt;
  const auto found = index_by_id.find(id);
  return found == index_by_id.end() ? std::nullopt : std::optional(found->second);
}

bool NodePopulation::has_attribute(const std::string& key) const {
  if (attributes_in_memory.contains(key)) return true;
  return std::ranges::any_of(groups, [&](const NodeGroup& group) {
    return std::ranges::find(group.attributes, key) != group.attributes.end();
  });
}

const NodeGroup* NodePopulation::group(std::size_t node) const {
  if (groups.empty()) return nullptr;
  return &groups[group_of.empty() ? 0 : group_of[node]];
}

std::optional<NodeColumn> NodePopulation::column(const std::string& key) const {
  const auto numbers = [&](const auto& value_of) {
    Numbers values(size());
    for (std::size_t node = 0; node < size(); ++node) values[node] = static_cast<double>(value_of(node));
    return values;
  };
  if (key == "node_id") return numbers([&](std::size_t node) { return node_id[node]; });
  if (key == "node_type_id")
    return numbers([&](std::size_t node) { return static_cast<std::int64_t>(node_type_id(node)); });
  if (const auto known = attributes_in_memory.find(key); known != attributes_in_memory.end())
    return known->second();
  for (const auto& group : groups)
    if (std::ranges::find(group.unreadable, key) != group.unreadable.end())
      throw core::FormatError("{}:{}/{} is no list of numbers or texts (a value per node is needed)",
                              nodes_file, group.path, key);
  if (has_attribute(key)) return merge_groups(*this, key);
  if (types.has_column(key)) return spread_types(*this, key);
  return std::nullopt;
}

std::vector<std::string> NodePopulation::column_names() const {
  std::vector<std::string> names;
  const auto add = [&](const std::string& column) {
    if (std::ranges::find(names, column) == names.end()) names.push_back(column);
  };
  std::ranges::for_each(types.columns(), add);
  for (const auto& group : groups) std::ranges::for_each(group.attributes, add);
  for (const auto& [attribute, values] : attributes_in_memory) add(attribute);
  add("node_id");
  add("node_type_id");
  return names;
}

std::optional<std::string> NodePopulation::text(std::size_t node, const std::string& key) const {
  if (!has_attribute(key) && key != "node_id" && key != "node_type_id") {
    if (type_row[node] == no_type_row) return std::nullopt;
    const auto cell = types.text(type_row[node], key);
    return cell ? std::optional(std::string(*cell)) : std::nullopt;
  }
  if (key == "node_id") return std::to_string(node_id[node]);
  if (key == "node_type_id") return std::to_string(static_cast<std::int64_t>(node_type_id(node)));
  const NodeColumn values = *column(key);
  const std::string text =
      holds_texts(values) ? std::get<Texts>(values)[node] : number_text(std::get<Numbers>(values)[node]);
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace striate::io
