# SPDX-License-Identifier: BSD-3-Clause
"""Job scripts run by bash, without a cluster: what they leave when trials fail or a signal ends them, and what is refused
when they are made."""
import os
import shutil
import signal
import subprocess
import time
import unittest

from support import STRIATE, StriateTest, run

USAGE, MISSING, UNAVAILABLE, CONFIGURATION = 2, 66, 69, 78


class JobScriptTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.ok("build", "tiny", "-q", "-o", "tiny")
        launcher = self.executable("mpirun", 'shift 2\nexec "$@"')
        self.environment = {**os.environ, "PATH": f"{launcher.parent}:{os.environ['PATH']}", "SLURM_ARRAY_TASK_ID": "0"}

    def executable(self, name, text):
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)
        return path

    def ok(self, *arguments):
        result = run(*arguments, cwd=self.folder)
        self.assertEqual(result.returncode, 0, f"{arguments}\n{result.stdout}{result.stderr}")
        return result.stdout

    def make(self, *options):
        return self.ok("jobs", "make", "8dir_10trials", "tiny", "plain", "--only", "angle=0", "--only", "trial=0,1,2",
                       "--trials-per-job", "3", *options)

    def script(self, name):
        return subprocess.run(["bash", f"tiny/jobs/{name}.sh"], cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, timeout=120)

    def notes(self, script="8dir_10trials_plain"):
        return {path.name: path.read_text() for path in (self.folder / "tiny/jobs/state" / script).iterdir()}

    def test_a_bad_trial_does_not_keep_its_neighbours_from_running(self):
        (self.folder / "tiny/configs/paradigms").mkdir()
        (self.folder / "tiny/configs/paradigms/other.yaml").write_text("a paradigm that is not asked for: {")
        self.make()
        for name in ("bkg_8dir_10trials_plain", "filternet_8dir_10trials_plain"):
            result = self.script(name)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        (self.folder / "tiny/configs/8dir_10trials_plain/config_1.json").write_text("{")
        result = self.script("8dir_10trials_plain")
        self.assertEqual(result.returncode, CONFIGURATION, result.stderr)
        self.assertEqual(list(self.notes()), ["1.failed"])
        self.assertIn("exit=78\n", self.notes()["1.failed"])
        status = self.ok("jobs", "status", "8dir_10trials", "tiny", "plain")
        self.assertIn("failed: simulate angle0_trial1 (exit code 78", status)
        self.assertRegex(status, r"simulate +2 +1 +0 +0\n")
        self.make()  # writes the config anew
        result = self.script("8dir_10trials_plain")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("to do: 1\n", result.stdout)
        self.assertEqual(self.notes(), {})
        self.assertIn("nothing to do", self.script("8dir_10trials_plain").stdout)
        self.assertEqual(self.script("metrics_8dir_10trials_plain").returncode, 0)
        self.assertIn("all is done", self.script("collect_8dir_10trials_plain").stdout)
        # However BASE is written, what a simulation reads is found.
        (self.folder / "tiny/8dir_10trials_plain/angle0_trial0/spikes.h5").unlink()
        next((self.folder / "tiny/bkg_8dir_10trials/angle0_trial0").iterdir()).unlink()
        for base, place in (("tiny", "."), ("./tiny", "."), (".", "tiny")):
            result = run("jobs", "continue", "8dir_10trials", base, "plain", "--dry-run", cwd=self.folder / place)
            self.assertRegex(result.stdout, r"background +1 ", f"{base}: {result.stderr}")

    def test_signals_reach_the_work_and_are_noted(self):
        program = self.executable("slow", f'if [[ "$1" == lgn ]]; then echo begun >begun; exec sleep 60; fi\nexec "{STRIATE}" "$@"')
        (self.folder / "site.yaml").write_text(f"extends: default\nprogram: {program}\n")
        self.make("--site", "site.yaml")
        for number, code in ((signal.SIGTERM, 143), (signal.SIGUSR1, 138)):
            (self.folder / "begun").unlink(missing_ok=True)
            job = subprocess.Popen(["bash", "tiny/jobs/filternet_8dir_10trials_plain.sh"], cwd=self.folder, env=self.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while not (self.folder / "begun").exists():
                self.assertIsNone(job.poll())
                time.sleep(0.05)
            self.assertEqual(sorted(self.notes("filternet_8dir_10trials")), ["0.started", "1.started", "2.started"])
            self.assertIn("is at work or was killed", self.ok("jobs", "status", "8dir_10trials", "tiny", "plain"))
            job.send_signal(number)
            self.assertEqual(job.wait(20), code)
            notes = self.notes("filternet_8dir_10trials")
            self.assertEqual(sorted(notes), ["0.failed", "1.failed", "2.failed"])
            self.assertIn(f"exit={code}\n", notes["2.failed"])

    def test_what_a_launcher_makes_of_a_signal_is_not_the_exit_code(self):
        """mpirun ends with 1 when it is stopped, which is no error of the work; other codes are."""
        self.executable("mpirun", """trap 'kill $work; exit "$(<code)"' TERM
sleep 60 & work=$!
echo begun >begun
wait""")
        self.make()
        for code, noted in ((1, 143), (137, 143), (74, 74), (75, 75)):
            (self.folder / "code").write_text(str(code))
            (self.folder / "begun").unlink(missing_ok=True)
            job = subprocess.Popen(["bash", "tiny/jobs/8dir_10trials_plain.sh"], cwd=self.folder, env=self.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            while not (self.folder / "begun").exists():
                self.assertIsNone(job.poll())
                time.sleep(0.05)
            job.send_signal(signal.SIGTERM)
            _, errors = job.communicate(timeout=20)
            self.assertEqual(job.returncode, noted)
            self.assertIn(f"exit={noted}\n", self.notes()["1.failed"])
            self.assertEqual("cannot be requeued" in errors, code == 75, errors)
            status = self.ok("jobs", "status", "8dir_10trials", "tiny", "plain")
            self.assertEqual("was cancelled" in status, noted == 143, status)

    def test_a_simulation_goes_on_where_it_stopped(self):
        program = self.executable("pausing", f'''[[ "$1" != simulate ]] || echo "$@" >>calls
if [[ "$1" == simulate && ! -e paused ]]; then touch paused; set -- "$@" --stop-after 100ms; fi
exec "{STRIATE}" "$@"''')
        (self.folder / "site.yaml").write_text(f"extends: default\nprogram: {program}\n")
        self.make("--site", "site.yaml")
        for name in ("bkg_8dir_10trials_plain", "filternet_8dir_10trials_plain"):
            self.assertEqual(self.script(name).returncode, 0)
        stopped = self.script("8dir_10trials_plain")
        self.assertEqual(stopped.returncode, 75, stopped.stderr)
        self.assertIn("cannot be requeued: continue by hand", stopped.stderr)
        self.assertRegex(self.ok("jobs", "status", "8dir_10trials", "tiny", "plain"),
                         r"missing: simulate angle0_trial0 \(paused at 100 of 3000 ms; job none_0 stopped with a checkpoint")
        result = self.script("8dir_10trials_plain")
        self.assertEqual(result.returncode, 0, result.stderr)
        calls = (self.folder / "calls").read_text().splitlines()
        self.assertEqual([call.endswith(" --resume") for call in calls], [False, True], calls)
        self.assertRegex(self.ok("jobs", "status", "8dir_10trials", "tiny", "plain"), r"simulate +3 +0 +0 +0\n")

    def test_short_times_are_warned_of(self):
        def warning(*options):
            result = run("jobs", *options, "--dry-run", cwd=self.folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            return result.stderr

        short = ("make", "8dir_10trials", "tiny", "plain", "--trials-per-job", "80", "--time")
        self.assertRegex(warning(*short, "1"), r"warning: the time limit of (lgn|simulate) jobs is 0:01:00 \(about 0:0\d:00 are expected\)")
        self.assertNotIn("time limit", warning(*short, "30"))
        self.assertIn("the time limit is 0:01:00", warning("build", "full", "--time", "1", "--ranks", "1"))
        self.assertIn("the chain is too short", warning("train", "tiny", "--time", "5", "--jobs", "1", "--epochs", "10000"))

    def test_training_goes_on_from_job_to_job(self):
        make = ("jobs", "train", "tiny", "--suffix", "x", "--epochs", "1", "--steps", "4", "--trials", "1")
        self.assertRegex(self.ok(*make, "--dry-run"), r"4 steps of .*\n1 job\(s\) one after the other, each 1 rank")
        self.assertFalse((self.folder / "tiny/jobs").exists())
        program = self.executable("stopping", f'[[ "$1" != train || -e tiny/training ]] || set -- "$@" --stop-after 0.001\n'
                                              f'exec "{STRIATE}" "$@"')
        (self.folder / "site.yaml").write_text(f"extends: default\nprogram: {program}\n")
        self.ok(*make, "--site", "site.yaml", "--jobs", "3")
        self.assertIn("n < 3", (self.folder / "tiny/jobs/submit_train_x.sh").read_text())
        status = ("jobs", "status", "train", "tiny", "x")
        self.assertRegex(self.ok(*status), r"train +0 +0 +1 +0\nmissing: train x \(no tiny/network/v1_v1_edges_x.h5\)")
        self.assertEqual(self.script("train_x").returncode, 75)
        self.assertIn("stopped with a checkpoint", self.ok(*status))
        result = self.script("train_x")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("going on after step 1", result.stderr)
        self.assertEqual(self.notes("train_x"), {})
        self.assertIn("all is there: nothing to do", self.script("train_x").stdout)
        self.assertIn("all is done", self.script("collect_train_x").stdout)
        again = run(*make, cwd=self.folder)
        self.assertEqual(again.returncode, CONFIGURATION, again.stderr)
        self.assertIn("jobs continue train tiny x", again.stderr)
        for base, suffix, code in (("tiny", "plain", USAGE), ("tiny", "a;b", USAGE), ("none", "x", MISSING)):
            self.assertEqual(run("jobs", "train", base, "--suffix", suffix, cwd=self.folder).returncode, code)

    def test_an_error_ends_the_chain(self):
        (self.folder / "p.yaml").write_text("extends: bio_trained\ndescription: short\nschedule: {epochs: 1, steps: 1}\n")
        self.ok("jobs", "train", "tiny", "--suffix", "x", "--preset", "p.yaml")
        (self.folder / "p.yaml").write_text("extends: bio_trained\nseed: -1\n")
        self.assertEqual(self.script("train_x").returncode, CONFIGURATION)
        again = self.script("train_x")
        self.assertEqual(again.returncode, CONFIGURATION)
        self.assertIn("an earlier job of the chain failed (exit code 78)", again.stderr)
        self.assertNotIn("to do: 0", again.stdout)

    def test_options_without_background_have_no_job_for_it(self):
        table = self.ok("jobs", "make", "8dir_10trials", "tiny", "lgn", "--dry-run")
        self.assertRegex(table, r"lgn +80 ")
        self.assertNotIn("background", table)

    def test_submitting_where_there_is_no_slurm(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("bash", "mkdir"):
            (tools / name).symlink_to(shutil.which(name))
        result = subprocess.run([STRIATE, "jobs", "build", "tiny", "-o", "other", "--submit"], cwd=self.folder, text=True,
                                env={**os.environ, "PATH": str(tools)}, capture_output=True)
        self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
        self.assertIn("no sbatch", result.stderr)

    def test_what_cannot_stand_in_a_script_is_refused(self):
        def refused(code, *arguments):
            result = run("jobs", *arguments, cwd=self.folder)
            self.assertEqual(result.returncode, code, result.stderr)

        (self.folder / "a\nb").symlink_to("tiny")
        refused(USAGE, "make", "8dir_10trials", "a\nb", "plain")
        refused(USAGE, "make", "8dir_10trials", "tiny", "plain;$(touch executed)")
        refused(USAGE, "make", "8dir_10trials", "tiny", "plain\nx")
        refused(USAGE, "make", "8dir_10trials", "tiny", "plain", "--time", "1;touch executed")
        refused(USAGE, "make", "8dir_10trials", "tiny", "plain", "--only", "angle=7")
        refused(MISSING, "make", "8dir_10trials", "tiny", "trained")
        refused(CONFIGURATION, "make", "8dir_10trials", "tiny", "plain", "--site", "nowhere")
        (self.folder / "site.yaml").write_text('extends: default\npartition: "a\\n#SBATCH --wrap=touch"\n')
        refused(CONFIGURATION, "make", "8dir_10trials", "tiny", "plain", "--site", "site.yaml")
        self.assertFalse((self.folder / "tiny/jobs").exists())
        self.assertEqual(list(self.folder.rglob("executed")), [])


if __name__ == "__main__":
    unittest.main()
