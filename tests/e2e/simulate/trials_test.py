# SPDX-License-Identifier: BSD-3-Clause
"""Several configs on one loaded network: each gives, bit for bit, what it gives alone; what cannot run together is
refused before anything is done."""
import json
import unittest

import h5py
import numpy as np

from support import SmallNetwork, StriateTest, h5_contents, run, tiny_config

USAGE, BAD_DATA, MISSING, CONFIGURATION = 2, 65, 66, 78
RANKS = (None, 2, 3)


class TrialsTest(StriateTest):
    def write(self, name, config):
        config["output"] = {**config["output"], "output_dir": str(self.folder / name)}
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(config))
        return file

    def shifted_spikes(self, population, shift):
        """The reference network's input, later."""
        path = self.folder / f"{population}_{shift}.h5"
        with h5py.File(f"{tiny_config()['manifest']['$BASE_DIR']}/inputs/{population}_spikes.h5") as file:
            group = file["spikes"]  # of the old layout
            times, nodes = group["timestamps"][:], group["gids"][:]
        with h5py.File(path, "w") as file:
            file[f"spikes/{population}/timestamps"] = times + shift
            file[f"spikes/{population}/node_ids"] = nodes
        return str(path)

    def configs(self):
        """Trials of different length, inputs, order of inputs, currents and reports."""
        reports = {"end": {"module": "multimeter_report", "cells": "v1", "variable_name": "V_m", "interval": 1.0,
                           "precision": "double", "file_name": "voltages.h5"}}
        full, clamp, silent, swapped = (tiny_config(name) for name in ("plain", "clamp", "plain", "plain"))
        full["run"]["duration"] = 400.0
        full["reports"] = reports
        clamp["run"]["duration"] = 250.0
        clamp["inputs"]["drive"].update(amp=[60.0, -40.0], delay=[20.0, 120.0], duration=[50.0, 300.0])
        clamp["reports"] = {"course": {"module": "multimeter_report", "cells": "v1", "interval": 5.0,
                                       "variable_name": ["I_syn", "V_m", "ASCurrents_sum"], "precision": "double",
                                       "file_name": "currents.h5"}}
        silent["run"]["duration"] = 100.0
        silent["inputs"] = {}
        silent["reports"] = reports
        swapped["run"]["duration"] = 300.0
        swapped["inputs"] = {"b": swapped["inputs"]["BKG_spikes"], "a": swapped["inputs"]["LGN_spikes"]}
        swapped["inputs"]["b"]["input_file"] = self.shifted_spikes("bkg", 7.25)
        swapped["reports"] = reports
        only_bkg = json.loads(json.dumps(full))
        del only_bkg["inputs"]["LGN_spikes"]
        return {"full": full, "clamp": clamp, "silent": silent, "swapped": swapped, "only_bkg": only_bkg,
                "full_again": full}

    def assert_same(self, a, b):
        names = sorted(path.name for path in a.iterdir() if path.suffix in (".h5", ".csv"))
        self.assertGreaterEqual(len(names), 3)
        self.assertEqual(names, sorted(path.name for path in b.iterdir() if path.suffix in (".h5", ".csv")))
        for name in names:
            if name.endswith(".csv"):
                self.assertTrue((a / name).read_bytes() == (b / name).read_bytes(), f"{b / name}")
            else:
                self.assertTrue(h5_contents(a / name) == h5_contents(b / name), f"{b / name}")

    def test_each_as_alone(self):
        configs = self.configs()
        for name, config in configs.items():
            result = run("simulate", "-q", self.write(f"alone_{name}", config))
            self.assertEqual(result.returncode, 0, result.stderr)
        with h5py.File(self.folder / "alone_silent/voltages.h5") as file:
            self.assertEqual(np.ptp(file["report/v1/data"][:], axis=0).max(), 0.0, "nothing moves without input")
        with h5py.File(self.folder / "alone_full/voltages.h5") as file:
            self.assertGreater(np.ptp(file["report/v1/data"][:], axis=0).min(), 0.0)
        for ranks in RANKS:
            files = [self.write(f"on_{ranks}_{name}", config) for name, config in configs.items()]
            timings = self.folder / f"times_{ranks}.json"
            result = run("simulate", *files, "--timings", timings, ranks=ranks)
            self.assertEqual(result.returncode, 0, result.stderr)
            for name in configs:
                with self.subTest(ranks=ranks, name=name):
                    self.assert_same(self.folder / f"alone_{name}", self.folder / f"on_{ranks}_{name}")
                    log = (self.folder / f"on_{ranks}_{name}/log.txt").read_text()
                    self.assertEqual(log.count("synaptic events"), 1, "each log is about its own run")
                    self.assertIn(f"on_{ranks}_{name}.json", log)
            trials = json.loads(timings.read_text())["trials"]
            self.assertEqual([trial["simulated_ms"] for trial in trials],
                             [config["run"]["duration"] for config in configs.values()])

    def small(self, **arguments):
        return SmallNetwork(self.folder, **arguments)

    def refuse(self, code, pattern, *files, untouched=()):
        for ranks in (None, 2):
            result = run("simulate", *files, ranks=ranks)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertRegex(result.stderr, pattern)
            for name in untouched:
                self.assertFalse((self.folder / name).exists(), name)

    def test_one_network(self):
        network = self.small()
        first = self.write("first", network.config)

        def changed(change):
            config = json.loads(json.dumps(network.config))
            change(config)
            return self.write("second", config)

        both = r"first\.json and .*second\.json differ in "
        other = str(self.folder / "other")
        for key, change in {
                "/networks/nodes/1 ": lambda c: c["networks"]["nodes"].pop(),
                "/networks/nodes/0 ": lambda c: c["networks"]["nodes"].reverse(),
                "/networks/edges/1 ": lambda c: c["networks"]["edges"].pop(),
                r"/networks/edges/0 \(types\)": lambda c: c["networks"]["edges"][0].update(edge_types_file=other),
                "/components/synaptic_models_dir": lambda c: c["components"].update(synaptic_models_dir=other),
                "/components/point_neuron_models_dir":
                    lambda c: c["components"].update(point_neuron_models_dir=other),
                r"/run/dt \(0\.25 and 0\.125": lambda c: c["run"].update(dt=0.125)}.items():
            with self.subTest(key=key):
                self.refuse(CONFIGURATION, both + key, first, changed(change), untouched=("first", "second"))

        # The same file by another path is the same file.
        def by_detour(config):
            entry = config["networks"]["nodes"][0]
            entry["nodes_file"] = entry["nodes_file"].replace("cells_nodes.h5", "../" + self.folder.name + "/cells_nodes.h5")

        result = run("simulate", "-q", first, changed(by_detour))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_outputs_and_inputs(self):
        network = self.small()
        first = self.write("first", network.config)
        same = json.loads(json.dumps(network.config))
        second = self.write("second", same)
        self.refuse(USAGE, "-o with 2 configs", first, second, "-o", self.folder / "out", untouched=("out", "first"))
        self.refuse(CONFIGURATION, "would write the same file", first, first, untouched=("first",))
        same["inputs"]["drive"]["input_file"] = str(self.folder / "first/spikes.h5")
        second = self.write("second", same)
        self.refuse(MISSING, "first/spikes.h5", first, second, untouched=("first", "second"))
        self.assertEqual(run("simulate", "-q", first).returncode, 0)
        before = (self.folder / "first/spikes.h5").read_bytes()
        self.refuse(CONFIGURATION, "would overwrite .*first/spikes.h5", first, second, untouched=("second",))
        self.assertTrue((self.folder / "first/spikes.h5").read_bytes() == before)
        del same["inputs"]["drive"]["input_file"]
        self.refuse(CONFIGURATION, r"second\.json:/inputs/drive", first, self.write("second", same))
        self.assertTrue((self.folder / "first/spikes.h5").read_bytes() == before, "nothing was begun")

    def test_protected_output(self):
        """All are asked before any is touched."""
        network = self.small()
        first = self.write("first", network.config)
        network.config["output"]["overwrite_output_dir"] = False
        second = self.write("second", network.config)
        self.assertEqual(run("simulate", "-q", first, second).returncode, 0)
        before = (self.folder / "first/spikes.h5").stat().st_mtime_ns
        self.refuse(CONFIGURATION, "second/.* exists", first, second)
        self.assertEqual((self.folder / "first/spikes.h5").stat().st_mtime_ns, before)

    def test_failure_keeps_what_is_done(self):
        network = self.small()
        first = self.write("first", network.config)
        with h5py.File(self.folder / "bad.h5", "w") as file:
            file["spikes/inputs/timestamps"] = np.array([-1.0])
            file["spikes/inputs/node_ids"] = np.array([0], np.uint64)
        network.config["inputs"]["drive"]["input_file"] = str(self.folder / "bad.h5")
        second = self.write("second", network.config)
        for ranks in (None, 2):
            result = run("simulate", first, second, ranks=ranks)
            self.assertEqual(result.returncode, BAD_DATA, result.stderr)
            self.assertRegex(result.stderr, r"spike time -1.*\(config 2 of 2, .*second\.json; results of those before")
            with h5py.File(self.folder / "first/spikes.h5") as file:
                self.assertGreater(len(file["spikes/cells/timestamps"]), 0)
            self.assertFalse((self.folder / "second/spikes.h5").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
