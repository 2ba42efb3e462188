# SPDX-License-Identifier: BSD-3-Clause
"""Node and edge files of a V1 population whose values a test has drawn."""
import h5py
import numpy as np


def write_v1_nodes(base, populations, kind, **columns):
    """BASE/network/v1_node_types.csv, a type for each name of a population, and v1_nodes.h5: cell i has type kind[i]."""
    folder = base / "network"
    folder.mkdir(parents=True)
    (folder / "v1_node_types.csv").write_text("node_type_id pop_name ei location\n" + "".join(
        f"{100 + i} {name} {name[0]} VisL\n" for i, name in enumerate(populations)))
    with h5py.File(folder / "v1_nodes.h5", "w") as file:
        group = file.create_group("nodes/v1")
        group["node_id"] = np.arange(len(kind), dtype="u8")
        group["node_type_id"] = 100 + np.asarray(kind).astype("u8")
        group["node_group_id"] = np.zeros(len(kind), "u4")
        group["node_group_index"] = np.arange(len(kind), dtype="u8")
        for name, values in columns.items():
            group[f"0/{name}"] = values


def write_v1_edges(path, source, target, **columns):
    """Connections within V1, all of one type."""
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/v1_to_v1")
        for end, ids in (("source", source), ("target", target)):
            group[f"{end}_node_id"] = np.asarray(ids).astype("u8")
            group[f"{end}_node_id"].attrs["node_population"] = "v1"
        group["edge_type_id"] = np.ones(len(source), "u8")
        group["edge_group_id"] = np.zeros(len(source), "u4")
        group["edge_group_index"] = np.arange(len(source), dtype="u8")
        for name, values in columns.items():
            group[f"0/{name}"] = values
