# SPDX-License-Identifier: BSD-3-Clause
"""How many spikes of two runs are not the same, and when the first of them comes.

usage: spikes_that_differ.py EXPECTED.csv FOUND.csv"""
import sys


def spikes(file):
    with open(file) as lines:
        next(lines)
        return {(float(time), node) for time, _, node in map(str.split, lines)}


expected, found = map(spikes, sys.argv[1:])
lost = expected - found
print(f"{len(expected)} spikes, {len(found)} found, {len(lost)} elsewhere" +
      (f", from {min(lost | (found - expected))[0]} ms on" if expected != found else ""))
