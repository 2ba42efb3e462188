#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Turns a result of goals.py into the tables of README.md (Markdown, to standard output)."""
import json
import sys
from pathlib import Path


def seconds(spread):
    return f"{spread['median']:.3g} ({spread['min']:.3g}–{spread['max']:.3g})"


def main(path):
    result = json.loads(Path(path).read_text())
    machine = result["machine"]
    print(f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}; {machine['compiler']}, {machine['build_type']}; "
          f"commit {machine['commit']}, {result['date']}; `{machine['command']}`\n")
    print("| what | ranks | s, median (min–max) | runs | memory, all ranks |\n|---|---|---|---|---|")
    for entry in result["measurements"]:
        memory = f"{entry['memory_bytes']['median'] / 1e9:.2f} GB" if "memory_bytes" in entry else ""
        print(f"| {entry['what']} | {entry['ranks']} | {seconds(entry['seconds'])} | {entry['seconds']['runs']} | {memory} |")
    print("\n| simulate | ranks | real-time factor | load s | update | deliver | exchange | wait | ns/neuron-step | ns/event | bytes/synapse |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for entry in result["measurements"]:
        if "phases" not in entry:
            continue
        phase = {name: values["median"] for name, values in entry["phases"].items()}
        print(f"| {entry['what'].split()[1]} ({entry['spikes']} spikes) | {entry['ranks']} | {entry['real_time_factor']['median']:.3f} "
              f"| {phase['load']:.2f} | {phase['update']:.2f} | {phase['deliver']:.2f} | {phase['exchange']:.2f} | {phase['wait']:.2f} "
              f"| {entry['ns_per_neuron_step']:.2f} | {entry['ns_per_event']:.2f} | {entry['bytes_per_synapse']:.1f} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
