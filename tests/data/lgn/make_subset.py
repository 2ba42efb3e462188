#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes filternet_subset.h5 and node_types.csv from a full set of FilterNet (BMTK 1.0.8) outputs.

usage: make_subset.py FOLDER   (with filternet_reference.h5 and movie_noise.npy)
The full set holds rates of 42 cells for four stimuli at every frame; kept are some frames of each, all cells as a
SONATA node population, and the first pictures of the movie (rates up to then depend on no others).
"""
import sys
from pathlib import Path

import h5py
import numpy as np

folder, here = Path(sys.argv[1]), Path(__file__).parent
frames = {
    "grating45_up": [0, 400, 500, 501, 530, 600, 640, 733, 850, 1000, 1111, 2222, 3000],
    "grating90_down_phase": [0, 199, 201, 230, 260, 333, 450, 777, 1500],
    "flash": [0, 299, 310, 330, 360, 420, 555, 699, 720, 740, 800, 1000, 1200],
    "movie_noise": [0, 10, 25, 49, 60, 75, 110, 140, 160, 199],
}
movie_frames = 200
with h5py.File(folder / "filternet_reference.h5") as full, h5py.File(here / "filternet_subset.h5", "w") as small:
    names = [name.decode() for name in full["cells/pop_name"][:]]
    types = sorted(set(names), key=names.index)
    nodes = small.create_group("nodes/lgn")
    count = len(names)
    nodes["node_id"] = np.arange(count, dtype=np.uint64)
    nodes["node_type_id"] = np.array([100 + types.index(name) for name in names], np.uint64)
    nodes["node_group_id"] = np.zeros(count, np.uint32)
    nodes["node_group_index"] = np.arange(count, dtype=np.uint64)
    for column in full["cells"]:
        if column != "pop_name":
            nodes[f"0/{column}"] = full[f"cells/{column}"][:]
    for case, kept in frames.items():
        small[f"cases/{case}/frame"] = np.array(kept, np.int64)
        small[f"cases/{case}/rates"] = full[f"cases/{case}/rates"][:, kept]
    small["kernels/amplitude"] = full["kernels/amplitude"][:]
    small["kernels/temporal_len"] = full["kernels/temporal_len"][:]
    movie = np.load(folder / "movie_noise.npy")[:movie_frames]
    changes = [0] + [n for n in range(1, movie_frames) if (movie[n] != movie[n - 1]).any()]
    small["movie/first_frame"] = np.array(changes, np.int64)
    small.create_dataset("movie/pictures", data=movie[changes], compression="gzip")
with open(here / "node_types.csv", "w") as out:
    out.write("node_type_id pop_name location model_type ei\n")
    for k, name in enumerate(types):
        out.write(f"{100 + k} {name} LGN virtual e\n")
