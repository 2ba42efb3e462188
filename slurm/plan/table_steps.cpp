// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/table_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/plan/target_names.hpp"
#include "slurm/plan/training_step.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

struct Found {
  const core::Kind* kind = nullptr;
  std::string option;  ///< empty: the kind has none
};

std::optional<Found> find(std::span<const core::Kind> kinds, const std::string& text,
                          const std::vector<std::string>& options) {
  for (const auto& kind : kinds)
    for (const auto* file : kind.writes) {
      const auto pattern = usual_pattern(file);
      if (pattern == text) return Found{&kind, {}};
      if (const auto option = option_in(pattern, text, options)) return Found{&kind, *option};
    }
  return std::nullopt;
}

std::vector<fs::path> filled_in(const NetworkDirectory& network, const core::Patterns& patterns,
                                const std::string& option) {
  std::vector<fs::path> paths;
  for (const auto* pattern : patterns) paths.push_back(network.base() / table_name(pattern, option));
  return paths;
}

MadeStep step_of(const NetworkDirectory& network, const char* command, Stage stage, const Found& found) {
  MadeStep made{.step = {.stage = stage,
                         .label = fmt::format("{} of {}{}{}", found.kind->name, network.base(),
                                              found.option.empty() ? "" : " ", found.option),
                         .inputs = filled_in(network, found.kind->reads, found.option),
                         .outputs = filled_in(network, found.kind->writes, found.option),
                         .arguments = {command, found.kind->name, network.base()},
                         .parallel = stage == Stage::metrics}};
  if (!found.option.empty()) made.step.arguments.push_back(found.option);
  return made;
}

MadeStep picture(const NetworkDirectory& network, const Found& found, const fs::path& rest) {
  auto made = step_of(network, "plot", Stage::figures, found);
  made.step.label = "picture: " + made.step.label;
  made.step.outputs = {network.base() / rest};
  return made;
}

/// The page shows what there is: tables of the option that exist are inputs, the single run must be there.
MadeStep report_step(const NetworkDirectory& network, const core::Kind& report, const std::string& option) {
  const auto& base = network.base();
  MadeStep made{.step = {.stage = Stage::figures,
                         .label = fmt::format("report of {} {}", base, option),
                         .inputs = filled_in(network, report.reads, option),
                         .outputs = filled_in(network, report.writes, option),
                         .arguments = {report.name, base, option}}};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(base / "metrics", ignored))
    if (entry.path().extension() == ".csv" && entry.path().stem().string().ends_with("_" + option))
      made.step.inputs.push_back(entry.path());
  if (const auto* training = network.rules().training) {
    const auto log = training->files(base, option).log;
    if (io::is_there(log)) made.step.inputs.push_back(log);
  }
  std::sort(made.step.inputs.begin() + static_cast<std::ptrdiff_t>(report.reads.size()),
            made.step.inputs.end());
  return made;
}

}  // namespace

std::optional<MadeStep> table_step(const NetworkDirectory& network, const fs::path& rest) {
  const auto found = find(network.rules().metrics, rest, network.options());
  if (!found) return std::nullopt;
  return step_of(network, "metrics", Stage::metrics, *found);
}

std::optional<MadeStep> figure_step(const NetworkDirectory& network, const fs::path& rest) {
  const auto& rules = network.rules();
  if (rules.report != nullptr)
    for (const auto* page : rules.report->writes)
      if (const auto option = option_in(page, rest, network.options()))
        return report_step(network, *rules.report, *option);
  const auto suffix = rest.extension();
  if (suffix != ".png" && suffix != ".svg" && suffix != ".pdf") return std::nullopt;
  const auto name = fs::path(rest).replace_extension(".png");
  if (const auto found = find(rules.figures, name, network.options())) {
    auto made = picture(network, *found, rest);
    if (suffix != ".png") {
      made.step.label += " (" + suffix.string().substr(1) + ")";
      made.step.arguments.insert(made.step.arguments.end(), {"-o", made.step.outputs.front().string()});
    }
    return made;
  }
  for (const auto& other : rules.other_names)
    if (const auto option = option_in(other.file, name, network.options())) {
      const auto kind = std::ranges::find(rules.figures, std::string_view(other.figure),
                                          [](const auto& figure) { return std::string_view(figure.name); });
      auto made = picture(network, {&*kind, *option}, rest);
      made.step.label += fmt::format(" ({})", rest.filename());
      auto& arguments = made.step.arguments;
      arguments.insert(arguments.end(), other.arguments.begin(), other.arguments.end());
      arguments.insert(arguments.end(), {"-o", made.step.outputs.front().string()});
      return made;
    }
  return std::nullopt;
}

std::vector<std::string> table_targets(const TableRules& rules, const std::string& option) {
  std::vector<std::string> names;
  const auto add = [&](const core::Kind& kind) {
    for (const auto* file : kind.writes) names.push_back(table_name(file, option));
  };
  if (rules.report != nullptr) add(*rules.report);
  for (const auto kinds : {rules.metrics, rules.figures})
    for (const auto& kind : kinds) add(kind);
  for (const auto& other : rules.other_names) names.push_back(filled_in_option(other.file, option));
  return names;
}

}  // namespace striate::slurm
