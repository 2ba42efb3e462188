# SPDX-License-Identifier: BSD-3-Clause
"""Jobs on a real SLURM of this machine: a chain submitted with one command, a trial that fails and is continued, both
launchers, scripts that sbatch, bash and shellcheck accept, and names that must not be executed."""
import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

import cluster

cluster.start()

from support import STRIATE, StriateTest, run  # noqa: E402

PARADIGM = "8dir_10trials"
ONLY = ("--only", "angle=0,45", "--only", "trial=0,1")
TRIALS = {0: "angle0_trial0", 1: "angle0_trial1", 10: "angle45_trial0", 11: "angle45_trial1"}
PROGRAM = os.environ.get("STRIATE_JOBS_PROGRAM", STRIATE)


class JobsTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.known = set(cluster.states())

    def ok(self, *arguments):
        result = run(*arguments, cwd=self.folder)
        self.assertEqual(result.returncode, 0, f"{arguments}\n{result.stdout}{result.stderr}")
        return result

    def network(self, name="tiny"):
        self.ok("build", "tiny", "-q", "-o", name)
        return self.folder / name

    def site(self, name="site.yaml", **keys):
        text = "extends: local\nprogram: " + PROGRAM + "\n" + "".join(f"{key}: {value}\n" for key, value in keys.items())
        (self.folder / name).write_text(text)
        return name

    def wait(self):
        """{(name, array task): (state, exit code)} of this test's jobs."""
        jobs = cluster.wait()
        return {(name, task): (state, code) for key, (name, task, state, code) in jobs.items() if key not in self.known}

    def logs(self):
        return "\n".join(f"--- {log}\n{log.read_text()}" for log in sorted(self.folder.glob("*/jobs/logs/*")))

    def assert_scripts_are_fine(self, base, count):
        scripts = sorted((base / "jobs").glob("*.sh"))
        self.assertEqual(len(scripts), count)
        for script in scripts:
            checks = [["bash", "-n", script], ["shellcheck", script]]
            if not script.name.startswith("submit_"):
                checks.append(["sbatch", "--test-only", script])
            for check in checks:
                if shutil.which(check[0]):
                    result = subprocess.run(check, cwd=self.folder, text=True, capture_output=True)
                    self.assertEqual(result.returncode, 0, f"{check}:\n{result.stdout}{result.stderr}")

    def test_chain_then_a_failure_then_continue(self):
        base = self.network()
        make = ("jobs", "make", PARADIGM, "tiny", "plain", "--site", self.site(), *ONLY, "--trials-per-job", "2")
        planned = self.ok(*make, "--dry-run")
        self.assertIn("core-hours", planned.stdout)
        self.assertFalse((base / "jobs").exists(), "--dry-run writes nothing")
        submitted = self.ok(*make, "--submit")
        jobs = self.wait()
        self.assertEqual(len(submitted.stdout.split("expected\n")[1].split("\n")) - 1, 5, submitted.stdout)
        self.assertEqual({state for state, _ in jobs.values()}, {"COMPLETED"}, f"{jobs}\n{self.logs()}")
        self.assertEqual(sorted(jobs, key=str), sorted([
            ("tiny_bkg_8dir_10trials_plain", None), ("tiny_filternet_8dir_10trials_plain", "0"),
            ("tiny_filternet_8dir_10trials_plain", "10"), ("tiny_8dir_10trials_plain", "0"), ("tiny_8dir_10trials_plain", "10"),
            ("tiny_metrics_8dir_10trials_plain", None), ("tiny_collect_8dir_10trials_plain", None)], key=str))
        self.assertTrue((base / "metrics/OSI_DSI_DF_plain.csv").stat().st_size > 0)
        self.assertIn("all is done", self.ok("jobs", "status", PARADIGM, "tiny", "plain").stdout)
        self.assert_scripts_are_fine(base, 6)

        # One trial's config breaks and its results are lost.
        outputs = {i: base / f"8dir_10trials_plain/{name}/spikes.h5" for i, name in TRIALS.items()}
        times = {i: path.stat().st_mtime_ns for i, path in outputs.items()}
        (base / "configs/8dir_10trials_plain/config_11.json").write_text("{")
        outputs[11].unlink()
        self.known = set(cluster.states())
        result = subprocess.run(["bash", "tiny/jobs/submit_8dir_10trials_plain.sh"], cwd=self.folder, text=True,
                                capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        jobs = self.wait()
        self.assertEqual(jobs["tiny_8dir_10trials_plain", "0"][0], "COMPLETED", self.logs())
        self.assertEqual(jobs["tiny_8dir_10trials_plain", "10"], ("FAILED", "78:0"), self.logs())
        self.assertEqual(jobs["tiny_metrics_8dir_10trials_plain", None][0], "CANCELLED")
        self.assertEqual(jobs["tiny_collect_8dir_10trials_plain", None][0], "COMPLETED")
        status = self.ok("jobs", "status", PARADIGM, "tiny", "plain").stdout
        self.assertIn("failed: simulate angle45_trial1 (exit code 78, job ", status)
        self.assertEqual(status.count("failed: "), 1, status)
        collected = max((base / "jobs/logs").glob("tiny_collect_*"), key=lambda log: log.stat().st_mtime_ns).read_text()
        self.assertIn("striate jobs continue 8dir_10trials tiny plain --submit", collected)

        self.known = set(cluster.states())
        self.ok("jobs", "continue", PARADIGM, "tiny", "plain", "--submit")
        jobs = self.wait()
        self.assertEqual({state for state, _ in jobs.values()}, {"COMPLETED"}, f"{jobs}\n{self.logs()}")
        self.assertEqual(sorted(jobs, key=str), sorted([
            ("tiny_8dir_10trials_plain", "11"), ("tiny_metrics_8dir_10trials_plain", None),
            ("tiny_collect_8dir_10trials_plain", None)], key=str))
        self.assertGreater(outputs[11].stat().st_mtime_ns, times[11])
        for trial in (0, 1, 10):
            self.assertEqual(outputs[trial].stat().st_mtime_ns, times[trial], "finished trials stay as they are")
        self.assertIn("all is done", self.ok("jobs", "status", PARADIGM, "tiny", "plain").stdout)
        self.assertEqual(list((base / "jobs/state").rglob("*.failed")), [])
        outputs[0].write_bytes(outputs[0].read_bytes()[:1000])
        self.assertIn("missing: simulate angle0_trial0", self.ok("jobs", "status", PARADIGM, "tiny", "plain").stdout)

    def test_srun_with_two_ranks_and_hostile_names(self):
        hostile = "a b'c\"$(touch executed)`touch executed`%j;#"
        base = self.network(hostile)
        site = self.site("my site $(touch executed).yaml", launcher="srun",
                         environment="{NOTE: \"$(touch executed) `touch executed` ' \\\" ;\"}")
        one = ("--only", "angle=90", "--only", "trial=3")
        self.ok("jobs", "make", PARADIGM, hostile, "plain", "--site", site, *one, "--ranks", "2", "--submit")
        jobs = self.wait()
        self.assertEqual({state for state, _ in jobs.values()}, {"COMPLETED"}, f"{jobs}\n{self.logs()}")
        self.assertEqual(len(jobs), 5)
        logs = {log.name: log.read_text() for log in (base / "jobs/logs").glob("*_8dir_10trials_plain_*.out")}
        (log,) = (text for name, text in logs.items() if not re.search("bkg|filternet|metrics|collect", name))
        self.assertIn("2 rank(s) by srun", log)
        self.assertIn("on 2 ranks", log)
        self.assertTrue((base / "metrics/OSI_DSI_DF_plain.csv").exists())
        self.assert_scripts_are_fine(base, 6)
        self.assertEqual(list(self.folder.rglob("executed")), [])

    def test_build_job_with_mpirun(self):
        self.ok("jobs", "build", "tiny", "-o", "made here", "--site", self.site(), "--ranks", "2", "--seed", "7", "--submit")
        jobs = self.wait()
        self.assertEqual(jobs, {("made_here_build_tiny", None): ("COMPLETED", "0:0")}, self.logs())
        self.assertTrue((self.folder / "made here/network/v1_v1_edges.h5").exists())
        self.assert_scripts_are_fine(self.folder / "made here", 2)


if __name__ == "__main__":
    unittest.main()
