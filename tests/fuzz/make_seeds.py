#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes the files that a fuzz campaign damages: small ones of every kind that the program reads, in SEEDS, and
SEEDS/targets.tsv, which says by which functions each is read (tests/fuzz/entries.hpp). Equal on every call.

usage: make_seeds.py SEEDS
"""
import json
import shutil
import sys
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e/support"))  # the file alone: the package around it wants a program to test
from small_network import Network, table  # noqa: E402

NEURONS, VIRTUAL, CELLS = 20, 8, 15
TYPES = ("e23Cux2", "e4Rorb", "i4Sst", "e5ET", "i5Pvalb")
ALLEN = {"El": 0.0, "spike_cut_length": 20, "asc_tau_array": [0.01, 0.33], "R_input": 2e8, "C": 6e-11, "El_reference": -0.07,
         "asc_amp_array": [-9e-12, -2e-10], "dt": 5e-5, "th_inf": 0.027, "th_adapt": None, "init_AScurrents": [0.0, 0.0],
         "init_voltage": 0.0, "init_threshold": 0.027, "coeffs": {"th_inf": 1.01, "C": 1.0, "G": 1.0, "a": 1.0, "b": 1.0,
                                                                  "asc_amp_array": [1.0, 1.0]},
         "AScurrent_dynamics_method": {"name": "exp", "params": {}},
         "AScurrent_reset_method": {"name": "sum", "params": {"r": [1.0, 1.0]}},
         "threshold_dynamics_method": {"name": "inf", "params": {}}, "voltage_reset_method": {"name": "zero", "params": {}},
         "threshold_reset_method": {"name": "inf", "params": {}}, "type": "GLIF"}
FILTER = {"opt_wts": [3.2, -1.7], "opt_kpeaks": [22.7, 55.0], "opt_delays": [0.0, 14.7], "spatial_size": 2.5, "spont_fr": 4.0}
NETWORK_YAML = """extends: tiny
size: {radius_um: 30, core_radius_um: 10}
lgn: {tiles: [2, 1]}
seed: 5
"""
SITE_YAML = """extends: example
description: "a 'quoted' one"
longest_hours: 2
sbatch: [--exclusive, "--comment=a-b"]
modules: [gcc/12.2.0]
environment: {OMP_NUM_THREADS: 1, NAME: "x y$z"}
"""
TRAINING_YAML = """extends: bio_trained
description: a short one
schedule: {epochs: 2, steps: 2}
trials: {count: 2, duration_ms: 100, gray_ms: 50}
frozen: [{source: L4_PV, target: "*"}]
losses: {synchrony: {strength: 0}}
"""

CORPUS = {  # of the programs in tests/fuzzers
    "node_predicate_fuzzer": [b'{"$gt": 0.5, "$lte": 2}', b'{"$regex": "^(e|p)[a-z]*[0-9]+$"}', b'["pv", 2.5, true]'],
    "config_variables_fuzzer": [b'{"manifest": {"$A": "${B}/x", "$B": "/b", "$N": 5}, "k": ["$A", "${N}"]}'],
    "quoting_fuzzer": [b"\x01a b\xff$(id)\xff`x`\xffit's\xff-n\xff$$\xff#\xff\\",
                       b"\x08a=b\xff$(EQ)\xff%%\xff~\xff!\xff\\n"],
}


def write_text(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Seeds:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.targets = []
        self.rng = np.random.default_rng(11)

    def target(self, name, *entries):
        for entry in entries:
            self.targets.append(f"{entry}\t{name}\n")

    def text(self, name, text, *entries):
        write_text(self.folder / name, text)
        self.target(name, *entries)

    def simulation(self):
        """What `simulate` reads, and a FilterNet configuration."""
        net = Network(self.folder / "net")
        net.config["inputs"]["steps"] = {"input_type": "csv", "module": "IClamp", "node_set": "v1", "file": "$BASE/clamp.csv"}
        net.config["modfile"] = "$BASE/mod.csv"
        net.config["node_sets"]["few"] = {"population": "v1", "node_id": [1, 2, 5]}
        net.write()
        self.text("net/clamp.csv", "timestamps amps\n0.0 0.0\n5.0 50.0\n20.0 0.0\n", "delimited")
        self.text("net/mod.csv", table(
            ["src_property", "src_substring", "trg_property", "trg_substring", "operation", "value"],
            [["pop_name", "e4", "pop_name", "pv", "*", 1.5], ["pop_name", "pv", "pop_name", "e", "/", 2.0]]), "modfile")
        self.target("net/config.json", "simulation")
        self.target("net/components/cell_models/cell.json", "nest_cell")
        self.target("net/components/synaptic_models/exc.json", "synapse")
        self.target("net/spikes.h5", "spikes", "check_spikes")
        for name in ("v1", "lgn"):
            self.target(f"net/network/{name}_nodes.h5", "nodes", "check_nodes")
        for name in ("v1_v1", "lgn_v1"):
            self.target(f"net/network/{name}_edges.h5", "edges", "check_edges")
        self.target("net/network/v1_node_types.csv", "node_types")
        self.filter_network()

    def filter_network(self):
        count = 6
        lgn = self.folder / "net/lgn"
        lgn.mkdir(parents=True, exist_ok=True)
        constant = {"sf_sep": 4, "weight_dom_0": 3.2, "weight_dom_1": -1.7, "kpeaks_dom_0": 22.7, "kpeaks_dom_1": 55,
                    "delay_dom_0": 0, "delay_dom_1": 14.7, "weight_non_dom_0": 3.6, "weight_non_dom_1": -1.8,
                    "kpeaks_non_dom_0": 30.8, "kpeaks_non_dom_1": 58.4, "delay_non_dom_0": 0, "delay_non_dom_1": 24.5}
        with h5py.File(lgn / "lgn_nodes.h5", "w") as file:
            group = file.create_group("nodes/lgn")
            group["node_id"] = np.arange(count, dtype="u8")
            group["node_type_id"] = 100 + np.arange(count, dtype="u8") % 3
            group["node_group_id"] = np.zeros(count, "u4")
            group["node_group_index"] = np.arange(count, dtype="u8")
            for name, value in constant.items():
                group[f"0/{name}"] = np.full(count, float(value))
            for name in ("x", "y"):
                group[f"0/{name}"] = self.rng.uniform(2, 12, count)
            group["0/spatial_size"] = self.rng.uniform(2, 6, count)
            group["0/tuning_angle"] = self.rng.uniform(0, 360, count)
        write_text(lgn / "lgn_node_types.csv", "node_type_id pop_name model_type\n100 sON_TF4 virtual\n"
                                               "101 sOFF_TF4 virtual\n102 sONsOFF_001 virtual\n")
        np.save(lgn / "movie.npy", self.rng.uniform(-1, 1, (100, 16, 24)).astype(np.float32))
        config = {"manifest": {"$BASE": "${configdir}"}, "target_simulator": "LGNModel", "run": {"tstop": 100.0},
                  "inputs": {"show": {"input_type": "movie", "module": "movie", "data_file": "$BASE/lgn/movie.npy",
                                      "frame_rate": 1000.0}},
                  "networks": {"nodes": [{"nodes_file": "$BASE/lgn/lgn_nodes.h5",
                                          "node_types_file": "$BASE/lgn/lgn_node_types.csv"}]},
                  "output": {"output_dir": "$BASE/output_lgn", "spikes_h5": "spikes.h5", "spikes_csv": "spikes.csv",
                             "rates_h5": "rates.h5"}}
        self.text("net/config_lgn.json", json.dumps(config, indent=1), "lgn")
        self.target("net/lgn/lgn_nodes.h5", "nodes")

    def tables_and_models(self):
        self.text("text/allen.json", json.dumps(ALLEN, indent=1), "allen_cell")
        self.text("text/filter.json", json.dumps(FILTER), "filter")
        self.text("text/targets.json", json.dumps({"population": "v1", "node_id": [0, 3, 4, 9]}), "targets")
        self.text("text/spikes.csv", "timestamps population node_ids\n1.25 lgn 3\n2.5 lgn 0\n2.5 v1 7\n10.0 lgn 3\n",
                  "spikes_csv", "delimited")
        self.text("text/units.csv", 'unit cell_type Spont_Rate(Hz) Ave_Rate(Hz) max_mean_rate(Hz) OSI DSI\n'
                  '1 "L2/3 Exc" 0.5 1.5 4.0 0.3 0.2\n2 "L4 Exc" 0.1 2.5 8.0 NaN 0.1\n3 NaN 1 1 1 1 1\n', "units", "delimited")
        self.text("text/compact.csv", "# a comment\ncell_type,metric,count,values\nL4_Exc,OSI,3,0.1 0.2 0.7\n", "compact")
        self.text("text/rates.csv", "population,target_median_fr\ne4Rorb,2.5\ni4Sst,7\n", "rates")
        self.text("text/network.yaml", NETWORK_YAML, "network")
        self.text("text/paradigm.yaml", (ROOT / "configs/paradigms/8dir_10trials.yaml").read_text(), "paradigm")
        self.text("text/images.yaml", (ROOT / "configs/paradigms/bo.yaml").read_text(), "paradigm")
        self.text("text/site.yaml", SITE_YAML, "site")
        self.text("text/training.yaml", TRAINING_YAML, "training")
        self.text("text/silencing.yaml", (ROOT / "configs/silencing.yaml").read_text(), "silencing")
        for name in ("network", "paradigm", "site", "training"):
            write_text(self.folder / f"made/{name}.yaml", (self.folder / f"text/{name}.yaml").read_text())
        # Read together with files of their own, which nothing else damages.
        sets = Network(self.folder / "sets")
        sets.write()
        self.text("sets/sets.json", json.dumps({
            "pv": {"population": "v1", "pop_name": "pv"}, "near": {"population": "v1", "x": {"$gt": -0.5, "$lte": 0.5}},
            "named": {"pop_name": {"$regex": "^s?(ON|v)$|p.*"}}, "some": {"population": ["v1"], "node_id": [1, 2, 3]},
            "both": ["pv", "some"]}, indent=1), "node_sets")
        self.target("sets/network/v1_v1_edge_types.csv", "edge_types")

    def arrays(self):
        for name, values in (("double", np.arange(12.0).reshape(3, 4)), ("float", np.arange(6, dtype="f4")),
                             ("bytes", np.arange(24, dtype="u1").reshape(2, 3, 4))):
            (self.folder / "text").mkdir(exist_ok=True)
            np.save(self.folder / f"text/{name}.npy", values)
            self.target(f"text/{name}.npy", "npy")
        self.target("text/bytes.npy", "pictures")
        for name in ("V1model_seed_file", "V1model_seed_file_miniature"):
            shutil.copyfile(ROOT / f"tests/data/base_props/{name}.xlsx", self.folder / f"text/{name}.xlsx")
            self.target(f"text/{name}.xlsx", "workbook")
        with h5py.File(self.folder / "text/movie.h5", "w") as file:
            file.create_dataset("frames", data=self.rng.integers(0, 255, (6, 4, 5), dtype="u1"), chunks=(2, 4, 5), compression=4)
        self.target("text/movie.h5", "movie")

    def formats(self):
        """What our own writers do not make: newer structures of the library, compression, texts, indices, old layouts."""
        h5 = self.folder / "h5"
        h5.mkdir()
        count = 300
        for version in ("earliest", "latest"):
            with h5py.File(h5 / f"texts_{version}.h5", "w", libver=version) as file:
                group = file.create_group("nodes/v1")
                group["node_id"] = np.arange(NEURONS, dtype="u8")
                group["node_type_id"] = np.ones(NEURONS, "u8")
                group["node_group_id"] = np.zeros(NEURONS, "u4")
                group["node_group_index"] = np.arange(NEURONS, dtype="u8")
                group.create_dataset("0/model_template", data=[f"nest:model_{i}" for i in range(NEURONS)],
                                     dtype=h5py.string_dtype())
                group.create_dataset("0/fixed", data=np.array([f"t{i}" for i in range(NEURONS)], "S6"))
                group["0/dynamics_params/V_th"] = self.rng.normal(-50, 1, NEURONS)
                group["0/dynamics_params/asc_amps"] = self.rng.normal(-9, 1, (NEURONS, 2))
                for name in ("note", "other"):
                    group.attrs[name] = "a text of any length " * 3
            self.target(f"h5/texts_{version}.h5", "nodes", "check_nodes")
            with h5py.File(h5 / f"edges_{version}.h5", "w", libver=version) as file:
                group = file.create_group("edges/v1_to_v1")
                options = {"chunks": (64,), "compression": 4, "shuffle": True, "maxshape": (None,)}
                target = np.sort(self.rng.integers(0, NEURONS, count)).astype("u8")
                for name, values in (("source_node_id", self.rng.integers(0, NEURONS, count).astype("u8")),
                                     ("target_node_id", target), ("edge_type_id", np.full(count, 10, "u4")),
                                     ("edge_group_id", (np.arange(count) % 2).astype("u2")),
                                     ("edge_group_index", (np.arange(count) // 2).astype("u4")),
                                     ("0/syn_weight", self.rng.normal(0, 9, (count + 1) // 2)),
                                     ("0/delay", self.rng.uniform(1, 3, (count + 1) // 2)),
                                     ("1/syn_weight", self.rng.normal(0, 9, count // 2).astype("f4")),
                                     ("1/nsyns", self.rng.integers(1, 5, count // 2).astype("i4"))):
                    group.create_dataset(name, data=values, **options)
                group.create_dataset("1/dynamics_params", data=[f"{i % 3}.json" for i in range(count // 2)],
                                     dtype=h5py.string_dtype())
                for end in ("source", "target"):
                    group[f"{end}_node_id"].attrs["node_population"] = "v1"
                ranges = np.searchsorted(target, np.arange(NEURONS + 1))
                index = group.create_group("indices/target_to_source")
                index["node_id_to_ranges"] = np.stack([np.arange(NEURONS), np.arange(1, NEURONS + 1)], 1).astype("i8")
                index["range_to_edge_id"] = np.stack([ranges[:-1], ranges[1:]], 1).astype("i8")
            self.target(f"h5/edges_{version}.h5", "edges", "check_edges")
        with h5py.File(h5 / "spikes_old.h5", "w") as file:
            file["spikes/timestamps"] = np.sort(self.rng.uniform(0, 100, 40))
            file["spikes/gids"] = self.rng.integers(0, NEURONS, 40)
        self.target("h5/spikes_old.h5", "spikes", "check_spikes")
        with h5py.File(h5 / "spikes_two.h5", "w", libver="latest") as file:
            for name in ("v1", "lgn"):
                group = file.create_group(f"spikes/{name}")
                group.create_dataset("timestamps", data=np.sort(self.rng.uniform(0, 0.1, 500)), chunks=(100,), compression=1)
                group.create_dataset("node_ids", data=self.rng.integers(0, NEURONS, 500).astype("u8"), chunks=(100,), compression=1)
                group["timestamps"].attrs["units"] = "s"
                group.attrs["sorting"] = "by_time"
        self.target("h5/spikes_two.h5", "spikes", "check_spikes")
        with h5py.File(h5 / "report.h5", "w") as file:
            group = file.create_group("report/v1")
            group.create_dataset("data", data=self.rng.normal(-70, 3, (50, 4)), chunks=(10, 4), compression=4)
            group["data"].attrs["units"] = "mV"
            mapping = group.create_group("mapping")
            mapping["node_ids"] = np.arange(4, dtype="u8")
            mapping["index_pointer"] = np.arange(5, dtype="u8")
            mapping["element_ids"] = np.zeros(4, "u4")
            mapping["element_pos"] = np.zeros(4)
            mapping["time"] = np.array([0.0, 12.5, 0.25])
            mapping["time"].attrs["units"] = "ms"
        self.target("h5/report.h5", "check_report")

    def metrics_network(self):
        """A network directory with runs, for what reads results."""
        base = self.folder / "base"
        write_text(base / "network/v1_node_types.csv", "node_type_id pop_name ei location\n" + "".join(
            f"{100 + i} {name} {name[0]} VisL\n" for i, name in enumerate(TYPES)))
        with h5py.File(base / "network/v1_nodes.h5", "w") as file:
            group = file.create_group("nodes/v1")
            group["node_id"] = np.arange(CELLS, dtype="u8")
            group["node_type_id"] = 100 + np.arange(CELLS, dtype="u8") % len(TYPES)
            group["node_group_id"] = np.zeros(CELLS, "u4")
            group["node_group_index"] = np.arange(CELLS, dtype="u8")
            for name in ("x", "z"):
                group[f"0/{name}"] = self.rng.uniform(-150, 150, CELLS)
            group["0/tuning_angle"] = self.rng.uniform(0, 360, CELLS)
        with h5py.File(base / "network/v1_v1_edges.h5", "w") as file:
            group = file.create_group("edges/v1_to_v1")
            count = 400
            for end in ("source", "target"):
                group[f"{end}_node_id"] = np.sort(self.rng.integers(0, CELLS, count)).astype("u8")
                group[f"{end}_node_id"].attrs["node_population"] = "v1"
            group["edge_type_id"] = np.ones(count, "u8")
            group["edge_group_id"] = np.zeros(count, "u4")
            group["edge_group_index"] = np.arange(count, dtype="u8")
            group["0/syn_weight"] = self.rng.lognormal(size=count)
        for angle in range(0, 360, 45):
            folder = base / f"8dir_10trials_plain/angle{angle}_trial0"
            folder.mkdir(parents=True)
            with h5py.File(folder / "spikes.h5", "w") as file:
                file["spikes/v1/timestamps"] = np.sort(self.rng.uniform(0, 3000, 90))
                file["spikes/v1/node_ids"] = self.rng.integers(0, CELLS, 90).astype("u8")

    def corpus(self):
        """Some inputs for libFuzzer to begin with."""
        files = {"delimited_table_fuzzer": ("net/network/*.csv", "net/mod.csv", "text/*.csv"), "npy_fuzzer": ("text/*.npy",),
                 "config_variables_fuzzer": ("net/config.json",)}
        for parser in {*CORPUS, *files}:
            inputs = [path.read_bytes() for pattern in files.get(parser, ()) for path in sorted(self.folder.glob(pattern))]
            folder = self.folder / "corpus" / parser
            folder.mkdir(parents=True)
            for i, data in enumerate(inputs + CORPUS.get(parser, [])):
                (folder / str(i)).write_bytes(data)

    def make(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for part in (self.simulation, self.tables_and_models, self.arrays, self.formats, self.metrics_network, self.corpus):
            part()
        (self.folder / "targets.tsv").write_text("".join(self.targets))


if __name__ == "__main__":
    Seeds(sys.argv[1]).make()
