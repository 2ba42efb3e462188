// SPDX-License-Identifier: BSD-3-Clause
#include "cli/help/completion.hpp"

#include <fmt/ranges.h>

#include <map>
#include <sstream>

#include "cli/help/told.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::cli {
namespace {

/// What bash has besides.
constexpr const char* for_zsh =
    "autoload -U +X bashcompinit && bashcompinit\n"
    "mapfile() { eval \"$2=()\"; local line; while IFS= read -r line; do eval \"$2+=(\\\"\\$line\\\")\"; "
    "done; }\n";

/// By "metrics odsi": a line each.
struct Tables {
  std::map<std::string, std::string> kinds, arguments, options;
};

void read_tables(const std::string& text, Tables& tables) {
  std::istringstream lines(text);
  std::string key;
  for (std::string line; std::getline(lines, line);) {
    const auto blank = line.find(' ');
    const auto kind = line.substr(0, blank);
    const auto rest = line.substr(blank + 1);
    if (kind == "@") {
      key = rest;
      if (const auto kind_at = key.find(' '); kind_at != std::string::npos)
        tables.kinds[key.substr(0, kind_at)] += key.substr(kind_at + 1) + " ";
    } else if (kind == "argument") {
      tables.arguments[key] += rest + " ";
    } else {
      tables.options[key] += rest + "\n";
    }
  }
}

std::string function(const char* name, const std::map<std::string, std::string>& table) {
  std::string text = fmt::format("{}() {{\n  case \"$1\" in\n", name);
  for (const auto& [key, value] : table) text += fmt::format("    '{}') printf '%s' '{}' ;;\n", key, value);
  return text + "  esac\n}\n";
}

std::string names(const char* variable, const io::ConfigKind& kind) {
  return fmt::format("{}='{}'\n", variable, fmt::join(io::shipped_names(kind), " "));
}

}  // namespace

std::string completion_script(const std::string& shell) {
  if (shell != "bash" && shell != "zsh")
    throw core::UsageError("invalid --completion {} (must be bash or zsh)", shell);
  Tables tables;
  std::string commands_line;
  for (const auto& command : commands()) {
    read_tables(told(command, HelpFormat::table), tables);
    commands_line += fmt::format("{}{}", commands_line.empty() ? "" : " ", command.name);
  }
  std::string script = shell == "zsh" ? "#compdef striate\n" : "";
  script += "# Completion of striate in " + shell + "; made by 'striate help --completion " + shell + "'.\n";
  if (shell == "zsh") script += for_zsh;
  script += fmt::format("_striate_commands='{}'\n", commands_line);
  script += names("_striate_network_names", io::network_configs);
  script += names("_striate_paradigm_names", io::paradigm_configs);
  script += names("_striate_site_names", io::site_configs);
  script += names("_striate_preset_names", io::training_configs);
  script += function("_striate_kinds", tables.kinds) + function("_striate_arguments", tables.arguments) +
            function("_striate_options", tables.options);
  script += io::read_text_file(io::config_directory() / "shell/completion.bash", "how words are completed");
  return script + (shell == "zsh" ? "_bash_complete -F _striate_complete\n"
                                  : "complete -F _striate_complete striate\n");
}

}  // namespace striate::cli
