// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "io/check/check_files.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/rules.hpp"

namespace striate::io {
namespace {

using core::Problems;
using core::RowProblems;
using Integers = std::vector<std::int64_t>;

/// A column of integers of the right length, or nullopt with a problem recorded. Node tables are small.
std::optional<Integers> read_column(const h5::File& file, const std::string& dataset, std::size_t count,
                                    Problems& problems) {
  Integers values;
  const bool read = core::attempt(&problems, [&] {
    values = h5::read<std::int64_t>(file, dataset);
    if (values.size() != count)
      throw rules::unequal_lengths(rules::name_of(file, dataset), values.size(), "node_type_id", count);
  });
  return read ? std::optional(std::move(values)) : std::nullopt;
}

void check_ids(const h5::File& file, const std::string& dataset, std::size_t count, Problems& problems) {
  if (!h5::is_dataset(file, dataset)) return;
  const auto ids = read_column(file, dataset, count, problems);
  if (!ids) return;
  const auto where = rules::name_of(file, dataset);
  RowProblems negative(problems, where), twice(problems, where);
  std::unordered_map<std::int64_t, std::size_t> first_row;
  first_row.reserve(count);
  for (std::size_t row = 0; row < count; ++row) {
    const auto id = (*ids)[row];
    if (!rules::is_node_id(id)) negative.add([&] { return rules::no_node_id(id, row, where); });
    if (const auto known = first_row.emplace(id, row); !known.second)
      twice.add([&] { return rules::repeated_node_id(id, where, known.first->second, row); });
  }
}

void check_types(const h5::File& file, const std::string& dataset, const Integers& type_ids,
                 const TypeTable& types, Problems& problems) {
  const auto where = rules::name_of(file, dataset);
  RowProblems unknown(problems, where);
  for (std::size_t row = 0; row < type_ids.size(); ++row)
    if (type_ids[row] != -1 && !types.row_of(static_cast<std::uint64_t>(type_ids[row])))
      unknown.add([&] { return rules::unknown_node_type(type_ids[row], row, where, types.path()); });
}

bool is_position(std::string_view attribute) {
  return attribute == "x" || attribute == "y" || attribute == "z";
}

/// Cells may have no position, but who looks for them by place will not find them.
void tell_lost_cells(const std::vector<double>& values, const std::string& where, Problems& problems) {
  const auto lost = std::ranges::count_if(values, [](double value) { return std::isnan(value); });
  if (lost != 0 && static_cast<std::size_t>(lost) != values.size())
    problems.note(
        fmt::format("{} of {} rows of {} hold nan (lgn and metrics refuse cells without a position, a node "
                    "set by position leaves them out)",
                    lost, values.size(), where));
}

/// Attributes are numbers or texts; numbers must not be infinite (NaN means "has none").
void check_attributes(const h5::File& file, const std::string& group, Problems& problems) {
  for (const auto& name : h5::children(file, group)) {
    const std::string dataset = group + "/" + name;
    if (!h5::is_dataset(file, dataset)) continue;
    core::attempt(&problems, [&] {
      const auto info = h5::dataset_info(file, dataset);
      if (info.shape.size() != 1 || info.type != h5::TypeClass::floating) return;
      const auto where = rules::name_of(file, dataset);
      RowProblems infinite(problems, where);
      const auto values = h5::read<double>(file, dataset);
      for (std::size_t row = 0; row < values.size(); ++row)
        if (std::isinf(values[row]))
          infinite.add("{} row {} holds {} (must be finite)", where, row, values[row]);
      if (is_position(name)) tell_lost_cells(values, where, problems);
    });
  }
}

void check_population(const h5::File& file, const std::string& name, const std::optional<TypeTable>& types,
                      Problems& problems) {
  const std::string root = "/nodes/" + name;
  core::attempt(&problems, [&] {
    const auto type_ids = h5::read<std::int64_t>(file, root + "/node_type_id");
    if (types) check_types(file, root + "/node_type_id", type_ids, *types, problems);
    check_ids(file, root + "/node_id", type_ids.size(), problems);
  });
  for (const auto& child : h5::children(file, root))
    if (h5::is_group(file, root + "/" + child)) check_attributes(file, root + "/" + child, problems);
}

}  // namespace

void check_nodes_file(const std::filesystem::path& path, const std::optional<TypeTable>& types,
                      Problems& problems) {
  const std::size_t before = problems.errors.size();
  core::attempt(&problems, [&] {
    const auto file = h5::File::open(path);
    for (const auto& name : h5::children(file, "/nodes"))
      if (h5::is_group(file, "/nodes/" + name)) check_population(file, name, types, problems);
  });
  // What only shows when the parts are put together: groups and their indices.
  if (problems.errors.size() == before)
    core::attempt(&problems, [&] { read_node_populations({{.nodes_file = path, .node_types_file = {}}}); });
}

}  // namespace striate::io
