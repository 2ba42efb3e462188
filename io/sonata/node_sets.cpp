// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/node_sets.hpp"

#include <algorithm>
#include <set>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/sonata/node_predicate.hpp"

namespace striate::io {
namespace {

/// Per population, 1 for every member.
using Members = std::vector<std::vector<char>>;

Members nobody(const std::vector<NodePopulation>& populations) {
  Members members;
  for (const auto& population : populations) members.emplace_back(population.size(), 0);
  return members;
}

std::vector<std::string> names_of(const std::vector<NodePopulation>& populations) {
  std::vector<std::string> names;
  for (const auto& population : populations) names.push_back(population.name);
  return names;
}

/// The automatic set of that name: all nodes, or those of one population.
std::optional<Members> automatic_set(const std::string& name,
                                     const std::vector<NodePopulation>& populations) {
  Members members = nobody(populations);
  bool exists = name == "all";
  for (std::size_t p = 0; p < populations.size(); ++p) {
    if (name != "all" && populations[p].name != name) continue;
    members[p].assign(members[p].size(), 1);
    exists = true;
  }
  return exists ? std::optional(std::move(members)) : std::nullopt;
}

void add_all(Members& sum, const Members& members) {
  for (std::size_t p = 0; p < sum.size(); ++p)
    for (std::size_t i = 0; i < sum[p].size(); ++i) sum[p][i] |= members[p][i];
}

std::size_t population_index(const Json& name, const std::string& where,
                             const std::vector<NodePopulation>& populations) {
  if (!name.is_string())
    throw core::ConfigError("{} holds {} (needed are names of populations)", where, compact_text(name));
  const auto names = names_of(populations);
  const auto found = std::ranges::find(names, name.get_ref<const std::string&>());
  if (found == names.end())
    throw core::ConfigError("{} names population {} (there are {}){}", where, name.get<std::string>(),
                            fmt::join(names, ", "), core::did_you_mean(name.get<std::string>(), names));
  return static_cast<std::size_t>(found - names.begin());
}

/// Populations a rule speaks of: those it names, else all. Ascending.
std::vector<std::size_t> candidates(const Json& rule, const std::string& where,
                                    const std::vector<NodePopulation>& populations) {
  std::set<std::size_t> indices;
  bool restricted = false;
  for (const std::string key : {"population", "populations"}) {
    if (!rule.contains(key)) continue;
    restricted = true;
    const Json& wanted = rule[key];
    const std::string place = fmt::format("{}/{}", where, key);
    if (!wanted.is_array()) indices.insert(population_index(wanted, place, populations));
    if (wanted.is_array())
      for (const auto& name : wanted) indices.insert(population_index(name, place, populations));
  }
  if (!restricted)
    for (std::size_t p = 0; p < populations.size(); ++p) indices.insert(p);
  return {indices.begin(), indices.end()};
}

void keep(std::vector<char>& members, const std::vector<char>& matching) {
  for (std::size_t i = 0; i < members.size(); ++i) members[i] &= matching[i];
}

/// Explicit ids. Each must exist in one of the populations at least.
void keep_ids(const Json& value, const std::string& where, const std::vector<std::size_t>& indices,
              const std::vector<NodePopulation>& populations, Members& members) {
  Members listed = nobody(populations);
  const std::size_t count = value.is_array() ? value.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const Json& item = value.is_array() ? value[i] : value;
    if (!item.is_number_integer() || (!item.is_number_unsigned() && item.get<std::int64_t>() < 0))
      throw core::ConfigError("{} holds {} (needed are node ids, whole numbers >= 0)", where,
                              compact_text(item));
    bool exists = false;
    for (const std::size_t p : indices) {
      const auto node = populations[p].index_of(item.get<std::uint64_t>());
      if (node) listed[p][*node] = 1;
      exists = exists || node.has_value();
    }
    if (exists) continue;
    std::vector<std::string> sizes;
    for (const std::size_t p : indices)
      sizes.push_back(fmt::format("{} with {} nodes", populations[p].name, populations[p].size()));
    throw core::ConfigError("{} holds node id {} (it does not exist in {})", where, compact_text(item),
                            fmt::join(sizes, ", "));
  }
  for (const std::size_t p : indices) keep(members[p], listed[p]);
}

/// Answers for all nodes of a population, by way of its few types where the file has no such attribute.
std::optional<std::vector<char>> matching_nodes(const NodePopulation& population, const std::string& key,
                                                const NodePredicate& predicate) {
  const bool of_type = key != "node_id" && key != "node_type_id" && !population.has_attribute(key);
  if (!of_type) {
    const auto column = population.column(key);
    return column ? std::optional(predicate.matches(*column)) : std::nullopt;
  }
  const auto column = type_column(population.types, key);
  if (!column) return std::nullopt;
  const auto by_row = predicate.matches(*column);
  std::vector<char> result;
  result.reserve(population.size());
  for (const auto row : population.type_row)
    result.push_back(row == NodePopulation::no_type_row ? char{0} : by_row[row]);
  return result;
}

void keep_matching(const std::string& key, const Json& condition, const std::string& where,
                   const std::vector<std::size_t>& indices, const std::vector<NodePopulation>& populations,
                   Members& members) {
  const NodePredicate predicate(condition, where);
  bool known = false;
  for (const std::size_t p : indices) {
    const auto matching = matching_nodes(populations[p], key, predicate);
    if (matching)
      keep(members[p], *matching);
    else
      members[p].assign(members[p].size(), 0);
    known = known || matching.has_value();
  }
  if (known) return;
  std::vector<std::string> columns;
  for (const std::size_t p : indices) {
    const auto names = populations[p].column_names();
    columns.insert(columns.end(), names.begin(), names.end());
  }
  throw core::ConfigError("{} is no column (of the nodes or of their types){}", where,
                          core::did_you_mean(key, columns));
}

Members members_of_rule(const Json& rule, const std::string& where,
                        const std::vector<NodePopulation>& populations) {
  const auto indices = candidates(rule, where, populations);
  Members members = nobody(populations);
  for (const std::size_t p : indices) members[p].assign(members[p].size(), 1);
  for (const auto& [key, value] : rule.items()) {
    if (key == "population" || key == "populations") continue;
    const std::string place = fmt::format("{}/{}", where, key);
    const bool explicit_ids = key == "node_ids" || (key == "node_id" && !value.is_object());
    if (explicit_ids)
      keep_ids(value, place, indices, populations, members);
    else
      keep_matching(key, value, place, indices, populations, members);
  }
  return members;
}

/// Follows names through compound sets. Every set counts once, however often it is named.
class Resolver {
 public:
  Resolver(const std::map<std::string, Json>& definitions, std::string definitions_at,
           const std::vector<NodePopulation>& populations)
      : definitions_(definitions), definitions_at_(std::move(definitions_at)), populations_(populations) {}

  Members members(const Json& name_or_definition, const std::string& where) {
    if (name_or_definition.is_object()) return members_of_rule(name_or_definition, where, populations_);
    if (name_or_definition.is_string()) return named(name_or_definition.get<std::string>(), where);
    if (!name_or_definition.is_array())
      throw core::ConfigError("{} = {} is no node set (a name, a list of names or an object is needed)",
                              where, compact_text(name_or_definition));
    Members sum = nobody(populations_);
    for (const auto& name : name_or_definition) {
      if (!name.is_string())
        throw core::ConfigError(
            "{} lists {} (a list holds names of node sets) write {{\"node_id\": […]}} for single nodes",
            where, compact_text(name));
      add_all(sum, named(name.get<std::string>(), where));
    }
    return sum;
  }

 private:
  static constexpr std::size_t deepest = 100;
  const std::map<std::string, Json>& definitions_;
  std::string definitions_at_;
  const std::vector<NodePopulation>& populations_;
  std::vector<std::string> chain_;  ///< names being resolved, outermost first
  std::set<std::string> done_;

  Members named(const std::string& name, const std::string& where) {
    if (std::ranges::find(chain_, name) != chain_.end())
      throw core::ConfigError("{} cannot be resolved (node sets contain one another: {} > {})", where,
                              fmt::join(chain_, " > "), name);
    if (chain_.size() >= deepest)
      throw core::ConfigError("{} cannot be resolved (more than {} node sets inside one another)", where,
                              deepest);
    if (!done_.insert(name).second) return nobody(populations_);
    auto automatic = automatic_set(name, populations_);
    const auto definition = definitions_.find(name);
    if (definition == definitions_.end()) {
      if (automatic) return *std::move(automatic);
      throw core::ConfigError("{} names node set {} (there is none of that name){}", where, name,
                              core::did_you_mean(name, known_names()));
    }
    chain_.push_back(name);
    Members own = members(definition->second, fmt::format("{}/{}", definitions_at_, name));
    chain_.pop_back();
    if (automatic && own != *automatic)
      core::log::warning("{}/{} replaces the automatic node set of that name ({} members instead of {})",
                         definitions_at_, name, count(own), count(*automatic));
    return own;
  }

  static std::ptrdiff_t count(const Members& members) {
    std::ptrdiff_t sum = 0;
    for (const auto& population : members) sum += std::ranges::count(population, 1);
    return sum;
  }

  std::vector<std::string> known_names() const {
    auto names = names_of(populations_);
    names.push_back("all");
    for (const auto& [name, unused] : definitions_) names.push_back(name);
    return names;
  }
};

}  // namespace

NodeSets NodeSets::load(const SonataConfig& config) {
  NodeSets sets;
  std::optional<Json> from_file;
  std::optional<JsonSection> definitions = config.optional_section("node_sets");
  const JsonSection root(config.document, config.file, "");
  const auto file = root.string("node_sets_file");
  if (definitions) {
    sets.definitions_at_ = fmt::format("{}:/node_sets", definitions->file());
  } else if (file && !file->empty()) {
    core::require_readable(*file, "named by " + root.where("node_sets_file"));
    from_file = read_json(*file);
    definitions.emplace(*from_file, *file, "");
    sets.definitions_at_ = fmt::format("{}:", *file);
  } else {
    return sets;
  }
  for (const auto& [name, definition] : definitions->json().items()) {
    if (!definition.is_object() && !definition.is_array())
      throw core::ConfigError("{} = {} is no node set (an object or a list of names is needed)",
                              definitions->where(name), compact_text(definition));
    sets.definitions_.emplace(name, definition);
  }
  return sets;
}

std::vector<NodeSelection> NodeSets::resolve(const Json& name_or_definition,
                                             const std::vector<NodePopulation>& populations,
                                             const std::string& where) const {
  const Members members =
      Resolver(definitions_, definitions_at_, populations).members(name_or_definition, where);
  std::vector<NodeSelection> selections;
  for (std::size_t p = 0; p < members.size(); ++p) {
    NodeSelection selection{.population = p, .nodes = {}};
    for (std::size_t i = 0; i < members[p].size(); ++i)
      if (members[p][i] != 0) selection.nodes.push_back(static_cast<std::uint32_t>(i));
    if (!selection.nodes.empty()) selections.push_back(std::move(selection));
  }
  return selections;
}

}  // namespace striate::io
