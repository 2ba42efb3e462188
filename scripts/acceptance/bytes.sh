#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Half the bytes: bytes a row before and after, the same values, spikes and states; building and loading beside an earlier build;
# pages and ranks; many trials in one process.
#
# usage: bytes.sh [OLD]    OLD: a build folder of the commit to compare with; without it commit 06bbf4f is built (4 minutes)
#                          NETWORKS="small core full", PAIRS=10, PAIRS_FULL=5; TRIALS=0 leaves out trials_at_once.sh
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
prepare python3-h5py python3-numpy
python=(/usr/bin/python3 -B)
read -r -a networks <<<"${NETWORKS:-small core full}"
old="${1:-}"
build_to_compare 06bbf4f
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake

say "1. bytes a row, before and after (goals: 28 recurrent, 24 LGN, full 4.8 GB), and every value the same"
for network in "${networks[@]}"; do
  echo "  $network"
  mpirun -n 2 --oversubscribe "$old/striate" build "$network" -q -o "$work/old_$network" >"$work/log"
  on 2 build "$network" -q -o "$work/new_$network" >"$work/log"
  check "${python[@]}" scripts/acceptance/parts/edge_bytes.py "$work/old_$network" "$work/new_$network" --values
  if [[ $network == full ]]; then
    check test "$(du -sb "$work/new_full" | cut -f1)" -le 4800000000
    on 2 build full -q --no-source-index -o "$work/without" >"$work/log"
    echo "    without the index by source: $(du -sb "$work/without" | awk '{ printf "%.2f GB", $1 / 1e9 }') (stretch 3.8)"
    rm -rf "$work/without"
  fi
  [[ $network == small ]] || rm -rf "$work/old_$network" "$work/new_$network"
done
check_and_show "^test_|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/network/build_test.py -v

say "2. building and loading, old and new alternating (goals: build of full 0.65, load of full 0.55)"
for network in "${networks[@]}"; do
  pairs="${PAIRS:-10}"
  [[ $network != full ]] || pairs="${PAIRS_FULL:-5}"
  for ranks in 1 2; do
    echo "  $network, $ranks rank(s)"
    check "${python[@]}" benchmarks/compare.py "$old" build --pairs "$pairs" --ranks "$ranks" --work "build:$network,load:$network" | sed 's/^/    /'
  done
done

cold() { sync && echo 3 >/proc/sys/vm/drop_caches; }
if [[ -w /proc/sys/vm/drop_caches ]] && [[ " ${networks[*]} " == *" full "* ]]; then
  say "   loading full from cold files, beside plain reads of them"
  on 2 build full -q -o "$work/cold" >"$work/log"
  on 2 lgn "$work/cold/configs/config_filternet.json" -q >"$work/log"
  on 2 background "$work/cold" -q >"$work/log"
  sed 's/"duration": 3000.0/"duration": 0.25/' "$work/cold/configs/config_plain.json" >"$work/cold/configs/config_load.json"
  bytes="$(cat "$work/cold/network/"*_edges.h5 | wc -c)"
  for repeat in 1 2 3; do
    cold
    start="$(date +%s.%N)"
    printf '%s\n' "$work/cold/network/"*_edges.h5 | xargs -P 2 -I {} dd if={} of=/dev/null bs=4M status=none
    plain="$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')"
    cold
    check on 2 simulate "$work/cold/configs/config_load.json" -q -o "$work/out" --timings "$work/timings.json" >"$work/log" 2>&1
    load="$("${python[@]}" -c 'import json, sys; print(json.load(open(sys.argv[1]))["phases"]["load"]["max"])' "$work/timings.json")"
    awk -v bytes="$bytes" -v plain="$plain" -v load="$load" -v n="$repeat" \
      'BEGIN { printf "    run %d: files read in %.1f s (%.2f GB/s), network loaded in %.1f s (%.2f GB/s)\n", n, plain, bytes / plain / 1e9, load, bytes / load / 1e9 }'
    rm -rf "$work/out"
  done
  rm -rf "$work/cold"
fi

say "3. spikes of old files and of new ones, on 1, 2, 3 ranks"
for network in tiny profile small; do
  for age in old new; do
    base="$work/${age}_$network"
    program="$striate"
    [[ $age == new ]] || program="$old/striate"
    [[ -e "$base" ]] || "$program" build "$network" -q -o "$base" >"$work/log"
    "$striate" lgn "$base/configs/config_filternet.json" -q >"$work/log"
    "$striate" background "$base" -q >"$work/log"
    for ranks in 1 2 3; do
      check on "$ranks" simulate "$base/configs/config_plain.json" -q -o "$work/out" >"$work/log"
      sum="$(sort "$work/out/spikes.csv" | sha256sum | cut -c-16)"
      [[ -n "${first:-}" ]] || first="$sum"
      check test "$sum" = "$first"
      rm -rf "$work/out"
    done
  done
  echo "  $network: $first in all six"
  first=''
done

say "4. pages: no two ranks write one; slabs of 2 to 7 ranks"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#direct_file_test],[#edge_writer_test]"
for ranks in 2 3 4 7; do check_and_show "passed|failed" mpirun -n "$ranks" --oversubscribe build/tests/striate_mpi_tests -w NoTests -# "[#edge_writer_test]"; done

if [[ "${TRIALS:-1}" != 0 ]]; then
  say "5. many trials in one process"
  check scripts/acceptance/trials_at_once.sh "$old"
fi
finish
