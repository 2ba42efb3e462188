# SPDX-License-Identifier: BSD-3-Clause
"""Runs that are cut at random times and go on, on other numbers of ranks, from their checkpoints: the same bits?

usage: restarts.py STRIATE NETWORK CUTS

Each run (a second and a half of two trials, with currents, reports of V_m and of synaptic currents) is cut CUTS / 4 times, in four
ways: stopped at a simulated time (--stop-after), killed by SIGKILL and ended by SIGTERM some time after its first checkpoint, ended by
the clock.
It is cut on one number of ranks (1 to 4) and resumed on another. Spikes (HDF5 and CSV) and reports must be those of a run that
nobody disturbed, bit for bit. With CUTS 0 only the time and size of one checkpoint are told.
"""
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

TSTOP_MS = 1500.0


def command(program, ranks, *arguments):
    return ["mpirun", "-n", str(ranks), "--oversubscribe", program, *map(str, arguments)]


def digest(folder):
    """Of all values of all results; attributes, too."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*/*.h5")):
        if path.name.startswith("checkpoint"):
            continue
        with h5py.File(path) as file:
            names = []
            file.visit(names.append)
            for name in sorted(names):
                total.update(name.encode())
                if isinstance(file[name], h5py.Dataset):
                    total.update(np.ascontiguousarray(file[name][:]).tobytes())
    for path in sorted(folder.glob("*/spikes.csv")):
        total.update(path.read_bytes())
    return total.hexdigest()


def write_configs(base, folder):
    """Two trials: one plain, one with a current and reports."""
    config = json.loads((base / "configs/config_plain.json").read_text())
    text = json.dumps(config)
    files = []
    for trial in (1, 2):
        config = json.loads(text)
        config["run"]["duration"] = TSTOP_MS
        config["manifest"] = {**config["manifest"], "$BASE_DIR": str(base), "$OUTPUT_DIR": str(folder / f"trial{trial}")}
        config["output"]["output_dir"] = str(folder / f"trial{trial}")
        config["reports"] = {"v": {"module": "multimeter_report", "variable_name": "V_m", "cells": {"population": "v1"},
                                   "file_name": "v.h5", "dt": 5.0, "start_time": 0.0, "end_time": TSTOP_MS}}
        if trial == 2:
            config["inputs"]["current"] = {"input_type": "current_clamp", "module": "IClamp", "node_set": {"population": "v1"},
                                           "amp": 60.0, "delay": 333.25, "duration": 777.5}
        files.append(folder / f"trial{trial}.json")
        files[-1].write_text(json.dumps(config))
    return files


def kill_session(session):
    """Ranks have process groups of their own."""
    for folder in pathlib.Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and int((folder / "stat").read_text().rsplit(")", 1)[1].split()[3]) == session:
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            pass  # it has just ended


def cut(program, configs, ranks, way, at, seconds):
    """Starts the run and cuts it at the share `at` of its length. Returns its exit code."""
    arguments = ["simulate", *configs, "-q", "--checkpoint-every", "150ms"]
    if way == "stop":
        return subprocess.run(command(program, ranks, *arguments, "--stop-after", f"{round(2 * TSTOP_MS * at * 4) / 4}ms"),
                              capture_output=True).returncode
    if way == "clock":
        return subprocess.run(command(program, ranks, *arguments, "--stop-after", f"{max(1, round(seconds * at))}s"),
                              capture_output=True).returncode
    process = subprocess.Popen(command(program, ranks, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    while process.poll() is None and not any(configs[0].parent.glob("*/checkpoint*")):
        time.sleep(0.01)
    time.sleep(0.3 * seconds * at)
    if process.poll() is not None:
        return process.returncode
    if way == "kill":
        kill_session(process.pid)
    else:
        process.send_signal(signal.SIGTERM)
    return process.wait()


def main():
    program, network, cuts = sys.argv[1], sys.argv[2], int(sys.argv[3])
    numbers = random.Random(16)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        base = folder / "base"
        run = {"check": True, "capture_output": True}
        subprocess.run(command(program, 2, "build", network, "-q", "-o", base), **run)
        subprocess.run(command(program, 2, "lgn", base / "configs/config_filternet.json", "-q"), **run)
        subprocess.run(command(program, 2, "background", base, "-q"), **run)
        if cuts == 0:
            config = base / "configs/config_plain.json"
            ended = subprocess.run(command(program, 2, "simulate", config, "-v", "-o", folder / "out", "--stop-after",
                                           "250ms"),
                                   capture_output=True, text=True)
            size = sum(path.stat().st_size for path in (folder / "out").glob("checkpoint*"))
            print(f"    {network}: exit code {ended.returncode}, {size / 1e6:.1f} MB")
            print("".join(f"      {line}\n" for line in (ended.stdout + ended.stderr).splitlines() if "checkpoint" in line), end="")
            return ended.returncode != 75
        (folder / "whole").mkdir()
        configs = write_configs(base, folder / "whole")
        start = time.monotonic()
        subprocess.run(command(program, 2, "simulate", *configs, "-q"), **run)
        seconds = time.monotonic() - start
        expected = digest(folder / "whole")
        wrong = 0
        for i in range(cuts):
            way = ("stop", "kill", "term", "clock")[i % 4]
            there, here = numbers.choice([(a, b) for a in (1, 2, 3, 4) for b in (1, 2, 3, 4) if a != b])
            at = numbers.uniform(0.05, 0.95)
            part = folder / f"cut{i}"
            part.mkdir()
            configs = write_configs(base, part)
            code = cut(program, configs, there, way, at, seconds)
            left = [str(path.relative_to(part)) for path in part.glob("*/checkpoint*")]
            resumed = subprocess.run(command(program, here, "simulate", *configs, "-q", *(["--resume"] if left else [])),
                                     capture_output=True, text=True)
            same = resumed.returncode == 0 and digest(part) == expected
            wrong += not same
            print(f"    {network}, {way} at {at:.2f} on {there} ranks: exit code {code}, {'resumed' if left else 'anew (it has no checkpoint, or is complete)'} "
                  f"on {here}: {'the same bits' if same else 'OTHERS ' + resumed.stderr[-300:]}")
        print(f"    {network}: {cuts} cuts, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
