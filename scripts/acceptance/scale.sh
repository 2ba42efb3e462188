#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what has been promised of fewer bytes a step, a million cells and many ranks, and prints the figures.
#
# usage: scale.sh [OLD]   OLD: a build folder of the commit to compare with; without it commit 0355a6d is built (4 minutes)
#                         PARTS="1 2 3 4"; NETWORKS="small core full", PAIRS=10, PAIRS_FULL=5 (part 1; full takes 9 GB of disk)
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
        --work "simulate:$network" | sed 's/^/    /'
    done
    [[ $network == small ]] || rm -rf "${work:?}/$network"
  done
fi

finish
