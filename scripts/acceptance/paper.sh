#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Shows that the paper's analyses can all be done: coverage of the reference, ten networks pooled, measured connections,
# numbers beside SciPy and pandas, the pipeline from nothing to figures, the gallery.
#
# usage: paper.sh [OUTPUT]    OUTPUT: where pictures are left (default build/acceptance/paper)
#                             NETWORKS=10 how many are pooled; RUNS=DIR keeps networks there and takes those that are there
# On two cores it takes about half an hour, of which the networks of section 2 are two thirds.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
# shellcheck source=scripts/acceptance/short_runs.sh
source scripts/acceptance/short_runs.sh
output="$(realpath -m "${1:-build/acceptance/paper}")"
prepare gnuplot-nox fonts-dejavu-core imagemagick python3-scipy python3-pandas
mkdir -p "$output"
parts="$striate_root/scripts/acceptance/parts"
python=(/usr/bin/python3 -B)
runs="$(realpath -m "${RUNS:-$work/runs}")"
count="${NETWORKS:-10}"
mkdir -p "$runs" "$work/plans"
# section TITLE: says how long the one before has taken
section() {
  [[ -z "${began:-}" ]] || echo "($((SECONDS - began)) s)"
  began=$SECONDS
  say "$1"
}

section "1. every command of docs/coverage.md exists, every target can be planned"
check "${python[@]}" "$parts/coverage_commands.py" "$striate" docs/coverage.md "$work/plans"

section "2. $count networks: tables and figures over all of them, memory"
cd "$runs"
networks=()
start=$SECONDS
for ((k = 0; k < count; k++)); do
  networks+=("core_nll_$k")
  [[ ! -e core_nll_$k/done ]] || continue
  check short_network "core_nll_$k" "core_nll_$k" --radius 50 --core-radius 50
  for option in plain bio_trained; do
    check short_tables "core_nll_$k" "$option" >"$work/log" 2>&1
    for kind in cohorts cohort-targets; do check "$striate" metrics "$kind" "core_nll_$k" "$option" -q; done
  done
  check "$striate" pipeline "core_nll_$k/metrics/suppression_pv_neg1000.csv" >"$work/log" 2>&1
  touch "core_nll_$k/done"
done
echo "built, simulated and tabulated in $((SECONDS - start)) s"
first="${networks[0]}"
paradigm() { echo "--paradigm $first/configs/paradigms/$1.yaml"; }
# What a kind needs to be told of the short paradigms; the others find their tables where they always are.
arguments() {
  case "$1" in
    correlation | em) paradigm few_imagenet ;;
    contrast | spectra) paradigm few_contrasts ;;
    images) echo "$(paradigm few_images) --reference ${networks[1]}/metrics/selectivity_model_by_unit_plain.csv" ;; # as if recorded
    decoding) echo "$(paradigm few_images) --sizes 10" ;;
    sparsity) paradigm few_gratings ;;
    suppression) echo "--targets node_sets/pv_nodes.json" ;;
  esac
}
pooled() {
  local option="$2"
  # shellcheck disable=SC2046 # a word each
  "$striate" metrics "$1" "$first" "$option" -q $(arguments "$1") --networks "${@:3}"
}
kinds=(similarity weights preferred-direction correlation em spectra contrast images decoding rates sparsity cohorts cohort-targets)
for kind in "${kinds[@]}"; do
  for option in plain bio_trained; do check pooled "$kind" "$option" "${networks[@]}" 2>>"$work/warnings"; done
done
check pooled suppression pv_neg1000 "${networks[@]}" 2>>"$work/warnings"
(cd "$first/metrics" && printf '  %s\n' ./*networks*.csv)
draw() { check "$striate" plot "$1" "$first" "$2" -q "${@:4}" --networks "${networks[@]}" -o "$output/$3.png"; }
for kind in odsi odsi-populations similarity rates contrast spectra weights preferred-direction correlation images cohorts cohort-targets; do
  draw "$kind" plain "$kind" --with bio_trained
done
draw decoding plain decoding --with bio_trained --size 10
for layout in examples ei matrix; do
  draw direction-curves plain "direction-curves-$layout" --layout "$layout"
  draw correlation-curves plain "correlation-curves-$layout" --layout "$layout" --fit all
done
draw em plain em
draw suppression pv_neg1000 suppression
if ((count == 10)); then
  aggregates=(aggregated_response_correlation/plain.png aggregate_spectra/plain.png)
  check_and_show "step\(s\)|^  [a-z]" "$striate" pipeline "${aggregates[@]}" -j "$(nproc)"
  for picture in "${aggregates[@]}"; do cp "$picture" "$output/${picture%%/*}.png"; done
fi
find "$output" -name '*.png' -printf '  %f %k kB\n' | sort
echo "memory (MB) of pooling 2 and $count networks:"
for kind in correlation preferred-direction em spectra similarity weights; do
  printf '  %-20s' "$kind"
  for number in 2 "$count"; do
    # shellcheck disable=SC2046
    check /usr/bin/time -o "$work/memory" -f %M "$striate" metrics "$kind" "$first" plain -q $(arguments "$kind") -o "$work/pooled" \
      --networks "${networks[@]:0:number}" 2>>"$work/warnings"
    awk '{ printf " %6.0f", $1 / 1000 }' "$work/memory"
  done
  echo
done

section "3. connections measured by electron microscopy: their numbers, and two networks beside them"
(cd "$striate_root" && check_and_show " s: |failed" build/tests/striate_unit_tests -w NoTests -d yes --filenames-as-tags "[#em_data_test]")
for network in like_to_like without; do
  more=()
  [[ $network == like_to_like ]] || more=(--no-like-to-like)
  [[ -e $network/network ]] || check "$striate" build profile -q -o "$network" "${more[@]}" >"$work/log"
  check "$striate" metrics em "$network" plain -q --kind direction --directions structure 2>>"$work/warnings"
done
check "${python[@]}" "$parts/paper_numbers.py" like-to-like like_to_like without

section "4. tables beside NumPy, SciPy and pandas"
for kind in features weight-properties; do check "$striate" metrics "$kind" "$first" plain -q; done
check "${python[@]}" "$parts/paper_numbers.py" tables "${networks[@]}"

section "5. the pipeline from nothing: adjusted tuning, a silencing heat map, figure 5's matrices; then nothing to do"
mkdir "$work/nothing"
cd "$work/nothing"
short_network tiny tiny # only to shorten its paradigms; its files are those that the pipeline would build
targets=(tiny/metrics/OSI_DSI_DF_adjusted.csv tiny/figures/suppression_pv_neg1000.png tiny/figures/response_correlation_plain.png
  tiny/figures/preferred-direction_plain.png)
check_and_show "step\(s\)|^  [a-z]" "$striate" pipeline "${targets[@]}" -j "$(nproc)"
stat -c '  %n: %s bytes' "${targets[@]}"
check "$striate" pipeline "${targets[@]}" >"$work/again" 2>&1
check grep "up to date" "$work/again"
cp tiny/figures/*.png "$output"

section "6. the gallery"
cd "$striate_root"
check env PAGE="$work/page/gallery.md" scripts/gallery.sh "$runs/gallery"
check diff <(grep -v '^!' docs/gallery.md) <(grep -v '^!' "$work/page/gallery.md")
check test "$(du -ck docs/pictures/gallery/*.png | tail -1 | cut -f1)" -le 2048
echo "($((SECONDS - began)) s)"
finish
