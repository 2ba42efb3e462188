# SPDX-License-Identifier: BSD-3-Clause
"""`striate build`: the same network on any number of ranks, one that `striate check` and `striate simulate` accept,
never over an existing one unasked."""
import json
import re
import unittest

import h5py
import numpy as np

from support import ROOT, StriateTest, run


def widen(path):
    """Writes a file's numbers anew as earlier versions did: 64 bits, and every value stored."""
    with h5py.File(path, "r+") as file:
        datasets = []
        file.visititems(lambda name, item: datasets.append(name) if isinstance(item, h5py.Dataset) else None)
        for name in datasets:
            values, attributes = file[name][:], dict(file[name].attrs)
            if values.dtype.kind not in "uf":
                continue
            del file[name]
            file[name] = values.astype("f8" if values.dtype.kind == "f" else "u8")
            file[name].attrs.update(attributes)


class BuildTest(StriateTest):
    def build(self, base, ranks=None, *options, network="tiny"):
        return self.do("build", network, "-q", "-o", self.folder / base, *options, ranks=ranks)

    def hashes(self, base):
        text = self.do("check", self.folder / base, "--hash").stdout
        self.assertGreater(len(text.splitlines()), 200)
        return text

    def test_ranks(self):
        for ranks in (None, 2, 3, 4):
            self.build(f"on_{ranks}", ranks)
            with self.subTest(ranks=ranks):
                self.assertEqual(self.hashes(f"on_{ranks}"), self.hashes("on_None"))
        self.build("other_seed", None, "--seed", "154")
        self.assertNotEqual(self.hashes("other_seed"), self.hashes("on_None"))

    def prepare_run(self, base):
        """A second of background input; its configuration."""
        rng = np.random.default_rng(1)
        (base / "bkg").mkdir()
        with h5py.File(base / "bkg/bkg_spikes_250Hz_3s.h5", "w") as file:
            group = file.create_group("spikes/bkg")
            counts = rng.poisson(250, 100)
            group["timestamps"] = np.sort(rng.uniform(0.01, 1000, counts.sum()))
            group["node_ids"] = rng.permutation(np.repeat(np.arange(100, dtype="u8"), counts))
        path = base / "configs/config_bkg.json"
        config = json.loads(path.read_text())
        config["run"]["duration"] = 1000.0
        config["reports"] = {"v": {"module": "multimeter_report", "cells": "v1", "variable_name": "V_m",
                                   "file_name": "v.h5", "precision": "double"}}
        path.write_text(json.dumps(config))
        return path

    def simulate(self, config, output, ranks=None):
        self.do("simulate", "-q", config, "-o", self.folder / output, ranks=ranks)
        with h5py.File(self.folder / output / "spikes.h5") as file:
            spikes = sorted(zip(file["spikes/v1/timestamps"][:], file["spikes/v1/node_ids"][:]))
        with h5py.File(self.folder / output / "v.h5") as file:
            return spikes, file["report/v1/data"][:]

    def test_simulate(self):
        self.build("net")
        base = self.folder / "net"
        self.do("check", base)
        spikes, _ = self.simulate(self.prepare_run(base), "out", ranks=2)
        self.assertGreater(len(spikes), 100)

    def test_files_of_64_bits_give_the_same_spikes_and_states(self):
        self.build("net")
        base = self.folder / "net"
        config = self.prepare_run(base)
        spikes, states = self.simulate(config, "narrow")
        sizes = {}
        for name in ("v1_v1", "lgn_v1", "bkg_v1"):
            path = base / f"network/{name}_edges.h5"
            sizes[name] = path.stat().st_size
            widen(path)
            self.assertGreater(path.stat().st_size, 2 * sizes[name])
        for name in ("v1", "lgn", "bkg"):
            widen(base / f"network/{name}_nodes.h5")
        self.do("check", base)
        for ranks in (None, 2, 3):
            with self.subTest(ranks=ranks):
                wide_spikes, wide_states = self.simulate(config, f"wide_{ranks}", ranks)
                self.assertEqual(wide_spikes, spikes)
                np.testing.assert_array_equal(wide_states, states)

    def test_bytes_are_estimated_and_the_index_by_source_can_be_left_out(self):
        units = {"kB": 1e3, "MB": 1e6, "GB": 1e9}
        sizes = {}
        for options in ((), ("--no-source-index",)):
            text = self.do("build", "small", "--dry-run", *options).stdout
            amount, unit = re.search(r"disk: about ([0-9.]+) (\w+) in all", text).groups()
            central, least, most = map(float, re.search(r"time: about ([0-9.]+) s \(([0-9.]+) to ([0-9.]+);", text).groups())
            self.assertLess(least, central)
            self.assertLess(central, most)
            base = self.folder / f"small{len(options)}"
            self.do("build", "small", "-q", "-o", base, *options)
            sizes[options] = sum(path.stat().st_size for path in base.rglob("*") if path.is_file())
            self.assertAlmostEqual(float(amount) * units[unit] / sizes[options], 1, delta=0.04)
        rows = 4386024 + 5228573
        self.assertLess(sizes[()] / rows, 24)
        self.assertLess(sizes[("--no-source-index",)] / rows, 18)

    def test_overwrite(self):
        self.build("net")
        before = self.hashes("net")
        (self.folder / "net/network/notes.txt").write_text("mine")
        refused = run("build", "tiny", "-q", "-o", self.folder / "net")
        self.assertNotEqual(refused.returncode, 0)
        self.build("net", None, "--force")
        self.assertTrue((self.folder / "net/network/notes.txt").exists())
        (self.folder / "net/network/notes.txt").unlink()
        self.assertEqual(self.hashes("net"), before)

    def test_l4_only(self):
        keep = ("e4Nr5a1", "e4Rorb", "e4Scnn1a", "e4other", "i4Vip", "i4Pvalb", "i4Sst")
        table = (ROOT / "configs/v1/populations.csv").read_text().splitlines()
        names = [line.split(",")[0] for line in table if line and not line.startswith(("#", "population"))]
        others = ", ".join(name for name in names if name not in keep)
        text = "extends: tiny\npopulations: {delete: [" + others + "]}\n"
        (self.folder / "l4.yaml").write_text(text)
        self.build("l4", network=self.folder / "l4.yaml")
        self.do("check", self.folder / "l4")
        with h5py.File(self.folder / "l4/network/v1_nodes.h5") as file:
            self.assertGreater(len(file["nodes/v1/node_id"]), 300)

    def test_dry_run(self):
        result = self.do("build", "full", "--dry-run", "-o", self.folder / "net")
        self.assertIn("e23Cux2", result.stdout)
        self.assertFalse((self.folder / "net").exists())


if __name__ == "__main__":
    unittest.main()
