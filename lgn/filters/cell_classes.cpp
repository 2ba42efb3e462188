// SPDX-License-Identifier: BSD-3-Clause
#include <array>
#include <string_view>

#include "core/errors/error.hpp"
#include "lgn/filters/lgn_cells.hpp"

namespace striate::lgn {
namespace {

struct SpontaneousRate {
  std::string_view name;
  double hz;
};

/// Mean spontaneous rate of the recorded cells of a class whose response is largest at that temporal
/// frequency.
constexpr std::array spontaneous_rates{
    SpontaneousRate{"sON_TF1", 5.2},
    SpontaneousRate{"sON_TF2", 3.533333333333333},
    SpontaneousRate{"sON_TF4", 8.25},
    SpontaneousRate{"sON_TF8", 1.7666666666666666},
    SpontaneousRate{"sON_TF15", 10.879999999999995},
    SpontaneousRate{"sOFF_TF1", 3.95},
    SpontaneousRate{"sOFF_TF2", 4.5317777777777755},
    SpontaneousRate{"sOFF_TF4", 3.679074074074074},
    SpontaneousRate{"sOFF_TF8", 3.62},
    SpontaneousRate{"sOFF_TF15", 5.075},
    SpontaneousRate{"tON_TF8", 2.6},
    SpontaneousRate{"tOFF_TF1", 5.5},
    SpontaneousRate{"tOFF_TF2", 3.4095238095238303},
    SpontaneousRate{"tOFF_TF4", 3.9445502645502764},
    SpontaneousRate{"tOFF_TF8", 2.4377777777777867},
    SpontaneousRate{"tOFF_TF15", 1.050666666666664},
};

/// Moves both bumps so that the kernel turns negative `peak_ms` after the stimulus; returns the lobe's sum.
double align(TemporalParameters& temporal, double peak_ms, const std::string& where, const char* subfield) {
  const PositiveLobe lobe = positive_lobe(temporal_kernel(temporal));
  if (!lobe.found)
    throw core::FormatError(
        "no zero crossing in the temporal kernel of the {} subfield of {} (its maximum must come before its "
        "minimum) check weight, kpeaks and delay",
        subfield, where);
  const double shift_ms = peak_ms - static_cast<double>(lobe.crossing_ms);
  if (shift_ms < 0)
    throw core::FormatError(
        "temporal kernel of the {} subfield of {} turns negative at {} ms (must be no later than {} ms) "
        "check "
        "kpeaks and delay",
        subfield, where, lobe.crossing_ms, peak_ms);
  for (double& delay : temporal.delay_ms) delay += shift_ms;
  return lobe.sum;
}

}  // namespace

std::optional<double> spontaneous_rate_hz(const std::string& class_name) {
  const bool has_frequency = class_name.find("_TF") != std::string::npos;
  const std::string name = has_frequency ? class_name : class_name + "_TF8";
  for (const auto& entry : spontaneous_rates)
    if (entry.name == name) return entry.hz;
  return std::nullopt;
}

std::optional<TwoSubfieldClass> two_subfield_class(const std::string& class_name) {
  if (class_name == "sONsOFF" || class_name == "sONsOFF_001")
    return TwoSubfieldClass{.prefix = "sONsOFF",
                            .baseline_hz = 4.0,
                            .max_off_hz = 35,
                            .max_on_hz = 21,
                            .off_gain = 1,
                            .on_peak_ms = 121,
                            .off_peak_ms = 115};
  if (class_name == "sONtOFF" || class_name == "sONtOFF_001")
    return TwoSubfieldClass{.prefix = "sONtOFF",
                            .baseline_hz = 5.5,
                            .max_off_hz = 46,
                            .max_on_hz = 31,
                            .off_gain = 0.7,
                            .on_peak_ms = 93.5,
                            .off_peak_ms = 64.8};
  return std::nullopt;
}

void balance_subfields(const TwoSubfieldClass& model, SubUnit& off, SubUnit& on, const std::string& where) {
  const double off_lobe = align(off.temporal, model.off_peak_ms, where, "dominant (OFF)");
  const double on_lobe = align(on.temporal, model.on_peak_ms, where, "non-dominant (ON)");
  const double ratio = model.max_off_hz / model.max_on_hz;
  on.amplitude = 1;
  off.amplitude = -model.off_gain * ratio * (on_lobe / off_lobe) -
                  model.baseline_hz * (model.max_off_hz - model.max_on_hz) / (model.max_on_hz * off_lobe);
  off.baseline_hz = on.baseline_hz = model.baseline_hz / 2;
}

}  // namespace striate::lgn
