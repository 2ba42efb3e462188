#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Do the tests notice? Breaks one line at a time (scripts/mutants/mutants.txt) in a worktree of its own and runs the tests
# that must fail. By hand or nightly: the first run builds everything once, each mutant then costs one compilation.
#
# usage: mutants.sh [--in TREE] [WORD…]
#   --in TREE   a worktree that is built already (its changes are left alone, no file may be edited meanwhile)
#   WORD        only mutants that have it in their name, file or tests
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
prepare_mpi

tree="$striate_root/build-mutants"
if [[ "${1:-}" == --in ]]; then
  tree="$(realpath "$2")"
  shift 2
elif [[ -e "$tree/.git" ]]; then
  git -C "$tree" checkout -q --detach "$(git -C "$striate_root" rev-parse HEAD)"
else
  git -C "$striate_root" worktree add -q --detach "$tree"
fi

export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$tree}"
if [[ ! -f "$tree/build/build.ninja" ]]; then
  if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  # File by file: a mutant then compiles one.
  (cd "$tree" && cmake --preset release -DSTRIATE_UNITY=OFF >/dev/null)
fi
exec nice python3 -B "$striate_root/scripts/mutants/run.py" "$tree" "$@"
