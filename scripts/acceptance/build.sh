#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what the builder has promised and prints the figures: sizes and times of the named networks, edge counts, equal
# contents on any number of ranks, the law of connections, readers, variants, behaviour on bad configurations.
#
# usage: build.sh [REFERENCE]    REFERENCE: folder with tiny_sonata/ (default ../shared/reference beside the repository).
#                                NETWORKS="tiny small" builds only these in item 1; all of them need 20 GB of disk.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
reference="$(realpath "${1:-../shared/reference}")"
read -ra networks <<<"${NETWORKS:-tiny profile small core core_nll_3 full}"

prepare python3-pandas
export STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD="$striate_root/build" STRIATE_CMAKE=cmake
within() { # VALUE EXPECTED PERCENT
  awk -v v="$1" -v e="$2" -v p="$3" 'BEGIN { d = 100 * (v / e - 1); printf "  %d, expected %d: %+.2f %% (limit %s %%)\n", v, e, d, p; exit !(d <= p && d >= -p) }'
}

say "1. networks on 1 and 2 ranks; goals on 2: small 1.5 s, core 10 s, full 45 s and 4 GB"
for name in "${networks[@]}"; do
  for ranks in 1 2; do
    rm -rf "${work:?}/$name"
    check on "$ranks" build "$name" -o "$work/$name" >"$work/$name.$ranks.log" 2>&1
    printf '%-10s %s ranks: %s\n' "$name" "$ranks" "$(grep -E "^[0-9]+ cells; edges" "$work/$name.$ranks.log")"
    grep -E " written in " "$work/$name.$ranks.log" | sed 's/^/    /'
    "$striate" check "$work/$name" --hash >"$work/$name.$ranks.hash"
  done
  printf '    contents on 1 and 2 ranks: '
  check cmp "$work/$name.1.hash" "$work/$name.2.hash" && echo "equal"
  check "$striate" check "$work/$name" >"$work/check.log" 2>&1
  tail -1 "$work/check.log" | sed 's/^/    check: /'
  find "$work/$name/network" -name '*edges.h5' -printf '    %f %s bytes\n'
  [[ $name == tiny || $name == small ]] || rm -rf "${work:?}/$name"
done

say "2. edges: recurrent and LGN rows"
counts() { grep -E "^[0-9]+ cells; edges" "$work/$1.2.log" | grep -oE "[0-9]+ (recurrent|LGN)" | cut -d' ' -f1; }
for line in "small 4350493 1.5 5221088 2" "full 84200000 2 95700000 2"; do
  read -r name recurrent limit lgn lgn_limit <<<"$line"
  [[ -e "$work/$name.2.log" ]] || continue
  echo "$name"
  mapfile -t found < <(counts "$name")
  check within "${found[0]}" "$recurrent" "$limit"
  check within "${found[1]}" "$lgn" "$lgn_limit"
done

say "3. contents on 1, 2, 3, 4 ranks, and a second time"
for ranks in 1 2 3 4 1; do
  rm -rf "$work/again"
  on "$ranks" build tiny -q -o "$work/again" >/dev/null
  echo "  $ranks ranks: $("$striate" check "$work/again" --hash | sha256sum | cut -c-32) of $("$striate" check "$work/again" --hash | wc -l) files"
  "$striate" check "$work/again" --hash >>"$work/hashes.$ranks"
done
for ranks in 2 3 4; do check cmp "$work/hashes.$ranks" <(head -n "$(wc -l <"$work/hashes.2")" "$work/hashes.1"); done
check test "$(sort "$work/hashes.1" | uniq -c | awk '$1 != 2' | wc -l)" = 0

say "4. tiny and small, simulated with their LGN and background spikes"
for name in tiny small; do
  [[ -e "$work/$name" ]] || continue
  check "$striate" lgn "$work/$name/configs/config_filternet.json" -q
  check "$striate" background "$work/$name" -q
  check on 2 simulate "$work/$name/configs/config_plain.json" >"$work/simulate.log" 2>&1
  printf '  %-6s %s\n' "$name" "$(grep -E "spikes" "$work/simulate.log" | tail -1)"
  check "$striate" check "$work/$name/configs/config_plain.json" >"$work/check.log" 2>&1
  tail -1 "$work/check.log" | sed 's/^/    check: /'
done

say "5. the law of connections against all pairs; a wrong law is noticed"
check build/tests/striate_validation_tests -w NoTests -s "recurrent edges follow*,LGN connections follow*" >"$work/law.log" 2>&1
grep -A3 -E "^  CHECK|^  REQUIRE" "$work/law.log" | grep -vE "^--|^$|with expansion" || true
tail -2 "$work/law.log"

say "6. structure against the reference's network"
check /usr/bin/python3 -B scripts/acceptance/parts/compare_structure.py "$work/tiny" "$reference/tiny_sonata"

say "7. layer 4 only; another sigma; a user's own cell model; an interrupted build; an installed Striate"
for test in "build_test.py BuildTest.test_l4_only" "build_variants_test.py"; do
  # shellcheck disable=SC2086 # file and name of the test
  check /usr/bin/python3 -B tests/e2e/network/$test -v >"$work/variants.log" 2>&1
  grep -E "^test_|^Ran|FAILED|^OK" "$work/variants.log"
done

say "8. bad configurations and their messages"
check env STRIATE_SHOW_MESSAGES=1 /usr/bin/python3 -B tests/e2e/network/build_bad_config_test.py >"$work/bad.log" 2>&1
sed "s|/tmp/striate_e2e_[a-z0-9_]*/||g; s|$striate_root/||g" "$work/bad.log" | cut -c-170
echo "kinds: $(grep -c "(exit code" "$work/bad.log")"

finish
