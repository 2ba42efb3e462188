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

#include "core/ranks/comm.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/named_windows.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

/// 10^-3 to 10^0 s in equal steps of the exponent, in ms.
std::array<double, 20> fano_bin_widths();
/// Whole bins of a width that fit into the window.
std::size_t whole_bins(const Window& window, double bin_ms);
/// Divisor of the variance n; NaN with fewer than two whole bins or without spikes in them.
double fano_factor(std::span<const double> times_ms, const Window& window, double bin_ms);

inline constexpr double usual_fano_draws = 100;

struct FanoRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::filesystem::path run;  ///< run directory
  Window window = fano_window;
  std::int64_t draws = static_cast<std::int64_t>(usual_fano_draws);
  std::uint64_t seed = 0;
  CoreRule core;
};

/// Writes fano_OPT.csv (bin width, bins, mean and standard error over the draws, draws with a value). The
/// root works alone. Throws MissingFileError without spikes, FormatError without excitatory core cells.
std::vector<std::filesystem::path> make_fano(const FanoRequest& request, const core::Comm& comm);

inline constexpr core::Patterns fano_files{{"{tables}/fano_{option}.csv"}};
inline constexpr core::Option fano_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    {.name = "run", .value = "DIR", .help = "run directory (BASE/output_OPT)", .moves_files = true},
    options::name,
    {.name = "window",
     .value = "NAME",
     .help = "fano: 100 to 500 ms; or of a shipped paradigm: evoked, spontaneous, …",
     .fallback = "fano"},
    {.name = "draws",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "groups",
     .usual = usual_fano_draws,
     .low = 1,
     .high = 1e6},
    options::described(options::seed, "of the draws")};
std::vector<std::filesystem::path> run_fano(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
