#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What the acceptance scripts share; sourced. A check that fails is shown and counted, and the script goes on.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
cd "$striate_root"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failures=0
striate="$striate_root/build/striate"

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
finish() {
  say "$failures checks failed"
  ((failures == 0))
}
