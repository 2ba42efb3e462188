#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Turns the runs of scaling.sh into its result: medians per kind and number of ranks, the ratios to the fewest ranks, a picture."""
import argparse
import json
import subprocess
import time
from pathlib import Path

from goals import machine, simulation_figures


def draw(measurements, picture):
    """Real-time factors over ranks as SVG: a line for each kind, and where halving the time would lead."""
    series = {}
    for m in measurements:
        series.setdefault(m["what"], []).append((m["ranks"], m["real_time_factor"]["median"]))
    script = [f"set terminal svg size 720,460 font 'sans,13'\nset output '{picture}'", "set logscale x 2", "set logscale y", "set format '%g'",
              "set xlabel 'ranks'", "set ylabel 'real-time factor'", "set key outside right", "set grid ytics lc rgb '#dddddd'"]
    curves = []
    for k, (what, points) in enumerate(series.items()):
        points.sort()
        script.append(f"$s{k} << EOD\n" + "\n".join(f"{x} {y}" for x, y in points) + "\nEOD")
        curves.append(f"$s{k} with linespoints pt 7 lw 2 title '{what}'")
        if what.startswith("strong") and k == 0:
            first, factor = points[0]
            script.append(f"ideal(x) = {factor} * {first} / x")
            script.append("$ideal << EOD\n" + "\n".join(f"{x}" for x, _ in points) + "\nEOD")
            curves.append("$ideal using 1:(ideal($1)) with lines dt 2 lc rgb '#888888' title 'as many times faster'")
    subprocess.run(["gnuplot"], input="\n".join([*script, "plot " + ", ".join(curves)]) + "\n", text=True, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("timings", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--striate", required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--picture", type=Path, help="SVG; needs gnuplot")
    options = parser.parse_args()
    runs = {}
    for line in options.timings.read_text().splitlines():
        kind, form, text = line.split("\t")
        report = json.loads(text)
        name = f"{kind} scaling" + ("" if form == "alltoallv" else f", {form}")
        runs.setdefault((name, report["ranks"]), []).append(report)
    measurements = []
    for (name, ranks), reports in sorted(runs.items()):
        figures = {"what": name, **simulation_figures(reports, ranks)}
        first = next(m for m in [*measurements, figures] if m["what"] == figures["what"])
        slowdown = figures["seconds"]["median"] / first["seconds"]["median"]
        figures["efficiency"] = 1 / slowdown / (ranks / first["ranks"] if name.startswith("strong") else 1)
        measurements.append(figures)
    result = {"machine": {**machine(options.striate), "command": options.command}, "date": time.strftime("%Y-%m-%d"),
              "measurements": measurements}
    options.out.write_text(json.dumps(result, indent=1) + "\n")
    if options.picture:
        draw(measurements, options.picture)


if __name__ == "__main__":
    main()
