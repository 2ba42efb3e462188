#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The fuzz campaign under AddressSanitizer and UndefinedBehaviorSanitizer: damaged files of every kind through the program's
# functions and through whole commands on one and two ranks (tests/fuzz/campaign.py), then libFuzzer on our own parsers
# (tests/fuzzers). Prints a table; exit code 0 only without crashes, hangs and reports. Interrupted, it goes on where it was
# when it is called again.
# usage: fuzz.sh [--seed N] [--inputs N] [--processes N] [--on-two-ranks N] [--parser-seconds N] [--folder DIR]
#   --seed            of all damage (default 1)
#   --inputs          through functions (default 100000)
#   --processes       whole commands (default 5000), --on-two-ranks of them with mpirun -n 2 (default 500)
#   --parser-seconds  of libFuzzer for each parser (default 60; 0: none, as where there is no clang)
#   --folder          for seeds, progress, what was found (default: fuzz_SEED in the working directory)
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

seed=1 inputs=100000 processes=5000 two=500 parser_seconds=60 folder=""
while (($# > 0)); do
  case "$1" in
    --seed) seed="$2" ;;
    --inputs) inputs="$2" ;;
    --processes) processes="$2" ;;
    --on-two-ranks) two="$2" ;;
    --parser-seconds) parser_seconds="$2" ;;
    --folder) folder="$2" ;;
    *) sed -n '/^# usage/,/^set/p' "${BASH_SOURCE[0]}" | grep '^#' >&2; exit 2 ;;
  esac
  shift 2
done
folder="$(realpath -m "${folder:-fuzz_$seed}")"
mkdir -p "$folder"

install_packages "${build_packages[@]}" "${test_packages[@]}"
prepare_mpi
configure_tests dev build-dev
build build-dev striate striate_fuzz

status=0
say "damaged files, seed $seed, in $folder"
/usr/bin/python3 -B "$striate_root/tests/fuzz/campaign.py" "$folder" --striate "$striate_root/build-dev/striate" \
  --fuzz "$striate_root/build-dev/striate_fuzz" --seed "$seed" --inputs "$inputs" --processes "$processes" \
  --on-two-ranks "$two" --jobs "$(nproc)" || status=1

if ((parser_seconds > 0)); then
  if command -v clang++ >/dev/null; then
    say "our own parsers, $parser_seconds s each"
    configure dev build-fuzzers -B build-fuzzers -DBUILD_TESTING=ON -DSTRIATE_FUZZERS=ON -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang
    build build-fuzzers striate_fuzzers
    for program in "$striate_root"/build-fuzzers/fuzzers/*_fuzzer; do
      parser="$(basename "$program")"
      mkdir -p "$folder/corpus/$parser" "$folder/found/$parser"
      "$program" -max_total_time="$parser_seconds" -seed="$seed" -timeout=10 -rss_limit_mb=3000 -print_final_stats=1 \
        -artifact_prefix="$folder/found/$parser/" "$folder/corpus/$parser" "$folder/seeds/corpus/$parser" >"$folder/$parser.log" 2>&1 || status=1
      printf '%-28s %s\n' "$parser" "$(grep -E 'number_of_executed_units|ERROR|SUMMARY' "$folder/$parser.log" | tr '\n' ' ')"
    done
  else
    echo "no clang++: our own parsers were not tried with libFuzzer (Debian: apt-get install clang)" >&2
  fi
fi
((status == 0)) && say "clean"
exit "$status"
