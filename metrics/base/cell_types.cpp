// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/cell_types.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

namespace striate::metrics {
namespace {

constexpr std::array<std::string_view, 24> figure_order{
    "L2/3_Exc", "L4_Exc",  "L5_Exc", "L5_ET",    "L5_IT",  "L5_NP",  "L6_Exc",   "L1_Inh",
    "PV",       "L2/3_PV", "L4_PV",  "L5_PV",    "L6_PV",  "SST",    "L2/3_SST", "L4_SST",
    "L5_SST",   "L6_SST",  "VIP",    "L2/3_VIP", "L4_VIP", "L5_VIP", "L6_VIP",   "Inh"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> markers{
    {{"Pvalb", "PV"}, {"Sst", "SST"}, {"Vip", "VIP"}}};

}  // namespace

std::string cell_type_of(std::string_view name) {
  if (name.size() < 3 || (name[0] != 'e' && name[0] != 'i')) return std::string(name);
  std::size_t end = 1;
  while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end]))) ++end;
  const auto digits = name.substr(1, end - 1), rest = name.substr(end);
  constexpr std::array<std::string_view, 5> known{"1", "23", "4", "5", "6"};
  if (std::ranges::find(known, digits) == known.end()) return std::string(name);
  const std::string layer = digits == "23" ? "L2/3" : "L" + std::string(digits);
  if (name[0] == 'e') {
    if (digits == "5" && (rest == "ET" || rest == "IT" || rest == "NP")) return "L5_" + std::string(rest);
    return layer + "_Exc";
  }
  if (digits == "1") return "L1_Inh";
  for (const auto& [marker, label] : markers)
    if (rest == marker) return layer + "_" + std::string(label);
  return std::string(name);
}

std::string clean_label(std::string_view label) {
  std::string clean(label);
  std::ranges::replace(clean, ' ', '_');
  return clean == "L1_Htr3a" ? "L1_Inh" : clean;
}

bool is_l5_excitatory(std::string_view type) {
  return type == "L5_IT" || type == "L5_ET" || type == "L5_NP";
}

bool is_excitatory(std::string_view type) {
  return type.find("Exc") != std::string_view::npos || is_l5_excitatory(type);
}

std::optional<std::string> layer_of(std::string_view type) {
  const auto end = type.find('_');
  if (type.empty() || type[0] != 'L' || end == std::string_view::npos) return std::nullopt;
  return std::string(type.substr(0, end));
}

std::string class_of(std::string_view type) {
  if (is_excitatory(type)) return "Exc";
  const auto end = type.find('_');
  return std::string(end == std::string_view::npos ? type : type.substr(end + 1));
}

std::string aggregate_l5(std::string_view type) {
  return is_l5_excitatory(type) ? "L5_Exc" : std::string(type);
}

std::string simplify_inhibitory(std::string_view type) {
  if (is_excitatory(type) || type == "L1_Inh") return std::string(type);
  return class_of(type);
}

bool in_respective_layers(std::string_view source, std::string_view target) {
  const bool source_inhibits = !is_excitatory(source), target_inhibits = !is_excitatory(target);
  if (source_inhibits == target_inhibits) return true;
  const auto source_layer = layer_of(source), target_layer = layer_of(target);
  if (!source_layer || !target_layer) return true;
  return *source_layer == *target_layer || (source_inhibits ? *source_layer : *target_layer) == "L1";
}

void sort_types(std::vector<std::string>& types) {
  const auto key = [](const std::string& type) {
    return std::tuple(std::ranges::find(figure_order, type) - figure_order.begin(), type);
  };
  std::ranges::sort(types, {}, key);
}

}  // namespace striate::metrics
