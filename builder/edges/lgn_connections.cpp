// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/lgn_connections.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "builder/edges/connection_rule.hpp"
#include "builder/edges/synapse_numbers.hpp"
#include "core/values/draws.hpp"

namespace striate::builder {
namespace {

constexpr double cell_width_deg = 4;
constexpr int most_cells_across = 100;

/// Redrawn until above 0.
double positive_poisson(core::RandomStream& random, double mean) {
  while (true)
    if (const auto count = core::draw_poisson(random, mean); count > 0) return static_cast<double>(count);
}

}  // namespace

LgnSampler::LgnSampler(const NetworkSpec& spec, const V1Nodes& targets, const LgnNodes& units)
    : spec_(spec),
      targets_(targets),
      units_(units),
      type_weight_(spec.lgn.units.size(), 0),
      distance2_of_unit_(units.size(), 0),
      chosen_(units.size()) {
  make_groups();
}

void LgnSampler::make_groups() {
  std::vector<std::size_t> group_of_type;
  for (std::uint32_t type = 0; type < spec_.lgn.units.size(); ++type) {
    const auto& unit = spec_.lgn.units[type];
    const auto same = [&](const Group& group) {
      return group.family == unit.family && group.shift == unit.position_shift;
    };
    auto group = std::find_if(groups_.begin(), groups_.end(), same);
    if (group == groups_.end())
      group = groups_.insert(groups_.end(), {unit.family, unit.position_shift, {}, {}, {}, {}});
    group->types.push_back(type);
    group_of_type.push_back(static_cast<std::size_t>(group - groups_.begin()));
  }
  const double extent =
      spec_.lgn.tile_deg * static_cast<double>(std::max(spec_.lgn.tiles_x, spec_.lgn.tiles_y));
  const int across = std::clamp(static_cast<int>(extent / cell_width_deg), 1, most_cells_across);
  const double width = extent * (1 + 1e-9) / across;
  // Group, cell and id name each unit's place.
  std::vector<std::map<int, std::vector<Unit>>> cells(groups_.size());
  for (std::uint32_t id = 0; id < units_.size(); ++id) {
    const int column = std::clamp(static_cast<int>(units_.x[id] / width), 0, across - 1);
    const int row = std::clamp(static_cast<int>(units_.y[id] / width), 0, across - 1);
    cells[group_of_type[units_.type[id]]][row * across + column].push_back(
        {units_.x[id], units_.y[id], units_.tuning_angle[id], id, units_.type[id]});
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    auto& group = groups_[g];
    group.cells.half_width = static_cast<float>(0.5 * width * (1 + 1e-5));
    for (const auto& [cell, members] : cells[g]) {
      group.cells.x.push_back(static_cast<float>((cell % across + 0.5) * width));
      group.cells.y.push_back(static_cast<float>((cell / across + 0.5) * width));
      group.first.push_back(static_cast<std::uint32_t>(group.units.size()));
      group.units.insert(group.units.end(), members.begin(), members.end());
    }
    group.first.push_back(static_cast<std::uint32_t>(group.units.size()));
  }
  largest_weight_.resize(groups_.size());
}

double LgnSampler::wanted_connections(const NetworkSpec& spec, const V1Nodes& targets, std::uint32_t target) {
  const auto& projection = spec.lgn.projection[spec.models[targets.model[target]].population];
  const double y = projection.yule_parameter;
  return std::nearbyint(spec.lgn.synapses_per_size * targets.target_size[target] *
                        projection.synapse_ratio_to_e4 * (y - 1) / y);
}

void LgnSampler::sample(std::uint32_t id, std::vector<LgnConnection>& connections) {
  const auto& lgn = spec_.lgn;
  const auto& projection = lgn.projection[spec_.models[targets_.model[id]].population];
  const double wanted = wanted_connections(spec_, targets_, id);
  if (wanted < 1) return;
  core::RandomStream random(spec_.seed, core::Purpose::lgn_connection, id);
  const double angle = targets_.tuning_angle[id];
  const bool ignore_off = random.uniform() < projection.sustained_on_fraction;
  const double sign = ignore_off ? 1 : -1;
  const Target target{.centre_x = 0.5 * lgn.tile_deg * static_cast<double>(lgn.tiles_x) +
                                  lgn.retinotopy_deg_per_um[0] * targets_.x[id],
                      .centre_y = 0.5 * lgn.tile_deg * static_cast<double>(lgn.tiles_y) +
                                  lgn.retinotopy_deg_per_um[1] * targets_.z[id],
                      .cos = sign * std::cos(angle * std::numbers::pi / 180),
                      .sin = sign * std::sin(angle * std::numbers::pi / 180),
                      .tuning_angle = angle};
  weigh_types(positive_poisson(random, projection.tf_poisson_mean_hz), ignore_off);
  collect_cells(target, ignore_off);
  race(target, static_cast<std::size_t>(std::min(wanted, static_cast<double>(units_.size()))), random);
  deal_synapses(projection.yule_parameter, random, connections);
}

/// Inside a family, types near the preferred frequency weigh more.
void LgnSampler::weigh_types(double frequency, bool ignore_off) {
  const auto ignored = ignore_off ? LgnFamily::sustained_off : LgnFamily::sustained_on;
  double total[lgn_family_count] = {};
  int members[lgn_family_count] = {};
  for (const auto& unit : spec_.lgn.units) {
    total[static_cast<int>(unit.family)] += std::abs(frequency - unit.temporal_frequency_hz);
    ++members[static_cast<int>(unit.family)];
  }
  for (std::size_t type = 0; type < spec_.lgn.units.size(); ++type) {
    const auto& unit = spec_.lgn.units[type];
    const auto family = static_cast<int>(unit.family);
    if (unit.family == ignored)
      type_weight_[type] = 0;
    else if (unit.family == LgnFamily::two_subfield || members[family] == 1)
      type_weight_[type] = 1;  // a family of one has nothing to share out
    else
      type_weight_[type] =
          (1 - std::abs(frequency - unit.temporal_frequency_hz) / total[family]) / (members[family] - 1);
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    largest_weight_[g] = 0;
    for (const auto type : groups_[g].types)
      largest_weight_[g] = std::max(largest_weight_[g], type_weight_[type]);
  }
}

/// Lists the grid cells within reach, with lower bounds of their units' exponents.
void LgnSampler::collect_cells(const Target& target, bool ignore_off) {
  cells_.clear();
  const auto& lgn = spec_.lgn;
  for (std::uint32_t g = 0; g < groups_.size(); ++g) {
    const auto& group = groups_[g];
    if (group.family == (ignore_off ? LgnFamily::sustained_off : LgnFamily::sustained_on)) continue;
    const double shift = group.shift * lgn.subfield_shift_deg;
    // Moving all units by the shift is moving the centre the other way.
    const Gaussian2d gaussian{.centre_x = target.centre_x - shift * target.cos,
                              .centre_y = target.centre_y - shift * target.sin,
                              .cos = target.cos,
                              .sin = target.sin,
                              .sigma_along = lgn.field_sigma_deg / std::sqrt(lgn.field_aspect),
                              .sigma_across = lgn.field_sigma_deg * std::sqrt(lgn.field_aspect)};
    bound_exponent(gaussian, group.cells, exponent_);
    const double reach = lgn.search_radius_deg + group.cells.half_width * 1.4143;
    for (std::uint32_t cell = 0; cell < group.cells.size(); ++cell) {
      const double dx = group.cells.x[cell] - target.centre_x, dy = group.cells.y[cell] - target.centre_y;
      if (dx * dx + dy * dy <= reach * reach) cells_.push_back({g, cell, exponent_[cell]});
    }
  }
}

/// Probability (times a constant) of choosing a unit; 0 out of reach or of the wrong type or tuning.
double LgnSampler::rate(const Target& target, const Group& group, const Unit& unit, double& distance2) const {
  const auto& lgn = spec_.lgn;
  const double dx = unit.x - target.centre_x, dy = unit.y - target.centre_y;
  if (dx * dx + dy * dy > lgn.search_radius_deg * lgn.search_radius_deg) return 0;
  const double weight = type_weight_[unit.type];
  if (group.family == LgnFamily::two_subfield) {
    const double difference =
        orientation_difference(std::fmod(std::abs(unit.tuning_angle - target.tuning_angle), 360.0), 0);
    if (!(difference < lgn.orientation_tolerance_deg)) return 0;
  }
  const double along = dx * target.cos + dy * target.sin + group.shift * lgn.subfield_shift_deg;
  const double across = dy * target.cos - dx * target.sin;
  distance2 = (along * along * lgn.field_aspect + across * across / lgn.field_aspect) /
              (lgn.field_sigma_deg * lgn.field_sigma_deg);
  return weight * std::exp(-0.5 * distance2);
}

void LgnSampler::add_near(const Target& target, const FarCell& cell, core::RandomStream& random) {
  const auto& group = groups_[cell.group];
  for (auto i = group.first[cell.cell]; i < group.first[cell.cell + 1]; ++i) {
    double distance2 = 0;
    const double p = rate(target, group, group.units[i], distance2);
    if (p > 0) arrivals_.push_back({random.exponential() / p, distance2, group.units[i].id});
  }
}

/// Units of the remaining cells that arrive before `until`.
void LgnSampler::add_far(const Target& target, double until, core::RandomStream& random) {
  double distance = random.exponential();
  for (const auto& cell : cells_) {
    const auto& group = groups_[cell.group];
    const auto first = group.first[cell.cell], count = group.first[cell.cell + 1] - first;
    const double bound = largest_weight_[cell.group] * exp_minus_upper(cell.exponent);
    const double intensity = until * bound * count;
    for (; distance < intensity; distance += random.exponential()) {
      const auto place = static_cast<std::uint32_t>(distance / (until * bound));
      const auto& unit = group.units[first + std::min(place, count - 1)];
      double distance2 = 0;
      const double p = rate(target, group, unit, distance2);
      assert(p <= bound);
      const double time = until * random.uniform();
      if (random.uniform() * bound < p) arrivals_.push_back({time, distance2, unit.id});
    }
    distance -= intensity;
  }
}

/// Leaves the first `wanted` units to arrive in `arrivals_`.
void LgnSampler::race(const Target& target, std::size_t wanted, core::RandomStream& random) {
  arrivals_.clear();
  // Exponents to begin with: units per unit of squared distance, from the density of the whole LGN.
  const auto& lgn = spec_.lgn;
  const double area = lgn.tile_deg * lgn.tile_deg * static_cast<double>(lgn.tiles_x * lgn.tiles_y);
  const double per_exponent = static_cast<double>(units_.size()) / area * 2 * std::numbers::pi *
                              lgn.field_sigma_deg * lgn.field_sigma_deg * 0.5;
  double limit = 0.3 + static_cast<double>(wanted) / per_exponent;
  while (true) {
    const auto far = std::stable_partition(cells_.begin(), cells_.end(),
                                           [&](const FarCell& cell) { return cell.exponent > limit; });
    for (auto cell = far; cell != cells_.end(); ++cell) add_near(target, *cell, random);
    cells_.erase(far, cells_.end());
    if (arrivals_.size() >= wanted || cells_.empty()) break;
    limit = limit * 1.4 + 0.2;
  }
  const auto earlier = [](const Arrival& a, const Arrival& b) {
    return a.time != b.time ? a.time < b.time : a.unit < b.unit;
  };
  const auto keep_first = [&] {
    if (arrivals_.size() <= wanted) return;
    const auto last = arrivals_.begin() + static_cast<std::ptrdiff_t>(wanted);
    std::nth_element(arrivals_.begin(), last - 1, arrivals_.end(), earlier);
    arrivals_.erase(last, arrivals_.end());
  };
  keep_first();
  if (cells_.empty() || wanted == 0) return;
  const auto near_count = static_cast<std::ptrdiff_t>(arrivals_.size());
  const auto slowest = std::max_element(arrivals_.begin(), arrivals_.end(), earlier);
  add_far(target, slowest->time, random);
  // A far unit may have arrived more than once: its first time counts.
  std::sort(arrivals_.begin() + near_count, arrivals_.end(), [](const Arrival& a, const Arrival& b) {
    return a.unit != b.unit ? a.unit < b.unit : a.time < b.time;
  });
  arrivals_.erase(std::unique(arrivals_.begin() + near_count, arrivals_.end(),
                              [](const Arrival& a, const Arrival& b) { return a.unit == b.unit; }),
                  arrivals_.end());
  keep_first();
}

void LgnSampler::deal_synapses(double yule, core::RandomStream& random,
                               std::vector<LgnConnection>& connections) {
  for (const auto& arrival : arrivals_) {
    chosen_.insert(arrival.unit);
    distance2_of_unit_[arrival.unit] = arrival.distance2;
  }
  std::vector<double> half_distance2;
  const auto first = connections.size();
  chosen_.drain([&](std::uint32_t unit) {
    half_distance2.push_back(0.5 * distance2_of_unit_[unit]);
    connections.push_back({unit, 1});
  });
  std::vector<std::uint32_t> synapses;
  deal_synapse_numbers(half_distance2, yule, random, synapses);
  for (std::size_t i = 0; i < synapses.size(); ++i) connections[first + i].synapses = synapses[i];
}

}  // namespace striate::builder
