# SPDX-License-Identifier: BSD-3-Clause
"""Sheets beyond the model, made in memory and simulated: time by phase, time and memory per cell beside `full`'s, rates by type.

usage: many_cells.py STRIATE WORK [--radii 1500,2200] [--ranks 2] [--simulated-ms 500] [--making-s 200]

The LGN and the background are those of `full`. Fails when making the largest takes longer than `--making-s`, when time or memory
per cell are more than 15 % above those of `full`, or when the memory that --dry-run foresees is more than 25 % off. Sheets for
which the machine has too little memory are told of and left out.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

FULL_UM = 700
UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9}


def run(command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True)


def inputs(striate, work, milliseconds):
    """A config whose spikes of the LGN and the background are those that `full` gets."""
    base = work / "inputs"
    if not (base / "configs").exists():
        for command in (["build", "full", "-q", "--radius", "50", "--core-radius", "25", "-o", base],
                        ["lgn", "-q", base / "configs/config_filternet.json"], ["background", "-q", base]):
            subprocess.run([str(word) for word in (striate, *command)], check=True, capture_output=True)
    config = base / "configs/config_short.json"
    config.write_text(re.sub(r'"duration": [0-9.]+', f'"duration": {milliseconds}', (base / "configs/config_plain.json").read_text()))
    return config


def rates(text):
    """{type: rates} of the table in the log."""
    return {m[1]: float(m[2]) for m in re.finditer(r"^(\w+) +\d+ +([0-9.]+)$", text, re.M)}


def measure(options, work, radius, config):
    network = ["--network", "full", "--radius", radius, "--core-radius", 400]
    call = ["mpirun", "-n", options.ranks, "--oversubscribe", options.striate, "simulate", config, *network]
    plan = run([*call, "--dry-run"])
    if plan.returncode:
        print(f"    {radius} um: {plan.stderr.strip().splitlines()[-1]}")
        return None
    match = re.search(r"memory\s+about ([0-9.]+) (\wB)", plan.stdout)
    out = run([*call, "-o", work / "output", "--timings", work / "times.json"])
    if out.returncode:
        sys.exit(f"{radius} um: {out.stderr[-2000:]}")
    times = json.loads((work / "times.json").read_text())
    phases = {name: phase["max"] for name, phase in times["phases"].items()}
    return {"radius": radius, "cells": times["neurons"], "synapses": times["synapses"], "making": phases["load"], "phases": phases,
            "factor": phases["simulate"] / times["simulated_ms"] * 1e3, "memory": times["sum_rss_bytes"],
            "largest": times["max_rss_bytes"], "foreseen": float(match[1]) * UNITS[match[2]], "rates": rates(out.stderr + out.stdout)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("striate")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--radii", default="1500,2200")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--simulated-ms", type=float, default=500)
    parser.add_argument("--making-s", type=float, default=200)
    options = parser.parse_args()
    config = inputs(options.striate, options.work, options.simulated_ms)
    sheets = [measure(options, options.work, radius, config) for radius in (FULL_UM, *map(int, options.radii.split(",")))]
    sheets = [sheet for sheet in sheets if sheet]
    full, failures = sheets[0], 0
    print(f"    {'radius':>7} {'cells':>10} {'synapses':>14} {'making s':>9} {'us/cell':>8} {'factor':>7} {'ns/cell':>8} {'GB':>6} {'kB/cell':>8}"
          f" {'GB/rank':>8} {'foreseen':>9}")
    for s in sheets:
        print(f"    {s['radius']:>7} {s['cells']:>10} {s['synapses']:>14} {s['making']:>9.1f} {1e6 * s['making'] / s['cells']:>8.1f} {s['factor']:>7.2f}"
              f" {1e9 * s['factor'] / s['cells']:>8.0f} {s['memory'] / 1e9:>6.2f} {s['memory'] / s['cells'] / 1e3:>8.2f}"
              f" {s['largest'] / 1e9:>8.2f} {s['foreseen'] / 1e9:>9.2f}")
    for s in sheets:
        print(f"    {s['radius']} um, s: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in s["phases"].items()))
        off = s["foreseen"] / s["largest"]
        checks = {"foreseen memory": 0.75 <= off <= 1.25}
        if s is not full:
            checks |= {name + " per cell": s[name] / s["cells"] <= 1.15 * full[name] / full["cells"] for name in ("making", "memory", "factor")}
        if s is sheets[-1] and s is not full:
            checks["making"] = s["making"] <= options.making_s
        for name, fine in checks.items():
            if not fine:
                failures += 1
                print(f"      FAILED: {name}")
    if full["rates"]:
        print(f"    {'rates, Hz':>12} " + " ".join(f"{s['radius']:>8}" for s in sheets))
        for name in full["rates"]:
            print(f"    {name:>12} " + " ".join(f"{s['rates'].get(name, float('nan')):>8.3f}" for s in sheets))
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
