# SPDX-License-Identifier: BSD-3-Clause
"""Other faults than kills, a few runs of each: a rank that stops, a full disk, no /dev/shm, a clock set back, a read-only
folder, a file system without flock. What needs root's rights or a package that is not there is left out, and said."""
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from workloads import ENVIRONMENT, Simulate, contents, launch, leftovers

IO_ERROR, UNAVAILABLE = 74, 69
NO_FLOCK = """\
#include <errno.h>
int flock(int file, int operation) { (void)file; (void)operation; errno = ENOTSUP; return -1; }
"""
# Each takes what it is about as its first argument; all happens in a mount namespace of its own.
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
NO_SHM = 'mount -t tmpfs -o ro,size=4k none "$0" && exec "$@"'


def file_name(*parts):
    return re.sub(r"[^a-z0-9]+", "_", " ".join(map(str, parts)).lower())


def in_namespace(script, place, command):
    return ["unshare", "--mount", "bash", "-c", script, str(place), *command]


class Faults:
    def __init__(self, campaign, runs):
        import kill
        self.kill, self.campaign, self.runs = kill, campaign, runs
        self.rows = []
        self.added = {}  # bytes, by workload
        self.root = os.geteuid() == 0 and shutil.which("unshare") and shutil.which("mount")

    def draw(self, *what):
        return random.Random(f"{self.campaign.options.seed} {what}")

    def call(self, command, folder, name="log", environment=ENVIRONMENT):
        job = self.kill.Job(f"{folder}/{name}", command, folder / name, environment)
        code = job.wait(self.kill.LONGEST_S)
        left = job.wait_all(self.kill.ENDING_S)
        job.destroy()
        return code if left else "orphans", job.text()

    def command(self, workload, folder, ranks):
        return launch(self.campaign.program, workload.arguments(self.campaign.kit, folder), ranks)

    def each(self, fault, one, workloads=None):
        """Calls one(workload, folder, ranks, number) -> losses for some runs of each workload."""
        runs = lost = 0
        start = time.monotonic()
        for workload in workloads or self.campaign.workloads:
            for number in range(self.runs):
                ranks = self.draw(fault, workload.name, number).randint(1, min(2, workload.most_ranks))
                folder = self.campaign.folder(file_name(fault, number))
                (folder / "out").mkdir()
                try:
                    losses = one(workload, folder, ranks, number)
                finally:
                    subprocess.run(["umount", "-q", folder / "out"], check=False, capture_output=True)
                runs += 1
                lost += bool(losses)
                for loss in losses:
                    print(f"LOSS {fault}, {workload.name}, {ranks} rank(s), run {number}: {loss}", flush=True)
                if losses:
                    self.campaign.keep(folder, file_name(fault, workload.name, number))
        self.rows.append((fault, runs, lost, ""))
        print(f"{fault}: {runs} runs, {lost} lost, {time.monotonic() - start:.0f} s", flush=True)

    def skip(self, fault, why):
        self.rows.append((fault, 0, 0, why))

    def unchanged(self, workload, folder):
        """Like a kill: what stands there is old or new and whole."""
        return self.campaign.problems(workload, folder, None)

    def repeated(self, workload, folder, ranks):
        return self.campaign.repeat(workload, folder, ranks)

    def prepare(self, workload, folder):
        if not os.path.ismount(folder / "out"):
            (folder / "out").rmdir()
        workload.prepare(self.campaign.kit, folder)
        (folder / "out").mkdir(exist_ok=True)

    def stopped_rank(self):
        class Long(Simulate):
            name, duration, options = "simulate", 5e8, ("--watchdog", "1s", "--watchdog-abort")

        def one(workload, folder, _, number):
            draw = self.draw("stop", number)
            ranks = draw.randint(2, 4)
            workload.prepare(self.campaign.kit, folder)
            job = self.kill.Job(str(folder), self.command(workload, folder, ranks), folder / "log")
            until = time.monotonic() + self.kill.LONGEST_S
            while len(job.processes(self.campaign.program)) < ranks and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(draw.uniform(1, 2.5))
            victim = draw.choice(sorted(job.processes(self.campaign.program)))
            os.kill(victim, signal.SIGSTOP)
            code = job.wait(self.kill.LONGEST_S)
            losses = [] if job.wait_all(self.kill.ENDING_S) else ["orphans"]
            job.destroy()
            if code != UNAVAILABLE or f"(process {victim} on " not in job.text():
                losses.append(f"code {code}, named: {job.text().strip()[-300:]}")
            if found := contents(folder / "out"):
                losses.append(f"under final names: {sorted(found)}")
            return losses

        self.each("a stopped rank", one, [Long()])

    def full_disk(self):
        def one(workload, folder, ranks, number):
            place = folder / "out"
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "none", place], check=True)
            self.prepare(workload, folder)
            used = int(subprocess.run(["du", "-s", "-B1", place], capture_output=True, text=True).stdout.split()[0])
            extra = int(self.draw("full", workload.name, number).uniform(0, 1.1) * self.bytes_of(workload))
            subprocess.run(["mount", "-o", f"remount,size={max(used + extra, 4096)}", place], check=True)
            code, text = self.call(self.command(workload, folder, ranks), folder)
            losses = self.unchanged(workload, folder)
            if code == 0 and contents(place) != self.campaign.expected[workload.name]:
                losses.append("ended with 0 without its results")
            if code not in (0, IO_ERROR) and not workload.calls_others:
                losses.append(f"code {code}: {text.strip()[-300:]}")
            subprocess.run(["mount", "-o", "remount,size=1g", place], check=True)
            return losses + self.repeated(workload, folder, ranks)

        self.each("a full disk", one)

    def bytes_of(self, workload):
        """That a run adds."""
        if workload.name in self.added:
            return self.added[workload.name]
        folder = self.campaign.folder("sizes")
        workload.prepare(self.campaign.kit, folder)
        (folder / "out").mkdir(exist_ok=True)
        size = lambda: sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())  # noqa: E731
        before = size()
        self.call(self.command(workload, folder, 1), folder)
        self.added[workload.name] = max(size() - before, 100_000)
        return self.added[workload.name]

    def read_only(self):
        def one(workload, folder, ranks, number):
            self.prepare(workload, folder)
            before = contents(folder / "out")
            code, text = self.call(in_namespace(READ_ONLY, folder / "out", self.command(workload, folder, ranks)), folder)
            expected = code == IO_ERROR or (workload.calls_others and code != 0)
            losses = [] if expected else [f"code {code}: {text.strip()[-300:]}"]
            if contents(folder / "out") != before or leftovers(folder / "out"):
                losses.append("something was written")
            return losses + self.repeated(workload, folder, ranks)

        self.each("a read-only folder", one)

    def undisturbed(self, fault, around, environment=ENVIRONMENT):
        """Faults that must change nothing."""
        def one(workload, folder, ranks, number):
            self.prepare(workload, folder)
            code, text = self.call(around(self.command(workload, folder, ranks)), folder, environment=environment)
            losses = [] if code == 0 else [f"code {code}: {text.strip()[-300:]}"]
            if contents(folder / "out") != self.campaign.expected[workload.name]:
                losses.append(self.kill.difference(self.campaign.expected[workload.name], contents(folder / "out")))
            return losses

        self.each(fault, one)

    def no_flock(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            self.skip("no flock", "no C compiler")
            return
        source, library = self.campaign.out / "no_flock.c", self.campaign.out / "no_flock.so"
        source.write_text(NO_FLOCK)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        # HDF5 wants locks of its own; docs/simulate.md tells how it does without.
        self.undisturbed("no flock", lambda command: command,
                         {**ENVIRONMENT, "LD_PRELOAD": str(library), "HDF5_USE_FILE_LOCKING": "FALSE"})

    def clock_set_back(self):
        if not shutil.which("faketime"):
            self.skip("a clock set back", "no faketime (install the package)")
            return
        self.undisturbed("a clock set back", lambda command: ["faketime", "-f", "-400d", *command])

    def no_shm(self):
        self.undisturbed("no /dev/shm", lambda command: in_namespace(NO_SHM, "/dev/shm", command))

    def table(self):
        print(f"\n{'fault':24}{'runs':>7}{'lost':>6}")
        for fault, runs, lost, why in self.rows:
            print(f"{fault:24}{runs:>7}{lost:>6}" + (f"  left out: {why}" if why else ""))
        return sum(lost for _, _, lost, _ in self.rows)


def run_all(campaign, runs):
    """How many runs were lost."""
    if runs == 0:
        return 0
    faults = Faults(campaign, runs)
    faults.stopped_rank()
    faults.no_flock()
    faults.clock_set_back()
    for fault, name in ((faults.full_disk, "a full disk"), (faults.read_only, "a read-only folder"), (faults.no_shm, "no /dev/shm")):
        if faults.root:
            fault()
        else:
            faults.skip(name, "needs root's rights, mount and unshare")
    return faults.table()
