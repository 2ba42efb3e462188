#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What users meet first: the package, the tutorial, progress in a terminal, the documents, the Python module, traces, the report's
# page, another MPI, a cluster.
# usage: users.sh [package|tutorial|progress|documents|python|traces|page|mpich|cluster …]   (all of them; `package` and `cluster`
#        need root and an apt that may install; `mpich` builds everything once more)
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
prepare_mpi
striate="${STRIATE:-$striate_root/build/striate}"
work="$(mktemp -d "${TMPDIR:-/tmp}/striate_users_XXXXXX")"
trap 'rm -rf "$work"' EXIT
unset STRIATE_CONFIG_DIR

# The Debian package: made, installed, used by somebody without rights from another folder, removed.
package() {
  say "package"
  (cd "$striate_root/build" && cpack -B "$work/package" >"$work/cpack.log")
  local deb
  deb="$(find "$work/package" -maxdepth 1 -name 'striate_*.deb')"
  dpkg --info "$deb" | grep -E '^ (Package|Version|Architecture|Depends|Recommends|Installed-Size)'
  dpkg --contents "$deb" | awk '{print $6}' | grep -E 'bin/striate|man1/striate.1|completions/striate|_striate|tiny.yaml|striate_io|tutorial.md'
  dpkg -i "$deb"
  local user_home="$work/somebody"
  mkdir -p "$user_home"
  chown nobody "$user_home"
  chmod 755 "$work"
  say "used by nobody, in $user_home"
  (cd "$user_home" && setpriv --reuid nobody --clear-groups env -i HOME="$user_home" PATH=/usr/bin:/bin bash -ec '
    striate version | head -n 2
    striate build tiny -q --radius 30
    striate lgn -q tiny/configs/config_filternet.json
    striate background -q tiny
    striate --ranks 2 simulate -q tiny/configs/config_plain.json
    python3 -c "import striate_io as sio; print(len(sio.spikes(\"tiny\", \"plain\")[\"node_id\"]), \"spikes\")"
    striate metrics rates tiny plain -q && ls tiny/metrics')
  say "man page and completion"
  MANPAGER=cat MANWIDTH=100 man striate-metrics | head -n 30
  bash -c 'source /usr/share/bash-completion/completions/striate
           COMP_WORDS=(striate metrics rates tiny plain --core); COMP_CWORD=5; _striate_complete; printf "completed: %s\n" "${COMPREPLY[@]}"'
  say "removed"
  local files left=0 file
  mapfile -t files < <(dpkg -L striate | grep -E 'striate')
  dpkg -r striate
  for file in "${files[@]}"; do
    [[ ! -e "$file" ]] || { echo "left: $file" >&2; left=1; }
  done
  [[ "$left" == 0 ]] && ! dpkg -s striate >/dev/null 2>&1 && echo "${#files[@]} files and folders are gone"
}

tutorial() {
  say "every command of the tutorials"
  ctest --test-dir "$striate_root/build" -R '^e2e/tutorial$' --verbose | grep -E '^[0-9]+: |tests passed'
}

python() {
  say "the Python module"
  ctest --test-dir "$striate_root/build" -R '^e2e/striate_io$' --output-on-failure | tail -n 4
}

# Statements of README and docs/ that were checked: calls, options, links, names, numbers; and the commands that were run.
documents() {
  say "statements of the documents"
  ctest --test-dir "$striate_root/build" -R '^e2e/documents$' --verbose | grep -oE 'checked [0-9]+ .*|[0-9]+% tests passed.*' |
    awk '/^checked/ {sum += $2} {print} END {print sum, "statements"}'
}

# A network of 1,141 cells with a report of five cells and one of means, their pictures, and the LGN beside its expected rates.
traces() {
  say "traces of five cells, means of populations"
  cd "$work"
  /usr/bin/python3 - "$striate" <<'END'
import json, subprocess, sys
def striate(*words):
    subprocess.run([sys.argv[1], *words], check=True)
striate("build", "tiny", "-o", "traced", "-q")
for name, change in (("filternet", lambda config: config["output"].update(rates_h5="rates.h5")), ("plain", lambda config: config.update(reports={
        "five": {"module": "multimeter_report", "cells": {"population": "v1", "node_id": [3, 90, 211, 500, 1000]},
                 "variable_name": ["V_m", "threshold", "I_syn"], "interval": 0.5},
        "means": {"module": "multimeter_report", "cells": "v1", "variable_name": "V_m", "interval": 1.0, "reduce": "mean"}}))):
    file = f"traced/configs/config_{name}.json"
    config = json.load(open(file))
    change(config)
    json.dump(config, open(file, "w"))
striate("lgn", "traced/configs/config_filternet.json", "-q")
striate("background", "traced", "-q")
striate("simulate", "traced/configs/config_plain.json", "-q")
END
  "$striate" plot traces traced plain --report five -o five.png
  "$striate" plot traces traced plain --report means -o means.png
  "$striate" plot lgn traced -o lgn.png
  local pictures="${STRIATE_PICTURES:-$striate_root/build/users}"
  mkdir -p "$pictures"
  cp five.png means.png lgn.png "$pictures"
  echo "to be looked at: $pictures/{five,means,lgn}.png"
}

# The report in a browser that writes nothing to its console.
page() {
  say "page"
  ctest --test-dir "$striate_root/build" -R '^e2e/plot_report$' --verbose | grep -E '^[0-9]+: .*(browser|skipped|^OK)|tests passed' || true
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || echo "no chromium here: the page was only parsed"
}

# In terminals of several widths, with and without ranks, and in a file.
progress() {
  say "progress"
  cd "$work"
  [[ -d tiny ]] || {
    "$striate" build tiny -q
    "$striate" lgn -q tiny/configs/config_filternet.json
    "$striate" background -q tiny
  }
  sed -i 's/"duration": 3000.0/"duration": 20000.0/' tiny/configs/config_plain.json
  local columns call
  for columns in 60 100 200; do
    for call in "$striate" "$striate --ranks 2"; do
      # script(1) makes a terminal; the widest line that was drawn is told.
      TERM=xterm script -qec "stty cols $columns; $call simulate tiny/configs/config_plain.json" /dev/null </dev/null |
        python3 -c "
import re, sys
lines = [re.sub(r'\x1b\[K', '', line) for line in re.split(r'[\r\n]', sys.stdin.read()) if '[' in line and '%' in line]
assert lines and max(map(len, lines)) < $columns, lines
print('$columns columns, $([[ "$call" == *ranks* ]] && echo two || echo one) rank(s):', len(lines), 'times drawn, the widest', max(map(len, lines)))
print('   ', lines[len(lines) // 2])"
    done
  done
  "$striate" simulate tiny/configs/config_plain.json 2>"$work/log"
  say "in a file"
  grep -a 'simulate.*%' "$work/log"
  # Of the input, which ends after 3 of the 20 s, -q still warns.
  "$striate" simulate -q tiny/configs/config_plain.json >"$work/quiet" 2>&1
  if grep -av '^warning: ' "$work/quiet"; then return 1; fi
}

# MPICH and OpenMPI: tests, and the same bits of a network and its spikes.
mpich() {
  say "MPICH"
  "$striate_root/scripts/mpich.sh" | grep -E '^MPI|tests passed|Total Test time'
  local other="$striate_root/build-mpich/striate" launcher="$striate_root/build-mpich/mpich/bin/mpiexec"
  cd "$work"
  local which program
  for which in open mpich; do
    program="$striate" STRIATE_MPIEXEC=mpirun
    if [[ "$which" == mpich ]]; then program="$other" STRIATE_MPIEXEC="$launcher"; fi
    export STRIATE_MPIEXEC
    mkdir -p "$which"
    (cd "$which"
      "$program" --ranks 2 build tiny -q
      "$program" --ranks 2 lgn -q tiny/configs/config_filternet.json
      "$program" --ranks 2 background -q tiny
      "$program" --ranks 2 simulate -q tiny/configs/config_plain.json
      "$program" version | grep '^MPI'
      find tiny/network tiny/filternet tiny/output_plain -name '*.h5' -o -name '*.csv' | sort |
        while read -r file; do contents "$file"; done | sha256sum)
  done
  unset STRIATE_MPIEXEC
  for which in tiny/output_plain/spikes.csv tiny/network/v1_v1_edges.h5; do
    echo "$which: $(contents "open/$which" | sha256sum | cut -c 1-16) with OpenMPI, $(contents "mpich/$which" | sha256sum | cut -c 1-16) with MPICH"
    [[ "$(contents "open/$which" | sha256sum)" == "$(contents "mpich/$which" | sha256sum)" ]]
  done
}

# What a file holds: of HDF5 without what tells one run from another.
contents() {
  case "$1" in
    *.h5) /usr/bin/python3 -c '
import sys, h5py
with h5py.File(sys.argv[1]) as file:
    file.visititems(lambda name, item: sys.stdout.buffer.write(name.encode() + item[...].tobytes()) if isinstance(item, h5py.Dataset) else None)' "$1" ;;
    *) cat "$1" ;;
  esac
}

# Ten networks and three paradigms: one call submits all their jobs, one table tells of them, one call cancels them.
cluster() {
  say "ten networks, three paradigms"
  ((EUID == 0)) || { echo "needs root, for a cluster of this machine" >&2; return 1; }
  chmod 755 "$work"
  export SLURM_LOCAL_DIR="$work/slurm" SLURM_LOCAL_PORT=27817
  "$striate_root/scripts/slurm_local.sh" start
  trap '"$striate_root/scripts/slurm_local.sh" stop; rm -rf "$work"' EXIT
  eval "$("$striate_root/scripts/slurm_local.sh" env)"
  mkdir -p "$work/cluster" && cd "$work/cluster"
  "$striate" build tiny -q --radius 40 -o net_0
  local n paradigms=dg_75_quick,flashes_quick,spontaneous
  for ((n = 1; n < 10; ++n)); do cp -r net_0 "net_$n"; done
  "$striate" jobs make "$paradigms" net_? plain --site local --dry-run | tail -n 4
  local began=$SECONDS
  "$striate" jobs make "$paradigms" net_? plain --site local --submit -q
  echo "submitted in $((SECONDS - began)) s: $(squeue --noheader | wc -l) lines in squeue"
  squeue --noheader --format='%.12i %.9T %j' | head -n 8
  squeue --noheader --format=%j | sed -E 's/^net_[0-9]_//' | sort | uniq -c
  sleep 5
  "$striate" jobs status "$paradigms" net_? plain -q
  "$striate" jobs cancel "$paradigms" net_? plain | cut -c 1-60
  sleep 5
  [[ -z "$(squeue --noheader)" ]]
  "$striate" jobs status "$paradigms" net_? plain -q | tail -n 1
}

parts=("$@")
((${#parts[@]} > 0)) || parts=(package tutorial progress documents python traces page mpich cluster)
for part in "${parts[@]}"; do "$part"; done
