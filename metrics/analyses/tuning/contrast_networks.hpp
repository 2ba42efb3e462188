// SPDX-License-Identifier: BSD-3-Clause
// Contrast responses over several networks: the type means of each network (contrast_by_type_OPT.csv) are the
// samples.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::metrics {

struct SampleMean {
  std::int64_t count = 0;
  double mean = 0, deviation = 0, error = 0;  ///< ddof 1
  double half_interval = 0;  ///< 95 %, Student's t; NaN with one sample
};
/// Of the values that are no NaN.
SampleMean sample_mean(std::span<const double> values);

struct ContrastNetworksRequest {
  std::vector<std::filesystem::path> tables;  ///< contrast_by_type_OPT.csv of each network
  std::string option;
  std::filesystem::path output_directory;
};

/// Writes contrast_networks_OPT.csv (cell_type, contrast, metric, networks, mean, sd, sem, ci95). The root
/// works alone.
std::vector<std::filesystem::path> make_contrast_networks(const ContrastNetworksRequest& request,
                                                          const core::Comm& comm);

}  // namespace striate::metrics
