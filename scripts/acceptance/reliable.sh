#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Nothing lost: faults before and after, the kill and fuzz campaigns, exact restarts, a long run whose memory stays flat, two runs
# into one folder, and what all that costs.
#
# usage: reliable.sh [OLD [CASES]]   OLD: a build folder of the commit to compare with; without it commit 06eb2ea is built (4 minutes)
#                                    CASES: a folder with damaged files (hang_heap/nodes.h5, …)
#                                    PARTS="1 2 3 4 5"; KILLS=1000, FUZZ=100000, CUTS=20, TRIES=50, PAIRS=5, LONG=600
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
prepare gnuplot-nox python3-h5py python3-numpy
python=(/usr/bin/python3 -B)
old="${1:-}"
cases="${2:-}"
parts=" ${PARTS:-1 2 3 4 5} "
build_to_compare 06eb2ea
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake

if [[ "$parts" == *" 1 "* ]]; then
  say "1. faults, before and after"
  check "${python[@]}" scripts/acceptance/parts/faults.py "$old/striate" "$striate" ${cases:+"$cases"}
  say "   kills (${KILLS:-1000})"
  check scripts/kill.sh --kills "${KILLS:-1000}"
  say "   mutated inputs (${FUZZ:-100000})"
  check scripts/fuzz.sh --inputs "${FUZZ:-100000}"
fi
if [[ "$parts" == *" 2 "* ]]; then
  say "2. exact restart: ${CUTS:-20} cuts each"
  for network in profile small; do check "${python[@]}" scripts/acceptance/parts/restarts.py "$striate" "$network" "${CUTS:-20}"; done
  say "   what a checkpoint of full costs"
  check "${python[@]}" scripts/acceptance/parts/restarts.py "$striate" full 0
fi
if [[ "$parts" == *" 3 "* ]]; then
  say "3. a long run: memory over time; killed at nine tenths, resumed"
  check "${python[@]}" scripts/acceptance/parts/long_run.py "$striate" "${LONG:-600}" 2
fi
if [[ "$parts" == *" 4 "* ]]; then
  say "4. two runs into one folder, ${TRIES:-50} times each"
  check "${python[@]}" scripts/acceptance/parts/two_runs.py "$striate" "${TRIES:-50}"
fi
if [[ "$parts" == *" 5 "* ]]; then
  say "5. loading, building, simulating full before and after"
  for ranks in 1 2; do
    check "${python[@]}" benchmarks/compare.py "$old" build --pairs "${PAIRS:-5}" --ranks "$ranks" --work build:full,load:full,simulate:full | sed 's/^/    /'
  done
  check "${python[@]}" benchmarks/compare.py "$old" build --pairs 20 --ranks 1 --work build:small | sed 's/^/    /'
fi
finish
