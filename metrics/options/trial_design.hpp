// SPDX-License-Identifier: BSD-3-Clause
// What the trials of a paradigm differ in, as analyses need it: which trials show which value of a variable,
// and whether a comparison of these trials means what it says. Everything comes from the paradigm's YAML.
#pragma once

#include <complex>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "io/paradigm/paradigm.hpp"
#include "metrics/base/named_windows.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

namespace options {
inline constexpr Option paradigm{.name = "paradigm",
                                 .value = "NAME|FILE",
                                 .help = "whose trials: a shipped paradigm, or the YAML of your own"};
/// The same with the kind's own paradigm as default.
constexpr Option paradigm_named(const char* usual) {
  Option option = paradigm;
  option.fallback = usual;
  return option;
}
}  // namespace options

/// --paradigm.
io::Paradigm paradigm_of(const core::Call& call);
/// That of an argument PARADIGM: the YAML of one's own, one of BASE/configs/paradigms, or a shipped one.
io::Paradigm paradigm_named(const std::string& name_or_file, const std::filesystem::path& base);
/// -o, else the folder of the paradigm's tables for a kind that usually takes the paradigm `usual`.
std::filesystem::path output_directory(const core::Call& call, const io::Paradigm& paradigm,
                                       const char* usual);

/// Directories of all trials' results, in order.
std::vector<std::filesystem::path> run_directories(const io::Paradigm& paradigm,
                                                   const std::filesystem::path& base,
                                                   const std::string& option);
/// For people: "BASE/8dir_10trials_plain/angle*_trial*/spikes.h5".
std::string all_spike_files(const io::Paradigm& paradigm, const std::filesystem::path& base,
                            const std::string& option);

/// The distinct values of a variable, ascending, and the trials that have each, in order.
struct Levels {
  std::vector<std::string> texts;  ///< as in the YAML: "0.05"
  std::vector<double> values;
  std::vector<std::vector<std::size_t>> trials;  ///< [level]
  std::size_t size() const { return values.size(); }
};
/// Of the trials where `variable` is a number.
Levels levels_of(const io::Paradigm& paradigm, const std::string& variable);

/// A trial's values of all variables but some, as text that is equal for equal conditions.
std::string condition_besides(const io::ParadigmTrial& trial, const std::vector<std::string>& left_out);

/// Why not, or "": each of these is one thing that a kind of tables may need of a paradigm.
/// For tables that take a trial for one condition.
std::string several_conditions(const io::Paradigm& paradigm);
std::string missing_variable(const io::Paradigm& paradigm, const std::string& variable);
std::string missing_window(const io::Paradigm& paradigm, const std::string& window);
/// All directions must be shown under the same conditions, else their difference is that of the conditions.
std::string unequal_directions(const io::Paradigm& paradigm);
/// The first of them that is not empty.
std::string first_of(std::initializer_list<std::string> reasons);

/// Throws UsageError with the reason, if there is one: whoever makes a table asks again.
void require_served(const std::string& refusal, const io::Paradigm& paradigm, const char* kind);
/// Throws ConfigError where a table of conditions in BASE says that trials, which the paradigm's YAML takes
/// for one condition each, show several.
void require_one_condition(const io::Paradigm& paradigm, const std::filesystem::path& base, const char* kind);

/// Directions of motion, ascending. An untuned cell must have no selectivity, so the vectors at the angle
/// must cancel for direction, those at twice the angle for orientation.
struct Directions {
  std::vector<double> degrees;
  bool tell_direction = false, tell_orientation = false;
  std::size_t size() const { return degrees.size(); }
};
Directions directions_with(std::vector<double> degrees);
/// Exact at multiples of 45 degrees, so that untuned cells get exactly 0.
std::complex<double> unit_vector(double degrees);

}  // namespace striate::metrics
