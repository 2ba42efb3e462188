// SPDX-License-Identifier: BSD-3-Clause
// Who connects to a target: every source independently with the probability of connection_rule.hpp, sampled
// exactly, without a cut-off distance and without looking at every pair.
//
// A connection of probability p exists iff a Poisson process of intensity -log(1 - p) has a point. Over the
// grid of sources that intensity is bounded cell by cell; points of the bound are drawn by walking through it
// with exponential steps (their place in the walk also names the source) and kept with the ratio of true to
// bounding intensity. Repeated hits of one source are one connection. Where the bound exceeds 0.3, sources
// are tried one by one instead. Skip sampling: Batagelj and Brandes 2005, Phys. Rev. E 71:036113; thinning:
// Lewis and Shedler 1979.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "builder/edges/edge_rows.hpp"
#include "builder/edges/source_grid.hpp"
#include "builder/nodes/id_set.hpp"
#include "core/values/random.hpp"

namespace striate::builder {

/// At least scale x -log(1 - p) / p for all p <= largest < 1.
inline double intensity_bound(double scale, double largest) {
  return scale * (1 - 0.5 * largest) / (1 - largest);
}

/// level <= -log(1 - p), by the beginning of its series where that decides.
inline bool below_intensity(double level, double p) {
  const double two_terms = p + 0.5 * p * p;
  const double rest = p * p * p / 3;  // of the series at least, rest / (1 - p) at most
  if (level <= two_terms + rest) return true;
  if ((level - two_terms) * (1 - p) > rest * (1 + 1e-9)) return false;
  return level <= -std::log1p(-p);
}

class ConnectionSampler {
 public:
  /// All arguments must outlive the sampler.
  ConnectionSampler(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule,
                    const SourceGrid& grid);

  /// Sources of `target`, ascending, appended to `sources`. A function of (seed, target) alone.
  void sample(std::uint32_t target, SourceColumn& sources);

  /// Candidates looked at so far: per connection a measure of the bounds' quality.
  std::uint64_t candidates() const { return candidates_; }

 private:
  struct Target {
    std::uint32_t id;
    double size_factor, tuning_angle;
    Gaussian2d gaussian;
  };

  /// Of the bounding process of one grid cell.
  struct Point {
    double mass;  ///< where in the cell: sums of TargetView::mass
    double level;  ///< uniform; the point is kept if below true over bounding intensity
    double intensity_scale;  ///< bounding intensity over mass
  };

  void sample_sign(const SignGrid& grid, const TargetView& view, const Target& target,
                   core::RandomStream& random);
  bool walk_far_block(const SignGrid& grid, const TargetView& view, const Target& target, std::size_t block,
                      double& distance, core::RandomStream& random);
  void walk_cells(const SignGrid& grid, const TargetView& view, const Target& target, std::size_t block,
                  double& distance, core::RandomStream& random);
  std::size_t try_all(const SignGrid& grid, const TargetView& view, const Target& target, std::size_t cell,
                      double scale, core::RandomStream& random);
  void propose(const SignGrid& grid, const TargetView& view, const Target& target, std::size_t cell,
               const Point& point);
  void keep_some(const SignGrid& grid, const TargetView& view, const Target& target);

  const NetworkSpec& spec_;
  const V1Nodes& nodes_;
  const ConnectionRule& rule_;
  const SourceGrid& grid_;
  IdSet found_;
  std::vector<float> bound_, block_bound_;
  struct Candidate {
    std::uint32_t source;  ///< place in SignGrid::sources
    std::uint32_t k;  ///< of the target's view
    double level;  ///< kept if below the true intensity
  };
  std::vector<Candidate> proposed_;
  std::uint64_t candidates_ = 0;
};

}  // namespace striate::builder
