# SPDX-License-Identifier: BSD-3-Clause
"""The update of the neurons in comparisons of scale.sh: nanoseconds of a neuron-step and bandwidth, before and after.

usage: update_bytes.py FOLDER    with exact_NETWORK_RANKS.json and single_NETWORK_RANKS.json of compare.py"""
import json
import sys
from pathlib import Path

PORTS = 4.74  # of V1 cells, mean
STEPS = 3000 / 0.25
CELLS = {"small": 16728, "core": 66652, "full": 203816}


def bytes_of(state, small):
    """A visit reads and writes the state of ports, potential, two currents and refractoriness, for four steps."""
    return (PORTS * 4 * state * 2 + 3 * 8 * 2 + small) / 4


# Before, refractory steps took eight bytes and injected currents were read everywhere.
BYTES = {"old": bytes_of(8, 8 * 2 + 8), "exact": bytes_of(8, 2 * 2), "single": bytes_of(4, 2 * 2)}

print(f"  {'':24}{'bytes a neuron-step':>22}{'ns':>8}{'GB/s':>8}")
for file in sorted(Path(sys.argv[1]).glob("exact_*.json")):
    _, network, ranks = file.stem.split("_")
    if network not in CELLS:
        continue
    for kind in ("old", "exact", "single"):
        figures = json.loads((file.parent / f"{'single' if kind == 'single' else 'exact'}_{network}_{ranks}.json").read_text())
        row = next(row for row in figures["rows"] if row["name"].endswith("update_s"))
        seconds = row["old" if kind == "old" else "new"]
        steps = CELLS[network] * STEPS
        print(f"  {network + ', ' + ranks + ' rank(s)':18}{kind:6}{BYTES[kind]:22.0f}{seconds * int(ranks) / steps * 1e9:8.2f}"
              f"{steps * BYTES[kind] / seconds / 1e9:8.1f}")
