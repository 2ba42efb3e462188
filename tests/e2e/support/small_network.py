# SPDX-License-Identifier: BSD-3-Clause
"""A SONATA network of 20 neurons and 8 virtual nodes with everything `striate simulate` reads, in a few kB.

Weights are strong enough that neurons fire. All tables and parameters are kept as Python values, so that a
test changes one of them and writes the files again.
"""
import json
import os

import h5py
import numpy as np

NEURONS, VIRTUAL = 20, 8

CELL = {
    "V_m": -78.0, "E_L": -78.0, "V_th": -50.0, "V_reset": -78.0, "C_m": 60.0, "g": 5.0, "t_ref": 3.0,
    "spike_dependent_threshold": False, "after_spike_currents": True, "adapting_threshold": False,
    "asc_decay": [0.003, 0.1], "asc_amps": [-9.0, -20.0], "asc_init": [0.0, 0.0],
    "tau_syn_fast": [2.0, 5.0], "tau_syn_slow": [6.0, 15.0], "amp_slow": [0.3, 0.2],
}


def table(columns, rows):
    return "\n".join([" ".join(columns)] + [" ".join(str(cell) for cell in row) for row in rows]) + "\n"


class Network:
    """Files and tables of one network; change members, then write()."""

    def __init__(self, folder):
        self.folder = str(folder)
        rng = np.random.default_rng(7)
        self.cell = dict(CELL)
        self.synapses = {"exc.json": {"receptor_type": 1}, "inh.json": {"receptor_type": 2}}
        self.node_types = {
            "v1": (["node_type_id", "model_type", "model_template", "dynamics_params", "pop_name"],
                   [[1, "point_process", "nest:glif_psc_double_alpha", "cell.json", "e4"],
                    [2, "point_process", "nest:glif_psc_double_alpha", "cell.json", "pv"]]),
            "lgn": (["node_type_id", "model_type", "pop_name"], [[5, "virtual", "sON"]]),
        }
        edge_columns = ["edge_type_id", "target_query", "source_query", "model_template", "dynamics_params",
                        "delay", "weight_function"]
        self.edge_types = {
            "v1_v1": (edge_columns, [[10, "*", "*", "static_synapse", "exc.json", 1.5, "weight_function_recurrent"],
                                     [11, "*", "*", "static_synapse", "inh.json", 2.0, "weight_function_recurrent"]]),
            "lgn_v1": (edge_columns, [[20, "*", "*", "static_synapse", "exc.json", 1.7, "weight_function_lgn"]]),
        }
        self.nodes = {
            "v1": {"node_id": np.arange(NEURONS, dtype="u8"),
                   "node_type_id": np.array([1] * 14 + [2] * 6, dtype="u8"),
                   "node_group_id": np.zeros(NEURONS, dtype="u4"),
                   "node_group_index": np.arange(NEURONS, dtype="u8"),
                   "0/x": rng.normal(size=NEURONS), "0/tuning_angle": rng.uniform(0, 360, NEURONS)},
            "lgn": {"node_id": np.arange(VIRTUAL, dtype="u8"),
                    "node_type_id": np.full(VIRTUAL, 5, dtype="u8"),
                    "node_group_id": np.zeros(VIRTUAL, dtype="u4"),
                    "node_group_index": np.arange(VIRTUAL, dtype="u8")},
        }
        self.edges = {"v1_v1": self._edges(rng, NEURONS, 120, "v1"), "lgn_v1": self._edges(rng, VIRTUAL, 80, "lgn")}
        self.spikes = {"timestamps": np.sort(rng.uniform(1, 48, 60)),
                       "node_ids": rng.integers(0, VIRTUAL, 60).astype("u8")}
        self.extra = {}  # further files: name -> text
        self.config = self._config()

    def _edges(self, rng, sources, count, source_name):
        target = np.sort(rng.integers(0, NEURONS, count)).astype("u8")
        source = rng.integers(0, sources, count).astype("u8")
        types = np.where(source < 14, 10, 11) if source_name == "v1" else np.full(count, 20)
        weight = np.where(types == 11, -20.0, 30.0 if source_name == "v1" else 150.0)
        return {"source_node_id": source, "target_node_id": target, "edge_type_id": types.astype("u4"),
                "edge_group_id": np.zeros(count, dtype="u2"),
                "edge_group_index": np.arange(count, dtype="u4"), "0/syn_weight": weight}

    def _config(self):
        nodes = [{"nodes_file": f"$N/{p}_nodes.h5", "node_types_file": f"$N/{p}_node_types.csv"} for p in ("v1", "lgn")]
        edges = [{"edges_file": f"$N/{p}_edges.h5", "edge_types_file": f"$N/{p}_edge_types.csv"}
                 for p in ("v1_v1", "lgn_v1")]
        return {
            "manifest": {"$BASE": "${configdir}", "$N": "$BASE/network", "$C": "$BASE/components"},
            "target_simulator": "NEST",
            "run": {"duration": 50.0, "dt": 0.25},
            "inputs": {
                "spikes": {"input_type": "spikes", "module": "h5", "input_file": "$BASE/spikes.h5", "node_set": "lgn"},
                "clamp": {"input_type": "current_clamp", "module": "IClamp", "node_set": "pv_cells", "amp": 100.0,
                          "delay": 5.0, "duration": 20.0},
            },
            "reports": {"v": {"module": "multimeter_report", "cells": "pv_cells", "variable_name": "V_m",
                              "file_name": "v.h5"}},
            "node_sets": {"pv_cells": {"population": "v1", "pop_name": "pv"}},
            "output": {"output_dir": "$BASE/output", "spikes_file": "spikes.h5", "spikes_file_csv": "spikes.csv",
                       "log_file": "log.txt"},
            "components": {"point_neuron_models_dir": "$C/cell_models", "synaptic_models_dir": "$C/synaptic_models"},
            "networks": {"nodes": nodes, "edges": edges},
        }

    def path(self, name):
        return os.path.join(self.folder, name)

    def _text(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as out:
            out.write(text)

    @staticmethod
    def _write_group(group, datasets):
        for name, values in datasets.items():
            group.create_dataset(name, data=values)

    def write(self):
        for name in ("network", "components/cell_models", "components/synaptic_models"):
            os.makedirs(self.path(name), exist_ok=True)
        self._text("components/cell_models/cell.json", json.dumps(self.cell))
        for name, content in self.synapses.items():
            self._text("components/synaptic_models/" + name, json.dumps(content))
        for name, (columns, rows) in self.node_types.items():
            self._text(f"network/{name}_node_types.csv", table(columns, rows))
        for name, (columns, rows) in self.edge_types.items():
            self._text(f"network/{name}_edge_types.csv", table(columns, rows))
        for name, datasets in self.nodes.items():
            with h5py.File(self.path(f"network/{name}_nodes.h5"), "w") as file:
                self._write_group(file.create_group(f"nodes/{name}"), datasets)
        for name, datasets in self.edges.items():
            with h5py.File(self.path(f"network/{name}_edges.h5"), "w") as file:
                group = file.create_group(f"edges/{name.replace('_', '_to_')}")
                self._write_group(group, datasets)
                for end, population in zip(("source", "target"), name.split("_")):
                    if f"{end}_node_id" in group:
                        group[f"{end}_node_id"].attrs["node_population"] = population
        with h5py.File(self.path("spikes.h5"), "w") as file:
            self._write_group(file.create_group("spikes/lgn"), self.spikes)
        for name, text in self.extra.items():
            self._text(name, text)
        self._text("config.json", json.dumps(self.config, indent=1))
