// SPDX-License-Identifier: BSD-3-Clause
// Trials of the shipped paradigms as tests write spikes for them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/paradigm/read_paradigm.hpp"

namespace striate::test {

struct ShippedTrial {
  int angle_deg = 0;
  double contrast = -1;  ///< -1: the paradigm has none
  int repetition = 0;
  std::filesystem::path run_directory;
};

inline std::vector<ShippedTrial> shipped_trials(const std::string& paradigm,
                                                const std::filesystem::path& base,
                                                const std::string& option) {
  const auto read = io::read_paradigm(paradigm, nullptr);
  std::vector<ShippedTrial> trials;
  for (const auto& trial : read.trials) {
    ShippedTrial shipped{.run_directory = base / read.run_directory(trial, option)};
    for (const auto& [variable, value] : trial.variables) {
      if (variable == "angle") shipped.angle_deg = std::stoi(value);
      if (variable == "contrast") shipped.contrast = std::stod(value);
      if (variable == "trial") shipped.repetition = std::stoi(value);
    }
    trials.push_back(std::move(shipped));
  }
  return trials;
}

}  // namespace striate::test
