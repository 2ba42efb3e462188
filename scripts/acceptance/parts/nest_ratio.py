# SPDX-License-Identifier: BSD-3-Clause
"""How many times faster than NEST, of the times that benchmarks/README.md records for NEST and the results for Striate.

usage: nest_ratio.py README.md RESULTS
"""
import json
import pathlib
import re
import sys


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    results = pathlib.Path(sys.argv[2])
    nest = re.search(r"needs ([0-9.]+) s for 3 s\s+of `small` on one core \(([0-9.]+) s on two\), and for `full` a real-time factor of ([0-9.]+) and\s+"
                     r"([0-9.]+) GB", text)
    runs = {(m["what"], m["ranks"]): m for name in ("small", "full") for m in json.loads((results / f"{name}.json").read_text())["measurements"]}
    small = {ranks: runs["simulate small", ranks] for ranks in (1, 2)}
    full = runs["simulate full", 2]
    rows = [("small, s, 1 core", float(nest[1]), small[1]["real_time_factor"]["median"] * 3),
            ("small, s, 2 cores", float(nest[2]), small[2]["real_time_factor"]["median"] * 3),
            ("full, real-time factor, 2 cores", float(nest[3]), full["real_time_factor"]["median"]),
            ("full, GB", float(nest[4]), full["memory_bytes"]["median"] / 1e9)]
    print(f"    {'':<34}{'NEST':>8} {'Striate':>8} {'ratio':>7}")
    for what, theirs, ours in rows:
        print(f"    {what:<34}{theirs:>8.1f} {ours:>8.3f} {theirs / ours:>7.1f}")


if __name__ == "__main__":
    main()
