// SPDX-License-Identifier: BSD-3-Clause
// Weight factors that compare the preferred directions and positions of two cells: the like-to-like rules of
// older versions of the V1 model (Billeh et al. 2020), known to BMTK as DirectionRule_others and _EE.
#pragma once

#include <cstdint>
#include <vector>

#include "io/sonata/nodes.hpp"

namespace striate::engine {

/// One value per node; degrees and µm. x and z may be empty where only angles are compared.
struct DirectionColumns {
  std::vector<double> tuning_angle, x, z;
};

enum class DirectionNeeds { angle, angle_and_position };

/// Throws FormatError when a node lacks a number.
DirectionColumns read_direction_columns(const io::NodePopulation& nodes, DirectionNeeds needs);

/// exp(-(D / sigma)^2), D the angle between the directions, 0..180 degrees.
double tuning_factor(double source_angle, double target_angle, double sigma);

/// Factor for excitatory pairs by the phase of their receptive fields: Gaussian in the distance along the
/// target's direction, scaled for the unequal extents of the two axes.
double phase_factor(const DirectionColumns& sources, std::uint32_t source, const DirectionColumns& targets,
                    std::uint32_t target);

}  // namespace striate::engine
