// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/runs/raster.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/panels/gnuplot.hpp"
#include "metrics/math/welch.hpp"

namespace striate::metrics {
namespace {

struct CorticalClass {
  std::string_view marker, label, colour;
};
constexpr std::array inhibitory_classes{
    CorticalClass{"Pvalb", "PV", "#4C7F19"},
    CorticalClass{"Sst", "SST", "#197F7F"},
    CorticalClass{"Vip", "VIP", "#9932FF"},
    CorticalClass{"Htr3a", "Inh", "#9E9E9E"},
};

/// Where a population is drawn: layers from the top, classes inside.
struct Place {
  char layer = '9';
  int rank = 9;
  std::string label, colour = "#606060";
};

Place class_place(const std::string& pop_name) {
  Place place{.label = pop_name};
  if (pop_name.size() < 2 || (pop_name[0] != 'e' && pop_name[0] != 'i') ||
      !std::isdigit(static_cast<unsigned char>(pop_name[1])))
    return place;
  place.layer = pop_name[1];
  const std::string layer =
      pop_name.starts_with("e23") || pop_name.starts_with("i23") ? "L2/3" : "L" + pop_name.substr(1, 1);
  if (pop_name[0] == 'e') {
    place.rank = 0;
    place.label = layer + " Exc";
    place.colour = "#D42A2A";
    return place;
  }
  for (std::size_t k = 0; k < inhibitory_classes.size(); ++k)
    if (pop_name.find(inhibitory_classes[k].marker) != std::string::npos) {
      place.rank = static_cast<int>(k) + 1;
      place.label = fmt::format("{} {}", layer, inhibitory_classes[k].label);
      place.colour = inhibitory_classes[k].colour;
    }
  return place;
}

Place place_of(const std::string& pop_name, CellChoice::Grouping grouping) {
  auto place = class_place(pop_name);
  if (grouping == CellChoice::Grouping::classes || place.layer == '9') return place;
  const auto type = cell_type_of(pop_name);
  place.colour = type_colour(type);
  place.label = grouping == CellChoice::Grouping::types ? shown_label(type) : pop_name;
  return place;
}

std::string name_of(const io::NodePopulation& nodes, std::size_t node) {
  const auto name = nodes.text(node, "pop_name");
  if (!name)
    throw core::FormatError("no pop_name for node {} of {}:/nodes/{} (cells are drawn by population)",
                            nodes.node_id[node], nodes.nodes_file, nodes.name);
  return *name;
}

/// Numbers of the nodes; none where they have no such column.
std::optional<std::vector<double>> numbers_of(const io::NodePopulation& nodes, const char* name) {
  auto column = nodes.column(name);
  if (!column || !std::holds_alternative<std::vector<double>>(*column)) return std::nullopt;
  return std::get<std::vector<double>>(std::move(*column));
}

std::vector<double> required_numbers(const io::NodePopulation& nodes, const char* name, const char* why) {
  if (auto numbers = numbers_of(nodes, name)) return *numbers;
  throw core::FormatError("no numbers {} in {}:/nodes/{} ({})", name, nodes.nodes_file, nodes.name, why);
}

/// How often each node fired, negative: the most active come first.
std::vector<double> negative_counts(const io::NodePopulation& nodes, const io::SpikeTrains* spikes) {
  std::vector<double> counts(nodes.size(), 0.0);
  if (spikes != nullptr)
    for (const auto id : spikes->node_id)
      if (const auto node = nodes.index_of(id)) counts[*node] -= 1;
  return counts;
}

std::vector<double> sort_keys(const io::NodePopulation& nodes, CellChoice::Order order,
                              const io::SpikeTrains* spikes) {
  constexpr const char* why = "cells are to be drawn in its order";
  using Order = CellChoice::Order;
  std::vector<double> keys(nodes.size(), 0.0);
  if (order == Order::tuning_angle)
    keys = numbers_of(nodes, "tuning_angle").value_or(keys);
  else if (order == Order::depth || order == Order::x || order == Order::z)
    keys = required_numbers(nodes, order == Order::depth ? "y" : order == Order::x ? "x" : "z", why);
  else if (order == Order::rate)
    keys = negative_counts(nodes, spikes);
  for (double& key : keys) {
    if (order == Order::depth) key = -key;  // y is negative below the pia
    if (std::isnan(key)) key = std::numeric_limits<double>::infinity();
  }
  return keys;
}

/// Whether each node is to be drawn.
std::vector<bool> chosen_nodes(const io::NodePopulation& nodes, const std::optional<CoreRule>& core) {
  std::vector<bool> chosen(nodes.size(), true);
  if (!core) return chosen;
  constexpr const char* why = "they tell the core's cells";
  const auto x = required_numbers(nodes, "x", why), z = required_numbers(nodes, "z", why);
  for (std::size_t node = 0; node < nodes.size(); ++node) chosen[node] = core->contains(x[node], z[node]);
  return chosen;
}

/// Colours that differ, for groups without a colour of their own.
std::string hue_colour(std::size_t k, std::size_t count) {
  const double hue = 6.0 * static_cast<double>(k) / static_cast<double>(std::max<std::size_t>(count, 1));
  const double x = 1 - std::abs(std::fmod(hue, 2.0) - 1);
  constexpr std::size_t high[] = {0, 1, 1, 2, 2, 0}, middle[] = {1, 0, 2, 1, 0, 2};
  double rgb[3] = {0, 0, 0};
  const auto sextant = std::min<std::size_t>(5, static_cast<std::size_t>(hue));
  rgb[high[sextant]] = 1;
  rgb[middle[sextant]] = x;
  const auto byte = [&](double v) { return static_cast<int>(std::lround((k % 2 == 0 ? 20 : 70) + 150 * v)); };
  return fmt::format("#{:02X}{:02X}{:02X}", byte(rgb[0]), byte(rgb[1]), byte(rgb[2]));
}

/// Labels beside the plot, moved apart where groups are small, each with a line to the middle of its group;
/// and lines between the groups.
std::string group_marks(const std::vector<RasterGroup>& groups) {
  constexpr double label_height = 0.021;  // of the plot
  constexpr double label_end = -0.02;  // graph coordinates
  double rows = 0;
  std::vector<double> middles;
  std::string text;
  for (const RasterGroup& group : groups) {
    const auto count = static_cast<double>(group.node_ids.size());
    if (rows > 0)
      text += fmt::format("set arrow from graph 0, first {0} to graph 1, first {0} nohead lc rgb '#cccccc'\n",
                          rows);
    middles.push_back(rows + count / 2);
    rows += count;
  }
  const auto places = spread_places(middles, label_height * rows, 0, rows);
  for (std::size_t g = 0; g < groups.size(); ++g)
    text += fmt::format(
        "set label {} at graph {}, first {} right font ',{}'\n"
        "set arrow from graph {}, first {} to graph 0, first {} nohead lc rgb '{}'\n",
        gnuplot_text(fmt::format("{} ({})", groups[g].label, groups[g].node_ids.size())), label_end - 0.005,
        places[g], small_font, label_end, places[g], middles[g], groups[g].colour);
  return text;
}

std::unordered_map<std::uint64_t, std::size_t> group_of_node(const std::vector<RasterGroup>& groups) {
  std::unordered_map<std::uint64_t, std::size_t> result;
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (const auto id : groups[g].node_ids) result.emplace(id, g);
  return result;
}

}  // namespace

std::vector<RasterGroup> cortical_groups(const io::NodePopulation& nodes, const CellChoice& choice,
                                         const io::SpikeTrains* spikes) {
  using Key = std::tuple<char, int, std::string>;
  std::map<Key, RasterGroup> groups;
  std::map<Key, std::vector<std::pair<double, std::uint64_t>>> members;
  const auto keys = sort_keys(nodes, choice.order, spikes);
  const auto chosen = chosen_nodes(nodes, choice.core);
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    if (!chosen[node]) continue;
    const Place place = place_of(name_of(nodes, node), choice.grouping);
    const Key key{place.layer, place.rank, place.label};
    groups.try_emplace(key, RasterGroup{.label = place.label, .colour = place.colour, .node_ids = {}});
    members[key].emplace_back(keys[node], nodes.node_id[node]);
  }
  std::vector<RasterGroup> result;
  for (auto& [key, group] : groups) {
    auto& sorted = members[key];
    std::ranges::sort(sorted);
    for (const auto& [angle, id] : sorted) group.node_ids.push_back(id);
    result.push_back(std::move(group));
  }
  return result;
}

std::vector<RasterGroup> groups_by_name(const io::NodePopulation& nodes) {
  std::map<std::string, RasterGroup> groups;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const auto name = name_of(nodes, node);
    auto& group = groups[name];
    group.label = name;
    group.node_ids.push_back(nodes.node_id[node]);
  }
  std::vector<RasterGroup> result;
  for (auto& [name, group] : groups) {
    std::ranges::sort(group.node_ids);
    result.push_back(std::move(group));
  }
  std::ranges::sort(result, {}, [](const RasterGroup& group) { return group.node_ids.front(); });
  for (std::size_t k = 0; k < result.size(); ++k) result[k].colour = hue_colour(k, result.size());
  return result;
}

std::vector<std::vector<double>> group_rates(const std::vector<RasterGroup>& groups,
                                             const io::SpikeTrains& spikes, const TimeWindow& window,
                                             double bin_ms) {
  const auto bins = static_cast<std::size_t>((window.end_ms - window.begin_ms) / bin_ms * (1 + 1e-12));
  std::vector<std::vector<double>> rates(groups.size(), std::vector<double>(bins, 0.0));
  const auto groups_by_node = group_of_node(groups);
  for (std::size_t k = 0; k < spikes.size(); ++k) {
    const double position = (spikes.time_ms[k] - window.begin_ms) / bin_ms;
    const auto group = groups_by_node.find(spikes.node_id[k]);
    if (group == groups_by_node.end() || position < 0 || position >= static_cast<double>(bins)) continue;
    rates[group->second][static_cast<std::size_t>(position)] += 1;
  }
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (double& rate : rates[g]) rate /= static_cast<double>(groups[g].node_ids.size()) * bin_ms / 1000;
  return rates;
}

std::vector<double> group_spectrum(const RasterGroup& group, const io::SpikeTrains& spikes,
                                   const TimeWindow& window) {
  constexpr std::size_t segment = 1000;
  constexpr double bins_per_second = 1000;
  const auto counts = group_rates({group}, spikes, window, 1).front();
  std::vector<double> mean_train;
  for (const double rate : counts) mean_train.push_back(rate / bins_per_second);
  return Welch(segment, bins_per_second).density(mean_train);
}

std::vector<double> spread_places(std::vector<double> wanted, double distance, double low, double high) {
  if (wanted.empty()) return wanted;
  const auto last = static_cast<double>(wanted.size() - 1);
  if (last > 0) distance = std::min(distance, (high - low) / last);
  // Less i * distance, places need only not descend: isotonic regression by pooling neighbours that do.
  struct Pool {
    double sum, count;
  };
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    pools.push_back({wanted[i] - static_cast<double>(i) * distance, 1});
    while (pools.size() > 1) {
      const Pool upper = pools.back();
      Pool& lower = pools[pools.size() - 2];
      if (lower.sum / lower.count <= upper.sum / upper.count) break;
      lower = {lower.sum + upper.sum, lower.count + upper.count};
      pools.pop_back();
    }
  }
  std::size_t i = 0;
  for (const Pool& pool : pools)
    for (double k = 0; k < pool.count; ++k, ++i)
      wanted[i] = std::clamp(pool.sum / pool.count, low, std::max(low, high - last * distance)) +
                  static_cast<double>(i) * distance;
  return wanted;
}

std::string raster_script(const std::vector<RasterGroup>& groups, const io::SpikeTrains& spikes,
                          const TimeWindow& window, const std::string& title) {
  std::unordered_map<std::uint64_t, double> row_of;
  for (const RasterGroup& group : groups)
    for (const auto id : group.node_ids) row_of.emplace(id, static_cast<double>(row_of.size()));
  const double rows = static_cast<double>(row_of.size());
  const auto groups_by_node = group_of_node(groups);
  std::vector<std::vector<double>> times(groups.size()), places(groups.size());
  for (std::size_t k = 0; k < spikes.size(); ++k) {
    const auto row = row_of.find(spikes.node_id[k]);
    if (row == row_of.end() || spikes.time_ms[k] < window.begin_ms || spikes.time_ms[k] > window.end_ms)
      continue;
    const std::size_t group = groups_by_node.at(spikes.node_id[k]);
    times[group].push_back(spikes.time_ms[k]);
    places[group].push_back(row->second);
  }
  std::string blocks, plots;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (times[g].empty()) continue;
    const Column columns[] = {{times[g]}, {places[g]}};
    blocks += data_block(fmt::format("raster{}", g), columns);
    plots += fmt::format("{}$raster{} using 1:2 with points pt 7 ps {} lc rgb '{}' notitle",
                         plots.empty() ? "plot " : ", ", g, rows > 5000 ? 0.1 : 0.2, groups[g].colour);
  }
  if (plots.empty()) plots = fmt::format("plot {} with points ps 0 notitle", -1);  // an empty frame
  return blocks + fmt::format(
                      "set title {}\nset ylabel ''\nset xrange [{}:{}]\nset yrange [{}:0]\n"
                      "unset ytics\n{}{}\nunset arrow\nunset label\nset ytics auto\n",
                      gnuplot_text(title), window.begin_ms, window.end_ms, std::max(rows, 1.0),
                      group_marks(groups), plots);
}

}  // namespace striate::metrics
