// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/text.hpp"
#include "io/check/check_files.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/edges.hpp"

namespace striate::io {
namespace {

using core::Problems;
using core::RowProblems;

/// Calls `use(first, values)` for slabs of a column. Any integer type; negative ids stay visible.
template <h5::Number T, class Use>
void for_each_slab(const h5::File& file, const std::string& dataset, std::uint64_t rows, const Use& use) {
  for (std::uint64_t first = 0; first < rows; first += check_slab_rows)
    use(first, h5::read_rows<T>(file, dataset, first, std::min(check_slab_rows, rows - first)));
}

std::string name_of(const h5::File& file, const std::string& dataset) {
  return fmt::format("{}:{}", file.path(), dataset);
}

const NodePopulation* find_population(const EdgeContext& context, const std::string& name) {
  if (context.populations == nullptr) return nullptr;
  const auto found = std::ranges::find(*context.populations, name, &NodePopulation::name);
  return found == context.populations->end() ? nullptr : &*found;
}

struct Column {
  const h5::File& file;
  std::string dataset;
  std::uint64_t rows;
};

void check_node_ids(const Column& column, const std::string& population, const EdgeContext& context,
                    Problems& problems) {
  const auto where = name_of(column.file, column.dataset);
  const auto* nodes = find_population(context, population);
  if (nodes == nullptr && context.populations != nullptr && !context.populations->empty())
    problems.add(
        core::FormatError("unknown node population '{}' at {} (no nodes file holds it)", population, where));
  RowProblems negative(problems, where), unknown(problems, where);
  for_each_slab<std::int64_t>(column.file, column.dataset, column.rows, [&](auto first, const auto& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] < 0)
        negative.add("negative id {} in row {} of {}", ids[i], first + i, where);
      else if (nodes != nullptr && !nodes->index_of(static_cast<std::uint64_t>(ids[i])))
        unknown.add("unknown node {} in row {} of {} (population {} has {} nodes and not this one)", ids[i],
                    first + i, where, population, nodes->size());
    }
  });
}

void note_order(const Column& targets, Problems& problems) {
  std::int64_t last = 0;
  bool sorted = true;
  for_each_slab<std::int64_t>(targets.file, targets.dataset, targets.rows, [&](auto, const auto& ids) {
    for (const auto id : ids) {
      sorted = sorted && id >= last;
      last = id;
    }
  });
  if (!sorted)
    problems.note(fmt::format("{} is not sorted (allowed; reading a neuron's inputs is slower)",
                              name_of(targets.file, targets.dataset)));
}

void check_types(const Column& column, const EdgeContext& context, Problems& problems) {
  const auto where = name_of(column.file, column.dataset);
  RowProblems unknown(problems, where);
  for_each_slab<std::int64_t>(column.file, column.dataset, column.rows, [&](auto first, const auto& ids) {
    std::int64_t known = -1;  // neighbours mostly share a type
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] == known) continue;
      if (ids[i] >= 0 &&
          (context.types == nullptr || context.types->row_of(static_cast<std::uint64_t>(ids[i]))))
        known = ids[i];
      else if (ids[i] < 0)
        unknown.add("negative id {} in row {} of {}", ids[i], first + i, where);
      else
        unknown.add("unknown edge type {} in row {} of {} ({} has no such edge_type_id)", ids[i], first + i,
                    where, context.types->path());
    }
  });
}

struct Range {
  double least;
  const char* rule;
};

/// What the values of an attribute must be.
Range range_of(const std::string& attribute) {
  if (attribute == "delay") return {std::numeric_limits<double>::min(), "must be positive and finite, ms"};
  if (attribute == "nsyns") return {0, "must be finite and not negative"};
  return {std::numeric_limits<double>::lowest(), "must be finite"};
}

void check_attribute(const Column& column, const std::string& attribute, Problems& problems) {
  const auto where = name_of(column.file, column.dataset);
  const auto range = range_of(attribute);
  RowProblems bad(problems, where);
  for_each_slab<double>(column.file, column.dataset, column.rows, [&](auto first, const auto& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!std::isfinite(values[i]) || values[i] < range.least)
        bad.add("impossible value {} in row {} of {} ({})", values[i], first + i, where, range.rule);
  });
}

struct Group {
  std::int64_t id;
  std::optional<std::uint64_t> rows;
  std::uint64_t used = 0;
};

/// All numeric attributes of a group, and its length.
Group check_group(const h5::File& file, const std::string& path, std::int64_t id, Problems& problems) {
  Group group{.id = id, .rows = {}};
  for (const auto& attribute : h5::children(file, path)) {
    const std::string dataset = path + "/" + attribute;
    if (!h5::is_dataset(file, dataset)) continue;
    core::attempt(&problems, [&] {
      const auto info = h5::dataset_info(file, dataset);
      const bool is_number = info.type == h5::TypeClass::integer || info.type == h5::TypeClass::floating;
      if (info.shape.size() != 1 || !is_number) return;
      group.rows = group.rows.value_or(info.shape[0]);
      if (*group.rows != info.shape[0])
        throw core::FormatError("wrong length of {} ({} rows, others of the group have {})",
                                name_of(file, dataset), info.shape[0], *group.rows);
      check_attribute({file, dataset, info.shape[0]}, attribute, problems);
    });
  }
  return group;
}

/// Every row of edge_group_id and edge_group_index names a row that exists.
void check_group_rows(const h5::File& file, const std::string& root, std::uint64_t rows,
                      std::vector<Group>& groups, Problems& problems) {
  const auto id_set = root + "/edge_group_id", row_set = root + "/edge_group_index";
  RowProblems unknown(problems, name_of(file, id_set)), outside(problems, name_of(file, row_set));
  for_each_slab<std::int64_t>(file, id_set, rows, [&](auto first, const auto& ids) {
    const auto index = h5::read_rows<std::int64_t>(file, row_set, first, ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto group = std::ranges::find(groups, ids[i], &Group::id);
      if (group == groups.end()) {
        unknown.add("no group {}/{} (row {} of {} names it)", name_of(file, root), ids[i], first + i, id_set);
        continue;
      }
      ++group->used;
      if (index[i] < 0 || (group->rows && static_cast<std::uint64_t>(index[i]) >= *group->rows))
        outside.add("index {} in row {} of {} does not exist (group {} has {} rows)", index[i], first + i,
                    name_of(file, row_set), group->id, group->rows.value_or(0));
    }
  });
  for (const auto& group : groups)
    if (group.rows && group.used != *group.rows)
      problems.note(fmt::format("{}/{} has {} rows and {} edges use it", name_of(file, root), group.id,
                                *group.rows, group.used));
}

void check_groups(const h5::File& file, const std::string& root, std::uint64_t rows, Problems& problems) {
  std::vector<Group> groups;
  for (const auto& child : h5::children(file, root))
    if (const auto id = core::parse_number<std::int64_t>(child); id && h5::is_group(file, root + "/" + child))
      groups.push_back(check_group(file, root + "/" + child, *id, problems));
  const bool mapped =
      h5::is_dataset(file, root + "/edge_group_id") && h5::is_dataset(file, root + "/edge_group_index");
  if (mapped && !groups.empty()) check_group_rows(file, root, rows, groups, problems);
}

void check_population(const h5::File& file, const std::string& name, const EdgeContext& context,
                      Problems& problems) {
  const std::string root = "/edges/" + name;
  const std::size_t before = problems.errors.size();
  std::optional<EdgePopulation> edges;
  core::attempt(&problems, [&] { edges.emplace(file.path(), name); });
  if (edges) {
    const auto column = [&](const char* dataset) {
      return Column{file, root + "/" + dataset, edges->size()};
    };
    core::attempt(&problems, [&] {
      check_node_ids(column("source_node_id"), edges->source_population(), context, problems);
    });
    core::attempt(&problems, [&] {
      check_node_ids(column("target_node_id"), edges->target_population(), context, problems);
    });
    core::attempt(&problems, [&] { check_types(column("edge_type_id"), context, problems); });
    core::attempt(&problems, [&] { note_order(column("target_node_id"), problems); });
  }
  core::attempt(&problems,
                [&] { check_groups(file, root, edges ? edges->size() : std::uint64_t{0}, problems); });
  // Indices of ids that are wrong cannot be right.
  if (problems.errors.size() == before) check_edge_indices(file.path(), name, problems);
}

}  // namespace

void check_edges_file(const std::filesystem::path& path, const EdgeContext& context, Problems& problems) {
  core::attempt(&problems, [&] {
    const auto file = h5::File::open(path);
    std::size_t populations = 0;
    for (const auto& name : h5::children(file, "/edges"))
      if (h5::is_group(file, "/edges/" + name)) {
        check_population(file, name, context, problems);
        ++populations;
      }
    if (populations == 0)
      throw core::FormatError("{}:/edges holds no population (the format needs at least one)", path);
  });
}

}  // namespace striate::io
