#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# That no input is taken wrongly in silence: reported cases, neighbours of them, numbers of `adjust` and `nodesets`, misleading
# stimuli, kernels in JSON, and that the spikes of all references are what they were.
#
# usage: silent.sh [CASES] [OLD]    CASES: a folder with one case a folder (config.json and what it needs), each run in a copy
#                                   OLD: a program to compare bits with
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
prepare gnuplot-nox
python=(/usr/bin/python3 -B)
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake
cases="${1:-}"
old="${2:-}"

# outcome RANKS FOLDER COMMAND…: exit code and the last line that says why, or the warnings
outcome() {
  local ranks="$1" folder="$2" code=0
  shift 2
  local launcher=()
  ((ranks == 1)) || launcher=(mpirun -n "$ranks" --oversubscribe)
  (cd "$folder" && timeout 60 "${launcher[@]}" "$striate" "$@") >"$work/out" 2>&1 || code=$?
  printf '    %d rank(s): %d  %s\n' "$ranks" "$code" \
    "$(grep -aE 'error: |warning: ' "$work/out" | tail -2 | cut -c1-260 | paste -sd'|' || true)"
}

if [[ -n "$cases" ]]; then
  say "1. reported cases"
  for case in "$cases"/*/; do
    name="$(basename "$case")"
    case "$name" in
    hang_heap | spikes_file_over_cell_model) continue ;; # faults of files, not silence
    esac
    echo "  $name"
    for ranks in 1 2; do
      rm -rf "$work/case"
      cp -r "$case" "$work/case"
      chmod -R u+w "$work/case"
      case "$name" in
      27-cwd) outcome "$ranks" "$work" simulate case/config.json ;;
      41a* | 42b*) outcome "$ranks" "$work/case" lgn config.json ;;
      modfile_no_match) outcome "$ranks" "$work/case" simulate config.json -m mod.csv ;;
      latin1_segfault)
        [[ "$ranks" == 1 ]] || continue # jobs runs on one
        "$striate" build tiny -q -o "$work/latin1" --force >"$work/log"
        outcome 1 "$work/case" jobs make s.yaml "$work/latin1" plain --stimulus $'data_file=b\xfcld.npy'
        ;;
      *) outcome "$ranks" "$work/case" simulate config.json ;;
      esac
    done
  done
fi

say "2. adjust and nodesets against independent numbers"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#actuation_test],[#adjustment_test],[#cohort_node_sets_test],[#outgoing_weights_test]"

say "3. misleading stimuli, 4. kernels in JSON"
check_and_show "^test_|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/faults/silent_stimuli_test.py -v
check_and_show "^test_|Hz|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/lgn/filter_models_test.py -v
mkdir -p "$striate_root/build/acceptance"
loom='{"input_type": "movie", "module": "looming", "row_size": 80, "col_size": 120, "gray_screen_dur": 500.0, "t_looming": 2.5}'
for network in tiny core; do
  base="$work/$network"
  check "$striate" build "$network" -q -o "$base" >"$work/log" 2>&1
  python3 - "$base/configs/config_filternet.json" "$loom" <<'EOF' || check false
import json, sys
file, stimulus = sys.argv[1:]
config = json.load(open(file))
config["inputs"] = {"loom": json.loads(stimulus)}
json.dump(config, open(file, "w"))
EOF
  echo "  loom on $network:"
  check_and_show "cover|changes|lasts|on average" "$striate" lgn "$base/configs/config_filternet.json"
  check "$striate" plot stimulus "$base/configs/config_filternet.json" -o "build/acceptance/loom_$network.png" >"$work/log" 2>&1
done
echo "  pictures to look at: build/acceptance/*.png"

say "5. neighbours: inputs that could be taken wrongly"
check "${python[@]}" scripts/acceptance/parts/silent_inputs.py "$striate" 1 2

say "6. references unchanged"
for test in reference trials invariance; do
  check_and_show "^test_|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/*/"${test}_test.py" -v
done
check_and_show "passed|failed" build/tests/striate_validation_tests -w NoTests
[[ -z "$old" ]] || check "${python[@]}" scripts/acceptance/parts/same_bits.py "$old" "$striate" tiny
finish
