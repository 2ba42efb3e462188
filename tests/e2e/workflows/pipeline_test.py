# SPDX-License-Identifier: BSD-3-Clause
"""`striate pipeline`: targets from nothing, only what is outdated again, interruptions, failures, hostile names."""
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

from support import STRIATE, run, spikes_of_h5
from support.tiny_pipeline import TinyPipelineTest, small_paradigm

USAGE, BAD_DATA, MISSING, UNAVAILABLE = 2, 65, 66, 69

TRIALS = [f"angle{angle}_trial{trial}" for angle in (0, 90) for trial in (0, 1)]
TABLE = "tiny/metrics/OSI_DSI_DF_plain.csv"


class PipelineTest(TinyPipelineTest):
    def with_paradigm(self):
        base = self.with_network()
        (base / "configs/paradigms").mkdir()
        (base / "configs/paradigms/small.yaml").write_text(small_paradigm())
        return base

    def times(self, base):
        return {str(file.relative_to(base)): file.stat().st_mtime_ns for file in base.rglob("*")
                if file.is_file() and "jobs" not in file.parts}

    def test_from_nothing(self):
        before = self.pipeline("tiny/output_plain/spikes.h5", "--dry-run")
        self.assertEqual(list(self.folder.iterdir()), [], "a dry run writes nothing")
        for part in ("build of tiny", "LGN of tiny/filternet", "background of tiny/bkg", "simulation of tiny/output_plain"):
            self.assertIn(part, before)
        text = self.pipeline("tiny/output_plain/spikes.h5")
        self.assertIn("[4 of 4] simulation of tiny/output_plain", text)
        self.assertGreater(len(spikes_of_h5(self.folder / "tiny/output_plain/spikes.h5")[0]), 0)
        self.assertIn("up to date", self.pipeline("tiny/output_plain/spikes.h5"))
        plan = (self.folder / "tiny/jobs/pipeline.mk").read_text()
        self.assertIn("&:", plan)
        self.assertIn("\nLAUNCH = \n", plan)
        # Ranks are started as it is said; words are words.
        (self.folder / "tiny/output_plain/spikes.csv").unlink()
        self.pipeline("tiny/output_plain/spikes.csv", "--launch", "env  MARK=1;2")
        self.assertIn("\nLAUNCH = env 'MARK=1;2'\n", (self.folder / "tiny/jobs/pipeline.mk").read_text())
        self.pipeline("tiny", "--launch", "env", "--ranks", "2", code=USAGE)
        # By hand, with other variables.
        (self.folder / "tiny/output_plain/spikes.csv").unlink()
        result = subprocess.run(["make", "-f", "tiny/jobs/pipeline.mk", "LAUNCH=env MARK=1", f"STRIATE={STRIATE}"],
                                cwd=self.folder, text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("simulation of tiny/output_plain", result.stdout)
        self.assertNotIn("LGN", result.stdout)
        self.assertTrue((self.folder / "tiny/output_plain/spikes.csv").exists())

    def test_only_dependents_run_again(self):
        base = self.with_paradigm()
        self.pipeline(TABLE, "-j", "2", "--ranks", "2", "--keep-plan", "my.mk")
        self.assertTrue((self.folder / "my.mk").exists())
        self.assertEqual(len((base / "metrics/OSI_DSI_DF_plain.csv").read_text().splitlines()),
                         1 + sum(1 for line in (base / "metrics/Rates_DF_plain.csv").read_text().splitlines()
                                 if line.startswith("0 ")))
        self.assertIn("up to date", self.pipeline(TABLE))
        # A configuration that would not change is no reason, although its template is newer.
        os.utime(base / "configs/config_plain.json")
        self.assertIn("up to date", self.pipeline(TABLE))
        # One trial's input.
        before = self.times(base)
        os.utime(base / "filternet_small/angle90_trial0/spikes.h5")
        text = self.pipeline(TABLE)
        self.assertIn("[1 of 2] simulation of tiny/8dir_10trials_plain/angle90_trial0", text)
        self.assertIn("[2 of 2] odsi", text)
        changed = {name for name, when in self.times(base).items() if before.get(name) != when}
        self.assertEqual({name for name in changed if name.endswith("spikes.h5")},
                         {"filternet_small/angle90_trial0/spikes.h5", "8dir_10trials_plain/angle90_trial0/spikes.h5"})
        # The template's contents.
        file = base / "configs/config_plain.json"
        file.write_text(file.read_text().replace("0.25", "0.5"))
        text = self.pipeline(TABLE, "--dry-run")
        self.assertRegex(text, r"simulate +4 +4 +1")
        self.assertNotRegex(text, r"lgn +4 +[1-9]")

    def interrupt(self, base, sent):
        """Starts the paradigm with a trial per step and sends the signal when the first simulation is done."""
        process = subprocess.Popen([STRIATE, "pipeline", TABLE, "--trials-per-step", "1"], cwd=self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        first = base / "8dir_10trials_plain/angle0_trial0/spikes.csv"
        limit = time.monotonic() + 60
        while not first.exists() and time.monotonic() < limit:
            time.sleep(0.005)
        self.assertTrue(first.exists())
        process.send_signal(sent)
        text = process.communicate(timeout=60)[0]
        return process.returncode, text

    def continued(self, base):
        times = self.times(base)
        done = [trial for trial in TRIALS
                if all(f"8dir_10trials_plain/{trial}/spikes.{kind}" in times for kind in ("h5", "csv"))]
        self.assertTrue(0 < len(done) < len(TRIALS), done)
        self.assertFalse((base / "metrics/OSI_DSI_DF_plain.csv").exists())
        text = self.pipeline(TABLE)
        self.assertTrue((base / "metrics/OSI_DSI_DF_plain.csv").exists(), text)
        after = self.times(base)
        for trial in TRIALS:
            name = f"8dir_10trials_plain/{trial}/spikes.h5"
            self.assertEqual(trial in done, times.get(name) == after[name], f"{name}: finished trials stay as they are")
            self.assertGreater(len(spikes_of_h5(base / name)[0]), 0)

    def test_interrupted(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=sent.name):
                base = self.with_paradigm()
                code, text = self.interrupt(base, sent)
                self.assertEqual(code, 128 + sent, text)
                self.assertRegex(text, "the same command goes on from there")
                self.continued(base)
                shutil.rmtree(base)

    def test_killed(self):
        base = self.with_paradigm()
        code, _ = self.interrupt(base, signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL)
        self.continued(base)

    def test_failing_step(self):
        base = self.with_network()
        weights = base / "network/bkg_v1_edges.h5"
        good = weights.read_bytes()
        weights.write_bytes(good[:2000])
        text = self.pipeline("tiny/output_plain/spikes.h5", "tiny/figures/lgn.png", "-k", code=BAD_DATA)
        self.assertRegex(text, r"failed: simulation of tiny/output_plain \(exit code 65\), its log "
                               r"tiny/jobs/logs/simulation_of_tiny_output_plain.log ends with")
        self.assertIn("bkg_v1_edges.h5", text)
        self.assertTrue((base / "filternet/spikes.h5").exists())
        self.assertFalse((base / "output_plain/spikes.h5").exists())
        weights.write_bytes(good)
        text = self.pipeline("tiny/output_plain/spikes.h5")
        self.assertIn("[1 of 1] simulation of tiny/output_plain", text)

    def test_missing_and_unknown(self):
        base = self.with_network()
        text = self.pipeline("tiny/output_bio_trained/spikes.h5", code=MISSING)
        self.assertIn("v1_v1_edges_bio_trained.h5 (option bio_trained is not trained yet", text)
        self.assertIn("trained", text)
        text = self.pipeline("tiny/metrics/ratse_plain.csv", code=USAGE)
        self.assertIn("did you mean tiny/metrics/rates_plain.csv?", text)
        self.assertIn("no network directory", self.pipeline("tinny/output_plain/spikes.h5", code=USAGE))
        self.assertFalse((base / "jobs").exists())
        environment = {**os.environ, "PATH": str(self.folder)}
        result = subprocess.run([STRIATE, "pipeline", "tiny/filternet/spikes.h5"], cwd=self.folder, env=environment,
                                text=True, capture_output=True)
        self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
        self.assertIn("no GNU make 4.3", result.stderr)

    def test_hostile_names(self):
        for name in ("a b/output_plain/spikes.h5", "$(touch x)/output_plain/spikes.h5", "tiny;touch x/a.h5",
                     "tiny:x/output_plain/spikes.h5", "tiny/output_'plain'/spikes.h5", "tiny\n/network/v1_nodes.h5",
                     "tiny%;x/network/v1_nodes.h5", "tiny#/network/v1_nodes.h5", "`touch x`/network/v1_nodes.h5"):
            with self.subTest(name=name):
                text = self.pipeline(name, code=USAGE)
                self.assertIn("invalid target", text)
                self.assertEqual(len(text.splitlines()), 1)
        self.assertEqual(list(self.folder.iterdir()), [])
        # A folder above that make could not take does not matter; an option with = is taken.
        strange = self.folder / "it's $(touch x) here"
        strange.mkdir()
        base = self.with_network()
        config = json.loads((base / "configs/config_plain.json").read_text())
        config["manifest"]["$OUTPUT_DIR"] = "$BASE_DIR/output_a=b"
        (base / "configs/config_a=b.json").write_text(json.dumps(config))
        base.rename(strange / "tiny")
        result = run("pipeline", "tiny/output_a=b/spikes.h5", cwd=strange)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((strange / "tiny/output_a=b/spikes.h5").exists())
        self.assertFalse((strange / "x").exists())

    def test_training_happens_when_it_is_wanted_and_what_is_trained_is_used(self):
        base = self.with_network()
        target = "tiny/output_naive/spikes.h5"
        for options in ((), ("--dry-run",)):
            said = self.pipeline(target, *options, code=MISSING)
            self.assertIn("v1_v1_edges_naive.h5", said)
            self.assertRegex(said, r"core-hours, 1875 steps of [0-9.]+ s on one core, and [0-9.]+ MB of memory")
            self.assertIn("striate train tiny --suffix naive", said)
        planned = self.pipeline(target, "--train", "--dry-run")
        self.assertRegex(planned, r"train +1 +1 +1\n")
        self.assertIn("training of tiny naive (tiny/network/v1_v1_edges_naive.h5 is missing)", planned)
        # The whole schedule is 1875 steps: it is begun, interrupted, and would go on from its checkpoint.
        process = subprocess.Popen([STRIATE, "pipeline", target, "--train"], cwd=self.folder, stderr=subprocess.PIPE, text=True)
        log = self.folder / "tiny/training/naive/log.csv"
        for _ in range(600):
            if log.exists() and log.read_text().count("\n") > 2:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 130, process.stderr.read())
        process.stderr.close()
        self.assertTrue((base / "training/naive/checkpoint.h5").exists())
        self.pipeline(target, "--train", "--dry-run")
        steps = len(log.read_text().splitlines()) - 1
        # Trained by hand, with as many steps: from then on all that lies downstream is made at once, even if it is old.
        shutil.rmtree(base / "training")
        self.assertEqual(run("train", base, "--suffix", "naive", "--epochs", "1", "--steps", "2", "--trials", "1", "-q").returncode, 0)
        self.assertGreater(steps, 0)
        for name in ("v1_v1", "bkg_v1"):
            os.utime(base / f"network/{name}_edges_naive.h5", (1, 1))
        self.pipeline(target)
        self.assertGreater(len(spikes_of_h5(base / "output_naive/spikes.h5")), 0)
        self.assertIn("up to date", self.pipeline(target))
        self.assertIn("'striate train tiny --suffix noweightloss' makes it",
                      self.pipeline("tiny/output_noweightloss/spikes.h5", "--train", code=MISSING))


if __name__ == "__main__":
    unittest.main(verbosity=2)
