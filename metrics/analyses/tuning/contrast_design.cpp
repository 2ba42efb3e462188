// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/contrast_design.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/values/nan.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {

using core::nan;

ContrastDesign contrast_design(const io::Paradigm& paradigm) {
  ContrastDesign design;
  const auto angles = levels_of(paradigm, "angle");
  design.contrasts = levels_of(paradigm, "contrast");
  std::vector<double> shown;  // blanks have an angle, too
  std::vector<std::vector<std::size_t>> trials;
  const auto is_blank = [&](std::size_t trial) {
    return !design.blanks.empty() && std::ranges::find(design.blanks, trial) != design.blanks.end();
  };
  if (design.contrasts.size() > 0 && design.contrasts.values.front() == 0) {
    design.blanks = design.contrasts.trials.front();
    design.contrasts.texts.erase(design.contrasts.texts.begin());
    design.contrasts.values.erase(design.contrasts.values.begin());
    design.contrasts.trials.erase(design.contrasts.trials.begin());
  }
  for (std::size_t k = 0; k < angles.size(); ++k) {
    if (std::ranges::all_of(angles.trials[k], is_blank)) continue;
    shown.push_back(angles.values[k]);
    for (const auto& of_contrast : design.contrasts.trials) {
      auto& cell = trials.emplace_back();
      std::ranges::set_intersection(angles.trials[k], of_contrast, std::back_inserter(cell));
    }
  }
  for (const auto& cell : trials) design.repetitions = std::max(design.repetitions, cell.size());
  for (const auto& cell : trials)
    if (cell.size() == design.repetitions)
      design.evoked.insert(design.evoked.end(), cell.begin(), cell.end());
  design.directions = directions_with(std::move(shown));
  return design;
}

std::string contrast_refusal(const io::Paradigm& paradigm) {
  if (auto why = first_of({missing_variable(paradigm, "angle"), missing_variable(paradigm, "contrast"),
                           missing_window(paradigm, "contrast")});
      !why.empty())
    return why;
  const auto design = contrast_design(paradigm);
  if (design.blanks.size() < 2)
    return fmt::format("it compares responses with blanks (contrast 0), of which {} has {}", paradigm.name,
                       design.blanks.size());
  if (design.repetitions < 2 ||
      design.evoked.size() != design.directions.size() * design.contrasts.size() * design.repetitions)
    return fmt::format(
        "it needs every angle at every contrast above 0 equally often, at least twice; {} is no such "
        "design",
        paradigm.name);
  if (!design.directions.tell_orientation)
    return "its angles are not spread evenly over the circle, so that untuned cells would seem tuned";
  return {};
}

Responsiveness responsiveness_of(std::span<const Count> blank_counts, std::uint64_t evoked_total,
                                 std::size_t trials) {
  const std::vector<double> grey(blank_counts.begin(), blank_counts.end());
  const double spontaneous = mean(grey), spread = deviation(grey, 0);
  if (!(spontaneous > 0) || !(spread > 0)) return {nan, nan, nan};
  const double dispersion = spread * spread / spontaneous;
  const double k = static_cast<double>(evoked_total) / dispersion;
  const double mu = spontaneous * static_cast<double>(trials) / dispersion;
  return {dispersion, poisson_upper(k, mu), poisson_lower(k, mu)};
}

}  // namespace striate::metrics
