// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/options/trial_design.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::metrics {

namespace fs = std::filesystem;

io::Paradigm paradigm_of(const core::Call& call) {
  return io::read_paradigm(call.values.text("paradigm"), nullptr);
}

io::Paradigm paradigm_named(const std::string& name_or_file, const fs::path& base) {
  const auto own = core::NetworkPaths{base}.configs() / "paradigms" / (name_or_file + ".yaml");
  std::error_code ignored;
  const bool is_own = name_or_file.find('/') == std::string::npos && fs::exists(own, ignored);
  return io::read_paradigm(is_own ? own.string() : name_or_file, nullptr);
}

fs::path output_directory(const core::Call& call, const io::Paradigm& paradigm, const char* usual) {
  const auto given = path_if(call.values, "output_dir");
  return given ? *given : call.base() / paradigm.tables_folder(usual);
}

std::vector<fs::path> run_directories(const io::Paradigm& paradigm, const fs::path& base,
                                      const std::string& option) {
  std::vector<fs::path> runs;
  for (const auto& trial : paradigm.trials) runs.push_back(base / paradigm.run_directory(trial, option));
  return runs;
}

std::string all_spike_files(const io::Paradigm& paradigm, const fs::path& base, const std::string& option) {
  return fmt::format("{}/{}/spikes.h5", base / paradigm.runs_name(option), paradigm.trial_pattern);
}

Levels levels_of(const io::Paradigm& paradigm, const std::string& variable) {
  struct Level {
    std::string text;
    std::vector<std::size_t> trials;
  };
  std::map<double, Level> found;
  for (std::size_t k = 0; k < paradigm.trials.size(); ++k)
    for (const auto& [name, text] : paradigm.trials[k].variables)
      if (const auto value = core::parse_number<double>(text); name == variable && value) {
        auto& level = found[*value];
        if (level.trials.empty()) level.text = text;
        level.trials.push_back(k);
      }
  Levels levels;
  for (auto& [value, level] : found) {
    levels.texts.push_back(std::move(level.text));
    levels.values.push_back(value);
    levels.trials.push_back(std::move(level.trials));
  }
  return levels;
}

std::string condition_besides(const io::ParadigmTrial& trial, const std::vector<std::string>& left_out) {
  std::vector<std::string> parts;
  for (const auto& [name, text] : trial.variables)
    if (std::ranges::find(left_out, name) == left_out.end()) parts.push_back(name + "=" + text);
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string several_conditions(const io::Paradigm& paradigm) {
  if (paradigm.conditions.empty()) return {};
  return "it takes a trial for one condition, and those of " + paradigm.name +
         " show several, one after another; " +
         (paradigm.orders.empty() ? fmt::format("'striate metrics tuning {} BASE OPT' takes them apart",
                                                io::paradigm_argument(paradigm))
                                  : "'images', 'responses' and 'correlation' are made of such runs");
}

std::string missing_variable(const io::Paradigm& paradigm, const std::string& variable) {
  std::size_t numbers = 0;
  for (const auto& level : levels_of(paradigm, variable).trials) numbers += level.size();
  if (numbers == paradigm.trials.size()) return {};
  return fmt::format("it needs trials with the variable '{}', a number (those of {} have: {})", variable,
                     paradigm.name, condition_besides(paradigm.trials.front(), {}));
}

std::string missing_window(const io::Paradigm& paradigm, const std::string& window) {
  if (paradigm.window(window) != nullptr) return {};
  return fmt::format(
      "it counts spikes in the window '{0}', which {1} does not state; add windows: {{{0}: \"(500, 2500]\"}} "
      "with the "
      "times of your trials",
      window, paradigm.name);
}

std::string unequal_directions(const io::Paradigm& paradigm) {
  const auto levels = levels_of(paradigm, "angle");
  const auto conditions = [&](std::size_t level) {
    std::vector<std::string> all;
    for (const auto trial : levels.trials[level])
      all.push_back(condition_besides(paradigm.trials[trial], {"angle"}));
    std::ranges::sort(all);
    return all;
  };
  if (levels.size() < 2)
    return fmt::format("it compares directions, and {} has but one angle", paradigm.name);
  const auto first = conditions(0);
  for (std::size_t level = 1; level < levels.size(); ++level) {
    const auto here = conditions(level);
    std::vector<std::string> differing;
    std::ranges::set_symmetric_difference(first, here, std::back_inserter(differing));
    if (!differing.empty())
      return fmt::format(
          "it compares directions, and angles {} and {} of {} were not shown under the same conditions "
          "({})",
          levels.texts[0], levels.texts[level], paradigm.name, differing.front());
  }
  return {};
}

std::string first_of(std::initializer_list<std::string> reasons) {
  const auto found = std::ranges::find_if(reasons, [](const auto& reason) { return !reason.empty(); });
  return found == reasons.end() ? std::string() : *found;
}

void require_served(const std::string& refusal, const io::Paradigm& paradigm, const char* kind) {
  if (!refusal.empty())
    throw core::UsageError("no '{}' of the paradigm {} ({})", kind, paradigm.name, refusal);
}

void require_one_condition(const io::Paradigm& paradigm, const fs::path& base, const char* kind) {
  if (const auto file = base / paradigm.conditions_file(); paradigm.conditions.empty() && io::is_there(file))
    throw core::ConfigError(
        "no '{}' of the paradigm {} (it takes a trial for one condition, and by {} trials show several) take "
        "'striate metrics tuning', or remove that file",
        kind, paradigm.name, file);
}

std::complex<double> unit_vector(double degrees) {
  constexpr double half = 0.5 * std::numbers::sqrt2;
  constexpr std::complex<double> table[] = {{1, 0},  {half, half},   {0, 1},  {-half, half},
                                            {-1, 0}, {-half, -half}, {0, -1}, {half, -half}};
  const double turn = std::fmod(degrees, 360), eighths = (turn < 0 ? turn + 360 : turn) / 45;
  if (eighths == std::floor(eighths)) return table[static_cast<std::size_t>(eighths) % 8];
  return std::polar(1.0, degrees * std::numbers::pi / 180);
}

Directions directions_with(std::vector<double> degrees) {
  Directions directions{.degrees = std::move(degrees)};
  std::complex<double> once, twice;
  for (const double angle : directions.degrees) {
    once += unit_vector(angle);
    twice += unit_vector(2 * angle);
  }
  const double nothing = 1e-9 * static_cast<double>(directions.size());
  directions.tell_direction = std::abs(once) < nothing;
  directions.tell_orientation = std::abs(twice) < nothing;
  return directions;
}

}  // namespace striate::metrics
