#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the measured part of README.md and its plot from the JSON files in results/.

usage: tables.py            (needs gnuplot for the plot of scaling)
"""
import json
import re
import subprocess
from pathlib import Path

from cost_model import prediction_table
from training import GOALS as training_goals

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
BEGIN, END = "<!-- measured: made by tables.py -->", "<!-- end of measured -->"

GOALS = [  # what, entry of results, ranks, figure, unit, goal, stretch
    ("simulate `small`, 3 s, 1 core", "small", "simulate small", 1, "seconds", 1.2, 0.8),
    ("simulate `full`, real-time factor, 2 cores", "full", "simulate full", 2, "real_time_factor", 3, 1.8),
    ("memory while simulating `full`, all ranks, GB", "full", "simulate full", 2, "memory_bytes", 2.5, 1.6),
    ("load `small`, s, 1 core", "small", "simulate small", 1, "load", 0.5, 0.2),
    ("load `full`, s, 2 cores", "full", "simulate full", 2, "load", 20, 8),
    ("build `full` with files, s, 2 cores", "full", "build full", 2, "seconds", 45, 30),
    ("build `full` with files, GB", "full", "build full", 2, "memory_bytes", 4, None),
    ("`full` in memory, s to the first step, 2 cores", "full", "in-memory full", 2, "seconds", 25, 15),
    ("load of the second trial on `full`, s", "full", "two-trials full", 2, "load_of_second_s", 0.1, None),
]


def read(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


def seconds(spread):
    return f"{spread['median']:.3g} ({spread['min']:.3g}–{spread['max']:.3g})"


def origin(result):
    machine = result["machine"]
    return (f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}; {machine['compiler']}, {machine['build_type']}; "
            f"commit {machine['commit']}, {result['date']}; `{machine['command']}`\n")


def goals():
    lines = ["| what | median (min–max) | runs | goal | stretch | met |", "|---|---|---|---|---|---|"]
    for what, name, entry, ranks, figure, goal, stretch in GOALS:
        found = next(m for m in read(name)["measurements"] if m["what"] == entry and m["ranks"] == ranks)
        value = found["phases"]["load"] if figure == "load" else found[figure]
        if figure == "memory_bytes":
            value = {key: number / 1e9 if key != "runs" else number for key, number in value.items()}
        met = "stretch" if stretch and value["median"] <= stretch else "goal" if value["median"] <= goal else \
            f"missed by {100 * (value['median'] / goal - 1):.0f} %"
        lines.append(f"| {what} | {seconds(value)} | {value['runs']} | ≤ {goal} | {f'≤ {stretch}' if stretch else ''} | {met} |")
    return lines


def stages(result):
    lines = ["| what | ranks | s, median (min–max) | runs | memory, all ranks |", "|---|---|---|---|---|"]
    for entry in result["measurements"]:
        memory = f"{entry['memory_bytes']['median'] / 1e9:.2f} GB" if "memory_bytes" in entry else ""
        lines.append(f"| {entry['what']} | {entry['ranks']} | {seconds(entry['seconds'])} | {entry['seconds']['runs']} | {memory} |")
    return lines


def phases(measurements):
    lines = ["| run | ranks | real-time factor | load s | update | deliver | exchange | wait | ns/neuron-step | ns/event | bytes/synapse |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for entry in measurements:
        if "phases" not in entry:
            continue
        phase = {name: values["median"] for name, values in entry["phases"].items()}
        lines.append(f"| {entry['what']} ({entry['neurons']} cells, {entry['spikes']} spikes) | {entry['ranks']} | {entry['real_time_factor']['median']:.3f} "
                     f"| {phase['load']:.2f} | {phase['update']:.2f} | {phase['deliver']:.2f} | {phase['exchange']:.2f} | {phase['wait']:.2f} "
                     f"| {entry['ns_per_neuron_step']:.2f} | {entry['ns_per_event']:.2f} | {entry['bytes_per_synapse']:.1f} |")
    return lines


def roofline():
    lines = ["| network, ranks | phase | s | GB/s | of bandwidth | Gop/s | of compute |", "|---|---|---|---|---|---|---|"]
    for row in read("roofline")["rows"]:
        for name in ("update", "deliver"):
            p = row[name]
            lines.append(f"| {row['what'].split()[1]}, {row['ranks']} | {name} | {p['seconds']:.2f} | {p['GB_per_s']:.1f} "
                         f"| {100 * p['share_of_bandwidth']:.0f} % | {p['Gop_per_s']:.2f} | {100 * p['share_of_compute']:.0f} % |")
    return lines


def training(result):
    lines = ["| a step of | ranks | s, median (min–max) | runs | goal, stretch (2 cores) | memory, all ranks | forward | backward | losses | weights | ns a visit and trial |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    visits = {(row["what"], row["ranks"]): row["ns_per_visit_and_trial"] for row in result["roofline"]}
    for entry in result["measurements"]:
        part = {name: value["median"] for name, value in entry["parts"].items()}
        goal = training_goals[entry["what"].removeprefix("train ")]
        lines.append(f"| {entry['what']} | {entry['ranks']} | {seconds(entry['seconds'])} | {entry['seconds']['runs']} | ≤ {goal[0]}, ≤ {goal[1]} "
                     f"| {entry['memory_bytes']['median'] / 1e9:.2f} GB | {part['forward']:.3g} | {part['backward']:.3g} | {part['losses']:.3g} "
                     f"| {part['weights']:.3g} | {visits[entry['what'], entry['ranks']]:.3g} |")
    limits = ("arithmetic", "bytes", "gather", "credit/v4/30/8192")
    lines += ["", "Seconds of the backward sum, and at best by each limit (`training.py` says what they are):", "",
              "| a step of | ranks | measured | " + " | ".join(limits) + " |", "|---|---|---|" + "---|" * len(limits)]
    for row in result["roofline"]:
        lines.append(f"| {row['what']} | {row['ranks']} | {row['backward_s']:.3g} | " + " | ".join(f"{row['at_best_s'].get(name, float('nan')):.3g}" for name in limits) + " |")
    networks = result["model"]["networks"]
    ranks = [str(m["ranks"]) for m in networks[0]["predicted"]]
    lines += ["", f"Predicted seconds of a step, messages of {result['model']['latency_us']} µs and {result['model']['bandwidth_GBps']} GB/s per rank:", "",
              "| ranks | " + " | ".join(ranks) + " |", "|---|" + "---|" * len(ranks)]
    for network in networks:
        lines.append(f"| {network['what']} | " + " | ".join(f"{m['seconds']:.3g}" for m in network["predicted"]) + " |")
    return lines


def micro():
    lines = ["| benchmark | time | million items/s | GB/s |", "|---|---|---|---|"]
    for entry in read("micro")["benchmarks"]:
        items = f"{entry['items_per_second'] / 1e6:.1f}" if "items_per_second" in entry else ""
        rate = f"{entry['bytes_per_second'] / 1e9:.1f}" if "bytes_per_second" in entry else ""
        lines.append(f"| `{entry['name']}` | {entry['real_time']:.4g} {entry['time_unit']} | {items} | {rate} |")
    return lines


def prediction():
    model = read("cost_model")
    lines = ["| check | ranks | real-time factor measured | predicted | GB measured | predicted |", "|---|---|---|---|---|---|"]
    for check in model["checks"]:
        p = check["predicted"]
        lines.append(f"| {check['what']} | {check['ranks']} | {check['measured']['real_time_factor']:.3f} | {p['real_time_factor']:.3f} "
                     f"| {check['measured']['GB']:.2f} | {p['GB_per_rank'] * check['ranks']:.2f} |")
    return [*lines, "", *prediction_table(model["predictions"])]


def plot():
    """Predicted real-time factors over ranks with the measured ones, as results/scaling.svg."""
    model = read("cost_model")
    series = {}
    for p in model["predictions"]:
        series.setdefault(p["neurons"], []).append((p["ranks"], p["real_time_factor"]))
    measured = [(m["ranks"], m["real_time_factor"]["median"]) for m in read("full")["measurements"] if m["what"] == "simulate full"]
    script = [f"set terminal svg size 720,460 font 'sans,13'\nset output '{RESULTS / 'scaling.svg'}'", "set logscale xy",
              "set format x '%g'", "set format y '%g'",
              "set xlabel 'ranks'", "set ylabel 'real-time factor'", "set key outside right", "set grid ytics lc rgb '#dddddd'",
              "set title 'seconds per simulated second: model (lines), measured (points)'"]
    curves = []
    for k, (neurons, points) in enumerate(series.items()):
        script.append(f"$s{k} << EOD\n" + "\n".join(f"{x} {y}" for x, y in points) + "\nEOD")
        curves.append(f"$s{k} with linespoints pt 0 lw 2 title '{neurons:,} neurons'")
    script.append("$m << EOD\n" + "\n".join(f"{x} {y}" for x, y in measured) + "\nEOD")
    curves.append("$m with points pt 7 ps 0.9 lc rgb 'black' title 'full, measured'")
    subprocess.run(["gnuplot"], input="\n".join([*script, "plot " + ", ".join(curves)]) + "\n", text=True, check=True)


def main():
    full, small, scaling, trained = read("full"), read("small"), read("scaling"), read("training")
    sections = [
        ["## Goals", "", *goals()],
        ["## Whole networks", "", origin(full), *stages(full), "", origin(small), *stages(small)],
        ["## Phases", "", *phases(full["measurements"] + small["measurements"])],
        ["## Scaling", "", origin(scaling), *phases(scaling["measurements"])],
        ["## Roofline", "", *roofline()],
        ["## Training", "", origin(trained), *training(trained)],
        ["## Micro benchmarks", "", *micro()],
        ["## Beyond this machine", "", "![real-time factor over ranks](results/scaling.svg)", "", *prediction()],
    ]
    text = "\n\n".join("\n".join(lines) for lines in sections)
    readme = HERE / "README.md"
    old = readme.read_text()
    pattern = re.escape(BEGIN) + ".*" + re.escape(END)
    assert re.search(pattern, old, re.S), f"{readme} has no part between '{BEGIN}' and '{END}'"
    readme.write_text(re.sub(pattern, lambda _: f"{BEGIN}\n{text}\n{END}", old, flags=re.S))
    plot()


if __name__ == "__main__":
    main()
