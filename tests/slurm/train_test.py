# SPDX-License-Identifier: BSD-3-Clause
"""Training as a chain of jobs on a real SLURM of this machine: interrupted by the time limit and gone on with, to the bits
of an uninterrupted run; by a signal under srun; stopped for good by an error, and continued when that is mended."""
import os
import subprocess
import time
import unittest

import cluster

cluster.start()

import h5py  # noqa: E402

from support import STRIATE, StriateTest, run  # noqa: E402

PROGRAM = os.environ.get("STRIATE_JOBS_PROGRAM", STRIATE)


def weights(base, name):
    found = []
    for source in ("v1", "bkg"):
        with h5py.File(base / f"network/{source}_v1_edges_{name}.h5") as h:
            found.append(h[f"edges/{source}_to_v1/0/syn_weight"][:].tobytes())
    return found


class TrainJobsTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.known = set(cluster.states())
        self.ok("build", "tiny", "-q", "-o", "tiny")
        self.base = self.folder / "tiny"

    def ok(self, *arguments):
        result = run(*arguments, cwd=self.folder)
        self.assertEqual(result.returncode, 0, f"{arguments}\n{result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def site(self, launcher, program=PROGRAM):
        (self.folder / f"{launcher}.yaml").write_text(f"extends: local\nprogram: {program}\nlauncher: {launcher}\n")
        return f"{launcher}.yaml"

    def wait(self, timeout=300):
        """[(job number, name, state, exit code)] of this test's jobs in their order."""
        jobs = cluster.wait(timeout)
        return sorted((int(key), name, state, code) for key, (name, _, state, code) in jobs.items() if key not in self.known)

    def steps_done(self):
        with h5py.File(self.base / "training/x/checkpoint.h5") as h:
            return int(h.attrs["steps"])

    def logs(self):
        return "\n".join(f"--- {log}\n{log.read_text()}" for log in sorted(self.base.glob("jobs/logs/*")))

    def test_time_is_up_and_the_next_job_goes_on(self):
        # A training that outlasts the time limit, without computing that long: its first job waits for the signal that SLURM
        # sends before the limit, and only then trains for a step.
        program = self.folder / "long"
        program.write_text(f'''#!/bin/bash
if [[ "$1" == train && ! -e tiny/training ]]; then
  trap 'signalled=1' USR1
  until [[ -n "${{signalled:-}}" ]]; do sleep 0.1; done
  exec "{PROGRAM}" "$@" --stop-after 0.001
fi
exec "{PROGRAM}" "$@"
''')
        program.chmod(0o755)
        course = ("--trials", "1", "--epochs", "1", "--steps", "3")
        self.ok("jobs", "train", "tiny", "--suffix", "jobs", *course, "--site", self.site("mpirun", program), "--ranks", "2",
                "--time", "1", "--jobs", "3", "--submit")
        jobs = self.wait(600)
        chain, collector = jobs[:-1], jobs[-1]
        self.assertEqual([name for _, name, _, _ in jobs], ["tiny_train_jobs"] * 3 + ["tiny_collect_train_jobs"])
        self.assertEqual(chain[0][3], "75:0", self.logs())
        # With so short a limit the signal may come before the work begins (138), which ends nothing.
        self.assertLessEqual({code for _, _, _, code in chain[1:]}, {"75:0", "138:0", "0:0"}, self.logs())
        self.assertEqual(collector[2], "COMPLETED")
        self.assertIn("all is done", self.ok("jobs", "status", "train", "tiny", "jobs"))
        logs = self.logs()
        self.assertIn("Forwarding signal 10 to job", logs)
        self.assertIn("going on after step 1", logs)
        self.assertIn("all is there: nothing to do", logs)
        self.ok("train", "tiny", "--suffix", "at_once", *course, "-q")
        self.assertEqual(weights(self.base, "jobs"), weights(self.base, "at_once"))
        for script in sorted((self.base / "jobs").glob("*.sh")):
            for check in (["bash", "-n", script], ["shellcheck", script]):
                result = subprocess.run(check, text=True, capture_output=True)
                self.assertEqual(result.returncode, 0, f"{check}:\n{result.stdout}{result.stderr}")

    def test_errors_end_the_chain_and_signals_do_not(self):
        preset = self.folder / "p.yaml"
        good = "extends: bio_trained\ndescription: short\nschedule: {epochs: 1000, steps: 2}\ntrials: {count: 1}\n"
        preset.write_text(good)
        make = ("jobs", "train", "tiny", "--suffix", "x", "--preset", "p.yaml", "--site", self.site("srun"), "--ranks", "2",
                "--jobs", "2")
        self.ok(*make)
        preset.write_text("extends: bio_trained\ndescription: wrong\nseed: -1\n")
        self.assertEqual(subprocess.run(["bash", "tiny/jobs/submit_train_x.sh"], cwd=self.folder, capture_output=True).returncode, 0)
        jobs = self.wait()
        self.assertEqual([code for _, _, _, code in jobs], ["78:0", "78:0", "0:0"], self.logs())
        self.assertIn("an earlier job of the chain failed (exit code 78)", self.logs())
        self.assertIn("failed: train x (exit code 78, job ", self.ok("jobs", "status", "train", "tiny", "x"))

        self.known = set(cluster.states())
        preset.write_text(good)
        self.ok("jobs", "continue", "train", "tiny", "x", "--submit")
        log = self.base / "training/x/log.csv"
        for _ in range(600):
            if log.exists() and log.read_text().count("\n") > 3:
                break
            time.sleep(0.1)
        first, second, _ = sorted(set(cluster.states()) - self.known, key=int)
        subprocess.run(["scancel", second], check=True)
        subprocess.run(["scancel", "--signal=USR1", "--batch", first], check=True)
        jobs = self.wait()
        self.assertEqual([jobs[0][3], jobs[1][2]], ["75:0", "CANCELLED"], self.logs())
        self.assertRegex(self.ok("jobs", "status", "train", "tiny", "x"),
                         rf"missing: train x \(job {first} stopped with a checkpoint")
        self.ok("train", "tiny", "--suffix", "x", "--preset", "p.yaml", "--epochs", str(self.steps_done() // 2 + 1), "--resume")
        self.assertIn("all is done", self.ok("jobs", "status", "train", "tiny", "x"))


if __name__ == "__main__":
    unittest.main()
