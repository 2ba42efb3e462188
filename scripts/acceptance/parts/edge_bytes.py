# SPDX-License-Identifier: BSD-3-Clause
"""Edge and node files of two networks that should differ in widths alone: bytes a row by dataset, and whether every value is
the same.

usage: edge_bytes.py OLD NEW [--values]      (network directories; --values compares them, too)
"""
import sys
from pathlib import Path

import h5py
import numpy as np

BLOCK = 1 << 24


def datasets(path):
    """{name: dataset} of what a file stores; the second name of an index is left out."""
    file = h5py.File(path)
    names = []
    file.visit(names.append)  # a visitor that returns something ends the visit
    return {name: file[name] for name in names if isinstance(file[name], h5py.Dataset) and not name.endswith("node_id_to_ranges")}


def bytes_a_row(path):
    found = datasets(path)
    rows = next(item.shape[0] for name, item in found.items() if name.endswith("target_node_id"))
    return rows, {name.split("/", 2)[2]: item.id.get_storage_size() / rows for name, item in found.items()}


def equal(old, new):
    if old.shape != new.shape:
        return False
    rows = old.shape[0]
    nan = old.dtype.kind == "f"  # where a node has no value
    return all(np.array_equal(old[first:first + BLOCK], new[first:first + BLOCK], equal_nan=nan) for first in range(0, rows, BLOCK))


def main():
    old, new = Path(sys.argv[1]), Path(sys.argv[2])
    failures = 0
    for edges in ("v1_v1", "lgn_v1"):
        (rows, before), (_, after) = (bytes_a_row(base / f"network/{edges}_edges.h5") for base in (old, new))
        print(f"    {edges}: {rows} rows, {sum(before.values()):.1f} -> {sum(after.values()):.1f} bytes a row: "
              + ", ".join(f"{name.removeprefix('indices/')} {before[name]:.3g} -> {after[name]:.3g}" for name in before if before[name] >= 0.05))
        limit = 28 if edges == "v1_v1" else 24
        failures += sum(after.values()) > limit
    sizes = [sum(path.stat().st_size for path in base.rglob("*") if path.is_file()) for base in (old, new)]
    print(f"    in all {sizes[0] / 1e9:.3f} -> {sizes[1] / 1e9:.3f} GB")
    if "--values" in sys.argv:
        for path in sorted((old / "network").glob("*.h5")):
            before, after = datasets(path), datasets(new / "network" / path.name)
            different = [name for name in before if name not in after or not equal(before[name], after[name])]
            failures += len(different) + (before.keys() != after.keys())
            print(f"    {path.name}: {len(before)} datasets, different: {', '.join(different) or 'none'}")
    return failures


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
