# SPDX-License-Identifier: BSD-3-Clause
"""Means over populations in reports, and pictures of what was recorded."""
import json
import os
import re
import shutil
import sys
import unittest

import h5py
import numpy as np

from support import ROOT, SmallNetwork, StriateTest, h5_contents, run
from support.results import png_size

sys.path.insert(0, str(ROOT / "python"))
import striate_io as sio  # noqa: E402

VARIABLES = ["V_m", "I_syn", "threshold"]


class TracesTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.base = cls.folder_of_all() / "net"
        for words in (("build", "tiny", "-o", cls.base, "--radius", "30"), ("background", cls.base),
                      ("lgn", cls.base / "configs/config_filternet.json")):
            result = run(*words, "-q")
            assert result.returncode == 0, result.stderr
        cls.config = cls.base / "configs/config_plain.json"
        config = json.loads(cls.config.read_text())
        config["run"]["duration"] = 1000.0
        report = {"module": "multimeter_report", "cells": "v1", "variable_name": VARIABLES, "interval": 2.0, "precision": "double"}
        config["reports"] = {"all": report, "means": {**report, "reduce": "mean"},
                             "few": {**report, "cells": {"population": "v1", "node_id": [90, 3, 9]}, "variable_name": "V_m"}}
        cls.config.write_text(json.dumps(config))
        result = run("simulate", cls.config, "-q")
        assert result.returncode == 0, result.stderr
        cls.output = cls.base / "output_plain"

    def test_means_are_those_of_the_cells(self):
        nodes = sio.nodes(self.base)
        names = nodes["pop_name"]
        for variable in VARIABLES:
            every, means = (sio.report(self.output / f"{name}.h5", variable=variable) for name in ("all", "means"))
            self.assertEqual(len(means["pop_name"]), len(set(names)))
            self.assertEqual(means["cells"].sum(), names.size)
            np.testing.assert_array_equal(every["time_ms"], means["time_ms"])
            for column, name in enumerate(means["pop_name"]):
                mine = every["data"][:, names[every["node_id"]] == name]
                self.assertEqual(mine.shape[1], means["cells"][column])
                np.testing.assert_allclose(means["data"][:, column], mine.mean(axis=1), rtol=1e-13)
                self.assertEqual(names[means["node_id"][column]], name)  # also for those who know nothing of means
        self.assertGreater(np.ptp(means["data"]), 0.1)
        one = sio.report(self.output / "means.h5", variable="V_m", cells=["e4other"])
        self.assertEqual((one["data"].shape[1], list(one["pop_name"])), (1, ["e4other"]))
        with self.assertRaisesRegex(sio.StriateIOError, "holds means of"):
            sio.report(self.output / "means.h5", variable="V_m", cells=["e4"])
        self.assertEqual(run("check", self.output / "means.h5").returncode, 0)

    def test_means_on_ranks_and_after_a_pause_are_the_same_bits(self):
        self.simulate(self.config, "-q", ranks=3, output="ranks")
        stopped = run("simulate", self.config, "-o", self.folder / "paused", "--stop-after", "300ms", "-q")
        self.assertEqual(stopped.returncode, 75, stopped.stderr)
        self.simulate(self.config, "--resume", "-q", ranks=2, output="paused")
        for folder in ("ranks", "paused"):
            self.assertEqual(h5_contents(self.folder / folder / "means.h5"), h5_contents(self.output / "means.h5"), folder)

    def test_means_without_names_and_refusals(self):
        network = SmallNetwork(self.folder)
        report = {"module": "multimeter_report", "cells": "cells", "variable_name": "V_m", "reduce": "mean"}
        network.config["reports"] = {"v": report, "each": {**report, "reduce": None}}
        output = self.simulate(network.config)
        mean, each = (sio.report(output / f"{name}.h5") for name in ("v", "each"))
        self.assertEqual((list(mean["pop_name"]), list(mean["cells"])), (["cells"], [3]))
        np.testing.assert_allclose(mean["data"][:, 0], each["data"].mean(axis=1), rtol=1e-6)
        config = self.folder / "config.json"
        for value, text in (("median", "must be mean"), (1, "reduce"), ("mean", "have no pop_name")):
            network.config["reports"]["v"]["reduce"] = value
            types = "node_type_id pop_name model_type model_template dynamics_params\n"
            if value == "mean":  # one of two types has a name
                with h5py.File(self.folder / "cells_nodes.h5", "a") as file:
                    file["nodes/cells/node_type_id"][0] = 8
                (self.folder / "cells_node_types.csv").write_text(
                    types + "".join(f"{k} {name} point_process nest:glif_psc_double_alpha cell.json\n" for k, name in ((7, "a"), (8, "NULL"))))
            config.write_text(json.dumps(network.config))
            for words in (("simulate", config), ("simulate", config, "--dry-run"), ("check", config)):
                result = run(*words)
                self.assertIn(result.returncode, (65, 78), words)
                self.assertIn(text, result.stdout + result.stderr)

    def texts(self, *words):
        picture = self.folder / "p.svg"
        self.do("plot", *words, "-o", picture)
        return [text.strip() for text in re.findall(r"<text>([^<]*)</text>", picture.read_text())]

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_traces(self):
        texts = self.texts("traces", self.base, "--report", "few")
        names = sio.nodes(self.base)["pop_name"]
        for node in (3, 9, 90):
            self.assertIn(f"node {node} ({names[node]})", texts)
        self.assertTrue(any(text.startswith("net, plain, report few: 3 of 3 recorded cells, spikes above") for text in texts), texts)
        self.assertTrue(any("grating" in text for text in texts), texts)
        self.assertIn("V_m (mV)", texts)
        texts = self.texts("traces", self.base, "--report", "all.h5", "--cells", "7", names[90], "--from", "500", "--to", "700")
        self.assertEqual([text for text in texts if text.startswith("node ")],
                         [f"node 7 ({names[7]})", f"node {list(names).index(names[90])} ({names[90]})"])
        self.assertTrue({"V_m", "threshold", "I_syn (pA)", "mV", "500", "700"} <= set(texts), texts)
        means = self.texts("traces", self.base, "--report", "means", "--variables", "V_m")
        self.assertTrue({"L2/3", "L4", "L5", "L6"} <= set(means), means)
        for name in ("e4other (", "L1: i1Htr3a ("):
            self.assertTrue(any(text.startswith(name) for text in means), means)
        self.do("plot", "traces", self.base, "--report", "few")
        self.assertEqual(png_size(self.base / "figures/traces_plain.png")[0], 2160)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_spikes_are_those_of_the_cells(self):
        found = sio.spikes(self.base, "plain")
        node = np.bincount(found["node_id"]).argmax()
        times = found["time_ms"][(found["node_id"] == node) & (found["time_ms"] >= 100) & (found["time_ms"] <= 600)]
        self.assertGreater(times.size, 1)
        picture = self.folder / "p.svg"

        def ticks(*words):
            """Times of upright strokes of the colour of spikes, by the ends of the axis."""
            self.do("plot", "report", self.output / "all.h5", "--cells", node, "--variables", "V_m", "--from", "100", "--to", "600",
                    "-o", picture, *words)
            text = picture.read_text()
            left, right = re.findall(r"M([\d.]+),[\d.]+ L\1,[\d.]+ L([\d.]+),", text)[-1]
            places = [float(x) for path in re.findall(r"<path stroke='rgb\( *32, *32, *32\)' +d='(M[^']*)'", text)
                      for x in re.findall(r"M([\d.]+),[\d.]+\s+L\1,[\d.]+(?=\s+M|\s+$)", path)]
            return 100 + 500 * (np.sort(places) - float(left)) / (float(right) - float(left))
        np.testing.assert_allclose(ticks(), times, atol=0.5)
        none = self.folder / "none.csv"
        none.write_text("timestamps population node_ids\n")
        self.assertEqual(ticks("--spikes", none).size, 0)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_other_reports_and_refusals(self):
        texts = self.texts("report", self.output / "few.h5")
        self.assertIn("node 90", texts)
        self.refuse(2, "several reports", "plot", "traces", self.base)
        self.refuse(66, "no report none", "plot", "traces", self.base, "--report", "none")
        self.refuse(66, "no folder", "plot", "traces", self.base, "absent")
        few = self.output / "few.h5"
        for code, text, *words in ((2, "no cell 4 in", "--cells", 4), (2, "3 cells were recorded: 3 9 90", "--cells", 4),
                                   (2, "did you mean V_m", "--variables", "V_n"), (2, "--population", "--population", "lgn"),
                                   (2, "not two samples", "--from", 999, "--to", 1000), (65, "is no report", "--lgn-config", "x")):
            file = few if code == 2 else self.output / "spikes.h5"
            self.refuse(code, text, "plot", "report", file, *words, "-o", self.folder / "x.png")
        self.refuse(2, "panels", "plot", "report", self.output / "all.h5", "--cells", *range(20), "-o", self.folder / "x.png")
        self.refuse(2, "single cells", "plot", "report", self.output / "means.h5", "--spikes", self.output / "spikes.h5")
        other = self.folder / "spikes.h5"
        shutil.copy(self.output / "spikes.h5", other)
        with h5py.File(other, "a") as file:
            file.attrs["striate_config"] = "0" * 32
        self.refuse(65, "of another run", "plot", "report", few, "--spikes", other, "-o", self.folder / "x.png")
        self.assertFalse((self.folder / "x.png").exists())
        # What the LGN saw is drawn only as long as its spikes are those that were read.
        spikes = self.base / "filternet/spikes.h5"
        before = spikes.stat()
        self.addCleanup(os.utime, spikes, ns=(before.st_atime_ns, before.st_mtime_ns))
        spikes.touch()
        result = self.do("plot", "report", few, "-o", self.folder / "y.svg")
        self.assertIn("the stimulus is not drawn", result.stdout + result.stderr)
        self.assertNotIn("grating", (self.folder / "y.svg").read_text())
        result = self.do("plot", "report", few, "-o", self.folder / "y.svg", "--lgn-config", self.base / "configs/config_filternet.json")
        self.assertIn("grating", (self.folder / "y.svg").read_text())


if __name__ == "__main__":
    unittest.main()
