// SPDX-License-Identifier: BSD-3-Clause
// Power spectra of the pooled spikes of core cells of a type (counts in bins of 1 ms, Welch with segments of
// 1 s), averaged over the trials of each contrast and direction. Trials are dealt to ranks; the root adds
// them in their own order, so that ranks do not matter.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "metrics/analyses/tuning/contrast.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/named_windows.hpp"

namespace striate::metrics {

inline constexpr std::size_t spectrum_segment = 1000;  ///< bins of 1 ms, hence 1 Hz apart
inline constexpr std::size_t spectrum_size = spectrum_segment / 2 + 1;

enum class SpectrumOf { population, cell };  ///< of the pooled counts over cells^2, or the mean over cells
enum class CountedCells { active, all };  ///< those that fire in the window, or all of the type in the core
enum class DensityUnit { per_khz, per_hz };

struct SpectrumRule {
  Window window;  ///< whole ms, at least a segment
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
  NetworkPaths networks;  ///< `base`, then others, whose JSON lies beside their trials; none: `base` alone
  io::Paradigm paradigm;  ///< with variables `angle` and `contrast`
  SpectrumRule rule;
  CoreRule core;
};

/// Writes combined_spectra_700to2700.json (keys as in the reference) and spectra_OPT.csv (the largest
/// contrast, the first direction, up to 100 Hz: mean and standard error over networks). Collective. Absent
/// trials are left out; throws MissingFileError when all are.
std::vector<std::filesystem::path> make_spectra(const SpectraRequest& request, const core::Comm& comm);

inline constexpr core::Patterns spectra_files{
    {"{runs}/combined_spectra_{window:spectra}.json", "{tables}/spectra_{option}.csv"}};
inline constexpr core::Option spectra_options[] = {
    options::output_dir,
    options::core_radius,
    options::core_edge,
    options::paradigm_named(contrast_gratings),
    {.name = "from",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "own window, whole ms, at least 1000 long (the paradigm's window `spectra`) …",
     .high = 1e6,
     .moves_files = true},
    {.name = "to",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "… and its end",
     .high = 1e6,
     .moves_files = true},
    {.name = "of",
     .type = core::Option::Type::word,
     .value = "population|cell",
     .help = "of the pooled counts, over the square of the cells, or mean over cells"},
    {.name = "cells",
     .type = core::Option::Type::word,
     .value = "active|all",
     .help = "divide by the active ones, as the reference, or by all"},
    {.name = "unit",
     .type = core::Option::Type::word,
     .value = "per_khz|per_hz",
     .help = "per_khz as the reference"},
    {.name = "times-frequency", .type = core::Option::Type::flag, .help = "multiply by the frequency (Hz)"},
    options::described(options::networks,
                       "mean over further networks, too, whose JSON exists: spectra_OPT_N_networks.csv")};
std::vector<std::filesystem::path> run_spectra(const core::Call& call, const core::Comm& world);
std::string spectra_refusal(const io::Paradigm& paradigm);

}  // namespace striate::metrics
