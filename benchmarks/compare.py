# SPDX-License-Identifier: BSD-3-Clause
"""Two builds side by side: each pair runs the old and the new one, the order turning from pair to pair, so that a
machine whose speed drifts slows both. Per workload: the median of the pairs' ratios new/old of CPU and wall time with
a distribution-free 95 % interval (order statistics of the median), and of the largest memory; of simulations also of the
seconds of all steps and of their phases.

Workloads: build:NET, simulate:NET (three seconds from files made by each build itself), memory:NET (network in memory,
one second), load:NET (reading it, from files in the page cache; seconds to the first step), lgn:NET, kernels (all of striate_benchmarks' neuron_update and delivery, each a row; needs both builds with
-DSTRIATE_BENCHMARKS=ON). Nothing else should run.
"""
import argparse
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


class Build:
    def __init__(self, path, name, networks, options):
        path = pathlib.Path(path).resolve()
        self.folder = path if path.is_dir() else path.parent
        self.program = path / "striate" if path.is_dir() else path
        self.name, self.networks, self.options = name, networks, options
        if not os.access(self.program, os.X_OK):
            raise SystemExit(f"{self.program} cannot be run (no program striate there) give a build folder or a program")

    def benchmarks(self):
        return self.folder / "benchmarks" / "striate_benchmarks"


def measured(command):
    """Runs `command`; CPU seconds of it and all its children, wall seconds, largest resident set in MB."""
    begin = time.monotonic()
    child = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{error.decode(errors='replace')[-2000:]}")
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": time.monotonic() - begin, "rss_mb": usage.ru_maxrss / 1024}


def launched(build, ranks, *arguments):
    launcher = ["mpirun", "-n", ranks, "--oversubscribe"] if ranks > 1 else []
    return [*launcher, build.program, *arguments]


def prepared(build, network, folder):
    """A network directory with its inputs: one of those given, or of `build`, made once."""
    if build.networks:
        return build.networks / network
    base = folder / f"{build.name}_{network}"
    if not base.exists():
        for command in (["build", network, "-o", base], ["lgn", base / "configs/config_filternet.json"], ["background", base]):
            measured([build.program, *command])
    return base


def one_step(base):
    """A run of a single step, with all that a longer one loads."""
    config = base / "configs/config_load.json"
    content = json.loads((base / "configs/config_plain.json").read_text())
    content["run"]["duration"] = content["run"]["dt"]
    config.write_text(json.dumps(content))
    return config


def load_time(build, network, folder, ranks):
    base = prepared(build, network, folder)
    timings = base / "timings.json"
    for edges in (base / "network").glob("*_edges.h5"):  # into the page cache
        subprocess.run(["cat", edges], stdout=subprocess.DEVNULL, check=True)
    figures = measured(launched(build, ranks, "simulate", one_step(base), "-o", folder / f"{build.name}_out", "--timings", timings))
    return {"load_s": json.loads(timings.read_text())["phases"]["load"]["max"], "rss_mb": figures["rss_mb"]}


def command_of(kind, network, build, folder, ranks):
    if kind == "build":
        return launched(build, ranks, "build", network, "-o", folder / f"{build.name}_built", "--force")
    if kind == "memory":
        base = prepared(build, network, folder)
        return launched(build, ranks, "simulate", "--network", network, base / "configs/config_plain.json", "-o", folder / f"{build.name}_out")
    if kind == "lgn":
        base = prepared(build, network, folder)
        return launched(build, ranks, "lgn", base / "configs/config_filternet.json")
    if kind == "simulate":
        base = prepared(build, network, folder)
        return launched(build, ranks, "simulate", base / "configs/config_plain.json", "-o", folder / f"{build.name}_out", *build.options)
    raise SystemExit(f"unknown workload {kind}:{network} (known: build, load, simulate, memory, lgn, kernels)")


def simulation_times(build, network, folder, ranks):
    timings = folder / "timings.json"
    figures = measured([*command_of("simulate", network, build, folder, ranks), "--timings", timings])
    phases = json.loads(timings.read_text())["phases"]
    return {**figures, "steps_s": phases["simulate"]["max"], "update_s": phases["update"]["max"], "deliver_s": phases["deliver"]["max"]}


def run(kind, network, build, folder, ranks):
    if kind == "load":
        return load_time(build, network, folder, ranks)
    if kind == "simulate":
        return simulation_times(build, network, folder, ranks)
    return measured(command_of(kind, network, build, folder, ranks))


def kernel_times(build, pattern):
    """CPU nanoseconds of each micro benchmark, {name: value}."""
    done = subprocess.run([build.benchmarks(), f"--benchmark_filter={pattern}", "--benchmark_format=json"], check=True, capture_output=True)
    return {b["name"]: b["cpu_time"] for b in json.loads(done.stdout)["benchmarks"] if b.get("run_type") != "aggregate"}


def interval_of_median(values):
    """Median and the order statistics that enclose the true median with at least 95 %."""
    values, n = sorted(values), len(values)
    low, tail = 0, 0.0
    while low < n // 2:
        tail += math.comb(n, low) / 2**n
        if tail > 0.025:
            break
        low += 1
    first = max(low - 1, 0)
    return statistics.median(values), values[first], values[n - 1 - first]


def row(name, unit, pairs):
    median, low, high = interval_of_median([new / old for old, new in pairs if old > 0])
    old, new = (statistics.median(column) for column in zip(*pairs))
    print(f"{name:44} {old:10.4g} {new:10.4g} {unit:4} {median:7.3f}  ({low:.3f} to {high:.3f})", flush=True)
    return {"name": name, "unit": unit, "old": old, "new": new, "ratio": median, "low": low, "high": high, "pairs": pairs}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--work", default="kernels,simulate:small,build:small")
    parser.add_argument("--kernels", default="reference_|merged_|delivery", help="which micro benchmarks (a regular expression)")
    parser.add_argument("--networks", type=pathlib.Path, help="where networks with their inputs are (else each build makes its own)")
    parser.add_argument("--new-options", default="", help="of the new build's simulate, as in --new-options=\"--state single\"")
    parser.add_argument("--out", help="also write all figures as JSON")
    args = parser.parse_args()
    builds = Build(args.old, "old", args.networks, []), Build(args.new, "new", args.networks, args.new_options.split())
    rows = []
    print(f"{'median of ' + str(args.pairs) + ' pairs':44} {'old':>10} {'new':>10}      new/old  (95 % interval)", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for work in args.work.split(","):
            kind, _, network = work.partition(":")
            results = {b.name: [] for b in builds}
            if kind != "kernels":
                for build in builds:  # warm up: networks made, files in the page cache
                    run(kind, network, build, folder, args.ranks)
            for pair in range(args.pairs):
                for build in builds if pair % 2 == 0 else builds[::-1]:
                    if kind == "kernels":
                        results[build.name].append(kernel_times(build, args.kernels))
                    else:
                        results[build.name].append(run(kind, network, build, folder, args.ranks))
            units = {"cpu_s": "s", "wall_s": "s", "load_s": "s", "steps_s": "s", "update_s": "s", "deliver_s": "s", "rss_mb": "MB"}
            common = results["old"][0].keys() & results["new"][0].keys()
            for key in common if kind == "kernels" else [unit for unit in units if unit in common]:
                pairs = [(o[key], n[key]) for o, n in zip(results["old"], results["new"])]
                rows.append(row(f"{work} {key}", units.get(key, "ns"), pairs))
            for made in folder.iterdir():
                shutil.rmtree(made) if made.is_dir() else made.unlink()
    if args.out:
        versions = {b.name: subprocess.run([b.program, "version"], capture_output=True, text=True).stdout.strip() for b in builds}
        pathlib.Path(args.out).write_text(json.dumps({"versions": versions, "pairs": args.pairs, "ranks": args.ranks, "rows": rows}, indent=1))


if __name__ == "__main__":
    sys.exit(main())
