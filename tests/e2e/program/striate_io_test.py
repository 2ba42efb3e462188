# SPDX-License-Identifier: BSD-3-Clause
"""python/striate_io.py reads what the program writes, and says what is missing; with and without pandas."""
import csv
import json
import os
import subprocess
import sys
import unittest

import h5py
import numpy as np

from support import DT, ROOT, TINY, SmallNetwork, StriateTest, run, tiny_config

sys.path.insert(0, str(ROOT / "python"))
import striate_io as sio  # noqa: E402


class StriateIoTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.base = cls.folder_of_all() / "net"
        for words in (("build", "tiny", "-o", cls.base, "--radius", "30", "-q"), ("lgn", cls.base / "configs/config_filternet.json", "-q"),
                      ("background", cls.base, "-q")):
            result = run(*words)
            assert result.returncode == 0, result.stderr
        file = cls.base / "configs/config_plain.json"
        config = json.loads(file.read_text())
        config["run"]["duration"] = 1000.0
        config["reports"] = {"two": {"module": "multimeter_report", "cells": {"population": "v1", "node_id": [3, 90, 9]},
                                     "variable_name": ["V_m", "I_syn"], "file_name": "two.h5", "interval": 1.0}}
        file.write_text(json.dumps(config))
        result = run("simulate", file, "-q")
        assert result.returncode == 0, result.stderr

    def refused(self, text, function, *arguments, **options):
        with self.assertRaises(sio.StriateIOError) as caught:
            function(*arguments, **options)
        self.assertIn(text, str(caught.exception))

    def test_nodes(self):
        cells = sio.nodes(self.base)
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            group = file["nodes/v1"]
            np.testing.assert_array_equal(cells["node_id"], group["node_id"][:])
            np.testing.assert_array_equal(cells["x"], group["0/x"][:])
            type_ids = group["node_type_id"][:]
        with open(self.base / "network/v1_node_types.csv", encoding="utf-8") as file:
            names = {int(row["node_type_id"]): row["pop_name"] for row in csv.DictReader(file, delimiter=" ")}
        self.assertEqual(list(cells["pop_name"]), [names[k] for k in type_ids])
        self.assertEqual({len(column) for column in cells.values()}, {type_ids.size})
        self.assertIn("kpeaks_dom_0", sio.nodes(self.base, "lgn"))
        self.assertNotIn("pop_name", sio.nodes(self.base, with_types=False))
        self.assertEqual(list(sio.nodes(self.base / "network")["node_id"]), list(cells["node_id"]))
        self.refused("there are bkg_nodes.h5, lgn_nodes.h5, v1_nodes.h5", sio.nodes, self.base, "v2")

    def test_values_of_nodes_come_before_those_of_types(self):
        """Two groups of nodes, one of which has a value that the type has too, and one of its own."""
        SmallNetwork(self.folder, cells=4)
        (self.folder / "cells_node_types.csv").write_text('node_type_id model_type depth note\n7 virtual 5.5 "a b"\n')
        with h5py.File(self.folder / "cells_nodes.h5", "a") as file:
            group = file["nodes/cells"]
            group["node_group_id"][:], group["node_group_index"][:] = [1, 0, 1, 0], [1, 0, 0, 1]
            group["1/x"], group["1/depth"], group["0/depth"] = [10.0, 20.0], [1.0, 2.0], [3.0, 4.0]
        cells = sio.nodes(self.folder, "cells")
        np.testing.assert_array_equal(cells["x"], [20.0, np.nan, 10.0, np.nan])
        np.testing.assert_array_equal(cells["depth"], [2.0, 3.0, 1.0, 4.0])
        self.assertEqual(list(cells["note"]), ["a b"] * 4)

    def test_edges(self):
        every = sio.edges(self.base)
        with h5py.File(self.base / "network/v1_v1_edges.h5") as file:
            np.testing.assert_array_equal(every["syn_weight"], file["edges/v1_to_v1/0/syn_weight"][:])
        self.assertEqual(every["n_syns_"].dtype, np.int64)
        targets, sources = [5, 6, 200, 201, 350], range(100, 300)
        with h5py.File(self.base / "network/v1_v1_edges.h5") as file:
            copy = self.folder / "v1_v1_edges.h5"
            with h5py.File(copy, "w") as without_index:
                file.copy("edges", without_index)
                del without_index["edges/v1_to_v1/indices"]
        for folder in (self.base, self.folder):
            for chosen, mask in (({"targets": targets}, np.isin(every["target_node_id"], targets)),
                                 ({"sources": sources}, np.isin(every["source_node_id"], sources)),
                                 ({"targets": targets, "sources": sources},
                                  np.isin(every["target_node_id"], targets) & np.isin(every["source_node_id"], sources)),
                                 ({"targets": []}, np.zeros(every["target_node_id"].size, bool))):
                found = sio.edges(folder, **chosen)
                self.assertEqual(list(found), list(every))
                for name in every:
                    np.testing.assert_array_equal(found[name], every[name][mask])
        self.assertGreater(np.isin(every["target_node_id"], targets).sum(), 100)
        self.assertEqual(list(sio.edges(self.base, columns=["syn_weight"])), ["syn_weight"])
        background = sio.edges(self.base, source="bkg", columns=["edge_type_id", "syn_weight", "delay"])
        table = sio.edge_types(self.base, "bkg")
        weights = dict(zip(table["edge_type_id"], table["syn_weight"]))
        self.assertEqual([weights[k] for k in background["edge_type_id"]], list(background["syn_weight"]))
        self.refused("no column charm", sio.edges, self.base, columns=["charm"])
        self.refused("there are bkg_v1_edges.h5, lgn_v1_edges.h5, v1_v1_edges.h5", sio.edges, self.base, "bio_trained")
        self.refused("does not exist", sio.edges, self.base, targets=[10**6])

    def test_spikes_and_rates(self):
        found = sio.spikes(self.base, "plain")
        with open(self.base / "output_plain/spikes.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter=" "))
        self.assertEqual([int(row["node_ids"]) for row in rows], list(found["node_id"]))
        self.assertEqual([float(row["timestamps"]) for row in rows], list(found["time_ms"]))
        late = sio.spikes(self.base / "output_plain", start_ms=found["time_ms"][10], end_ms=found["time_ms"][-1])
        self.assertEqual(late["time_ms"][0], found["time_ms"][10])
        self.assertLess(late["time_ms"][-1], found["time_ms"][-1])
        self.assertGreater(sio.spikes(self.base / "filternet")["time_ms"].size, 100)
        self.refused("there are output_plain", sio.spikes, self.base, "absent")
        result = run("metrics", "rates", self.base, "plain", "--from", "500", "--to", "900")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(self.base / "metrics/rates_plain.csv", encoding="utf-8") as file:
            table = list(csv.DictReader(file, delimiter=" "))
        cells = sio.rates(self.base, start_ms=500, end_ms=900)
        self.assertEqual([int(row["node_id"]) for row in table], list(cells["node_id"]))
        np.testing.assert_allclose([float(row["rate(Hz)"]) for row in table], cells["rate_hz"])
        self.assertGreater(cells["rate_hz"].sum(), 100)
        self.assertAlmostEqual(sio.rates(self.base)["rate_hz"].sum(), found["node_id"].size)  # of a second
        self.refused("ends at 1000 ms", sio.rates, self.base, end_ms=3000)
        self.refused("start_ms=900", sio.rates, self.base, start_ms=900, end_ms=900)

    def test_of_other_networks(self):
        spikes = self.folder / "spikes.h5"
        spikes.write_bytes((self.base / "output_plain/spikes.h5").read_bytes())
        self.refused("give end_ms", sio.rates, self.base, run=spikes)
        with h5py.File(spikes, "a") as file:
            file.attrs["striate_run_id"] = "another"
        self.refused("another network", sio.rates, self.base, run=spikes, end_ms=1000)
        with h5py.File(spikes, "a") as file:
            del file.attrs["striate_run_id"]
            file["spikes/v1/node_ids"][0] = 10**6
        self.refused("nodes that", sio.rates, self.base, run=spikes, end_ms=1000)
        with h5py.File(spikes, "a") as file:
            file.copy("spikes/v1", "spikes/v2")
            file["spikes/v2/timestamps"].attrs["units"] = "seconds"
        self.refused("say which", sio.spikes, spikes)
        self.assertEqual(sio.spikes(spikes, population="v2")["time_ms"][0], 1000 * sio.spikes(spikes, population="v1")["time_ms"][0])

    def test_report(self):
        file = self.base / "output_plain/two.h5"
        self.refused("several variables", sio.report, file)
        whole = sio.report(file, variable="V_m")
        with h5py.File(file) as h5:
            np.testing.assert_array_equal(whole["data"], h5["report/v1/data"][:])
        self.assertEqual((whole["data"].shape, list(whole["node_id"]), whole["units"]), ((1000, 3), [3, 9, 90], "mV"))
        np.testing.assert_array_equal(whole["time_ms"], np.arange(1, 1001))
        part = sio.report(file, variable="I_syn", cells=[90, 3], start_ms=100, end_ms=103)
        self.assertEqual((list(part["time_ms"]), list(part["node_id"]), part["units"]), ([100, 101, 102], [3, 90], "pA"))
        with h5py.File(file) as h5:
            np.testing.assert_array_equal(part["data"], h5["report/v1/I_syn"][99:102][:, [0, 2]])
        self.refused("does not record the cells [4]", sio.report, file, variable="V_m", cells=[4])
        self.refused("no variable charm", sio.report, file, variable="charm")
        self.refused("no group /report", sio.report, self.base / "output_plain/spikes.h5")
        self.refused("no such file", sio.report, self.base / "absent.h5")

    def test_files_of_the_reference(self):
        """Those of BMTK, of which nothing of ours knows more."""
        self.assertEqual(set(sio.edges(TINY)["syn_weight"].shape), set(sio.edges(TINY)["source_node_id"].shape))
        file = self.folder / "config.json"
        file.write_text(json.dumps(tiny_config()))
        output = self.simulate(file)
        found = sio.spikes(output)
        self.assertEqual(found["time_ms"].size, sio.spikes(output / "spikes.h5")["node_id"].size)
        np.testing.assert_allclose(found["time_ms"] / DT, np.round(found["time_ms"] / DT))
        self.assertEqual(round(sio.rates(TINY, run=output, end_ms=10.0)["rate_hz"].sum() / 100),
                         (found["time_ms"] < 10.0).sum())

    def test_tables(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("pandas is not installed")
        self.assertEqual(run("metrics", "rates", self.base, "plain", "--from", "0", "--to", "900").returncode, 0)
        table = sio.table(self.base, "rates_plain")
        self.assertIn("rate(Hz)", table.columns)
        self.assertIn("mean", sio.table(self.base / "metrics/rates_by_type_plain.csv").columns)
        self.assertEqual(pandas.DataFrame(sio.rates(self.base)).groupby("pop_name").rate_hz.mean().index.name, "pop_name")
        self.refused("there are rates_by_type_plain, rates_plain", sio.table, self.base, "rates")

    def test_without_pandas(self):
        (self.folder / "pandas.py").write_text("raise ImportError('hidden')")
        program = (f"import striate_io as sio\nprint(len(sio.rates({str(self.base)!r})['rate_hz']))\n"
                   f"try: sio.table({str(self.base)!r}, 'rates_plain')\nexcept sio.StriateIOError as error: print(error)")
        result = subprocess.run([sys.executable, "-B", "-c", program], text=True, capture_output=True,
                                env={**os.environ, "PYTHONPATH": f"{self.folder}:{ROOT / 'python'}"})
        self.assertEqual(result.returncode, 0, result.stderr)
        count, message = result.stdout.splitlines()
        self.assertEqual(int(count), sio.nodes(self.base)["node_id"].size)
        self.assertIn("python3-pandas", message)


if __name__ == "__main__":
    unittest.main()
