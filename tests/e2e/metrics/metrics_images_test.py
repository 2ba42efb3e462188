# SPDX-License-Identifier: BSD-3-Clause
"""Analyses of image responses: against NumPy, and the same bytes on 1, 2 and 3 ranks."""
import csv
import unittest

import h5py
import numpy as np

from metrics_test import CELLS, write_network
from support import StriateTest, h5_contents, run
from support.results import rows_of

IMAGES = 60


def write_runs(base, rng, runs, slots, first, paradigm):
    """Spikes at rates of each cell's own for each slot; the last cell is silent. -> counts (runs, slots, cells)"""
    rates = rng.gamma(1, 3, (slots, CELLS))
    rates[:, -1] = 0
    counts = rng.poisson(rates, (runs, slots, CELLS))
    for run_number in range(runs):
        folder = base / f"output_{paradigm}_plain/chunk_{run_number:02}"
        folder.mkdir(parents=True)
        slot, cell = (np.repeat(index.ravel(), counts[run_number].ravel()) for index in np.indices((slots, CELLS)))
        times = first + 250 * (slot + rng.uniform(0, 0.999, len(slot)))
        order = np.argsort(times)
        with h5py.File(folder / "spikes.h5", "w") as file:
            file["spikes/v1/timestamps"] = times[order]
            file["spikes/v1/node_ids"] = cell[order].astype("u8")
    return counts


class ImagesTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.base = self.folder / "core"
        self.rng = np.random.default_rng(11)
        write_network(self.base, self.rng)
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            self.core = np.hypot(file["nodes/v1/0/x"][:], file["nodes/v1/0/z"][:]) < 200

    def on_ranks(self, kind, *options, ranks=(1, 2, 3)):
        """Runs on each number of ranks and compares. -> the output folder of the first."""
        contents = {}
        for count in ranks:
            output = self.folder / f"{kind}_{count}"
            result = run("metrics", kind, self.base, "plain", "-o", output, *options, ranks=count)
            self.assertEqual(result.returncode, 0, f"{kind}, {count} ranks:\n{result.stdout}{result.stderr}")
            contents[count] = {path.name: h5_contents(path) if path.suffix == ".h5" else path.read_bytes()
                               for path in sorted(output.rglob("*")) if path.is_file()}
        alone = contents[ranks[0]]
        for count in ranks[1:]:
            self.assertEqual(sorted(contents[count]), sorted(alone))
            self.assertEqual([name for name in alone if contents[count][name] != alone[name]], [], f"{count} ranks")
        return self.folder / f"{kind}_{ranks[0]}"

    def test_correlation(self):
        counts = write_runs(self.base, self.rng, runs=3, slots=IMAGES // 3, first=100, paradigm="imagenet")
        responses = counts.reshape(IMAGES, CELLS).T
        runs = sorted((self.base / "output_imagenet_plain").iterdir())
        output = self.on_ranks("correlation", "--first", "100", "--slots", IMAGES // 3, "--samples", 5, "--limit", 40,
                               "--run", *runs, "--format", "npy")
        with h5py.File(self.base / "network/v1_v1_edges.h5") as file:
            edges = file["edges/v1_to_v1"]
            source, target, weight = edges["source_node_id"][:], edges["target_node_id"][:], edges["0/syn_weight"][:]
        inside = self.core[source] & self.core[target]
        with np.errstate(invalid="ignore", divide="ignore"):
            expected = np.corrcoef(responses)[source[inside], target[inside]]
        with h5py.File(output / "response_correlations_plain.h5") as file:
            found = file["response_correlations"][:]
        np.testing.assert_allclose(found, expected, atol=1e-12)
        np.testing.assert_array_equal(np.load(output / "response_correlations_plain.npy"), found)
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            x, z = file["nodes/v1/0/x"][:], file["nodes/v1/0/z"][:]
        distances = np.load(output / "distances.npy")
        self.assertEqual(distances.dtype, np.float64)
        np.testing.assert_allclose(distances, np.hypot(x[source] - x[target], z[source] - z[target])[inside], rtol=1e-14)
        with h5py.File(self.base / "network/v1_nodes.h5") as file:
            excitatory = np.isin(file["nodes/v1/node_type_id"][:], (100, 101, 103))
        used = excitatory[source[inside]] & excitatory[target[inside]] & np.isfinite(found)
        slope, intercept = np.polyfit(found[used], weight[inside][used], 1)
        pair = next(row for row in rows_of(output / "correlation_pairs_plain.csv") if row["source_type"] == "E")
        self.assertAlmostEqual(float(pair["slope(pA)"]), slope, places=6)
        self.assertAlmostEqual(float(pair["intercept(pA)"]), intercept, places=6)
        bins = [row for row in rows_of(output / "correlation_bins_plain.csv")
                if (row["source_type"], row["target_type"]) == ("E", "E")]
        numbers = np.histogram(found[used], np.arange(-1, 1 + 1e-9, 0.1))[0]
        self.assertEqual([int(row["edges"]) for row in bins], list(numbers))

        # The same responses from a table, on edges of a trained network.
        with h5py.File(self.folder / "counts.h5", "w") as file:
            file["arr_0"] = responses.astype("f8")
        result = run("metrics", "correlation", self.base, "plain", "--responses", self.folder / "counts.h5", "-o",
                     self.folder / "table")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "table/correlation_pairs_plain.csv").read_bytes(),
                         (output / "correlation_pairs_plain.csv").read_bytes())

    def test_images(self):
        counts = write_runs(self.base, self.rng, runs=50, slots=119, first=250, paradigm="bo")
        labels = np.array([self.rng.permutation(119) for _ in range(50)])
        for name, ids in (("ascending", np.tile(np.arange(119), (50, 1))), ("labels", labels)):
            with h5py.File(self.folder / f"{name}.h5", "w") as file:
                file["stim_ids"] = ids
        output = self.on_ranks("images", "--labels", self.folder / "ascending.h5", "--format", "npy")
        with h5py.File(output / "cached_rates_plain/rates_core.h5") as file:
            np.testing.assert_array_equal(file["rates_core"][:], counts[:, :, self.core].transpose(0, 2, 1) * 4)
            np.testing.assert_array_equal(file["labels_core"][:], np.tile(np.arange(119), (50, 1)))
        rates, shown_labels = (np.load(output / f"cached_rates_plain/{name}_core.npy") for name in ("rates", "labels"))
        self.assertEqual((rates.dtype, shown_labels.dtype), (np.float16, np.int16))
        np.testing.assert_array_equal(rates, (counts[:, :118, self.core].transpose(0, 2, 1) * 4).astype(np.float16))
        np.testing.assert_array_equal(shown_labels, np.tile(np.arange(118), (50, 1)))
        for options in (["--format", "npy", "--cache", "no"], ["--format", "npz"]):
            self.assertEqual(run("metrics", "images", self.base, "plain", *options).returncode, 2)
        result = run("metrics", "images", self.base, "plain", "--labels", self.folder / "labels.h5", "--cache", "no",
                     "-o", self.folder / "labelled", ranks=2)
        self.assertEqual(result.returncode, 0, result.stderr)
        shown = np.empty_like(counts)
        for run_number in range(50):
            shown[run_number, labels[run_number]] = counts[run_number]
        for folder, responses in ((output, counts), (self.folder / "labelled", shown)):
            rates = responses[:, :118, self.core].mean(axis=0) / 0.25
            with np.errstate(invalid="ignore"):
                sparsity = (1 - rates.mean(axis=0) ** 2 / (rates**2).mean(axis=0)) / (1 - 1 / 118)
            units = rows_of(folder / "selectivity_model_by_unit_plain.csv")
            self.assertEqual([int(unit["node_id"]) for unit in units], list(np.flatnonzero(self.core)))
            np.testing.assert_allclose([float(unit["image_selectivity"]) for unit in units], sparsity, rtol=1e-9)
            np.testing.assert_allclose([float(unit["firing_rate(Hz)"]) for unit in units], rates.mean(axis=0))
            types = rows_of(folder / "selectivity_model_by_type_plain.csv")
            self.assertEqual(list(types[0])[:5], ["network_type", "cell_type", "mean_image_selectivity",
                                                  "std_image_selectivity", "n_units"])
            inside = np.flatnonzero(self.core)
            for row in types:
                members = np.isin(inside, [int(unit["node_id"]) for unit in units if unit["cell_type"] == row["cell_type"]])
                pooled = rates[:, members]  # all cells and images of a type as one set of responses
                expected = (1 - pooled.mean() ** 2 / (pooled**2).mean()) / (1 - 1 / pooled.size)
                np.testing.assert_allclose(float(row["population_sparsity"]), expected, rtol=1e-10)
                own = np.array([float(unit["image_selectivity"]) for unit in units if unit["cell_type"] == row["cell_type"]])
                self.assertEqual(int(row["n_units"]), np.isfinite(own).sum())
                self.assertAlmostEqual(float(row["mean_image_selectivity"]), np.nanmean(own))
                self.assertAlmostEqual(float(row["std_image_selectivity"]), np.nanstd(own, ddof=1))

        # Another network's table is a second sample of each type.
        other = self.folder / "other"
        write_network(other, self.rng)
        (other / "metrics").mkdir()
        table = (output / "selectivity_model_by_type_plain.csv").read_text().splitlines()
        kept = [line for line in table if "L4_SST" not in line]
        (other / "metrics/selectivity_model_by_type_plain.csv").write_text("\n".join(kept) + "\n")
        result = run("metrics", "images", self.base, "plain", "--labels", self.folder / "labels.h5", "--cache", "no", "-o",
                     self.folder / "labelled", "--networks", other)
        self.assertEqual(result.returncode, 0, result.stderr)
        own = {row["cell_type"]: row for row in rows_of(self.folder / "labelled/selectivity_model_by_type_plain.csv")}
        theirs = {row["cell_type"]: row for row in rows_of(other / "metrics/selectivity_model_by_type_plain.csv")}
        for row in rows_of(self.folder / "labelled/image_networks_plain.csv"):
            values = [float(table[row["cell_type"]][row["metric"]]) for table in (own, theirs) if row["cell_type"] in table]
            self.assertEqual(int(row["networks"]), len(values))
            self.assertAlmostEqual(float(row["mean"]), np.mean(values))

        # Compared with recordings, the cells of all networks are one sample.
        own_units = rows_of(self.folder / "labelled/selectivity_model_by_unit_plain.csv")
        theirs = [dict(unit, image_selectivity=repr(float(self.rng.uniform(0, 1))),
                       **{"firing_rate(Hz)": repr(float(self.rng.gamma(2, 3)))}) for unit in own_units[3:]]
        recorded = [dict(unit, image_selectivity=repr(float(self.rng.uniform(0, 0.5)))) for unit in own_units]
        for path, units in ((other / "metrics/selectivity_model_by_unit_plain.csv", theirs),
                            (self.folder / "recorded.csv", recorded)):
            with open(path, "w", newline="") as file:
                writer = csv.DictWriter(file, list(own_units[0]))
                writer.writeheader()
                writer.writerows(units)
        compare = ("metrics", "images", self.base, "plain", "--labels", self.folder / "labels.h5", "--cache", "no", "-o",
                   self.folder / "labelled", "--reference", self.folder / "recorded.csv", "--resamples", 3, "--networks", other)
        result = run(*compare, ranks=2)
        self.assertEqual(result.returncode, 0, result.stderr)
        compared = 0
        for row in rows_of(self.folder / "labelled/image_similarity_plain_2_networks.csv"):
            name = {"image_selectivity": "image_selectivity", "firing_rate": "firing_rate(Hz)"}[row["metric"]]

            def values(units):
                kept = [float(unit[name]) for unit in units if unit["cell_type"] == row["cell_type"]]
                return np.sort([value for value in kept if np.isfinite(value)])
            if row["cell_type"] == "L5_Exc":
                continue
            model, reference = values(own_units + theirs), values(recorded)
            places = np.concatenate([model, reference])
            distance = np.abs(np.searchsorted(model, places, "right") / len(model)
                              - np.searchsorted(reference, places, "right") / len(reference)).max()
            self.assertAlmostEqual(float(row["similarity"]), 1 - distance, places=12)
            self.assertEqual((int(row["n_model"]), int(row["n_reference"])), (len(model), len(reference)))
            compared += 1
        self.assertGreater(compared, 6)
        (other / "metrics/selectivity_model_by_unit_plain.csv").unlink()
        self.assertEqual(run(*compare).returncode, 66)

    def test_decoding(self):
        write_runs(self.base, self.rng, runs=6, slots=9, first=250, paradigm="bo")
        runs = sorted((self.base / "output_bo_plain").iterdir())
        with h5py.File(self.folder / "labels.h5", "w") as file:
            file["stim_ids"] = np.tile(np.arange(9), (6, 1))
        shown = ("--run", *runs, "--slots", 9, "--labels", self.folder / "labels.h5", "--blank", 8, "--folds", 3)
        output = self.on_ranks("decoding", *shown, "--min-cells", 2, "--sizes", 2, 4)
        summary = rows_of(output / "decoding_summary_plain_by_type.csv")
        folds = rows_of(output / "decoding_folds_plain_by_type.csv")
        self.assertEqual(len(folds), 3 * len(summary))
        self.assertGreater(len(summary), 4)
        for row in summary:
            own = [float(fold["accuracy"]) for fold in folds
                   if (fold["cell_type"], fold["sample_size"]) == (row["cell_type"], row["sample_size"])]
            self.assertAlmostEqual(float(row["accuracy"]), np.mean(own))
        self.assertGreater(np.mean([float(row["accuracy"]) for row in summary]), 2 / 8)  # twice chance
        self.assertEqual({float(fold["chance"]) for fold in folds}, {1 / 8})
        # Guesses: each image as often as it was shown; what is right is the accuracy (the folds are equal).
        confusion = rows_of(output / "decoding_confusion_plain_by_type.csv")
        for name, decoder in (("summary", "regression"), ("template", "template")):
            for row in rows_of(output / f"decoding_{name}_plain_by_type.csv"):
                own = [each for each in confusion if each["decoder"] == decoder
                       and (each["cell_type"], each["sample_size"]) == (row["cell_type"], row["sample_size"])]
                matrix = np.zeros((8, 8))
                for each in own:
                    matrix[int(each["shown"]), int(each["told"])] += int(each["count"])
                np.testing.assert_array_equal(matrix.sum(axis=1), 6)
                self.assertAlmostEqual(float(row["accuracy"]), np.trace(matrix) / matrix.sum())
        pooled = self.on_ranks("decoding", *shown, "--group", "pooled", "--min-cells", 2, "--sizes", 8, "--sample", "per_fold",
                               "--decoder", "template", ranks=(1, 3))
        self.assertEqual([row["cell_type"] for row in rows_of(pooled / "decoding_template_plain_pooled.csv")], ["All"])

    def test_recordings(self):
        """Units of two sessions, blanks among the presentations, an image shown once more than others."""
        sessions, types = {}, {}
        for name, units in (("session_1", 14), ("session_2", 12)):
            scenes = np.concatenate([self.rng.permutation(np.append(np.arange(5), -1)) for _ in range(8)] + [[2]])
            rates = self.rng.gamma(1, 4, (6, units))
            rates[:, 0] = 0  # a silent unit
            counts = self.rng.poisson(rates[scenes])
            ids = self.rng.permutation(np.arange(1000, 1000 + units)) + 100 * len(sessions)
            with h5py.File(self.folder / f"{name}.h5", "w") as file:
                file["spike_counts"], file["unit_ids"], file["scene_ids"] = counts.astype("u1"), ids, scenes
            sessions[name] = scenes, counts, ids
            types |= {unit: ("L4 Exc", "L2/3 PV", "")[k % 3] for k, unit in enumerate(ids)}
        text = "ecephys_unit_id cell_type OSI\n" + "".join(f'{unit} "{label}" NaN\n' for unit, label in types.items())
        (self.folder / "types.csv").write_text(text)
        (self.folder / "few.csv").write_text("ecephys_unit_id,cell_type\n1000,L4 Exc\n")
        files = [self.folder / f"{name}.h5" for name in sessions]

        def make(kind, *words, ranks=(1, 2, 3)):
            contents = {}
            for count in ranks:
                output = self.folder / f"{kind}_{count}"
                result = run("metrics", kind, *files, "--cell-types", self.folder / "types.csv", "-o", output, *words, ranks=count)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                contents[count] = {path.name: path.read_bytes() for path in output.iterdir()}
            self.assertTrue(all(each == contents[ranks[0]] for each in contents.values()))
            return self.folder / f"{kind}_{ranks[0]}"

        # Of session 2 only eight units have a type: it is left out.
        output = make("recorded-images", "--counted", 500)
        units = rows_of(output / "selectivity_neuropixels_by_unit.csv")
        self.assertEqual({row["network"] for row in units}, {"session_1"})
        scenes, counts, ids = sessions["session_1"]
        typed = sorted(unit for unit in ids if types[unit])
        self.assertEqual([int(row["node_id"]) for row in units], typed)
        self.assertEqual([row["cell_type"] for row in units], [types[unit].replace(" ", "_") for unit in typed])
        shown = np.array([[counts[np.flatnonzero(scenes == image)[:8], list(ids).index(unit)].mean() / 0.5 for image in range(5)]
                          for unit in typed])
        with np.errstate(invalid="ignore"):
            sparsity = (1 - shown.mean(axis=1) ** 2 / (shown**2).mean(axis=1)) / (1 - 1 / 5)
        np.testing.assert_allclose([float(row["image_selectivity"]) for row in units], sparsity, rtol=1e-9)
        np.testing.assert_allclose([float(row["firing_rate(Hz)"]) for row in units], shown.mean(axis=1), rtol=1e-12)
        for row in rows_of(output / "selectivity_neuropixels_by_type.csv"):
            own = shown[[each["cell_type"] == row["cell_type"] for each in units]]
            np.testing.assert_allclose(float(row["population_sparsity"]),
                                       (1 - own.mean() ** 2 / (own**2).mean()) / (1 - 1 / own.size), rtol=1e-10)
            self.assertEqual(int(row["n_cells"]), len(own))

        output = make("recorded-decoding", "--min-cells", 3, "--sizes", 3, "--folds", 4, "--dataset", "np")
        summary = rows_of(output / "decoding_summary_np_by_type.csv")
        self.assertEqual([(row["network"], row["cell_type"]) for row in summary], [("session_1", "L4_Exc"), ("session_1", "L2/3_PV")])
        confusion = rows_of(output / "decoding_confusion_np_by_type.csv")
        right = sum(int(row["count"]) for row in confusion
                    if (row["cell_type"], row["decoder"]) == ("L4_Exc", "regression") and row["shown"] == row["told"])
        self.assertAlmostEqual(float(summary[0]["accuracy"]), right / (5 * 8))

        types_file = ("--cell-types", self.folder / "types.csv")
        for words, code, text in ((types_file, 2, "-o"), (("-o", self.folder / "x"), 2, "--cell-types"),
                                  (("--cell-types", self.folder / "few.csv", "-o", self.folder / "x"), 2, "no session")):
            result = run("metrics", "recorded-images", *files, *words)
            self.assertEqual((result.returncode, text in result.stderr), (code, True), result.stderr)
        with h5py.File(files[0], "a") as file:
            file["spike_counts"][3, 3] = 255
            del file["scene_ids"]
            file["scene_ids"] = scenes[:-1]
        self.assertEqual(run("metrics", "recorded-images", *files, *types_file, "-o", self.folder / "x").returncode, 65)

    def test_runs_of_their_own(self):
        """Tables of other runs replace none, and a part of the runs finds its rows of all labels."""
        counts = write_runs(self.base, self.rng, runs=12, slots=9, first=250, paradigm="bo")
        labels = np.array([self.rng.permutation(9) for _ in range(12)])
        with h5py.File(self.folder / "stim_ids.h5", "w") as file:
            file["stim_ids"] = labels
        folder = self.base / "output_bo_plain"
        part = [next(path for path in folder.iterdir() if int(path.name.split("_")[-1]) == chunk) for chunk in (10, 2, 7)]
        result = run("metrics", "images", self.base, "plain", "--run", *part, "--slots", 9, "--labels",
                     self.folder / "stim_ids.h5", "--blank", 8, "--cache", "no")
        self.assertEqual(result.returncode, 0, result.stderr)
        units = rows_of(self.base / "metrics/selectivity_model_by_unit_plain_output_bo_plain_3_runs.csv")
        shown = np.empty((3, 9, counts.shape[2]))
        for row, chunk in enumerate((10, 2, 7)):
            shown[row, labels[chunk]] = counts[chunk]
        rates = shown[:, :8, self.core].mean(axis=0) / 0.25
        with np.errstate(invalid="ignore"):
            sparsity = (1 - rates.mean(axis=0) ** 2 / (rates**2).mean(axis=0)) / (1 - 1 / 8)
        np.testing.assert_allclose([float(unit["image_selectivity"]) for unit in units], sparsity, rtol=1e-9)
        (self.base / "output_plain").symlink_to(part[0])
        for options, name in (((), "plain"), (("--run", *part), "plain_output_bo_plain_3_runs"),
                              (("--run", *part, "--name", "three"), "plain_three")):
            result = run("metrics", "rates", self.base, "plain", *options, "--from", 0, "--to", 1000)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertTrue((self.base / f"metrics/rates_{name}.csv").exists())
        texts = {(self.base / f"metrics/rates_{name}.csv").read_text() for name in ("plain", "plain_three")}
        self.assertEqual(len(texts), 2)

    def test_refusals(self):
        for options, code in ((["--bin", "0.3"], 2), (["--from", "0.5", "--to", "0.5"], 2), (["--images", "cats"], 2),
                              (["--samples", "3"], 2), (["--samples", "10001", "--limit", "3"], 2), (["--limit", "3"], 2), ([], 66),
                              (["--labels", "none.h5"], 66)):
            with self.subTest(options=options):
                result = run("metrics", "correlation", self.base, "plain", *options)
                self.assertEqual(result.returncode, code, result.stderr)
        # What was shown in other runs nobody knows but the user.
        result = run("metrics", "images", self.base, "plain", "--run", self.folder, "--slots", 9)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("missing --labels", result.stderr)


if __name__ == "__main__":
    unittest.main()
