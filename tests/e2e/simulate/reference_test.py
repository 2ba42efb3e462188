# SPDX-License-Identifier: BSD-3-Clause
"""The program gives NEST's spikes and reports for a real network, on 1, 2, 3 and 4 ranks: in the reference mode, and the
same spikes with merged ports."""
import copy
import unittest

import h5py
import numpy as np

from support import DT, TINY, StriateTest, expected_csv, spikes_of_csv, spikes_of_h5, tiny_config

RANKS = (1, 2, 3, 4)
PRINTED = 0.5e-3  # the reference has three decimals


class ReferenceTest(StriateTest):
    def check_spikes(self, name, output):
        expected = expected_csv(name)
        self.assertTrue(spikes_of_csv((output / "spikes.csv").read_bytes()) == spikes_of_csv(expected))
        self.assertTrue((output / "spikes.csv").read_bytes() == expected, "same spikes, other text or order")
        times, ids = spikes_of_h5(output / "spikes.h5")
        stored = list(zip(ids.tolist(), np.rint(times / DT).astype(int).tolist()))
        self.assertEqual(len(stored), len(set(stored)), "a spike occurs twice")
        self.assertTrue(set(stored) == spikes_of_csv(expected))

    def run_all(self, name, *options):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                for ports in ("reference", "merged"):
                    output = self.simulate(TINY / f"configs/config_{name}.json", "--ports", ports, *options, ranks=ranks)
                    self.check_spikes(name, output)

    def test_plain(self):
        self.run_all("plain")

    def test_current_clamps_and_node_sets(self):
        self.run_all("clamp")

    def test_modfile(self):
        self.run_all("mod", "-m", TINY / "configs/modfile.csv")

    def test_reports(self):
        config = tiny_config("report")
        for name in list(config["reports"]):
            exact = copy.deepcopy(config["reports"][name])
            exact["precision"] = "double"
            exact["file_name"] = "double_" + exact["file_name"]
            config["reports"]["double_" + name] = exact
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                output = self.simulate(config, "--ports", "reference", ranks=ranks)
                self.check_spikes("report", output)
                for file in ("v_l5i.h5", "isyn_l1.h5"):
                    self.check_report(TINY / "expected" / file, output / file, np.float32)
                    self.check_report(TINY / "expected" / file, output / ("double_" + file), np.float64)

    def check_report(self, expected, file, dtype):
        with h5py.File(expected) as reference, h5py.File(file) as written:
            data = reference["report/v1/data"]
            samples = data.attrs["samples"]
            report = written["report/v1"]
            self.assertEqual(report["data"].dtype, dtype)
            self.assertEqual(report["data"].shape[0], 4000, "the last interval is kept")
            self.assertEqual(report["mapping/node_ids"][:].tolist(), reference["report/v1/node_ids"][:].tolist())
            values = report["data"][:][samples].astype(float)
            rounding = np.abs(values) * np.finfo(np.float32).eps / 2 if dtype == np.float32 else 1e-9
            error = np.abs(values - data[:] * data.attrs["scale"])
            self.assertTrue((error <= PRINTED + rounding).all(), f"{file.name}: {error.max()}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
