# SPDX-License-Identifier: BSD-3-Clause
"""Responses to images as one file, and the reliability of cells: against NumPy, the same on 1, 2 and 3 ranks, with later
windows, and as the reference's scripts read it."""
import unittest

import h5py
import numpy as np

from metrics_images_test import write_runs
from metrics_test import CELLS, write_network
from support import StriateTest, h5_contents, run
from support.results import rows_of

RUNS, SLOTS, IMAGES = 6, 20, 7


class ResponsesTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.base = self.folder / "core"
        self.rng = np.random.default_rng(5)
        write_network(self.base, self.rng)
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            self.core = np.hypot(file["nodes/v1/0/x"][:], file["nodes/v1/0/z"][:]) < 120
        self.assertTrue(0 < self.core.sum() < CELLS)
        self.counts = write_runs(self.base, self.rng, runs=RUNS, slots=SLOTS, first=250, paradigm="imagenet")
        self.labels = self.rng.integers(-1, IMAGES, (RUNS, SLOTS))
        with h5py.File(self.folder / "labels.h5", "w") as file:
            file["stim_ids"] = self.labels
        self.runs = sorted((self.base / "output_imagenet_plain").iterdir())

    def responses(self, *options, ranks=None, folder="out"):
        output = self.folder / folder
        result = run("metrics", "responses", self.base, "plain", "--run", *self.runs, "--first", "250", "--slots", SLOTS,
                     "--labels", self.folder / "labels.h5", "--core-radius", "120", "-o", output, *options, ranks=ranks)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return output, result

    def oracle(self, cell):
        """Of one cell: images that come at least twice, as many presentations of each."""
        flat, responses = self.labels.ravel(), self.counts.reshape(-1, CELLS)[:, cell].astype(float)
        where = [np.flatnonzero(flat == image) for image in range(IMAGES)]
        where = [places for places in where if len(places) >= 2]
        n = min(map(len, where))
        x = np.array([responses[[places[k] for places in where]] for k in range(n)])
        with np.errstate(invalid="ignore"):
            r = [np.corrcoef(x[k], np.delete(x, k, 0).mean(0))[0, 1] for k in range(n)]
        single = x.var(axis=1).mean()
        return np.mean(r), (n * x.mean(axis=0).var() - single) / (n - 1) / single

    def test_against_numpy_on_any_number_of_ranks(self):
        output, _ = self.responses()
        for ranks in (1, 2, 3):
            other, _ = self.responses(ranks=ranks, folder=f"ranks_{ranks}")
            self.assertEqual(h5_contents(output / "image_responses_plain.h5"), h5_contents(other / "image_responses_plain.h5"))
            self.assertEqual((output / "oracle_plain.csv").read_bytes(), (other / "oracle_plain.csv").read_bytes())
        with h5py.File(output / "image_responses_plain.h5") as file:
            self.assertEqual(file["counts"].dtype, np.uint16)
            np.testing.assert_array_equal(file["counts"][:], self.counts.reshape(-1, CELLS)[:, self.core])
            np.testing.assert_array_equal(file["image"][:], self.labels.ravel())
            np.testing.assert_array_equal(file["run"][:], np.repeat(np.arange(RUNS), SLOTS))
            np.testing.assert_array_equal(file["slot"][:], np.tile(np.arange(SLOTS), RUNS))
            np.testing.assert_array_equal(file["node_id"][:], np.flatnonzero(self.core))
            sums = np.array([self.counts[self.labels == image].sum(axis=0)[self.core] for image in range(IMAGES)])
            np.testing.assert_array_equal(file["by_image"][:], sums)
            names = file["cell_type"].attrs["names"].split(",")
            labels = ("L2/3_Exc", "L4_Exc", "L4_SST", "L5_ET", "L5_PV")
            self.assertEqual([names[k] for k in file["cell_type"]], [labels[i % 5] for i in np.flatnonzero(self.core)])
            self.assertTrue(np.isnan(file["y"][:]).all())  # the nodes have no depth
            self.assertNotIn("arr_0", file)
        rows = rows_of(output / "oracle_plain.csv")
        self.assertEqual([int(row["node_id"]) for row in rows], list(np.flatnonzero(self.core)))
        for row in rows[:-1]:
            oracle, signal = self.oracle(int(row["node_id"]))
            self.assertAlmostEqual(float(row["oracle"]), oracle, 9)
            self.assertAlmostEqual(float(row["signal_variance"]), signal, 9)

    def test_the_layout_of_the_reference(self):
        output, _ = self.responses("--layout", "reference", "--cells", "all", ranks=2)
        with h5py.File(output / "image_responses_plain.h5") as file:
            sums = np.array([self.counts[self.labels == image].sum(axis=0) for image in range(IMAGES)])
            np.testing.assert_array_equal(file["arr_0"][:], sums.T)
        read = run("metrics", "correlation", self.base, "plain", "--responses", output / "image_responses_plain.h5", "-o",
                   self.folder / "correlation")
        self.assertEqual(read.returncode, 0, read.stderr)
        wrong = run("metrics", "responses", self.base, "plain", "--layout", "reference")
        self.assertEqual(wrong.returncode, 2, wrong.stderr)

    def test_later_windows(self):
        output, result = self.responses("--latency", "50")
        times = np.concatenate([h5py.File(run_folder / "spikes.h5")["spikes/v1/timestamps"][:] for run_folder in self.runs])
        with h5py.File(output / "image_responses_plain.h5") as file:
            self.assertEqual(file["counts"].shape[0], RUNS * SLOTS)
            self.assertEqual(file.attrs["latency_ms"], 50)
            inside = file["counts"][:].sum()
        self.assertLess(inside, ((times >= 300) & (times < 300 + 250 * SLOTS)).sum() + 1)
        late, result = self.responses("--latency", "16000", folder="late")
        self.assertIn("left out", result.stderr)
        with h5py.File(late / "image_responses_plain.h5") as file:
            self.assertEqual(file["counts"].shape[0], RUNS * 15)  # runs last 20 s
            np.testing.assert_array_equal(file["image"][:], self.labels[:, :15].ravel())
        result = run("metrics", "responses", self.base, "plain", "--run", *self.runs, "--latency", "999999")
        self.assertEqual(result.returncode, 2, result.stderr)

    def test_images_shown_once_have_no_reliability(self):
        output = self.folder / "once"
        result = run("metrics", "responses", self.base, "plain", "--run", *self.runs, "--first", "250", "--slots", SLOTS, "-o",
                     output)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([path.name for path in sorted(output.iterdir())], ["image_responses_plain.h5"])
        (self.runs[2] / "spikes.h5").unlink()
        result = run("metrics", "responses", self.base, "plain", "--run", *self.runs, "--first", "250", "--slots", SLOTS)
        self.assertEqual(result.returncode, 66, result.stderr)


if __name__ == "__main__":
    unittest.main()
