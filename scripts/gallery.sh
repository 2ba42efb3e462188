#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Draws every kind of figure from a small network and writes docs/gallery.md with small copies of them, and the commands.
#
# usage: gallery.sh [WORK]    WORK: where the network and the full pictures are left, and taken from if they are there
#                             (default build/gallery); PAGE=FILE.md writes the page and its pictures/ elsewhere
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$striate_root"
kept="$(realpath -m "${1:-build/gallery}")"
page="$(realpath -m "${PAGE:-docs/gallery.md}")"
striate="${STRIATE:-$striate_root/build/striate}"
install_packages "${build_packages[@]}" gnuplot-nox fonts-dejavu-core imagemagick
configure_program
[[ -n "${STRIATE:-}" ]] || build build striate
prepare_mpi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# shellcheck source=scripts/acceptance/short_runs.sh
source scripts/acceptance/short_runs.sh
mkdir -p "$kept/pictures" "$(dirname "$page")/pictures/gallery"
cd "$kept"
small="$(dirname "$page")/pictures/gallery"
width=600
largest=60000 # bytes of a picture

say "the network and its tables"
short_network tiny tiny --radius 60 --core-radius 60
paradigms=tiny/configs/paradigms
made() { [[ -e "tiny/metrics/$1" ]]; }
made decoding_summary_plain_by_type.csv || {
  for option in bio_trained adjusted; do short_tables tiny "$option" >"$work/log"; done
  short_tables tiny plain >"$work/log"
}
made suppression_vip_neg1000.csv || "$striate" pipeline -j "$(nproc)" tiny/metrics/suppression_{pv,sst,vip}_neg1000.csv >"$work/log"
made cohort_targets_adjusted.csv || for option in plain bio_trained adjusted; do
  for kind in features weight-properties cohorts cohort-targets; do "$striate" metrics "$kind" tiny "$option" -q; done
done
made perturbation_slopes_inh_selective.csv || {
  "$striate" nodesets selective tiny -q
  for sign in neg pos; do
    "$striate" nodesets silence tiny "inh_selective_${sign}100" -q
    "$striate" pipeline -j "$(nproc)" "tiny/metrics/OSI_DSI_DF_inh_selective_${sign}100.csv" >"$work/log"
  done
  "$striate" metrics slopes tiny inh_selective -q
}
made correlation_samples_plain.csv || {
  em="$striate_root/configs/reference"
  "$striate" metrics correlation tiny plain -q --paradigm $paradigms/few_imagenet.yaml --samples 300 --em "$em/em_correlation.csv"
  "$striate" metrics preferred-direction tiny plain -q --monte-carlo 300 --em "$em/em_direction.csv"
}
made em_comparison_plain.csv || "$striate" metrics em tiny plain -q --paradigm $paradigms/few_imagenet.yaml
made connection_bins_plain.csv || "$striate" metrics connectivity tiny plain -q
made rf_structure_maps.h5 || "$striate" metrics receptive-field tiny --from structure -q
[[ -e tiny/training/short/log.csv ]] ||
  "$striate" train tiny --preset bio_trained --suffix short --epochs 2 --steps 4 --trials 2 -q >"$work/log" 2>&1
[[ -e tiny/output_traces/five.h5 ]] || {
  # The option plain once more for a second, with a report of five cells.
  sed -e 's/"duration": 3000.0/"duration": 1000.0/; s/output_plain/output_traces/' -e '0,/^{/s//{\n  "reports": {"five": {"module": "multimeter_report",\
    "cells": {"population": "v1", "node_id": [20, 300, 500, 700, 1200]}, "variable_name": ["V_m", "threshold"], "interval": 0.5}},/' \
    tiny/configs/config_plain.json >tiny/configs/config_traces.json
  "$striate" simulate tiny/configs/config_traces.json -q
}

say "the pictures"
cat >"$work/page" <<'PAGE'
# Gallery
Every kind of figure, drawn by `scripts/gallery.sh` from a network of 1,578 cells (`tiny` with a radius of 60 µm) with two
trials of each grating and five chunks of images, so that they show what figures look like and nothing about the cortex.
`bio_trained` is the untrained network under another name here, `adjusted` that of `striate adjust`. Pictures are small copies
(600 pixels of 2160); what each shows, and from which tables, is in [metrics](metrics.md#figures), the reference's names of
them in [coverage](coverage.md).
PAGE
# figure TITLE ARGUMENTS OF PLOT…: draws a kind and adds it to the page
figure() {
  local title="$1" kind="$2" command
  shift
  command="striate plot $*"
  "$striate" plot "$@" -q -o "pictures/$kind.png"
  # A palette without dither: lines and letters stay sharp, and files small; the dots of rasters have to do with few colours.
  for colours in 48 24 12 8; do
    convert "pictures/$kind.png" -resize "${width}x" +dither -colors "$colours" -define png:compression-level=9 "PNG8:$small/$kind.png"
    (($(stat -c %s "$small/$kind.png") > largest)) || break
  done
  printf '\n## %s\n    %s\n![%s](pictures/gallery/%s.png)\n' "$title" "$command" "$title" "$kind" >>"$work/page"
}
figure "What the LGN sees" stimulus tiny/configs/config_filternet.json
figure "Spikes of the LGN" lgn tiny
figure "Spikes and spectra" raster tiny plain --groups type --spectra
figure "Voltages of some cells" traces tiny traces
figure "Rates and selectivity beside recordings" odsi tiny plain --with adjusted
figure "The same by population" odsi-populations tiny plain --with adjusted
figure "Similarity to recordings" similarity tiny plain --with adjusted
figure "Rates" rates tiny plain --with adjusted
figure "Responses to directions" tuning-map tiny plain
figure "Contrast" contrast tiny plain
figure "Responses to contrasts and directions" contrast-map tiny plain
figure "Cells that respond" responders tiny plain
figure "Power spectra" spectra tiny plain
figure "Fano factor" fano tiny plain --with adjusted
figure "Weights against directions" direction-curves tiny plain --with adjusted
figure "Effect sizes over directions" preferred-direction tiny plain
figure "Weights against correlations" correlation-curves tiny plain --layout ei --fit all
figure "Effect sizes over correlations" correlation tiny plain
figure "P of few connections" p-values tiny plain
figure "Beside electron microscopy" em tiny plain
figure "Connections by distance, and both ways" connectivity tiny plain
figure "Receptive fields from connections" receptive-field tiny
figure "Distributions of weights" weights tiny plain --with adjusted
figure "Thirds by outgoing weight" cohorts tiny plain --with adjusted
figure "Where their weight lands" cohort-targets tiny plain
figure "Weights against properties" weight-properties tiny plain
figure "Silencing" suppression tiny pv_neg1000 --with sst_neg1000 vip_neg1000
figure "Currents into selective cells" slopes tiny inh_selective
figure "Images" images tiny plain --with adjusted --style violins
figure "Decoding" decoding tiny plain --with adjusted --size 10
figure "Confusion" confusion tiny plain --size 10
figure "Currents between types" actuation tiny
figure "Training" training tiny short
mv "$work/page" "$page"
echo "$(grep -c '^## ' "$page") figures, $(du -ck "$small"/*.png | tail -1 | cut -f1) kB; the largest:"
find "$small" -name '*.png' -printf '%s %f\n' | sort -n | tail -3
