// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/make/make_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "slurm/plan/shell_text.hpp"
#include "slurm/plan/target_names.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

/// A path as a word of a rule. "a=b: c" would be an assignment, so = stands in a variable.
std::string rule_word(const fs::path& path) {
  require_make_name(path, "name in the plan");
  std::string word;
  for (const char c : path.string()) word += c == '=' ? std::string("$(EQ)") : std::string(1, c);
  return word;
}

/// Words of a rule, one on each line.
std::string rule_words(const std::vector<fs::path>& paths) {
  std::string text;
  for (const auto& path : paths) text += " \\\n  " + rule_word(path);
  return text;
}

/// Shell text in a recipe or an assignment: make leaves it alone.
std::string unexpanded(const std::string& shell) {
  std::string text;
  for (const char c : shell) text += c == '$' ? std::string("$$") : std::string(1, c);
  return text;
}

std::string value(const std::string& shell) {
  std::string text;
  for (const char c : unexpanded(shell)) text += c == '#' ? std::string("\\#") : std::string(1, c);
  return text;
}

std::string file_stem(const std::string& label) {
  std::string stem;
  for (const char c : label) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    if (plain || (!stem.empty() && stem.back() != '_')) stem += plain ? c : '_';
  }
  constexpr std::size_t longest = 120;  // file systems take 255
  return stem.size() > longest ? stem.substr(stem.size() - longest) : stem;
}

/// A label in a comment: one line.
std::string comment(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == '\\'; }, '?');
  return text;
}

std::string rule(const MadeStep& made, const fs::path& log) {
  const auto& step = made.step;
  std::vector<fs::path> inputs;
  std::set<fs::path> known(made.undated.begin(), made.undated.end());
  for (const auto& input : step.inputs)
    if (known.insert(input).second) inputs.push_back(input);
  const auto echo = [](const std::string& text) { return unexpanded("echo " + shell_word(text)); };
  std::string text = fmt::format("\n# {}\n", comment(step.label));
  for (std::size_t k = 0; k < step.outputs.size(); ++k)
    text += (k == 0 ? "" : " \\\n  ") + rule_word(step.outputs[k]);
  text += (step.outputs.size() == 1 ? ":" : " &:") + rule_words(inputs);
  // Behind a bar make waits for files, but does not compare their dates.
  if (!made.undated.empty()) text += " \\\n  |" + rule_words(made.undated);
  text += "\n";
  const auto log_word = unexpanded(shell_word(log));
  text += fmt::format("\t@mkdir -p {} && {}\n", unexpanded(shell_word(log.parent_path())), echo(step.label));
  text += fmt::format("\t@exec {}$(STRIATE) {} >{} 2>&1 </dev/null\n", step.parallel ? "$(LAUNCH) " : "",
                      unexpanded(shell_words(step.arguments)), log_word);
  return text + fmt::format("\t@{}\n", echo(done_line(step.label)));
}

}  // namespace

std::vector<fs::path> log_files(std::span<const MadeStep> steps, const fs::path& folder) {
  std::vector<fs::path> files;
  std::set<std::string> used;
  for (const auto& made : steps) {
    const auto stem = file_stem(made.step.label);
    auto name = stem;
    for (int n = 2; !used.insert(name).second; ++n) name = fmt::format("{}_{}", stem, n);
    files.push_back(folder / (name + ".log"));
  }
  return files;
}

std::string done_line(const std::string& label) {
  return "done: " + label;
}

std::string make_text(std::span<const MadeStep> steps, const MakeFile& make) {
  std::vector<fs::path> outputs;
  for (const auto& made : steps)
    outputs.insert(outputs.end(), made.step.outputs.begin(), made.step.outputs.end());
  std::string text = fmt::format(
      "# Rules for GNU make, written by 'striate pipeline', which replaces them when it runs again (keep "
      "your own\n"
      "# with --keep-plan FILE). By hand, from the folder where it was started:\n"
      "#   make -f {} -j 2 LAUNCH=\"mpirun -n 4\"\n"
      "# One rule for each call of the program. A step's output goes to {}.\n"
      "# Trials that had to run when this was written share calls, because they share the loaded network.\n\n"
      "STRIATE = {}\n"
      "# In front of it where ranks can share the work, such as mpirun -n 4\n"
      "LAUNCH = {}\n"
      "EQ := =\n"
      "SHELL := /bin/sh\n"
      "MAKEFLAGS += --no-builtin-rules\n\n"
      "# Every file below, so that none that is missing or outdated is overlooked.\n"
      "FILES :={}\n\n"
      ".PHONY: all\n"
      "all: $(FILES)\n"
      "# Files get their names when they are complete: never delete them when a step is interrupted.\n"
      ".PRECIOUS: $(FILES)\n",
      rule_word(make.file), rule_word(make.logs), value(shell_word(make.program)), value(make.launch),
      rule_words(outputs));
  const auto logs = log_files(steps, make.logs);
  for (std::size_t k = 0; k < steps.size(); ++k) text += rule(steps[k], logs[k]);
  return text;
}

}  // namespace striate::slurm
