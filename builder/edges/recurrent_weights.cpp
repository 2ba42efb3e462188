// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edges/recurrent_weights.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

#include "core/values/random.hpp"

namespace striate::builder {
namespace {

/// Shape for targets more variable in size than their PSPs: practically none left.
constexpr double least_shape = 0.001;
/// Of a target: in a large sheet each lies in another page of memory.
constexpr std::size_t sources_ahead = 16;

using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

}  // namespace

double orientation_quantile(double difference_deg, const OrientationRule& rule) {
  const double x = difference_deg - 90;
  const double gradient = (rule.at_orthogonal - rule.at_equal) / 90;
  const double half = x < 0 ? 0.5 : -0.5;
  return 0.5 -
         (half * gradient * x * x + rule.at_orthogonal * x) / (90 * (rule.at_equal + rule.at_orthogonal));
}

double normal_deviate(double q) {
  return std::numbers::sqrt2 * boost::math::erf_inv(2 * q - 1, Policy());
}

WeightRule::WeightRule(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule)
    : spec_(spec), nodes_(nodes) {
  const auto count = spec.populations.size();
  for (std::size_t source = 0; source < count; ++source)
    for (std::size_t target = 0; target < count; ++target) {
      const auto& psp = spec.psp(source, target);
      const auto& size = spec.populations[target];
      PairTable pair{};
      pair.shape = psp.shape >= size.size_shape
                       ? std::sqrt(psp.shape * psp.shape - size.size_shape * size.size_shape)
                       : least_shape;
      pair.median = psp.scale_mV * size.size_scale * (spec.populations[source].excitatory ? 1 : -1);
      pair.orientation =
          &rule.pair(rule.kind_of_population[source], rule.kind_of_population[target]).orientation;
      pair.noise_deg = spec.recurrent.tuning_noise_deg[spec.populations[source].excitatory ? 0 : 1]
                                                      [spec.populations[target].excitatory ? 0 : 1];
      pairs_.push_back(pair);
    }
  for (const auto model : nodes.model)
    population_of_node_.push_back(static_cast<std::uint8_t>(spec.models[model].population));
}

double WeightRule::quantile(const PairTable& pair, double difference_deg, core::RandomStream& random) const {
  double q = 0;
  if (!spec_.recurrent.like_to_like)
    q = random.uniform();
  else if (pair.orientation->active)
    q = orientation_quantile(direction_difference(difference_deg), *pair.orientation);
  else
    q = 1 - direction_difference(difference_deg + pair.noise_deg * random.normal()) / 180;
  return std::clamp(q, spec_.recurrent.quantile_margin, 1 - spec_.recurrent.quantile_margin);
}

void WeightRule::weigh(std::uint32_t target, std::span<const std::uint32_t> sources,
                       WeightColumn& weights) const {
  core::RandomStream random(spec_.seed, core::Purpose::recurrent_weight, target);
  const auto& model = spec_.models[nodes_.model[target]];
  const double angle = nodes_.tuning_angle[target];
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (i + sources_ahead < sources.size()) {
      __builtin_prefetch(&nodes_.tuning_angle[sources[i + sources_ahead]]);
      __builtin_prefetch(&population_of_node_[sources[i + sources_ahead]]);
    }
    const auto source = sources[i];
    const auto source_population = population_of_node_[source];
    const auto& pair = pairs_[source_population * spec_.populations.size() + model.population];
    const double q = quantile(pair, angle - nodes_.tuning_angle[source], random);
    const double psp_times_size = pair.median * std::exp(pair.shape * normal_deviate(q));
    const double unitary = model.unitary_psp_mV[spec_.populations[source_population].synapse_class];
    weights.push_back(static_cast<float>(psp_times_size / (unitary * nodes_.target_size[target])));
  }
}

}  // namespace striate::builder
