# SPDX-License-Identifier: BSD-3-Clause
"""Which files a configuration reads and writes: `pipeline` and the commands themselves know the same ones."""
import json
import os
import re
import unittest

import numpy as np

from support import SmallNetwork, StriateTest, run

MISSING, CONFIGURATION = 66, 78
TARGET = "net/output_plain/spikes.h5"
HOUR_NS = 3600 * 10**9


class ConfigFilesTest(StriateTest):
    def pipeline(self, *arguments, code=0):
        result = run("pipeline", *arguments, cwd=self.folder)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def network(self):
        """A network directory whose configuration reads a file of every kind, half of them by way of a child."""
        base = self.folder / "net"
        (base / "network").mkdir(parents=True)
        (base / "configs").mkdir()
        network = SmallNetwork(base / "network")
        config = network.config
        config["target_simulator"] = "NEST"
        config["output"].update(output_dir="net/output_plain", spikes_file="net/output_plain/spikes.h5")
        config["inputs"]["clamp"] = {"module": "IClamp", "input_type": "csv", "file": "net/clamp.csv", "node_set": "some"}
        (base / "clamp.csv").write_text("timestamps amps\n5.0 100.0\n20.0 0.0\n")
        config["node_sets_file"] = "net/sets.json"
        (base / "sets.json").write_text(json.dumps({"some": {"population": "cells", "node_id": [0]}}))
        config["modfile"] = "net/mod.csv"
        (base / "mod.csv").write_text("src_property src_substring trg_property trg_substring operation value\n"
                                      "model_type point model_type point * 2\n")
        config["reports"] = {"v_m": {"module": "membrane_report", "cells": "some", "variable_name": "V_m",
                                     "file_name": "v_m.h5"}}
        child = {key: config.pop(key) for key in ("networks", "components")}
        config["network"] = "circuit_child.json"
        (base / "configs/circuit_child.json").write_text(json.dumps(child))
        (base / "configs/config_plain.json").write_text(json.dumps(config))
        return base

    def prerequisites(self, plan, label):
        """Of the rule that runs `label`, as paths."""
        text = plan.read_text()
        for rule in re.split(r"\n\n+", text):
            if f" {label} " in rule and "&:" in rule:
                names = rule.split("&:", 1)[1].split("\n\t", 1)[0].replace("\\\n", " ").split("|")[0].split()
                return [self.folder / name for name in names]
        self.fail(f"no rule {label} in {text}")

    def make_older(self, base):
        """All there is, results last."""
        now = os.stat(base).st_mtime_ns
        for file in base.rglob("*"):
            if file.is_file():
                age = 1 if "output" in file.parts[-2] or "filternet" in file.parts[-2] else 2
                os.utime(file, ns=(now - age * HOUR_NS,) * 2)

    def check_each_touched(self, files, target, label):
        self.assertIn("up to date", self.pipeline(target))
        for file in files:
            with self.subTest(file=file.name):
                before = file.stat().st_mtime_ns
                os.utime(file)
                text = self.pipeline(target, "--dry-run")
                self.assertIn(file.name, text)
                self.assertIn(label, text)
                os.utime(file, ns=(before, before))
                self.assertIn("up to date", self.pipeline(target))

    def check_each_removed(self, files, *command):
        for file in files:
            with self.subTest(file=file.name):
                away = file.with_name("away")
                file.rename(away)
                result = run(*command, cwd=self.folder)
                away.rename(file)
                text = result.stdout + result.stderr
                self.assertEqual(result.returncode, MISSING, text)
                self.assertIn(file.name, text)
                self.assertNotIn("simulated", text)

    def test_simulation(self):
        base = self.network()
        self.pipeline(TARGET, "--keep-plan", "my.mk")
        self.assertTrue((base / "output_plain/v_m.h5").exists())
        inputs = self.prerequisites(self.folder / "my.mk", "simulate")
        names = {file.name for file in inputs}
        for name in ("config_plain.json", "circuit_child.json", "cells_nodes.h5", "cells_node_types.csv", "cells_cells_edges.h5",
                     "inputs_cells_edge_types.csv", "cell.json", "port1.json", "inputs_spikes.h5", "clamp.csv", "sets.json",
                     "mod.csv"):
            self.assertIn(name, names)
        self.make_older(base)
        self.check_each_touched(inputs, TARGET, "simulation of net/output_plain")
        self.check_each_removed(inputs, "simulate", "net/configs/config_plain.json")
        # Each result is a target; one that is gone is made again.
        for name in ("spikes.h5", "spikes.csv", "v_m.h5"):
            (base / "output_plain" / name).unlink()
            self.assertIn("is missing", self.pipeline(f"net/output_plain/{name}", "--dry-run"))
            self.pipeline(f"net/output_plain/{name}")
            self.assertTrue((base / "output_plain" / name).exists())
        # A log is no result.
        (base / "output_plain/log.txt").unlink()
        self.assertIn("up to date", self.pipeline(TARGET))

    def test_no_output_replaces_an_input(self):
        base = self.network()
        config = json.loads((base / "configs/config_plain.json").read_text())
        for name in ("network/cell.json", "network/port1.json", "configs/circuit_child.json", "clamp.csv", "sets.json", "mod.csv"):
            with self.subTest(name=name):
                before = (base / name).read_bytes()
                config["output"]["spikes_file_csv"] = str(base / name)
                (self.folder / "config.json").write_text(json.dumps(dict(config, network=str(base / "configs/circuit_child.json"))))
                result = run("simulate", "config.json", cwd=self.folder)
                self.assertEqual(result.returncode, CONFIGURATION, result.stdout + result.stderr)
                self.assertIn("would overwrite", result.stdout + result.stderr)
                self.assertEqual((base / name).read_bytes(), before)

    def test_lgn(self):
        self.assertEqual(run("build", "tiny", "-q", cwd=self.folder).returncode, 0)
        base = self.folder / "tiny"
        file = base / "configs/config_filternet.json"
        config = json.loads(file.read_text())
        config["run"]["tstop"] = 20.0
        config["inputs"] = {"movie": {"input_type": "movie", "module": "movie", "data_file": "tiny/movie.npy", "frame_rate": 1000.0}}
        config["output"].update(rates_h5="rates.h5", rates_csv="tiny/filternet/rates.csv")
        config["manifest"]["$OUTPUT_DIR"] = "tiny/filternet"
        file.write_text(json.dumps(config))
        np.save(base / "movie.npy", np.random.default_rng(1).uniform(-1, 1, (20, 30, 40)).astype("f4"))
        for target in ("spikes.h5", "spikes.csv", "rates.h5", "rates.csv"):
            self.pipeline(f"tiny/filternet/{target}", "--keep-plan", "my.mk")
            self.assertTrue((base / "filternet" / target).exists())
            (base / "filternet" / target).unlink()
        self.pipeline("tiny/filternet/rates.csv", "--keep-plan", "my.mk")
        inputs = self.prerequisites(self.folder / "my.mk", "lgn")
        self.assertEqual({each.name for each in inputs},
                         {"config_filternet.json", "lgn_nodes.h5", "lgn_node_types.csv", "movie.npy"})
        self.make_older(base)
        self.check_each_touched(inputs, "tiny/filternet/rates.csv", "LGN of tiny/filternet")
        self.check_each_removed(inputs, "lgn", "tiny/configs/config_filternet.json")
        for name in ("movie.npy", "network/lgn_nodes.h5"):
            config["output"]["rates_h5"] = str(base / name)
            before = (base / name).read_bytes()
            (self.folder / "config.json").write_text(json.dumps(dict(config, manifest=dict(config["manifest"], **{"$BASE_DIR": "tiny"}))))
            result = run("lgn", "config.json", cwd=self.folder)
            self.assertEqual(result.returncode, CONFIGURATION, result.stdout + result.stderr)
            self.assertIn("would overwrite", result.stdout + result.stderr)
            self.assertEqual((base / name).read_bytes(), before)

    def test_trials_with_a_child(self):
        """A trial's configuration lies elsewhere than that with the child, and changes sections of its own only."""
        self.assertEqual(run("build", "tiny", "-q", cwd=self.folder).returncode, 0)
        base = self.folder / "tiny"
        (base / "configs/paradigms").mkdir()
        (base / "configs/paradigms/two.yaml").write_text(
            'description: two directions\nduration_ms: 20\ntrials:\n  - angle: [0, 90]\ntrial_name: angle{angle}\n'
            'lgn:\n  template: config_filternet.json\n  folder: filternet_two\n  stimulus: {theta: "{angle}.0", '
            'gray_screen_dur: 5}\n'
            'background: {folder: bkg_two, file: "{name}/spikes.h5", rate_hz: 250, seed: 5}\nruns: two_{option}\n')
        file = base / "configs/config_plain.json"
        config = json.loads(file.read_text())
        child = {key: config.pop(key) for key in ("networks", "components")}
        child["manifest"] = dict(config["manifest"])
        config["network"] = "circuit_child.json"
        file.write_text(json.dumps(config))
        (base / "configs/circuit_child.json").write_text(json.dumps(child))
        target = "tiny/two_plain/angle90/spikes.h5"
        self.pipeline(target)
        self.assertIn("up to date", self.pipeline(target))
        os.utime(base / "network/v1_v1_edges.h5")
        self.assertIn("v1_v1_edges.h5 is newer", self.pipeline(target, "--dry-run"))
        child["run"] = config["run"]
        (base / "configs/circuit_child.json").write_text(json.dumps(child))
        text = self.pipeline(target, code=CONFIGURATION)
        self.assertIn("circuit_child.json", text)
        self.assertIn("section run", text)


if __name__ == "__main__":
    unittest.main()
