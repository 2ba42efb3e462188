# SPDX-License-Identifier: BSD-3-Clause
"""Figures of the LGN stage, measured with the built program. Exit code 0 only if all are as promised.

usage: lgn_figures.py cost STRIATE NETWORK WORK         time and memory with the LGN of NETWORK, on 1 and 2 ranks
       lgn_figures.py statistics STRIATE NETWORK WORK   spikes of 1000 trials against their rates
       lgn_figures.py network STRIATE TINY WORK         rates of the reference network with our LGN spikes
       lgn_figures.py same FIRST.h5 SECOND.h5           all data sets, bit for bit
NETWORK and TINY are network folders, WORK is an empty one.
"""
import csv
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np

failures = []


def check(good, text):
    print(f"{text}{'' if good else '   FAILED'}")
    if not good:
        failures.append(text)


def run(striate, *arguments, ranks=1):
    """Runs `striate ARGUMENTS`; returns its output and the seconds it took, start of MPI included."""
    launcher = ["mpirun", "-n", str(ranks), "--oversubscribe"]
    start = time.monotonic()
    result = subprocess.run([*launcher, striate, *map(str, arguments)], text=True, capture_output=True)
    if result.returncode != 0:
        sys.exit(f"striate {' '.join(map(str, arguments))} failed:\n{result.stderr}")
    return result.stdout + result.stderr, time.monotonic() - start


def lgn_config(network, file, change):
    """The network's filternet configuration, changed and written to `file`."""
    config = json.loads((network / "configs/config_filternet.json").read_text())
    config["manifest"]["$BASE_DIR"] = str(network)
    change(config)
    file.write_text(json.dumps(config, indent=1))
    return file


def spikes(file, population):
    with h5py.File(file) as h5:
        group = h5["spikes"][population]
        return group["timestamps"][:], group["node_ids"][:].astype(int)


# Time and memory ------------------------------------------------------------------------------------------

def cost(striate, network, work):
    rng = np.random.default_rng(1)
    np.save(work / "images.npy", rng.integers(0, 256, (118, 80, 120), dtype=np.uint8))
    np.save(work / "movie.npy", rng.uniform(-1, 1, (3001, 80, 120)).astype(np.float32))

    def shows(tstop, **stimulus):
        def change(config):
            config["run"]["tstop"] = tstop
            config["inputs"] = {"LGN_spikes": {"input_type": "movie", **stimulus}}
        return change

    images = shows(30000.0, module="images", data_file=str(work / "images.npy"), normalize=[0, 255], image_dur=250.0,
                   gray_screen_dur=250.0, gray_screen_end_dur=250.0)
    movie = shows(3000.0, module="movie", data_file=str(work / "movie.npy"), frame_rate=1000.0)
    print(f"{'stimulus':28}{'ranks':>6}{'wall s':>9}{'goal s':>8}{'MB/rank':>9}{'cells':>7}{'spikes':>10}")
    for name, change, goal_s in (("grating, 3 s", lambda config: None, 2),
                                 ("118 images of 250 ms, 30 s", images, 20), ("movie at 1 kHz, 3 s", movie, 30)):
        config = lgn_config(network, work / "config.json", change)
        for ranks in (1, 2):
            output, wall_s = run(striate, "lgn", config, "-o", work / "out", ranks=ranks)
            cells, size, unit = re.search(r"(\d+) LGN cells done .*, ([\d.]+) (\w+) per rank", output).groups()
            per_rank_mb = float(size) * {"kB": 1e-3, "MB": 1, "GB": 1e3}[unit]
            number = re.search(r"(\d+) spikes,", output).group(1)
            good = int(cells) == 17400 and per_rank_mb * ranks <= 1500 and (wall_s <= goal_s or ranks == 1)
            check(good, f"{name:28}{ranks:6}{wall_s:9.2f}{goal_s if ranks == 2 else '-':>8}{per_rank_mb:9.0f}{cells:>7}{number:>10}")
    print("goals: the times on 2 ranks, 1500 MB over all ranks")


# Statistics of spikes -------------------------------------------------------------------------------------

def statistics(striate, network, work):
    trials = 1000

    def change(config):
        config["output"]["rates_h5"] = "rates.h5"
        config["output"]["compression"] = "none"
        config["output"].pop("spikes_csv", None)
    config = lgn_config(network, work / "config.json", change)
    # Rates once; the trials without copies of them.
    run(striate, "lgn", config, "-o", work / "rates")
    with h5py.File(work / "rates/rates.h5") as h5:
        rates = h5["firing_rates/lgn/firing_rates_Hz"][:].T
        edges_ms = h5["firing_rates/lgn/times"][:] * 1000
    config = lgn_config(network, work / "config.json", lambda config: config["output"].pop("spikes_csv", None))
    _, wall_s = run(striate, "lgn", config, "-o", work / "out", "--trials", trials, ranks=2)

    cumulated = np.concatenate([np.zeros((len(rates), 1)), np.cumsum(rates[:, :-1] * np.diff(edges_ms) / 1000, axis=1)], axis=1)
    expected = cumulated[:, -1]
    cells = len(expected)
    of_trial = [spikes(work / f"out_trial{trial}/spikes.h5", "lgn") for trial in range(trials)]
    counts = np.array([np.bincount(nodes, minlength=cells) for _, nodes in of_trial])
    print(f"{cells} cells, {trials} trials of a 3 s grating, {counts.sum()} spikes, {wall_s:.1f} s on 2 ranks")

    z = (counts.mean(axis=0) - expected) / np.sqrt(expected / trials)
    check(abs(z).max() < 4.5 and abs((z ** 2).mean() - 1) < 4.5 * np.sqrt(2 / cells),
          f"mean: deviations from the rates' integral in standard errors: rms {np.sqrt((z ** 2).mean()):.3f}, largest {abs(z).max():.2f}")
    fano = counts.var(axis=0, ddof=1) / expected
    error = np.sqrt((1 / expected + 2).mean() / trials / cells)
    check(abs(fano.mean() - 1) < 4.5 * error, f"variance / mean: {fano.mean():.4f} +- {error:.4f} (Poisson: 1)")

    # Where time is the rate's integral and trials follow each other, a cell's spikes are a process of rate 1.
    times = np.concatenate([t for t, _ in of_trial])
    nodes = np.concatenate([n for _, n in of_trial])
    trial_of = np.repeat(np.arange(trials), [len(t) for t, _ in of_trial])
    order = np.argsort(nodes, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(nodes, minlength=cells))])
    intervals = []
    for cell in range(cells):
        own = order[bounds[cell]:bounds[cell + 1]]
        scaled = trial_of[own] * expected[cell] + np.interp(times[own], edges_ms, cumulated[cell])
        intervals.append(np.diff(scaled, prepend=0))
    intervals = np.sort(np.concatenate(intervals))
    number = len(intervals)
    distance = abs(-np.expm1(-intervals) - (np.arange(number) + 0.5) / number).max() * np.sqrt(number)
    check(distance < 1.95, f"intervals: distance from an exponential distribution {distance:.2f} (Kolmogorov-Smirnov; below 1.95 with p = 0.999)")

    standard = (counts - expected) / np.sqrt(expected)
    for name, matrix in (("cells", standard.T @ standard / trials), ("trials", standard @ standard.T / cells)):
        pairs = matrix[np.triu_indices(len(matrix), 1)] * np.sqrt(trials if name == "cells" else cells)
        check(abs(pairs).max() < 6 and abs((pairs ** 2).mean() - 1) < 0.02,
              f"{len(pairs)} pairs of {name}: correlation in standard errors: mean {pairs.mean():.3f}, rms {np.sqrt((pairs ** 2).mean()):.3f}, largest {abs(pairs).max():.2f}")
    shared = len(times) - len(np.unique(times))
    check(shared <= 1, f"spike times shared by two cells or trials: {shared}")


# Effect on the network ------------------------------------------------------------------------------------

def population_rates(network, file, duration_s):
    """Spikes per second of each population's cells, and the number of cells."""
    with open(network / "network/v1_node_types.csv") as text:
        names = {int(row["node_type_id"]): row["pop_name"] for row in csv.DictReader(text, delimiter=" ")}
    with h5py.File(network / "network/v1_nodes.h5") as h5:
        types = h5["nodes/v1/node_type_id"][:]
        ids = h5["nodes/v1/node_id"][:].astype(int)
    _, nodes = spikes(file, "v1")
    counts = np.bincount(nodes, minlength=ids.max() + 1)[ids]
    name_of = np.array([names[int(kind)] for kind in types])
    return {name: (counts[name_of == name].sum() / duration_s, (name_of == name).sum()) for name in np.unique(name_of)}


def network(striate, tiny, work):
    # FilterNet of the time of the reference spikes ignored y_dir and drew what "down" means.
    config = lgn_config(tiny, work / "filternet.json", lambda config: config["inputs"]["LGN_spikes"].update(y_dir="down"))
    simulation = json.loads((tiny / "configs/config_plain.json").read_text())
    simulation["manifest"]["$BASE_DIR"] = str(tiny)
    duration_s = simulation["run"]["duration"] / 1000
    expected = population_rates(tiny, tiny / "expected/spikes.h5", duration_s)
    seeds = range(1, 6)
    found = []
    for seed in seeds:
        run(striate, "lgn", config, "--seed", seed, "-o", work / f"lgn{seed}", "-q", ranks=2)
        simulation["manifest"]["$LGNINPUT_DIR"] = str(work / f"lgn{seed}")
        (work / "simulation.json").write_text(json.dumps(simulation))
        run(striate, "simulate", work / "simulation.json", "-o", work / "out", "-q", ranks=2)
        found.append(population_rates(tiny, work / "out/spikes.h5", duration_s))
    total = sum(rate for rate, _ in expected.values())
    cells = sum(count for _, count in expected.values())
    totals = [sum(rate for rate, _ in one.values()) for one in found]
    for seed, one in zip(seeds, totals):
        print(f"seed {seed}: {one / cells:.3f} Hz, {one / total:.3f} of the expected {total / cells:.3f} Hz")
    # The expected run is a single draw as well, so the ratio of means need not tend to 1: seeds 1 to 20 give 1.058.
    ratio, spread = np.mean(totals) / total, np.std(totals, ddof=1) / total
    check(abs(ratio - 1) <= 0.05, f"mean network rate / expected: {ratio:.3f} (within 5 %); one run varies by {spread:.3f}, the mean by {spread / np.sqrt(len(totals)):.3f}")
    for name, (rate, count) in expected.items():
        if count < 30:
            continue
        ratio = np.mean([one[name][0] for one in found]) / rate
        check(abs(ratio - 1) <= 0.25, f"{name:10}{count:5} cells {rate / count:7.3f} Hz expected, ours {ratio:.3f} of it (within 25 %)")


# Equal files ----------------------------------------------------------------------------------------------

def data_sets(file):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = item[...]
    with h5py.File(file) as h5:
        h5.visititems(visit)
    return found


# h5diff is content with data sets of different lengths.
def same(first, second):
    ours, theirs = data_sets(first), data_sets(second)
    check(ours.keys() == theirs.keys() and len(ours) > 0, f"data sets: {', '.join(sorted(ours))}")
    for name in sorted(ours.keys() & theirs.keys()):
        a, b = ours[name], theirs[name]
        check(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes(), f"{name}: {len(a)} values of {a.dtype}, equal bits")


kinds = {"cost": cost, "statistics": statistics, "network": network, "same": same}
kinds[sys.argv[1]](*(Path(argument).resolve() for argument in sys.argv[2:]))
sys.exit(bool(failures))
