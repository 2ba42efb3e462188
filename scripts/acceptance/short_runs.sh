#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Small networks with few trials of each paradigm, for pictures and tables of all kinds within minutes; sourced.
# $striate is the program, $work a folder for logs.
# shellcheck disable=SC2154  # those two

# short_network NAME BASE [OPTION OF BUILD…]: a network with short paradigms, images and stand-ins for trained weights
short_network() {
  local base="$2"
  [[ ! -e "$base/network/v1_nodes.h5" ]] || return 0
  "$striate" build "$1" -q -o "$base" --small-lgn "${@:3}" >"$work/log"
  "$striate" images -q "$base/images/natural_images.h5"
  "$striate" images -q "$base/images/imagenet_images.h5" --count 400
  mkdir -p "$base/configs/paradigms"
  # The tables lie where those of the whole paradigms would.
  cat >"$base/configs/paradigms/few_gratings.yaml" <<'YAML'
extends: 8dir_10trials
trials:
  - angle: [0, 45, 90, 135, 180, 225, 270, 315]
    trial: 0..1
tables: metrics
YAML
  cat >"$base/configs/paradigms/few_contrasts.yaml" <<'YAML'
extends: contrasts
trials:
  - {angle: [0], contrast: [0.0], trial: 0..5}
  - {angle: [0, 45, 90, 135, 180, 225, 270, 315], contrast: [0.1, 0.4, 0.8], trial: 0..1}
tables: metrics
YAML
  printf 'extends: bo\ntrials:\n  - chunk: 0..4\ntables: metrics\nmetrics: [images]\n' >"$base/configs/paradigms/few_images.yaml"
  printf 'extends: imagenet\ntrials:\n  - chunk: 0..4\ntables: metrics\n' >"$base/configs/paradigms/few_imagenet.yaml"
  # Untrained weights by the name of trained ones: training takes hours.
  for source in v1 bkg; do cp "$base/network/${source}_v1_edges.h5" "$base/network/${source}_v1_edges_bio_trained.h5"; done
}

# short_tables BASE OPTION: the tables of all trials of this option
short_tables() {
  local name targets=()
  for name in OSI_DSI_DF similarity dg_sparsity_by_type contrast_by_type spectra selectivity_model_by_type correlation_pairs \
    rates fano weight_distribution preferred_direction_fits; do
    targets+=("$1/metrics/${name}_$2.csv")
  done
  "$striate" pipeline "${targets[@]}" -j "$(nproc)"
  "$striate" metrics decoding "$1" "$2" -q --paradigm "$1/configs/paradigms/few_images.yaml" --sizes 10
}
