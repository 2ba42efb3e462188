#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Do fits of a built network's connections give back the tables that it was built from?

usage: connections_recovered.py BASE/metrics/connection_fits_plain.csv [LEAST_CONNECTIONS]

BASE was built with lateral_aspect 1, tuning_offset_um 0 and orientation_ratio 0. Prints for how many pairs of types with at
least so many connections (50) the 95 % intervals of peak and width hold the tables' values.
"""
import csv
import pathlib
import sys

CONFIGS = pathlib.Path(__file__).resolve().parents[3] / "configs/v1"
SIGMA = {"ee": 127.0, "ei": 99.84, "ie": 96.6, "ii": 126.77}  # lateral_sigma_um of model.yaml


def peaks():
    lines = [line for line in (CONFIGS / "connection_probability_peak.csv").read_text().splitlines() if line[0] != "#"]
    rows = list(csv.DictReader(lines))
    return {(row["source_cell_type"], target): float(value) for row in rows for target, value in row.items()
            if target != "source_cell_type"}


def sign(cell_type):
    return "e" if cell_type.endswith(("_Exc", "_ET", "_IT", "_NP")) else "i"


def main():
    least = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    expected = peaks()
    held = {"p0": [], "sigma": []}
    with open(sys.argv[1], newline="") as file:
        for row in csv.DictReader(file):
            if int(row["connected"]) < least:
                continue
            pair = row["source"], row["target"]
            low, high = float(row["p0_low"]), float(row["p0_high"])
            held["p0"].append(low <= expected[pair] <= high)
            low, high = float(row["sigma_low"]), float(row["sigma_high"])
            held["sigma"].append(low <= SIGMA[sign(pair[0]) + sign(pair[1])] <= high)
    good = bool(held["p0"])
    for name, inside in held.items():
        percent = 100 * sum(inside) / max(len(inside), 1)
        good = good and 90 <= percent <= 99
        print(f"  {name}: {sum(inside)} of {len(inside)} intervals hold the table's value ({percent:.1f} %)")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
