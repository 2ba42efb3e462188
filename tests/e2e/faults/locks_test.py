# SPDX-License-Identifier: BSD-3-Clause
"""Two runs into one directory: one of them does it right, the other says who is at work and ends with 73. Steps of a
pipeline that write different files into one folder do not stand in each other's way."""
import json
import subprocess
import time
import unittest

from support import STRIATE, SmallNetwork, StriateTest, h5_contents, launcher, run

HELD = 73
FEW = """\
description: a few trials
duration_ms: 600
trials: [{trial: 0..5}]
trial_name: "t{trial}"
lgn: {template: config_filternet.json, folder: filternet_few, stimulus: {trial: "{trial}"}}
background: {folder: bkg_few, file: "{name}.h5", rate_hz: 250, seed: 5}
runs: few_{option}
"""


class LocksTest(StriateTest):
    def start(self, *arguments, ranks=None):
        command = [STRIATE, *map(str, arguments)]
        if ranks is not None:
            command = [*launcher(ranks), *command]
        return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def race(self, *arguments, ranks=None):
        """Two at once; the text of the one that was refused, if it was."""
        runs = [self.start(*arguments, ranks=ranks) for _ in range(2)]
        texts = [process.communicate(timeout=300)[1] for process in runs]
        codes = [process.returncode for process in runs]
        self.assertIn(0, codes, texts)
        self.assertLessEqual(set(codes), {0, HELD}, texts)
        refused = [text for code, text in zip(codes, texts) if code == HELD]
        for text in refused:
            winner = runs[codes.index(0)].pid
            self.assertIn("another run writes to", text)
            if ranks is None and "(process" in text:
                self.assertIn(f"process {winner} on", text)
        return refused

    def test_builds(self):
        run("build", "tiny", "-q", "-o", self.folder / "alone")
        wanted = run("check", self.folder / "alone", "--hash").stdout
        refused = 0
        for k in range(6):
            ranks = 2 if k >= 4 else None
            refused += len(self.race("build", "tiny", "-q", "--force", "-o", self.folder / "net", ranks=ranks))
            self.assertEqual(run("check", self.folder / "net", "--hash").stdout, wanted)
            self.assertEqual(list((self.folder / "net/network").glob(".striate_lock*")), [])
        self.assertGreater(refused, 2)

    def test_simulations(self):
        network = SmallNetwork(self.folder, cells=20, duration=20000.0)
        config = self.folder / "config.json"
        config.write_text(json.dumps(network.config))
        wanted = h5_contents(self.simulate(config, output="alone") / "spikes.h5")
        refused = 0
        for k in range(8):
            refused += len(self.race("simulate", "-q", config, ranks=2 if k >= 6 else None))
            self.assertEqual(h5_contents(self.folder / "output/spikes.h5"), wanted)
        self.assertGreater(refused, 3)

    def test_who_comes_second_is_told_and_a_killed_run_is_forgotten(self):
        network = SmallNetwork(self.folder, cells=30, duration=1e7)
        config = self.folder / "config.json"
        config.write_text(json.dumps(network.config))
        first = self.start("simulate", "-q", config)
        lock = self.folder / "output/.striate_lock"
        deadline = time.monotonic() + 60
        while not lock.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        second = run("simulate", config)
        self.assertEqual(second.returncode, HELD, second.stderr)
        for text in (f"process {first.pid} on", "simulate -q", "wait for it or end it"):
            self.assertIn(text, second.stderr)
        self.assertEqual(run("simulate", config, "--dry-run").returncode, 0)
        # How far it has come is not looked at while it goes on.
        resumed = run("simulate", config, "--resume")
        self.assertEqual(resumed.returncode, HELD, resumed.stderr)
        first.kill()
        first.communicate()
        self.assertTrue(lock.exists())
        network.config["run"]["duration"] = 100.0
        config.write_text(json.dumps(network.config))
        self.assertEqual(run("simulate", config).returncode, 0)
        self.assertFalse(lock.exists())

    def test_a_run_in_many_folders_and_many_runs_in_one(self):
        """What pipelines do: a call for several trials, calls for different files of one folder."""
        base = self.folder / "tiny"
        self.assertEqual(run("build", "tiny", "-q", "-o", base).returncode, 0)
        runs = [self.start("background", base, "-q", "--rate", rate, "--duration", 30) for rate in (100, 200, 300, 400)]
        for process in runs:
            self.assertEqual(process.wait(timeout=300), 0, process.communicate()[1])
        self.assertEqual(len(list((base / "bkg").glob("*"))), 4)
        refused = self.race("background", base, "-q", "--rate", 900, "--duration", 100)
        self.assertLessEqual(len(refused), 1)
        (base / "configs/paradigms").mkdir()
        (base / "configs/paradigms/few.yaml").write_text(FEW)
        targets = [base / f"few_plain/t{trial}/spikes.h5" for trial in range(6)]
        result = run("pipeline", "-j", 4, "--trials-per-step", 1, *targets)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertTrue(all(target.exists() for target in targets))
        self.assertEqual(list(base.rglob(".striate_lock*")), [])


if __name__ == "__main__":
    unittest.main()
