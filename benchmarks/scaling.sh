#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Strong scaling (one network, more ranks) and weak scaling (the sheet's radius grows with the square root of the ranks, so
# that neurons per rank and in-degree stay), with the phases of each run.
# usage: scaling.sh [-s STRIATE] [-n NETWORK] [-r "1 2 4"] [-w RADIUS_UM] [-k RUNS] [-l LAUNCHER] [-o OUT.json] [-d WORKDIR]
# LAUNCHER gets the number of ranks appended: "mpirun -n" (default), "srun --mpi=pmix -n".
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
striate=$here/../build/striate network=full ranks="1 2" radius=200 runs=5 launcher="mpirun -n" work=/tmp/striate_scaling
out=$here/results/scaling.json
usage() { sed -n '3,6s/^# //p' "$0"; }
while getopts "s:n:r:w:k:l:o:d:h" option; do
  case $option in
    s) striate=$OPTARG ;;
    n) network=$OPTARG ;;
    r) ranks=$OPTARG ;;
    w) radius=$OPTARG ;;
    k) runs=$OPTARG ;;
    l) launcher=$OPTARG ;;
    o) out=$OPTARG ;;
    d) work=$OPTARG ;;
    h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
read -r -a launch <<<"$launcher"
read -r -a rank_counts <<<"$ranks"
mkdir -p "$work"
timings=$work/timings.txt
: >"$timings"

# make RADIUS_OR_EMPTY RANKS: network, LGN and background in $work/base
make() {
  rm -rf "$work/base"
  local size=()
  [ -z "$1" ] || size=(--radius "$1" --core-radius "$(awk "BEGIN {print $1 / 2}")")
  "${launch[@]}" "$2" "$striate" build "$network" -q -o "$work/base" "${size[@]}" >/dev/null
  "${launch[@]}" "$2" "$striate" lgn -q "$work/base/configs/config_filternet.json"
  "$striate" background -q "$work/base"
}

# simulate KIND RANKS
simulate() {
  for ((run = 0; run < runs; ++run)); do
    "${launch[@]}" "$2" "$striate" simulate -q "$work/base/configs/config_plain.json" -o "$work/output" --timings "$work/run.json"
    printf '%s\t%s\n' "$1" "$(tr -d '\n' <"$work/run.json")" >>"$timings"
  done
  echo "$1 scaling, $2 ranks: $runs runs"
}

last=${rank_counts[-1]}
make "" "$last"
for count in "${rank_counts[@]}"; do simulate strong "$count"; done
for count in "${rank_counts[@]}"; do
  make "$(awk "BEGIN {print $radius * sqrt($count)}")" "$last"
  simulate weak "$count"
done
python3 "$here/scaling_result.py" "$timings" "$out" --striate "$striate" --command "benchmarks/scaling.sh -n $network -r \"$ranks\" -w $radius -k $runs -l \"$launcher\""
rm -rf "$work"
