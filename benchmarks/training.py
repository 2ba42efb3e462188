#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures steps of training on whole networks, compares them with what bounds them, and predicts more ranks.

usage: training.py [--striate build/striate] [--benchmarks build-bench/benchmarks/striate_benchmarks]
                   [--networks DIR] [--names tiny,small,core,full] [--ranks 1,2] [--runs 3] [--latency-us 1.5]
                   [--bandwidth-GBps 10] [--out results/training.json]

DIR holds built networks of these names; one that is missing is built there. A step is two updates, each of five trials of
500 ms, after a first step that is thrown away (`train --dry-run`). Nothing else should run meanwhile.

Limits of the backward sum, for `visits` (a synapse in a block of three steps, all trials: 16 numbers):
  arithmetic  a fused multiply-add and an integer addition per visit: one vector of 16 numbers each;
  bytes       8 per visit (weight and slot), at the bandwidth at which memory is read;
  gather      one 64-byte line of a tile's windows per visit, from the second-level cache (benchmark gather_lines);
  kernel      the sum as it is compiled, on rows of that length (benchmark credit).

The model for P ranks, from the parts measured on most ranks here:
  backward, weights, forward, inputs  shared by all ranks: 1/P;
  losses                              the same on all ranks: constant;
  reduce-scatter                      each block of three steps, partial sums of all cells that have a row on a rank,
                                      16 × 8 bytes; a cell of K synapses has one with probability 1 - (1 - 1/P)^K;
                                      (P - 1)/P of that is sent, in log2 P messages;
  spikes                              each block an all-gather of 12 bytes per spike, in log2 P messages.
Latency and bandwidth between nodes are assumptions, to be replaced by those of your cluster.
"""
import argparse
import json
import math
import re
import time
from pathlib import Path

from goals import launch, machine, rates, spread

STEPS, UPDATES, BLOCK, TRIALS, COLUMNS = 500, 2, 3, 5, 16
BLOCKS = UPDATES * math.ceil(STEPS / BLOCK)
GOALS = {"tiny": (0.1, 0.06, None, None), "small": (7, 4.5, None, None), "core": (35, 18, None, None), "full": (200, 110, 8e9, 6e9)}
MEAN_RATE_HZ = 4  # of all cells, for the volume of spikes
UNITS = {"k": 1e3, "M": 1e6, "G": 1e9}
RANKS = [1, 2, 4, 8, 16, 32, 64, 128, 256]


def measure(striate, base, ranks, runs):
    seconds, memory, parts = [], [], []
    for _ in range(runs):
        _, output = launch(ranks, striate, "train", base, "--suffix", "measured", "--dry-run")
        cells, synapses = map(int, re.search(r"(\d+) cells, (\d+) recurrent", output).groups())
        taken, amount, unit, detail = re.search(r"a step takes ([\d.]+) s .* memory per rank ([\d.]+) ([kMG])B; .* s: (.*)", output).groups()
        seconds.append(float(taken))
        memory.append(float(amount) * UNITS[unit] * ranks)
        parts.append({name: float(value) for name, value in (part.rsplit(" ", 1) for part in detail.split(", "))})
    return {"what": f"train {base.name}", "ranks": ranks, "cells": cells, "synapses": synapses, "seconds": spread(seconds),
            "memory_bytes": spread(memory), "parts": {name: spread([p[name] for p in parts]) for name in parts[0]}}


def limits(binary, copies):
    """Rates of `copies` processes at once: visits/s of arithmetic, of bytes, of lines, of the kernel by length of rows."""
    rate = rates(binary, copies, "^(fma|read|gather_lines|credit).*", 0.3)
    # Multiply-adds are measured in doubles: as many vectors hold twice as many numbers here.
    result = {"arithmetic": 2 * rate["fma"] / COLUMNS, "bytes": rate["read"] / 8, "gather": rate["gather_lines/8192"]}
    for name, value in rate.items():
        if name.startswith("credit/"):
            result[name] = value
    return result


def roofline(run, limit):
    visits = run["synapses"] * BLOCKS
    seconds = run["parts"]["backward"]["median"]
    return {"what": run["what"], "ranks": run["ranks"], "visits": visits, "backward_s": seconds,
            "ns_per_visit_and_trial": 1e9 * seconds * run["ranks"] / (run["synapses"] * UPDATES * STEPS * TRIALS),
            "at_best_s": {name: visits / rate for name, rate in limit.items()}}


def predict(run, ranks, latency_s, bandwidth):
    p = ranks
    share = run["ranks"] / p
    part = {name: value["median"] for name, value in run["parts"].items()}
    degree = run["synapses"] / run["cells"]
    rows = run["cells"] * (1 - (1 - 1 / p) ** degree)
    messages = math.ceil(math.log2(p)) if p > 1 else 0
    reduce_bytes = 8 * COLUMNS * rows * (p - 1) / p
    spike_bytes = 12 * run["cells"] * MEAN_RATE_HZ * BLOCK * TRIALS / 1000 * (p - 1) / p
    seconds = {name: value * (1 if name == "losses" else share) for name, value in part.items()}
    seconds["reduce-scatter"] = BLOCKS * (messages * latency_s + reduce_bytes / bandwidth)
    seconds["spikes"] = BLOCKS * (messages * latency_s + spike_bytes / bandwidth)
    total = sum(seconds.values())
    return {"ranks": p, "seconds": total, "parts": seconds, "hours_of_1875_steps": total * 1875 / 3600,
            "efficiency": sum(part.values()) * run["ranks"] / (total * p), "sent_GB_per_rank": BLOCKS * (reduce_bytes + spike_bytes) / 1e9}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--striate", default="build/striate")
    parser.add_argument("--benchmarks")
    parser.add_argument("--networks", type=Path, default=Path("build/networks"))
    parser.add_argument("--names", default="tiny,small,core,full")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--latency-us", type=float, default=1.5)
    parser.add_argument("--bandwidth-GBps", type=float, default=10)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    ranks = [int(r) for r in options.ranks.split(",")]
    runs, rooflines, models = [], [], []
    known = {r: limits(options.benchmarks, r) for r in ranks} if options.benchmarks else {}
    for name in options.names.split(","):
        base = options.networks / name
        if not (base / "configs/config_plain.json").exists():
            launch(max(ranks), options.striate, "build", name, "-q", "-o", base)
        for r in ranks:
            run = measure(options.striate, base, r, options.runs)
            runs.append(run)
            goal, stretch, most_bytes, _ = GOALS.get(name, (None, None, None, None))
            print(f"{run['what']}, {r} rank(s): {run['seconds']['median']:.3g} s a step (goal {goal}, stretch {stretch}), "
                  f"{run['memory_bytes']['median'] / 1e9:.3g} GB (goal {most_bytes and most_bytes / 1e9}); "
                  + ", ".join(f"{part} {value['median']:.3g}" for part, value in run["parts"].items()))
            if r in known:
                rooflines.append(roofline(run, known[r]))
                best = rooflines[-1]["at_best_s"]
                print(f"  backward {rooflines[-1]['backward_s']:.3g} s, {rooflines[-1]['ns_per_visit_and_trial']:.3g} ns per visit and trial; at best: "
                      + ", ".join(f"{limit} {seconds:.3g} s" for limit, seconds in best.items()))
        model = [predict(run, p, options.latency_us / 1e6, options.bandwidth_GBps * 1e9) for p in RANKS]
        models.append({"what": run["what"], "from_ranks": run["ranks"], "predicted": model})
        print(f"{run['what']}, predicted: " + ", ".join(f"{m['ranks']}: {m['seconds']:.3g} s" for m in model))
    if options.out:
        options.out.write_text(json.dumps({
            "date": time.strftime("%Y-%m-%d"), "machine": machine(options.striate), "measurements": runs, "roofline": rooflines,
            "model": {"latency_us": options.latency_us, "bandwidth_GBps": options.bandwidth_GBps, "networks": models}}, indent=1) + "\n")


if __name__ == "__main__":
    main()
