#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Compares two builds, run alternately on the same machine: see compare.py.
#
# usage: compare.sh OLD NEW [--pairs 10] [--ranks 1] [--work simulate:small,build:small,…] [--networks DIR]
#                   [--new-options="--state single"] [--out FILE.json]
#        OLD, NEW: build folders (striate, and benchmarks/striate_benchmarks for kernels) or programs
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/setup.sh
source "$here/../scripts/setup.sh"
prepare_mpi
exec /usr/bin/python3 -B "$here/compare.py" "$@"
