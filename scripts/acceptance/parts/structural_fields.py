#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Do receptive fields that follow from connections lie as the tuning angles say, and where Gabor patches find them?

usage: structural_fields.py METRICS      a network's folder of tables, with rf_structure_cells.csv
"""
import csv
import sys
from pathlib import Path

import numpy as np


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def numbers(rows, name):
    return np.array([float(row[name]) for row in rows])


def circular_correlation(a, b):
    """Jammalamadaka and SenGupta 2001, of angles in degrees."""
    a, b = np.radians(a), np.radians(b)
    u, v = (np.sin(x - np.angle(np.exp(1j * x).sum())) for x in (a, b))
    return (u * v).sum() / np.sqrt((u ** 2).sum() * (v ** 2).sum())


def main():
    metrics = Path(sys.argv[1])
    cells = [row for row in rows_of(metrics / "rf_structure_cells.csv") if row["cell_type"] == "L4_Exc"]
    both = [row for row in cells if row["on_off_angle_deg"] != "NaN"]
    apart = [row for row in both if float(row["on_off_offset_deg"]) > 1]
    angle, tuning = numbers(apart, "on_off_angle_deg"), numbers(apart, "tuning_angle")
    axes, directions = circular_correlation(2 * angle, 2 * tuning), circular_correlation(angle, tuning)
    print(f"  {len(cells)} L4 cells, {len(both)} with ON and OFF, {len(apart)} of them more than 1 degree apart: circular "
          f"correlation with the tuning angle {directions:.3f}, of the axes {axes:.3f}")
    good = axes > 0.5
    for table in metrics.glob("**/rf_gabors_cells_plain.csv"):
        found = {row["node_id"]: row for row in rows_of(table) if row["p"] != "NaN" and float(row["p"]) < 0.01}
        pairs = [(row, found[row["node_id"]]) for row in cells if row["node_id"] in found and row["azimuth"] != "NaN"]
        for name in ("azimuth", "elevation"):
            here, there = (np.array([float(pair[k][name]) for pair in pairs]) for k in (0, 1))
            print(f"  {table.parent.name}: {len(pairs)} L4 cells with a field, median |difference| of {name} "
                  f"{np.median(np.abs(here - there)):.1f} degrees, r {np.corrcoef(here, there)[0, 1]:.2f}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
