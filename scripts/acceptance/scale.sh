#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what has been promised of fewer bytes a step, a million cells and many ranks, and prints the figures.
#
# usage: scale.sh [OLD]   OLD: a build folder of the commit to compare with; without it commit 0355a6d is built (4 minutes)
#                         PARTS="1 2 3 4"; NETWORKS="small core full", PAIRS=10, PAIRS_FULL=5 (part 1; full takes 9 GB of disk)
#                         RADII="1500,2200" (part 2; 2200 um take 20 GB of memory), RANKS="1,64,128,256" (part 3)
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
prepare libbenchmark-dev python3-h5py python3-numpy
python=(/usr/bin/python3 -B)
parts=" ${PARTS:-1 2 3 4} "
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake

if [[ "$parts" == *" 1 "* ]]; then
  read -r -a networks <<<"${NETWORKS:-small core full}"
  old="${1:-}"
  build_to_compare 0355a6d
  # made NAME: a network with its inputs
  made() {
    [[ ! -e "$work/$1" ]] || return 0
    check on 2 build "$1" -q -o "$work/$1" >"$work/log"
    check "$striate" lgn -q "$work/$1/configs/config_filternet.json"
    check "$striate" background -q "$work/$1"
  }

  say "1. simulating, old and new alternating (goal: real-time factor of full at most 2.5 on two cores, small no slower)"
  for network in "${networks[@]}"; do
    pairs="${PAIRS:-10}"
    [[ $network != full ]] || pairs="${PAIRS_FULL:-5}"
    made "$network"
    for ranks in 1 2; do
      echo "  $network, $ranks rank(s)"
      check "${python[@]}" benchmarks/compare.py "$old" build --pairs "$pairs" --ranks "$ranks" --networks "$work" \
        --work "simulate:$network" --out "$work/exact_${network}_$ranks.json" | sed 's/^/    /'
      echo "    the new one with --state single"
      check "${python[@]}" benchmarks/compare.py "$old" build --pairs "$pairs" --ranks "$ranks" --networks "$work" \
        --new-options="--state single" --work "simulate:$network" --out "$work/single_${network}_$ranks.json" | sed 's/^/    /'
    done
    for state in double single; do
      check on 2 simulate -q "$work/$network/configs/config_plain.json" --state "$state" -o "$work/$state" >"$work/log" 2>&1
    done
    printf '  %s, spikes of --state single: ' "$network"
    "${python[@]}" scripts/acceptance/parts/spikes_that_differ.py "$work/double/spikes.csv" "$work/single/spikes.csv"
    [[ $network == small ]] || rm -rf "${work:?}/$network"
  done

  say "   bytes and bandwidth of the update, before and after"
  check "${python[@]}" scripts/acceptance/parts/update_bytes.py "$work"

  say "   the same spikes: as the old program, in NEST's order of operations, in single precision, on 1 to 3 ranks"
  for network in tiny profile small; do
    made "$network"
    "$old/striate" simulate -q "$work/$network/configs/config_plain.json" -o "$work/out" >"$work/log" 2>&1
    cp "$work/out/spikes.csv" "$work/expected.csv"
    for options in "--ports merged" "--ports reference" "--state single"; do
      for ranks in 1 2 3; do
        # shellcheck disable=SC2086 # an option and its value
        check on "$ranks" simulate -q "$work/$network/configs/config_plain.json" $options -o "$work/out" >"$work/log" 2>&1
        check cmp "$work/out/spikes.csv" "$work/expected.csv"
      done
    done
    echo "  $network: $(($(wc -l <"$work/expected.csv") - 1)) spikes"
  done
  for test in invariance restart; do
    check_and_show "^test_|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/*/"${test}_test.py" -v
  done
fi

if [[ "$parts" == *" 2 "* ]]; then
  say "2. a million cells and more, made in memory and simulated (goal: 2.0 M made within 200 s on two cores)"
  check "${python[@]}" scripts/acceptance/parts/many_cells.py "$striate" "$work" --radii "${RADII:-1500,2200}"
  echo "  rows beyond 2^31 and 2^32"
  check_and_show "All tests passed|failed" build/tests/striate_unit_tests -# "[#many_rows_test],[#local_count_test],[#edge_writer_test]"
  echo "  edges of wide sheets against all pairs"
  check_and_show "deviation|All tests passed|failed" build/tests/striate_validation_tests -# "[#builder_law_test]"
fi

if [[ "$parts" == *" 3 "* ]]; then
  say "3. many ranks: the same bits in every form of exchange, memory per rank, what travels beside what the model expects"
  for network in tiny profile; do
    base="$work/ranks_$network"
    check "$striate" build "$network" -q -o "$base" >"$work/log"
    check "$striate" lgn -q "$base/configs/config_filternet.json"
    check "$striate" background -q "$base"
    echo "  $network"
    check "${python[@]}" scripts/acceptance/parts/many_ranks.py "$striate" "$base" --ranks "${RANKS:-1,64,128,256}"
  done
  for ranks in 1 2 3 4 7; do
    check_and_show "All tests passed|failed" mpirun -n "$ranks" --oversubscribe build/tests/striate_mpi_tests "[exchange]"
  done
fi

if [[ "$parts" == *" 4 "* ]]; then
  say "4. beyond this machine: messages measured here, the form of exchange that the model chooses, and NEST"
  cmake -S . -B build-bench -G Ninja -DCMAKE_BUILD_TYPE=Release -DSTRIATE_UNITY=ON -DSTRIATE_BENCHMARKS=ON -DBUILD_TESTING=OFF >"$work/log"
  build build-bench striate_benchmarks >"$work/log"
  check mpirun -n 2 build-bench/benchmarks/striate_benchmarks --exchange "$work/exchange.json"
  check "${python[@]}" -m json.tool "$work/exchange.json" | grep -A4 -E "on_node|between_nodes" || true
  results=benchmarks/results
  check "${python[@]}" benchmarks/cost_model.py --simulations $results/full.json,$results/small.json --micro $results/micro.json \
    --out "$work/model.json"
  check "${python[@]}" scripts/acceptance/parts/nest_ratio.py benchmarks/README.md benchmarks/results
fi

finish
