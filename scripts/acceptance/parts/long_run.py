# SPDX-License-Identifier: BSD-3-Clause
"""Memory of a long run over time: the network `tiny`, made in memory, whose cells a current makes fire.

usage: long_run.py STRIATE [SECONDS [RANKS [OLD]]]    SECONDS simulated (default 600), RANKS (default 1); OLD: a program whose
                                                      spikes must be the same, bit for bit

Prints memory of all ranks and the spikes on disk at ten times, the largest memory while the simulation ran and in all, and compares
with a run of a tenth of its length. Then the run is killed (SIGKILL, all ranks) when nine tenths of its spikes are there, and
resumed on one rank more. Fails when the long one needs 10 % more memory or spikes differ.
"""
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import h5py

from restarts import kill_session


def config(folder, seconds):
    file = folder / "run.json"
    file.write_text(json.dumps({
        "run": {"duration": 1000.0 * seconds, "dt": 0.25},
        "inputs": {"current": {"input_type": "current_clamp", "module": "IClamp", "node_set": {"population": "v1"},
                               "amp": 600.0, "delay": 10.0, "duration": 1000.0 * seconds}},
        "output": {"output_dir": str(folder / "output"), "spikes_file": "spikes.h5", "spikes_file_csv": "spikes.csv",
                   "log_file": "log.txt"}}))
    return file


def memory_bytes(session):
    """Resident memory of the ranks in a session, in bytes."""
    total = 0
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and int((process / "stat").read_text().rsplit(")", 1)[1].split()[3]) == session:
                status = (process / "status").read_text()
                if status.startswith("Name:\tstriate"):
                    total += 1024 * int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
        except (OSError, AttributeError):
            pass  # it has just ended
    return total


def simulate(program, seconds, ranks, folder, options=(), kill_at=None):
    """Returns (time in s, memory in bytes, spikes on disk) every quarter second. With `kill_at` it is killed at that many spikes."""
    command = [program, "simulate", "--network", "tiny", str(config(folder, seconds)), "--timings", str(folder / "times.json"), *options]
    if ranks > 1:
        command = ["mpirun", "-n", str(ranks), "--oversubscribe", *command]
    samples, killed = [], False
    with open(folder / "text", "w") as text:
        process = subprocess.Popen(command, stdout=text, stderr=text, start_new_session=True)
        start = time.monotonic()
        while process.poll() is None:
            files = list((folder / "output").glob("spikes.h5*")) if (folder / "output").is_dir() else []
            spool = sum(path.stat().st_size for path in files if "spool" in path.name and path.exists())
            samples.append((time.monotonic() - start, memory_bytes(process.pid), spool // 8))
            if kill_at is not None and samples[-1][2] >= kill_at:
                kill_session(process.pid)
                killed = True
                process.wait()
            time.sleep(0.25)
    if (process.returncode != 0) != (kill_at is not None) or killed != (kill_at is not None):
        sys.exit((folder / "text").read_text() + f"exit code {process.returncode}")
    return samples


def run(program, seconds, ranks, folder, options=()):
    folder.mkdir(parents=True, exist_ok=True)
    samples = simulate(program, seconds, ranks, folder, options)
    times = json.loads((folder / "times.json").read_text())
    digest = hashlib.sha256()
    with h5py.File(folder / "output/spikes.h5") as file:
        for name in ("timestamps", "node_ids"):
            digest.update(file["spikes/v1"][name][:].tobytes())
    digest.update((folder / "output/spikes.csv").read_bytes())
    print(f"{seconds} s of {times['neurons']} cells on {ranks} rank(s): {times['spikes']} spikes in {times['total_s']:.1f} s, largest rank "
          f"{times['max_rss_bytes'] / 1e6:.1f} MB, all {times['sum_rss_bytes'] / 1e6:.1f} MB; wrote {times['phases']['write']['max']:.2f} s")
    return samples, times, digest.hexdigest()


def main():
    program = sys.argv[1]
    seconds, ranks = (int(text) for text in (sys.argv[2:4] + ["600", "1"][len(sys.argv[2:4]):]))
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        _, short, _ = run(program, seconds // 10, ranks, folder / "short")
        samples, long, digest = run(program, seconds, ranks, folder / "long")
        print("  after s   memory MB   spikes on disk")
        for i in range(10):
            after, memory, spikes = samples[(len(samples) - 1) * (i + 1) // 10]
            print(f"{after:9.1f} {memory / 1e6:11.1f} {spikes:16d}")
        if long["max_rss_bytes"] > 1.1 * short["max_rss_bytes"]:
            print("FAILED: memory grows with the length of the run")
            failed = True
        killed = folder / "killed"
        killed.mkdir()
        options = ["--checkpoint-every", f"{1000 * seconds // 20}ms"]
        simulate(program, seconds, ranks, killed, options, kill_at=0.9 * max(spikes for _, _, spikes in samples))
        print(f"killed when nine tenths of the spikes were there; resumed on {ranks + 1} ranks:")
        if run(program, seconds, ranks + 1, killed, [*options, "--resume"])[2] != digest:
            print("FAILED: a run that was killed and resumed has other spikes")
            failed = True
        else:
            print("spikes.h5 and spikes.csv hold the same, bit for bit")
        for old in sys.argv[4:5]:
            if run(old, seconds, ranks, folder / "old")[2] != digest:
                print("FAILED: the spikes are others than those of", old)
                failed = True
            else:
                print("spikes.h5 and spikes.csv hold the same, bit for bit")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
