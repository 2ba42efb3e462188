// SPDX-License-Identifier: BSD-3-Clause
// Do the weights in a built network's files follow their law? `tiny`, with and without like-to-like, against
// formulas written here from the rule itself and the model's tables; the constants stand here once more.
//
// A weight is the PSP of the target's lognormal distribution at a quantile q, over unitary PSP and size. So
// each weight is turned back into its q: between excitatory cells q is a closed form of the angles; elsewhere
// it follows from the tuning difference and normal noise, or is uniform, and its distribution is compared.
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "builder/spec/read_spec.hpp"
#include "core/values/random.hpp"
#include "support/built_network.hpp"
#include "support/unitary_psp_law.hpp"

using namespace striate;

namespace {

constexpr double margin = 0.001;  // of quantiles
constexpr double float_rounding = 2e-7;

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// Of directions, 0 to 180.
double fold(double degrees) {
  const double d = std::fmod(std::abs(degrees), 360.0);
  return std::min(d, 360 - d);
}

/// P(fold(difference + noise) <= d): the normal distribution wrapped and folded.
double folded_normal_cdf(double d, double difference, double sd) {
  double sum = 0;
  for (int turn = -2; turn <= 2; ++turn)
    sum += normal_cdf((360 * turn + d - difference) / sd) - normal_cdf((360 * turn - d - difference) / sd);
  return sum;
}

/// Of the direction differences that connected excitatory cells have: density falling linearly from 0 to half
/// at 90 degrees, mirrored beyond.
double orientation_cdf(double d) {
  constexpr double equal = 4.0 / 3, orthogonal = 2.0 / 3;
  if (d > 90) return 1 - orientation_cdf(180 - d);
  return (equal * d + (orthogonal - equal) * d * d / 180) / (90 * (equal + orthogonal));
}

struct Weight {
  const test::BuiltCell *source, *target;
  double weight, shape, median;  ///< median and shape of weights of this pair
  double quantile() const { return normal_cdf(std::log(std::abs(weight) / median) / shape); }
  double at_quantile(double q) const {
    return median * std::exp(shape * boost::math::quantile(boost::math::normal(), q)) *
           (source->population->excitatory ? 1 : -1);
  }
  double difference() const { return target->tuning_angle - source->tuning_angle; }
  double noise_deg() const {
    return !source->population->excitatory && !target->population->excitatory ? 10 : 5;
  }
  bool by_orientation() const { return source->population->excitatory && target->population->excitatory; }
  std::size_t sort() const {
    return (source->population->excitatory ? 0 : 2) + (target->population->excitatory ? 0u : 1u);
  }
};

/// In file order: targets rise, a target's sources rise.
std::vector<Weight> recurrent_weights(const test::BuiltNetwork& network) {
  const auto psp =
      test::by_key(test::model_table("psp_distributions.csv"), {"source_population", "target_population"});
  test::UnitaryPsp unitary;
  std::vector<Weight> weights;
  for (std::size_t i = 0; i < network.recurrent.weight.size(); ++i) {
    const auto& source = network.cells[network.recurrent.source[i]];
    const auto& target = network.cells[network.recurrent.target[i]];
    const auto& row = psp.at(source.population->name + " " + target.population->name);
    const double s = std::stod(row.at("psp_lognormal_shape")), s_t = target.population->size_shape;
    const double u =
        unitary.of(target.model, source.population->synapse_class, target.population->synapse_class);
    weights.push_back(
        {&source, &target, network.recurrent.weight[i], s >= s_t ? std::sqrt(s * s - s_t * s_t) : 0.001,
         std::stod(row.at("psp_lognormal_scale_mV")) * target.population->size_scale / (u * target.size)});
  }
  return weights;
}

/// sqrt(n) times the largest distance from the uniform distribution on (0, 1): above 1.95 by chance once in
/// a thousand times.
double uniform_distance(std::vector<double> values) {
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    largest = std::max(
        {largest, values[i] - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - values[i]});
  return std::sqrt(n) * largest;
}

/// How quantiles are distributed that are clamped at the margins: the clamped ones counted, the others
/// mapped to (0, 1) by their distribution function.
class QuantileLaw {
 public:
  /// `below(q)`: probability of a quantile of at most q, before clamping.
  template <class Below>
  void add(double q, Below below) {
    const double low = below(margin), high = below(1 - margin), clamped = 1 - (high - low);
    expected_ += clamped, variance_ += clamped * (1 - clamped);
    if (q < margin + 1e-6 || q > 1 - margin - 1e-6)
      ++clamped_;
    else
      inner_.push_back((below(q) - low) / (high - low));
  }
  double distance() const { return uniform_distance(inner_); }
  double clamped_deviation() const { return (clamped_ - expected_) / std::sqrt(variance_ + 1); }
  std::size_t size() const { return inner_.size(); }

 private:
  double clamped_ = 0, expected_ = 0, variance_ = 0;
  std::vector<double> inner_;
};

QuantileLaw tuned_law(const std::vector<Weight>& weights, std::size_t sort, double noise_factor) {
  QuantileLaw law;
  for (const auto& w : weights)
    if (w.sort() == sort)
      law.add(w.quantile(), [&](double q) {
        return 1 - folded_normal_cdf(180 * (1 - q), w.difference(), noise_factor * w.noise_deg());
      });
  return law;
}

void check_signs_and_floats(const std::vector<Weight>& weights) {
  std::size_t wrong_sign = 0, wider_than_float = 0;
  for (const auto& w : weights) {
    wrong_sign += (w.weight > 0) != w.source->population->excitatory;
    wider_than_float += static_cast<double>(static_cast<float>(w.weight)) != w.weight;
  }
  CHECK(wrong_sign == 0);
  CHECK(wider_than_float == 0);
}

}  // namespace

TEST_CASE("recurrent weights between tuned cells follow their difference of tuning") {
  const auto network = test::build_network("tiny", {});
  const auto weights = recurrent_weights(*network);
  REQUIRE(weights.size() > 50'000);
  check_signs_and_floats(weights);

  // Between excitatory cells nothing is random.
  double worst = 0;
  std::size_t exact = 0;
  for (const auto& w : weights) {
    if (!w.by_orientation()) continue;
    const double q = std::clamp(1 - orientation_cdf(fold(w.difference())), margin, 1 - margin);
    worst = std::max(worst, std::abs(w.weight / w.at_quantile(q) - 1));
    ++exact;
  }
  CHECK(exact > 14'000);
  CHECK(worst < float_rounding);

  for (const std::size_t sort : {1u, 2u, 3u}) {
    const auto law = tuned_law(weights, sort, 1);
    CAPTURE(sort, law.size());
    CHECK(law.size() > 2'000);
    CHECK(law.distance() < 1.95);
    CHECK(std::abs(law.clamped_deviation()) < 4);
    CHECK(tuned_law(weights, sort, 2).distance() > 3);  // a wrong law is noticed
    CHECK(tuned_law(weights, sort, 0.5).distance() > 3);
  }
}

TEST_CASE("recurrent weights without like-to-like are lognormal and ignore the difference of tuning") {
  const auto network = test::build_network("tiny", {{{"recurrent", "like_to_like"}, "false"}});
  const auto weights = recurrent_weights(*network);
  REQUIRE(weights.size() > 50'000);
  check_signs_and_floats(weights);

  struct Sums {
    double observed = 0, expected = 0, variance = 0;
  };
  std::map<std::pair<std::string, std::size_t>, Sums> means;
  const double z = boost::math::quantile(boost::math::normal(), 1 - margin);
  for (const std::size_t sort : {0u, 1u, 2u, 3u}) {
    QuantileLaw law;
    double covariance = 0;
    for (const auto& w : weights) {
      if (w.sort() != sort) continue;
      const double q = w.quantile();
      law.add(q, [](double value) { return value; });
      covariance += (q - 0.5) * (fold(w.difference()) - 90);
      // Moments of a lognormal whose normal deviate is clamped to +-z.
      const auto moment = [&](double k) {
        const double s = k * w.shape;
        return std::pow(w.median, k) * (std::exp(s * s / 2) * (normal_cdf(z - s) - normal_cdf(-z - s)) +
                                        margin * (std::exp(s * z) + std::exp(-s * z)));
      };
      auto& sums = means[{w.target->population->name, sort}];
      sums.observed += std::abs(w.weight);
      sums.expected += moment(1);
      sums.variance += moment(2) - moment(1) * moment(1);
    }
    CAPTURE(sort, law.size());
    CHECK(law.size() > 2'000);
    CHECK(law.distance() < 1.95);
    CHECK(std::abs(law.clamped_deviation()) < 4);
    // sd of q 0.29, of a difference of angles 52 degrees.
    CHECK(std::abs(covariance) < 4 * 0.289 * 52 * std::sqrt(static_cast<double>(law.size())));
  }
  for (const auto& [sort, sums] : means) {
    CAPTURE(sort.first, sort.second, sums.observed / sums.expected);
    CHECK(std::abs(sums.observed - sums.expected) < 4.5 * std::sqrt(sums.variance) + 1e-6 * sums.expected);
  }
}

TEST_CASE("random weights come from the stream of their target") {
  const auto seed = builder::read_network_spec("tiny").seed;
  const bool like_to_like = GENERATE(true, false);
  const auto network =
      test::build_network("tiny", {{{"recurrent", "like_to_like"}, like_to_like ? "true" : "false"}});
  const auto weights = recurrent_weights(*network);
  double worst = 0;
  std::uint64_t target = network->cells.size();
  core::RandomStream random(0, core::Purpose::test, 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto& w = weights[i];
    if (network->recurrent.target[i] != target) {
      target = network->recurrent.target[i];
      random = core::RandomStream(seed, core::Purpose::recurrent_weight, target);
    }
    double q = 0;
    if (!like_to_like)
      q = random.uniform();
    else if (w.by_orientation())
      continue;
    else
      q = 1 - fold(w.difference() + w.noise_deg() * random.normal()) / 180;
    worst = std::max(worst, std::abs(w.weight / w.at_quantile(std::clamp(q, margin, 1 - margin)) - 1));
  }
  CHECK(worst < float_rounding);
}
