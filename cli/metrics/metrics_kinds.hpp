// SPDX-License-Identifier: BSD-3-Clause
// The analyses of `striate metrics KIND`: one table holds name, one-line help and function
// (cli/cmd_metrics.cpp); the functions are in cli/metrics_*.cpp. All take BASE, OPT, an output folder and the
// definition of the core, parsed here.
#pragma once

#include <filesystem>

#include "cli/arguments/command.hpp"
#include "metrics/analyses/tuning/odsi.hpp"
#include "metrics/base/cells.hpp"

namespace striate::cli {

core::ExitCode run_metrics_odsi(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_rates(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_similarity(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_reference(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_sparsity(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_contrast(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_preferred_direction(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_fano(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_spectra(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_suppression(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_if_curves(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_target_current(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_weights(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_correlation(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_images(const Arguments& arguments, const core::Comm& world);
core::ExitCode run_metrics_decoding(const Arguments& arguments, const core::Comm& world);

/// What every analysis is told.
struct MetricsCall {
  boost::program_options::variables_map values;
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;  ///< BASE/metrics without -o
  metrics::CoreRule core;
};

/// Usage "striate metrics KIND BASE OPT [options]" with the common options.
Interface metrics_interface(const std::string& kind, const std::string& description);
/// nullopt after --help. Throws UsageError.
std::optional<MetricsCall> parse_metrics(const Interface& interface, const Arguments& arguments,
                                         const core::Comm& world);

/// For metrics_interface().options: "--silent nan|zero".
void add_silent_option(Interface& interface);
metrics::SilentCells silent_cells(const MetricsCall& call);

/// A finite number within [low, high]; the default when the option is absent.
double number_option(const MetricsCall& call, const std::string& name, double fallback, double low,
                     double high);
std::int64_t integer_option(const MetricsCall& call, const std::string& name, std::int64_t fallback,
                            std::int64_t low, std::int64_t high);
/// One of `words`; the first is the default.
std::string word_option(const MetricsCall& call, const std::string& name,
                        std::initializer_list<const char*> words);
std::optional<std::string> text_option(const MetricsCall& call, const std::string& name);
std::vector<std::filesystem::path> path_options(const MetricsCall& call, const std::string& name);

/// Says which files there are now. Returns `done`.
core::ExitCode report_files(const std::vector<std::filesystem::path>& files);

}  // namespace striate::cli
