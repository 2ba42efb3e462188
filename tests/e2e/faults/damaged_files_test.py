# SPDX-License-Identifier: BSD-3-Clause
"""Files that make the HDF5 library loop for ever or crash: every command ends with 65 and names the file, on one and two
ranks; what was found sound is remembered, and nothing depends on that."""
import os
import subprocess
import time
import unittest

import h5py
import numpy as np

from support import STRIATE, StriateTest, launcher
from support.small_network import Network


def endless_heap(path):
    """The first text of the heap announces so many bytes that the next would begin in the part without texts, where sizes
    are 0: HDF5 1.10 never gets past that. (Objects of a heap: number, uses, four bytes, then the size.)"""
    data = bytearray(path.read_bytes())
    size = data.index(b"GCOL") + 16 + 8
    data[size:size + 8] = (0x800).to_bytes(8, "little")
    path.write_bytes(data)


class DamagedFilesTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.network = Network(self.folder / "net")
        self.network.write()
        self.base = self.folder / "net"
        self.cache = self.folder / "cache"
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(self.cache))

    def run_in_net(self, *words, ranks=1, environment=None):
        launch = launcher(ranks) if ranks > 1 else []
        start = time.time()
        result = subprocess.run([*launch, STRIATE, *map(str, words)], cwd=self.base, text=True, capture_output=True,
                                timeout=120, env=environment or self.environment)
        return result, time.time() - start

    def refused(self, file, *words, ranks=1):
        result, seconds = self.run_in_net(*words, ranks=ranks)
        self.assertEqual(result.returncode, 65, f"{words} on {ranks}: {result.stdout}{result.stderr}")
        self.assertIn(file, result.stdout + result.stderr)
        self.assertLess(seconds, 110)  # 6 s of computing, on a busy machine
        return result

    def age(self, *names):
        """Young files are not remembered."""
        for name in names:
            os.utime(self.base / name, (1e9, 1e9))

    def test_a_heap_without_end(self):
        edges = self.base / "network/v1_v1_edges.h5"
        endless_heap(edges)
        for ranks in (1, 2):
            self.refused("v1_v1_edges.h5", "simulate", "config.json", "-q", ranks=ranks)
            self.refused("v1_v1_edges.h5", "check", "config.json", ranks=ranks)
        self.assertIn("does not come to an end", self.refused("v1_v1_edges.h5", "check", "network/v1_v1_edges.h5").stderr)
        self.refused("v1_v1_edges.h5", "check", "--hash", "network/v1_v1_edges.h5")
        self.refused("v1_v1_edges.h5", "check", "--probe", "network/v1_v1_edges.h5")
        self.assertFalse(os.path.exists(self.base / "output/spikes.h5"))

    def test_the_same_heap_in_other_files(self):
        with h5py.File(self.base / "spikes.h5", "a") as file:
            file["spikes/lgn/timestamps"].attrs["units"] = "ms"
        with h5py.File(self.base / "network/v1_nodes.h5", "a") as file:
            file.create_dataset("nodes/v1/0/label", data=["a"] * 20, dtype=h5py.string_dtype())
        for name in ("spikes.h5", "network/v1_nodes.h5"):
            whole = (self.base / name).read_bytes()
            endless_heap(self.base / name)
            with self.subTest(name):
                self.refused(os.path.basename(name), "simulate", "config.json", "-q")
                self.refused(os.path.basename(name), "check", name)
            (self.base / name).write_bytes(whole)

    def test_sound_files_are_remembered(self):
        result, _ = self.run_in_net("simulate", "config.json", "-q")
        self.assertEqual(result.returncode, 0, result.stderr)
        lists = list(self.cache.rglob("walked_hdf5_*"))
        self.assertFalse(lists and lists[0].read_text())  # made a moment ago
        time.sleep(2.5)
        spikes = (self.base / "output/spikes.csv").read_bytes()
        for ranks in (1, 2, 2):
            result, _ = self.run_in_net("simulate", "config.json", "-q", ranks=ranks)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual((self.base / "output/spikes.csv").read_bytes(), spikes)
            known = next(self.cache.rglob("walked_hdf5_*")).read_text().splitlines()
            self.assertEqual(len(known), 5)  # two files of nodes, two of edges, one of spikes: once each
        endless_heap(self.base / "network/v1_v1_edges.h5")
        self.refused("v1_v1_edges.h5", "simulate", "config.json", "-q")

    def test_without_a_place_to_remember(self):
        (self.folder / "file").write_text("")
        for name, value in (("XDG_CACHE_HOME", str(self.folder / "file")), ("XDG_CACHE_HOME", "relative"), ("HOME", None)):
            environment = {key: text for key, text in os.environ.items() if key not in ("XDG_CACHE_HOME", "HOME")}
            if value is not None:
                environment[name] = value
            for ranks in (1, 2):
                result, _ = self.run_in_net("simulate", "config.json", "-q", ranks=ranks, environment=environment)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_crashing_file_under_check(self):
        """Whatever the library does with random damage, `check` and `simulate` end with a code of their own."""
        rng = np.random.default_rng(3)
        whole = (self.base / "network/v1_v1_edges.h5").read_bytes()
        for _ in range(10):
            data = bytearray(whole)
            for mark in (b"TREE", b"SNOD", b"HEAP"):
                at = data.index(mark) + 4 + int(rng.integers(0, 40))
                data[at] = int(rng.integers(0, 256))
            (self.base / "network/v1_v1_edges.h5").write_bytes(data)
            for words in (("check", "network/v1_v1_edges.h5"), ("simulate", "config.json", "-q")):
                result, _ = self.run_in_net(*words)
                self.assertIn(result.returncode, (0, 65, 78), f"{words}: {result.stdout}{result.stderr}")


if __name__ == "__main__":
    unittest.main()
