# SPDX-License-Identifier: BSD-3-Clause
"""The kinds of bad input that bad_inputs_test.py tries: what is changed, the exit code, and what the message must name.

Exit codes: 2 command line, 65 bad data, 66 missing input, 74 disk, 78 configuration (docs/errors.md).
"""
import os
from dataclasses import dataclass, field
from typing import Callable, Optional

import h5py
import numpy as np

SIMULATE = ["simulate", "config.json", "--quiet"]


def nothing(network):
    pass


@dataclass
class Case:
    name: str
    code: int
    texts: list
    change: Callable = nothing  # to the tables, before the files are written
    damage: Optional[Callable] = None  # to the files
    arguments: list = field(default_factory=lambda: list(SIMULATE))
    ranks: tuple = (1, 2)


def put(container, *keys_and_value):
    """put(d, "a", "b", 1): d["a"]["b"] = 1, as an expression."""
    *keys, last, value = keys_and_value
    for key in keys:
        container = container[key]
    container[last] = value


def without(container, *keys):
    *path, last = keys
    for key in path:
        container = container[key]
    del container[last]


def config(*keys_and_value):
    return lambda network: put(network.config, *keys_and_value)


def no_config(*keys):
    return lambda network: without(network.config, *keys)


def cell(key, value):
    return lambda network: put(network.cell, key, value)


def edges(dataset, change, name="v1_v1"):
    def apply(network):
        network.edges[name][dataset] = change(network.edges[name][dataset])
    return apply


def nodes(dataset, change, name="v1"):
    def apply(network):
        network.nodes[name][dataset] = change(network.nodes[name][dataset])
    return apply


def spikes(dataset, change):
    def apply(network):
        network.spikes[dataset] = change(network.spikes[dataset])
    return apply


def at(index, value):
    def change(array):
        array = np.array(array)
        array[index] = value
        return array
    return change


def edge_type(column, value, row=0, name="v1_v1"):
    def apply(network):
        columns, rows = network.edge_types[name]
        rows[row][columns.index(column)] = value
    return apply


def node_type(column, value, row=0):
    def apply(network):
        columns, rows = network.node_types["v1"]
        rows[row][columns.index(column)] = value
    return apply


def remove(name):
    return lambda network: os.remove(network.path(name))


def truncate(name, fraction=0.5):
    return lambda network: os.truncate(network.path(name), int(os.path.getsize(network.path(name)) * fraction))


def text_file(name, text):
    def damage(network):
        with open(network.path(name), "w") as out:
            out.write(text)
    return damage


def h5(name, change):
    def damage(network):
        with h5py.File(network.path(name), "r+") as file:
            change(file)
    return damage


def delete(path):
    def change(file):
        del file[path]
    return change


def compressed(path, filter_name):
    def change(file):
        values, attributes = file[path][:], dict(file[path].attrs)
        del file[path]
        # Values that do not compress are stored plain, whatever the filter: make them alike.
        file.create_dataset(path, data=values, compression=filter_name, chunks=(max(len(values), 1),), shuffle=True)
        file[path].attrs.update(attributes)
    return change


def announce_too_much(file):
    """A dataset of an exabyte in a file of a few kB."""
    del file["edges/v1_to_v1/source_node_id"]
    data = file["edges/v1_to_v1"].create_dataset("source_node_id", shape=(1 << 57,), dtype="u8", chunks=(1024,))
    data.attrs["node_population"] = "v1"


def modfile(text):
    def apply(network):
        network.extra["mod.csv"] = text
    return apply


def read_only_folder(network):
    open(network.path("output"), "w").close()  # a file where the directory should be


MOD = SIMULATE + ["-m", "mod.csv"]
HEADER = "src_property src_substring trg_property trg_substring operation value\n"
EDGES, TYPES = "network/v1_v1_edges.h5", "network/v1_v1_edge_types.csv"
RUN, CLAMP, SPIKES, REPORT = "config.json:/run", "config.json:/inputs/clamp", "config.json:/inputs/spikes", "config.json:/reports/v"

CASES = [
    Case("healthy network (control)", 0, []),
    # missing and damaged files
    Case("lzf compression of edges", 65, ["v1_v1_edges.h5", "compressed with lzf", "h5repack -f GZIP=4 IN OUT"],
         damage=h5(EDGES, compressed("/edges/v1_to_v1/source_node_id", "lzf"))),
    Case("lzf compression of nodes", 65, ["v1_nodes.h5", "compressed with lzf", "h5repack -f GZIP=4 IN OUT"],
         damage=h5("network/v1_nodes.h5", compressed("/nodes/v1/node_type_id", "lzf"))),
    Case("lzf compression of spikes", 65, ["spikes.h5", "compressed with lzf", "h5repack -f GZIP=4 IN OUT"],
         damage=h5("spikes.h5", compressed("/spikes/lgn/node_ids", "lzf"))),
    Case("gzip compression of edges (control)", 0, [],
         damage=h5(EDGES, compressed("/edges/v1_to_v1/source_node_id", "gzip"))),
    Case("missing config", 66, ["config.json"], damage=remove("config.json")),
    Case("missing nodes file", 66, ["v1_nodes.h5"], damage=remove("network/v1_nodes.h5")),
    Case("missing edges file", 66, ["v1_v1_edges.h5"], damage=remove(EDGES)),
    Case("missing node types", 66, ["v1_node_types.csv"], damage=remove("network/v1_node_types.csv")),
    Case("missing edge types", 66, ["v1_v1_edge_types.csv"], damage=remove(TYPES)),
    Case("missing cell parameters", 66, ["cell.json"], damage=remove("components/cell_models/cell.json")),
    Case("missing synapse parameters", 66, ["exc.json"], damage=remove("components/synaptic_models/exc.json")),
    Case("missing spikes", 66, ["spikes.h5", "/inputs/spikes"], damage=remove("spikes.h5")),
    Case("missing modfile", 66, ["mod.csv"], arguments=MOD),
    Case("truncated nodes file", 65, ["v1_nodes.h5"], damage=truncate("network/v1_nodes.h5")),
    Case("truncated edges file", 65, ["v1_v1_edges.h5"], damage=truncate(EDGES)),
    Case("truncated spikes file", 65, ["spikes.h5"], damage=truncate("spikes.h5", 0.7)),
    Case("empty edges file", 65, ["v1_v1_edges.h5"], damage=truncate(EDGES, 0)),
    Case("text instead of HDF5", 65, ["v1_nodes.h5", "not an HDF5 file"], damage=text_file("network/v1_nodes.h5", "hello\n")),
    Case("extent beyond the file", 65, ["v1_v1_edges.h5", "source_node_id"], damage=h5(EDGES, announce_too_much)),
    # nodes
    Case("unknown node type", 65, ["v1_nodes.h5", "99"], nodes("node_type_id", at(3, 99))),
    Case("duplicate node ids", 65, ["v1_nodes.h5", "node_id"], nodes("node_id", at(3, 2))),
    Case("unequal node lengths", 65, ["v1_nodes.h5", "node_type_id"], nodes("node_type_id", lambda a: a[:-1])),
    Case("float node ids", 65, ["node_id"], nodes("node_id", lambda a: a.astype("f8"))),
    Case("node group out of range", 65, ["v1_nodes.h5"], nodes("node_group_index", at(0, 999))),
    Case("unknown model_type", 78, ["model_type", "biophysical"], node_type("model_type", "biophysical")),
    Case("unknown neuron model", 78, ["nest:hh_psc"], node_type("model_template", "nest:hh_psc")),
    Case("duplicate node type", 65, ["v1_node_types.csv", "1"], node_type("node_type_id", 1, row=1)),
    Case("ragged types table", 65, ["v1_node_types.csv"], damage=text_file("network/v1_node_types.csv", "node_type_id model_type\n1 virtual extra\n")),
    # edges
    Case("source id out of range", 65, ["v1_v1_edges.h5", "source_node_id", "row 5"], edges("source_node_id", at(5, 20))),
    Case("target id out of range", 65, ["v1_v1_edges.h5", "target_node_id"], edges("target_node_id", at(119, 1 << 40))),
    Case("unknown edge type", 65, ["v1_v1_edges.h5", "edge_type_id", "77"], edges("edge_type_id", at(0, 77))),
    Case("unequal edge lengths", 65, ["v1_v1_edges.h5"], edges("edge_type_id", lambda a: a[:-3])),
    Case("NaN weight", 65, ["v1_v1_edges.h5", "syn_weight", "row 7"], edges("0/syn_weight", at(7, np.nan))),
    Case("infinite weight", 65, ["v1_v1_edges.h5", "syn_weight", "7"], edges("0/syn_weight", at(7, np.inf))),
    Case("two-dimensional weights", 65, ["syn_weight"], edges("0/syn_weight", lambda a: a.reshape(-1, 2))),
    Case("text weights", 65, ["syn_weight"], edges("0/syn_weight", lambda a: np.array([b"x"] * len(a)))),
    Case("no source_node_id", 65, ["source_node_id"], damage=h5(EDGES, delete("edges/v1_to_v1/source_node_id"))),
    Case("no /edges group", 65, ["v1_v1_edges.h5", "/edges"], damage=h5(EDGES, delete("edges"))),
    Case("edges onto virtual nodes", 78, ["lgn", "virtual"],
         damage=h5(EDGES, lambda f: f["edges/v1_to_v1/target_node_id"].attrs.__setitem__("node_population", "lgn"))),
    Case("unknown source population", 78, ["nowhere", "v1_v1_edges.h5"],
         damage=h5(EDGES, lambda f: f["edges/v1_to_v1/source_node_id"].attrs.__setitem__("node_population", "nowhere"))),
    Case("delay below dt", 65, ["delay", "v1_v1_edges.h5"], edge_type("delay", 0.1)),
    Case("delay of a minute", 65, ["delay"], edge_type("delay", 60000.0)),
    Case("delay not a number", 65, ["v1_v1_edge_types.csv", "delay"], edge_type("delay", "soon")),
    Case("unknown weight function", 78, ["gaussianLL", "v1_v1_edge_types.csv"], edge_type("weight_function", "gaussianLL")),
    Case("unknown synapse model", 78, ["stdp_synapse", "v1_v1_edge_types.csv"], edge_type("model_template", "stdp_synapse")),
    Case("no synapse parameters", 78, ["dynamics_params"], edge_type("dynamics_params", "NULL")),
    Case("receptor 0", 78, ["exc.json", "receptor_type"], lambda n: put(n.synapses, "exc.json", {"receptor_type": 0})),
    Case("receptor 3 of 2", 78, ["receptor_type", "3"], lambda n: put(n.synapses, "exc.json", {"receptor_type": 3})),
    Case("unknown synapse parameter", 78, ["exc.json", "tau"], lambda n: put(n.synapses, "exc.json", {"receptor_type": 1, "tau": 2})),
    # cell parameters
    Case("C_m of 0", 78, ["cell.json", "C_m"], cell("C_m", 0.0)),
    Case("negative t_ref", 78, ["cell.json", "t_ref"], cell("t_ref", -1.0)),
    Case("V_reset above V_th", 78, ["cell.json", "V_reset"], cell("V_reset", -40.0)),
    Case("unequal receptor arrays", 78, ["cell.json", "tau_syn"], cell("tau_syn_slow", [6.0])),
    Case("tau_syn of 0", 78, ["cell.json", "tau_syn_fast"], cell("tau_syn_fast", [2.0, 0.0])),
    Case("three after-spike currents", 78, ["cell.json", "asc"], lambda n: n.cell.update(asc_decay=[1, 1, 1], asc_amps=[1, 1, 1])),
    Case("impossible GLIF variant", 78, ["cell.json", "adapting_threshold"], cell("adapting_threshold", True)),
    Case("unknown cell parameter", 78, ["cell.json", "tau_x"], cell("tau_x", 1.0)),
    Case("cell parameter as text", 78, ["cell.json", "C_m"], cell("C_m", "60")),
    # spikes
    Case("negative spike time", 65, ["spikes.h5", "timestamps"], spikes("timestamps", at(0, -1.0))),
    Case("spike at time 0", 65, ["spikes.h5", "0"], spikes("timestamps", at(0, 0.0))),
    Case("NaN spike time", 65, ["spikes.h5", "timestamps"], spikes("timestamps", at(4, np.nan))),
    Case("unequal spike lengths", 65, ["spikes.h5"], spikes("node_ids", lambda a: a[:-1])),
    Case("negative spike id", 65, ["spikes.h5", "node_ids"], spikes("node_ids", lambda a: at(2, -5)(a.astype("i8")))),
    Case("no /spikes group", 65, ["spikes.h5", "/spikes"], damage=h5("spikes.h5", delete("spikes"))),
    Case("population not in spike file", 65, ["spikes.h5", "bkg"], config("inputs", "spikes", "population", "bkg")),
    # config
    Case("config is not JSON", 78, ["config.json:2"], damage=text_file("config.json", '{\n "run": {"dt": 0.25,,}\n}\n')),
    Case("duplicate key", 78, ["config.json", "run"], damage=text_file("config.json", '{"run": {"dt": 0.25}, "run": {"dt": 0.1}}')),
    Case("config is a list", 78, ["config.json"], damage=text_file("config.json", "[1, 2]")),
    Case("no run section", 78, ["config.json", "run"], no_config("run")),
    Case("no dt", 78, [RUN, "dt"], no_config("run", "dt")),
    Case("dt of 0", 78, [RUN, "dt"], config("run", "dt", 0.0)),
    Case("dt as text", 78, [RUN, "dt"], config("run", "dt", "0.25")),
    Case("negative duration", 78, [RUN, "duration"], config("run", "duration", -5.0)),
    Case("duration off the grid", 78, [RUN, "duration"], config("run", "duration", 50.1)),
    Case("no networks", 78, ["config.json", "networks"], no_config("networks")),
    Case("no neurons at all", 78, ["config.json"], config("networks", {"nodes": [{"nodes_file": "$N/lgn_nodes.h5", "node_types_file": "$N/lgn_node_types.csv"}], "edges": []}),
         ),
    Case("no synaptic_models_dir", 78, ["config.json", "synaptic_models_dir"], no_config("components", "synaptic_models_dir")),
    Case("cyclic manifest", 78, ["config.json", "manifest"], config("manifest", {"$A": "$B/x", "$B": "$A/y"})),
    Case("unknown variable in a path", 78, ["config.json", "$NOWHERE"], config("inputs", "spikes", "input_file", "$NOWHERE/spikes.h5")),
    Case("unknown node set", 78, ["config.json", "nobody"], config("inputs", "clamp", "node_set", "nobody")),
    Case("cyclic node sets", 78, ["pv_cells"], config("node_sets", {"pv_cells": ["b"], "b": ["pv_cells"]})),
    Case("node set of unknown column", 78, ["pv_cells"], config("node_sets", "pv_cells", {"population": "v1", "shape": "round"})),
    Case("spikes into neurons", 78, ["/inputs/spikes", "v1"], config("inputs", "spikes", "node_set", "v1")),
    Case("nwb spikes", 78, [SPIKES, "nwb"], config("inputs", "spikes", "module", "nwb")),
    Case("clamp off the grid", 78, [CLAMP, "delay"], config("inputs", "clamp", "delay", 5.1)),
    Case("clamp lists of unequal length", 78, [CLAMP, "amp"], config("inputs", "clamp", "amp", [1.0, 2.0])),
    Case("clamp without amplitude", 78, [CLAMP, "amp"], no_config("inputs", "clamp", "amp")),
    Case("unknown report variable", 78, [REPORT, "V_x"], config("reports", "v", "variable_name", "V_x")),
    Case("report of unknown cells", 78, ["reports", "nobody"], config("reports", "v", "cells", "nobody")),
    Case("report interval off the grid", 78, [REPORT, "interval"], config("reports", "v", "interval", 0.3)),
    Case("unknown report module", 78, [REPORT, "ecp"], config("reports", "v", "module", "ecp")),
    Case("two outputs of one name", 78, ["same file"], config("output", "spikes_file", "v.h5")),
    Case("output would replace an input", 78, ["overwrite", "spikes.h5"], config("output", "spikes_file", "$BASE/spikes.h5")),
    Case("output directory is a file", 74, ["output"], damage=read_only_folder),
    # modfile
    Case("modfile with unknown operation", 65, ["mod.csv", "^"], modfile(HEADER + "pop_name e4 pop_name pv ^ 2\n"), arguments=MOD),
    Case("modfile without header", 65, ["mod.csv"], modfile("pop_name e4 pop_name pv * 2\n"), arguments=MOD),
    Case("modfile with unknown property", 78, ["colour"], modfile(HEADER + "colour red pop_name pv * 2\n"), arguments=MOD),
    # command line
    Case("no command", 2, ["striate --help"], arguments=[]),
    Case("misspelt command", 2, ["simulate"], arguments=["simulat", "config.json"]),
    Case("misspelt option", 2, ["--dry-run"], arguments=["simulate", "config.json", "--dry-rum"]),
    Case("no config given", 2, ["usage"], arguments=["simulate"]),
    Case("second config missing", 66, ["other.json"], arguments=["simulate", "config.json", "other.json"]),
    Case("too many arguments", 2, ["usage"], arguments=["background", ".", "other"]),
]
