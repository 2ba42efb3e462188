# SPDX-License-Identifier: BSD-3-Clause
"""Inputs that could be taken wrongly in silence: each a small change to a network that runs, with what is right.

usage: silent_inputs.py PROGRAM [RANKS …]     prints a table; exit code 1 when any was taken in silence

What is right is one of: refused (exit code above 0 and a message that names the place), said (runs, with a warning that names
the place), served (runs and gives the spikes of an equivalent network that says the same in another way).
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from support.bad_input_cases import at, cell, config, edge_type, edges, h5, no_config, node_type, nodes, put, spikes, text_file  # noqa: E402
from support.small_network import NEURONS, VIRTUAL, Network, table  # noqa: E402

CASES = []


def case(right, kind, names, change=lambda network: None, damage=None, equivalent=None, command=("simulate", "config.json")):
    """`names`: text that the message must hold."""
    CASES.append({"right": right, "kind": kind, "names": names, "change": change, "damage": damage, "equivalent": equivalent,
                  "command": command})


def all_of(*changes):
    def apply(network):
        for change in changes:
            change(network)
    return apply


def node_column(name, values, population="v1"):
    return lambda network: put(network.nodes, population, f"0/{name}", values)


def text_column(values):
    return np.array(values, dtype="S64")


# --- values per node and per edge ------------------------------------------------------------------------------------
OTHER = '{"V_m": -70.0, "E_L": -70.0, "V_th": -50.0, "V_reset": -70.0, "C_m": 60.0, "g": 5.0, "t_ref": 3.0, "spike_dependent_threshold":' \
        ' false, "after_spike_currents": true, "adapting_threshold": false, "asc_decay": [0.003, 0.1], "asc_amps": [-9.0, -20.0],' \
        ' "tau_syn_fast": [2.0, 5.0], "tau_syn_slow": [6.0, 15.0], "amp_slow": [0.3, 0.2]}'


def other_model(network):
    network.extra["components/cell_models/other.json"] = OTHER


def types_by_model(network):
    """Cells 0, 2, 4 … of a third type with the other model."""
    other_model(network)
    columns, rows = network.node_types["v1"]
    rows += [[3, "point_process", "nest:glif_psc_double_alpha", "other.json", "e4"],
             [4, "point_process", "nest:glif_psc_double_alpha", "other.json", "pv"]]
    ids = network.nodes["v1"]["node_type_id"]
    ids[::2] = ids[::2] + 2


half = ["other.json" if k % 2 == 0 else "cell.json" for k in range(NEURONS)]
case("served", "dynamics_params per node", "", all_of(other_model, node_column("dynamics_params", text_column(half))), equivalent=types_by_model)
case("refused", "dynamics_params per node, one file missing", "none.json",
     node_column("dynamics_params", text_column(["cell.json"] * (NEURONS - 1) + ["none.json"])))
case("refused", "model_template per node that is unknown", "no_such_model",
     node_column("model_template", text_column(["nest:glif_psc_double_alpha"] * (NEURONS - 1) + ["nest:no_such_model"])))
case("refused", "model_type per node that is unknown", "point_procss",
     node_column("model_type", text_column(["point_process"] * (NEURONS - 1) + ["point_procss"])))


def per_node_parameter(network):
    network.nodes["v1"]["0/dynamics_params/V_th"] = np.where(np.arange(NEURONS) % 2 == 0, -55.0, -50.0)


def types_by_threshold(network):
    import json
    network.extra["components/cell_models/other.json"] = json.dumps({**network.cell, "V_th": -55.0})
    columns, rows = network.node_types["v1"]
    rows += [[3, "point_process", "nest:glif_psc_double_alpha", "other.json", "e4"],
             [4, "point_process", "nest:glif_psc_double_alpha", "other.json", "pv"]]
    ids = network.nodes["v1"]["node_type_id"]
    ids[::2] = ids[::2] + 2


case("served", "group dynamics_params/V_th per node", "", per_node_parameter, equivalent=types_by_threshold)
case("refused", "group dynamics_params/V_treshold per node", "V_treshold",
     lambda n: put(n.nodes, "v1", "0/dynamics_params/V_treshold", np.full(NEURONS, -50.0)))
case("refused", "group dynamics_params/C_m per node with a NaN", "C_m",
     lambda n: put(n.nodes, "v1", "0/dynamics_params/C_m", np.where(np.arange(NEURONS) == 3, np.nan, 60.0)))
case("refused", "per-edge dynamics_params that names no file", "none.json",
     lambda n: put(n.edges, "v1_v1", "0/dynamics_params", text_column(["none.json"] * 120)))


def swapped_ports(network):
    network.edges["v1_v1"]["0/dynamics_params"] = text_column(
        ["inh.json" if t == 10 else "exc.json" for t in network.edges["v1_v1"]["edge_type_id"]])


def swapped_types(network):
    network.edge_types["v1_v1"][1][0][4], network.edge_types["v1_v1"][1][1][4] = "inh.json", "exc.json"


case("served", "dynamics_params per edge", "", swapped_ports, equivalent=swapped_types)
case("refused", "per-edge syn_weight as text", "syn_weight", lambda n: put(n.edges, "v1_v1", "0/syn_weight", text_column(["1.0"] * 120)))
case("refused", "per-edge delay with a NaN", "delay",
     lambda n: put(n.edges, "v1_v1", "0/delay", np.where(np.arange(120) == 5, np.nan, 1.0)))
case("refused", "per-edge nsyns negative", "nsyns", lambda n: put(n.edges, "v1_v1", "0/nsyns", np.where(np.arange(120) == 5, -1, 1)))

# --- spike files -----------------------------------------------------------------------------------------------------


def second_population(name):
    def damage(file):
        group = file.create_group(f"spikes/{name}")
        group["timestamps"], group["node_ids"] = np.array([1.0]), np.array([0], dtype="u8")
    return h5("spikes.h5", damage)


def renamed(name):
    return h5("spikes.h5", lambda file: file.move("spikes/lgn", f"spikes/{name}"))


case("served", "spike file with a second population before the target's", "", damage=second_population("aaa"), equivalent=lambda n: None)
case("served", "the same behind it", "", damage=second_population("zzz"), equivalent=lambda n: None)
case("said", "spike file whose only population has another name", "thalamus", damage=renamed("thalamus"))


def two_strangers(network):
    renamed("aaa")(network)
    second_population("bbb")(network)


case("refused", "spike file with two populations, none the target's", "aaa", damage=two_strangers)


def as_csv(text):
    def change(network):
        network.config["inputs"]["spikes"].update(module="csv", input_file="$BASE/spikes.csv")
        network.extra["spikes.csv"] = text
    return change


case("refused", "spike CSV with two populations, none the target's", "bbb",
     as_csv("timestamps population node_ids\n1.0 aaa 0\n2.0 bbb 1\n"))
case("said", "spike CSV whose only population has another name", "aaa", as_csv("timestamps population node_ids\n1.0 aaa 0\n"))
case("refused", "spike CSV with 'NaN' as time", "spikes.csv", as_csv("timestamps population node_ids\nNaN lgn 0\n"))
case("said", "spikes all after the end", "end", spikes("timestamps", lambda t: t + 1000))
case("said", "spikes all in the first step (seconds?)", "s", spikes("timestamps", lambda t: t / 1e4 + 1e-3))
case("said", "spikes that end long before the run", "run.tstop", lambda n: n.config["run"].update(duration=200.0))
case("said", "spikes that go on long after the run", "left out", lambda n: n.config["run"].update(duration=25.0))
case("said", "a spike file without spikes", "no spikes", lambda n: n.spikes.update(timestamps=np.zeros(0), node_ids=np.zeros(0, "u8")))
case("refused", "LGN rates given as spikes", "spikes", damage=h5("spikes.h5", lambda f: (f.move("spikes", "firing_rates"))))
case("refused", "spike units 'S'", "units", damage=h5("spikes.h5", lambda f: f["spikes/lgn/timestamps"].attrs.__setitem__("units", "S")))
case("refused", "spike CSV with commas", "blank", as_csv("timestamps,population,node_ids\n1.0,lgn,0\n"))
case("refused", "spike CSV whose columns are swapped", "node id", as_csv("0 lgn 1.5\n1 lgn 2.5\n"))
case("refused", "module csv with an HDF5 file", "spikes.h5", config("inputs", "spikes", "module", "csv"))
case("refused", "spike ids beyond the population", str(VIRTUAL + 5), spikes("node_ids", at(0, VIRTUAL + 5)))

# --- the configuration -----------------------------------------------------------------------------------------------
for key in ("outputs", "Output", "ouput"):
    case("refused", f"'{key}' for 'output'", key, lambda n, k=key: n.config.__setitem__(k, n.config.pop("output")))
case("refused", "no output section and no report", "output", all_of(no_config("output"), no_config("reports")))
case("refused", "no spikes file and no report", "spikes_file",
     lambda n: (n.config.pop("reports"), [n.config["output"].pop(k) for k in ("spikes_file", "spikes_file_csv")]))
for key in ("Inputs", "input"):
    case("refused", f"'{key}' for 'inputs'", key, lambda n, k=key: n.config.__setitem__(k, n.config.pop("inputs")))
case("said", "unknown top-level key 'reprots'", "reprots", config("reprots", {}))
for module, right in (("h5s", "refused"), ("spike", "refused")):
    case(right, f"input module '{module}'", module, config("inputs", "spikes", "module", module))
case("refused", "input_type 'spike'", "spike", config("inputs", "spikes", "input_type", "spike"))
case("refused", "input module 'IClampp'", "IClampp", config("inputs", "clamp", "module", "IClampp"))
case("refused", "input_type 'curent_clamp'", "curent_clamp", config("inputs", "clamp", "input_type", "curent_clamp"))
case("said", "clamp after the end of the run", "ends at 50 ms", config("inputs", "clamp", "delay", 100.0))
case("said", "clamp that lasts longer than the run", "lasts until 505 ms", config("inputs", "clamp", "duration", 500.0))
case("said", "clamp on virtual nodes", "nowhere", config("inputs", "clamp", "node_set", "lgn"))
case("refused", "report of virtual nodes", "no neuron", config("reports", "v", "cells", "lgn"))
case("said", "node sets both in the config and in a file", "node_sets_file",
     all_of(config("node_sets_file", "$BASE/sets.json"), lambda n: n.extra.__setitem__("sets.json", "{}")))
for key in ("node_set", "component"):
    right = {"node_set": "node_sets", "component": "components"}[key]
    case("refused", f"'{key}' for '{right}'", right, lambda n, k=key, r=right: n.config.__setitem__(k, n.config.pop(r)))
case("said", "report that would be enabled twice: 'enabld'", "enabld", config("reports", "v", "enabld", False))
case("refused", "input enabled 'false' as text", "enabled", config("inputs", "spikes", "enabled", "false"))
case("refused", "n_runs of two with one spikes file", "spikes_file", config("run", "n_runs", 2))
case("said", "'n_run' for 'n_runs'", "n_runs", config("run", "n_run", 2))
case("refused", "a node set with an operator that is none", "$gtt", config("node_sets", "pv_cells", {"population": "v1", "x": {"$gtt": 0}}))
case("refused", "a node set with a node that is none", "999", config("node_sets", "pv_cells", {"population": "v1", "node_id": [1, 999]}))
case("said", "clamp with delay 0", "delay", config("inputs", "clamp", "delay", 0.0))
case("refused", "clamp with amp NaN written as text", "amp", config("inputs", "clamp", "amp", "NaN"))
case("refused", "clamp of -1.7e308 pA", "V_m", config("inputs", "clamp", "amp", -1.7e308))
case("refused", "clamp and report on a node set that matches nothing", "no neuron", config("node_sets", "pv_cells", "pop_name", "pvv"))
case("refused", "node_set of an input that no set defines", "lgnn", config("inputs", "spikes", "node_set", "lgnn"))
case("refused", "the same edge file twice", "v1_v1_edges.h5",
     lambda n: n.config["networks"]["edges"].append(dict(n.config["networks"]["edges"][0])))


def linked_twice(network):
    os.symlink("v1_v1_edges.h5", network.path("network/again.h5"))


case("refused", "the same edge file through a link", "again.h5",
     lambda n: n.config["networks"]["edges"].append({**n.config["networks"]["edges"][0], "edges_file": "$N/again.h5"}), damage=linked_twice)
case("refused", "the same nodes file twice", "v1_nodes.h5", lambda n: n.config["networks"]["nodes"].append(dict(n.config["networks"]["nodes"][0])))
case("said", "a modfile that matches nothing", "mod.csv",
     lambda n: n.extra.__setitem__("mod.csv", "src_property src_substring trg_property trg_substring operation value\npop_name nothing pop_name nothing * 2\n"),
     command=("simulate", "config.json", "-m", "mod.csv"))



def renamed_column(network, old, new):
    columns, rows = network.edge_types["v1_v1"]
    network.edge_types["v1_v1"] = [new if c == old else c for c in columns], rows


def without_column(network, name):
    columns, rows = network.edge_types["v1_v1"]
    place = columns.index(name)
    network.edge_types["v1_v1"] = [c for c in columns if c != name], [row[:place] + row[place + 1:] for row in rows]


def more_column(network, name, value):
    columns, rows = network.edge_types["v1_v1"]
    network.edge_types["v1_v1"] = columns + [name], [row + [value] for row in rows]


# --- type tables -----------------------------------------------------------------------------------------------------
for text in ("NULL", "nan", "inf"):
    case("refused", f"edge type delay {text}", "delay", edge_type("delay", text))
for name in ("Delay", "syn_delay", "delays"):
    case("said", f"column '{name}' for 'delay'", name, lambda n, k=name: renamed_column(n, "delay", k))
case("said", "edge types without a delay", "delay",
     lambda n: n.edge_types.__setitem__("v1_v1", ([c for c in n.edge_types["v1_v1"][0] if c != "delay"],
                                                  [r[:5] + r[6:] for r in n.edge_types["v1_v1"][1]])))


def weight_in_table(column, value):
    def change(network):
        columns, rows = network.edge_types["v1_v1"]
        network.edge_types["v1_v1"] = columns + [column], [row + [value] for row in rows]
        del network.edges["v1_v1"]["0/syn_weight"]
    return change


case("refused", "edge type syn_weight NULL and none per edge", "syn_weight", weight_in_table("syn_weight", "NULL"))
case("refused", "edge type syn_weight nan", "syn_weight", weight_in_table("syn_weight", "nan"))
case("said", "column 'weight' for 'syn_weight'", "weight", weight_in_table("weight", 10.0))
case("refused", "model_template 'nest:glif_psc_doublealpha'", "glif_psc_doublealpha", node_type("model_template", "nest:glif_psc_doublealpha"))

for name in ("n_syns", "num_synapses", "synapse_count"):
    case("said", f"column '{name}' for 'nsyns' where weights are multiplied by it", name,
         all_of(lambda n: without_column(n, "weight_function"), lambda n, k=name: more_column(n, k, 3)))
case("refused", "edge type nsyns NULL where weights are multiplied by it", "nsyns",
     all_of(lambda n: without_column(n, "weight_function"), lambda n: more_column(n, "nsyns", "NULL")))
case("said", "column 'weight_func' for 'weight_function'", "weight_func", lambda n: renamed_column(n, "weight_function", "weight_func"))
case("refused", "column 'dynamic_params' for 'dynamics_params' of edges", "dynamic", lambda n: renamed_column(n, "dynamics_params", "dynamic_params"))
for text in ("1.0ms", "1,5", "True", "-1"):
    case("refused", f"edge type delay {text}", "delay", edge_type("delay", text))
for old, new in (("model_type", "model_typ"), ("model_template", "Model_Template"), ("dynamics_params", "dynamics_parms")):
    case("refused", f"column '{new}' for '{old}' of nodes", old,
         lambda n, a=old, b=new: n.node_types.__setitem__("v1", ([b if c == a else c for c in n.node_types["v1"][0]], n.node_types["v1"][1])))
case("refused", "per-edge model_template, one misspelt", "statc_synapse",
     lambda n: put(n.edges, "v1_v1", "0/model_template", text_column(["static_synapse"] * 119 + ["statc_synapse"])))

# --- numbers without meaning -----------------------------------------------------------------------------------------
case("refused", "tau_syn_fast of 1e-5 ms", "", cell("tau_syn_fast", [1e-5, 5.0]))
case("refused", "asc_amps of 1e308", "", cell("asc_amps", [1e308, -20.0]))
case("refused", "V_reset of -1e308", "", cell("V_reset", -1e308))
case("refused", "asc_decay denormal", "", cell("asc_decay", [5e-324, 0.1]))
case("refused", "synaptic weight of 1e308", "", edges("0/syn_weight", at(slice(None), 1e308)))

# --- files -----------------------------------------------------------------------------------------------------------


def lzf(network):
    path = network.path("network/v1_v1_edges.h5")
    with h5py.File(path, "r+") as file:
        data = file["edges/v1_to_v1/source_node_id"][()]
        attributes = dict(file["edges/v1_to_v1/source_node_id"].attrs)
        del file["edges/v1_to_v1/source_node_id"]
        made = file.create_dataset("edges/v1_to_v1/source_node_id", data=data, compression="lzf", chunks=(8,))
        for key, value in attributes.items():
            made.attrs[key] = value


case("refused", "edges compressed with lzf", "lzf", damage=lzf)
case("served", "a byte order mark before a spike CSV", "", lambda n: bom_csv(n), equivalent=lambda n: plain_csv(n))


def csv_text(network):
    rows = zip(network.spikes["timestamps"], network.spikes["node_ids"])
    return "timestamps population node_ids\n" + "".join(f"{t!r} lgn {i}\n" for t, i in rows)


def bom_csv(network):
    as_csv("\ufeff" + csv_text(network).replace("\n", "\r\n"))(network)


def plain_csv(network):
    as_csv(csv_text(network))(network)


case("served", "a name in the config that is not UTF-8", "", equivalent=lambda n: None,
     damage=lambda n: pathlib.Path(n.path("config.json")).write_bytes(
         pathlib.Path(n.path("config.json")).read_bytes().replace(b'"clamp"', b'"cl\xfcmp"')))
case("said", "a run of the LGN model given to simulate", "lgn", config("target_simulator", "LGNModel"))


def run(program, network, command, ranks):
    launcher = ["mpirun", "-n", str(ranks), "--oversubscribe"] if ranks > 1 else []
    return subprocess.run([*launcher, program, *command], cwd=network.folder, capture_output=True, text=True, errors="replace", timeout=120)


def spikes_of(network):
    with h5py.File(pathlib.Path(network.folder) / "output/spikes.h5") as file:
        group = file["spikes/v1"]
        return sorted(zip(group["timestamps"][()].tolist(), group["node_ids"][()].tolist()))


def made(folder, change, damage=None):
    folder.mkdir()
    network = Network(folder)
    change(network)
    network.write()
    if damage:
        damage(network)
    return network


def verdict(entry, program, folder, ranks):
    network = made(folder / "one", entry["change"], entry["damage"])
    done = run(program, network, entry["command"], ranks)
    named = entry["names"] in done.stderr
    last = (done.stderr.strip().splitlines() or [""])[-1]
    if done.returncode != 0:
        clear = done.returncode in (2, 65, 66, 78) and "error" in done.stderr and named
        return ("refused" if clear else f"code {done.returncode}, unclear"), last
    warning = next((line for line in done.stderr.splitlines() if "warning" in line and named), None)
    if entry["equivalent"]:
        other = made(folder / "other", entry["equivalent"])
        if run(program, other, ("simulate", "config.json"), ranks).returncode == 0 and spikes_of(network) == spikes_of(other):
            return "served", ""
        return "SILENT (other spikes)", last
    return ("said", warning) if warning else ("SILENT", last)


def main():
    program, ranks = os.path.abspath(sys.argv[1]), [int(r) for r in sys.argv[2:]] or [1]
    wrong = 0
    for entry in CASES:
        for count in ranks:
            with tempfile.TemporaryDirectory() as folder:
                found, text = verdict(entry, program, pathlib.Path(folder), count)
            # A refusal is never silent, so it stands for a warning as well.
            good = found == entry["right"] or (entry["right"] == "said" and found == "refused") or \
                (entry["right"] == "served" and found == "refused")
            wrong += not good
            print(f"{'' if good else '** '}{entry['kind']} ({count}): {found}{'' if good else ', should be ' + entry['right']}\n      {text[:230]}")
    print(f"{len(CASES)} inputs on {ranks} ranks, {wrong} not as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
