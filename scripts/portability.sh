#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Compiles for others: the program and the unit tests with Clang, the pure machine (core/, engine/machine/, training/) for ARM.
# Run by hand, about ten minutes.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
install_packages "${build_packages[@]}" "${test_packages[@]}" clang g++-aarch64-linux-gnu
cd "$striate_root"

say "Clang: $(clang++ --version | head -n 1)"
CC=clang CXX=clang++ cmake --preset release -B build-clang -DBUILD_TESTING=ON -DSTRIATE_WERROR=ON
build build-clang striate striate_unit_tests
build-clang/tests/striate_unit_tests

say "ARM: $(aarch64-linux-gnu-g++ --version | head -n 1)"
mpi_headers="$(mpicc --showme:incdirs | tr ' ' '\n' | sed 's/^/-isystem /' | tr '\n' ' ')"
mkdir -p build-arm
compile_for_arm() {
  # Headers of libraries are the same for all processors; the cross compiler's own come first.
  # shellcheck disable=SC2086  # several words
  aarch64-linux-gnu-g++ -std=c++20 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Werror -Wno-psabi -ffp-contract=off \
    -DOMPI_SKIP_MPICXX -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL -I. -Ibuild-clang/generated $mpi_headers \
    -idirafter /usr/include -c "$1" -o "build-arm/$(basename "$1" .cpp).o"
}
for file in core/*.cpp core/*/*.cpp engine/machine/*.cpp engine/machine/*/*.cpp training/*.cpp training/*/*.cpp; do
  case "$file" in *_x86.cpp | *_v3.cpp | *_v4.cpp) continue ;; esac
  echo "$file"
  compile_for_arm "$file"
done
say "compiles everywhere"
