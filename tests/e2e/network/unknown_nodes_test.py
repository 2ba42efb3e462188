# SPDX-License-Identifier: BSD-3-Clause
"""Spikes and edges that name nodes which do not exist are refused by all that read them, as `simulate` refuses them:
none counts them for another cell or leaves them out in silence."""
import shutil
import unittest

import h5py
import numpy as np

from support import TINY, StriateTest, run

SPIKE_IDS = (1141, 2**32 - 1, 2**32, 2**63 - 1)  # the network has 1141 cells
EDGE_ENDS = (10**6, 2**32)
READ_SPIKES = (("metrics", "rates"), ("metrics", "fano"), ("plot", "raster"), ("report",))
READ_EDGES = (("metrics", "weights"), ("nodesets", "outgoing-weight"), ("nodesets", "outgoing-synapses"))


def replace(file, dataset, index, value):
    values, attributes = file[dataset][:].astype("u8"), dict(file[dataset].attrs)
    values[index] = value
    del file[dataset]
    file[dataset] = values
    file[dataset].attrs.update(attributes)


class UnknownNodesTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.base = self.folder / "tiny"
        shutil.copytree(TINY, self.base)
        self.run_folder = self.base / "output_plain"
        self.run_folder.mkdir()

    def write_spikes(self, last):
        ids = np.concatenate([np.arange(1141), [last]]).astype("i8")
        with h5py.File(self.run_folder / "spikes.h5", "w") as file:
            group = file.create_group("spikes/v1")
            group["timestamps"] = np.linspace(1, 2999, len(ids))
            group["timestamps"].attrs["units"] = "ms"
            group["node_ids"] = ids

    def command(self, words):
        option = [] if words[0] == "nodesets" else ["plain"]
        where = ["--weights", "plain"] if words[0] == "nodesets" else []
        picture = ["-o", self.folder / "raster.png"] if words[0] == "plot" else []
        return [*words, self.base, *option, *where, *picture]

    def refused(self, command, node, ranks=None):
        result = run(*command, ranks=ranks)
        text = result.stdout + result.stderr
        self.assertEqual(result.returncode, 65, f"{command}\n{text}")
        self.assertIn(f"unknown node {node} ", text)

    def test_spikes(self):
        self.write_spikes(1140)
        for words in READ_SPIKES:
            with self.subTest(words=words, ids="right"):
                result = run(*self.command(words))
                self.assertNotEqual(result.returncode, 65, result.stdout + result.stderr)
                self.assertNotIn("unknown node", result.stdout + result.stderr)
        for node in SPIKE_IDS:
            self.write_spikes(node)
            for words in READ_SPIKES:
                with self.subTest(words=words, node=node):
                    self.refused(self.command(words), node)
            with self.subTest(words="check", node=node):
                self.refused(["check", self.run_folder / "spikes.h5"], node)
        self.refused(self.command(("metrics", "rates")), SPIKE_IDS[-1], ranks=2)

    def test_edges(self):
        edges = self.base / "network/v1_v1_edges.h5"
        with h5py.File(edges) as file:
            originals = {end: file[f"edges/v1_to_v1/{end}_node_id"][7] for end in ("source", "target")}
        for end, original in originals.items():
            for node in EDGE_ENDS:
                with h5py.File(edges, "r+") as file:
                    replace(file, f"edges/v1_to_v1/{end}_node_id", 7, node)
                for words in READ_EDGES:
                    with self.subTest(words=words, end=end, node=node):
                        self.refused(self.command(words), node)
                for path in (self.base, edges):
                    with self.subTest(words="check", path=path.name, end=end, node=node):
                        self.refused(["check", path], node)
            with h5py.File(edges, "r+") as file:
                replace(file, f"edges/v1_to_v1/{end}_node_id", 7, original)


if __name__ == "__main__":
    unittest.main()
