// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/preferred_direction.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/base/type_labels.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double bin_width = 20;  // degrees
constexpr std::size_t bins = 9, least_points = 10;
constexpr std::size_t pair_width = CosineSums::size + 3 * bins;  // each bin: n, sum, sum of squares

/// Right-closed bins; 0 belongs to the first.
std::size_t bin_of(double degrees) {
  const double bin = std::ceil(degrees / bin_width) - 1;
  return static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)));
}

/// The pairs of labels, then E to E, E to I, I to E, I to I.
struct PairSums {
  std::vector<std::string> sources, targets;
  std::vector<double> sums;  ///< [pair * pair_width]
  std::span<const double> of(std::size_t pair) const {
    return std::span(sums).subspan(pair * pair_width, pair_width);
  }
};

PairSums with_classes(const std::vector<std::string>& names, std::vector<double> sums) {
  PairSums pairs{{}, {}, std::move(sums)};
  const std::size_t n = names.size();
  std::vector<double> classes(4 * pair_width, 0);
  for (std::size_t pair = 0; pair < n * n; ++pair) {
    const auto& source = names[pair / n];
    const auto& target = names[pair % n];
    pairs.sources.push_back(source);
    pairs.targets.push_back(target);
    const std::size_t place = (is_excitatory(source) ? 0u : 2u) + (is_excitatory(target) ? 0u : 1u);
    for (std::size_t i = 0; i < pair_width; ++i) classes[place * pair_width + i] += pairs.of(pair)[i];
  }
  for (const char* source : {"E", "I"})
    for (const char* target : {"E", "I"}) {
      pairs.sources.emplace_back(source);
      pairs.targets.emplace_back(target);
    }
  pairs.sums.insert(pairs.sums.end(), classes.begin(), classes.end());
  return pairs;
}

Table fit_table(const PairSums& pairs) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> edges;
  std::vector<double> a, b, c, direction, orientation, p_a, p_b;
  for (std::size_t pair = 0; pair < pairs.sources.size(); ++pair) {
    const auto own = pairs.of(pair).first(CosineSums::size);
    if (own[0] == 0) continue;
    const auto fit = CosineSums::fit(own);
    sources.push_back(pairs.sources[pair]);
    targets.push_back(pairs.targets[pair]);
    edges.push_back(static_cast<std::int64_t>(own[0]));
    a.push_back(fit.a);
    b.push_back(fit.b);
    c.push_back(fit.c);
    direction.push_back(fit.c == 0 ? nan : fit.a / fit.c);
    orientation.push_back(fit.c == 0 ? nan : fit.b / fit.c);
    p_a.push_back(fit.p_a);
    p_b.push_back(fit.p_b);
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"edges", std::move(edges)},
           {"a(pA)", std::move(a)},
           {"b(pA)", std::move(b)},
           {"c(pA)", std::move(c)},
           {"a_over_c", std::move(direction)},
           {"b_over_c", std::move(orientation)},
           {"p_a", std::move(p_a)},
           {"p_b", std::move(p_b)}}};
}

Table bin_table(const PairSums& pairs) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> edges;
  std::vector<double> centres, means, errors;
  for (std::size_t pair = 0; pair < pairs.sources.size(); ++pair) {
    if (pairs.of(pair)[0] == 0) continue;
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const auto own = pairs.of(pair).subspan(CosineSums::size + 3 * bin, 3);
      const double count = own[0], average = own[1] / count;
      const double variance = std::max(0.0, own[2] - own[1] * average) / (count - 1);
      sources.push_back(pairs.sources[pair]);
      targets.push_back(pairs.targets[pair]);
      centres.push_back((static_cast<double>(bin) + 0.5) * bin_width);
      edges.push_back(static_cast<std::int64_t>(count));
      means.push_back(count > 0 ? average : nan);
      errors.push_back(count > 1 ? std::sqrt(variance / count) : nan);
    }
  }
  return {{{"source_type", std::move(sources)},
           {"target_type", std::move(targets)},
           {"difference(deg)", std::move(centres)},
           {"edges", std::move(edges)},
           {"mean_weight(pA)", std::move(means)},
           {"sem(pA)", std::move(errors)}}};
}

}  // namespace

double direction_difference(double a_deg, double b_deg) {
  const double apart = std::fmod(std::abs(a_deg - b_deg), 360.0);
  return apart > 180 ? 360 - apart : apart;
}

void CosineSums::add(std::span<double> sums, double degrees, double y) {
  const double angle = degrees * std::numbers::pi / 180, u = std::cos(angle), v = std::cos(2 * angle);
  const double terms[size] = {1, u, v, u * u, u * v, v * v, y, u * y, v * y, y * y};
  for (std::size_t i = 0; i < size; ++i) sums[i] += terms[i];
}

CosineFit CosineSums::fit(std::span<const double> s) {
  const double n = s[0];
  const CosineFit none{nan, nan, n > 0 ? s[6] / n : nan, nan, nan};
  if (n < static_cast<double>(least_points)) return none;
  Eigen::Matrix3d normal;
  normal << s[3], s[4], s[1], s[4], s[5], s[2], s[1], s[2], n;
  const Eigen::Vector3d right(s[7], s[8], s[6]);
  const Eigen::FullPivLU<Eigen::Matrix3d> decomposition(normal / n);
  if (decomposition.rank() < 3) return none;
  const Eigen::Matrix3d inverse = decomposition.inverse() / n;
  const Eigen::Vector3d solution = inverse * right;
  const double residual = std::max(0.0, s[9] - solution.dot(right)) / (n - 3);
  const auto p_of = [&](int i) {
    return student_p(solution(i) / std::sqrt(residual * inverse(i, i)), n - 3);
  };
  return {solution(0), solution(1), solution(2), p_of(0), p_of(1)};
}

EdgeDirections::EdgeDirections(const std::filesystem::path& network, const Cells& cells,
                               const PreferredDirectionRequest& request)
    : cells_(cells), respective_layers_(request.respective_layers) {
  if (request.source == DirectionSource::structure) {
    directions_ = cells.tuning_angle;
    return;
  }
  const auto file = table_file(odsi_files.items[0], network / "metrics", request.option);
  auto tuning = read_tuning(file, cells);
  directions_ = std::move(tuning.preferred_direction);
  for (std::size_t row = 0; row < directions_.size(); ++row)
    if (!(tuning.max_rate[row] >= request.min_rate_hz)) directions_[row] = nan;
}

double EdgeDirections::difference(std::uint32_t source, std::uint32_t target) const {
  if (respective_layers_ && !in_respective_layers(cells_.type_of(source), cells_.type_of(target))) return nan;
  return direction_difference(directions_[source], directions_[target]);
}

void require_alike_tuning(const PreferredDirectionRequest& request) {
  if (request.source == DirectionSource::structure) return;
  MadeAlike alike;
  for (const auto& network : request.networks)
    alike.add(table_file(odsi_files.items[0], network / "metrics", request.option), network);
}

void describe(Provenance& provenance, const PreferredDirectionRequest& request) {
  for (const auto& network : request.networks) {
    provenance.inputs.push_back(v1_edge_file(network, request.option).string());
    provenance.inputs.push_back(core::NetworkPaths{network}.nodes(core::v1_population).string());
    provenance.inputs.push_back(
        request.source == DirectionSource::structure
            ? "tuning_angle"
            : table_file(odsi_files.items[0], network / "metrics", request.option).string());
  }
  describe_networks(provenance, request.networks);
  provenance.options.emplace_back("minimum rate (Hz)", request.source == DirectionSource::structure
                                                           ? "none"
                                                           : fmt::format("{}", request.min_rate_hz));
  provenance.options.emplace_back("respective layers", request.respective_layers ? "yes" : "no");
}

std::vector<std::filesystem::path> make_preferred_direction(const PreferredDirectionRequest& request,
                                                            const core::Comm& comm) {
  require_alike_tuning(request);
  const TypePooling pooling{request.aggregate_l5, request.simplify_inhibitory};
  const auto names = labels_of_all(request.networks, request.core, pooling);
  const std::size_t n = names.size();
  Provenance provenance{.kind = "preferred-direction",
                        .inputs = {},
                        .options = {{"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  describe(provenance, request);
  std::vector<double> total;
  for (const auto& network : request.networks) {
    const auto cells = read_cells(network, request.core);
    const EdgeDirections directions(network, cells, request);
    const auto labels = labels_among(names, cells, pooling);
    const auto visit = [&](std::uint32_t source, std::uint32_t target, double weight,
                           std::span<double> sums) {
      const double difference = directions.difference(source, target);
      if (std::isnan(difference)) return;
      const std::size_t pair = labels.of_type[cells.type[source]] * n + labels.of_type[cells.type[target]];
      const auto own = sums.subspan(pair * pair_width, pair_width);
      CosineSums::add(own, difference, weight);
      const auto bin = own.subspan(CosineSums::size + 3 * bin_of(difference), 3);
      bin[0] += 1;
      bin[1] += weight;
      bin[2] += weight * weight;
    };
    const auto file = v1_edge_file(network, request.option);
    add_sums(total, sum_core_edges(file, cells, n * n * pair_width, visit, comm, request.block_rows));
  }
  const auto named = [&](std::size_t k) {
    return table_file(preferred_direction_files.items[k], request.output_directory,
                      pooled_name(request.option, request.networks.size()));
  };
  const auto fits = named(0), curve = named(1);
  if (comm.is_root()) {
    const auto pairs = with_classes(names, std::move(total));
    write_csv(fits, fit_table(pairs), ',', provenance);
    write_csv(curve, bin_table(pairs), ',', provenance);
  }
  return {fits, curve};
}

}  // namespace striate::metrics
