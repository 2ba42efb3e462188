#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs a network with BMTK and NEST and with Striate, side by side: seconds to load and to simulate, and whether spikes agree.

usage: compare_nest.py BASE [--striate build/striate] [--threads 2] [--ranks 2] [--runs 3] [--out FILE.json]

BASE is a network made by `striate build` with its LGN and background spikes. Needs the Python packages `bmtk` and `nest`
(NEST 3); without them it says so and ends with 0, having done nothing. Both read the same files. Striate keeps the order of
NEST's sums with --ports reference; --ports merged is timed as well.
"""
import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from goals import launch, machine, spread

BMTK_PROGRAM = """
import json, sys, time
from bmtk.simulator import pointnet
from bmtk.simulator.pointnet.pyfunction_cache import add_weight_function

def weight_of_edge(edges, source, target):
    return edges["syn_weight"].values

for name in ("weight_function_recurrent", "weight_function_lgn", "weight_function_bkg"):
    add_weight_function(weight_of_edge, name, overwrite=True)
start = time.monotonic()
config = pointnet.Config.from_json(sys.argv[1])
config.build_env()
network = pointnet.PointNetwork.from_config(config)
simulator = pointnet.PointSimulator.from_config(config, network)
loaded = time.monotonic()
simulator.run()
print("TIMES " + json.dumps({"load": loaded - start, "simulate": time.monotonic() - loaded}))
"""


def bmtk_config(base, output, threads, place):
    """The network's own config with another output directory and number of threads."""
    config = json.loads((base / "configs/config_plain.json").read_text())
    config["manifest"]["$BASE_DIR"] = str(base.resolve())
    config["manifest"]["$OUTPUT_DIR"] = str(output)
    config["run"]["n_thread"] = threads
    place.write_text(json.dumps(config))
    return place


def spikes(path):
    import h5py
    with h5py.File(path) as file:
        group = file["spikes/v1"]
        return sorted(zip(group["node_ids"][:].tolist(), [round(t, 6) for t in group["timestamps"][:].tolist()]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=Path)
    parser.add_argument("--striate", default="build/striate")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    missing = [name for name in ("bmtk", "nest", "h5py") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"skipped: no Python package {', '.join(missing)} (the comparison runs BMTK on NEST) install NEST 3 and bmtk to run it")
        return 0

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        config = bmtk_config(options.base, work / "nest", options.threads, work / "config.json")
        times = {"nest": [], "merged": [], "reference": []}
        for _ in range(options.runs):  # in turn, so that a slow spell of the machine meets all of them
            result = subprocess.run([sys.executable, "-c", BMTK_PROGRAM, str(config)], capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(f"BMTK failed:\n{result.stderr}")
            line = next(line for line in result.stdout.splitlines() if line.startswith("TIMES "))
            times["nest"].append(json.loads(line[6:]))
            for ports in ("merged", "reference"):
                launch(options.ranks, options.striate, "simulate", "-q", options.base / "configs/config_plain.json", "--ports", ports,
                       "-o", work / ports, "--timings", work / "timings.json")
                phases = json.loads((work / "timings.json").read_text())["phases"]
                times[ports].append({"load": phases["load"]["max"], "simulate": phases["simulate"]["max"]})
        expected = spikes(work / "nest/spikes.h5")
        agreement = {}
        for ports in ("merged", "reference"):
            found = spikes(work / ports / "spikes.h5")
            agreement[ports] = {"spikes": len(found), "of_nest": len(expected), "common": len(set(found) & set(expected))}

    figures = {name: {part: spread([t[part] for t in runs]) for part in ("load", "simulate")} for name, runs in times.items()}
    print("| program | load s | simulate s | times faster |\n|---|---|---|---|")
    for name, parts in figures.items():
        ratio = statistics.median(a["simulate"] / b["simulate"] for a, b in zip(times["nest"], times[name]))
        print(f"| {name} | {parts['load']['median']:.2f} | {parts['simulate']['median']:.2f} | {ratio:.1f} |")
    for ports, counts in agreement.items():
        print(f"spikes, {ports}: {counts['common']} common of {counts['of_nest']} (NEST) and {counts['spikes']} (Striate)")
    if options.out:
        options.out.write_text(json.dumps({"machine": machine(options.striate), "date": time.strftime("%Y-%m-%d"), "figures": figures,
                                           "agreement": agreement}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
