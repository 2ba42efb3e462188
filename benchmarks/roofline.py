#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares the phases of simulations with what the machine can do at best.

usage: roofline.py --benchmarks BUILD/benchmarks/striate_benchmarks --simulations results/full.json --out results/roofline.json

The limits are measured with one copy of the micro benchmarks per rank running at the same time, because cores share memory.
What the phases must do follows from the model: see UPDATE and DELIVER below.
"""
import argparse
import json
import time
from pathlib import Path

from goals import machine, rates

# Merged ports of the network's neurons, mean over neurons: the number of different (tau_fast, tau_slow, amplitude).
PORTS = 4.74
STEPS_PER_VISIT = 4
# A visit reads and writes 4 doubles (floats with --state single) per port, V_m and two after-spike currents, and two bytes of
# refractoriness. The input buffer stays in the second-level cache.
UPDATE_BYTES = (PORTS * 4 * 8 * 2 + 3 * 8 * 2 + 2 * 2) / STEPS_PER_VISIT
# Per step: 8 fused multiply-adds per port; 8 for leak, currents and after-spike currents.
UPDATE_FMAS = PORTS * 8 + 8
# An event reads its synapse (8 bytes); its cell lies in the second-level cache.
EVENT_BYTES = 8


def phase(seconds, bytes_moved, operations, limit, bandwidth):
    return {"seconds": seconds, "GB_per_s": bytes_moved / seconds / 1e9, "share_of_bandwidth": bytes_moved / seconds / bandwidth,
            "Gop_per_s": operations / seconds / 1e9, "share_of_compute": operations / seconds / limit}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmarks", required=True)
    parser.add_argument("--simulations", type=Path, required=True)
    parser.add_argument("--striate", default="build/striate")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows = []
    for run in json.loads(options.simulations.read_text())["measurements"]:
        if not run["what"].startswith("simulate"):
            continue
        limit = rates(options.benchmarks, run["ranks"], "^(triad|read|scatter_in_cache|fma)$", 0.5)
        bandwidth = max(limit["triad"], limit["read"])
        neuron_steps = run["neurons"] * run["simulated_ms"] / 0.25
        rows.append({
            "what": run["what"], "ranks": run["ranks"], "limits": limit,
            "update": phase(run["phases"]["update"]["median"], neuron_steps * UPDATE_BYTES, neuron_steps * UPDATE_FMAS,
                            limit["fma"], bandwidth),
            "deliver": phase(run["phases"]["deliver"]["median"], run["synaptic_events"] * EVENT_BYTES, run["synaptic_events"],
                             limit["scatter_in_cache"], bandwidth),
        })
    options.out.write_text(json.dumps({"machine": machine(options.striate), "date": time.strftime("%Y-%m-%d"),
                                       "bytes_per_neuron_step": UPDATE_BYTES, "fmas_per_neuron_step": UPDATE_FMAS,
                                       "rows": rows}, indent=1) + "\n")
    print("| network, ranks | phase | s | GB/s | of bandwidth | Gop/s | of compute |\n|---|---|---|---|---|---|---|")
    for row in rows:
        for name in ("update", "deliver"):
            p = row[name]
            print(f"| {row['what'].split()[1]}, {row['ranks']} | {name} | {p['seconds']:.2f} | {p['GB_per_s']:.1f} "
                  f"| {100 * p['share_of_bandwidth']:.0f} % | {p['Gop_per_s']:.2f} | {100 * p['share_of_compute']:.0f} % |")


if __name__ == "__main__":
    main()
