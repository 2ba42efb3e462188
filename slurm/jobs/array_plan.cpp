// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/array_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace striate::slurm {

std::vector<ArrayElement> pack_trials(std::span<const std::size_t> trials, std::size_t per_element) {
  std::vector<ArrayElement> elements;
  for (std::size_t at = 0; at < trials.size(); at += per_element) {
    const auto share = trials.subspan(at, std::min(per_element, trials.size() - at));
    elements.push_back({.number = share.front(), .trials = {share.begin(), share.end()}});
  }
  return elements;
}

std::vector<ArrayPart> array_parts(std::span<const ArrayElement> elements, std::size_t max_array_size) {
  std::vector<ArrayPart> parts;
  for (const auto& element : elements) {
    const auto offset = element.number / max_array_size * max_array_size;
    if (parts.empty() || parts.back().offset != offset) parts.push_back({.offset = offset, .ids = {}});
    parts.back().ids.push_back(element.number - offset);
  }
  return parts;
}

std::string array_text(const ArrayPart& part, int throttle) {
  std::string text;
  for (std::size_t i = 0; i < part.ids.size();) {
    auto end = i + 1;
    while (end < part.ids.size() && part.ids[end] == part.ids[end - 1] + 1) ++end;
    text += text.empty() ? "" : ",";
    text +=
        end - i > 1 ? fmt::format("{}-{}", part.ids[i], part.ids[end - 1]) : fmt::format("{}", part.ids[i]);
    i = end;
  }
  if (throttle > 0) text += fmt::format("%{}", throttle);
  return text;
}

}  // namespace striate::slurm
