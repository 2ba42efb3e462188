#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# From a fresh Debian 12 machine to the built program: packages (only missing ones), configure, build.
# Run it for exactly that, or source it for its functions. Repeating it takes a second.
set -euo pipefail

striate_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

build_packages=(
  g++ cmake ninja-build make git
  openmpi-bin libopenmpi-dev libhdf5-openmpi-dev
  libboost-dev libboost-program-options-dev libfmt-dev libspdlog-dev nlohmann-json3-dev librandom123-dev libssl-dev zlib1g-dev libyaml-cpp-dev libeigen3-dev
  liblbfgs-dev libzip-dev libpugixml-dev
)
# shellcheck disable=SC2034  # for the scripts that source this
test_packages=(catch2 python3 python3-numpy python3-h5py python3-pandas gnuplot-nox)

say() { printf '\n== %s\n' "$*"; }

# Prints those of its arguments that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || printf '%s\n' "$package"
  done
}

install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian system: please provide what these packages hold: $*" >&2
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "Packages are missing and neither root rights nor sudo are at hand. As root, run:" >&2
      echo "  apt-get install ${missing[*]}" >&2
      exit 69
    fi
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -q || echo "apt-get update failed; trying with the lists at hand" >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# configure PRESET FOLDER [OPTION…]: a folder that is configured stays as it is, unless there are options
configure() {
  if [[ $# == 2 && -f "$striate_root/$2/build.ninja" ]]; then return; fi
  if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  say "configuring $2"
  (cd "$striate_root" && cmake --preset "$1" "${@:3}")
}

# For those who want the program alone, and so need no packages of the tests.
configure_program() {
  [[ -f "$striate_root/build/build.ninja" ]] || configure release build -DBUILD_TESTING=OFF
}
configure_tests() { configure "$1" "$2" -DBUILD_TESTING=ON; }

# build FOLDER [TARGET…]: with all cores
build() {
  local folder="$1" targets=()
  shift
  (($# == 0)) || targets=(--target "$@")
  say "building $folder"
  cmake --build "$striate_root/$folder" --parallel "$(nproc)" "${targets[@]}"
}

# What mpirun needs on any machine, containers and root's shell included.
prepare_mpi() {
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  # Containers forbid the system call behind OpenMPI's single copy between processes.
  export OMPI_MCA_btl_vader_single_copy_mechanism=none
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  install_packages "${build_packages[@]}"
  configure_program
  build build striate
  say "built $striate_root/build/striate"
fi
