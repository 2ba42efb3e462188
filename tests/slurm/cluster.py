# SPDX-License-Identifier: BSD-3-Clause
"""A SLURM cluster of this machine for tests, started once per test program and stopped after it; skips where it cannot be."""
import atexit
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from support import ROOT  # noqa: E402  (skips without h5py)

SCRIPT = ROOT / "scripts/slurm_local.sh"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def start():
    """Sets this process's environment so that sbatch and all that is run here use the cluster."""
    if os.geteuid() != 0:
        skip("a SLURM cluster of its own needs root's rights")
    if not shutil.which("sbatch") or not shutil.which("slurmctld", path=os.environ["PATH"] + ":/usr/sbin"):
        skip("no SLURM here (install slurm-wlm and munge)")
    folder = tempfile.mkdtemp(prefix="striate_slurm_")
    os.chmod(folder, 0o755)  # munged refuses folders that others may write to
    os.environ.update(SLURM_LOCAL_DIR=folder, SLURM_LOCAL_PORT=str(20000 + 2 * (os.getpid() % 10000)))
    started = subprocess.run([SCRIPT, "start"], text=True, capture_output=True, timeout=120)
    if started.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        skip(f"SLURM does not start: {started.stdout}{started.stderr}")

    def stop():
        subprocess.run([SCRIPT, "stop"], timeout=60, check=False)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    text = subprocess.run([SCRIPT, "env"], text=True, capture_output=True, check=True).stdout
    for word in shlex.split(text):
        if "=" in word:
            name, value = word.split("=", 1)
            os.environ[name] = value


def states():
    """{(job name, array task or None): (state, exit code)} of all jobs that the cluster remembers."""
    text = subprocess.run(["scontrol", "--oneliner", "show", "job"], text=True, capture_output=True).stdout
    jobs = {}
    for line in text.splitlines():
        fields = dict(re.findall(r"(\w+)=(\S*)", line))
        if "JobId" in fields:
            jobs[fields["JobId"]] = (fields["JobName"], fields.get("ArrayTaskId"), fields["JobState"], fields["ExitCode"])
    return jobs


def wait(timeout=120):
    """Until nothing waits or runs; the states of all jobs."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        jobs = states()
        if all(job[2] not in ("PENDING", "RUNNING", "COMPLETING", "CONFIGURING") for job in jobs.values()):
            return jobs
        time.sleep(0.3)
    raise AssertionError(f"jobs did not end within {timeout} s: {states()}")
