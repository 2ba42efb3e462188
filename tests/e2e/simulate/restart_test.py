# SPDX-License-Identifier: BSD-3-Clause
"""Simulations that are stopped or killed and go on: the bits of a run that nothing happened to, on any ranks; what does
not fit together is refused."""
import json
import os
import random
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

import h5py

from support import DT, STRIATE, SmallNetwork, StriateTest, h5_contents, launcher, run, tiny_config

CHECKPOINTED, USAGE, BAD_DATA, MISSING, CONFIGURATION = 75, 2, 65, 66, 78
NAMES = "checkpoint.h5", "checkpoint_before.h5"


def with_reports(duration, name="clamp"):
    """The reference network with currents, reports of both precisions and lengths, both kinds of spike files."""
    config = tiny_config(name)
    config["run"]["duration"] = duration
    if name == "clamp":
        config["inputs"]["drive"].update(amp=[60.0, -40.0], delay=[20.0, 120.0], duration=[50.0, 300.0])
    report = {"module": "multimeter_report", "cells": "v1"}
    config["reports"] = {
        "voltages": {**report, "variable_name": "V_m", "interval": DT, "precision": "double", "file_name": "v.h5"},
        "currents": {**report, "variable_name": ["I_syn", "ASCurrents_sum", "threshold"], "interval": 5.0,
                     "file_name": "i.h5", "tstart": 30.0}}
    config["output"].update(spikes_file="spikes.h5", spikes_file_csv="spikes.csv")
    return config


def with_descendants(process):
    """Ids of a process and those that it started, and so on."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = int(status.parent.name), status.read_text().rpartition(")")[2].split()
        except OSError:  # has ended meanwhile
            continue
        children.setdefault(int(rest[1]), []).append(pid)
    family = [process]
    for pid in family:
        family.extend(children.get(pid, []))
    return family


class Restarting(StriateTest):
    def write(self, config, name="config", output=None):
        config["output"]["output_dir"] = str(self.folder / (output or "output"))
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(config))
        return file

    def expect(self, code, *arguments, ranks=None, pattern=None):
        result = run("simulate", *arguments, ranks=ranks)
        self.assertEqual(result.returncode, code, f"{arguments} on {ranks}:\n{result.stdout}{result.stderr}")
        if pattern:
            self.assertRegex(result.stderr, pattern)
        return result

    def results(self, output="output"):
        """Contents of everything but the log and the copy of the config; that nothing unfinished is left."""
        files = sorted(path for path in (self.folder / output).iterdir() if path.suffix in (".h5", ".csv", ".incomplete"))
        return {path.name: h5_contents(path) if path.suffix == ".h5" else path.read_bytes() for path in files}

    def undisturbed(self, config):
        self.expect(0, "-q", self.write(config))
        results = self.results()
        self.assertEqual(sorted(results), ["i.h5", "spikes.csv", "spikes.h5", "v.h5"])
        shutil.rmtree(self.folder / "output")
        return results

    def assert_results(self, expected, what):
        got = self.results()
        self.assertEqual(sorted(got), sorted(expected), what)
        for name in expected:
            self.assertTrue(got[name] == expected[name], f"{what}: {name}")
        shutil.rmtree(self.folder / "output")



class RestartTest(Restarting):
    def test_stopped_anywhere(self):
        config = with_reports(250.0)
        expected = self.undisturbed(config)
        file = self.write(config)
        # The first interval, an exchange, odd steps, before the last.
        for stop, before, after in (("1ms", 2, None), ("100ms", None, 3), ("70.25ms", 2, 1), ("139.75ms", 3, 2),
                                    ("249.75ms", 1, None)):
            what = f"{stop} on {before}, then {after}"
            result = self.expect(CHECKPOINTED, file, "--stop-after", stop, ranks=before, pattern="--resume")
            self.assertRegex(result.stderr, r"checkpoints: about [\d.]+ [kM]?B each in .*checkpoint\.h5")
            names = sorted(path.name for path in (self.folder / "output").iterdir())
            self.assertIn("checkpoint.h5", names)
            self.assertFalse({"spikes.h5", "spikes.csv", "v.h5", "i.h5"} & set(names), "results have no names yet")
            with h5py.File(self.folder / "output/checkpoint.h5") as checkpoint:
                self.assertEqual(f"{float(checkpoint.attrs['simulated_ms'])}ms", f"{float(stop[:-2])}ms")
                self.assertEqual(float(checkpoint.attrs["tstop_ms"]), 250.0)
            self.expect(0, file, "--resume", ranks=after, pattern=rf"going on from .* at {stop[:-2]} of 250 ms")
            self.assert_results(expected, what)

    def test_in_many_pieces(self):
        for arithmetic in (("--ports", "merged"), ("--ports", "reference"), ("--state", "single")):
            config = with_reports(250.0)
            file = self.write(config)
            self.expect(0, "-q", file, *arithmetic)
            expected = self.results()
            shutil.rmtree(self.folder / "output")
            options = [*arithmetic, "--stop-after", "61.75ms"]
            self.expect(CHECKPOINTED, "-q", file, *options, ranks=2)
            for ranks, code in ((3, CHECKPOINTED), (None, CHECKPOINTED), (1, CHECKPOINTED), (2, 0)):
                self.expect(code, "-q", file, *options, "--resume", ranks=ranks)
            self.assert_results(expected, arithmetic)

    def test_longer_and_shorter(self):
        whole = self.undisturbed(with_reports(250.0))
        file = self.write(with_reports(100.0))
        for stop in ("60ms", "99.75ms"):
            self.expect(CHECKPOINTED, "-q", file, "--stop-after", stop, ranks=2)
            longer = self.write(with_reports(250.0), "longer")
            self.expect(CHECKPOINTED, "-q", longer, "--resume", "--stop-after", "30ms")
            self.expect(CONFIGURATION, self.write(with_reports(50.0), "shorter"), "--resume", pattern="/run/tstop is 50 ms")
            self.expect(0, "-q", longer, "--resume", ranks=2)
            self.assert_results(whole, f"extended at {stop}")

    def test_complete_and_extended(self):
        whole = self.undisturbed(with_reports(250.0))
        self.expect(0, "-q", self.write(with_reports(100.25)), "--keep-checkpoint", ranks=2)
        longer = self.write(with_reports(250.0), "longer")
        names = {path.name for path in (self.folder / "output").iterdir()}
        self.assertTrue({"checkpoint.h5", "spikes.h5", "v.h5"} <= names, names)
        shorter = (self.folder / "output/spikes.h5").read_bytes()
        self.expect(CHECKPOINTED, "-q", longer, "--resume", "--stop-after", "3ms", ranks=3)
        self.assertEqual((self.folder / "output/spikes.h5").read_bytes(), shorter, "lives until the new one is complete")
        self.expect(0, "-q", longer, "--resume")
        self.assert_results(whole, "extended")

    def test_killed(self):
        random.seed(1)
        config = with_reports(1500.0)
        expected = self.undisturbed(config)
        file = self.write(config)
        for attempt in range(2):
            kills = resumed = 0
            while True:
                checkpoint = any((self.folder / "output" / name).exists() for name in NAMES)
                command = [STRIATE, "simulate", str(file), "-q", "--checkpoint-every", "20ms"]
                command += ["--resume"] if checkpoint else []
                resumed += checkpoint
                ranks = random.choice((None, 2, 3))
                if ranks:
                    command = [*launcher(ranks), *command]
                work = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
                try:
                    work.wait(timeout=random.uniform(0.1, 1.2) if kills < 6 else 300)
                except subprocess.TimeoutExpired:
                    for pid in with_descendants(work.pid):
                        try:
                            os.kill(pid, signal.SIGKILL)
                        except ProcessLookupError:
                            pass
                    kills += 1
                    work.communicate()
                    continue
                self.assertEqual(work.returncode, 0, work.stderr.read())
                break
            self.assert_results(expected, f"attempt {attempt}, {kills} kills, resumed {resumed} times")

    def test_damage(self):
        config = with_reports(250.0)
        expected = self.undisturbed(config)
        file = self.write(config)
        output = self.folder / "output"
        self.expect(CHECKPOINTED, "-q", file, "--checkpoint-every", "30ms", "--stop-after", "100ms", ranks=2)
        kept = self.folder / "kept"
        shutil.copytree(output, kept)

        def again():
            shutil.rmtree(output, ignore_errors=True)
            shutil.copytree(kept, output)

        def flip(name, place):
            data = bytearray((output / name).read_bytes())
            data[place if place >= 0 else len(data) + place] ^= 8
            (output / name).write_bytes(data)

        for place in (100, 5000, -1, -100):
            again()
            flip("checkpoint.h5", place)
            for ranks in (None, 2):
                result = run("simulate", file, "--resume", "--stop-after", "1ms", ranks=ranks)
                self.assertEqual(result.returncode, CHECKPOINTED, result.stderr)
                if ranks is None:
                    self.assertRegex(result.stderr, "checkpoint.h5 is damaged .*going on from the one before it")
            self.expect(0, "-q", file, "--resume")
            self.assert_results(expected, f"damaged at {place}")
        again()
        (output / "checkpoint.h5").unlink()
        self.expect(0, file, "--resume", pattern="checkpoint.h5 is not there")
        self.assert_results(expected, "without the newest")
        again()
        for name in NAMES:
            flip(name, 3000)
        self.expect(BAD_DATA, file, "--resume", pattern="damaged.*damaged", ranks=2)
        for name in NAMES:
            (output / name).unlink()
        self.expect(MISSING, file, "--resume", pattern="no .*checkpoint.h5 to go on from")
        # What the outputs so far hold is looked at, too.
        unfinished = {kind: next(path.name for path in kept.iterdir() if path.name.startswith(kind)
                                 and path.name.endswith(".incomplete")) for kind in ("v.h5", "i.h5", "spikes")}
        for name in unfinished.values():
            again()
            (output / name).unlink()
            self.expect(MISSING, file, "--resume", pattern="is gone", ranks=2)
        for name, place in ((unfinished["v.h5"], 20000), (unfinished["spikes"], 10)):
            again()
            flip(name, place)
            self.expect(BAD_DATA, file, "--resume")

    def test_refused(self):
        network = SmallNetwork(self.folder, cells=20, duration=200.0)
        file = self.write(network.config)
        self.expect(CHECKPOINTED, "-q", file, "--stop-after", "100ms", ranks=2)
        kept = {path: path.read_bytes() for path in (self.folder / "output").iterdir()}

        def refuse(pattern, *options, config=None, code=CONFIGURATION):
            for ranks in (None, 2):
                self.expect(code, self.write(config or network.config), "--resume", *options, pattern=pattern, ranks=ranks)
            # The lock stays where the other rank ended the launch before rank 0 had removed it; the next run knows it as left.
            passing = ("log.txt", ".striate_lock")
            self.assertEqual({path: path.read_bytes() for path in (self.folder / "output").iterdir()
                              if path.name not in passing},
                             {path: data for path, data in kept.items() if path.name not in passing}, pattern)

        def changed(change):
            config = json.loads(json.dumps(network.config))
            change(config)
            return config

        refuse("--ports merged", "--ports", "reference")
        refuse(r"--ports merged \(now merged --state single\)", "--state", "single")
        refuse("/run/dt was 0.25, is 0.125", config=changed(lambda c: c["run"].update(dt=0.125)))
        refuse("/output/spikes_sort_order", config=changed(lambda c: c["output"].update(spikes_sort_order="by_id")))
        refuse("/inputs was|/inputs/drive was", config=changed(lambda c: c["inputs"].clear()))
        # A file that changed under the same name.
        network.edges("cells", 20, 20, 21.0)
        refuse("another network")
        network.edges("cells", 20, 20, 20.0)
        spikes = (self.folder / "inputs_spikes.h5").read_bytes()
        network.spikes("inputs", [(11.0 + 20.0 * i, node) for node in range(2) for i in range(4)])
        refuse("other inputs")
        (self.folder / "inputs_spikes.h5").write_bytes(spikes)
        refuse("invalid --stop-after '100'.*unit", "--stop-after", "100", code=USAGE)
        refuse("invalid --checkpoint-every 0.01ms", "--checkpoint-every", "0.01ms", code=USAGE)
        self.expect(0, "-q", self.write(network.config), "--resume")

    def test_trials(self):
        configs = {}
        for name, duration in (("a", 80.0), ("b", 250.0), ("c", 120.0)):
            configs[name] = self.write(with_reports(duration), name, output=name)
        files = list(configs.values())
        self.expect(0, "-q", *files)
        expected = {name: self.results(name) for name in configs}
        for shared in ((), ("--checkpoint", self.folder / "of_all.h5")):
            for name in configs:
                shutil.rmtree(self.folder / name)
            # In the second; at the end of the second, where the third begins; in the third.
            options = ["-q", *shared, "--stop-after"]
            self.expect(CHECKPOINTED, *files, *options, "150ms", ranks=2)
            written = (self.folder / "a/spikes.h5").stat().st_mtime_ns
            self.expect(CHECKPOINTED, *files, *options, "180ms", "--resume")
            self.expect(CHECKPOINTED, *files, *options, "0.25ms", "--resume", ranks=3)
            self.expect(0, *files, "-q", *shared, "--resume", ranks=2)
            self.assertEqual((self.folder / "a/spikes.h5").stat().st_mtime_ns, written, "was not done again")
            for name in configs:
                self.assertTrue(self.results(name) == expected[name], name)
            self.assertFalse((self.folder / "of_all.h5").exists())

    def test_begun_anew(self):
        config = with_reports(250.0)
        expected = self.undisturbed(config)
        file = self.write(config)
        for options in ((), ("--checkpoint-every", "50ms")):
            self.expect(CHECKPOINTED, "-q", file, "--stop-after", "100ms")
            self.expect(0, file, *options, ranks=2, pattern="got to 100 of 250 ms .*begins anew")
            self.assert_results(expected, "anew")
        plan = self.expect(0, file, "--dry-run", "--checkpoint-every", "10m").stdout
        self.assertRegex(plan, r"checkpoints +about .*checkpoint\.h5.*every 10 min")


class SignalTest(Restarting):
    def start(self, *options, ranks=None, file=None, environment=None):
        command = [STRIATE, "simulate", str(file or self.file), "-q", *options]
        if ranks:
            command = [*launcher(ranks), *command]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})

    def at_work(self, work, what=""):
        """Waits for the first checkpoint, or for the report of a run that writes none."""
        folder = self.folder / "output"
        for _ in range(600):
            if folder.exists() and any(path.name == "checkpoint.h5" for path in folder.iterdir()):
                return
            if work.poll() is not None:
                self.fail(f"{what} ended with {work.returncode}: {work.stderr.read()} {list(folder.iterdir())}")
            time.sleep(0.05)
        self.fail(f"no checkpoint: {what}")

    def setUp(self):
        super().setUp()
        config = with_reports(1e6)  # which nobody waits for
        del config["reports"]
        self.file = self.write(config)

    def end(self, work, code, what):
        self.assertEqual(work.wait(timeout=60), code, f"{what}: {work.stderr.read()}")
        work.stderr.close()

    def test_signals(self):
        for ranks in (None, 2):
            for number, code in ((signal.SIGUSR1, CHECKPOINTED), (signal.SIGTERM, 143), (signal.SIGINT, 130)):
                what = f"{number!r} on {ranks}"
                work = self.start("--checkpoint-every", "5ms", ranks=ranks)
                self.at_work(work, what)
                with h5py.File(self.folder / "output/checkpoint.h5"):
                    pass
                work.send_signal(number)
                if ranks and number != signal.SIGUSR1:  # mpirun ends with a code of its own
                    self.assertNotEqual(work.wait(timeout=60), 0)
                    work.stderr.close()
                else:
                    self.end(work, code, what)
                again = self.start("--resume", "--stop-after", "1ms")
                self.end(again, CHECKPOINTED, what)
                shutil.rmtree(self.folder / "output")

    def test_without_checkpoints(self):
        work = self.start()
        time.sleep(1.5)
        work.send_signal(signal.SIGUSR1)
        self.end(work, -signal.SIGUSR1, "the default action")
        self.assertFalse((self.folder / "output/checkpoint.h5").exists())

    def test_second_interrupt(self):
        work = self.start("--checkpoint", self.folder / "checkpoint.h5")
        time.sleep(0.02)  # while it is loading, so that nobody looks at the first one
        for _ in range(200):
            if work.poll() is not None:
                break
            work.send_signal(signal.SIGINT)
            time.sleep(0.01)
        with work.stderr:
            self.assertIn(work.wait(timeout=10), (-signal.SIGINT, 130), work.stderr.read())

    def test_end_of_job(self):
        work = self.start("--checkpoint-every", "1h", environment={"SLURM_JOB_END_TIME": str(int(time.time()) + 6)})
        self.end(work, CHECKPOINTED, "before the job ends")
        with h5py.File(self.folder / "output/checkpoint.h5") as file:
            self.assertGreater(float(file.attrs["simulated_ms"]), 1.0, "half of the time is used")
        self.end(self.start("--resume", "--stop-after", "1s"), CHECKPOINTED, "by the clock")


if __name__ == "__main__":
    unittest.main()
