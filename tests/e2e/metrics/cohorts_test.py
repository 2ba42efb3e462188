# SPDX-License-Identifier: BSD-3-Clause
"""Cohorts and tuning on a network of our own: node sets, silencing, background weights, adjusted weights."""
import csv
import json
import re
import shutil
import unittest

import h5py
import numpy as np

from support import ROOT, StriateTest, run, spikes_of_h5

# How names of populations begin, and the cell types' labels, in the labels' order.
TYPES = {"i1H": "L1_Inh", "e2": "L2/3_Exc", "i23P": "L2/3_PV", "i23S": "L2/3_SST", "i23V": "L2/3_VIP", "e4": "L4_Exc",
         "i4P": "L4_PV", "i4S": "L4_SST", "i4V": "L4_VIP", "e5ET": "L5_ET", "e5IT": "L5_IT", "e5NP": "L5_NP",
         "i5P": "L5_PV", "i5S": "L5_SST", "i5V": "L5_VIP", "e6": "L6_Exc", "i6P": "L6_PV", "i6S": "L6_SST",
         "i6V": "L6_VIP"}


def tables(path, separator):
    with open(path) as file:
        return list(csv.DictReader(file, delimiter=separator))


class CohortsTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.built = cls.folder_of_all()
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
        # Ranked kinds write 45 files and a provenance; the sets of classes by weight and by synapses have 6 names more.
        self.assertEqual(len(made[1]), 3 * 46 + 6 + 6 + 3)
        self.assertEqual(made[1], made[2])
        self.assertEqual(made[1], made[3])

        with h5py.File(self.base / "network/v1_v1_edges.h5") as file:
            edges = file["edges/v1_to_v1"]
            outgoing = np.zeros(len(self.names))
            np.add.at(outgoing, edges["source_node_id"][:].astype(int), np.abs(edges["0/syn_weight"][:]))
            synapses = np.zeros(len(self.names))
            np.add.at(synapses, edges["source_node_id"][:].astype(int), edges["0/n_syns_"][:])
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            core = np.hypot(file["nodes/v1/0/x"][:], file["nodes/v1/0/z"][:]) < 20
        layer_4 = np.flatnonzero(core & np.char.startswith(self.names, "e4"))
        high = layer_4[np.argsort(-outgoing[layer_4], kind="stable")][:len(layer_4) // 3]
        ids = json.loads(made[1]["high_outgoing_exc_core_nodes.json"])["node_id"]
        self.assertGreater(len(high), 3)
        self.assertEqual([each for each in ids if self.names[each].startswith("e4")], sorted(high))
        # By synapses, sets whose names have no region hold core cells alone, as the reference's do.
        for name, belongs in (("{}_outgoing_synapsecount_exc", lambda name: name[0] == "e"),
                              ("{}_outgoing_synapsecount_inh", lambda name: name[0] == "i"),
                              ("pv_{}_outgoing_synapsecount", lambda name: name.endswith("Pvalb"))):
            expected = {"high": [], "low": []}
            for layer in ("1", "23", "4", "5", "6"):
                cells = np.array([i for i in np.flatnonzero(core) if belongs(self.names[i])
                                  and re.match("[ei]([0-9]+)", self.names[i])[1] == layer], int)
                ranked = cells[np.argsort(-synapses[cells], kind="stable")]
                expected["high"] += list(ranked[:len(cells) // 3])
                expected["low"] += list(ranked[len(cells) - len(cells) // 3:])
            for level, cells in expected.items():
                self.assertGreater(len(cells), 2)
                self.assertEqual(json.loads(made[1][f"{name.format(level)}_nodes.json"])["node_id"], sorted(cells))
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

    def currents_from(self, source, source_rows, rates):
        """[source row][type] pA into a core cell: sum of n w tau e over edges, over the number of cells, times the rate."""
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            core = np.hypot(file["nodes/v1/0/x"][:], file["nodes/v1/0/z"][:]) < 200
        of_type = {int(row["edge_type_id"]): row for row in tables(self.base / f"network/{source}_v1_edge_types.csv", " ")}
        models = {int(row["node_type_id"]): json.loads((self.base / "components/cell_models" / row["dynamics_params"]).read_text())
                  for row in tables(self.base / "network/v1_node_types.csv", " ")}
        with h5py.File(self.base / f"network/{source}_v1_edges.h5") as file:
            edges = file[f"edges/{source}_to_v1"]
            sources, targets = edges["source_node_id"][:].astype(int), edges["target_node_id"][:].astype(int)
            kinds = edges["edge_type_id"][:]
            weights = edges["0/syn_weight"][:] if "syn_weight" in edges["0"] else \
                np.array([float(of_type[kind]["syn_weight"]) for kind in kinds])
            if source == "v1":
                weights = weights * edges["0/n_syns_"][:]
        ports = {kind: json.loads((self.base / "components/synaptic_models" / row["dynamics_params"]).read_text())["receptor_type"] - 1
                 for kind, row in of_type.items()}
        sums = np.zeros((len(rates), len(TYPES)))
        column = [next(i for i, prefix in enumerate(TYPES) if name.startswith(prefix)) for name in self.names]
        for edge in np.flatnonzero(core[targets]):
            model, port = models[self.types[targets[edge]]], ports[kinds[edge]]
            tau_s = (model["tau_syn_fast"][port] + model["tau_syn_slow"][port] * model["amp_slow"][port]) / 1000
            sums[source_rows(sources[edge]), column[targets[edge]]] += weights[edge] * tau_s * np.e
        cells = np.bincount(np.array(column)[core], minlength=len(TYPES))
        return sums / cells * np.array(rates)[:, None]

    def expected_factors(self):
        """Factor by prefix, computed without the program: alpha E + I / alpha = target - background - LGN."""
        lines = (ROOT / "configs/reference/neuropixels.csv").read_text().splitlines()
        recorded = {row["cell_type"]: np.mean([float(value) for value in row["values"].split()])
                    for row in csv.DictReader(line for line in lines if not line.startswith("#"))
                    if row["metric"] == "average_rate"}
        column = [next(i for i, prefix in enumerate(TYPES) if name.startswith(prefix)) for name in self.names]
        rates = [recorded["L5_Exc" if label in ("L5_ET", "L5_IT", "L5_NP") else label] for label in TYPES.values()]
        recurrent = self.currents_from("v1", lambda cell: column[cell], rates)
        background = self.currents_from("bkg", lambda cell: 0, [250])[0]
        lgn = self.currents_from("lgn", lambda cell: 0, [6.13])[0]
        target = {row["cell_type"]: float(row["target_current"]) for row in tables(self.base / "metrics/target_currents.csv", " ")}
        factors = {}
        for i, (prefix, label) in enumerate(TYPES.items()):
            needed = target[label] - background[i] - lgn[i]
            excitation = sum(recurrent[s, i] for s, name in enumerate(TYPES) if name[0] == "e")
            inhibition = sum(recurrent[s, i] for s, name in enumerate(TYPES) if name[0] == "i" and name != "i1H")
            roots = np.roots([excitation, -needed, inhibition]) if excitation else np.array([inhibition / needed])
            self.assertTrue(np.isreal(roots).all())
            factors[prefix] = next(root for root in sorted(roots.real, reverse=True) if root > 0)
        return factors

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
        expected = self.expected_factors()
        self.assertEqual(list(factors), list(expected))
        np.testing.assert_allclose(list(factors.values()), list(expected.values()), rtol=1e-9)
        of_cell = np.array([next(value for text, value in factors.items() if text in name) for name in self.names])
        weights = {}
        for suffix in ("", "_adjusted"):
            with h5py.File(self.base / f"network/v1_v1_edges{suffix}.h5") as file:
                weights[suffix] = file["edges/v1_to_v1/0/syn_weight"][:]
                targets = file["edges/v1_to_v1/target_node_id"][:].astype(int)
        factor, plain = of_cell[targets], weights[""]
        adjusted = np.where(plain >= 0, plain * factor, plain / factor).astype(plain.dtype)  # in place, in the file's type
        np.testing.assert_array_equal(weights["_adjusted"], adjusted)

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
