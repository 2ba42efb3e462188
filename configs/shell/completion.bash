# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# How words of striate are completed. `striate help --completion bash` prints tables of commands, kinds, arguments and options
# (_striate_commands, _striate_kinds, …, _striate_…_names) before this.
# shellcheck disable=SC2154  # the tables
true

_striate_networks_here() { # folders that are networks, else any
  local folder found=()
  for folder in "$1"*/; do
    [[ -d "${folder}network" ]] && found+=("${folder%/}")
  done
  ((${#found[@]} > 0)) || mapfile -t found < <(compgen -d -- "$1")
  compopt -o filenames 2>/dev/null
  COMPREPLY=("${found[@]}")
}

_striate_files() { # _striate_files WORD ENDING [NAME…]: files with this ending, folders and these names
  local word="$1" ending="$2" file
  shift 2
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -W "$*" -- "$word")
  while IFS= read -r file; do
    [[ -d "$file" || "$file" == *"$ending" ]] && COMPREPLY+=("$file")
  done < <(compgen -f -- "$word")
}

_striate_options_of() { # _striate_options_of WORD BASE: network options, which have configurations
  local file names=()
  for file in "$2"/configs/config_*.json; do
    file="${file##*/config_}"
    [[ "$file" == filternet* || "$file" == '*.json' ]] || names+=("${file%.json}")
  done
  mapfile -t COMPREPLY < <(compgen -W "${names[*]}" -- "$1")
}

_striate_value() { # _striate_value WORD WHAT BASE OPTION: a value or an argument that is called WHAT
  case "$4" in
    --paradigm) _striate_files "$1" .yaml "$_striate_paradigm_names" && return ;;
    --site) _striate_files "$1" .yaml "$_striate_site_names" && return ;;
    --preset) _striate_files "$1" .yaml "$_striate_preset_names" && return ;;
    --networks) _striate_networks_here "$1" && return ;;
  esac
  case "$2" in
    BASE*) _striate_networks_here "$1" ;;
    OPT* | CONDITION*) _striate_options_of "$1" "$3" ;;
    PARADIGM*) _striate_files "$1" .yaml "$_striate_paradigm_names" ;;
    'NAME|FILE.yaml'*) _striate_files "$1" .yaml "$_striate_network_names" ;;
    CONFIG*) _striate_files "$1" .json ;;
    COMMAND*) mapfile -t COMPREPLY < <(compgen -W "$_striate_commands" -- "$1") ;;
    *[A-Z]*) _striate_files "$1" "" ;;
    *'|'*) mapfile -t COMPREPLY < <(compgen -W "${2//|/ }" -- "$1") ;;
    *) _striate_files "$1" "" ;;
  esac
}

_striate_complete() {
  local word="${COMP_WORDS[COMP_CWORD]}" before=("${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}")
  local key kinds base='' option='' options value='' each first=1 count=0 arguments=() many=()
  COMPREPLY=()
  [[ "${before[0]:-}" == --ranks ]] && before=("${before[@]:2}")
  if ((${#before[@]} == 0)); then
    mapfile -t COMPREPLY < <(compgen -W "$_striate_commands --help --version --ranks" -- "$word")
    return
  fi
  key="${before[0]}"
  kinds="$(_striate_kinds "$key")"
  if [[ -n "$kinds" ]]; then
    if ((${#before[@]} == 1)); then
      mapfile -t COMPREPLY < <(compgen -W "$kinds --help" -- "$word")
      return
    fi
    key="$key ${before[1]}"
    first=2
  fi
  mapfile -t arguments < <(_striate_arguments "$key" | tr -s ' ' '\n')
  options="$(_striate_options "$key")"
  for each in "${before[@]:$first}"; do # what stands before: values of options, and arguments
    if [[ "$each" == -* ]]; then
      option="$each"
      value="$(sed -n "s/^$each //p" <<<"$options" | head -n 1)"
    elif [[ -n "$option" && -n "$value" ]]; then
      [[ "$value" == *… ]] || option=''
    else
      option=''
      [[ "${arguments[count]:-}" == BASE* ]] && base="$each"
      # "BASE… OPT": whether a word is the last of the many is not known yet.
      ((count + 1 < ${#arguments[@]})) && [[ "${arguments[count]}" != *… ]] && count=$((count + 1))
    fi
  done
  if [[ "$word" == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(cut -d ' ' -f 1 <<<"$options")" -- "$word")
  elif [[ -n "$option" && -n "$value" ]]; then
    _striate_value "$word" "$value" "$base" "$option"
  elif ((${#arguments[@]} > 0)); then
    _striate_value "$word" "${arguments[count]}" "$base" ''
    if [[ "${arguments[count]}" == *… && -n "$base" ]] && ((count + 1 < ${#arguments[@]})); then
      many=("${COMPREPLY[@]}")
      _striate_value "$word" "${arguments[count + 1]}" "$base" ''
      COMPREPLY+=("${many[@]}")
    fi
  fi
}
