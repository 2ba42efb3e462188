// SPDX-License-Identifier: BSD-3-Clause
// The runs that the reference's tables are made of: where they lie below a network directory, in the order in
// which the reference numbers its jobs. The metrics index them by direction, contrast and repetition of a
// fixed protocol, so it stands here as code; io/paradigm/paradigm.hpp reads any paradigm from YAML, to run
// it. A test holds both to the same directories (tests/unit/io/paradigm/paradigm_test.cpp).
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace striate::io {

/// One run of a paradigm. `run_directory` holds its spikes.
struct Trial {
  int angle_deg = 0;
  int contrast = -1;  ///< index into contrast_values, or -1: blank or no contrast paradigm
  int repetition = 0;
  std::filesystem::path run_directory;
};

inline constexpr int grating_directions = 8, grating_trials = 10, contrast_trials = 10, blank_trials = 30;
inline constexpr double contrast_values[] = {0.05, 0.1, 0.2, 0.4, 0.6, 0.8};
inline constexpr const char* contrast_texts[] = {"0.05", "0.1", "0.2", "0.4", "0.6", "0.8"};

/// 8 directions (outer) x 10 trials below BASE/8dir_10trials_OPT.
std::vector<Trial> drifting_gratings(const std::filesystem::path& base, const std::string& option);
/// 30 blanks, then direction x contrast x trial below BASE/contrasts_OPT: 510.
std::vector<Trial> contrasts(const std::filesystem::path& base, const std::string& option);
/// BASE/output_NAME_OPT/chunk_00 …, `name` being "bo" or "imagenet".
std::vector<Trial> image_chunks(const std::filesystem::path& base, const std::string& name,
                                const std::string& option, int chunks);

}  // namespace striate::io
