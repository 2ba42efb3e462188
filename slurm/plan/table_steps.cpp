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
  const io::Paradigm* paradigm = nullptr;  ///< of a kind that is told one
};

constexpr std::string_view paradigm_key = "{paradigm}";

/// A pattern of a kind for a paradigm, or for none.
std::string pattern_of(const char* file, const io::Paradigm* paradigm) {
  return paradigm == nullptr ? usual_pattern(file) : io::paradigm_file(file, {.paradigm = ""}, *paradigm);
}

/// The kinds whose files have a paradigm's name in theirs look at those of the network, which are read then.
std::optional<Found> find(const NetworkDirectory& network, std::span<const core::Kind> kinds,
                          const std::string& text) {
  for (const auto& kind : kinds)
    for (const auto* file : kind.writes) {
      const auto fits = [&](const io::Paradigm* paradigm) -> std::optional<Found> {
        const auto pattern = pattern_of(file, paradigm);
        if (pattern == text) return Found{&kind, {}, paradigm};
        if (const auto option = option_in(pattern, text, network.options()))
          return Found{&kind, *option, paradigm};
        return std::nullopt;
      };
      const auto key = std::string_view(file).find(paradigm_key);
      if (key == std::string_view::npos) {
        if (const auto found = fits(nullptr)) return found;
      } else if (text.starts_with(std::string_view(file).substr(0, key))) {
        for (const auto& paradigm : network.paradigms())
          if (const auto found = fits(&paradigm)) return found;
      }
    }
  return std::nullopt;
}

std::vector<fs::path> filled_in(const NetworkDirectory& network, const core::Patterns& patterns,
                                const std::string& option, const io::Paradigm* paradigm = nullptr) {
  std::vector<fs::path> paths;
  for (const auto* pattern : patterns)
    paths.push_back(network.base() / filled_in_option(pattern_of(pattern, paradigm), option));
  return paths;
}

MadeStep step_of(const NetworkDirectory& network, const char* command, Stage stage, const Found& found) {
  MadeStep made{.step = {.stage = stage,
                         .label = fmt::format("{} of {}{}{}", found.kind->name, network.base(),
                                              found.option.empty() ? "" : " ", found.option),
                         .inputs = filled_in(network, found.kind->reads, found.option, found.paradigm),
                         .outputs = filled_in(network, found.kind->writes, found.option, found.paradigm),
                         .arguments = {command, found.kind->name, network.base()},
                         .parallel = stage == Stage::metrics}};
  if (!found.option.empty()) made.step.arguments.push_back(found.option);
  if (found.paradigm != nullptr) {
    made.step.label += " for " + found.paradigm->name;
    made.step.arguments.insert(made.step.arguments.begin() + 2, io::paradigm_argument(*found.paradigm));
  }
  return made;
}

MadeStep picture(const NetworkDirectory& network, const Found& found, const fs::path& rest) {
  auto made = step_of(network, "plot", Stage::figures, found);
  made.step.label = "picture: " + made.step.label;
  if (found.paradigm != nullptr && !found.paradigm->tables.empty())
    made.step.arguments.insert(made.step.arguments.end(),
                               {"--tables", network.base() / found.paradigm->tables});
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
  const auto found = find(network, network.rules().metrics, rest);
  // Tables of a paradigm's trials need these: slurm/plan/paradigm_steps.hpp.
  if (!found || found->paradigm != nullptr) return std::nullopt;
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
  if (const auto found = find(network, rules.figures, name)) {
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
    for (const auto* file : kind.writes)
      if (std::string_view(file).find(paradigm_key) == std::string_view::npos)
        names.push_back(table_name(file, option));
  };
  if (rules.report != nullptr) add(*rules.report);
  for (const auto kinds : {rules.metrics, rules.figures})
    for (const auto& kind : kinds) add(kind);
  for (const auto& other : rules.other_names) names.push_back(filled_in_option(other.file, option));
  return names;
}

}  // namespace striate::slurm
