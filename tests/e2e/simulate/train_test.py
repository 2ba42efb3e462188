# SPDX-License-Identifier: BSD-3-Clause
"""Training by the built program: results in the right place, equal bits on any ranks and after stops, refusals."""
import csv
import json
import os
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

import h5py
import numpy as np

from support import STRIATE, StriateTest, run

SHORT = ("--epochs", "2", "--steps", "2", "--trials", "2", "--checkpoint-every", "1")


def weights(base, name="t", file="v1_v1", population="v1_to_v1"):
    with h5py.File(Path(base) / f"network/{file}_edges_{name}.h5") as h:
        return h[f"edges/{population}/0/syn_weight"][:]


def nodes_of(base, population, pop_name):
    with open(Path(base) / f"network/{population}_node_types.csv") as f:
        types = [int(row["node_type_id"]) for row in csv.DictReader(f, delimiter=" ") if row["pop_name"].startswith(pop_name)]
    with h5py.File(Path(base) / f"network/{population}_nodes.h5") as h:
        nodes = h[f"nodes/{population}"]
        return nodes["node_id"][:][np.isin(nodes["node_type_id"][:], types)]


class TrainTest(StriateTest):
    base = None

    @classmethod
    def setUpClass(cls):
        cls.home = Path(os.environ.get("TMPDIR", "/tmp")) / f"striate_train_{os.getpid()}"
        cls.base = cls.home / "tiny"
        result = run("build", "tiny", "-o", cls.base, "-q")
        assert result.returncode == 0, result.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home, ignore_errors=True)

    def train(self, *options, suffix="t", ranks=None, code=0):
        result = run("train", self.base, "--suffix", suffix, *options, ranks=ranks)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def test_results_and_resume(self):
        self.train(*SHORT)
        before = h5py.File(self.base / "network/v1_v1_edges.h5")["edges/v1_to_v1"]
        with h5py.File(self.base / "network/v1_v1_edges_t.h5") as h:
            after = h["edges/v1_to_v1"]
            for name in ("source_node_id", "target_node_id", "edge_type_id"):
                self.assertTrue((before[name][:] == after[name][:]).all())
            old, new = before["0/syn_weight"][:], after["0/syn_weight"][:]
            self.assertEqual(after["0/syn_weight"].dtype, before["0/syn_weight"].dtype)
        self.assertTrue((np.sign(old) == np.sign(new)).all())
        self.assertTrue((new == new.astype(np.float32)).all())
        changed = old != 0
        ratio = new[changed] / old[changed]
        self.assertLess(np.abs(np.log(ratio)).max(), 8 * 0.016)
        self.assertGreater((ratio != 1).mean(), 0.9)
        background = weights(self.base, file="bkg_v1", population="bkg_to_v1")
        self.assertTrue((background > 0).all())
        with open(self.base / "training/t/log.csv") as f:
            rows = list(csv.DictReader(f))
        self.assertEqual([row["step"] for row in rows], ["1", "2", "3", "4"])
        with open(self.base / "training/t/held_out.csv") as f:
            judged = list(csv.DictReader(f))
        self.assertEqual([row["step"] for row in judged], ["2", "4"])
        # The weights have moved, by about as much as the last update's term says (ten times, before it).
        self.assertGreater(float(judged[1]["weight_distance"]), float(judged[0]["weight_distance"]))
        self.assertAlmostEqual(float(judged[1]["weight_distance"]) * 10, float(judged[1]["evoked weights"]), places=6)
        self.assertIn("learning_rate = 0.005", (self.base / "training/t/provenance.txt").read_text())
        # The same bits on other ranks, and after a stop that another number of ranks goes on from.
        self.train(*SHORT, suffix="t3", ranks=3)
        self.assertTrue((weights(self.base, "t3") == new).all())
        self.train(*SHORT, "--stop-after", "0.001", suffix="stopped", ranks=2, code=75)
        self.assertFalse((self.base / "network/v1_v1_edges_stopped.h5").exists())
        self.train(*SHORT, "--resume", suffix="stopped")
        self.assertTrue((weights(self.base, "stopped") == new).all())
        self.assertTrue((weights(self.base, "stopped", "bkg_v1", "bkg_to_v1") == background).all())
        with open(self.base / "training/stopped/log.csv") as f:
            again = [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(f)]
        self.assertEqual(again, [{k: v for k, v in row.items() if k != "seconds"} for row in rows])
        # Never over results, unless asked to.
        refused = self.train(*SHORT, code=78)
        self.assertIn("exists already", refused.stderr)
        self.train(*SHORT, "--force")
        # Other settings do not go on.
        self.assertIn("other settings", self.train(*SHORT, "--resume", "--seed", "1", code=78).stderr)

    def test_a_new_name_gets_a_configuration(self):
        self.train("--epochs", "1", "--steps", "1", "--trials", "1", "--write", "last", suffix="mine")
        config = json.loads((self.base / "configs/config_mine.json").read_text())
        files = [Path(entry["edges_file"]).name for entry in config["networks"]["edges"]]
        self.assertEqual(files, ["v1_v1_edges_mine.h5", "lgn_v1_edges.h5", "bkg_v1_edges_mine.h5"])
        self.assertEqual(run("check", self.base / "configs/config_mine.json").returncode, 0)

    def preset(self, text, name="lgn.yaml"):
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"extends: bio_trained\ndescription: LGN too\n{text}")
        return "--preset", file

    def test_weights_of_the_lgn_as_an_option(self):
        frozen = "frozen:\n  - {source: sON_TF4, target: '*'}\n  - {source: lgn, target: L5_ET}\n"
        lgn = self.preset("train_lgn: true\n" + frozen)
        of_lgn = ("lgn_v1", "lgn_to_v1")
        self.train(*SHORT, *lgn, suffix="lgn1")
        new = weights(self.base, "lgn1", *of_lgn)
        with h5py.File(self.base / "network/lgn_v1_edges.h5") as h, \
                h5py.File(self.base / "network/lgn_v1_edges_lgn1.h5") as trained:
            before, after = h["edges/lgn_to_v1"], trained["edges/lgn_to_v1"]
            for name in ("source_node_id", "target_node_id", "edge_type_id"):
                self.assertTrue((before[name][:] == after[name][:]).all())
            old, source, target = before["0/syn_weight"][:], before["source_node_id"][:], before["target_node_id"][:]
            self.assertEqual(after["0/syn_weight"].dtype, before["0/syn_weight"].dtype)
        self.assertTrue((new == new.astype(np.float32)).all())
        self.assertTrue((np.sign(old) == np.sign(new)).all())
        self.assertLess(np.abs(np.log(new[old != 0] / old[old != 0])).max(), 8 * 0.016)
        stays = np.isin(source, nodes_of(self.base, "lgn", "sON_TF4")) | np.isin(target, nodes_of(self.base, "v1", "e5ET"))
        self.assertGreater(stays.sum(), 1000)
        # In float32 of pA over threshold and back.
        moved = np.abs(new / old - 1) > 1e-6
        self.assertFalse(moved[stays].any())
        self.assertGreater(moved[~stays].mean(), 0.9)
        # Other weights are trained with them, and differently; without the option there is no such file.
        self.train(*SHORT, suffix="without")
        self.assertFalse((weights(self.base, "without") == weights(self.base, "lgn1")).all())
        self.assertFalse((self.base / "network/lgn_v1_edges_without.h5").exists())
        # The configuration names all three.
        config = json.loads((self.base / "configs/config_lgn1.json").read_text())
        files = [Path(entry["edges_file"]).name for entry in config["networks"]["edges"]]
        self.assertEqual(files, ["v1_v1_edges_lgn1.h5", "lgn_v1_edges_lgn1.h5", "bkg_v1_edges_lgn1.h5"])
        self.assertEqual(run("check", self.base / "configs/config_lgn1.json").returncode, 0)
        self.assertIn("train_lgn = true", (self.base / "training/lgn1/provenance.txt").read_text())
        # The same bits on other ranks, and after a stop.
        self.train(*SHORT, *lgn, suffix="lgn3", ranks=3)
        self.train(*SHORT, *lgn, "--stop-after", "0.001", suffix="lgn2", ranks=2, code=75)
        refused = self.train(*SHORT, *self.preset(frozen, "other/lgn.yaml"), "--resume", suffix="lgn2", code=78)
        self.assertIn("other settings ('train_lgn = true'", refused.stderr)
        self.train(*SHORT, *lgn, "--resume", suffix="lgn2")
        for name in ("lgn3", "lgn2"):
            for file in (("v1_v1", "v1_to_v1"), ("bkg_v1", "bkg_to_v1"), of_lgn):
                self.assertTrue((weights(self.base, name, *file) == weights(self.base, "lgn1", *file)).all(), (name, file))
        # A run without the option does not leave weights of the LGN in the configuration.
        self.assertIn("lgn_v1_edges_lgn2.h5", self.train(*SHORT, "--force", suffix="lgn2", code=78).stderr)
        # Never over results: of the LGN alone too.
        for file in ("network/v1_v1_edges_lgn3.h5", "network/bkg_v1_edges_lgn3.h5", "training/lgn3/checkpoint.h5"):
            (self.base / file).unlink()
        self.assertIn("lgn_v1_edges_lgn3.h5 exists already", self.train(*SHORT, *lgn, suffix="lgn3", code=78).stderr)
        # A network whose LGN weights have changed is another one.
        with h5py.File(self.base / "network/lgn_v1_edges.h5", "r+") as h:
            h["edges/lgn_to_v1/0/syn_weight"][0] = old[0] * 1.01
        try:
            self.assertIn("other weights", self.train(*SHORT, *lgn, "--resume", suffix="lgn2", code=78).stderr)
        finally:
            with h5py.File(self.base / "network/lgn_v1_edges.h5", "r+") as h:
                h["edges/lgn_to_v1/0/syn_weight"][0] = old[0]

    def test_presets_that_misspell_the_lgn(self):
        for text, words in (("train_LGN: true\n", "train_LGN"), ("train_lgn: yes please\n", "train_lgn"),
                            ("train_lgn: true\nfrozen: [{source: sON_TF5, target: '*'}]\n", "sON_TF4"),
                            ("train_lgn: true\nfrozen: [{source: '*', target: lgn}]\n", "unknown cell type 'lgn'")):
            with self.subTest(text):
                self.assertIn(words, self.train(*self.preset(text), suffix="x", code=78).stderr)

    def test_weights_that_are_multiples_of_what_is_written(self):
        base = self.folder / "multiples"
        shutil.copytree(self.base, base, ignore=shutil.ignore_patterns("training", "*_edges_*.h5"))
        table = base / "network/lgn_v1_edge_types.csv"
        table.write_text(table.read_text().replace("weight_function_lgn", "wmax"))
        with h5py.File(base / "network/lgn_v1_edges.h5", "r+") as h:
            group = h["edges/lgn_to_v1/0"]
            group.pop("nsyns", None)
            group["nsyns"] = np.full(len(group["syn_weight"]), 2, np.uint32)
        short = ("train", base, "--suffix", "x", "--epochs", "1", "--steps", "1", "--trials", "1")
        result = run(*short, *self.preset("train_lgn: true\n"))
        self.assertEqual(result.returncode, 78, result.stderr)
        self.assertIn("nsyns = 2", result.stderr)
        self.assertEqual(run(*short).returncode, 0)

    def test_signals(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process = subprocess.Popen([STRIATE, "train", str(self.base), "--suffix", f"s{number}", "--epochs", "1000",
                                        "--steps", "2", "--trials", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            log = self.base / f"training/s{number}/log.csv"
            for _ in range(600):
                if log.exists() and len(log.read_text().splitlines()) > 1:
                    break
                time.sleep(0.1)
            process.send_signal(signal.SIGUSR1)
            checkpoint = self.base / f"training/s{number}/checkpoint.h5"
            for _ in range(600):
                if checkpoint.exists():
                    break
                time.sleep(0.1)
            self.assertTrue(checkpoint.exists())
            process.send_signal(number)
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, 128 + number)
            with h5py.File(checkpoint) as h:
                self.assertGreater(int(h.attrs["steps"]), 0)

    def test_usr1_ends_the_run_where_a_job_asks_for_that(self):
        process = subprocess.Popen([STRIATE, "train", str(self.base), "--suffix", "usr1", "--epochs", "1000", "--steps", "2",
                                    "--trials", "1", "--stop-on-usr1"], stderr=subprocess.DEVNULL)
        log = self.base / "training/usr1/log.csv"
        for _ in range(600):
            if log.exists() and len(log.read_text().splitlines()) > 1:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(120), 75)
        with h5py.File(self.base / "training/usr1/checkpoint.h5") as h:
            self.assertEqual(int(h.attrs["steps"]), len(log.read_text().splitlines()) - 1)

    def test_names_that_mean_something_else_are_refused(self):
        """An option whose configuration is there and runs other edges would not show what was trained."""
        for name in ("lgn", "adjusted"):
            result = self.train("--epochs", "1", suffix=name, code=78)
            self.assertIn(f"configs/config_{name}.json is there and does not use", result.stderr)
            self.assertFalse((self.base / f"network/v1_v1_edges_{name}.h5").exists())

    def test_a_new_configuration_has_an_output_of_its_own_or_is_refused(self):
        base = self.folder / "other"
        shutil.copytree(self.base, base, ignore=shutil.ignore_patterns("training"))
        file = base / "configs/config_plain.json"
        config = json.loads(file.read_text())
        short = ("--epochs", "1", "--steps", "1", "--trials", "1")
        config["manifest"].pop("$OUTPUT_DIR")
        config["output"]["output_dir"] = "../output_plain"
        file.write_text(json.dumps(config))
        self.assertEqual(run("train", base, "--suffix", "new", *short).returncode, 0)
        made = json.loads((base / "configs/config_new.json").read_text())
        self.assertEqual(made["output"]["output_dir"], "${configdir}/../output_new")
        circuit = {"manifest": config["manifest"], **{key: config.pop(key) for key in ("networks", "components")}}
        (base / "configs/circuit.json").write_text(json.dumps(circuit))
        config["network"] = "circuit.json"
        file.write_text(json.dumps(config))
        result = run("train", base, "--suffix", "newer", *short)
        self.assertEqual(result.returncode, 78, result.stderr)
        self.assertIn("config_newer.json by hand", result.stderr)
        self.assertFalse((base / "training/newer").exists())

    def test_dry_run_writes_nothing(self):
        before = sorted(p for p in self.base.rglob("*"))
        result = self.train("--dry-run", "--trials", "1", suffix="dry")
        self.assertIn("memory per rank", result.stdout + result.stderr)
        self.assertEqual(sorted(p for p in self.base.rglob("*")), before)

    def test_refusals(self):
        def copy(change, name):
            base = self.folder / name
            shutil.copytree(self.base, base, ignore=shutil.ignore_patterns("training", "*_t*.h5"))
            change(base)
            return run("train", base, "--suffix", "x", "--epochs", "1", "--steps", "1", "--trials", "1")

        def without_lgn(base):
            file = base / "configs/config_plain.json"
            config = json.loads(file.read_text())
            config["networks"]["edges"] = [e for e in config["networks"]["edges"] if "lgn" not in e["edges_file"]]
            file.write_text(json.dumps(config))

        def zero(base):
            with h5py.File(base / "network/v1_v1_edges.h5", "r+") as h:
                h["edges/v1_to_v1/0/syn_weight"][:] = 0

        for change, code, text in ((without_lgn, 78, "LGN"), (zero, 78, "all weights"),):
            with self.subTest(text):
                result = copy(change, change.__name__)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(text, result.stderr)
        for options, code, text in ((("--suffix", "plain"), 2, "suffix"), (("--suffix", "a/b"), 2, "suffix"),
                                    (("--duration", "400"), 78, "Fano"), (("--recurrent-credit", "2"), 78, "recurrent_credit"),
                                    (("--preset", "nonsense"), 78, "nonsense"), (("--resume", "--suffix", "new"), 66, "checkpoint"),
                                    (("--dialect", "none"), 2, "paper"), (("--resume", "--force"), 2, "--force")):
            with self.subTest(options):
                result = run("train", self.base, *options)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(text, result.stderr)

    def test_targets_that_are_no_numbers(self):
        (self.folder / "bad.csv").write_text("cell_type,units,OSI,DSI\nL4_Exc,3,NaN,0.1\n")
        (self.folder / "p.yaml").write_text(
            f"extends: bio_trained\ndescription: bad\nlosses: {{selectivity: {{targets: {self.folder}/bad.csv}}}}\n")
        result = run("train", self.base, "--suffix", "x", "--preset", self.folder / "p.yaml")
        self.assertEqual(result.returncode, 65, result.stderr)
        self.assertIn("bad.csv", result.stderr)

    def test_killed_while_it_writes(self):
        """What a kill leaves has a temporary name, and the run goes on from the last checkpoint."""
        process = subprocess.Popen([STRIATE, "train", str(self.base), "--suffix", "killed", "--epochs", "500", "--steps", "2",
                                    "--trials", "1", "--checkpoint-every", "1"], stderr=subprocess.DEVNULL)
        checkpoint = self.base / "training/killed/checkpoint.h5"
        for _ in range(600):
            if checkpoint.exists():
                break
            time.sleep(0.1)
        process.kill()
        process.wait()
        self.assertFalse((self.base / "network/v1_v1_edges_killed.h5").exists())
        with h5py.File(checkpoint) as h:
            done = int(h.attrs["steps"])
        epochs = str(done // 2 + 1)
        self.train("--epochs", epochs, "--steps", "2", "--trials", "1", "--resume", suffix="killed")
        self.assertTrue((self.base / "network/v1_v1_edges_killed.h5").exists())


if __name__ == "__main__":
    unittest.main()
