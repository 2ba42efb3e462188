# SPDX-License-Identifier: BSD-3-Clause
"""What can happen to jobs on a real SLURM of this machine: cancelled, killed for their memory, their node lost, stopped with a
checkpoint, their output held by another run; and munge's socket is nobody else's."""
import os
import re
import stat
import subprocess
import time
import unittest
from pathlib import Path

import cluster

cluster.start()

from support import STRIATE, StriateTest, h5_contents, run  # noqa: E402

PROGRAM = os.environ.get("STRIATE_JOBS_PROGRAM", STRIATE)
SIMULATION = "8dir_10trials_plain"


class FaultsTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.ok("build", "tiny", "-q", "-o", "tiny")
        self.known = set(cluster.states())

    def ok(self, *arguments):
        result = run(*arguments, cwd=self.folder)
        self.assertEqual(result.returncode, 0, f"{arguments}\n{result.stdout}{result.stderr}")
        return result.stdout

    def make(self, simulation, *options):
        """One trial whose LGN and background are there, and whose simulation first does `simulation` (lines of bash)."""
        program = self.folder / "program"
        program.write_text(f'''#!/bin/bash
if [[ "$1" == simulate ]]; then
  echo "$@" >>calls
  {simulation}
fi
exec "{PROGRAM}" "$@"
''')
        program.chmod(0o755)
        (self.folder / "site.yaml").write_text(f"extends: local\nprogram: {program}\n")
        text = self.ok("jobs", "make", "8dir_10trials", "tiny", "plain", "--only", "angle=0", "--only", "trial=0", "--site",
                       "site.yaml", *options)
        for name in ("bkg_8dir_10trials_plain", "filternet_8dir_10trials_plain"):
            result = subprocess.run(["bash", f"tiny/jobs/{name}.sh"], cwd=self.folder, text=True, capture_output=True,
                                    env={**os.environ, "SLURM_ARRAY_TASK_ID": "0"})
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return text

    def submit(self):
        result = subprocess.run(["sbatch", "--parsable", f"tiny/jobs/{SIMULATION}.sh"], cwd=self.folder, text=True,
                                capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def wait_for_call(self, count=1):
        """Until the simulation has been called so often."""
        until = time.monotonic() + 120
        calls = self.folder / "calls"
        while not calls.exists() or calls.read_text().count("\n") < count:
            self.assertLess(time.monotonic(), until, f"{cluster.states()}\n{self.logs()}")
            time.sleep(0.1)

    def end(self, timeout=180):
        """(state, exit code) of the only job since setUp()."""
        jobs = {key: job for key, job in cluster.wait(timeout).items() if key not in self.known}
        self.assertEqual(len(jobs), 1, jobs)
        return next(iter(jobs.values()))[2:]

    def logs(self):
        return "\n".join(f"--- {log}\n{log.read_text()}" for log in sorted((self.folder / "tiny/jobs/logs").glob("*")))

    def note(self):
        notes = sorted((self.folder / "tiny/jobs/state" / SIMULATION).iterdir())
        return {path.name: path.read_text() for path in notes}

    def status(self):
        return self.ok("jobs", "status", "8dir_10trials", "tiny", "plain")

    def wait_for_status(self, pattern, timeout=60):
        until = time.monotonic() + timeout
        while not re.search(pattern, self.status()):
            self.assertLess(time.monotonic(), until, f"no '{pattern}':\n{self.status()}\n{self.logs()}")
            time.sleep(0.5)

    def test_a_cancelled_job_has_not_failed(self):
        for launcher, words in (("mpirun", "--ranks 2"), ("srun", "--ranks 1")):
            self.known = set(cluster.states())
            (self.folder / "calls").unlink(missing_ok=True)
            self.make("exec sleep 100", *words.split())
            site = self.folder / "site.yaml"
            site.write_text(site.read_text() + f"launcher: {launcher}\n")
            self.ok("jobs", "make", "8dir_10trials", "tiny", "plain", "--only", "angle=0", "--only", "trial=0", "--site",
                    "site.yaml", *words.split())
            job = self.submit()
            self.wait_for_call()
            subprocess.run(["scancel", job], check=True)
            self.assertEqual(self.end()[0], "CANCELLED", self.logs())
            self.assertEqual(list(self.note()), ["0.failed"], self.logs())
            self.assertIn("exit=143\n", self.note()["0.failed"])
            self.assertRegex(self.status(), rf"missing: simulate angle0_trial0 \(job {job}_0 was cancelled, see ")

    def test_a_job_killed_for_its_memory_is_named(self):
        self.make("exec /usr/bin/python3 -c 'import time; b = bytearray(700 << 20); time.sleep(100)'", "--memory", "300M")
        job = self.submit()
        self.assertNotEqual(self.end()[0], "COMPLETED")
        self.assertRegex(self.status(), rf"failed: simulate angle0_trial0 \(job {job}_0 was killed for its memory, see .*; "
                                        "continue with more --memory or --ranks", self.logs())

    def test_a_job_whose_node_is_lost_starts_again(self):
        self.make("[[ $(wc -l <calls) -gt 1 ]] || exec sleep 100")
        job = self.submit()
        self.wait_for_call()
        node = ["scontrol", "update", "NodeName=localhost"]
        subprocess.run([*node, "State=DOWN", "Reason=test"], check=True)
        self.wait_for_status(rf"(missing|running): simulate angle0_trial0 \(job {job}_0 (was lost with its node|was cancelled|is at work|waits)")
        subprocess.run([*node, "State=RESUME"], check=False, capture_output=True)  # it may have come back by itself
        self.assertEqual(self.end(), ("COMPLETED", "0:0"), self.logs())
        self.assertRegex(self.status(), r"simulate +1 +0 +0 +0\n")
        shown = subprocess.run(["scontrol", "show", "job", job], text=True, capture_output=True).stdout
        self.assertIn("Restarts=1", shown)

    def test_a_simulation_that_stopped_with_a_checkpoint_is_requeued(self):
        self.make("[[ $(wc -l <calls) -gt 1 ]] || set -- \"$@\" --stop-after 100ms")
        job = self.submit()
        self.wait_for_call()
        self.wait_for_status(rf"missing: simulate angle0_trial0 \(paused at 100 of 3000 ms; job {job}_0 stopped with a checkpoint")
        self.assertEqual(self.end(), ("COMPLETED", "0:0"), self.logs())
        self.assertRegex(self.status(), r"simulate +1 +0 +0 +0\n")
        calls = (self.folder / "calls").read_text().splitlines()
        self.assertEqual([call.endswith(" --resume") for call in calls], [False, True], calls)
        self.ok("simulate", "tiny/configs/8dir_10trials_plain/config_0.json", "-q", "-o", "at once")
        paused, direct = (h5_contents(folder / "spikes.h5") for folder in (
            self.folder / "tiny/8dir_10trials_plain/angle0_trial0", self.folder / "at once"))
        self.assertEqual(paused, direct)

    def test_an_output_that_another_run_holds_is_not_tried_again(self):
        self.make("exit 73")
        job = self.submit()
        self.assertEqual(self.end(), ("FAILED", "73:0"), self.logs())
        self.assertEqual((self.folder / "calls").read_text().count("\n"), 1)
        self.assertIn(f"failed: simulate angle0_trial0 (exit code 73, job {job}_0", self.status())

    def test_munge_answers_nobody_else(self):
        for path in (Path(os.environ["SLURM_LOCAL_DIR"]) / "run", Path(os.environ["SLURM_LOCAL_DIR"]) / "run/munge.sock"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o700, path)


if __name__ == "__main__":
    unittest.main()
