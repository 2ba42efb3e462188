#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what the analyses and figures have promised and prints the figures: every column of odsi against NumPy, the tests
# of each metric by name, cost at full scale, pictures and the report of a real run, independence of ranks.
#
# usage: metrics.sh [OUTPUT]    OUTPUT: where pictures, page and screenshot are left (default build/acceptance/metrics)
# FULL=1 measures the cost at full scale anew (minutes, 2 GB of spikes); else the recorded figures are shown.
# RUNS=DIR keeps the simulated networks there and takes those that are there already: 590 simulations take minutes.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
output="$(realpath -m "${1:-build/acceptance/metrics}")"
prepare gnuplot-nox chromium fonts-dejavu-core
mkdir -p "$output"
python=(/usr/bin/python3 -B)
figures=("${python[@]}" scripts/acceptance/parts/metrics_figures.py)
runs="$(realpath -m "${RUNS:-$work}")"
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD=build STRIATE_CMAKE=cmake

# trials NETWORK gratings|contrasts PARADIGM TRIALS: background, LGN and simulations of a paradigm
trials() {
  local base="$runs/$1" lgn simulations
  [[ ! -e "$base/$2.done" ]] || { echo "$1: $2 are there already"; return; }
  local start=$SECONDS
  "$striate" background "$base" -p "$3" -q
  { read -r lgn; read -r simulations; } < <("${python[@]}" scripts/acceptance/parts/trial_configs.py "$base" plain "$2" "$4")
  for config in $lgn; do "$striate" lgn "$config" -q; done
  # shellcheck disable=SC2086 # one file a word
  check on 2 simulate $simulations -q
  touch "$base/$2.done"
  echo "$1: $(wc -w <<<"$simulations") runs of $2 in $((SECONDS - start)) s, LGN and background included"
}
network() {
  [[ -e "$runs/$1/network/v1_nodes.h5" ]] || check "$striate" build "$1" -q -o "$runs/$1" >"$work/log"
}
# tests TEXT NAME…: unit tests by their names
tests() {
  local IFS=,
  echo "$1:"
  check_and_show " s: |failed" build/tests/striate_unit_tests -w NoTests -d yes "${*:2}"
}
# console PAGE PNG: what the page makes a browser write to its console
console() {
  timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$(mktemp -d -p "$work")" \
    --enable-logging=stderr --v=0 --window-size=1100,"${3:-9000}" --screenshot="$2" "file://$1" 2>&1 | grep CONSOLE || true
}

say "1. odsi on 80 simulated trials of tiny: every column against NumPy, absent trials, silent cells"
network tiny
trials tiny gratings 8dir_10trials 10
mkdir "$work/odsi"
check "${figures[@]}" tuning "$striate" "$runs/tiny" "$work/odsi"
check_and_show " s: |failed" build/tests/striate_unit_tests -w NoTests -# -d yes "[#metrics_odsi_test]"

say "2. each metric against values worked by hand"
tests "bin edges of like-to-like (4.8)" "the bins of the contrast are NumPy's*" "'none' has the bin centred at 0.25*" \
  "bins closed on the right*" "bins with fewer than five*" "like-to-like contrasts*"
tests "Kolmogorov-Smirnov on small samples" "Kolmogorov-Smirnov*" "similarity is 1 - KS*"
tests "logistic regression" "separable classes*" "labels without meaning*" "two classes on a line*" "the gradient is*" \
  "random responses are decoded*"
tests "Welch" "a sinusoid on a frequency*" "four samples in one segment*" "the density depends on the unit*"
tests "responsiveness; of cells without a response 29 % pass p < 0.01, as expected with 30 blanks" \
  "the responsiveness test*"
echo "all others:"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#metrics_cells_test],[#metrics_cohorts_test],[#metrics_contrast_test],[#metrics_network_samples_test],[#metrics_networks_test],[#metrics_curve_sums_test],[#metrics_em_data_test],[#metrics_correlation_test],[#metrics_correlation_sums_test],[#metrics_count_matrix_test],[#metrics_current_curves_test],[#metrics_decoding_test],[#metrics_direction_resampling_test],[#metrics_fano_test],[#metrics_image_responses_test],[#metrics_image_selectivity_test],[#metrics_logistic_regression_test],[#metrics_outgoing_weights_test],[#metrics_pair_samples_test],[#metrics_preferred_direction_test],[#metrics_similarity_test],[#metrics_spectra_test],[#metrics_statistics_test],[#metrics_suppression_test],[#metrics_weight_distribution_test],[#metrics_welch_test]"

say "3. full scale: odsi on 80 trials and correlation with 60 images, networks of core size"
cost=benchmarks/results/metrics.json
if [[ "${FULL:-0}" == 1 ]]; then
  cost="$work/cost.json"
  check "${python[@]}" benchmarks/metrics_scale.py --work "$work/scale" --out "$cost" >"$work/log"
else
  echo "recorded in $cost (FULL=1 measures anew)"
fi
check "${figures[@]}" cost "$cost"

say "4. pictures and the report of small, in $output"
network small
base="$runs/small"
check "$striate" lgn "$base/configs/config_filternet.json" -q
check "$striate" background "$base" -q
check on 2 simulate "$base/configs/config_plain.json" -q
trials small gratings 8dir_10trials 2
trials small contrasts contrasts 10
for kind in odsi similarity sparsity rates preferred-direction weights fano contrast spectra; do
  check on 2 metrics "$kind" "$base" plain -q 2>>"$work/warnings"
done
grep -v "^ *$" "$work/warnings" || true
for kind in raster odsi contrast tuning-map responders preferred-direction weights spectra fano; do
  check "$striate" plot "$kind" "$base" plain -o "$output/$kind.png" -q
done
check "$striate" plot odsi "$base" plain -o "$output/odsi.svg" -q
check "$striate" plot odsi "$base" plain -o "$output/odsi.pdf" -q
check "$striate" report "$base" plain -o "$output/report.html"
echo "<script>console.error('seen')</script><img src='absent.png'>" >"$work/broken.html"
echo "console of a broken page: $(console "$work/broken.html" "$work/broken.png" | wc -l) lines"
check [ -n "$(console "$work/broken.html" "$work/broken.png")" ]
errors="$(console "$output/report.html" "$output/report.png")"
echo "console of the report: $(grep -c . <<<"$errors" || true) lines"
check [ -z "$errors" ]
(cd "$output" && ls -s --block-size=K -- *)
check_and_show "OK|FAILED|ERROR|skipped" "${python[@]}" tests/e2e/metrics/plot_report_test.py

say "5. the same bytes on 1, 2 and 3 ranks: all kinds on synthetic spikes, nine kinds on the runs of small"
check_and_show "OK|FAILED|ERROR" "${python[@]}" tests/e2e/metrics/metrics_test.py
check_and_show "OK|FAILED|ERROR" "${python[@]}" tests/e2e/metrics/metrics_images_test.py
for ranks in 1 2 3; do
  for kind in odsi similarity sparsity rates preferred-direction weights fano contrast spectra; do
    on "$ranks" metrics "$kind" "$base" plain -q -o "$work/on$ranks" 2>"$work/log"
  done
  cp "$base/contrasts_plain/spike_counts.h5" "$work/on$ranks"
  printf '%s rank(s) and 1: ' "$ranks"
  check "${figures[@]}" same "$work/on1" "$work/on$ranks"
done

finish
