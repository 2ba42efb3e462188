// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/edges.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/errors/error.hpp"
#include "io/sonata/rules.hpp"

namespace striate::io {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
/// Rows of a group read at once when a slab's rows lie scattered in it; bounds the memory (8 MiB).
constexpr std::uint64_t window_rows = 1u << 20;
/// Rows that nobody wants but that cost less to read than to begin another read behind them.
constexpr std::uint64_t gap_rows = 1u << 14;
constexpr const char* number_attributes[] = {"syn_weight", "delay", "nsyns", "dynamics_params/receptor_type"};
constexpr const char* delay_and_receptor[] = {"delay", "model_template", "dynamics_params",
                                              "dynamics_params/receptor_type"};
constexpr const char* text_attributes[] = {"model_template", "dynamics_params"};

/// Groups are named by their number; other subgroups (indices) are not ours.
std::optional<std::uint64_t> group_number(const std::string& name) {
  std::uint64_t id = 0;
  const auto result = std::from_chars(name.data(), name.data() + name.size(), id);
  if (result.ec != std::errc{} || std::to_string(id) != name) return std::nullopt;
  return id;
}

/// Rows of a one-dimensional dataset whose type, rank and extent are believable.
template <h5::Number T>
std::uint64_t checked_rows(const h5::File& file, const std::string& dataset) {
  h5::read_rows<T>(file, dataset, 0, 0);
  return h5::dataset_info(file, dataset).shape[0];
}

std::string joined(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

/// The population an id column speaks of: its attribute, else the part of "<source>_to_<target>".
std::string node_population(const h5::File& file, const std::string& population, const std::string& dataset,
                            bool source) {
  if (const auto given = h5::string_attribute(file, dataset, "node_population"); given && !given->empty())
    return *given;
  static const std::string separator = "_to_";
  const auto cut = population.find(separator);
  const bool clear = cut != std::string::npos && cut != 0 && cut == population.rfind(separator) &&
                     cut + separator.size() < population.size();
  if (!clear)
    throw core::FormatError(
        "no attribute node_population at {}:{} (and the name is not of the form <source>_to_<target>)",
        file.path(), dataset);
  return source ? population.substr(0, cut) : population.substr(cut + separator.size());
}

void clear_delay_and_receptor(EdgeSlab& slab) {
  slab.delay = slab.receptor_type = std::nullopt;
  slab.model_template = slab.dynamics_params = std::nullopt;
}

}  // namespace

bool EdgePopulation::Group::has(const std::string& attribute) const {
  return std::ranges::find(attributes, attribute) != attributes.end();
}

std::vector<std::string> EdgePopulation::names(const std::filesystem::path& file) {
  const h5::File opened = h5::File::open(file);
  std::vector<std::string> result;
  for (const auto& child : h5::children(opened, "/edges"))
    if (h5::is_group(opened, "/edges/" + child)) result.push_back(child);
  return result;
}

EdgePopulation::EdgePopulation(const std::filesystem::path& file, const std::string& name,
                               const core::Comm& comm, std::uint64_t most_kept_rows)
    : file_(h5::File::open(file, comm)), name_(name), most_kept_rows_(most_kept_rows) {
  const auto present = h5::children(file_, "/edges");
  if (std::ranges::find(present, name) == present.end() || !h5::is_group(file_, "/edges/" + name))
    throw core::FormatError("no edge population {} in {} (it has: {})", name, file, joined(present));
  size_ = checked_rows<std::uint64_t>(file_, path("source_node_id"));
  mapped_ = h5::is_dataset(file_, path("edge_group_id")) && h5::is_dataset(file_, path("edge_group_index"));
  std::vector<std::string> columns{"target_node_id", "edge_type_id"};
  if (mapped_) columns.insert(columns.end(), {"edge_group_id", "edge_group_index"});
  for (const auto& column : columns)
    if (const auto rows = checked_rows<std::uint64_t>(file_, path(column)); rows != size_)
      throw rules::unequal_lengths(rules::name_of(file_, path(column)), rows, "source_node_id", size_);
  if (mapped_)
    if (const auto id = h5::constant_of(file_, path("edge_group_id")); id && *id >= 0)
      only_group_ = static_cast<std::uint64_t>(*id);
  source_population_ = node_population(file_, name, path("source_node_id"), true);
  target_population_ = node_population(file_, name, path("target_node_id"), false);
  find_groups();
  find_chunks();
}

void EdgePopulation::find_chunks() {
  std::vector<std::string> columns{"source_node_id", "target_node_id", "edge_type_id"};
  if (mapped_) columns.insert(columns.end(), {"edge_group_id", "edge_group_index"});
  for (const auto& group : groups_) {
    const auto add = [&](const char* attribute) {
      if (group.has(attribute)) columns.push_back(std::to_string(group.id) + "/" + attribute);
    };
    std::ranges::for_each(number_attributes, add);
    std::ranges::for_each(text_attributes, add);
  }
  chunked_ = std::ranges::any_of(
      columns, [&](const auto& column) { return h5::dataset_info(file_, path(column)).chunked; });
}

void EdgePopulation::find_groups() {
  for (const auto& child : h5::children(file_, path(""))) {
    const auto id = group_number(child);
    if (!id || !h5::is_group(file_, path(child))) continue;
    Group group{*id, 0, {}};
    const auto add = [&](const std::string& attribute) {
      const auto dataset = path(child + "/" + attribute);
      if (!h5::is_dataset(file_, dataset)) return;
      const auto info = h5::dataset_info(file_, dataset);
      const auto rows = info.shape.empty() ? 0 : info.shape[0];
      if (!group.attributes.empty() && rows != group.rows)
        throw rules::unequal_lengths(rules::name_of(file_, dataset), rows, group.attributes.front(),
                                     group.rows);
      group.rows = rows;
      group.attributes.push_back(attribute);
    };
    for (const auto& attribute : h5::children(file_, path(child))) add(attribute);
    if (const auto parameters = path(child + "/dynamics_params"); h5::is_group(file_, parameters))
      for (const auto& name : h5::children(file_, parameters)) add("dynamics_params/" + name);
    for (const char* attribute : number_attributes)
      if (group.has(attribute)) checked_rows<double>(file_, path(child + "/" + attribute));
    if (group.has("syn_weight"))
      weight_is_float32_ |=
          h5::dataset_info(file_, path(child + "/syn_weight")).item_bytes == sizeof(float) &&
          h5::dataset_info(file_, path(child + "/syn_weight")).type == h5::TypeClass::floating;
    groups_.push_back(std::move(group));
  }
  if (mapped_ || groups_.empty()) return;
  if (groups_.size() > 1)
    throw core::FormatError(
        "no edge_group_id and edge_group_index in {}:{} (with {} groups they must say which row is whose)",
        file_.path(), path(""), groups_.size());
  const Group& only = groups_.front();
  if (!only.attributes.empty() && only.rows != size_)
    throw core::FormatError("wrong length of {}:{} ({} rows, without edge_group_index it must have {})",
                            file_.path(), path(std::to_string(only.id)), only.rows, size_);
}

bool EdgePopulation::has_attribute(const std::string& attribute) const {
  return std::ranges::any_of(groups_, [&](const Group& group) { return group.has(attribute); });
}

bool EdgePopulation::has_any(std::span<const char* const> attributes) const {
  return std::ranges::any_of(attributes, [&](const char* name) { return has_attribute(name); });
}

std::vector<std::string> EdgePopulation::attributes() const {
  std::vector<std::string> all;
  for (const auto& group : groups_)
    for (const auto& attribute : group.attributes)
      if (std::ranges::find(all, attribute) == all.end()) all.push_back(attribute);
  return all;
}

EdgeSlab EdgePopulation::read_ends(std::uint64_t first, std::uint64_t count) const {
  EdgeSlab slab;
  read_ends(first, count, slab);
  return slab;
}

void EdgePopulation::read_ends(std::uint64_t first, std::uint64_t count, EdgeSlab& slab) const {
  slab.first = first;
  h5::read_ids(file_, path("source_node_id"), first, count, slab.source_id);
  h5::read_ids(file_, path("target_node_id"), first, count, slab.target_id);
}

std::optional<EdgeColumn> EdgePopulation::read_attribute(const std::string& attribute, std::uint64_t first,
                                                         std::uint64_t count) const {
  std::optional<EdgeColumn> column;
  if (!has_attribute(attribute)) return column;
  EdgeSlab slab;
  slab.first = first;
  read_column(attribute, map_rows(slab, count), column);
  return column;
}

EdgeSlab EdgePopulation::read(std::uint64_t first, std::uint64_t count) const {
  EdgeSlab slab;
  read(first, count, slab);
  return slab;
}

void EdgePopulation::read(std::uint64_t first, std::uint64_t count, EdgeSlab& slab) const {
  read_ends(first, count, slab);
  h5::read_ids(file_, path("edge_type_id"), first, count, slab.type_id);
  if (!has_any(number_attributes) && !has_any(text_attributes)) {
    slab.syn_weight = slab.nsyns = std::nullopt;
    return clear_delay_and_receptor(slab);
  }
  const RowMap rows = map_rows(slab, count);
  read_column("syn_weight", rows, slab.syn_weight);
  read_column("nsyns", rows, slab.nsyns);
  read_delay_and_receptor(rows, slab);
}

void EdgePopulation::read_delay_and_receptor(const RowMap& rows, EdgeSlab& slab) const {
  read_column("delay", rows, slab.delay);
  read_texts("model_template", rows, slab.model_template);
  read_texts("dynamics_params", rows, slab.dynamics_params);
  read_column("dynamics_params/receptor_type", rows, slab.receptor_type);
}

EdgeSlab EdgePopulation::read_without_weights(std::uint64_t first, std::uint64_t count) const {
  EdgeSlab slab;
  read_without_weights(first, count, slab);
  return slab;
}

void EdgePopulation::read_without_weights(std::uint64_t first, std::uint64_t count, EdgeSlab& slab) const {
  read_ends(first, count, slab);
  h5::read_ids(file_, path("edge_type_id"), first, count, slab.type_id);
  slab.syn_weight = slab.nsyns = std::nullopt;
  if (has_any(delay_and_receptor))
    read_delay_and_receptor(map_rows(slab, count), slab);
  else
    clear_delay_and_receptor(slab);
}

// Files of the usual builders have one group and the row number as index: then slabs map to slabs. That is
// seen slab by slab, so that nobody reads the whole index first.
EdgePopulation::RowMap EdgePopulation::map_rows(EdgeSlab& slab, std::uint64_t count) const {
  const std::uint64_t first = slab.first;
  RowMap rows{first, count, slab.group_id, slab.group_index, std::vector<Span>(groups_.size())};
  if (!mapped_) {
    rows.spans[0] = {first, first + count, true};
    return rows;
  }
  h5::read_ids(file_, path("edge_group_index"), first, count, rows.group_index);
  if (only_group_)
    rows.group_id.assign(count, *only_group_);
  else
    h5::read_ids(file_, path("edge_group_id"), first, count, rows.group_id);
  std::size_t g = 0;
  bool one_run = true;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto id = rows.group_id[i];
    const auto index = rows.group_index[i];
    if (id != groups_[g].id) {
      g = static_cast<std::size_t>(std::ranges::find(groups_, id, &Group::id) - groups_.begin());
      if (g == groups_.size())
        throw rules::unknown_group(static_cast<std::int64_t>(id),
                                   rules::row_of(first + i, rules::name_of(file_, path("edge_group_id"))));
    }
    if (index >= groups_[g].rows && !groups_[g].attributes.empty())
      throw rules::outside_group(static_cast<std::int64_t>(index),
                                 rules::row_of(first + i, rules::name_of(file_, path("edge_group_index"))),
                                 id, groups_[g].rows);
    Span& span = rows.spans[g];
    if (span.end == 0) span.first = index;
    span.first = std::min(span.first, index);
    span.end = std::max(span.end, index + 1);
    one_run = one_run && id == rows.group_id[0] && index == rows.group_index[0] + i;
  }
  if (one_run && count != 0) rows.spans[g].is_whole_slab = true;
  return rows;
}

void EdgePopulation::read_column(const std::string& attribute, const RowMap& rows,
                                 std::optional<EdgeColumn>& column) const {
  if (!has_attribute(attribute)) {
    column.reset();
    return;
  }
  if (!column) column.emplace();
  for (std::size_t g = 0; g < groups_.size(); ++g)
    if (rows.spans[g].is_whole_slab && groups_[g].has(attribute))
      return read_values(groups_[g], attribute, rows.spans[g].first, rows.count, column->values);
  column->values.assign(rows.count, missing);
  // A slab that is one run of a group leaves the others' spans empty, or its own lacks the attribute.
  for (std::size_t g = 0; g < groups_.size(); ++g)
    if (!rows.spans[g].is_whole_slab && rows.spans[g].end != 0 && groups_[g].has(attribute))
      read_scattered(groups_[g], attribute, rows, column->values);
}

void EdgePopulation::read_scattered(const Group& group, const std::string& attribute, const RowMap& rows,
                                    std::vector<double>& column) const {
  struct Wanted {
    std::uint64_t index, row;  ///< in the group, in the slab
  };
  std::vector<Wanted> wanted;
  for (std::uint64_t i = 0; i < rows.count; ++i)
    if (rows.group_id[i] == group.id) wanted.push_back({rows.group_index[i], i});
  std::ranges::sort(wanted, {}, &Wanted::index);

  const bool all_over = wanted.back().index - wanted.front().index > gap_rows + 4 * wanted.size();
  auto kept = kept_.find(std::to_string(group.id) + "/" + attribute);
  if (kept == kept_.end() && all_over && group.rows <= most_kept_rows_) {
    kept = kept_.try_emplace(std::to_string(group.id) + "/" + attribute).first;
    read_values(group, attribute, 0, group.rows, kept->second);
  }
  if (kept != kept_.end()) {
    for (const auto& [index, row] : wanted) column[row] = kept->second[index];
    return;
  }
  std::vector<double> values;
  for (auto from = wanted.begin(); from != wanted.end();) {
    const std::uint64_t first = from->index;
    auto to = from + 1;
    while (to != wanted.end() && to->index - first < window_rows && to->index - (to - 1)->index <= gap_rows)
      ++to;
    read_values(group, attribute, first, (to - 1)->index + 1 - first, values);
    for (; from != to; ++from) column[from->row] = values[from->index - first];
  }
}

// NEST takes a NaN for "the model's default" (1 pA, 1 ms). In a file it is a mistake that must not become a
// number.
void EdgePopulation::read_values(const Group& group, const std::string& attribute, std::uint64_t first,
                                 std::uint64_t count, std::vector<double>& values) const {
  const auto dataset = path(std::to_string(group.id) + "/" + attribute);
  h5::read_rows<double>(file_, dataset, first, count, values);
  const auto rule = rules::rule_of(attribute);
  const auto bad = std::ranges::find_if_not(values, [&](double value) { return rule.allows(value); });
  if (bad != values.end())
    throw rules::impossible_value(*bad,
                                  rules::row_of(first + static_cast<std::uint64_t>(bad - values.begin()),
                                                rules::name_of(file_, dataset)),
                                  rule);
}

}  // namespace striate::io
