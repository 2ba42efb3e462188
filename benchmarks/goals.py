#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures Striate on whole networks: building, inputs, loading, simulating, on 1 … N ranks.

usage: goals.py [--striate build/striate] [--networks small,full] [--ranks 1,2] [--runs 5] [--work DIR] [--out FILE.json]

Every figure is the median of the runs, with minimum and maximum. The result holds machine, commit, compiler and command, so
that it can be repeated; `tables.py` makes the tables of README.md from it. Nothing else should run meanwhile.
"""
import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def launch(ranks, *command):
    """Runs a command on `ranks` ranks; wall time in s and its output."""
    prefix = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    start = time.monotonic()
    result = subprocess.run([*prefix, *map(str, command)], env=ENVIRONMENT, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{result.stderr}")
    return time.monotonic() - start, result.stdout + result.stderr


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "runs": len(values)}


def rates(binary, copies, pattern, seconds):
    """Micro benchmarks in `copies` processes at once: {name: items a second, else bytes, of all together}."""
    command = [binary, "--benchmark_format=json", f"--benchmark_min_time={seconds}", f"--benchmark_filter={pattern}"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(copies)]
    total = {}
    for process in running:
        for entry in json.loads(process.communicate()[0])["benchmarks"]:
            if not entry.get("error_occurred"):
                rate = entry.get("items_per_second", entry.get("bytes_per_second"))
                total[entry["name"]] = total.get(entry["name"], 0) + rate
    return total


def text_of(path, pattern):
    match = re.search(pattern, Path(path).read_text()) if Path(path).exists() else None
    return match.group(1).strip() if match else "unknown"


def machine(striate):
    git = lambda *words: subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()
    cache = Path(striate).parent / "CMakeCache.txt"
    compiler = text_of(cache, r"CMAKE_CXX_COMPILER:\w+=(.*)")
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0]
    return {
        "processor": text_of("/proc/cpuinfo", r"model name\s*:\s*(.*)"),
        "cores": os.cpu_count(),
        "memory": text_of("/proc/meminfo", r"MemTotal:\s*(.*)"),
        "system": platform.platform(),
        "commit": git("rev-parse", "--short", "HEAD") + ("-dirty" if git("status", "--porcelain", "--untracked-files=no", "--", ":(top,exclude)benchmarks") else ""),
        "compiler": version,
        "build_type": text_of(cache, r"CMAKE_BUILD_TYPE:\w+=(.*)"),
        "command": " ".join(sys.argv),
    }


def measure_build(striate, name, ranks, runs, base):
    seconds, memory = [], []
    for _ in range(runs):
        shutil.rmtree(base, ignore_errors=True)
        _, output = launch(ranks, striate, "build", name, "-o", base)
        seconds.append(float(re.search(r"written in ([\d.]+) s", output).group(1)))
        amount, unit = re.search(r"peak memory ([\d.]+) ([kMG])B", output).groups()
        memory.append(float(amount) * {"k": 1e3, "M": 1e6, "G": 1e9}[unit])
    return {"what": f"build {name}", "ranks": ranks, "seconds": spread(seconds), "memory_bytes": spread(memory)}


def measure_simulation(striate, name, ranks, runs, base):
    timings = base / "timings.json"
    reports = []
    for _ in range(runs):
        launch(ranks, striate, "simulate", "-q", base / "configs/config_plain.json", "-o", base / "benchmark", "--timings", timings)
        reports.append(json.loads(timings.read_text()))
    return {"what": f"simulate {name}", **simulation_figures(reports, ranks)}


def measure_in_memory(striate, name, ranks, runs, base):
    """The network made in memory instead of being read: "load" is the time from the start to the first step."""
    timings = base / "timings.json"
    reports = []
    for _ in range(runs):
        launch(ranks, striate, "simulate", "-q", "--network", name, "--config", base / "configs/config_plain.json",
               "-o", base / "benchmark", "--timings", timings)
        reports.append(json.loads(timings.read_text()))
    figures = simulation_figures(reports, ranks)
    return {"what": f"in-memory {name}", **figures, "seconds": figures["phases"]["load"]}


def measure_trials(striate, name, ranks, runs, base):
    """Two trials on one loaded network: seconds of the whole call beside those of one trial."""
    config = json.loads((base / "configs/config_plain.json").read_text())
    second = base / "configs/config_second.json"
    config["manifest"]["$OUTPUT_DIR"] = "$BASE_DIR/output_second"
    second.write_text(json.dumps(config))
    timings = base / "timings.json"
    loads, wholes = [], []
    for _ in range(runs):
        wall, _ = launch(ranks, striate, "simulate", "-q", base / "configs/config_plain.json", second, "--timings", timings)
        trials = json.loads(timings.read_text())["trials"]
        wholes.append(wall)
        loads.append(trials[1]["phases"].get("load", {"max": 0.0})["max"])
    return {"what": f"two-trials {name}", "ranks": ranks, "seconds": spread(wholes), "load_of_second_s": spread(loads)}


def simulation_figures(reports, ranks):
    """Medians and costs from the timings of several runs of one simulation."""
    last = reports[-1]
    phases = {phase: spread([r["phases"][phase]["max"] for r in reports]) for phase in last["phases"]}
    seconds = phases["simulate"]
    neuron_steps = last["neurons"] * last["simulated_ms"] / 0.25
    return {
        "ranks": ranks, "simulated_ms": last["simulated_ms"], "seconds": seconds, "phases": phases,
        "real_time_factor": spread([r["phases"]["simulate"]["max"] / (r["simulated_ms"] / 1e3) for r in reports]),
        "memory_bytes": spread([r["sum_rss_bytes"] for r in reports]),
        "neurons": last["neurons"], "synapses": last["synapses"], "spikes": last["spikes"],
        "synaptic_events": last["synaptic_events"], "bytes_per_synapse": last["synapse_bytes"] / last["synapses"],
        "ns_per_neuron_step": phases["update"]["median"] * ranks * 1e9 / neuron_steps,
        "ns_per_event": phases["deliver"]["median"] * ranks * 1e9 / last["synaptic_events"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--striate", default="build/striate")
    parser.add_argument("--networks", default="small,full")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--build-runs", type=int, default=1)
    parser.add_argument("--memory-runs", type=int, default=1, help="runs on a network made in memory")
    parser.add_argument("--work", type=Path, default=Path("/tmp/striate_benchmark"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/goals.json"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    result = {"machine": machine(options.striate), "date": time.strftime("%Y-%m-%d"), "measurements": []}
    for name in options.networks.split(","):
        base = options.work / name
        for ranks in map(int, options.ranks.split(",")):
            found = [measure_build(options.striate, name, ranks, options.build_runs, base)]
            for stage, command in (("lgn", base / "configs/config_filternet.json"), ("background", base)):
                seconds, _ = launch(ranks, options.striate, stage, "-q", command)
                found.append({"what": f"{stage} {name}", "ranks": ranks, "seconds": spread([seconds])})
            found.append(measure_simulation(options.striate, name, ranks, options.runs, base))
            if options.memory_runs > 0:
                found.append(measure_in_memory(options.striate, name, ranks, options.memory_runs, base))
            if options.memory_runs > 0:
                found.append(measure_trials(options.striate, name, ranks, min(options.runs, 3), base))
            result["measurements"] += found
            for entry in found:
                print(f"{entry['what']:<18}{entry['ranks']:>3} ranks {entry['seconds']['median']:>9.3f} s", flush=True)
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_text(json.dumps(result, indent=1) + "\n")
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
