#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what training has promised and prints the figures: reference numbers, equal bits on any number of ranks and after
# stops, tiny trained from nothing and run by the engine, small for some steps, one step of core and full, bad input.
#
# usage: train.sh       STRIATE_TRAIN_REFERENCE=FILE names other reference numbers. ITEMS="1 2 3" runs only these;
#                       STEPS_BIO=100 STEPS_NAIVE=50 of small; KEEP=DIR keeps networks, checkpoints and pictures there.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
items=" ${ITEMS:-1 2 3 4 5 6 7} "
keep="${KEEP:-$work}"
python=(/usr/bin/python3 -B)
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake
mkdir -p "$keep"
prepare gnuplot-nox
has() { [[ $items == *" $1 "* ]]; }
network() { [[ -e "$keep/$1" ]] || "$striate" build "$1" -q -o "$keep/$1" >/dev/null; }
weights_hash() { "$striate" check "$1" --hash | grep -E "_edges_$2.h5" | awk '{print $1}' | sort | sha256sum | cut -c-16; }
seconds_per_step() { awk -F, 'NR > 1 { print $3 }' "$1" | sort -g | awk '{ s[NR] = $1 } END { print s[int((NR + 1) / 2)] }'; }
column_of() { awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i } NR > 1 { print $1, $c }' "$1"; }

if has 1; then
  say "1. reference numbers: spikes equal, voltages 1e-12, losses and gradients 1e-10 (float64), 1e-4 (float32)"
  check_and_show "passed|failed" build/training_reference_test
  check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#gradient_test],[#optimizer_test],[#session_test],[#forward_test],[#training_losses_test],[#weight_term_test]"
fi

if has 2; then
  say "2. bits of the weights after three steps on 1, 2, 3, 4 ranks, and stopped and gone on with on another number"
  network tiny
  options=(--epochs 1 --steps 3 --write last --checkpoint-every 1 --force -q)
  for ranks in 1 2 3 4; do
    check on "$ranks" train "$keep/tiny" --suffix "r$ranks" "${options[@]}"
    echo "  $ranks ranks: $(weights_hash "$keep/tiny" "r$ranks")"
  done
  mpirun -n 2 --oversubscribe "$striate" train "$keep/tiny" --suffix stopped "${options[@]}" --stop-after 0.01 || echo "  stopped with code $?"
  check on 3 train "$keep/tiny" --suffix stopped --epochs 1 --steps 3 --write last --checkpoint-every 1 -q --resume
  echo "  2 ranks stopped, 3 went on: $(weights_hash "$keep/tiny" stopped)"
  for name in r2 r3 r4 stopped; do check test "$(weights_hash "$keep/tiny" r1)" = "$(weights_hash "$keep/tiny" "$name")"; done
fi

if has 3; then
  say "3. tiny: 250 steps of bio_trained from nothing with one command"
  network tiny
  time check on 2 train "$keep/tiny" --suffix bio_trained --epochs 10 --force
  echo "  median step: $(seconds_per_step "$keep/tiny/training/bio_trained/log.csv") s (goal 0.1, stretch 0.06)"
  for step in 1 50 100 249; do
    echo "  step $step: total $(awk -F, -v s="$step" 'NR==1 {for (i=1;i<=NF;++i) {if ($i=="evoked total") e=i; if ($i=="spontaneous total") g=i}} $1==s {print $e+$g}' "$keep/tiny/training/bio_trained/log.csv") (prototype 20.5 10.4 6.8 5.4 at 0 50 100 249)"
  done
  for name in lgn background; do
    if [[ $name == lgn ]]; then "$striate" lgn "$keep/tiny/configs/config_filternet.json" -q; else "$striate" background "$keep/tiny" -q; fi
  done
  for name in plain bio_trained; do
    echo "  rates in the engine, $name (recorded: L2/3 Exc 1.46 PV 7.24, L4 Exc 4.04 PV 10.1, L5 Exc 6.41 PV 17.2 SST 12.2, L6 Exc 4.21 PV 17.2 SST 16.3)"
    check "$striate" simulate "$keep/tiny/configs/config_$name.json" | grep -E "^(e|i)[0-9]" | sed 's/^/    /' || true
  done
  "$striate" plot training "$keep/tiny" bio_trained -q
  "${python[@]}" - "$keep/tiny" <<'PY'
import sys, h5py, numpy as np
old, new = (h5py.File(f"{sys.argv[1]}/network/v1_v1_edges{s}.h5")["edges/v1_to_v1/0/syn_weight"][:] for s in ("", "_bio_trained"))
r = new[old != 0] / old[old != 0]
print(f"  signs changed: {(np.sign(old) != np.sign(new)).sum()}; factors 10 to 90 %: {np.quantile(r, 0.1):.2f} to {np.quantile(r, 0.9):.2f} (prototype 0.69 to 1.98)")
PY
fi

if has 4; then
  say "4. small: ${STEPS_BIO:-100} steps of bio_trained, ${STEPS_NAIVE:-50} of naive (early in a schedule of 1875)"
  network small
  for name in bio_trained naive; do
    steps="${STEPS_BIO:-100}"
    [[ $name == naive ]] && steps="${STEPS_NAIVE:-50}"
    time check on 2 train "$keep/small" --suffix "$name" --epochs "$(((steps + 24) / 25))" --force
    echo "  median step: $(seconds_per_step "$keep/small/training/$name/log.csv") s (goal 7, stretch 4.5)"
    for term in "evoked rate" "evoked selectivity" "evoked weights" "spontaneous rate"; do
      echo "  $term: $(column_of "$keep/small/training/$name/log.csv" "$term" | awk 'NR == 1 || NR % 25 == 0 { printf "%s at %s, ", $2, $1 }')"
    done
    "$striate" plot training "$keep/small" "$name" -q
    echo "  go on: mpirun -n 2 striate train $keep/small --suffix $name --epochs 75 --resume"
  done
  echo "  rates of types beside recordings, 1 - KS, before and after: 80 gratings in the engine"
  for name in plain bio_trained naive; do
    check "$striate" pipeline "$keep/small/metrics/similarity_$name.csv" -j 2 >"$work/log" 2>&1
    "${python[@]}" - "$keep/small/metrics/similarity_$name.csv" "$name" <<'PY'
import csv, sys
rows = [r for r in csv.DictReader(open(sys.argv[1])) if "rate" in r["metric"].lower() and r["similarity"] not in ("", "nan")]
value = {r["cell_type"]: float(r["similarity"]) for r in rows}
print(f"    {sys.argv[2]:<12} " + " ".join(f"{k} {v:.2f}" for k, v in value.items()) + f"   mean {sum(value.values()) / len(value):.3f}")
PY
    check "$striate" metrics weights "$keep/small" "$name" -q
  done
  check "$striate" plot weights "$keep/small" bio_trained -q
fi

if has 5; then
  say "5. steps on all networks, what bounds the backward sum, more ranks: goals 0.1, 7, 35 and 200 s, 8 GB"
  cmake -S . -B build-bench -G Ninja -DCMAKE_BUILD_TYPE=Release -DSTRIATE_UNITY=ON -DSTRIATE_BENCHMARKS=ON -DBUILD_TESTING=OFF >"$work/log"
  build build-bench >"$work/log"
  mkdir -p build/acceptance
  check "${python[@]}" benchmarks/training.py --striate "$striate" --benchmarks build-bench/benchmarks/striate_benchmarks \
    --networks "$keep" --ranks 1,2 --names tiny,small --runs 3 --out build/acceptance/training_small.json
  check "${python[@]}" benchmarks/training.py --striate "$striate" --benchmarks build-bench/benchmarks/striate_benchmarks \
    --networks "$keep" --ranks 2 --names core,full --runs 1 --out build/acceptance/training_large.json
fi

if has 6; then
  say "6. bad input"
  check_and_show "^test_|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/simulate/train_test.py -v
fi

if has 7; then
  say "7. naive on tiny: rates of PV cells over 250 steps"
  network tiny
  check on 2 train "$keep/tiny" --suffix naive --epochs 10 --force -q
  for type in L2/3_PV L4_PV L5_PV; do
    echo "  $type: $(column_of "$keep/tiny/training/naive/log.csv" "evoked rate_hz $type" | awk 'NR == 1 || NR % 25 == 0 { printf "%.1f ", $2 }')"
  done
fi
finish
