// SPDX-License-Identifier: BSD-3-Clause
#include "core/error.hpp"
#include "lgn/background.hpp"

namespace striate::lgn {
namespace {

constexpr int directions = 8, trials_per_direction = 10, blank_trials = 30;
// First seeds of the paradigms, as the reference's script numbers them.
constexpr std::uint64_t gratings_seed = 381583, contrasts_seed = 451958, images_seed = 667542;
constexpr const char* contrast_names[] = {"0.05", "0.1", "0.2", "0.4", "0.6", "0.8"};

std::vector<BackgroundTrain> standard_files() {
  std::vector<BackgroundTrain> trains;
  struct Rate {
    const char* name;
    double hz;
  };
  for (const Rate rate : {Rate{"1kHz", 1000}, Rate{"250Hz", 250}, Rate{"full", 4000}})
    for (const int seconds : {10, 3})
      trains.push_back({.file = fmt::format("bkg/bkg_spikes_{}_{}s.h5", rate.name, seconds),
                        .rate_hz = rate.hz,
                        .duration_s = static_cast<double>(seconds),
                        .seed = 0});
  trains.push_back({.file = "bkg/bkg_spikes_regular_1s.h5", .regular = true, .duration_s = 1});
  return trains;
}

std::vector<BackgroundTrain> grating_trials(std::uint64_t units) {
  if (units != 1 && units != 100)
    throw core::ConfigError(
        "no background of the drifting gratings is defined for {} units (100 fire at 250 Hz, 1 at 1 kHz) use "
        "--rate and --duration",
        units);
  std::vector<BackgroundTrain> trains;
  const char* name = units == 100 ? "250Hz" : "1kHz";
  for (int i = 0; i < directions; ++i)
    for (int j = 0; j < trials_per_direction; ++j)
      trains.push_back(
          {.file = fmt::format("bkg_8dir_10trials/angle{}_trial{}/bkg_spikes_{}_3s.h5", 45 * i, j, name),
           .rate_hz = units == 100 ? 250.0 : 1000.0,
           .duration_s = 3,
           .seed = gratings_seed + static_cast<std::uint64_t>(trials_per_direction * i + j)});
  return trains;
}

std::vector<BackgroundTrain> contrast_trials() {
  std::vector<BackgroundTrain> trains;
  const auto add = [&](int angle, const char* contrast, int trial) {
    trains.push_back({.file = fmt::format("bkg_contrasts/angle{}_contrast{}_trial{}/bkg_spikes_250Hz_3s.h5",
                                          angle, contrast, trial),
                      .rate_hz = 250,
                      .duration_s = 3,
                      .seed = contrasts_seed + trains.size()});
  };
  for (int trial = 0; trial < blank_trials; ++trial) add(0, "0.0", trial);
  for (int i = 0; i < directions; ++i)
    for (const char* contrast : contrast_names)
      for (int trial = 0; trial < trials_per_direction; ++trial) add(45 * i, contrast, trial);
  return trains;
}

std::vector<BackgroundTrain> image_chunks(const char* name, int chunks, double seconds, std::uint64_t seed) {
  std::vector<BackgroundTrain> trains;
  for (int chunk = 0; chunk < chunks; ++chunk)
    trains.push_back({.file = fmt::format("bkg_{0}/bkg_{0}_chunk_{1:02}.h5", name, chunk),
                      .rate_hz = 250,
                      .duration_s = seconds,
                      .seed = seed + static_cast<std::uint64_t>(chunk)});
  return trains;
}

}  // namespace

std::vector<BackgroundTrain> background_plan(const std::string& paradigm, std::uint64_t units) {
  if (paradigm.empty()) return standard_files();
  if (paradigm == "8dir_10trials") return grating_trials(units);
  if (paradigm == "contrasts") return contrast_trials();
  // The reference's script goes on counting where the 510 contrast trials ended.
  if (paradigm == "imagenet") return image_chunks("imagenet", 60, 20, contrasts_seed + 510);
  if (paradigm == "bo") return image_chunks("bo", 51, 30.25, images_seed);
  throw core::UsageError("unknown paradigm '{}' (8dir_10trials, contrasts, imagenet and bo are known)",
                         paradigm);
}

}  // namespace striate::lgn
