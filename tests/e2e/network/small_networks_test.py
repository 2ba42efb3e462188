# SPDX-License-Identifier: BSD-3-Clause
"""Networks at the edges of what makes sense: more ranks than neurons, nothing to read, nothing to write."""
import json
import unittest

import h5py
import numpy as np

from support import SmallNetwork, StriateTest, h5_contents, run, spikes_of_h5


class SmallNetworksTest(StriateTest):
    def results(self, config, ranks):
        """Contents of spikes.h5 and spikes.csv."""
        output = self.simulate(config, ranks=ranks, output=f"on_{ranks}")
        return h5_contents(output / "spikes.h5"), (output / "spikes.csv").read_text(), output

    def check_all_ranks(self, config):
        """Same results without mpirun and on 1, 2, 5 ranks; gives them."""
        alone = self.results(config, None)
        for ranks in (1, 2, 5):
            with self.subTest(ranks=ranks):
                self.assertEqual(self.results(config, ranks)[:2], alone[:2])
        return alone

    def add_report(self, config):
        config["reports"] = {"v": {"module": "multimeter_report", "cells": "cells", "variable_name": "V_m",
                                   "file_name": "v.h5", "precision": "double"}}

    def test_more_ranks_than_neurons(self):
        network = SmallNetwork(self.folder, cells=3)
        self.add_report(network.config)
        _, text, output = self.check_all_ranks(network.config)
        self.assertGreater(len(text.splitlines()), 4, "the inputs make the cells fire")
        with h5py.File(output / "v.h5") as alone, h5py.File(self.folder / "on_5/v.h5") as shared:
            self.assertEqual(alone["report/cells/data"].shape, (400, 3))
            self.assertTrue((alone["report/cells/data"][:] == shared["report/cells/data"][:]).all())

    def test_one_neuron_on_three_ranks(self):
        network = SmallNetwork(self.folder, cells=1, inputs=1)
        self.assertEqual(self.results(network.config, 3)[:2], self.results(network.config, None)[:2])

    def test_no_inputs(self):
        network = SmallNetwork(self.folder)
        del network.config["inputs"]
        self.assertEqual(self.check_all_ranks(network.config)[1], "timestamps population node_ids\n")

    def test_no_edge_files(self):
        network = SmallNetwork(self.folder)
        network.config["networks"]["edges"] = []
        self.check_all_ranks(network.config)

    def test_only_recurrent_edges(self):
        network = SmallNetwork(self.folder)
        del network.config["networks"]["edges"][1]
        network.config["inputs"] = {"current": {"input_type": "current_clamp", "module": "IClamp", "node_set": "cells",
                                                "amp": 400.0, "delay": 10.0, "duration": 80.0}}
        _, text, _ = self.check_all_ranks(network.config)
        self.assertGreater(len(text.splitlines()), 4)

    def test_edge_files_without_rows(self):
        network = SmallNetwork(self.folder)
        network.edges("cells", 0, 0, 0.0)
        network.edges("inputs", 0, 0, 0.0)
        self.check_all_ranks(network.config)

    def test_input_without_spikes(self):
        network = SmallNetwork(self.folder)
        network.spikes("inputs", [])
        self.check_all_ranks(network.config)

    def test_silence(self):
        """Nobody fires: complete files without spikes."""
        network = SmallNetwork(self.folder, driven=1.0)
        _, text, output = self.check_all_ranks(network.config)
        self.assertEqual(text, "timestamps population node_ids\n")
        times, ids = spikes_of_h5(output / "spikes.h5", "cells")
        self.assertEqual((len(times), len(ids)), (0, 0))

    def test_nothing_to_write(self):
        """A run that would record nothing is refused."""
        network = SmallNetwork(self.folder)
        network.config["output"] = {"output_dir": str(self.folder / "bare")}
        file = self.folder / "bare_config.json"
        file.write_text(json.dumps(network.config))
        for ranks in (None, 2):
            self.assertEqual(run("simulate", file, ranks=ranks).returncode, 78)

    def test_one_step(self):
        network = SmallNetwork(self.folder, duration=0.25)
        self.check_all_ranks(network.config)

    def test_node_ids_in_any_order(self):
        """Ids need not be 0..N-1: relabelling the cells relabels the spikes and changes nothing else."""
        network = SmallNetwork(self.folder, cells=3, inputs=1)
        with h5py.File(self.folder / "inputs_cells_edges.h5", "r+") as file:  # each cell its own drive
            file["edges/inputs_to_cells/0/syn_weight"][...] = np.array([700.0, 900.0, 1100.0])
        before = spikes_of_h5(self.results(network.config, None)[2] / "spikes.h5", "cells")
        labels = np.array([70, 5, 1000], np.uint64)
        with h5py.File(self.folder / "cells_nodes.h5", "r+") as file:
            file["nodes/cells/node_id"][...] = labels
        for name, datasets in (("cells_cells", ("source_node_id", "target_node_id")), ("inputs_cells", ("target_node_id",))):
            with h5py.File(self.folder / f"{name}_edges.h5", "r+") as file:
                for dataset in datasets:
                    ids = file[f"edges/{name.replace('_', '_to_')}/{dataset}"]
                    ids[...] = labels[ids[:].astype(int)]
        after = spikes_of_h5(self.results(network.config, 2)[2] / "spikes.h5", "cells")
        self.assertGreater(len(before[0]), 3)
        relabelled = sorted(zip(before[0].tolist(), labels[before[1].astype(int)].tolist()))
        self.assertEqual(list(zip(after[0].tolist(), after[1].tolist())), relabelled)


if __name__ == "__main__":
    unittest.main(verbosity=2)
