#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Shows Striate at work on a fresh Debian 12 machine: builds it, simulates three seconds of a small V1 network on two
# ranks and compares every spike with those that NEST gave for the same files.
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_packages "${build_packages[@]}"
configure release build
build build striate
prepare_mpi

cd "$striate_root"
data=tests/data/tiny
output=build/demo
say "simulating $data on two ranks"
mpirun -n 2 --oversubscribe build/striate simulate "$data/configs/config_plain.json" -o "$output"

say "comparing with NEST"
spikes=$(($(wc -l <"$output/spikes.csv") - 1))
if gzip -dc "$data/expected/spikes_plain.csv.gz" | cmp - "$output/spikes.csv"; then
  echo "all $spikes spikes are NEST's: same neurons, same time steps"
else
  echo "the $spikes spikes differ from NEST's (see the first difference above)" >&2
  exit 1
fi

say "results"
for file in spikes.h5 spikes.csv log.txt config_plain.json; do echo "$striate_root/$output/$file"; done
