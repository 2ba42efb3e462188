#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what has been promised about speed and prints the figures: the recorded measurements against their goals, three seconds
# of the full network stage by stage, and that no optimisation changes a result.
#
# usage: fast.sh       needs 12 GB of disk for item 2. MEASURE=1 first repeats the measurements of item 1 (about half an hour
#                      on two cores with nothing else running) and writes benchmarks/results.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
prepare gnuplot-nox libbenchmark-dev time
python=(/usr/bin/python3 -B)

if [[ -n "${MEASURE:-}" ]]; then
  say "measuring (nothing else should run)"
  cmake -S . -B build-bench -G Ninja -DCMAKE_BUILD_TYPE=Release -DSTRIATE_BENCHMARKS=ON -DBUILD_TESTING=OFF >"$work/log"
  build build-bench striate_benchmarks >"$work/log"
  (
    cd benchmarks
    check "${python[@]}" goals.py --striate ../build/striate --networks small --build-runs 5 --memory-runs 5 --out results/small.json
    check "${python[@]}" goals.py --striate ../build/striate --networks full --build-runs 5 --memory-runs 5 --out results/full.json
    check ./scaling.sh -n core -r "1 2" -w 200 -k 5
    check ../build-bench/benchmarks/striate_benchmarks --benchmark_out=results/micro.json
    check "${python[@]}" roofline.py --benchmarks ../build-bench/benchmarks/striate_benchmarks --simulations results/full.json \
      --striate ../build/striate --out results/roofline.json
    check "${python[@]}" cost_model.py --simulations results/full.json,results/small.json --micro results/micro.json \
      --out results/cost_model.json
  ) >"$work/log"
  check "${python[@]}" benchmarks/tables.py
fi

say "1. goals, 3. phases and roofline, micro benchmarks (benchmarks/README.md)"
awk '/^## (Goals|Phases|Roofline|Micro)/ { show = 1 } /^## (Whole|Scaling|Beyond this machine$)/ { show = 0 } show' benchmarks/README.md

say "2. three seconds of the full network, two ranks"
stage() { # LABEL COMMAND…: seconds and largest memory of a rank
  local label="$1"
  shift
  /usr/bin/time -f "%e s" -o "$work/time" "$@" >"$work/log" 2>&1 || { check false; tail -3 "$work/log"; }
  printf '  %-12s %s\n' "$label" "$(tail -1 "$work/time")"
  grep -E "peak memory|memory per rank|real-time factor|spikes in|per rank" "$work/log" | tail -3 | sed 's/^/      /' || true
}
base="$work/full"
stage build mpirun -n 2 "$striate" build full -o "$base"
stage lgn mpirun -n 2 "$striate" lgn "$base/configs/config_filternet.json"
stage background "$striate" background "$base"
stage simulate mpirun -n 2 "$striate" simulate "$base/configs/config_plain.json"
sed -n '/rate/,$p' "$work/log"
rm -rf "$base"

say "4. no optimisation changes a result: states bit for bit on any ranks, instruction sets, tiles; spikes equal to NEST's"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#glif_kernel_test],[#delivery_test],[#shard_test],[#synapses_test]"
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake
for test in invariance reference network_in_memory trials; do
  check_and_show "^test_|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/*/"${test}_test.py" -v
done

say "merged ports against NEST's order of additions: spikes of three seconds"
for name in tiny profile small; do
  base="$work/$name"
  check "$striate" build "$name" -q -o "$base" >"$work/log"
  check "$striate" lgn -q "$base/configs/config_filternet.json"
  check "$striate" background -q "$base"
  for ports in merged reference; do
    check on 2 simulate -q "$base/configs/config_plain.json" --ports "$ports" -o "$work/$name.$ports" >"$work/log" 2>&1
  done
  printf '  %-8s %s spikes, differing lines: %s\n' "$name" "$(($(wc -l <"$work/$name.merged/spikes.csv") - 1))" \
    "$(diff "$work/$name".{merged,reference}/spikes.csv | grep -c '^[<>]' || true)"
  check cmp "$work/$name".{merged,reference}/spikes.csv
done

finish
