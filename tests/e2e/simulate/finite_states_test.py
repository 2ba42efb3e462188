# SPDX-License-Identifier: BSD-3-Clause
"""Cells whose numbers cannot be computed: refused before the run, or the run ends with what became of which cell. And
cells with one alpha function per receptor, which are the double ones without their slow part."""
import json
import re
import unittest

from support import CELL, SmallNetwork, StriateTest, run


class FiniteStatesTest(StriateTest):
    def network(self, **cell):
        network = SmallNetwork(self.folder, duration=200.0)
        (self.folder / "cell.json").write_text(json.dumps(CELL | cell))
        return network

    def check(self, network, code, *texts):
        file = self.folder / "config.json"
        file.write_text(json.dumps(network.config))
        for ranks in (None, 2):
            with self.subTest(ranks=ranks, texts=texts):
                result = run("simulate", file, ranks=ranks)
                self.assertEqual(result.returncode, code, result.stderr)
                # Several ranks may lose a cell in the same step: whoever comes first names its own.
                def said(text):
                    return re.sub(r"of node \d", "of node N", text) if ranks else text
                for text in texts:
                    self.assertIn(said(text), said(result.stderr))
                if code != 0:
                    self.assertFalse((self.folder / "output/spikes.h5").exists())
        return run("check", file)

    def test_refused_at_load_and_by_check(self):
        for key, value in (("tau_syn_fast", [1e-5]), ("tau_syn_slow", [1e-300]), ("asc_amps", [1e308, -1e308]),
                           ("asc_decay", [5e-324, 0.1]), ("g", 1e-15)):
            with self.subTest(key=key):
                check = self.check(self.network(**{key: value}), 78, "error: invalid", key, "cell.json", "dt=0.25" if
                                   key in ("tau_syn_fast", "tau_syn_slow", "asc_decay", "g") else key)
                self.assertEqual(check.returncode, 78, check.stdout)
                self.assertIn(key, check.stdout + check.stderr)

    def test_currents(self):
        network = self.network()
        clamp = {"input_type": "current_clamp", "module": "IClamp", "node_set": {"population": "cells", "node_id": [1]},
                 "amp": 1.5e308, "delay": 20.0, "duration": 50.0}
        network.config["inputs"] |= {"one": clamp, "two": clamp}
        self.check(network, 65, "I of node 1 of population 'cells'", "cell.json", "ms")

    def test_weights(self):
        self.check(self.network(amp_slow=[1e308]), 65, "of node 0 of population 'cells'")
        network = self.network()
        network.edges("inputs", 2, 3, 1e308)
        self.check(network, 65, "I_syn (receptor 1) of node ", "population 'cells'")

    def test_potentials_that_a_spike_resets(self):
        network = self.network(after_spike_currents=False, g=1e-4, C_m=1e-3)  # 100 pA move it by 1e5 mV a step
        network.config["inputs"]["clamp"] = {"input_type": "current_clamp", "module": "IClamp", "node_set": "cells",
                                             "amp": 1.7e308, "delay": 20.0, "duration": 50.0}
        self.check(network, 65, "V_m of node 0 of population 'cells'")

    def test_reports_hold_what_their_numbers_can(self):
        network = self.network()
        network.config["inputs"]["clamp"] = {"input_type": "current_clamp", "module": "IClamp", "node_set": "cells",
                                             "amp": 1e39, "delay": 20.0, "duration": 50.0}
        network.config["reports"] = {"i": {"module": "multimeter_report", "cells": "cells", "variable_name": "I",
                                           "file_name": "i.h5"}}
        self.check(network, 65, "I=1e+39 of node 0 of population 'cells'", "float32")
        network.config["reports"]["i"]["precision"] = "double"
        self.check(network, 0)

    def test_one_alpha_function(self):
        spikes = {}
        for name, template, change in (
                ("double", "glif_psc_double_alpha", {"amp_slow": [0.0], "tau_syn_slow": [7.0]}),
                ("single", "glif_psc", {"tau_syn": [2.0]})):
            network = self.network(**change)
            cell = CELL | change
            if name == "single":
                for key in ("tau_syn_fast", "tau_syn_slow", "amp_slow"):
                    del cell[key]
            (self.folder / "cell.json").write_text(json.dumps(cell))
            types = self.folder / "cells_node_types.csv"
            types.write_text(types.read_text().replace("glif_psc_double_alpha", template))
            for ports in ("merged", "reference"):
                output = self.simulate(network.config, "--ports", ports, output=f"{name}_{ports}")
                spikes[name, ports] = (output / "spikes.csv").read_bytes()
            check = run("check", self.folder / "config.json")
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        self.assertGreater(spikes["single", "merged"].count(b"\n"), 10)
        self.assertEqual(len(set(spikes.values())), 1)

    def test_other_models_are_refused(self):
        network = self.network()
        types = self.folder / "cells_node_types.csv"
        text = types.read_text()
        for template in ("nest:iaf_psc_alpha", "nest:glif_cond"):
            types.write_text(text.replace("nest:glif_psc_double_alpha", template))
            self.check(network, 78, template, "nest:glif_psc_double_alpha or nest:glif_psc,")


if __name__ == "__main__":
    unittest.main(verbosity=2)
