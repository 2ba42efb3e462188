#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Figures of the analysis stage, measured with the built program. Exit code 0 only if all are as promised.

usage: metrics_figures.py tuning STRIATE BASE WORK   `odsi` of 80 trials against NumPy, all columns; absent trials; silent cells
       metrics_figures.py cost FILE.json             what benchmarks/metrics_scale.py measured
       metrics_figures.py same FOLDER FOLDER         two folders of results, bit for bit
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

ANGLES, TRIALS = np.arange(0, 360, 45), 10
failures = []


def check(good, text):
    print(f"{text}{'' if good else '   FAILED'}")
    if not good:
        failures.append(text)


def counts_of(base):
    """[window][direction][trial][cell] of spikes within (500, 2500] and (100, 500] ms; NaN for trials that are absent."""
    with h5py.File(base / "network/v1_nodes.h5") as file:
        cells = len(file["nodes/v1/node_id"])
    counts = np.full((2, len(ANGLES), TRIALS, cells), np.nan)
    for k, angle in enumerate(ANGLES):
        for trial in range(TRIALS):
            path = base / f"8dir_10trials_plain/angle{angle}_trial{trial}/spikes.h5"
            if not path.exists():
                continue
            with h5py.File(path) as file:
                times, ids = file["spikes/v1/timestamps"][:], file["spikes/v1/node_ids"][:].astype(int)
            for window, (begin, end) in enumerate(((500, 2500), (100, 500))):
                counts[window, k, trial] = np.bincount(ids[(times > begin) & (times <= end)], minlength=cells)
    return counts


def expected_columns(base, silent_value):
    """Column name -> values of both tables, from the definitions."""
    counts = counts_of(base)
    present = ~np.isnan(counts[0, :, :, 0])
    with np.errstate(invalid="ignore", divide="ignore"):
        trials = present.sum(axis=1)[:, None]
        rate = np.nansum(counts[0] / 2, axis=1) / trials
        grey = np.nansum(counts[1] / 0.4, axis=1) / trials
        deviation = np.sqrt(np.nansum((counts[0] / 2 - rate[:, None]) ** 2, axis=1) / trials)
        total = rate.sum(axis=0)
        phase = np.exp(1j * np.deg2rad(ANGLES))[:, None]
        first, second = (rate * phase).sum(axis=0), (rate * phase**2).sum(axis=0)
        half = np.angle(second) / 2
        direction = np.where((first * np.exp(-1j * half)).real >= 0, half, half + np.pi)
        tuning = {"DSI": abs(first) / total, "OSI": abs(second) / total, "preferred_angle": ANGLES[np.argmax(rate, axis=0)] * 1.0,
                  "pref_dir_deg": np.rad2deg(direction) % 360, "pref_ori_deg": np.rad2deg(half) % 180}
    silent = total == 0
    for values in tuning.values():
        values[silent] = silent_value
    cells = np.arange(rate.shape[1])
    tuning = {"node_id": cells, **tuning, "max_mean_rate(Hz)": rate.max(axis=0), "Ave_Rate(Hz)": rate.mean(axis=0),
              "Spont_Rate(Hz)": grey.mean(axis=0)}
    rates = {"DG_angle": np.repeat(ANGLES, len(cells)), "node_id": np.tile(cells, len(ANGLES)), "Ave_Rate(Hz)": rate.ravel(),
             "SD_rate(Hz)": deviation.ravel(), "Spont_rate(Hz)": grey.ravel()}
    sure = (abs(second) > 1e-9 * total) & (abs((first * np.exp(-1j * half)).real) > 1e-9 * total)  # a preference stands out
    ties = (rate == rate.max(axis=0)).sum(axis=0) > 1
    return {"Rates_DF_plain.csv": rates, "OSI_DSI_DF_plain.csv": tuning}, sure | silent | np.isnan(total), silent, ties & ~silent


def compare(striate, base, work, silent_word, what):
    shutil.rmtree(work / "metrics", ignore_errors=True)
    subprocess.run([striate, "metrics", "odsi", str(base), "plain", "-q", "--silent", silent_word, "-o", str(work / "metrics")],
                   check=True, stderr=subprocess.DEVNULL)
    expected, sure, silent, ties = expected_columns(base, np.nan if silent_word == "nan" else 0.0)
    print(f"{what}: {len(silent)} cells, {silent.sum()} silent, {ties.sum()} with two largest directions")
    for name, columns in expected.items():
        table = np.genfromtxt(work / "metrics" / name, names=True, deletechars="", dtype=float)
        check(list(table.dtype.names) == list(columns), f"  {name}: {len(table)} rows, columns {' '.join(table.dtype.names)}")
        worst, undefined = 0.0, 0
        for column, values in columns.items():
            found, values = table[column], np.asarray(values, float)
            if column.startswith("pref_"):
                found, values = found[sure], values[sure]
            difference = abs(found - values)
            if column.startswith("pref_"):
                turn = 360 if column == "pref_dir_deg" else 180
                difference = np.minimum(difference, turn - difference)
            if not np.array_equal(np.isnan(found), np.isnan(values)):
                check(False, f"  {column}: NaN in other rows")
            undefined += np.isnan(values).sum()
            worst = max(worst, np.nanmax(difference, initial=0))
        check(worst < 1e-9, f"  largest difference of any column from NumPy: {worst:.1e} ({undefined} values are NaN on both sides)")


def tuning(striate, base, work):
    base, work = Path(base), Path(work)
    compare(striate, base, work, "nan", "80 trials")
    compare(striate, base, work, "zero", "80 trials, --silent zero")
    folder = base / "8dir_10trials_plain"
    (folder / "angle45_trial2").rename(work / "angle45_trial2")
    compare(striate, base, work, "nan", "one trial absent")
    for trial in range(TRIALS):
        (folder / f"angle90_trial{trial}").rename(work / f"angle90_trial{trial}")
    compare(striate, base, work, "nan", "one trial and a whole direction absent")
    for trial in work.glob("angle*_trial*"):
        trial.rename(folder / trial.name)


def cost(path):
    results = json.loads(Path(path).read_text())
    machine = results["machine"]
    print(f"{machine['cores']} cores of {machine['processor']}, {int(machine['memory'].split()[0]) / 1e6:.1f} GB, commit {machine['commit']}, "
          f"{results['date']}\n{results['cells']} cells, {results['core_cells']} of them in the core; spikes: "
          + ", ".join(f"{name} {count}" for name, count in results["spikes"].items()))
    for each in results["measurements"]:
        seconds, memory = each["seconds"], each["memory_bytes_of_largest_rank"]
        print(f"{each['what']:20} {each['ranks']} rank(s) {seconds['median']:8.2f} s ({seconds['min']:.2f} to {seconds['max']:.2f}), "
              f"{memory['median'] / 1e6:6.0f} MB of the largest rank  {' '.join(each['options'])}")


def contents(path):
    """Bytes of a text, everything in an HDF5 file."""
    if path.suffix != ".h5":
        return path.read_bytes()
    found = {}
    with h5py.File(path) as file:
        found["/"] = {key: np.asarray(value).tobytes() for key, value in file.attrs.items()}
        file.visititems(lambda name, item: found.update({name: (str(item.dtype), item.shape, item[...].tobytes())
                                                         if isinstance(item, h5py.Dataset) else None}))
    return found


def same(first, second):
    first, second = Path(first), Path(second)
    names = sorted(str(path.relative_to(first)) for path in first.rglob("*") if path.is_file())
    others = sorted(str(path.relative_to(second)) for path in second.rglob("*") if path.is_file())
    differing = [name for name in names if name in others and contents(first / name) != contents(second / name)]
    check(names == others and names and not differing, f"{len(names)} files in both, {len(differing)} differ {' '.join(differing)}")


if __name__ == "__main__":
    commands = {"tuning": (tuning, 3), "cost": (cost, 1), "same": (same, 2)}
    command, count = commands.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if command is None or len(sys.argv) != 2 + count:
        sys.exit(__doc__)
    command(*sys.argv[2:])
    sys.exit(1 if failures else 0)
