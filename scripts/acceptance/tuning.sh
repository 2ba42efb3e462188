#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what has been promised of stimuli of any kind, tuning, receptive fields and connectivity, and prints the figures.
#
# usage: tuning.sh [OUTPUT]   OUTPUT: where tables and pictures of the runs are left (default build/acceptance/tuning)
#                             PARTS="1 2 3 4 5 6"; NET=core: the network of parts 2 and 3 (small with an LGN that covers the screen)
#                             RUNS=DIR keeps that network and its runs there and takes those that are there already
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
output="$(realpath -m "${1:-build/acceptance/tuning}")"
prepare gnuplot-nox python3-h5py python3-numpy
python=(/usr/bin/python3 -B)
parts=" ${PARTS:-1 2 3 4 5 6} "
runs="$(realpath -m "${RUNS:-$work}")"
net="$runs/${NET:-small}"
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake
mkdir -p "$output" "$runs"

# e2e NAME [TEST]: a test of the built program, or one of its cases
e2e() { check_and_show "^test_|^Ran|^OK" "${python[@]}" tests/e2e/*/"$1_test.py" -v ${2:+"$2"}; }
network() {
  [[ -e "$net/network/v1_nodes.h5" ]] && return
  printf 'extends: %s\nlgn: {tiles: [15, 10]}\n' "${NET:-small}" >"$runs/network.yaml"
  check "$striate" build "$runs/network.yaml" -q -o "$net" >"$work/log"
}
# timed TARGET: made by the pipeline with all that it needs
timed() {
  local start=$SECONDS
  check "$striate" pipeline "$net/$1" -q >"$work/log" 2>&1
  echo "  $1: $((SECONDS - start)) s"
}

if [[ "$parts" == *" 1 "* ]]; then
  say "1. the numbers that were written down beforehand: fits, likelihoods, selectivity, stimuli"
  for test in response_curves contrast_models tuning_measures connection_law connection_fits field_map noise_fields contrast; do
    [[ -z "$(find tests/unit -name "${test}_test.cpp")" ]] || check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#${test}_test]"
  done
  e2e gratings
fi
if [[ "$parts" == *" 2 "* ]]; then
  say "2. quick paradigms from nothing to tables and pictures, on $(nproc) cores"
  network
  for paradigm in spatial_frequency static_gratings_quick size_quick orientation_contrast; do
    timed "figures/tuning_${paradigm}_plain.png"
    check cp "$net/figures/tuning_${paradigm}_plain.png" "$output"
    find "$net/metrics" -name "tuning_by_type_${paradigm}_plain.csv" -exec cp {} "$output" \;
  done
  timed metrics/gabors_quick/rf_gabors_by_type_plain.csv
  check cp "$net/metrics/gabors_quick/rf_gabors_by_type_plain.csv" "$output"
  cut -d, -f1-5,12-16 "$output/rf_gabors_by_type_plain.csv" | sed 's/^/  /'
  check "$striate" plot gabor-fields "$net" --tables "$net/metrics/gabors_quick" -o "$output/gabor-fields.png" -q >"$work/log"
  timed metrics/sparse_noise_quick/rf_noise_by_type_plain.csv
  check "$striate" plot noise-fields "$net" --tables "$net/metrics/sparse_noise_quick" -o "$output/noise-fields.png" -q >"$work/log"
  cut -d, -f1-8 "$net/metrics/sparse_noise_quick/rf_noise_by_type_plain.csv" | sed 's/^/  /'
fi
if [[ "$parts" == *" 3 "* ]]; then
  say "3. receptive fields from connections: ON and OFF along the tuning angle; beside those of Gabor patches and of noise"
  network
  timed figures/receptive-field.png
  check cp "$net/figures/receptive-field.png" "$output"
  check "${python[@]}" scripts/acceptance/parts/structural_fields.py "$net/metrics"
  e2e receptive_fields
  e2e gabor_fields
  e2e noise_fields
fi
if [[ "$parts" == *" 4 "* ]]; then
  say "4. fits of a network's connections give back the tables that it was built from"
  printf 'extends: small\nrecurrent: {lateral_aspect: 1, tuning_offset_um: 0, orientation_ratio: {e: {e: 0}}}\n' >"$work/isotropic.yaml"
  check "$striate" build "$work/isotropic.yaml" --only v1 -q -o "$work/isotropic" >"$work/log"
  check /usr/bin/time -f "  measured and fitted in %e s" "$striate" metrics connectivity "$work/isotropic" -q >"$work/log"
  check "${python[@]}" scripts/acceptance/parts/connections_recovered.py "$work/isotropic/metrics/connection_fits_plain.csv"
  check "$striate" plot connectivity "$work/isotropic" -o "$output/connectivity.png" -q >"$work/log"
  e2e connectivity
fi
if [[ "$parts" == *" 5 "* ]]; then
  say "5. a paradigm of a user's own, with two variables of their own"
  e2e gratings GratingsTest.test_paradigm_of_ones_own
  e2e tuning
fi
if [[ "$parts" == *" 6 "* ]]; then
  say "6. wrong YAML, gaps in conditions, missing trials and columns, wrong tables: message and exit code"
  for test in tuning recordings gabor_fields noise_fields connectivity responses; do
    mapfile -t cases < <(grep -oE "def test_(wrong|missing|what)[a-z_]*" tests/e2e/*/"${test}_test.py" | cut -c5-)
    for case in "${cases[@]}"; do
      check_and_show "^test_|^Ran|^OK" "${python[@]}" tests/e2e/*/"${test}_test.py" -v -k "$case"
    done
  done
fi
finish
