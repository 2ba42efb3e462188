// SPDX-License-Identifier: BSD-3-Clause
// Distance of the orientation and direction selectivity of cell types from recorded means, measured on the
// summed response of a type to single directions (docs/training.md, "Selectivity").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace striate::training {

struct SelectivityTarget {
  double osi = 0, dsi = 0;
};

struct SelectivityCells {
  std::vector<std::uint32_t> cells;
  std::vector<std::uint32_t> kind;  ///< of each of them, into targets
  std::vector<double> tuning_deg;  ///< of each of them
  std::vector<SelectivityTarget> targets;
};

struct SelectivityLossOptions {
  double strength = 20;
  double least_rate = 0.0005;  ///< spikes per ms; divisors are at least this
};

/// `spikes`: [cell][trial]; `mean_rate`: [cell], running mean, spikes per ms; `direction_deg`: [trial].
/// Adds the derivative after one spike to gradient[cell × trials + trial], times `factor`. Returns the loss,
/// times `factor`.
double selectivity_loss(const SelectivityCells& cells, std::span<const std::uint32_t> spikes,
                        std::span<const double> mean_rate, std::span<const double> direction_deg,
                        double steps, const SelectivityLossOptions& options, double factor,
                        std::span<double> gradient);

}  // namespace striate::training
