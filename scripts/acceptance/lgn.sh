#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# LGN acceptance: rates and background against reference files, ranks, bad inputs. usage: lgn.sh [REFERENCE_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
reference=$(realpath "${1:-../shared/reference}")
striate=$PWD/build/striate
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "== rates of 42 cells, 4 stimuli, every frame"
STRIATE_REFERENCE=$reference build/tests/striate_validation_tests "LGN*"

echo "== same spikes on 1, 2 and 3 ranks"
cp -r "$reference/tiny_sonata" "$work/tiny"
for ranks in 1 2 3; do
  mpirun --oversubscribe -n "$ranks" "$striate" lgn "$work/tiny/configs/config_filternet.json" -o "$work/out$ranks" -q
done
cmp "$work/out1/spikes.csv" "$work/out2/spikes.csv"
cmp "$work/out1/spikes.csv" "$work/out3/spikes.csv"

echo "== background in reference mode"
"$striate" background "$work/tiny" -o "$work" --reference-mode --rate 250 --duration 3 --seed 7 -q
h5diff "$work/bkg/bkg_spikes_250Hz_3s.h5" "$reference/tiny_sonata/bkg/bkg_spikes_250Hz_3s.h5"

echo "== bad inputs end with a message and their exit code"
config() { sed "s|\"inputs\": {|\"inputs\": {\"X\": {\"input_type\": \"movie\", $1},|; s|\"LGN_spikes\": {|&\"enabled\": $2,|" \
  "$work/tiny/configs/config_filternet.json" > "$work/tiny/configs/bad.json"; }
expect() {
  local code=0
  "$striate" lgn "$work/tiny/configs/bad.json" -o "$work/bad" -q || code=$?
  [ "$code" -eq "$1" ] || { echo "exit code $code, expected $1"; exit 1; }
}
config '"module": "movie", "data_file": "missing.npy", "frame_rate": 1000' false; expect 66
config '"module": "sparkle"' false; expect 78
config '"module": "graiting"' true; expect 78
config '"module": "full_field_flash", "row_size": 80, "col_size": 120, "t_on": 1, "t_off": 2, "frame_rate": 0' false; expect 78
python3 - "$work" <<'PY'
import sys, numpy as np
m = np.zeros((20, 8, 8), np.float32); m[3, 4, 5] = np.nan
np.save(sys.argv[1] + "/nan.npy", m); np.save(sys.argv[1] + "/flat.npy", m[0])
PY
config "\"module\": \"movie\", \"data_file\": \"$work/nan.npy\", \"frame_rate\": 1000" false; expect 65
config "\"module\": \"movie\", \"data_file\": \"$work/flat.npy\", \"frame_rate\": 1000" false; expect 65
echo "all passed"
