#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds and runs all tests on a fresh Debian 12 machine: every tier of the release build, then the unit tier
# once more under AddressSanitizer and UndefinedBehaviorSanitizer. Exit code 0 only if all pass.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# The end-to-end tests make and read HDF5 files; those of jobs start a SLURM cluster of this machine.
install_packages "${build_packages[@]}" "${test_packages[@]}" slurm-wlm munge shellcheck
prepare_mpi

# run_tests FOLDER [CTEST OPTION…]: two tests more at once than there are cores, since many wait (for a cluster, a clock, a disk)
run_tests() {
  ctest --test-dir "$striate_root/$1" "${@:2}" --no-tests=error --output-on-failure --parallel "$(($(nproc) + 2))"
}

status=0
configure_tests release build
build build
say "all tests"
run_tests build || status=$?

configure_tests dev build-dev
build build-dev striate_unit_tests
say "unit tests under ASan and UBSan"
run_tests build-dev -L unit || status=$?

((status == 0)) || echo "some tests failed" >&2
exit "$status"
