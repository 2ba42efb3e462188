// SPDX-License-Identifier: BSD-3-Clause
// Power spectra of the pooled spikes of core cells of a type (counts in bins of 1 ms, Welch with segments of
// 1 s), averaged over the trials of each contrast and direction. Trials are dealt to ranks; the root adds
// them in their own order, so that ranks do not matter.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/window.hpp"

namespace striate::metrics {

inline constexpr std::size_t spectrum_segment = 1000;  ///< bins of 1 ms, hence 1 Hz apart
inline constexpr std::size_t spectrum_size = spectrum_segment / 2 + 1;

enum class SpectrumOf { population, cell };  ///< of the pooled counts over cells^2, or the mean over cells
enum class CountedCells { active, all };  ///< those that fire in the window, or all of the type in the core
enum class DensityUnit { per_khz, per_hz };

struct SpectrumRule {
  Window window = windows::contrast_spectra;
  SpectrumOf of = SpectrumOf::population;
  CountedCells counted = CountedCells::active;
  DensityUnit unit = DensityUnit::per_khz;
  bool times_frequency = false;
};

/// [type * spectrum_size + frequency (Hz)] of one run; NaN for types without spikes.
std::vector<double> trial_spectra(const std::filesystem::path& spike_file, const Cells& cells,
                                  const SpectrumRule& rule);

struct SpectraRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;  ///< of the CSV
  std::filesystem::path json_directory;  ///< of the JSON
  std::vector<std::filesystem::path> networks;  ///< further ones, whose JSON exists in their contrasts_OPT
  SpectrumRule rule;
  CoreRule core;
};

/// Writes combined_spectra_700to2700.json (keys as in the reference) and spectra_OPT.csv (contrast 0.8,
/// direction 0, up to 100 Hz: mean and standard error over networks). Collective. Absent trials are left out;
/// throws MissingFileError when all are.
std::vector<std::filesystem::path> make_spectra(const SpectraRequest& request, const core::Comm& comm);

}  // namespace striate::metrics
