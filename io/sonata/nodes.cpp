// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/nodes.hpp"

#include <algorithm>
#include <limits>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/rules.hpp"

namespace striate::io {
namespace {

/// Integers of a dataset. Read as signed, since HDF5 turns a stored -1 into 0 where unsigned is asked for.
std::vector<std::int64_t> read_integers(const h5::File& file, const std::string& dataset, std::size_t count,
                                        const std::string& pattern) {
  auto values = h5::read<std::int64_t>(file, dataset);
  if (values.size() != count)
    throw rules::unequal_lengths(rules::name_of(file, dataset), values.size(), pattern, count);
  return values;
}

/// Refuses negative values and those beyond 64 signed bits (which HDF5 cuts to the largest).
std::vector<std::uint64_t> non_negative(const std::vector<std::int64_t>& values, const h5::File& file,
                                        const std::string& dataset) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!rules::is_node_id(values[i])) throw rules::no_node_id(values[i], i, rules::name_of(file, dataset));
  return {values.begin(), values.end()};
}

/// Ids, and the table from id to position unless they are 0..N-1 in order.
void read_ids(NodePopulation& population, const h5::File& file, const std::string& root, std::size_t count) {
  const std::string dataset = root + "/node_id";
  if (!h5::is_dataset(file, dataset)) {  // libsonata counts positions
    population.node_id = NodeIds::counted(count);
    return;
  }
  population.node_id =
      non_negative(read_integers(file, dataset, count, root + "/node_type_id"), file, dataset);
  if (population.node_id.are_counted()) return;
  population.index_by_id.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    if (!population.index_by_id.emplace(population.node_id[i], static_cast<std::uint32_t>(i)).second)
      throw rules::repeated_node_id(static_cast<std::int64_t>(population.node_id[i]),
                                    rules::name_of(file, dataset),
                                    population.index_by_id[population.node_id[i]], i);
}

/// `place`: where the ids stand, for messages.
void assign_types(NodePopulation& population, const std::vector<std::int64_t>& type_ids,
                  const std::string& place, bool with_table) {
  population.type_row.assign(type_ids.size(), NodePopulation::no_type_row);
  if (!with_table || std::ranges::count(type_ids, -1) != 0)
    population.listed_type_id.assign(type_ids.begin(), type_ids.end());
  if (!with_table) return;
  std::optional<std::int64_t> last;  // neighbours mostly share a type
  std::uint32_t last_row = NodePopulation::no_type_row;
  for (std::size_t i = 0; i < type_ids.size(); ++i) {
    if (last != type_ids[i]) {
      const auto row = population.types.row_of(static_cast<std::uint64_t>(type_ids[i]));
      if (!row && type_ids[i] != -1)
        throw rules::unknown_node_type(type_ids[i], i, place, population.types.path());
      last = type_ids[i];
      last_row = row ? static_cast<std::uint32_t>(*row) : NodePopulation::no_type_row;
    }
    population.type_row[i] = last_row;
  }
}

/// A group's one-dimensional datasets and their common length (nullopt when it has none).
struct GroupContents {
  NodeGroup group;
  std::optional<std::uint64_t> rows;
};

/// `dataset` has a row per row of the group, as `name`, one of its datasets, has.
void require_rows(const h5::File& file, GroupContents& contents, const std::string& dataset,
                  std::uint64_t rows, const std::string& name) {
  if (contents.rows && *contents.rows != rows)
    throw rules::unequal_lengths(rules::name_of(file, dataset), rows, contents.group.path + "/" + name,
                                 *contents.rows);
  contents.rows = rows;
}

/// Values of single parameters, each a dataset with a number or a row of numbers per node.
void look_into_parameters(const h5::File& file, GroupContents& contents) {
  const std::string path = contents.group.path + "/dynamics_params";
  if (!h5::is_group(file, path)) return;
  for (const auto& name : h5::children(file, path)) {
    const std::string dataset = path + "/" + name;
    auto& parameters = contents.group.parameters;
    if (h5::is_dataset(file, dataset))
      if (const auto shape = h5::dataset_info(file, dataset).shape; !shape.empty())
        require_rows(file, contents, dataset, shape[0],
                     parameters.empty() ? "attributes" : "dynamics_params/" + parameters.back());
    parameters.push_back(name);
  }
}

GroupContents look_into_group(const h5::File& file, const std::string& path) {
  GroupContents contents{.group = {.path = path, .attributes = {}, .parameters = {}, .unreadable = {}},
                         .rows = {}};
  for (const auto& name : h5::children(file, path)) {
    const std::string dataset = path + "/" + name;
    if (!h5::is_dataset(file, dataset)) continue;
    const auto info = h5::dataset_info(file, dataset);
    if (info.shape.size() != 1 || info.type == h5::TypeClass::other) {
      core::log::detail("{}:{} is no list of numbers or texts and is ignored", file.path(), dataset);
      contents.group.unreadable.push_back(name);
      continue;
    }
    require_rows(file, contents, dataset, info.shape[0],
                 contents.group.attributes.empty() ? "" : contents.group.attributes.back());
    contents.group.attributes.push_back(name);
  }
  look_into_parameters(file, contents);
  return contents;
}

/// Groups are named by numbers: "0", "1", …
std::vector<std::pair<std::int64_t, GroupContents>> look_for_groups(const h5::File& file,
                                                                    const std::string& root) {
  std::vector<std::pair<std::int64_t, GroupContents>> groups;
  for (const auto& name : h5::children(file, root)) {
    const auto number = core::parse_number<std::int64_t>(name);
    if (number && h5::is_group(file, root + "/" + name))
      groups.emplace_back(*number, look_into_group(file, root + "/" + name));
  }
  return groups;
}

/// Which group and which of its rows a node's attributes are in.
void read_groups(NodePopulation& population, const h5::File& file, const std::string& root) {
  const std::size_t count = population.size();
  const std::string id_path = root + "/node_group_id", row_path = root + "/node_group_index";
  const std::string pattern = root + "/node_type_id";
  const auto groups = look_for_groups(file, root);
  for (const auto& [number, contents] : groups) population.groups.push_back(contents.group);
  if (groups.empty()) return;
  const bool has_ids = h5::is_dataset(file, id_path), has_rows = h5::is_dataset(file, row_path);
  if (groups.size() > 1 && !(has_ids && has_rows))
    throw core::FormatError("no dataset {}:{} (needed, since the population has {} groups)", file.path(),
                            has_ids ? row_path : id_path, groups.size());

  const auto ids = has_ids ? read_integers(file, id_path, count, pattern)
                           : std::vector<std::int64_t>(count, groups.front().first);
  std::vector<std::int64_t> rows;
  if (has_rows) {
    rows = read_integers(file, row_path, count, pattern);
  } else {
    rows.resize(count);
    for (std::size_t i = 0; i < count; ++i) rows[i] = static_cast<std::int64_t>(i);
  }
  bool in_order = groups.size() == 1 && groups.front().second.rows.value_or(count) == count;
  std::vector<std::uint32_t> group_of(count);
  for (std::size_t i = 0, last = 0; i < count; ++i) {
    if (groups[last].first != ids[i]) {
      const auto found = std::ranges::find(groups, ids[i], [](const auto& entry) { return entry.first; });
      if (found == groups.end())
        throw core::FormatError("{}:{} row {} names group {} (there is no group {}/{})", file.path(), id_path,
                                i, ids[i], root, ids[i]);
      last = static_cast<std::size_t>(found - groups.begin());
    }
    group_of[i] = static_cast<std::uint32_t>(last);
    const auto limit = groups[last].second.rows;
    if (rows[i] < 0 || (limit && static_cast<std::uint64_t>(rows[i]) >= *limit))
      throw core::FormatError("{}:{} row {} holds {} (group {} has {} rows)", file.path(),
                              has_rows ? row_path : pattern, i, rows[i], groups[last].second.group.path,
                              limit.value_or(0));
    in_order = in_order && static_cast<std::size_t>(rows[i]) == i;
  }
  if (in_order) return;
  population.group_of = std::move(group_of);
  population.group_row.assign(rows.begin(), rows.end());
}

NodePopulation read_population(const h5::File& file, const std::string& name, const TypeTable& types,
                               bool with_table) {
  const std::string root = "/nodes/" + name;
  NodePopulation population;
  population.name = name;
  population.nodes_file = file.path();
  population.types = types;
  const auto type_ids = h5::read<std::int64_t>(file, root + "/node_type_id");
  if (!std::in_range<std::uint32_t>(type_ids.size()))
    throw core::FormatError("{}:{} has {} nodes (at most 2^32 - 1 are supported)", file.path(), root,
                            type_ids.size());
  read_ids(population, file, root, type_ids.size());
  assign_types(population, type_ids, fmt::format("{}:{}/node_type_id", file.path(), root), with_table);
  read_groups(population, file, root);
  return population;
}

}  // namespace

NodePopulation make_node_population(const std::string& name, const std::vector<std::uint64_t>& type_ids,
                                    TypeTable types, std::map<std::string, AttributeInMemory> attributes) {
  NodePopulation population;
  population.name = name;
  population.nodes_file = name;
  population.types = std::move(types);
  population.attributes_in_memory = std::move(attributes);
  population.node_id = NodeIds::counted(type_ids.size());
  assign_types(population, {type_ids.begin(), type_ids.end()}, "population " + name, true);
  return population;
}

std::vector<NodePopulation> read_node_populations(const std::vector<NodesEntry>& entries) {
  std::vector<NodePopulation> populations;
  for (const auto& entry : entries) {
    const auto file = h5::File::open(entry.nodes_file);
    const TypeTable types =
        entry.node_types_file ? TypeTable::read(*entry.node_types_file, "node_type_id") : TypeTable{};
    const std::size_t before = populations.size();
    for (const auto& name : h5::children(file, "/nodes")) {
      if (!h5::is_group(file, "/nodes/" + name)) continue;
      const auto same = std::ranges::find(populations, name, &NodePopulation::name);
      if (same != populations.end())
        throw core::ConfigError("population {} occurs twice ({} and {}) names must be distinct", name,
                                same->nodes_file, entry.nodes_file);
      populations.push_back(read_population(file, name, types, entry.node_types_file.has_value()));
    }
    if (populations.size() == before)
      throw core::FormatError("{}:/nodes holds no population (the format needs at least one)",
                              entry.nodes_file);
  }
  return populations;
}

}  // namespace striate::io
