#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Do receptive fields that follow from connections lie as the tuning angles say, and where Gabor patches and noise find them?

usage: structural_fields.py METRICS      a network's folder of tables, with rf_structure_cells.csv
(with the environment of the end-to-end tests)
"""
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests/e2e"))
from support.fields import circular_correlation  # noqa: E402
from support.results import rows_of  # noqa: E402


def numbers(rows, name):
    return np.array([float(row[name]) for row in rows])


def place(row, name):
    """Of a field with two parts the surer one's."""
    if name in row:
        return float(row[name])
    return float(row[("on_" if float(row["on_z"]) >= float(row["off_z"]) else "off_") + name])


def main():
    metrics = Path(sys.argv[1])
    cells = [row for row in rows_of(metrics / "rf_structure_cells.csv") if row["cell_type"] == "L4_Exc"]
    both = [row for row in cells if row["on_off_angle_deg"] != "NaN"]
    apart = [row for row in both if float(row["on_off_offset_deg"]) > 1]
    angle, tuning = numbers(apart, "on_off_angle_deg"), numbers(apart, "tuning_angle")
    axes, directions = circular_correlation(2 * angle, 2 * tuning), circular_correlation(angle, tuning)
    print(f"  {len(cells)} L4 cells, {len(both)} with ON and OFF, {len(apart)} of them more than 1 degree apart: circular "
          f"correlation with the tuning angle {directions:.3f}, of the axes {axes:.3f}")
    good = min(axes, directions) > 0.6
    for table in sorted(metrics.glob("**/rf_*_cells_plain.csv")):
        found = {row["node_id"]: row for row in rows_of(table) if row["p"] != "NaN" and float(row["p"]) < 0.01}
        pairs = [(row, found[row["node_id"]]) for row in cells if row["node_id"] in found and row["azimuth"] != "NaN"]
        print(f"  {table.parent.name}: {len(pairs)} L4 cells with a field")
        if len(pairs) < 10:
            continue
        for name in ("azimuth", "elevation"):
            here = numbers([row for row, _ in pairs], name)
            there = np.array([place(row, name) for _, row in pairs])
            print(f"    median |difference| of {name} {np.median(np.abs(here - there)):.1f} degrees, r "
                  f"{np.corrcoef(here, there)[0, 1]:.2f}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
