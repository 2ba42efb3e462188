#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Shows Striate at work on a fresh Debian 12 machine: builds a small V1 network, makes the LGN's answer to a drifting
# grating and the background spikes, simulates three seconds on two ranks, prints the rates of all cell types, draws
# the spikes and writes a page about the run.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages "${build_packages[@]}" gnuplot-nox
configure_program
build build striate
prepare_mpi

striate="$striate_root/build/striate"
base="$striate_root/build/demo/tiny"
mkdir -p "$base"
cd "$striate_root/build/demo"
say "building the network"
"$striate" build tiny -o "$base" --force
say "LGN: a drifting grating"
"$striate" lgn "$base/configs/config_filternet.json"
say "background spikes"
"$striate" background "$base"
say "simulating three seconds on two ranks"
"$striate" --ranks 2 simulate "$base/configs/config_plain.json"
say "pictures and a report"
"$striate" plot raster "$base"
"$striate" plot lgn "$base"
"$striate" metrics weights "$base" plain
"$striate" report "$base" plain

say "results"
find "$base/output_plain" "$base/figures" -type f | sort
