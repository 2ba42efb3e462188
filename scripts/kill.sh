#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Is anything lost when commands are killed? At least 1000 kills at random moments (KILL, TERM, INT, HUP; a rank, the
# launcher, all; 1 to 4 ranks) of build, simulate, lgn, background, train, metrics and pipeline, and some runs with other
# faults; then a table. Half an hour on two cores; goes on where it was interrupted.
#
# usage: kill.sh [--out DIR] [--kills N] [--seed S] [--only WORD] [--faults N] [--striate PROGRAM]
#   --out DIR    results, and what was lost (default: build/kill)
#   --faults N   runs of each other fault and command (default 10; 0: none)
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
prepare_mpi
command -v faketime >/dev/null || (install_packages faketime) || echo "no faketime: the clock is not set back" >&2

arguments=("$@")
[[ " $* " == *" --out "* ]] || arguments+=(--out "$striate_root/build/kill")
python=/usr/bin/python3 # that of the packages, which has h5py
[[ -x "$python" ]] || python=python3
exec "$python" -B "$striate_root/scripts/campaigns/kill.py" "${arguments[@]}"
