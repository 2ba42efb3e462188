# SPDX-License-Identifier: BSD-3-Clause
"""Cohorts and tuning on a network of our own: node sets, silencing, background weights, adjusted weights."""
import csv
import json
import shutil
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

from support import StriateTest, run, spikes_of_h5


def tables(path, separator):
    with open(path) as file:
        return list(csv.DictReader(file, delimiter=separator))


class CohortsTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.built = Path(tempfile.mkdtemp(prefix="striate_e2e_cohorts_"))
        cls.addClassCleanup(shutil.rmtree, cls.built, ignore_errors=True)
        cls.base = cls.built / "tiny"
        for words in (("build", "tiny", "-o", cls.base, "--radius", 30), ("lgn", cls.base / "configs/config_filternet.json"),
                      ("background", cls.base)):
            result = run(*words)
            assert result.returncode == 0, result.stderr
        with h5py.File(cls.base / "network/v1_nodes.h5") as file:
            cls.types = file["nodes/v1/node_type_id"][:]
        rows = tables(cls.base / "network/v1_node_types.csv", " ")
        cls.population = {int(row["node_type_id"]): row["pop_name"] for row in rows}
        cls.names = np.array([cls.population[each] for each in cls.types])

    def run_ok(self, *words, ranks=None):
        result = run(*words, ranks=ranks)
        self.assertEqual(result.returncode, 0, f"{words}, {ranks} ranks:\n{result.stdout}{result.stderr}")
        return result

    def test_node_sets_do_not_depend_on_ranks(self):
        made = {}
        for ranks in (1, 2, 3):
            output = self.folder / f"on_{ranks}"
            for kind in ("outgoing-weight", "outgoing-synapses", "incoming-weight", "celltype-highlow", "celltypes"):
                options = () if kind == "celltypes" else ("--weights", "plain", "--core-radius", 20)
                self.run_ok("nodesets", kind, self.base, "-o", output, *options, ranks=ranks)
            made[ranks] = {path.name: path.read_bytes() for path in output.iterdir()}
        # Ranked kinds write 45 files and a provenance; the sets of classes by weight have 6 names of their own.
        self.assertEqual(len(made[1]), 3 * 46 + 6 + 3)
        self.assertEqual(made[1], made[2])
        self.assertEqual(made[1], made[3])

        with h5py.File(self.base / "network/v1_v1_edges.h5") as file:
            edges = file["edges/v1_to_v1"]
            outgoing = np.zeros(len(self.names))
            np.add.at(outgoing, edges["source_node_id"][:].astype(int), np.abs(edges["0/syn_weight"][:]))
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            core = np.hypot(file["nodes/v1/0/x"][:], file["nodes/v1/0/z"][:]) < 20
        layer_4 = np.flatnonzero(core & np.char.startswith(self.names, "e4"))
        high = layer_4[np.argsort(-outgoing[layer_4], kind="stable")][:len(layer_4) // 3]
        ids = json.loads(made[1]["high_outgoing_exc_core_nodes.json"])["node_id"]
        self.assertGreater(len(high), 3)
        self.assertEqual([each for each in ids if self.names[each].startswith("e4")], sorted(high))
        self.assertEqual(json.loads(made[1]["pv_nodes.json"])["node_id"],
                         [i for i, name in enumerate(self.names) if name.endswith("Pvalb")])

    def test_silenced_cells_are_silent_and_others_fire(self):
        self.run_ok("nodesets", "celltypes", self.base)
        self.run_ok("nodesets", "silence", self.base, "pv_neg1000", "--from-option", "plain")
        config = self.base / "configs/config_pv_neg1000.json"
        self.run_ok("nodesets", "silence", self.base, "pv_neg1000", "--from-option", "plain")  # the same: no complaint
        before = config.read_text()
        result = run("nodesets", "silence", self.base, "pv_neg1000")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--overwrite", result.stderr)
        self.assertEqual(config.read_text(), before)

        silenced = np.isin(np.arange(len(self.names)), json.loads(before)["node_sets"]["pv_suppressed"]["node_id"])
        self.assertEqual(set(self.names[silenced]), {name for name in self.names if name.endswith("Pvalb")})
        rates = {}
        for option in ("plain", "pv_neg1000"):
            self.run_ok("simulate", self.base / f"configs/config_{option}.json")
            times, nodes = spikes_of_h5(self.base / f"output_{option}/spikes.h5")
            nodes = nodes.astype(int)
            late = (times >= 2) & (times < 3000)
            rates[option] = (late & silenced[nodes]).sum(), (late & ~silenced[nodes]).sum()
        self.assertGreater(rates["plain"][0], 100)
        self.assertEqual(rates["pv_neg1000"][0], 0)
        self.assertGreater(rates["pv_neg1000"][1], rates["plain"][1])  # less inhibition

    def test_what_cannot_be_silenced(self):
        self.run_ok("nodesets", "celltypes", self.base)
        result = run("nodesets", "silence", self.base, "pv_neg100")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean pv_neg1000?", result.stderr)
        result = run("nodesets", "silence", self.base, "inh_low_core_neg1000")
        self.assertEqual(result.returncode, 66)
        self.assertIn("striate nodesets", result.stderr)
        (self.base / "node_sets/sst_nodes.json").write_text('{"population": "v1", "node_id": []}')
        result = run("nodesets", "silence", self.base, "sst_neg1000")
        self.assertEqual(result.returncode, 78, result.stderr)
        self.run_ok("nodesets", "silence", self.base, "pv_neg1000", "--amp", -50, "--from-option", "plain")
        config = json.loads((self.base / "configs/config_pv_neg50.json").read_text())
        self.assertEqual(config["inputs"]["PVClamp"]["amp"], -50.0)
        self.assertEqual(config["manifest"]["$OUTPUT_DIR"], "$BASE_DIR/output_pv_neg50")

    def test_background_weights_move_rates_to_their_targets(self):
        base = self.folder / "tiny"
        shutil.copytree(self.base, base)
        table = base / "network/bkg_v1_edge_types.csv"
        original = table.read_bytes()
        first = self.run_ok("tune", "background", base, "--iterations", 8, "--adjusted-only", ranks=2)
        self.assertIn("iteration 8", first.stderr)
        self.assertEqual(table.read_bytes(), original)
        adjusted = base / "network/bkg_v1_edge_types_adjusted.csv"
        of_two_ranks = adjusted.read_bytes()
        self.run_ok("tune", "background", base, "--iterations", 8)
        self.assertEqual(adjusted.read_bytes(), of_two_ranks)
        self.assertEqual(table.read_bytes(), of_two_ranks)
        self.assertEqual((base / "network/bkg_v1_edge_types_before_tuning.csv").read_bytes(), original)

        rows = [row for row in tables(base / "metrics/background_tuning.csv", ",") if row["solved"] != "no_cells"]
        weights = {row["target_query"].split("'")[1]: float(row["syn_weight"]) for row in tables(table, " ")}
        self.assertEqual({row["node_type_id"]: float(row["weight(pA)"]) for row in rows},
                         {row["node_type_id"]: weights[row["node_type_id"]] for row in rows})
        # The bracket of 64 pA was halved six times; what remains is at most as steep as the rates rise.
        error = [abs(float(row["rate(Hz)"]) - float(row["target(Hz)"])) / float(row["target(Hz)"]) for row in rows]
        self.assertLess(np.median(error), 0.25)

        # The table is what the simulator uses: the tuned medians come out again.
        self.run_ok("simulate", base / "configs/config_bkgtune.json", "-o", self.folder / "again")
        times, nodes = spikes_of_h5(self.folder / "again/spikes.h5")
        counts = np.bincount(nodes.astype(int), minlength=len(self.types))
        for row in rows:
            cells = self.types == int(row["node_type_id"])
            self.assertAlmostEqual(np.median(counts[cells]) / 10, float(row["rate(Hz)"]), places=9)

    def test_adjusted_weights_are_those_of_the_modfile(self):
        self.run_ok("metrics", "if-curves", self.base, "--step", 20)
        self.run_ok("metrics", "target-current", self.base)
        made = {}
        for ranks in (1, 2, 3):
            output = self.folder / f"on_{ranks}"
            self.run_ok("adjust", self.base, "-o", output, "--target-currents", self.base / "metrics/target_currents.csv",
                        ranks=ranks)
            made[ranks] = {path.name: path.read_bytes() for path in output.iterdir()}
        self.assertEqual(made[1], made[2])
        self.assertEqual(made[1], made[3])
        factors = {}
        for row in tables(self.folder / "on_1/modulation.csv", " "):
            self.assertEqual(row["operation"], {"e": "*", "i": "/"}[row["src_substring"]])
            factors.setdefault(row["trg_substring"], float(row["value"]))
        self.assertEqual(len(factors), 19)
        self.assertGreater(len(set(factors.values())), 10)
        of_cell = np.array([next(value for text, value in factors.items() if text in name) for name in self.names])
        weights = {}
        for suffix in ("", "_adjusted"):
            with h5py.File(self.base / f"network/v1_v1_edges{suffix}.h5") as file:
                weights[suffix] = file["edges/v1_to_v1/0/syn_weight"][:]
                targets = file["edges/v1_to_v1/target_node_id"][:].astype(int)
        factor, plain = of_cell[targets], weights[""]
        np.testing.assert_array_equal(weights["_adjusted"], np.where(plain >= 0, plain * factor, plain / factor))

        # A simulation with the modfile gives the spikes of the adjusted network.
        self.run_ok("simulate", self.base / "configs/config_adjusted.json", "-o", self.folder / "adjusted")
        self.run_ok("simulate", self.base / "configs/config_plain.json", "-m", self.folder / "on_1/modulation.csv", "-o",
                    self.folder / "modified")
        adjusted, modified = (spikes_of_h5(self.folder / name / "spikes.h5") for name in ("adjusted", "modified"))
        self.assertGreater(len(adjusted[0]), 1000)
        np.testing.assert_array_equal(adjusted[0], modified[0])
        np.testing.assert_array_equal(adjusted[1], modified[1])


if __name__ == "__main__":
    unittest.main()
