#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures `striate metrics` on a network of `core` size: odsi on 80 trials, correlation with 60 images; on demand images, decoding.

usage: metrics_scale.py [--striate build/striate] [--ranks 1,2] [--runs 3] [--kinds odsi,correlation] [--work DIR] [--keep] [--out FILE.json]

The network is built; the spikes are drawn here from rates of known structure: gratings with a tuning r (1 + cos(angle - preferred))
of every cell, images with rates that follow ten shared features. The results are checked against NumPy before they count. Memory is the
peak of the largest rank. Nothing else should run meanwhile.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np

from goals import ENVIRONMENT, machine, spread

ANGLES, TRIALS = range(0, 360, 45), 10
IMAGES, RUNS = 60, 1
OBSERVATORY_RUNS, OBSERVATORY_SLOTS = 50, 119
CORE_UM = 200


def measure(ranks, *command):
    """Wall time (s) and peak memory of the largest process (bytes)."""
    prefix = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    start = time.monotonic()
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen([*prefix, *map(str, command)], env=ENVIRONMENT, stdout=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed with {process.returncode}")
    return time.monotonic() - start, usage.ru_maxrss * 1024


def write_spikes(folder, counts, first_ms, slot_ms, rng):
    """counts: slots x cells. Spikes at random times within the slots, in order of time."""
    folder.mkdir(parents=True, exist_ok=True)
    slots, cells = np.nonzero(counts)
    times_each = counts[slots, cells]
    slot, cell = np.repeat(slots, times_each), np.repeat(cells, times_each)
    times = first_ms + slot_ms * (slot + rng.random(len(slot)) * 0.999)
    order = np.argsort(times)
    with h5py.File(folder / "spikes.h5", "w") as file:
        file["spikes/v1/timestamps"] = times[order]
        file["spikes/v1/node_ids"] = cell[order].astype("u8")
    return len(slot)


def read_nodes(base):
    with h5py.File(base / "network/v1_nodes.h5") as file:
        group = file["nodes/v1/0"]
        return group["tuning_angle"][:], np.hypot(group["x"][:], group["z"][:]) < CORE_UM


def write_gratings(base, tuning, rng):
    rates = rng.lognormal(1, 0.8, len(tuning))  # Hz
    spikes = 0
    for angle in ANGLES:
        evoked = rates * (1 + np.cos(np.deg2rad(angle - tuning)))
        for trial in range(TRIALS):
            counts = rng.poisson([rates * 0.25, evoked, evoked])  # grey and then the grating, in slots of 1 s
            spikes += write_spikes(base / f"8dir_10trials_plain/angle{angle}_trial{trial}", counts, 0, 1000, rng)
    return spikes


def image_rates(images, cells, rng):
    features = rng.normal(size=(images, 10)) @ rng.normal(size=(10, cells)) / np.sqrt(10)
    return np.minimum(rng.lognormal(1, 0.8, cells) * np.exp(features - 0.5), 200)  # Hz


def write_images(base, paradigm, runs, slots, first_ms, cells, rng):
    rates = image_rates(slots, cells, rng)
    return sum(write_spikes(base / f"output_{paradigm}_plain/chunk_{run:02}", rng.poisson(rates * 0.25), first_ms, 250, rng)
               for run in range(runs))


def check_odsi(base, output):
    """OSI of the table against that of counts made here, for every 100th cell."""
    table = np.genfromtxt(output / "OSI_DSI_DF_plain.csv", names=True, deletechars="", dtype=float)
    rates = np.zeros((len(ANGLES), len(table)))
    for k, angle in enumerate(ANGLES):
        for trial in range(TRIALS):
            with h5py.File(base / f"8dir_10trials_plain/angle{angle}_trial{trial}/spikes.h5") as file:
                times = file["spikes/v1/timestamps"][:]
                inside = (times > 500) & (times <= 2500)
                rates[k] += np.bincount(file["spikes/v1/node_ids"][:][inside].astype(int), minlength=len(table)) / (2 * TRIALS)
    phase = np.exp(2j * np.deg2rad(list(ANGLES)))
    with np.errstate(invalid="ignore"):
        osi = np.abs(phase @ rates) / rates.sum(axis=0)
    np.testing.assert_allclose(table["OSI"][::100], osi[::100], rtol=1e-9, atol=1e-12)


def check_correlation(base, output, core):
    """Correlations of the first and the last edges."""
    counts = np.zeros((len(core), IMAGES))
    with h5py.File(base / "output_imagenet_plain/chunk_00/spikes.h5") as file:
        np.add.at(counts, (file["spikes/v1/node_ids"][:].astype(int), (file["spikes/v1/timestamps"][:] // 250).astype(int)), 1)
    with h5py.File(base / "network/v1_v1_edges.h5") as file, h5py.File(output / "response_correlations_plain.h5") as found:
        group, r = file["edges/v1_to_v1"], found["response_correlations"]
        for rows, take in ((slice(0, 200_000), slice(None, 1000)), (slice(-200_000, None), slice(-1000, None))):
            source, target = (group[f"{end}_node_id"][rows].astype(int) for end in ("source", "target"))
            inside = core[source] & core[target]
            x, y = counts[source[inside]][take], counts[target[inside]][take]
            x, y = (values - values.mean(axis=1, keepdims=True) for values in (x, y))
            with np.errstate(invalid="ignore"):
                expected = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
            np.testing.assert_allclose(r[take][-len(expected):] if rows.start < 0 else r[:len(expected)], expected, atol=1e-9)
        return len(r)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--striate", default="build/striate")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path, default=Path("/tmp/striate_metrics_scale"))
    parser.add_argument("--kinds", default="odsi,correlation", help="also: images, decoding")
    parser.add_argument("--keep", action="store_true", help="leave network and spikes in --work and use those that are there")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/metrics.json"))
    options = parser.parse_args()
    base, rng = options.work / "core", np.random.default_rng(1)
    ready = base / "spikes.json"
    if not ready.exists():
        shutil.rmtree(base, ignore_errors=True)
        measure(1, options.striate, "build", "core", "-q", "-o", base)
        tuning, core = read_nodes(base)
        cells = len(tuning)
        ready.write_text(json.dumps({
            "cells": cells,
            "core_cells": int(core.sum()),
            "spikes": {"odsi": write_gratings(base, tuning, rng),
                       "correlation": write_images(base, "imagenet", RUNS, IMAGES, 0, cells, rng),
                       "images": write_images(base, "bo", OBSERVATORY_RUNS, OBSERVATORY_SLOTS, 250, cells, rng)}}))
    facts = json.loads(ready.read_text())
    _, core = read_nodes(base)
    one_type = ["--group", "pooled", "--sizes", "50"]  # ten fits
    commands = {"odsi": [], "images": [], "decoding": one_type,
                "correlation": ["--run", *sorted((base / "output_imagenet_plain").iterdir()), "--slots", IMAGES]}
    result = {"machine": machine(options.striate), "date": time.strftime("%Y-%m-%d"), **facts, "measurements": []}
    for kind in options.kinds.split(","):
        for ranks in map(int, options.ranks.split(",")):
            output = options.work / f"{kind}_{ranks}"
            found = [measure(ranks, options.striate, "metrics", kind, base, "plain", "-q", "-o", output, *commands[kind])
                     for _ in range(1 if kind == "decoding" else options.runs)]
            if kind == "odsi":
                check_odsi(base, output)
            if kind == "correlation":
                result["core_edges"] = check_correlation(base, output, core)
            shutil.rmtree(output)
            seconds, memory = (spread(list(values)) for values in zip(*found))
            result["measurements"].append({"what": f"metrics {kind}", "ranks": ranks, "options": list(map(str, commands[kind][-2:])),
                                           "seconds": seconds, "memory_bytes_of_largest_rank": memory})
            print(f"{kind:<14}{ranks:>3} ranks {seconds['median']:>8.2f} s {memory['max'] / 1e6:>8.0f} MB", flush=True)
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_text(json.dumps(result, indent=1) + "\n")
    if not options.keep:
        shutil.rmtree(options.work)


if __name__ == "__main__":
    main()
