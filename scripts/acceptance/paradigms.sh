#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what has been promised of paradigms and prints the figures: trials and configurations equal to the reference's, stimuli
# from data, and a chunk of natural images end to end.
#
# usage: paradigms.sh
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
# shellcheck disable=SC2119 # no further packages
prepare
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake

say "1. order, names, seeds of all trials; configurations of gratings 0, 37, 79 and contrasts 0, 29, 30, 509"
check build/tests/striate_unit_tests -w NoTests -# "[#paradigm_test],[#trial_configs_test]" -s >"$work/log" 2>&1
grep -oE "^(paradigms?|trials?|the configurations?|configurations?) .*" "$work/log" | sort -u | sed 's/^/  /' || true
tail -2 "$work/log"
for paradigm in 8dir_10trials contrasts bo imagenet spontaneous; do
  printf '  %-14s %s\n' "$paradigm" "$(sed -n 's/^description: //p' "configs/paradigms/$paradigm.yaml")"
done

say "2. several LGN configurations in one call give what each gives alone"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#lgn_generate_all_test]"

say "3. a chunk of 118 images made here, shown to tiny; a user's own paradigm"
check /usr/bin/python3 -B tests/e2e/workflows/paradigms_test.py -v >"$work/log" 2>&1
grep -E "^test_|^Ran|^OK|FAILED" "$work/log"
base="$work/tiny"
check "$striate" build tiny -q -o "$base"
check "$striate" images "$base/images/natural_images.h5" -q
check "$striate" trials bo "$base" plain --only chunk=0 >"$work/log" 2>&1
check "$striate" background "$base" -q --paradigm bo --only chunk=0
check "$striate" lgn -q "$base/configs/filternet_bo/config_filternet_0.json"
/usr/bin/time -f "  30.25 s of tiny simulated in %e s" "$striate" simulate "$base/configs/output_bo_plain/config_0.json" >"$work/log" 2>&1
grep -E "spikes|simulated in" "$work/log" | tail -3
check "$striate" check "$base/output_bo_plain/chunk_00/spikes.h5"

finish
