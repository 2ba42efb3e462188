# SPDX-License-Identifier: BSD-3-Clause
"""`striate build`: the same network on any number of ranks, one that `striate check` and `striate simulate` accept,
never over an existing one unasked."""
import json
import unittest

import h5py
import numpy as np

from support import ROOT, StriateTest, run


class BuildTest(StriateTest):
    def do(self, *arguments, ranks=None):
        result = run(*arguments, ranks=ranks)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

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

    def test_simulate(self):
        self.build("net")
        base = self.folder / "net"
        self.do("check", base)
        rng = np.random.default_rng(1)
        (base / "bkg").mkdir()
        with h5py.File(base / "bkg/bkg_spikes_250Hz_3s.h5", "w") as file:
            group = file.create_group("spikes/bkg")
            counts = rng.poisson(250, 100)
            group["timestamps"] = np.sort(rng.uniform(0.01, 1000, counts.sum()))
            group["node_ids"] = rng.permutation(np.repeat(np.arange(100, dtype="u8"), counts))
        config = json.loads((base / "configs/config_bkg.json").read_text())
        config["run"]["duration"] = 1000.0
        (base / "configs/config_bkg.json").write_text(json.dumps(config))
        self.do("simulate", "-q", base / "configs/config_bkg.json", "-o", self.folder / "out", ranks=2)
        with h5py.File(self.folder / "out/spikes.h5") as file:
            self.assertGreater(len(file["spikes/v1/timestamps"]), 100)

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
