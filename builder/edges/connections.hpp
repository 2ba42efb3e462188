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

#include <cstdint>
#include <vector>

#include "builder/edges/source_grid.hpp"
#include "builder/nodes/id_set.hpp"
#include "core/random.hpp"

namespace striate::builder {

class ConnectionSampler {
 public:
  /// All arguments must outlive the sampler.
  ConnectionSampler(const NetworkSpec& spec, const V1Nodes& nodes, const ConnectionRule& rule,
                    const SourceGrid& grid);

  /// Sources of `target`, ascending, appended to `sources`. A function of (seed, target) alone.
  void sample(std::uint32_t target, std::vector<std::uint32_t>& sources);

  /// Candidates looked at so far: per connection a measure of the bounds' quality.
  std::uint64_t candidates() const { return candidates_; }

 private:
  struct Target {
    std::uint32_t id;
    double size_factor, tuning_angle;
    Gaussian2d gaussian;
  };

  void sample_sign(const SignGrid& grid, const TargetView& view, const Target& target,
                   core::RandomStream& random);
  std::size_t try_all(const SignGrid& grid, const TargetView& view, const Target& target, std::size_t cell,
                      double scale, core::RandomStream& random);
  void propose(const SignGrid& grid, const TargetView& view, std::size_t cell, double mass, double level);
  void keep_some(const SignGrid& grid, const TargetView& view, const Target& target);

  const NetworkSpec& spec_;
  const V1Nodes& nodes_;
  const ConnectionRule& rule_;
  const SourceGrid& grid_;
  IdSet found_;
  std::vector<float> bound_;
  struct Candidate {
    std::uint32_t source;  ///< place in SignGrid::sources
    std::uint32_t k;  ///< of the target's view
    double level;  ///< kept if below the true intensity
  };
  std::vector<Candidate> proposed_;
  std::uint64_t candidates_ = 0;
};

}  // namespace striate::builder
