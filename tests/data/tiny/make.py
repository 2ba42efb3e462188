# SPDX-License-Identifier: BSD-3-Clause
"""Packs a BMTK network with its NEST spikes into this folder: same network, a quarter of the bytes.

usage: make.py SOURCE        (needs numpy and h5py; writes beside this file)

SOURCE is what BMTK built and NEST simulated: network/, components/, configs/config_{plain,clamp,mod,report}.json,
configs/modfile.csv, filternet/spikes.h5, bkg/bkg_spikes_250Hz_3s.h5 and expected/*.h5. Only storage changes: 32-bit
ids, one shuffled gzip chunk per dataset, no edge indices, no columns that a simulation never looks at. Weights stay
float64, row order stays, tables keep their CRLF line ends and column order.
"""
import csv
import gzip
import io
import json
import shutil
import sys
from pathlib import Path

import h5py
import numpy as np

HERE = Path(__file__).resolve().parent
SPIKES = {"plain": "spikes.h5", "clamp": "spikes_clamp.h5", "mod": "spikes_mod.h5", "report": "spikes_report.h5"}
REPORTS = ("v_l5i.h5", "isyn_l1.h5")
REPORT_STRIDE = 40  # every 10 ms
NODE_ATTRIBUTES = ("x", "y", "z", "tuning_angle")
EDGE_COLUMNS = ("edge_type_id", "weight_function", "delay", "dynamics_params", "model_template", "syn_weight")


def store(group, name, values):
    values = np.asarray(values)
    if values.dtype.kind in "iu":
        values = values.astype(np.uint32)
    packed = dict(chunks=values.shape, compression="gzip", compression_opts=9, shuffle=True) if values.size else {}
    return group.create_dataset(name, data=values, track_times=False, **packed)


def create(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    file = h5py.File(path, "w")
    file.attrs["magic"] = np.uint32(0x0A7A)
    file.attrs["version"] = np.array([0, 1], np.uint32)
    return file


def pack_nodes(source, name):
    with h5py.File(source / f"network/{name}_nodes.h5") as old, create(HERE / f"network/{name}_nodes.h5") as new:
        nodes, out = old[f"nodes/{name}"], new.create_group(f"nodes/{name}")
        for dataset in ("node_id", "node_type_id", "node_group_id", "node_group_index"):
            store(out, dataset, nodes[dataset][:])
        group = out.create_group("0")
        for attribute in NODE_ATTRIBUTES:
            if attribute in nodes["0"]:
                store(group, attribute, nodes["0"][attribute][:])
    shutil.copyfile(source / f"network/{name}_node_types.csv", HERE / f"network/{name}_node_types.csv")


def pack_edges(source, name):
    population = f"{name}_to_v1"
    with h5py.File(source / f"network/{name}_v1_edges.h5") as old, create(HERE / f"network/{name}_v1_edges.h5") as new:
        edges, out = old[f"edges/{population}"], new.create_group(f"edges/{population}")
        for dataset in ("source_node_id", "target_node_id", "edge_type_id", "edge_group_id", "edge_group_index"):
            copy = store(out, dataset, edges[dataset][:])
            if "node_population" in edges[dataset].attrs:
                copy.attrs["node_population"] = edges[dataset].attrs["node_population"]
        group = out.create_group("0")
        for attribute in ("syn_weight", "nsyns"):
            if attribute in edges["0"]:
                store(group, attribute, edges["0"][attribute][:])
        used = set(edges["edge_type_id"][:].tolist())
    pack_edge_types(source, name, used)


def pack_edge_types(source, name, used):
    with open(source / f"network/{name}_v1_edge_types.csv", newline="") as table:
        rows = list(csv.DictReader(table, delimiter=" "))
    columns = [column for column in rows[0] if column in EDGE_COLUMNS]
    with open(HERE / f"network/{name}_v1_edge_types.csv", "w", newline="") as table:
        out = csv.DictWriter(table, columns, delimiter=" ", extrasaction="ignore", lineterminator="\r\n")
        out.writeheader()
        out.writerows(row for row in rows if int(row["edge_type_id"]) in used)


def copy_components(source):
    for folder in ("cell_models", "synaptic_models"):
        (HERE / "components" / folder).mkdir(parents=True, exist_ok=True)
        for file in sorted((source / "components" / folder).glob("*.json")):
            text = json.dumps(json.loads(file.read_text()), separators=(",", ":"))
            (HERE / "components" / folder / file.name).write_text(text + "\n")


def copy_configs(source):
    (HERE / "configs").mkdir(exist_ok=True)
    for name in SPIKES:
        config = json.loads((source / f"configs/config_{name}.json").read_text())
        config["manifest"]["$LGNINPUT_DIR"] = config["manifest"]["$BKGINPUT_DIR"] = "$BASE_DIR/inputs"
        config["inputs"]["LGN_spikes"]["input_file"] = "$LGNINPUT_DIR/lgn_spikes.h5"
        config["inputs"]["BKG_spikes"]["input_file"] = "$BKGINPUT_DIR/bkg_spikes.h5"
        (HERE / f"configs/config_{name}.json").write_text(json.dumps(config, indent=1) + "\n")
    shutil.copyfile(source / "configs/modfile.csv", HERE / "configs/modfile.csv")


def pack_inputs(source):
    with h5py.File(source / "filternet/spikes.h5") as old, create(HERE / "inputs/lgn_spikes.h5") as new:
        trains, out = old["spikes/lgn"], new.create_group("spikes/lgn")
        out.attrs["sorting"] = trains.attrs["sorting"]
        store(out, "node_ids", trains["node_ids"][:])
        store(out, "timestamps", trains["timestamps"][:]).attrs["units"] = "ms"
    # The old SONATA layout, as the reference model's background generator writes it.
    with h5py.File(source / "bkg/bkg_spikes_250Hz_3s.h5") as old, create(HERE / "inputs/bkg_spikes.h5") as new:
        store(new.create_group("spikes"), "gids", old["spikes/gids"][:])
        store(new["spikes"], "timestamps", old["spikes/timestamps"][:])


def pack_spikes(source, name):
    """The file that `striate simulate` has to write, byte for byte."""
    with h5py.File(source / "expected" / SPIKES[name]) as old:
        ids, times = old["spikes/v1/node_ids"][:], old["spikes/v1/timestamps"][:]
    text = io.StringIO()
    text.write("timestamps population node_ids\n")
    for i in np.lexsort((ids, times)):
        text.write(f"{float(times[i])!r} v1 {int(ids[i])}\n")
    (HERE / "expected").mkdir(exist_ok=True)
    (HERE / f"expected/spikes_{name}.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))


def pack_report(source, name):
    """Every 40th sample; values in thousandths (BMTK's files have three decimals), first sample at 0.25 ms."""
    with h5py.File(source / "expected" / name) as old, h5py.File(HERE / "expected" / name, "w") as new:
        report = old["report/v1"]
        thousandths = np.rint(report["data"][::REPORT_STRIDE] * 1000)
        out = new.create_group("report/v1")
        out.create_dataset("data", data=thousandths.astype(np.int32), chunks=thousandths.shape, compression="gzip",
                           compression_opts=9, shuffle=True, track_times=False)
        out["data"].attrs["variable"] = report["data"].attrs["variable"]
        out["data"].attrs["scale"] = 0.001
        out["data"].attrs["samples"] = np.arange(0, report["data"].shape[0], REPORT_STRIDE)
        store(out, "node_ids", report["mapping/node_ids"][:])


def main(source):
    for name in ("v1", "lgn", "bkg"):
        pack_nodes(source, name)
        pack_edges(source, name)
    copy_components(source)
    copy_configs(source)
    pack_inputs(source)
    for name in SPIKES:
        pack_spikes(source, name)
    for name in REPORTS:
        pack_report(source, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
