# SPDX-License-Identifier: BSD-3-Clause
"""Tables and arrays of `striate metrics` are the same bytes on 1, 2 and 3 ranks."""
import shutil
import unittest
import zipfile

import h5py
import numpy as np

from support import TINY, StriateTest, h5_contents, run
from support.made_v1 import write_v1_edges, write_v1_nodes

CELLS = 23  # shared unevenly by 2 and 3 ranks
TYPES = ("e23Cux2", "e4Rorb", "i4Sst", "e5ET", "i5Pvalb")
EDGES = 2_300_000  # more than two blocks of rows
ANGLES = range(0, 360, 45)
CONTRASTS = ("0.05", "0.1", "0.2", "0.4", "0.6", "0.8")


def write_network(base, rng):
    places = {name: rng.uniform(-150, 150, CELLS) for name in ("x", "z")}
    write_v1_nodes(base, TYPES, np.arange(CELLS) % len(TYPES), **places, tuning_angle=rng.uniform(0, 360, CELLS))
    source, target = (rng.integers(0, CELLS, EDGES) for _ in range(2))
    write_v1_edges(base / "network/v1_v1_edges.h5", source, target, syn_weight=rng.lognormal(size=EDGES))


def write_spikes(folder, rng):
    folder.mkdir(parents=True)
    count = rng.integers(60, 400)
    with h5py.File(folder / "spikes.h5", "w") as file:
        file["spikes/v1/timestamps"] = np.sort(rng.uniform(0, 3000, count))
        file["spikes/v1/node_ids"] = rng.integers(0, CELLS - 1, count).astype("u8")  # the last cell is silent


class MetricsTest(StriateTest):
    def outputs(self, kind, ranks, *options):
        """Name of each file that `kind` wrote on `ranks` ranks -> its contents."""
        output = self.folder / f"on_{ranks}"
        before = set(output.rglob("*")) if output.exists() else set()
        result = run("metrics", kind, self.base, "plain", "-o", output, *options, ranks=ranks)
        self.assertEqual(result.returncode, 0, f"{kind}, {ranks} ranks:\n{result.stdout}{result.stderr}")
        new = sorted(set(output.rglob("*")) - before)
        contents = {path.name: h5_contents(path) if path.suffix == ".h5" else path.read_bytes() for path in new}
        if kind == "contrast":
            contents["spike_counts.h5"] = h5_contents(self.base / "contrasts_plain/spike_counts.h5")
            contents["spike_counts.npz"] = (self.base / "contrasts_plain/spike_counts.npz").read_bytes()
        return contents

    def in_numpy(self):
        """Arrays that scripts load by NumPy, against the spikes themselves."""
        contrasts = self.base / "contrasts_plain"

        def counts(folder):
            with h5py.File(folder / "spikes.h5") as file:
                times, ids = file["spikes/v1/timestamps"][:], file["spikes/v1/node_ids"][:].astype(int)
            return np.bincount(ids[(times > 700) & (times < 2500)], minlength=CELLS)

        with zipfile.ZipFile(contrasts / "spike_counts.npz") as archive:
            self.assertIsNone(archive.testzip())
        with np.load(contrasts / "spike_counts.npz") as file:
            self.assertEqual(sorted(file), ["evoked_spikes", "interval_length", "spont_spikes"])
            self.assertEqual((file["interval_length"].shape, file["interval_length"].dtype), ((), np.int64))
            self.assertEqual(file["interval_length"], 1800)
            self.assertEqual(file["spont_spikes"].dtype, np.float64)
            np.testing.assert_array_equal(
                file["spont_spikes"], [counts(contrasts / f"angle0_contrast0.0_trial{trial}") for trial in range(30)])
            np.testing.assert_array_equal(
                file["evoked_spikes"], [[[counts(contrasts / f"angle{angle}_contrast{contrast}_trial{trial}")
                                          for trial in range(10)] for contrast in CONTRASTS] for angle in ANGLES])
        values = np.load(self.folder / "on_1/dg_trial_averaged_sparsity_plain.npy")
        self.assertEqual((values.shape, values.dtype), ((CELLS,), np.float64))
        with h5py.File(self.folder / "on_1/dg_trial_averaged_sparsity_plain.h5") as file:
            np.testing.assert_array_equal(values, file["dg_trial_averaged_sparsity"][:])
        self.assertTrue(np.isnan(values[-1]) and np.isfinite(values[:-1]).all())

    def test_ranks(self):
        rng = np.random.default_rng(5)
        self.base = self.folder / "core"
        write_network(self.base, rng)
        for angle in ANGLES:
            for trial in range(10):
                if (angle, trial) != (90, 3):  # one trial is missing
                    write_spikes(self.base / f"8dir_10trials_plain/angle{angle}_trial{trial}", rng)
                write_spikes(self.base / f"8dir_10trials_trained/angle{angle}_trial{trial}", rng)
        contrasts = self.base / "contrasts_plain"
        for trial in range(30):
            write_spikes(contrasts / f"angle0_contrast0.0_trial{trial}", rng)
        for angle in ANGLES:
            for contrast in CONTRASTS:
                for trial in range(10):
                    write_spikes(contrasts / f"angle{angle}_contrast{contrast}_trial{trial}", rng)
        write_spikes(self.base / "output_plain", rng)
        expected = {"odsi": 2, "rates": 2, "sparsity": 3, "similarity": 3, "contrast": 8, "preferred-direction": 3, "fano": 1,
                    "spectra": 2, "suppression": 3, "weights": 6}
        # A second network of the same tables; BASE itself would count once.
        other = self.folder / "other"
        options = {"similarity": ["--networks", other], "contrast": ["--networks", other, "--format", "npz"],
                   "sparsity": ["--format", "npy"],
                   "preferred-direction": ["--min-rate", "0", "--monte-carlo", 30, "--limit", 400],
                   "suppression": ["--baseline", "trained", "--targets", "targets.json"]}
        (self.base / "targets.json").write_text('{"population": "v1", "node_id": [1, 2, 8]}')
        for option in ("plain", "trained"):
            for kind in ("odsi", "sparsity"):  # other kinds read BASE/metrics
                self.assertEqual(run("metrics", kind, self.base, option).returncode, 0)
        self.assertEqual(run("metrics", "contrast", self.base, "plain").returncode, 0)
        for part in ("network", "metrics"):
            shutil.copytree(self.base / part, other / part)
        for kind, files in expected.items():
            with self.subTest(kind=kind):
                alone = self.outputs(kind, 1, *options.get(kind, []))
                self.assertEqual(sum(not name.endswith(".provenance.json") for name in alone), files)
                for ranks in (2, 3):
                    shared = self.outputs(kind, ranks, *options.get(kind, []))
                    self.assertEqual(sorted(shared), sorted(alone))
                    differing = [name for name in alone if shared[name] != alone[name]]
                    self.assertEqual(differing, [], f"on {ranks} ranks")
        self.in_numpy()

    def test_spikes_beside_the_windows(self):
        """Runs of which nothing would be counted are named: too short, in seconds, without spikes."""
        times = np.linspace(1, 2999, 200)
        for name, shown in (("well", times), ("short", times / 10), ("seconds", times / 1000), ("none", times[:0])):
            folder = self.folder / name
            folder.mkdir()
            with h5py.File(folder / "spikes.h5", "w") as file:
                file["spikes/v1/timestamps"], file["spikes/v1/node_ids"] = shown, np.arange(len(shown), dtype="u8") % 20
            for ranks in (None, 2):
                result = run("metrics", "rates", TINY, "plain", "--run", folder, "-o", folder, ranks=ranks)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(result.stderr.count("lies in (500, 2500]"), name != "well", result.stderr)

    def test_curves(self):
        """Models of the reference network, on 1, 2 and 3 ranks."""
        for ranks in (1, 2, 3):
            output = self.folder / f"curves_on_{ranks}"
            for kind, *options in (("if-curves", "--step", 10, "--max", 700),
                                   ("target-current", "--curves", output / "if_curves_all.csv")):
                result = run("metrics", kind, TINY, "-o", output, *options, ranks=ranks)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            for name in ("if_curves_all.csv", "target_currents.csv"):
                self.assertEqual((output / name).read_bytes(),
                                 (self.folder / "curves_on_1" / name).read_bytes())
        rows = [line.split() for line in (self.folder / "curves_on_1/if_curves_all.csv").read_text().splitlines()]
        self.assertEqual(rows[0], ["model_id"] + [str(10 * i) for i in range(71)])
        rates = np.array([row[1:] for row in rows[1:]], float)
        self.assertTrue((rates[:, 0] == 0).all() and (rates[:, -1] > 0).all())
        targets = [line.split() for line in
                   (self.folder / "curves_on_1/target_currents.csv").read_text().splitlines()[1:]]
        self.assertTrue(all(0 < float(current) < 700 for _, current in targets), targets)


if __name__ == "__main__":
    unittest.main()
