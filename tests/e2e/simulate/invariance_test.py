# SPDX-License-Identifier: BSD-3-Clause
"""Same bytes on every run and on every number of ranks: spikes, reports, and the voltages of all neurons."""
import json
import unittest

import h5py
import numpy as np

from support import StriateTest, h5_contents, tiny_config

RANKS = (1, 2, 3, 4, 7)
FILES = ("spikes.h5", "voltages.h5", "currents.h5")


def one_second():
    config = tiny_config("plain")
    config["run"]["duration"] = 1000.0
    config["reports"] = {
        "end": {"module": "multimeter_report", "cells": "v1", "variable_name": "V_m", "interval": 1.0,
                "precision": "double", "file_name": "voltages.h5"},
        "course": {"module": "multimeter_report", "cells": {"population": "v1", "location": "VisL4"},
                   "variable_name": ["I_syn", "V_m", "ASCurrents_sum"], "interval": 5.0, "file_name": "currents.h5"},
    }
    return config


class InvarianceTest(StriateTest):
    def test_ranks(self):
        alone = self.simulate(one_second(), output="alone")  # without mpirun
        with h5py.File(alone / "voltages.h5") as file:
            voltages = file["report/v1/data"][:]
        self.assertEqual((voltages.shape, voltages.dtype), ((1000, 1141), np.float64))
        self.assertGreater(len(np.unique(voltages)), 1000, "neurons have their own voltages")
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                output = self.simulate(one_second(), ranks=ranks, output=f"on_{ranks}")
                with h5py.File(output / "voltages.h5") as file:
                    different = (file["report/v1/data"][:].view(np.uint64) != voltages.view(np.uint64)).sum()
                self.assertEqual(different, 0, "neurons whose voltage differs in some bit")
                self.assertTrue((output / "spikes.csv").read_bytes() == (alone / "spikes.csv").read_bytes())
                for file in FILES:
                    self.assertTrue(h5_contents(output / file) == h5_contents(alone / file), file)

    def test_single_state(self):
        """Neither ranks nor reports, which cut the steps, change what single precision gives."""
        def voltages(output):
            with h5py.File(output / "voltages.h5") as file:
                return file["report/v1/data"][:]

        alone = self.simulate(one_second(), "--state", "single", output="single")
        exact = self.simulate(one_second(), output="exact")
        single = voltages(alone)
        self.assertGreater((single != voltages(exact)).sum(), 0.9 * single.size)
        self.assertTrue((alone / "spikes.csv").read_bytes() == (exact / "spikes.csv").read_bytes())
        often, never = one_second(), one_second()
        often["reports"]["course"]["interval"] = 0.25
        del never["reports"]
        for ranks, config in ((3, one_second()), (2, often), (None, never)):
            with self.subTest(ranks=ranks, reports=list(config.get("reports", ()))):
                output = self.simulate(config, "--state", "single", ranks=ranks, output="again")
                self.assertTrue((output / "spikes.csv").read_bytes() == (alone / "spikes.csv").read_bytes())
                if "reports" in config:
                    self.assertTrue((voltages(output) == single).all())

    def test_single_state_refused(self):
        config = tiny_config("plain")
        file = self.folder / "config.json"
        file.write_text(json.dumps(config))
        self.refuse(2, "leave out one of them", "simulate", file, "--state", "single", "--ports", "reference")
        self.refuse(2, "unknown --state half", "simulate", file, "--state", "half")
        config["run"]["dt"] = 0.5
        config["output"]["output_dir"] = str(self.folder / "output")
        file.write_text(json.dumps(config))
        self.refuse(78, "--state single on a network with delays of 2 time steps", "simulate", file, "--state", "single")

    def test_repetition(self):
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                first = self.simulate(one_second(), ranks=ranks, output="first")
                second = self.simulate(one_second(), ranks=ranks, output="second")
                for file in ("spikes.csv", *FILES):
                    self.assertTrue((first / file).read_bytes() == (second / file).read_bytes(), file)


if __name__ == "__main__":
    unittest.main(verbosity=2)
