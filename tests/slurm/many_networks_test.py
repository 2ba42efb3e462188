# SPDX-License-Identifier: BSD-3-Clause
"""Several networks, paradigms and options by one call on a real SLURM of this machine: names in the queue, one table, one
cancellation; options that share their LGN spikes, chains submitted twice, a network that is built first, copies on the node."""
import os
import re
import shutil
import subprocess
import time
import unittest

import cluster

cluster.start()

from support import STRIATE, StriateTest, run  # noqa: E402

PROGRAM = os.environ.get("STRIATE_JOBS_PROGRAM", STRIATE)
PARADIGM = """\
description: two directions
duration_ms: 600
trials:
  - angle: [0, 90]
trial_name: angle{angle}
lgn:
  template: config_filternet.json
  folder: filternet_NAME
  stimulus: {theta: "{angle}.0"}
background: {folder: bkg_NAME, file: "{name}/bkg_spikes_250Hz_3s.h5", rate_hz: 250, seed: 5}
runs: NAME_{option}
windows: {evoked: "(500, 600]", spontaneous: "(100, 500]"}
"""
STATES = ("--noheader", "--array", "--format=%i %T %j %E")


class ManyNetworksTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.made = cls.folder_of_all()
        assert run("build", "tiny", "-q", "--radius", "40", "-o", "n", cwd=cls.made).returncode == 0

    def setUp(self):
        super().setUp()
        self.known = set(cluster.states())
        for name in ("p", "q"):
            (self.folder / f"{name}.yaml").write_text(PARADIGM.replace("NAME", name))

    def networks(self, *names):
        for name in names:
            shutil.copytree(self.made / "n", self.folder / name)

    def site(self, lines=""):
        (self.folder / "site.yaml").write_text(f"extends: local\nprogram: {PROGRAM}\n{lines}")
        return ("--site", "site.yaml")

    def ok(self, *arguments):
        result = run(*arguments, cwd=self.folder)
        self.assertEqual(result.returncode, 0, f"{arguments}\n{result.stdout}{result.stderr}")
        return result.stdout

    def queue(self):
        text = subprocess.run(["squeue", *STATES], text=True, capture_output=True, check=True).stdout
        return [line.split() for line in text.splitlines()]

    def logs(self):
        return "\n".join(f"--- {log}\n{log.read_text()}" for log in sorted(self.folder.glob("*/jobs/logs/*")))

    def ended(self, timeout=300):
        """{name: set of states} of this test's jobs."""
        found = {}
        for key, (name, _, state, _) in cluster.wait(timeout).items():
            if key not in self.known:
                found.setdefault(name, set()).add(state)
        return found

    def test_two_networks_two_paradigms_two_options(self):
        self.networks("n0", "n1")
        which = ("p.yaml,q.yaml", "n0", "n1", "plain,lgn")
        planned = self.ok("jobs", "make", *which, *self.site(), "--dry-run")
        self.assertEqual(len(planned.splitlines()), 10, planned)
        self.assertEqual(self.ok("jobs", "make", *which, *self.site(), "--submit", "-q"), "")
        jobs = self.ended()
        self.assertEqual(set.union(*jobs.values()), {"COMPLETED"}, f"{jobs}\n{self.logs()}")
        for network in ("n0", "n1"):
            for paradigm in ("p", "q"):
                for option in ("plain", "lgn"):
                    for name in (f"filternet_{paradigm}", paradigm, f"collect_{paradigm}"):
                        self.assertIn(f"{network}_{name}_{option}", jobs)
        # LGN spikes were made for one option; the other found them there.
        logs = [log.read_text() for log in (self.folder / "n0/jobs/logs").glob("n0_filternet_p_*")]
        self.assertEqual(len(logs), 4)
        self.assertEqual(sum("nothing to do" in log for log in logs), 2, logs)
        table = self.ok("jobs", "status", *which, "-q")
        self.assertEqual(len(table.splitlines()), 10, table)
        self.assertRegex(table, r"n0 +p +plain +2 +2 +0 +0 +0 +0/0 +0 +0\.\d\d\n")
        self.assertRegex(table, r"all +16 +16 +0 +0 +0 +0/0 +0 +0\.\d\d\n$")
        self.assertIn("all is done", self.ok("jobs", "status", *which))
        self.assertGreater(sum(map(float, next((self.folder / "n1/jobs/used/q_lgn").iterdir()).read_text().split())), 0)
        (self.folder / "n1/q_lgn/angle90/spikes.h5").unlink()
        again = self.ok("jobs", "continue", *which, "--dry-run")
        self.assertRegex(again, r"(?m)^simulate +1 ")
        self.assertIn("in all: 1 jobs", again)

    def test_named_running_submitted_twice_and_cancelled(self):
        program = self.folder / "slow"
        program.write_text(f'#!/bin/bash\nif [[ "$1" == lgn ]]; then exec sleep 200; fi\nexec "{PROGRAM}" "$@"\n')
        program.chmod(0o755)
        self.networks("n0", "n1")
        (self.folder / "slow.yaml").write_text(f"extends: local\nprogram: {program}\n")
        which = ("p.yaml", "n0", "n1", "plain")
        self.ok("jobs", "make", *which, "--site", "slow.yaml", "--submit")
        first = {job[0] for job in self.queue()}
        subprocess.run(["bash", "n0/jobs/submit_p_plain.sh"], cwd=self.folder, check=True, capture_output=True)
        second = [job for job in self.queue() if job[0] not in first and "filternet" in job[2]]
        self.assertTrue(second and all("afterany" in job[3] for job in second), second)
        until = time.monotonic() + 120
        while not re.search(r"running: lgn angle\d+ \(job \d+_\d is at work\)", status := self.ok("jobs", "status", *which)):
            self.assertLess(time.monotonic(), until, status)
            time.sleep(0.5)
        self.assertRegex(status, r"(?m)^all +4 +0 +0 +[0-3] +[1-4] ")
        names = {job[2] for job in self.queue()}
        self.assertLessEqual({"n0_filternet_p_plain", "n1_filternet_p_plain", "n0_p_plain", "n1_collect_p_plain"}, names)
        # Of one network only; a job of the same number and another name stays.
        self.ok("jobs", "cancel", "p.yaml", "n1", "plain")
        self.assertEqual({job[2][:2] for job in self.queue()}, {"n0"})
        with open(self.folder / "n1/jobs/submitted", "a") as file:
            file.writelines(f"{job[0].split('_')[0]} p_plain p_plain\n" for job in self.queue())
        self.assertIn("no job of", self.ok("jobs", "cancel", "p.yaml", "n1", "plain"))
        self.assertRegex(self.ok("jobs", "cancel", *which), r"cancelled \d+ job")
        jobs = self.ended(60)
        self.assertLessEqual(set.union(*jobs.values()), {"CANCELLED", "COMPLETED"}, jobs)
        self.assertRegex(self.ok("jobs", "status", *which, "-q"), r"all +4 +0 +0 +4 +0 +0/0 +0 ")

    def test_a_network_is_built_first(self):
        make = ("jobs", "make", "p.yaml", "tiny", "plain", *self.site())
        refused = run(*make, cwd=self.folder)
        self.assertEqual(refused.returncode, 66, refused.stderr)
        self.assertIn("--build", refused.stderr)
        planned = self.ok(*make, "--dry-run")
        self.assertRegex(planned, r"build of tiny: .*\n(.*\n)*in all +\d+ .*\nestimated from the description of tiny")
        self.assertFalse((self.folder / "tiny").exists())
        self.ok(*make, "--build", "--submit")
        self.assertIn("missing: simulate", self.ok("jobs", "status", "p.yaml", "tiny", "plain"))
        jobs = self.ended()
        self.assertEqual(set.union(*jobs.values()), {"COMPLETED"}, f"{jobs}\n{self.logs()}")
        self.assertIn("tiny_build_tiny", jobs)
        self.assertIn("all is done", self.ok("jobs", "status", "p.yaml", "tiny", "plain"))

    def test_the_network_is_copied_to_the_node(self):
        self.networks("n0")
        disk = self.folder / "disk"
        for scratch, said in ((disk, "files read from"), ("$NOWHERE/x", "it is read where it is"),
                              ("/proc/nothing", "it is read where it is")):
            shutil.rmtree(self.folder / "n0/p_plain", ignore_errors=True)
            shutil.rmtree(self.folder / "n0/jobs", ignore_errors=True)
            self.known = set(cluster.states())
            self.ok("jobs", "make", "p.yaml", "n0", "plain", *self.site(f"scratch: {scratch}\n"), "--submit")
            jobs = self.ended()
            self.assertEqual(set.union(*jobs.values()), {"COMPLETED"}, f"{jobs}\n{self.logs()}")
            log = next((self.folder / "n0/jobs/logs").glob("n0_p_plain_*")).read_text()
            self.assertIn(said, log)
        self.assertEqual(list(disk.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
