#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Many trials in one process: `contrasts` to its figure (510 trials) and `8dir_10trials` to its tables (80), on small, from
# nothing: processes and time by kind of step, before and after; that spikes are the same; batches of background files that are
# interrupted, killed and meet a full disk, and go on.
#
# usage: trials_at_once.sh [OLD]    OLD: a build folder of the commit to compare with; without it commit 06bbf4f is built (4 minutes)
#                                   JOBS=2: steps at a time; NETWORK=small
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
jobs="${JOBS:-2}"
network="${NETWORK:-small}"
unmount_and_clean_up() {
  umount -l "$work/parts/$network/bkg_contrasts" 2>"$work/ignored" || true # where the full disk was
  clean_up
}
trap unmount_and_clean_up EXIT
prepare make gnuplot-nox python3-h5py
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }

old="${1:-}"
build_to_compare 06bbf4f
old="$old/striate"

# spikes FOLDER…: names and contents of the spikes in them
spikes() { find "$@" -name 'spikes.csv' -print0 | sort -z | xargs -0 sha256sum; }
# from_nothing WHERE PROGRAM TARGET…: sets $seconds
from_nothing() {
  mkdir -p "$work/$1"
  cd "$work/$1"
  local start
  start="$(now)"
  check "$2" pipeline "${@:3}" -j "$jobs" >"$work/log" 2>&1
  seconds="$(since "$start")"
  grep -E "step\(s\)" "$work/log" | sed 's/^/    /'
  echo "    in all $seconds s, $(awk '/step\(s\) +[0-9.]+ s/ { n += $2 } END { print n }' "$work/log") processes"
  simulations="$(awk -v jobs="$jobs" '$1 == "simulate" { printf "%.1f", $4 / jobs }' "$work/log")"
}

say "1. from nothing, $jobs steps at a time on $(nproc) cores"
contrasts=("$network"/figures/contrast_plain.png)
gratings=("$network"/metrics/OSI_DSI_DF_plain.csv "$network"/metrics/similarity_plain.csv "$network"/metrics/dg_sparsity_by_type_plain.csv)
for paradigm in 8dir_10trials contrasts; do
  [[ "$paradigm" == contrasts ]] && targets=("${contrasts[@]}") || targets=("${gratings[@]}")
  mkdir -p "$work/plan"
  cd "$work/plan"
  for program in "$old" "$striate"; do
    start="$(now)"
    "$program" pipeline "${targets[@]}" --dry-run >"$work/log"
    echo "  $paradigm, planned in $(since "$start") s by $program"
  done
  sed -n '1,/would run/p' "$work/log" | sed '$d; s/^/    /'
  echo "  before:"
  from_nothing "old_$paradigm" "$old" "${targets[@]}"
  echo "  after:"
  from_nothing "new_$paradigm" "$striate" "${targets[@]}"
  awk -v all="$seconds" -v sim="$simulations" 'BEGIN { printf "    simulations %.1f s, all else %.1f s\n", sim, all - sim }'
  [[ "$network $paradigm" != "small contrasts" ]] || check awk -v s="$seconds" 'BEGIN { print "    goal 240 s"; exit !(s <= 240) }'
  (cd "$work/old_$paradigm" && spikes "$network") >"$work/old.sums"
  (cd "$work/new_$paradigm" && spikes "$network") >"$work/new.sums"
  check cmp "$work/old.sums" "$work/new.sums"
  check diff -r "$work/old_$paradigm/$network/bkg_$paradigm" "$work/new_$paradigm/$network/bkg_$paradigm"
  echo "    spikes of $(grep -c "_plain/" "$work/new.sums") trials and $(find "$work/new_$paradigm/$network/bkg_$paradigm" -name '*.h5' | wc -l) background files are the same, byte for byte"
done

say "2. one call for a paradigm, and for all paradigms"
expected="$work/new_contrasts/$network"
cd "$expected"
for ranks in 1 2 3; do
  start="$(now)"
  check on "$ranks" background . -q --paradigm contrasts -o "$work/on$ranks" 2>&1
  echo "  contrasts on $ranks ranks: $(since "$start") s"
  check diff -r bkg_contrasts "$work/on$ranks/bkg_contrasts"
done
start="$(now)"
check on 2 background . -q --all-paradigms -o "$work/all"
echo "  all paradigms on 2 ranks: $(find "$work/all" -name '*.h5' | wc -l) files, $(du -sm "$work/all" | cut -f1) MB, $(since "$start") s"
check diff -r bkg_contrasts "$work/all/bkg_contrasts"
rm -rf "$work/all" "$work"/on?

say "3. a batch that is interrupted, killed, meets a full disk; and goes on"
mkdir "$work/parts"
cd "$work/parts"
mkdir "$network"
for part in network components configs; do cp -a "$expected/$part" "$network/"; done
mapfile -t targets < <(cd "$work/new_contrasts" && find "$network/bkg_contrasts" -name '*.h5' | sort)
pipeline=("$striate" pipeline "${targets[@]}" -j "$jobs" --trials-per-step 100)
there() { find "$network/bkg_contrasts" -name '*.h5' -printf '%p %T@\n' 2>/dev/null | sort; }
# whole: every file with its final name has the bytes that it should have
whole() {
  local file wrong=0
  while read -r file _; do cmp -s "$file" "$work/new_contrasts/$file" || wrong=$((wrong + 1)); done < <(there)
  echo "    $(there | wc -l) of ${#targets[@]} files are there, $wrong of them not whole"
  ((wrong == 0))
}
left_alone() { # BEFORE
  there >"$work/after"
  echo "    $(comm -12 "$1" "$work/after" | wc -l) of $(wc -l <"$1") finished files were left alone"
  [[ "$(comm -12 "$1" "$work/after" | wc -l)" == "$(wc -l <"$1")" ]]
}
: >"$work/earlier"
for part in INT:100 KILL:300; do
  "${pipeline[@]}" >"$work/log" 2>&1 &
  process=$!
  while (($(there | wc -l) < ${part#*:})) && kill -0 "$process" 2>/dev/null; do sleep 0.02; done
  kill "-${part%:*}" "$process"
  code=0
  wait "$process" || code=$?
  sleep 2
  echo "  SIG${part%:*}: exit code $code"
  check whole
  check left_alone "$work/earlier"
  there >"$work/earlier"
done
echo "  continued:"
check_and_show " background .*step" "${pipeline[@]}"
check whole
check left_alone "$work/earlier"
check test "$(there | wc -l)" = "${#targets[@]}"
rm -rf "${network:?}/bkg_contrasts"
mkdir "$network/bkg_contrasts"
if [[ "$(id -u)" == 0 ]] && mount -t tmpfs -o size=20m tmpfs "$network/bkg_contrasts" 2>"$work/log"; then
  code=0
  "${pipeline[@]}" >"$work/log" 2>&1 || code=$?
  echo "  full disk: exit code $code; $(grep -oE "error: .*" "$work/log" | head -1 | cut -c-150)"
  check test "$code" = 74
  check whole
  there >"$work/earlier"
  mount -o remount,size=200m "$network/bkg_contrasts"
  echo "  continued:"
  check_and_show " background .*step" "${pipeline[@]}"
  check whole
  check left_alone "$work/earlier"
  check test "$(there | wc -l)" = "${#targets[@]}"
  umount -l "$network/bkg_contrasts"
else
  echo "  full disk: skipped (needs the right to mount a tmpfs)"
fi
cd "$striate_root"
echo "  the same with few files, through pipelines and jobs:"
check_and_show "^test_|^Ran|^OK|^FAILED" /usr/bin/python3 -B tests/e2e/simulate/background_test.py -v
finish
