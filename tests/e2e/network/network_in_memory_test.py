# SPDX-License-Identifier: BSD-3-Clause
"""`striate simulate --network`: the same spikes and reports, bit for bit, as from the files of `striate build`, on any
number of ranks, with the options that change a network; and what it refuses."""
import json
import unittest

import h5py
import numpy as np

from support import ROOT, StriateTest, h5_contents, run

USAGE, CONFIGURATION, MISSING = 2, 78, 66
NETWORKS = {"plain": (), "small_radius": ("--radius", "60", "--seed", "5"),
            "unlike": ("--no-like-to-like", "--fluctuate", "--small-lgn", "--bkg-units", "7", "--bkg-connections", "3"),
            "apart": ("--no-recurrent", "--unitary-psp", "computed")}
RANKS = (None, 2, 3)


class NetworkInMemoryTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.base = cls.folder_of_all()
        rng = np.random.default_rng(3)
        for name, options in NETWORKS.items():
            result = run("build", "tiny", "-q", "-o", cls.base / name, *options)
            assert result.returncode == 0, result.stderr
            for population, rate in (("lgn", 10.0), ("bkg", 250.0)):
                with h5py.File(cls.base / name / f"network/{population}_nodes.h5") as file:
                    nodes = len(file[f"nodes/{population}/node_id"])
                counts = rng.poisson(0.5 * rate, nodes)
                with h5py.File(cls.base / name / f"{population}_spikes.h5", "w") as file:
                    group = file.create_group(f"spikes/{population}")
                    group["timestamps"] = rng.uniform(0.01, 500, counts.sum())
                    group["node_ids"] = np.repeat(np.arange(nodes, dtype="u8"), counts)

    def config(self, network="plain", kind="plain"):
        """A run of the built network, also with node sets of attributes of all kinds."""
        base = self.base / network
        config = json.loads((base / f"configs/config_{kind}.json").read_text())
        config["manifest"]["$BASE_DIR"] = str(base)
        config["run"]["duration"] = 500.0
        for key, population in (("LGN_spikes", "lgn"), ("BKG_spikes", "bkg")):
            if key in config["inputs"]:
                config["inputs"][key]["input_file"] = str(base / f"{population}_spikes.h5")
        config["inputs"]["pulse"] = {"input_type": "current_clamp", "module": "IClamp", "node_set": "central", "amp": 40.0,
                                     "delay": 100.0, "duration": 200.0}
        config["node_sets"] = {"central": {"population": "v1", "ei": "e", "x": {"$lt": 20.0}, "tuning_angle": {"$gt": 90}}}
        config["reports"] = {
            "v": {"module": "multimeter_report", "cells": "v1", "variable_name": ["V_m", "I_syn"], "interval": 2.0,
                  "precision": "double", "file_name": "v.h5"},
            "sst": {"module": "multimeter_report", "cells": {"population": "v1", "pop_name": ["i23Sst", "i4Sst"]},
                    "variable_name": "V_m", "interval": 2.0, "file_name": "sst.h5"}}
        return config

    def assert_same(self, a, b, different=False, same_config=True):
        equal = (a / "spikes.csv").read_bytes() == (b / "spikes.csv").read_bytes()
        self.assertEqual(equal, not different)
        if different:
            return
        self.assertGreater(len((a / "spikes.csv").read_text().splitlines()), 100)
        for name in ("spikes.h5", "v.h5", "sst.h5"):
            contents = [h5_contents(folder / name) for folder in (a, b)]
            hashes = {each["/"][0].pop("striate_config") for each in contents}
            self.assertEqual(len(hashes), 1 if same_config else 2, name)
            self.assertTrue(contents[0] == contents[1], name)

    def test_same_as_files(self):
        for name, options in NETWORKS.items():
            files = self.simulate(self.config(name), "-q", output=f"{name}_files")
            for ranks in RANKS:
                with self.subTest(name=name, ranks=ranks):
                    made = self.simulate(self.config(name), "-q", "--network", "tiny", *options, ranks=ranks,
                                         output=f"{name}_{ranks}")
                    self.assert_same(files, made)
        # The options matter: without them it is another network.
        self.assert_same(self.folder / "small_radius_files",
                         self.simulate(self.config("small_radius"), "-q", "--network", "tiny", "--radius", "60",
                                       output="other_seed"), different=True)

    def test_parts(self):
        """A config's entries choose the parts and their order; without any it is all of them."""
        for kind in ("bkg", "lgn", "lgnbkg"):
            with self.subTest(kind=kind):
                config = self.config(kind=kind)
                files = self.simulate(config, "-q", output="files")
                self.assert_same(files, self.simulate(config, "-q", "--network", "tiny", ranks=2, output="made"))
        config = self.config()
        files = self.simulate(config, "-q", output="files")
        for key in ("networks", "components"):
            del config[key]
        self.assert_same(files, self.simulate(config, "-q", "--network", "tiny", output="made"), same_config=False)

    def test_modfile(self):
        """Which rows apply is decided by the first edge of a type, here as in the file."""
        modfile = ROOT / "tests/data/tiny/configs/modfile.csv"
        plain = self.simulate(self.config(), "-q", output="plain")
        files = self.simulate(self.config(), "-q", "-m", modfile, output="files")
        self.assert_same(plain, files, different=True)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                made = self.simulate(self.config(), "-q", "-m", modfile, "--network", "tiny", ranks=ranks,
                                     output=f"made_{ranks}")
                self.assert_same(files, made)

    def test_several_configs(self):
        files = []
        for name, duration in (("a", 500.0), ("b", 300.0)):
            config = self.config()
            config["run"]["duration"] = duration
            config["output"]["output_dir"] = str(self.folder / name)
            if name == "a":
                config["inputs"].pop("LGN_spikes")
            files.append(self.folder / f"{name}.json")
            files[-1].write_text(json.dumps(config))
        result = run("simulate", "-q", "--network", "tiny", "--config", *files, ranks=2)
        self.assertEqual(result.returncode, 0, result.stderr)
        for name, file in zip("ab", files):
            self.assert_same(self.simulate(file, "-q", output=f"alone_{name}"), self.folder / name)

    def test_dry_run(self):
        file = self.folder / "config.json"
        file.write_text(json.dumps(self.config()))
        result = run("simulate", "-q", "--network", "tiny", file, "--dry-run", "-o", self.folder / "out")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("lgn_to_v1", result.stdout)
        self.assertFalse((self.folder / "out").exists())

    def refuse(self, code, pattern, config, *options):
        file = self.folder / "config.json"
        file.write_text(json.dumps(config))
        for ranks in (None, 2):
            result = run("simulate", file, "-o", self.folder / "out", *options, ranks=ranks)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertRegex(result.stderr, pattern)
            self.assertFalse((self.folder / "out").exists())

    def test_refusals(self):
        config = self.config()
        self.refuse(USAGE, "--radius without --network", config, "--radius", "60")
        self.refuse(CONFIGURATION, "unknown network|did you mean", config, "--network", "tinny")
        self.refuse(MISSING, "none.yaml", config, "--network", "none.yaml")
        self.refuse(CONFIGURATION, "radius", config, "--network", "tiny", "--radius", "-1")
        trained = self.config(kind="bio_trained")
        self.refuse(CONFIGURATION, r"v1_v1_edges_bio_trained\.h5, which is no part of the network 'tiny'", trained,
                    "--network", "tiny")
        del config["networks"]
        self.refuse(CONFIGURATION, "networks", config)
        config["reports"]["sst"]["cells"] = "nobody"
        self.refuse(CONFIGURATION, "nobody", config, "--network", "tiny")


if __name__ == "__main__":
    unittest.main(verbosity=2)
