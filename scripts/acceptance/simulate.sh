#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what the simulator has promised and prints the figures: equality with NEST, independence of ranks, timings,
# behaviour on bad input.
#
# usage: simulate.sh [REFERENCE]    REFERENCE: folder with glif_single_neuron.h5 and tiny_sonata/ (default ../shared/reference
#                                   beside the repository). Set CLEAN_CLONE=1 to time demo.sh and test.sh on a fresh clone too.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
reference="$(realpath "${1:-../shared/reference}")"

# shellcheck disable=SC2119 # no further packages
prepare
python=(/usr/bin/python3 -B)
compare=("${python[@]}" scripts/acceptance/parts/compare_reference.py)

say "1. a clean clone"
if [[ "${CLEAN_CLONE:-0}" == 1 ]]; then
  git clone -q . "$work/clone"
  for script in demo test; do
    start=$(date +%s)
    check "$work/clone/scripts/$script.sh" >"$work/$script.log" 2>&1
    grep -hE "tests passed|all .* spikes are" "$work/$script.log" || true
    echo "scripts/$script.sh: $(($(date +%s) - start)) s"
  done
else
  echo "skipped (CLEAN_CLONE=1 runs it)"
fi

say "2. the reference network, four configurations on 1 to 4 ranks"
cp -r "$reference/tiny_sonata" "$work/tiny"
chmod -R u+w "$work/tiny"
sed -i 's/"variable_name"/"precision": "double", "variable_name"/' "$work/tiny/configs/config_report.json"
for ranks in 1 2 3 4; do
  for name in plain clamp mod report; do
    options=()
    [[ $name != mod ]] || options=(-m "$work/tiny/configs/modfile.csv")
    expected="$work/tiny/expected/spikes_$name.h5"
    [[ $name != plain ]] || expected="$work/tiny/expected/spikes.h5"
    on "$ranks" simulate -q "$work/tiny/configs/config_$name.json" "${options[@]}" -o "$work/out"
    printf '%s ranks, %-7s ' "$ranks" "$name"
    check "${compare[@]}" spikes "$work/out/spikes.h5" "$expected" 0.25
  done
  for name in v_l5i isyn_l1; do
    printf '%s ranks, %-7s ' "$ranks" "$name"
    check "${compare[@]}" report "$work/out/$name.h5" "$work/tiny/expected/$name.h5"
  done
done

say "3. single neurons against NEST, and the golden numbers"
check_and_show "largest|passed|failed" env STRIATE_REFERENCE="$reference" build/tests/striate_validation_tests -w NoTests
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests "*published*"

# Float weights add up exactly in double, in any order; weights that are true doubles, at every step, show the order.
say "4. voltages of all neurons at every step of 1 s on 1, 2, 3, 4, 7 ranks"
cp -r "$work/tiny" "$work/doubles"
"${python[@]}" - "$work" <<'PYTHON'
import json, sys
import h5py
work = sys.argv[1]
config = json.load(open(f"{work}/doubles/configs/config_plain.json"))
config["run"]["duration"] = 1000.0
config["reports"] = {"v": {"module": "multimeter_report", "cells": "v1", "variable_name": "V_m", "interval": 0.25, "precision": "double"}}
json.dump(config, open(f"{work}/doubles/configs/config_state.json", "w"))
for name in ("v1", "lgn"):
    with h5py.File(f"{work}/doubles/network/{name}_v1_edges.h5", "r+") as file:
        weights = file[f"edges/{name}_to_v1/0/syn_weight"]
        weights[...] = weights[...] * 1.1
PYTHON
for ranks in 1 2 3 4 7; do
  on "$ranks" simulate -q "$work/doubles/configs/config_state.json" -o "$work/state_$ranks"
  printf '%s ranks: ' "$ranks"
  check "${compare[@]}" same "$work/state_$ranks/v.h5" "$work/state_1/v.h5"
done
echo "a copy whose delivery order follows the ranks must fail:"
git clone -q . "$work/broken"
sed -i 's/std::ranges::sort(incoming_,/if (false) &/' "$work/broken/engine/exchange.cpp"
# Paths relative to the copy let ccache, where present, take all other objects from the first build.
(cd "$work/broken" && export CCACHE_BASEDIR="$work" CCACHE_NOHASHDIR=1 && CMAKE_CXX_COMPILER_LAUNCHER="$(command -v ccache || true)" cmake --preset release >/dev/null && cmake --build build --target striate >/dev/null)
mpirun -n 3 --oversubscribe "$work/broken/build/striate" simulate -q "$work/doubles/configs/config_state.json" -o "$work/state_broken"
if "${compare[@]}" same "$work/state_broken/v.h5" "$work/state_1/v.h5"; then
  failures=$((failures + 1)); echo "  FAILED: the broken copy was not noticed"
fi

say "5. synapses, memory and time per phase (3 s of the tiny network)"
for ranks in 1 2; do
  on "$ranks" simulate -q "$work/tiny/configs/config_plain.json" -o "$work/out" --timings "$work/timings_$ranks.json"
done
"${python[@]}" - "$work" <<'PYTHON'
import json, sys
runs = [json.load(open(f"{sys.argv[1]}/timings_{ranks}.json")) for ranks in (1, 2)]
print(f"{'':14}{'1 rank':>12}{'2 ranks':>12}")
print(f"{'synapses':14}" + "".join(f"{run['synapses']:>12}" for run in runs))
print(f"{'bytes each':14}" + "".join(f"{run['synapse_bytes'] / run['synapses']:>12.2f}" for run in runs))
print(f"{'peak MB/rank':14}" + "".join(f"{run['max_rss_bytes'] / 1e6:>12.1f}" for run in runs))
for phase in runs[0]["phases"]:
    print(f"{phase + ' s':14}" + "".join(f"{run['phases'][phase]['max']:>12.3f}" for run in runs))
PYTHON

say "6. bad inputs, and the unit tier under ASan and UBSan"
check "${python[@]}" tests/e2e/faults/bad_inputs_test.py "$striate"
configure_tests dev build-dev
build build-dev striate_unit_tests >"$work/dev.log"
check_and_show "passed|failed" build-dev/tests/striate_unit_tests -w NoTests

say "7. the same promises inside the repository"
check_and_show "Passed|Failed|tests passed" ctest --test-dir build -R "validation|e2e/reference|e2e/invariance|mpi" | sed 's/ \.\.\.*/ /'

finish
