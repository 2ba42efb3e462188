// SPDX-License-Identifier: BSD-3-Clause
#include "cli/help/completion.hpp"

#include <fmt/ranges.h>

#include <map>
#include <sstream>

#include "cli/help/told.hpp"
#include "core/network_paths.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::cli {
namespace {

/// How words are found; below it in the script stand the tables _striate_*.
constexpr const char* finder = R"bash(
_striate_networks_here() {  # folders that are networks, else any
  local folder found=()
  for folder in "$1"*/; do [[ -d "${folder}network" ]] && found+=("${folder%/}"); done
  ((${#found[@]} > 0)) || mapfile -t found < <(compgen -d -- "$1")
  compopt -o filenames 2>/dev/null
  COMPREPLY=("${found[@]}")
}

_striate_files() {  # _striate_files WORD ENDING [NAME…]: files with this ending, folders and these names
  local word="$1" ending="$2" file
  shift 2
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -W "$*" -- "$word")
  while IFS= read -r file; do
    [[ -d "$file" || "$file" == *"$ending" ]] && COMPREPLY+=("$file")
  done < <(compgen -f -- "$word")
}

_striate_options_of() {  # _striate_options_of WORD BASE: network options, which have configurations
  local file names=()
  for file in "$2"/configs/config_*.json; do
    file="${file##*/config_}"
    [[ "$file" == filternet* || "$file" == '*.json' ]] || names+=("${file%.json}")
  done
  mapfile -t COMPREPLY < <(compgen -W "${names[*]}" -- "$1")
}

_striate_value() {  # _striate_value WORD WHAT BASE OPTION: a value or an argument that is called WHAT
  case "$4" in
    --paradigm) _striate_files "$1" .yaml "$_striate_paradigm_names"; return ;;
    --site) _striate_files "$1" .yaml "$_striate_site_names"; return ;;
    --preset) _striate_files "$1" .yaml "$_striate_preset_names"; return ;;
    --networks) _striate_networks_here "$1"; return ;;
  esac
  case "$2" in
    BASE*) _striate_networks_here "$1" ;;
    OPT* | CONDITION*) _striate_options_of "$1" "$3" ;;
    PARADIGM*) _striate_files "$1" .yaml "$_striate_paradigm_names" ;;
    NAME\|FILE.yaml*) _striate_files "$1" .yaml "$_striate_network_names" ;;
    CONFIG*) _striate_files "$1" .json ;;
    COMMAND*) mapfile -t COMPREPLY < <(compgen -W "$_striate_commands" -- "$1") ;;
    *[A-Z]*) _striate_files "$1" "" ;;
    *\|*) mapfile -t COMPREPLY < <(compgen -W "${2//|/ }" -- "$1") ;;
    *) _striate_files "$1" "" ;;
  esac
}

_striate_complete() {
  local word="${COMP_WORDS[COMP_CWORD]}" words=("${COMP_WORDS[@]:1:COMP_CWORD-1}") key first=1 kinds base='' option=''
  local arguments options value count=0 each
  COMPREPLY=()
  [[ "${words[0]}" == --ranks ]] && words=("${words[@]:2}")
  if ((${#words[@]} == 0)); then
    mapfile -t COMPREPLY < <(compgen -W "$_striate_commands --help --version --ranks" -- "$word")
    return
  fi
  key="${words[0]}"
  kinds="$(_striate_kinds "$key")" if[[-n "$kinds"]];
then if (($ { #words[@] } == 1)); then
      mapfile -t COMPREPLY < <(compgen -W "$kinds --help" -- "$word")
      return
    fi
    key="$key ${words[1]}"
    first=2
  fi
  read -r -a arguments < <(_striate_arguments "$key")
  options="$(_striate_options "$key")"
  for each in "${words[@]:first}";
do #what stands before : values of options, and arguments if[["$each" == -*]];
then option = "$each" value = "$(sed -n "s / ^$each  // p" <<<"$options" | head -n 1)"
                                                 elif[[-n "$option" && -n "$value"]];
then[["$value" == *… ]] || option ='' else option ='' [["${arguments[count]}" == BASE * ]]&& base =
    "$each"((count + 1 < $ { #arguments[@] }))&& count = $((count + 1)) fi done if[["$word" == -*]];
then mapfile - t COMPREPLY < <
    (compgen - W "$(cut -d ' ' -f 1 <<<" $options ")" --"$word") elif[[-n "$option" && -n "$value"]];
then _striate_value
    "$word"
    "$value"
    "$base"
    "$option" elif (($ { #arguments[@] } > 0));
then _striate_value
    "$word"
    "${arguments[count]}"
    "$base" '' fi
}
)bash";

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
  if (shell == "zsh")
    script +=
        "autoload -U +X bashcompinit && bashcompinit\nmapfile() { eval \"$2=()\"; local line; while IFS= "
        "read -r line; do eval \"$2+=(\\\"\\$line\\\")\"; done; }\n";
  script += fmt::format("_striate_commands='{}'\n", commands_line);
  script += names("_striate_network_names", io::network_configs);
  script += names("_striate_paradigm_names", io::paradigm_configs);
  script += names("_striate_site_names", io::site_configs);
  script += names("_striate_preset_names", io::training_configs);
  script += function("_striate_kinds", tables.kinds) + function("_striate_arguments", tables.arguments) +
            function("_striate_options", tables.options);
  script += finder;
  return script + (shell == "zsh" ? "_bash_complete -F _striate_complete\n"
                                  : "complete -F _striate_complete striate\n");
}

}  // namespace striate::cli
