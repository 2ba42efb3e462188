# SPDX-License-Identifier: BSD-3-Clause
"""`striate pipeline` by the reference's names: adjusted weights, silencing experiments, tables for training, groups."""
import json
import os
import shutil
import unittest

import numpy as np

from support.tiny_pipeline import TinyPipelineTest, small_paradigm


class PipelineTargetsTest(TinyPipelineTest):
    shortened = ("config_plain.json", "config_adjusted.json", "config_bio_trained.json", "config_filternet.json")

    def test_adjusted_weights_are_made_from_their_inputs(self):
        base = self.with_network()
        first = self.pipeline("tiny/output_adjusted/spikes.h5", "tiny/figures/actuation_matrix.pdf")
        for step in ("if-curves", "target-current", "adjust of tiny", "simulation of tiny/output_adjusted"):
            self.assertEqual(first.count(f"] {step}"), 1, first)
        for file in ("network/v1_v1_edges_adjusted.h5", "metrics/modulation.csv", "figures/actuation_matrix.pdf"):
            self.assertTrue((base / file).exists(), file)
        self.assertIn("nothing to do", self.pipeline("tiny/output_adjusted/spikes.h5", "tiny/metrics/modulation.csv"))
        # Weights without their tables were brought by somebody, and are not replaced.
        edges = base / "network/v1_v1_edges_adjusted.h5"
        before = edges.read_bytes()
        for name in ("actuation_matrix.csv", "modulation.csv"):
            (base / "metrics" / name).unlink()
        os.utime(edges, ns=(1, 1))
        self.assertIn("adjust of tiny", self.pipeline("tiny/metrics/modulation.csv"))
        self.assertEqual(edges.read_bytes(), before)
        self.assertEqual(edges.stat().st_mtime_ns, 1)

    def test_an_experiment_from_its_cohort_to_its_heat_map(self):
        base = self.with_network()
        (base / "configs/paradigms").mkdir()
        (base / "configs/paradigms/small.yaml").write_text(small_paradigm(trials="0..0", metrics="odsi, sparsity"))
        for source in ("v1", "bkg"):
            shutil.copy2(base / f"network/{source}_v1_edges.h5", base / f"network/{source}_v1_edges_bio_trained.h5")
        target = "tiny/figures/suppression_pv_neg1000.png"
        dry = self.pipeline(target, "--dry-run")
        self.assertIn("nodesets celltypes of tiny", dry)
        self.assertIn("suppression of tiny pv_neg1000", dry)
        self.assertFalse((base / "node_sets").exists())
        text = self.pipeline(target)
        self.assertIn("first the cohorts", text)
        self.assertTrue((self.folder / target).exists())
        cells = set(json.loads((base / "node_sets/pv_nodes.json").read_text())["node_id"])
        config = base / "configs/8dir_10trials_pv_neg1000/config_0.json"
        self.assertEqual(set(json.loads(config.read_text())["node_sets"]["pv_suppressed"]["node_id"]), cells)
        self.assertIn("nothing to do", self.pipeline(target))
        # A newer base configuration makes the experiment's anew, but no trial, because it says the same.
        (base / "configs/config_bio_trained.json").touch()
        text = self.pipeline("tiny/metrics/OSI_DSI_DF_pv_neg1000.csv")
        self.assertIn("configuration of tiny pv_neg1000", text)
        self.assertNotIn("simulation of", text)
        # Another cohort does run them again.
        kept = sorted(cells)[1:]
        (base / "node_sets/pv_nodes.json").write_text(json.dumps({"population": "v1", "node_id": kept}))
        text = self.pipeline("tiny/metrics/OSI_DSI_DF_pv_neg1000.csv")
        self.assertIn("simulation of tiny/8dir_10trials_pv_neg1000", text)
        self.assertNotIn("simulation of tiny/8dir_10trials_bio_trained", text)
        self.assertEqual(json.loads(config.read_text())["node_sets"]["pv_suppressed"]["node_id"], kept)

    def test_tables_for_training_are_the_least_squares_fits(self):
        self.with_network()
        self.pipeline("tf_alpha_params", "tf_basis_functions")
        folder = self.folder / "tiny/tf_props"
        tau = np.load(folder / "tau_basis.npy")
        full = [line.split() for line in (folder / "double_alpha_params_full.csv").read_text().splitlines()]
        weights = [line.split(",") for line in (folder / "basis_function_weights.csv").read_text().splitlines()]
        self.assertEqual(len(full), 1 + 90)  # ten source classes, nine target classes
        self.assertEqual([row[0] for row in full[1:]], [row[0] for row in weights[1:]])
        self.assertIn("exc_to_e23", [row[0] for row in full])
        distinct = (folder / "double_alpha_params.csv").read_text().splitlines()
        self.assertEqual(set(distinct[1:]), {" ".join(row[1:]) for row in full[1:]})
        self.assertEqual(len(set(distinct)), len(distinct))
        t = np.linspace(0, 30, 1000)

        def alpha(time_constant):
            return t / time_constant * np.exp(1 - t / time_constant)
        basis = np.stack([alpha(each) for each in tau], axis=1)
        for row, fit in zip(full[1:], weights[1:]):
            fast, slow, amplitude = map(float, row[1:])
            expected = np.linalg.lstsq(basis, alpha(fast) + amplitude * alpha(slow), rcond=None)[0]
            np.testing.assert_allclose(np.array(fit[1:], float), expected, rtol=1e-8, atol=1e-9)

    def test_groups_braces_and_patterns(self):
        text = self.pipeline("core_spikes", "--dry-run")
        for step in ("build of core", "adjust of core", "simulation of core/output_adjusted"):
            self.assertIn(step, text)
        self.assertEqual(list(self.folder.iterdir()), [])
        text = self.pipeline("all_cores", "--dry-run")
        self.assertEqual(text.count("simulation of core_"), 10)
        text = self.pipeline("core_nll_{0..1}/output_plain/spikes.h5", "--dry-run")
        self.assertEqual(text.count("simulation of core_nll_"), 2)
        text = self.pipeline("core_nll_%/output_plain/spikes.h5", "--dry-run")
        self.assertEqual(text.count("simulation of core_nll_"), 10)
        self.with_network()
        text = self.pipeline("tiny/figures/r%_plain.png", "--dry-run")
        self.assertIn("picture: raster of tiny plain", text)
        self.pipeline("tiny/nothing_%.csv", code=2)
        self.pipeline("all_nothing", code=2)


if __name__ == "__main__":
    unittest.main()
