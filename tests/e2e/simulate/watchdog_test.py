# SPDX-License-Identifier: BSD-3-Clause
"""A rank that hangs is named: one of three is stopped by SIGSTOP, also rank 0, also when ranks are on several machines."""
import json
import os
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from support import STRIATE, SmallNetwork, StriateTest, launcher, run

USAGE, UNAVAILABLE = 2, 69


def ranks_below(mpirun):
    """{rank: process} of the program's processes that this launcher has started."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == mpirun and (folder / "exe").resolve() == Path(STRIATE).resolve():
                variables = dict(word.split("=", 1) for word in (folder / "environ").read_text().split("\0") if "=" in word)
                found[int(variables["OMPI_COMM_WORLD_RANK"])] = int(folder.name)
        except (OSError, ValueError, IndexError, KeyError):
            continue
    return found


class WatchdogTest(StriateTest):
    def setUp(self):
        super().setUp()
        network = SmallNetwork(self.folder, duration=1e7)  # much longer than this test
        for entry in ("spikes_file_csv", "log_file"):
            del network.config["output"][entry]
        (self.folder / "config.json").write_text(json.dumps(network.config))

    def start(self, *options, program=STRIATE):
        """Until all ranks are at work; (process of the launcher, {rank: process})."""
        self.log = self.folder / "log.txt"
        with self.log.open("w") as log:
            job = subprocess.Popen([*launcher(3), str(program), "simulate",
                                    "config.json", *options], cwd=self.folder, stdout=log, stderr=log)
        self.addCleanup(self.end, job)
        self.wait_for("real-time factor", job)  # the first line of progress, after ten seconds
        ranks = ranks_below(job.pid)
        self.assertEqual(sorted(ranks), [0, 1, 2], self.log.read_text())
        return job, ranks

    def end(self, job):
        for process in ranks_below(job.pid).values():
            os.kill(process, signal.SIGKILL)
        job.wait(60)

    def wait_for(self, text, job, timeout=60):
        until = time.monotonic() + timeout
        while text not in self.log.read_text():
            self.assertLess(time.monotonic(), until, f"no '{text}' in:\n{self.log.read_text()}")
            self.assertIsNone(job.poll(), self.log.read_text())
            time.sleep(0.05)

    def test_a_stopped_rank_is_named_and_again_when_it_goes_on(self):
        job, ranks = self.start("--watchdog", "3s")
        for rank in (1, 0):
            os.kill(ranks[rank], signal.SIGSTOP)
            self.wait_for(f"rank {rank} (process {ranks[rank]} on ", job)
            os.kill(ranks[rank], signal.SIGCONT)
            self.wait_for(f"rank {rank} (process {ranks[rank]} on {os.uname().nodename}) goes on", job)
        text = self.log.read_text()
        self.assertIn(" in 'simulate' (it does not answer: stopped, or its machine or file system hangs)", text)
        self.assertEqual(text.count("has made no progress for"), 2, text)
        self.assertNotIn("rank 2 (", text)
        self.assertEqual(list(self.folder.rglob(".striate_watchdog*")), [])

    def test_the_job_ends_if_that_is_wanted(self):
        job, ranks = self.start("--watchdog", "2s", "--watchdog-abort")
        os.kill(ranks[0], signal.SIGSTOP)
        self.assertEqual(job.wait(60), UNAVAILABLE, self.log.read_text())
        self.assertIn(f"rank 0 (process {ranks[0]} on ", self.log.read_text())
        until = time.monotonic() + 10
        while any(Path(f"/proc/{process}").exists() for process in ranks.values()) and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual([process for process in ranks.values() if Path(f"/proc/{process}").exists()], [])

    def test_ranks_on_several_machines_share_a_file_in_a_folder_that_all_see(self):
        if os.geteuid() != 0 or not shutil.which("unshare"):
            self.skipTest("another name for the machine needs root's rights")
        program = self.folder / "elsewhere"
        program.write_text(f'''#!/bin/bash
[[ "$OMPI_COMM_WORLD_RANK" != 2 ]] || exec unshare --uts bash -c 'hostname elsewhere && exec "$0" "$@"' "{STRIATE}" "$@"
exec "{STRIATE}" "$@"
''')
        program.chmod(0o755)
        job, ranks = self.start("--watchdog", "3s", program=program)
        self.assertEqual(len(list(self.folder.rglob(".striate_watchdog*"))), 1)
        os.kill(ranks[2], signal.SIGSTOP)
        self.wait_for(f"rank 2 (process {ranks[2]} on elsewhere) has made no progress", job)
        os.kill(ranks[2], signal.SIGCONT)
        self.wait_for("goes on", job)

    def test_what_cannot_be_meant_is_refused(self):
        for options in (("--watchdog", "10"), ("--watchdog", "0s"), ("--watchdog", "never"),
                        ("--watchdog", "off", "--watchdog-abort")):
            result = run("simulate", "config.json", "--dry-run", *options, cwd=self.folder)
            self.assertEqual(result.returncode, USAGE, f"{options}: {result.stderr}")
            self.assertIn("--watchdog", result.stderr)
        (self.folder / "short.json").write_text((self.folder / "config.json").read_text().replace("10000000.0", "100.0"))
        for value in ("off", "1h"):
            result = run("simulate", "short.json", "--watchdog", value, ranks=3, cwd=self.folder)
            self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == "__main__":
    unittest.main()
