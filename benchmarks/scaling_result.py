#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Turns the runs of scaling.sh into its result: medians per kind and number of ranks, and the ratios to the fewest ranks."""
import argparse
import json
import time
from pathlib import Path

from goals import machine, simulation_figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("timings", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--striate", required=True)
    parser.add_argument("--command", required=True)
    options = parser.parse_args()
    runs = {}
    for line in options.timings.read_text().splitlines():
        kind, text = line.split("\t")
        report = json.loads(text)
        runs.setdefault((kind, report["ranks"]), []).append(report)
    measurements = []
    for (kind, ranks), reports in runs.items():
        figures = {"what": f"{kind} scaling", **simulation_figures(reports, ranks)}
        first = next(m for m in [*measurements, figures] if m["what"] == figures["what"])
        slowdown = figures["seconds"]["median"] / first["seconds"]["median"]
        figures["efficiency"] = 1 / slowdown / (ranks / first["ranks"] if kind == "strong" else 1)
        measurements.append(figures)
    result = {"machine": {**machine(options.striate), "command": options.command}, "date": time.strftime("%Y-%m-%d"),
              "measurements": measurements}
    options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
