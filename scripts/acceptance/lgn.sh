#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what the LGN stage has promised and prints the figures: equality with FilterNet and with the reference's
# background, time and memory, statistics of spikes, independence of ranks, effect on the network, pictures, bad input.
#
# usage: lgn.sh [REFERENCE [OUTPUT]]    REFERENCE: folder with lgn/ and tiny_sonata/ (default ../shared/reference beside
#                                       the repository); OUTPUT: where pictures are left (default build/acceptance/lgn)
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
reference="$(realpath "${1:-../shared/reference}")"
output="${2:-build/acceptance/lgn}"
prepare gnuplot-nox
python=(/usr/bin/python3 -B)
same=("${python[@]}" scripts/acceptance/parts/lgn_figures.py same)
figures() {
  mkdir "$work/$1"
  check "${python[@]}" scripts/acceptance/parts/lgn_figures.py "$1" "$striate" "$2" "$work/$1"
}
cp -r "$reference/tiny_sonata" "$work/tiny"
chmod -R u+w "$work/tiny"

say "1. rates of 42 cells, four stimuli, every frame, against FilterNet; golden values; invariants"
check_and_show "off$|passed|failed" env STRIATE_REFERENCE="$reference" build/tests/striate_validation_tests -w NoTests "*LGN*,[reference]"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#lgn_response_test],[#lgn_filters_test],[#lgn_stimulus_test]"

say "2. 17,400 cells: time and memory"
printf 'extends: tiny\nlgn: {tiles: [15, 10]}\n' >"$work/whole_lgn.yaml"
check "$striate" build "$work/whole_lgn.yaml" -q -o "$work/whole_lgn" >"$work/log"
figures cost "$work/whole_lgn"

say "3. spikes of 1000 trials against their rates"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#lgn_spike_trains_test]"
check "$striate" build tiny -q -o "$output/tiny" --force >"$work/log"
figures statistics "$output/tiny"

say "4. the same spikes on 1, 2 and 3 ranks"
for ranks in 1 2 3; do
  on "$ranks" lgn "$work/tiny/configs/config_filternet.json" -o "$work/on$ranks" -q
  check cmp "$work/on1/spikes.csv" "$work/on$ranks/spikes.csv"
  check "${same[@]}" "$work/on1/spikes.h5" "$work/on$ranks/spikes.h5" >"$work/log"
  grep FAILED "$work/log" || true
  echo "$ranks ranks: $(($(wc -l <"$work/on$ranks/spikes.csv") - 1)) spikes, $(sha256sum <"$work/on$ranks/spikes.csv" | cut -c-16)"
done

say "5. background in reference mode: the reference's file, and the hashes of three other seeds"
"$striate" background "$work/tiny" -o "$work" --reference-mode --rate 250 --duration 3 --seed 7 -q
check "${same[@]}" "$work/bkg/bkg_spikes_250Hz_3s.h5" "$reference/tiny_sonata/bkg/bkg_spikes_250Hz_3s.h5"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests "reference mode draws*"

say "6. the reference network with our LGN spikes, five seeds"
figures network "$work/tiny"

say "7. the demo's pictures, in $output"
check "$striate" lgn "$output/tiny/configs/config_filternet.json" -q
check "$striate" background "$output/tiny" -q
check on 2 simulate "$output/tiny/configs/config_plain.json" -q
check "$striate" plot stimulus "$output/tiny/configs/config_filternet.json" -o "$output/stimulus.png"
check "$striate" plot lgn "$output/tiny" -o "$output/lgn.png"
check "$striate" plot raster "$output/tiny" -o "$output/raster.png"

say "8. bad inputs end with a message and their exit code"
cp -r "$work/tiny" "$work/negative"
# Each puts one stimulus in front of the config's own, which stays enabled or not.
config() {
  sed "s|\"inputs\": {|\"inputs\": {\"X\": {\"input_type\": \"movie\", $1},|; s|\"LGN_spikes\": {|&\"enabled\": $2,|" \
    "$work/tiny/configs/config_filternet.json" >"$work/tiny/configs/bad.json"
}
expect() {
  local code=0 message
  message="$("$striate" "${@:2}" -q 2>&1)" || code=$?
  printf '%3d  %s\n' "$code" "$(head -1 <<<"${message//$work\//}" | cut -c-160)"
  check [ "$code" -eq "$1" ]
}
bad_stimulus() {
  config "$2" "${3:-false}"
  expect "$1" lgn "$work/tiny/configs/bad.json" -o "$work/bad"
}
"${python[@]}" - "$work" <<'PYTHON'
import sys
import h5py
import numpy as np
movie = np.zeros((20, 8, 8), np.float32)
np.save(sys.argv[1] + "/flat.npy", movie[0])
np.save(sys.argv[1] + "/integers.npy", movie.astype(np.int16))
movie[3, 4, 5] = np.nan
with h5py.File(sys.argv[1] + "/negative/network/lgn_nodes.h5", "r+") as file:
    file["nodes/lgn/0/spont_fr"] = np.full(len(file["nodes/lgn/node_id"]), -1.0)
np.save(sys.argv[1] + "/nan.npy", movie)
PYTHON
head -c 500 "$work/nan.npy" >"$work/cut.npy"
movie() { echo "\"module\": \"movie\", \"data_file\": \"$work/$1.npy\", \"frame_rate\": ${2:-1000}"; }
bad_stimulus 66 "$(movie missing)"
bad_stimulus 65 "$(movie nan)"
bad_stimulus 65 "$(movie flat)"
bad_stimulus 65 "$(movie integers)"
bad_stimulus 65 "$(movie cut)"
bad_stimulus 78 "$(movie nan 0)"
bad_stimulus 78 '"module": "sparkle"'
bad_stimulus 78 '"module": "graiting"' true
flash='"module": "full_field_flash", "row_size": 80, "col_size": 120'
bad_stimulus 78 "$flash, \"t_on\": 1, \"t_off\": 2, \"frame_rate\": 0"
bad_stimulus 78 "$flash, \"t_on\": 2, \"t_off\": 2, \"frame_rate\": 1000"
bad_stimulus 78 "$flash, \"t_on\": 1, \"t_off\": 2"
expect 65 lgn "$work/negative/configs/config_filternet.json" -o "$work/bad"
expect 2 background "$work/tiny" --rate -1 --duration 3
expect 2 background "$work/tiny" --rate 4001 --duration 3
expect 66 background "$work/nowhere"

finish
