# SPDX-License-Identifier: BSD-3-Clause
"""Whether two programs make the same network, LGN and background spikes, spikes and float64 reports, bit for bit.

usage: same_bits.py OLD NEW [NETWORK …]    (default: tiny)

Values are compared, not files: a dataset may have become narrower, and attributes that name a version may differ.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

REPORT = {"module": "multimeter_report", "variable_name": ["V_m", "I_syn", "ASCurrents_sum"], "cells": "v1", "precision": "double",
          "file_name": "state.h5", "start_time": 0, "end_time": 3000, "dt": 50.0}


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{program} {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def made(program, network, folder):
    """Everything `program` makes of `network`, below `folder`."""
    base = folder / network
    run(program, "build", network, "-o", base)
    run(program, "lgn", base / "configs/config_filternet.json")
    run(program, "background", base)
    config = json.loads((base / "configs/config_plain.json").read_text())
    config.setdefault("reports", {})["state"] = REPORT
    (base / "configs/config_state.json").write_text(json.dumps(config))
    run(program, "simulate", base / "configs/config_state.json")
    return folder


def datasets(file):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    with h5py.File(file) as handle:
        handle.visititems(visit)
    return found


def equal(one, other):
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape:
        return False
    if one.dtype.kind == "f" and other.dtype.kind == "f" and one.dtype == other.dtype:
        return one.tobytes() == other.tobytes()
    return bool(np.array_equal(one, other))


def compare(old, new):
    """Counts of datasets and text files compared, and the names of those that differ."""
    differ, arrays, texts = [], 0, 0
    names = {p.relative_to(old) for p in old.rglob("*") if p.is_file()} | {p.relative_to(new) for p in new.rglob("*") if p.is_file()}
    for name in sorted(names):
        if name.suffix not in (".h5", ".csv") or name.match("*/summary*"):
            continue
        if not (old / name).exists() or not (new / name).exists():
            differ.append(f"{name}: made by only one of the two")
        elif name.suffix == ".csv":
            texts += 1
            if (old / name).read_bytes() != (new / name).read_bytes():
                differ.append(str(name))
        else:
            one, other = datasets(old / name), datasets(new / name)
            arrays += len(one)
            differ += [f"{name}:/{key}" for key in sorted(one.keys() | other.keys()) if key not in one or key not in other or not equal(one[key], other[key])]
    return arrays, texts, differ


def main():
    old, new, networks = sys.argv[1], sys.argv[2], sys.argv[3:] or ["tiny"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for network in networks:
            arrays, texts, differ = compare(made(old, network, folder / "old"), made(new, network, folder / "new"))
            print(f"  {network}: {arrays} datasets and {texts} tables compared, {len(differ)} differ")
            for name in differ:
                print(f"    {name}")
            if differ or arrays == 0:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
