# SPDX-License-Identifier: BSD-3-Clause
"""Values of single nodes and edges, populations of spike files, delays: each counts, or is refused with its place.

What counts is compared with the network that says the same in the plainest way: one type for each cell or edge.
"""
import json
import unittest

import h5py
import numpy as np

from support import CELL, SmallNetwork, StriateTest, run

CELLS, INPUTS = 6, 4
TEMPLATE = "nest:glif_psc_double_alpha"
THRESHOLDS = [-50.0, -62.0, -55.0, -50.0, -66.0, -58.0]
AMPS = [[-50.0, 20.0], [-10.0, 0.0], [-300.0, 5.0], [-50.0, 20.0], [0.0, -40.0], [-120.0, 60.0]]
RECEPTORS = {"tau_syn_fast": [2.0, 6.0], "tau_syn_slow": [5.0, 15.0], "amp_slow": [0.3, 0.2]}


def cell(node):
    return {**CELL, **RECEPTORS, "V_th": THRESHOLDS[node], "asc_amps": AMPS[node]}


def vlen(texts):
    return np.array(texts, dtype=h5py.string_dtype())


class Values(SmallNetwork):
    """The network of these tests: two receptors, weights that tell cells apart."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, cells=CELLS, inputs=INPUTS, recurrent=15.0, driven=500.0)
        (self.folder / "cell.json").write_text(json.dumps({**CELL, **RECEPTORS}))
        (self.folder / "port2.json").write_text('{"receptor_type": 2}')
        for node in range(CELLS):
            (self.folder / f"cell{node}.json").write_text(json.dumps(cell(node)))
        self.config["output"]["output_dir"] = str(self.folder / "output")

    def change(self, file, change):
        with h5py.File(self.folder / file, "r+") as opened:
            change(opened)

    def nodes(self, change):
        self.change("cells_nodes.h5", lambda file: change(file["nodes/cells"]))

    def edges_of(self, source, change):
        self.change(f"{source}_cells_edges.h5", lambda file: change(file[f"edges/{source}_to_cells"]))

    def table(self, name, text):
        (self.folder / name).write_text(text)

    def write(self):
        file = self.folder / "config.json"
        file.write_text(json.dumps(self.config))
        return file


def one_type_per_cell(network):
    network.nodes(lambda nodes: nodes["node_type_id"].write_direct(np.arange(CELLS, dtype="u8")))
    network.table("cells_node_types.csv", "node_type_id model_type model_template dynamics_params\n" + "".join(
        f"{node} point_process {TEMPLATE} cell{node}.json\n" for node in range(CELLS)))


class SilentValuesTest(StriateTest):
    def network(self, name="net"):
        return Values(self.folder / name)

    def spikes(self, network, ranks=None):
        output = self.simulate(network.write(), ranks=ranks, output=f"out_{network.folder.name}_{ranks}")
        return (output / "spikes.csv").read_text()

    def both(self, network, code, *parts):
        """`check` and `simulate` refuse with the same code, both naming `parts`."""
        config = network.write()
        for command in ("check", "simulate"):
            result = run(command, config)
            text = result.stdout + result.stderr
            self.assertEqual(result.returncode, code, f"{command}: {text}")
            for part in parts:
                self.assertIn(part, text, command)

    def warned(self, network, *parts):
        """`simulate` warns and `check` notes the same; gives the spikes."""
        config = network.write()
        checked = run("check", config)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        result = run("simulate", config)
        self.assertEqual(result.returncode, 0, result.stderr)
        for part in parts:
            self.assertIn(part, checked.stdout)
            self.assertIn(part, result.stderr)
        return (network.folder / "output/spikes.csv").read_text()

    # --- nodes ----------------------------------------------------------------------------------------------

    def expected(self):
        network = self.network("expected")
        one_type_per_cell(network)
        spikes = self.spikes(network)
        counts = {node: sum(line.endswith(f" {node}") for line in spikes.splitlines()) for node in range(CELLS)}
        self.assertGreater(len(set(counts.values())), 3, counts)  # the cells do differ
        return spikes

    def test_parameters_of_single_nodes(self):
        expected = self.expected()
        files = [f"cell{node}.json" for node in range(CELLS)]

        def library(nodes):
            nodes["0/dynamics_params"] = np.array([3, 1, 2, 0, 4, 5], "i4")
            nodes["0/@library/dynamics_params"] = vlen([files[i] for i in (3, 1, 2, 0, 4, 5)])

        def groups(nodes):
            """Group 1 holds nodes 5, 1 and 3 in this order, as files; group 0 the others, as single parameters."""
            nodes["node_group_id"][...] = [0, 1, 0, 1, 0, 1]
            nodes["node_group_index"][...] = [2, 1, 0, 2, 1, 0]
            nodes["0/dynamics_params/V_th"] = np.array(THRESHOLDS)[[2, 4, 0]]
            nodes["0/dynamics_params/asc_amps"] = np.array(AMPS)[[2, 4, 0]]
            nodes["1/dynamics_params"] = vlen([files[5], files[1], files[3]])

        def no_table(nodes):
            del nodes["node_type_id"]
            nodes["node_type_id"] = np.full(CELLS, -1)
            nodes["0/model_type"] = vlen(["point_process", "point_neuron"] * 3)
            nodes["0/model_template"] = np.array([TEMPLATE.encode()] * CELLS, "S40")
            nodes["0/dynamics_params"] = np.array([name.encode() for name in files], "S12")

        def parameters(nodes):
            nodes["0/dynamics_params/V_th"] = THRESHOLDS
            nodes["0/dynamics_params/asc_amps"] = AMPS
            nodes["0/dynamics_params/after_spike_currents"] = np.ones(CELLS, "i1")

        forms = {
            "files": lambda nodes: nodes.create_dataset("0/dynamics_params", data=vlen(files)),
            "fixed": lambda nodes: nodes.create_dataset("0/dynamics_params",
                                                        data=np.array([name.encode() for name in files], "S20")),
            "json": lambda nodes: nodes.create_dataset("0/dynamics_params",
                                                       data=vlen([json.dumps(cell(node)) for node in range(CELLS)])),
            "library": library, "groups": groups, "no_table": no_table, "parameters": parameters,
        }
        for name, change in forms.items():
            with self.subTest(form=name):
                network = self.network(name)
                network.nodes(change)
                if name == "no_table":
                    del network.config["networks"]["nodes"][0]["node_types_file"]
                self.assertEqual(self.spikes(network), expected)
                self.assertEqual(self.spikes(network, ranks=2), expected)

        network = self.network("json_in_table")
        one_type_per_cell(network)
        quoted = ['"' + json.dumps(cell(node)).replace('"', '""') + '"' for node in range(CELLS)]
        network.table("cells_node_types.csv", "node_type_id model_type model_template dynamics_params\n" + "".join(
            f"{node} point_process {TEMPLATE} {quoted[node]}\n" for node in range(CELLS)))
        self.assertEqual(self.spikes(network), expected)

    def test_classes_of_single_lgn_cells(self):
        """pop_name in nodes.h5 before that of the type: all of one type, each with the name of its former type."""
        base = self.folder / "tiny"
        made = run("build", "tiny", "-o", base, "--radius", 30)
        self.assertEqual(made.returncode, 0, made.stderr)
        spikes = []
        for own in (False, True):
            if own:
                columns, *rows = [line.split() for line in (base / "network/lgn_node_types.csv").read_text().splitlines()]
                name = {int(row[columns.index("node_type_id")]): row[columns.index("pop_name")] for row in rows}
                with h5py.File(base / "network/lgn_nodes.h5", "r+") as file:
                    types = file["nodes/lgn/node_type_id"]
                    self.assertGreater(len({name[int(each)] for each in types[:]}), 3)
                    file["nodes/lgn/0/pop_name"] = vlen([name[int(each)] for each in types[:]])
                    types[...] = types[0]
            done = run("lgn", base / "configs/config_filternet.json", "-o", self.folder / f"own_{own}")
            self.assertEqual(done.returncode, 0, done.stderr)
            spikes.append((self.folder / f"own_{own}/spikes.csv").read_text())
        self.assertGreater(len(spikes[0]), 1000)
        self.assertEqual(*spikes)

    def test_virtual_nodes_among_neurons(self):
        """Nodes 6 to 9 of the cells' own population do what the population of inputs does elsewhere."""
        expected = self.network("apart")
        one_type_per_cell(expected)
        network = self.network("mixed")

        def nodes(group):
            for name in ("node_id", "node_type_id", "node_group_id", "node_group_index"):
                del group[name]
            group["node_type_id"] = np.full(CELLS + INPUTS, 7)
            group["0/model_type"] = vlen(["point_process"] * CELLS + ["virtual"] * INPUTS)
            group["0/dynamics_params"] = vlen([f"cell{node}.json" for node in range(CELLS)] + ["NULL"] * INPUTS)

        network.nodes(nodes)
        network.table("cells_node_types.csv", f"node_type_id model_template\n7 {TEMPLATE}\n")
        network.edges_of("inputs", lambda edges: edges["source_node_id"].write_direct(
            edges["source_node_id"][:] + np.uint64(CELLS)))
        network.edges_of("inputs", lambda edges: edges["source_node_id"].attrs.create("node_population", "cells"))
        network.spikes("cells", [(10.0 + 20.0 * i, CELLS + node) for node in range(INPUTS) for i in range(4)])
        network.config["inputs"]["drive"] |= {"input_file": str(network.folder / "cells_spikes.h5"),
                                              "node_set": {"model_type": "virtual"}}
        del network.config["networks"]["nodes"][1]
        self.assertEqual(self.spikes(network), self.spikes(expected))
        self.assertEqual(self.spikes(network, ranks=2), self.spikes(expected))
        network.spikes("cells", [(10.0, CELLS), (12.0, 1)])
        result = run("simulate", network.write())
        self.assertIn("1 of 2 spikes", result.stderr)
        self.assertIn("are of neurons", result.stderr)

    def test_values_of_nodes_that_cannot_be(self):
        template = [TEMPLATE] * CELLS

        def put(name, values):
            return lambda nodes: nodes.create_dataset(name, data=values)

        cases = [
            (put("0/dynamics_params", np.arange(CELLS)), 65, ["dynamics_params", "numbers"]),
            (put("0/model_type", np.ones((CELLS, 2))), 65, ["/nodes/cells/0/model_type"]),
            (put("0/dynamics_params", vlen(["cell0.json"] * 4 + ["NULL", ""])), 65, ["0/dynamics_params row 4", "either"]),
            (put("0/dynamics_params", vlen(["cell0.json"] * 5 + ["absent.json"])), 66, ["absent.json", "node 5"]),
            (put("0/model_template", vlen(template[:3] + ["nest:iaf_psc_alpha"] + template[4:])), 78,
             ["nest:iaf_psc_alpha", "row 3"]),
            (put("0/model_type", vlen(["point_process"] * 5 + ["biophysical"])), 78, ["biophysical", "row 5"]),
            (put("0/dynamics_params/v_th", np.array(THRESHOLDS)), 78, ["v_th", "row 0"]),
            (put("0/dynamics_params/V_th", np.array([-50.0] * 5 + [-90.0])), 78, ["node 5"]),
            (put("0/dynamics_params/asc_amps", np.zeros(CELLS)), 78, ["asc_amps"]),
            (put("0/dynamics_params/V_th", np.array(THRESHOLDS[:5])), 65, ["V_th", "5 entries"]),
            (put("0/dynamics_params/V_th", vlen(["-50"] * CELLS)), 65, ["V_th"]),
            (put("0/dynamics_params/V_th", np.array([-50.0, np.nan] * 3)), 65, ["V_th row 1", "nan"]),
            (put("0/dynamics_params/spike_dependent_threshold", np.full(CELLS, 0.5)), 78, ["0 or 1"]),
        ]
        for i, (change, code, parts) in enumerate(cases):
            with self.subTest(parts=parts):
                network = self.network(f"bad{i}")
                if parts[0] == "V_th" and "5 entries" in parts:
                    network.nodes(put("0/x", np.zeros(CELLS)))
                network.nodes(change)
                self.both(network, code, *parts)
        network = self.network("bare")
        network.nodes(put("0/V_th", np.array(THRESHOLDS)))
        network.table("cells_node_types.csv", f"node_type_id model_type model_template dynamic_params\n"
                                              f"7 point_process {TEMPLATE} cell.json\n")
        self.warned(network, "column V_th", "dynamics_params", "did you mean dynamic_params?")

    # --- edges ----------------------------------------------------------------------------------------------

    def test_receptors_of_single_edges(self):
        """Every third edge of the inputs ends on receptor 2."""
        count = CELLS * INPUTS
        second = np.arange(count) % 3 == 0
        types = "edge_type_id model_template dynamics_params delay\n3 static_synapse port1.json 1.0\n"
        expected = self.network("types")
        expected.table("inputs_cells_edge_types.csv", types + "4 static_synapse port2.json 1.0\n")
        expected.edges_of("inputs", lambda edges: edges["edge_type_id"].write_direct(np.where(second, 4, 3).astype("u4")))
        wanted = self.spikes(expected)
        plain = self.spikes(self.network("plain"))
        self.assertNotEqual(plain, wanted)

        def groups(edges):
            edges["edge_group_id"][...] = second
            edges["edge_group_index"][...] = np.where(second, np.cumsum(second) - 1, np.cumsum(~second) - 1)
            weight = edges["0/syn_weight"][0]
            del edges["0/syn_weight"]
            edges["0/syn_weight"] = np.full((~second).sum(), weight)
            edges["1/syn_weight"] = np.full(second.sum(), weight)
            edges["1/dynamics_params"] = np.array([b"port2.json"] * second.sum())

        forms = {
            "files": lambda edges: edges.create_dataset("0/dynamics_params", data=vlen(np.where(second, "port2.json", "port1.json"))),
            "json": lambda edges: edges.create_dataset("0/dynamics_params", data=vlen(
                np.where(second, '{"receptor_type": 2}', "port1.json"))),
            "number": lambda edges: edges.create_dataset("0/dynamics_params/receptor_type", data=1 + second),
            "groups": groups,
        }
        for name, change in forms.items():
            with self.subTest(form=name):
                network = self.network(name)
                network.edges_of("inputs", change)
                if name in ("files", "number"):  # then types need not say it
                    network.table("inputs_cells_edge_types.csv",
                                  "edge_type_id model_template delay\n3 static_synapse 1.0\n")
                self.assertEqual(self.spikes(network), wanted)
                self.assertEqual(self.spikes(network, ranks=2), wanted)
                checked = run("check", network.write())
                self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_values_of_edges_that_cannot_be(self):
        count = CELLS * INPUTS

        def put(name, values):
            return lambda edges: edges.create_dataset(name, data=values)

        cases = [
            (put("0/dynamics_params", vlen(["port1.json"] * 5 + ["NULL"] * (count - 5))), 65, ["dynamics_params row 5"]),
            (put("0/dynamics_params", np.ones(count)), 65, ["0/dynamics_params"]),
            (put("0/dynamics_params/receptor_type", np.full(count, 3)), 78, ["receptor_type 3"]),
            (put("0/dynamics_params/receptor_type", np.full(count, 1.5)), 78, ["receptor_type=1.5", "row 0"]),
            (put("0/dynamics_params/weight", np.ones(count)), 78, ["dynamics_params/weight"]),
            (put("0/receptor_type", np.ones(count)), 78, ["receptor_type"]),
            (put("0/weight_function", vlen(["wmax"] * count)), 78, ["weight_function"]),
            (put("0/model_template", vlen(["static_synapse"] * 7 + ["stdp_synapse"] * (count - 7))), 78,
             ["stdp_synapse", "row 7"]),
        ]
        for i, (change, code, parts) in enumerate(cases):
            with self.subTest(parts=parts):
                network = self.network(f"bad{i}")
                network.edges_of("inputs", change)
                self.both(network, code, *parts)

    def test_delays_that_are_not_there(self):
        header, row = "edge_type_id model_template dynamics_params", "3 static_synapse port1.json"
        network = self.network()

        def types(column, value):
            network.table("inputs_cells_edge_types.csv", f"{header} {column}\n{row} {value}\n")

        for absent in ("NULL", "nan", "NaN", "", "NA"):
            types("delay", absent)
            self.both(network, 65, "missing delay", "inputs_cells_edge_types.csv", "type 3")
        for absent in ("NULL", ""):
            types("delay nsyns", f"1.0 {absent}")
            self.both(network, 65, "missing nsyns", "type 3")
        types("delay syn_weight", "1.0 NULL")
        self.spikes(network)  # edges have weights of their own
        types("delay", "1.0")
        wanted = self.spikes(network)
        for near in ("Delay", "syn_delay", "delay_ms"):
            types(near, "5.0")
            self.assertEqual(self.warned(network, f"column {near} ", "1 ms"), wanted)
        network.table("inputs_cells_edge_types.csv", f"{header}\n{row}\n")
        self.assertEqual(self.warned(network, "no delay in"), wanted)
        types("delay n_syns", "1.0 3")
        self.warned(network, "column n_syns ")
        types("delay Weight_Function", "1.0 weight_function_lgn")
        self.warned(network, "column Weight_Function ")
        network.edges_of("inputs", lambda edges: edges.move("0/syn_weight", "0/weight"))
        types("delay", "1.0")
        self.both(network, 65, "missing syn_weight")

    def test_delays_that_some_groups_have(self):
        """An edge without delay beside others that have one is no edge of 1 ms."""
        network = self.network()
        network.table("inputs_cells_edge_types.csv",
                      "edge_type_id model_template dynamics_params\n3 static_synapse port1.json\n")

        def groups(edges):
            edges["edge_group_id"][-1] = 1
            edges["edge_group_index"][-1] = 0
            count = CELLS * INPUTS - 1
            weights = edges["0/syn_weight"][:count]
            del edges["0/syn_weight"]
            edges["0/syn_weight"] = weights
            edges["0/delay"] = np.full(count, 2.0)
            edges["1/syn_weight"] = [1.0]

        network.edges_of("inputs", groups)
        self.both(network, 65, "missing delay", f"row {CELLS * INPUTS - 1}")

    def test_modfile_that_changes_nothing(self):
        network = self.network()
        network.table("cells_node_types.csv", "node_type_id model_type model_template dynamics_params pop_name\n"
                                              f"7 point_process {TEMPLATE} cell.json e4\n")
        network.table("cells_cells_edge_types.csv", "edge_type_id model_template dynamics_params delay weight_function\n"
                                                    "3 static_synapse port1.json 1.0 weight_function_recurrent\n")
        network.table("mod.csv", "src_property src_substring trg_property trg_substring operation value\n"
                                 "pop_name e4 pop_name e4 * 2\npop_name e40 pop_name e4 * 2\n")
        network.config["modfile"] = str(network.folder / "mod.csv")
        self.warned(network, "row 2 of", "e40")
        self.assertNotIn("row 1 of", run("check", network.write()).stdout)

    # --- spikes ---------------------------------------------------------------------------------------------

    def populations(self, network, events, csv=False):
        """Spikes of several populations in one file."""
        if csv:
            file = network.folder / "spikes.csv"
            file.write_text("timestamps population node_ids\n" + "".join(
                f"{time} {name} {node}\n" for name, spikes in events.items() for time, node in spikes))
        else:
            file = network.folder / "spikes_in.h5"
            with h5py.File(file, "w") as opened:
                for name, spikes in events.items():
                    opened[f"spikes/{name}/timestamps"] = [time for time, _ in spikes]
                    opened[f"spikes/{name}/node_ids"] = np.array([node for _, node in spikes], "u8")
        network.config["inputs"]["drive"] |= {"input_file": str(file), "module": "csv" if csv else "sonata"}

    def test_populations_of_spike_files(self):
        right = [(10.0 + 20.0 * i, node) for node in range(INPUTS) for i in range(4)]
        wrong = [(5.0, 0), (6.0, 1)]
        wanted = self.spikes(self.network("expected"))
        for csv in (False, True):
            network = self.network(f"net{csv}")
            drive = network.config["inputs"]["drive"]
            with self.subTest(csv=csv):
                self.populations(network, {"aaa": wrong, "inputs": right, "zzz": wrong}, csv)
                network.config["node_sets"] = {"sources": {"population": "inputs"}}
                for node_set in ("inputs", "sources", {"population": "inputs"}, {"model_type": "virtual"}):
                    drive["node_set"] = node_set
                    self.assertEqual(self.spikes(network), wanted)
                drive["node_set"] = "inputs"
                self.populations(network, {"other": right}, csv)
                self.assertEqual(self.warned(network, "population 'other'", "drives 'inputs'"), wanted)
                self.populations(network, {"cells": wrong, "other": right}, csv)  # cells are neurons
                self.assertEqual(self.warned(network, "population 'other'"), wanted)
                self.populations(network, {"aaa": wrong, "input": right}, csv)
                self.both(network, 78, "no spikes of population 'inputs'", "aaa, input", "did you mean input?")
                drive["population"] = "input"
                self.assertEqual(self.spikes(network), wanted)
                drive["population"] = "inptu"
                self.both(network, 65, "inptu", "did you mean input?")

    def test_two_populations_from_one_file(self):
        """As `striate lgn` writes them for a network with two."""
        network = self.network()
        for kind in ("nodes", "edges"):
            source = "inputs" if kind == "nodes" else "inputs_cells"
            target = network.folder / f"more_{kind}.h5"
            target.write_bytes((network.folder / f"{source}_{kind}.h5").read_bytes())
        with h5py.File(network.folder / "more_nodes.h5", "r+") as file:
            file.move("nodes/inputs", "nodes/more")
        with h5py.File(network.folder / "more_edges.h5", "r+") as file:
            file.move("edges/inputs_to_cells", "edges/more_to_cells")
            file["edges/more_to_cells/source_node_id"].attrs["node_population"] = "more"
        networks = network.config["networks"]
        networks["nodes"].append({**networks["nodes"][1], "nodes_file": str(network.folder / "more_nodes.h5")})
        networks["edges"].append({**networks["edges"][1], "edges_file": str(network.folder / "more_edges.h5")})
        events = {"inputs": [(10.0, 0), (30.0, 1)], "more": [(20.0, 2), (40.0, 3), (41.0, 0)]}
        results = []
        for apart in (False, True):
            self.populations(network, events)
            drive = network.config["inputs"]["drive"]
            inputs = {name: {**drive, "node_set": name} for name in events}
            if apart:
                for name, spikes in events.items():
                    network.spikes(name, spikes)
                    inputs[name] |= {"input_file": str(network.folder / f"{name}_spikes.h5")}
            network.config["inputs"] |= inputs
            network.config["inputs"]["drive"] = {**drive, "enabled": False}
            results.append(self.spikes(network))
            network.config["inputs"] = {"drive": drive}
        self.assertEqual(*results)
        network.config["inputs"]["drive"]["node_set"] = {"model_type": "virtual"}
        self.assertEqual(self.spikes(network), results[0])  # one input, each population its own
        self.populations(network, {"more": events["more"]})
        self.warned(network, "no spikes for 'inputs'")


if __name__ == "__main__":
    unittest.main()
