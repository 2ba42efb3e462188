// SPDX-License-Identifier: BSD-3-Clause
// Population Fano factor: variance over mean of the spike counts that a random group of excitatory core cells
// has together in adjacent bins of one run, for twenty widths from 1 ms to 1 s. Each draw of a group has
// random numbers of its own.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/window.hpp"

namespace striate::metrics {

/// 10^-3 to 10^0 s in equal steps of the exponent, in ms.
std::array<double, 20> fano_bin_widths();
/// Whole bins of a width that fit into the window.
std::size_t whole_bins(const Window& window, double bin_ms);
/// Divisor of the variance n; NaN with fewer than two whole bins or without spikes in them.
double fano_factor(std::span<const double> times_ms, const Window& window, double bin_ms);

struct FanoRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::filesystem::path run;  ///< run directory
  Window window = windows::fano;
  std::int64_t draws = 100;
  std::uint64_t seed = 0;
  CoreRule core;
};

/// Writes fano_OPT.csv (bin width, bins, mean and standard error over the draws, draws with a value). The
/// root works alone. Throws MissingFileError without spikes, FormatError without excitatory core cells.
std::vector<std::filesystem::path> make_fano(const FanoRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
