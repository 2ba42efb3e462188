// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/pooling/networks.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/files/output_place.hpp"
#include "io/generation/generation.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr const char* networks_key = "networks";

std::string run_id_of_network(const fs::path& base) {
  return io::network_of(core::NetworkPaths{base}.network()).run_id;
}

/// What stands beside a table or in an array file; null where there is nothing.
io::Json sidecar_of(const fs::path& table) {
  std::error_code ignored;
  if (table.extension() == ".h5" && fs::exists(table, ignored)) {
    const auto file = io::h5::File::open(table);
    io::Json json = io::Json::object();
    for (const char* key : {"options", "run_ids"})
      if (const auto text = io::h5::string_attribute(file, "/", key))
        json[key] = io::parse_json(*text, table);
    if (const auto text = io::h5::string_attribute(file, "/", "command")) json["command"] = *text;
    return json;
  }
  const fs::path file = table.string() + ".provenance.json";
  return fs::exists(file, ignored) ? io::read_json(file) : io::Json();
}

std::string names_of(std::span<const fs::path> networks) {
  std::string text;
  for (const auto& network : networks) text += (text.empty() ? "" : " ") + network_name(network);
  return text;
}

std::string text_of(const io::Json& options, const std::string& key) {
  if (!options.contains(key)) return "nothing";
  return options[key].is_string() ? options[key].get<std::string>() : options[key].dump();
}

}  // namespace

NetworkPaths all_networks(const core::Call& call) {
  NetworkPaths networks{call.base()};
  std::map<fs::path, fs::path> place_of;  // resolved -> as given
  std::map<std::string, fs::path> of_run;
  const auto base = io::resolved(call.base());
  for (const auto& network : paths(call.values, "networks")) {
    const auto place = io::resolved(network);
    const auto [first, is_new] = place_of.emplace(place, network);
    if (!is_new)
      throw core::UsageError("{} and {} of --networks are one network (its cells would count twice)",
                             first->second, network);
    if (place != base) networks.push_back(network);
  }
  if (networks.size() == 1) return networks;
  for (const auto& network : networks) {
    const auto run = run_id_of_network(network);
    if (run.empty()) continue;
    const auto [first, is_new] = of_run.emplace(run, network);
    if (!is_new)
      throw core::UsageError(
          "{} and {} are the same network (run {} built both, so that cells would count twice) leave one out",
          first->second, network, run);
  }
  return networks;
}

std::string pooled_name(const std::string& option, std::size_t networks) {
  return networks > 1 ? fmt::format("{}_{}_networks", option, networks) : option;
}

void describe_networks(Provenance& provenance, std::span<const fs::path> networks) {
  if (networks.size() > 1) provenance.options.emplace_back(networks_key, names_of(networks));
}

void require_pools(const fs::path& table, std::span<const fs::path> networks) {
  if (networks.size() < 2) return;
  const auto sidecar = sidecar_of(table);
  const auto options = sidecar.is_object() && sidecar.contains("options") ? sidecar["options"] : io::Json();
  const auto sorted = [](const std::string& names) {
    std::multiset<std::string> words;
    for (std::size_t first = 0; first <= names.size();) {
      const auto end = std::min(names.find(' ', first), names.size());
      words.insert(names.substr(first, end - first));
      first = end + 1;
    }
    return words;
  };
  const auto found = text_of(options, networks_key), wanted = names_of(networks);
  if (sorted(found) != sorted(wanted))
    throw core::FormatError("{} is over the networks {}, not over {} make it again with the same --networks",
                            table, found, wanted);
}

void MadeAlike::add(const fs::path& table, const fs::path& network) {
  const auto sidecar = sidecar_of(table);
  if (!sidecar.is_object()) return;
  const auto run = run_id_of_network(network);
  if (const auto made_of = sidecar.find("run_ids"); made_of != sidecar.end() && !run.empty())
    if (std::ranges::find(*made_of, io::Json(run)) == made_of->end())
      throw core::FormatError(
          "{} was made with another network than {} (run {}, not {}) make it again with 'striate {}'", table,
          network, made_of->dump(), run, text_of(sidecar, "command"));
  if (!sidecar.contains("options") || !sidecar["options"].is_object()) return;
  const auto& options = sidecar["options"];
  if (first_.empty()) {
    first_ = table;
    options_ = options;
    return;
  }
  std::set<std::string> keys;
  for (const auto& side : {std::cref(options_), std::cref(options)})
    for (const auto& [key, value] : side.get().items()) keys.insert(key);
  for (const auto& key : keys)
    if (std::ranges::find(besides_, key) == besides_.end() && text_of(options_, key) != text_of(options, key))
      throw core::FormatError(
          "{} has {} {}, {} has {} {} (only what was made alike can be pooled) make one of them "
          "again",
          first_, key, text_of(options_, key), table, key, text_of(options, key));
}

std::vector<std::string> labels_of_all(std::span<const fs::path> networks, const CoreRule& core,
                                       const TypePooling& pooling) {
  std::set<std::string> names;
  for (const auto& network : networks)
    for (const auto& name : labels_of(read_cells(network, core), pooling).names) names.insert(name);
  return sorted_types(names);
}

TypeLabels labels_among(const std::vector<std::string>& names, const Cells& cells,
                        const TypePooling& pooling) {
  auto labels = labels_of(cells, pooling);
  for (auto& label : labels.of_type)
    label = static_cast<std::uint32_t>(std::ranges::find(names, labels.names[label]) - names.begin());
  labels.names = names;
  return labels;
}

void add_sums(std::vector<double>& total, const std::vector<double>& further) {
  if (total.empty()) {
    total = further;
    return;
  }
  for (std::size_t i = 0; i < further.size(); ++i) total[i] += further[i];
}

}  // namespace striate::metrics
