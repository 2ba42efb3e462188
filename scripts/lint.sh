#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Checks form: clang-format and shellcheck on everything, clang-tidy on what changed since the main branch; then that each
# file also compiles alone, as developers build it, with all warnings and without one.
# usage: lint.sh [--all]      (--all: clang-tidy on every source file, about a minute per ten files, and the unit tests with
#                              every check of UndefinedBehaviorSanitizer)
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
install_packages "${build_packages[@]}" "${test_packages[@]}" clang-format clang-tidy shellcheck
configure single build-single -DBUILD_TESTING=ON -DSTRIATE_WERROR=ON
cd "$striate_root"

# Sources that differ from where this branch left main, committed or not.
changed_sources() {
  local base
  base="$(git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)"
  { git diff --name-only --diff-filter=d "$base" -- '*.cpp'; git ls-files --others --exclude-standard -- '*.cpp'; } | sort -u
}

status=0
mapfile -t sources < <(git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp')
say "clang-format: ${#sources[@]} files"
clang-format --dry-run --Werror "${sources[@]}" || status=1

mapfile -t scripts < <(git ls-files --cached --others --exclude-standard -- '*.sh' .ci/run)
say "shellcheck: ${#scripts[@]} files"
shellcheck -x "${scripts[@]}" || status=1

if [[ "${1:-}" == --all ]]; then
  mapfile -t tidied < <(git ls-files -- '*.cpp')
else
  mapfile -t tidied < <(changed_sources)
fi
say "clang-tidy: ${#tidied[@]} files"
if ((${#tidied[@]} > 0)); then
  printf '%s\0' "${tidied[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p build-single || status=1
fi
build build-single || status=1
if [[ "${1:-}" == --all ]]; then
  say "unit tests with each pointer checked"
  cmake --preset dev -B build-pointers -DSTRIATE_SANITIZE_POINTERS=ON >/dev/null
  build build-pointers striate_unit_tests || status=1
  ctest --test-dir build-pointers -L unit --output-on-failure --parallel "$(nproc)" || status=1
fi
((status == 0)) && say "clean"
exit "$status"
