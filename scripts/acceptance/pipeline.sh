#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The whole experiment of 80 gratings on tiny through `striate pipeline`, from nothing to the tuning table: time of each
# stage; the same once more, interrupted in the middle and continued; the results must be the same.
#
# usage: pipeline.sh [JOBS]    steps at a time (default 2)
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
jobs="${1:-2}"
prepare make gnuplot-nox
target=tiny/metrics/OSI_DSI_DF_plain.csv
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", b - a }'; }
trials() { find "$1/tiny/8dir_10trials_plain" -name spikes.csv 2>/dev/null | wc -l; }
times() { find "$1/tiny/8dir_10trials_plain" -name 'spikes.csv' -printf '%p %T@\n' | sort; }
mkdir "$work/whole" "$work/parts"

say "1. what would run"
cd "$work/whole"
check "$striate" pipeline "$target" --dry-run >"$work/log"
sed -n 1,8p "$work/log"

say "2. 80 trials from nothing, $jobs steps at a time"
start="$(now)"
check_and_show "step\(s\)|^(build|background|lgn|simulate|metrics) " "$striate" pipeline "$target" -j "$jobs"
echo "all: $(since "$start"); $(trials "$work/whole") trials, $(wc -l <"$work/whole/$target") lines in the table"

say "3. nothing to do"
start="$(now)"
check_and_show "up to date" "$striate" pipeline "$target"
echo "nothing done in $(since "$start")"

say "4. interrupted in the middle (SIGINT, then kill -9) and continued"
cd "$work/parts"
for part in INT:20 KILL:50; do
  "$striate" pipeline "$target" -j "$jobs" >"$work/log" 2>&1 &
  pipeline=$!
  while (($(trials "$work/parts") < ${part#*:})) && kill -0 "$pipeline" 2>/dev/null; do sleep 0.1; done
  kill "-${part%:*}" "$pipeline"
  code=0
  wait "$pipeline" || code=$?
  sleep 2
  echo "SIG${part%:*} at $(trials "$work/parts") trials: exit code $code"
  times "$work/parts" >"$work/before_${part%:*}"
done
start="$(now)"
check_and_show "step\(s\)" "$striate" pipeline "$target" -j "$jobs"
echo "the rest: $(since "$start")"
times "$work/parts" >"$work/after"
kept="$(comm -12 "$work/before_KILL" "$work/after" | wc -l)"
echo "$kept of $(wc -l <"$work/before_KILL") finished trials were left alone"
check test "$kept" -eq "$(wc -l <"$work/before_KILL")"
check cmp "$work/whole/$target" "$work/parts/$target"

say "5. one input touched: what runs again"
touch "$work/whole/tiny/filternet_8dir_10trials/angle45_trial3/spikes.h5"
cd "$work/whole"
check_and_show "of [0-9]+\]" "$striate" pipeline "$target"
finish
