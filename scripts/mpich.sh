#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds against MPICH and its parallel HDF5, beside the usual build. Debian's packages are unpacked into a folder of
# their own: installing them would make MPICH the machine's mpicc and mpirun, or leave that to chance. Needs no root.
#
# usage: mpich.sh                 unpack, configure build-mpich, build, run the tiers unit and mpi
#        mpich.sh prepare         only unpack; prints the options that cmake needs
#
# STRIATE_MPICH: the folder (build-mpich/mpich)
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
prefix="${STRIATE_MPICH:-$striate_root/build-mpich/mpich}"

unpack() {
  [[ ! -x "$prefix/bin/mpiexec" ]] || return 0
  command -v apt-get >/dev/null || { echo "no apt-get (this is not Debian): give cmake your MPICH, see docs/compiling.md" >&2; exit 69; }
  local packages script
  mapfile -t packages < <(apt-get install --simulate --no-install-recommends mpich libmpich-dev libhdf5-mpich-dev | awk '$1 == "Inst" {print $2}')
  ((${#packages[@]} > 0)) || { echo "MPICH is installed: cmake --preset mpich" >&2; exit 0; }
  say "unpacking ${packages[*]}"
  mkdir -p "$prefix/archives" "$prefix/bin"
  (cd "$prefix/archives" && apt-get download -q "${packages[@]}" && for script in ./*.deb; do dpkg -x "$script" "$prefix"; done)
  # The wrappers of compilers know where they would have been installed.
  for script in mpicc h5pcc; do
    sed -E "s|^((exec_)?prefix=\"?)/usr|\1$prefix/usr|; s|^((include\|lib)dir=\"?)/usr|\1$prefix/usr|; s|^(CC\|CLINKER)BASE=.*|\1BASE=$prefix/bin/mpicc|" \
      "$prefix/usr/bin/$script.mpich" >"$prefix/bin/$script"
    chmod +x "$prefix/bin/$script"
  done
  local libraries
  libraries="$(find "$prefix/usr/lib" -name 'libmpich.so' -printf '%h')"
  # shellcheck disable=SC2016  # for the script that is written
  printf '#!/bin/sh\nexport LD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\nexec "%s" "$@"\n' \
    "$libraries" "$prefix/usr/bin/mpiexec.hydra" >"$prefix/bin/mpiexec"
  chmod +x "$prefix/bin/mpiexec"
}

unpack
options=(-DMPI_C_COMPILER="$prefix/bin/mpicc" -DHDF5_C_COMPILER_EXECUTABLE="$prefix/bin/h5pcc" -DMPIEXEC_EXECUTABLE="$prefix/bin/mpiexec")
if [[ "${1:-}" == prepare ]]; then
  printf '%s\n' "${options[@]}"
  exit
fi
install_packages "${test_packages[@]}"
[[ -f "$striate_root/build-mpich/build.ninja" ]] || configure mpich build-mpich "${options[@]}"
build build-mpich
"$striate_root/build-mpich/striate" version | grep MPI
ctest --test-dir "$striate_root/build-mpich" -L 'unit|mpi' --output-on-failure
