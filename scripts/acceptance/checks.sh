#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What the acceptance scripts share; sourced. A check that fails is shown and counted, and the script goes on.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
cd "$striate_root"
work="$(mktemp -d)"
clean_up() {
  [[ ! -d "$work/before" ]] || git -C "$striate_root" worktree remove --force "$work/before"
  rm -rf "$work"
}
trap clean_up EXIT
failures=0
striate="$striate_root/build/striate"
export PYTHONPATH="$striate_root/tests/e2e" # of the end-to-end tests' support

check() { "$@" || { failures=$((failures + 1)); echo "  FAILED: $*"; }; }
# check_and_show PATTERN COMMAND…: only the lines of its output that match
check_and_show() {
  check "${@:2}" >"$work/log" 2>&1
  grep -E "$1|FAILED" "$work/log" || true
}
# on RANKS ARGUMENT…: striate under mpirun
on() { mpirun -n "$1" --oversubscribe "$striate" "${@:2}"; }
# prepare PACKAGE…: what the script needs besides the build, then the release build
prepare() {
  install_packages "${build_packages[@]}" "${test_packages[@]}" "$@"
  prepare_mpi
  configure_tests release build
  build build >"$work/build.log"
}
# build_to_compare COMMIT [CMAKE OPTION…]: sets $old, a build folder of that commit, unless it is set
build_to_compare() {
  [[ -z "$old" ]] || { old="$(realpath "$old")"; return 0; }
  say "building commit $1 to compare with"
  git worktree add --detach "$work/before" "$1" >"$work/log" 2>&1
  (cd "$work/before" && cmake --preset release -DBUILD_TESTING=OFF "${@:2}" && cmake --build build --parallel "$(nproc)") >"$work/log"
  old="$work/before/build"
}
finish() {
  say "$failures checks failed"
  ((failures == 0))
}
