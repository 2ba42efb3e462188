#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The order of the house: rooms and their sizes, includes, one truth for each fact, a toy metric, mutants, times from a clean
# clone, and that nothing a user sees has changed.
#
# usage: house.sh [OLD]    OLD: a build folder of the commit to compare with; without it commit 345e021 is built (7 minutes)
#                          MUTANTS=0, TIMES=0, COMPARE=0 leave out what takes long (about 40, 20 and 15 minutes)
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
prepare gnuplot-nox libbenchmark-dev tree time
python=(/usr/bin/python3 -B)
before_commit=345e021

# without_cache COMMAND…: no compiler cache
without_cache() { env -u CMAKE_C_COMPILER_LAUNCHER -u CMAKE_CXX_COMPILER_LAUNCHER CCACHE_DISABLE=1 "$@"; }

old="${1:-}"
build_to_compare "$before_commit" -DSTRIATE_BENCHMARKS=ON

say "1. rooms"
sources=(core io builder lgn engine metrics interventions slurm workflows cli tests/unit tests/mpi tests/validation tests/support)
[[ -d training ]] && sources+=(training)
tree -d --noreport "${sources[@]}"
# Every folder that holds sources, tests' Python included.
git ls-files -- '*.cpp' '*.hpp' 'tests/*.py' | xargs -n 1 dirname | sort | uniq -c | sort -rn >"$work/sizes"
sed -n 1,8p "$work/sizes"
count="$(wc -l <"$work/sizes")"
median="$(awk '{ print $1 }' "$work/sizes" | sed -n "$(((count + 1) / 2))p")"
largest="$(awk 'NR == 1 { print $1 }' "$work/sizes")"
echo "  $count folders, files per folder: median $median (at most 15), largest $largest (at most 30)"
check test "$median" -le 15
check test "$largest" -le 30
check "${python[@]}" scripts/check_includes.py
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake
echo "  planted: upward includes, a circle, two headers of one name"
check_and_show "^test_|^Ran|^OK|^FAILED" "${python[@]}" tests/e2e/program/include_rule_test.py -v

say "2. one truth: before and after"
check "${python[@]}" scripts/acceptance/parts/one_truth.py "$old/striate" "$striate"
check "${python[@]}" scripts/acceptance/parts/paradigm_truth.py "$old/striate" "$striate"

say "3. a toy metric and a toy figure"
check scripts/acceptance/toy_metric.sh

if [[ "${MUTANTS:-1}" != 0 ]]; then
  say "4. mutants"
  check scripts/mutants.sh
fi

if [[ "${TIMES:-1}" != 0 ]]; then
  say "5. from a clean clone, without a compiler cache"
  git clone -q "$striate_root" "$work/clone"
  cd "$work/clone"
  # seconds LABEL LIMIT COMMAND…
  seconds() {
    local begin=$SECONDS
    check without_cache "${@:3}" >"$work/log" 2>&1
    echo "  $1: $((SECONDS - begin)) s (goal $2 s)"
    check test "$((SECONDS - begin))" -le "$2"
  }
  seconds demo 180 scripts/demo.sh
  "${python[@]}" scripts/compile_seconds.py build | sed 's/^/    after:  /'
  [[ ! -f "$old/.ninja_log" ]] || "${python[@]}" scripts/compile_seconds.py "$old" | sed 's/^/    before: /'
  rm -rf build
  seconds "all tests" 720 scripts/test.sh
  grep -E "tests passed|tests failed" "$work/log" | sed 's/^/    /'
  cd "$striate_root"
  say "   clang"
  check_and_show "warning|error|clean" scripts/portability.sh
fi

say "6. bits, old and new"
check "${python[@]}" scripts/acceptance/parts/same_bits.py "$old/striate" "$striate" tiny
if [[ "${COMPARE:-1}" != 0 ]]; then
  cmake -S . -B build-bench -G Ninja -DCMAKE_BUILD_TYPE=Release -DSTRIATE_BENCHMARKS=ON -DBUILD_TESTING=OFF >"$work/log"
  build build-bench >"$work/log"
  check benchmarks/compare.sh "$old" build-bench --pairs 10
fi
finish
