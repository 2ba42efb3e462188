#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Strong scaling (one network, more ranks) and weak scaling (the sheet's radius grows with the square root of the ranks, so
# that neurons per rank and in-degree stay), with the phases of each run; one table and one picture.
# usage: scaling.sh [-s STRIATE] [-n NETWORK] [-r "1 2 4"] [-w RADIUS_UM|none] [-e "alltoallv packed"] [-k RUNS] [-l LAUNCHER]
#                   [-o OUT.json] [-d WORKDIR] [-S "SBATCH OPTIONS"]
# LAUNCHER gets the number of ranks appended: "mpirun -n" (default), "srun --mpi=pmix -n" (with -S). -e: forms of
# `simulate --exchange` to compare. -S submits to SLURM: a job that makes the network, one for each number of ranks when that
# is done, and one that collects; prints their ids and ends. WORKDIR must then be seen by all nodes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
striate=$here/../build/striate network=full ranks="1 2" radius=200 forms=alltoallv runs=5 launcher="" work=/tmp/striate_scaling
out=$here/results/scaling.json slurm="" in_slurm="" part=all
usage() { sed -n '3,10s/^# //p' "$0"; }
given=("$@")
while getopts "s:n:r:w:e:k:l:o:d:S:p:h" option; do
  case $option in
    s) striate=$OPTARG ;;
    n) network=$OPTARG ;;
    r) ranks=$OPTARG ;;
    w) radius=$OPTARG ;;
    e) forms=$OPTARG ;;
    k) runs=$OPTARG ;;
    l) launcher=$OPTARG ;;
    o) out=$OPTARG ;;
    d) work=$OPTARG ;;
    S) slurm=$OPTARG in_slurm=yes ;;
    p) part=$OPTARG ;; # all, make, RANKS, collect: what a job of -S does
    h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[ -n "$launcher" ] || launcher=$([ -n "$in_slurm" ] && echo "srun --mpi=pmix -n" || echo "mpirun -n")
read -r -a launch <<<"$launcher"
read -r -a rank_counts <<<"$ranks"
read -r -a form_names <<<"$forms"
mkdir -p "$work"

# make BASE RADIUS_OR_EMPTY RANKS: network, LGN and background
make() {
  rm -rf "$1"
  local size=()
  [ -z "$2" ] || size=(--radius "$2" --core-radius "$(awk "BEGIN {print $2 / 2}")")
  "${launch[@]}" "$3" "$striate" build "$network" -q -o "$1" "${size[@]}" >/dev/null
  "${launch[@]}" "$3" "$striate" lgn -q "$1/configs/config_filternet.json"
  "$striate" background -q "$1"
}

# simulate KIND BASE RANKS FORM: a line for each run in a file of its own
simulate() {
  local timings=$work/timings_$1_$3_$4.txt
  : >"$timings"
  for ((run = 0; run < runs; ++run)); do
    "${launch[@]}" "$3" "$striate" simulate -q "$2/configs/config_plain.json" -o "$work/output_$3" --exchange "$4" --timings "$work/run_$3.json"
    printf '%s\t%s\t%s\n' "$1" "$4" "$(tr -d '\n' <"$work/run_$3.json")" >>"$timings"
  done
  rm -rf "$work/output_$3" "$work/run_$3.json"
  echo "$1 scaling, $3 ranks, $4: $runs runs"
}

# measure RANKS: all that is run on so many ranks
measure() {
  for form in "${form_names[@]}"; do simulate strong "$work/base" "$1" "$form"; done
  [ "$radius" != none ] || return 0
  make "$work/weak_$1" "$(awk "BEGIN {print $radius * sqrt($1)}")" "$1"
  simulate weak "$work/weak_$1" "$1" "${form_names[0]}"
  rm -rf "$work/weak_$1"
}

collect() {
  cat "$work"/timings_strong_*.txt "$work"/timings_weak_*.txt >"$work/timings.txt" 2>/dev/null || true
  python3 "$here/scaling_result.py" "$work/timings.txt" "$out" --striate "$striate" --picture "${out%.json}_measured.svg" \
    --command "benchmarks/scaling.sh -n $network -r \"$ranks\" -w $radius -e \"$forms\" -k $runs -l \"$launcher\""
  rm -rf "$work/base" "$work"/timings*.txt
}

# submit NAME TASKS DEPENDENCY PART: prints the job's id
submit() {
  local options=()
  read -r -a options <<<"$slurm"
  sbatch --parsable --job-name="scaling_$1" --ntasks="$2" --output="$work/$1.log" ${3:+--dependency="$3"} "${options[@]}" \
    "$work/scaling_part.sh" "$4"
}

submit_all() {
  # sbatch copies its script away from the files beside this one.
  # shellcheck disable=SC2016 # $1 is the job's
  { printf '#!/usr/bin/env bash\nexec %q' "$here/scaling.sh"; printf ' %q' "${given[@]}"; echo ' -p "$1"'; } >"$work/scaling_part.sh"
  local most=${rank_counts[-1]} network_job jobs=""
  network_job=$(submit network "$most" "" make)
  echo "network: job $network_job"
  for count in "${rank_counts[@]}"; do
    local job
    job=$(submit "$count" "$count" "afterok:$network_job" "$count")
    echo "$count ranks: job $job"
    jobs+=":$job"
  done
  echo "table and picture: job $(submit collect 1 "afterany$jobs" collect)"
}

case $part in
  all)
    rm -f "$work"/timings*.txt
    if [ -n "$in_slurm" ]; then
      submit_all
    else
      make "$work/base" "" "${rank_counts[-1]}"
      for count in "${rank_counts[@]}"; do measure "$count"; done
      collect
    fi
    ;;
  make) make "$work/base" "" "${rank_counts[-1]}" ;;
  collect) collect ;;
  *) measure "$part" ;;
esac
