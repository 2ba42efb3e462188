# SPDX-License-Identifier: BSD-3-Clause
"""Compares a simulation's output with NEST's for the reference network.

usage: compare_reference.py spikes OURS.h5 EXPECTED.h5 DT_MS
       compare_reference.py report OURS.h5 EXPECTED.h5
       compare_reference.py same FIRST.h5 SECOND.h5      (a report's data, bit for bit)
"""
import sys

import h5py
import numpy as np


def spikes(path, dt):
    with h5py.File(path) as file:
        group = file["spikes/v1"]
        steps = np.rint(group["timestamps"][:] / dt).astype(int)
        return sorted(zip(group["node_ids"][:].tolist(), steps.tolist()))


def report(path):
    with h5py.File(path) as file:
        group = file["report/v1"]
        order = np.argsort(group["mapping/node_ids"][:])
        return group["mapping/node_ids"][:][order], group["data"][:][:, order]


kind, ours, expected = sys.argv[1:4]
if kind == "spikes":
    dt = float(sys.argv[4])
    a, b = spikes(ours, dt), spikes(expected, dt)
    print(f"{len(a)} spikes, {len(b)} expected, {'all equal' if a == b else f'{len(set(a) ^ set(b))} differ'}")
    sys.exit(a != b)
ids, values = report(ours)
expected_ids, expected_values = report(expected)
assert (ids == expected_ids).all()
if kind == "same":
    equal = values.tobytes() == expected_values.tobytes()
    print(f"{values.size} values of {values.dtype}: {'equal bits' if equal else 'DIFFERENT'}")
    sys.exit(not equal)
samples = min(len(values), len(expected_values))  # BMTK loses the last interval
worst = abs(values[:samples] - expected_values[:samples]).max()
print(f"{values.shape[1]} cells x {samples} samples, largest difference {worst:.6f}")
sys.exit(not worst <= 5e-4 * (1 + 1e-9))
