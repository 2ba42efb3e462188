# SPDX-License-Identifier: BSD-3-Clause
"""Several networks: tables over them against NumPy, the same bytes on 1 and 2 ranks, what does not fit refused; options
side by side; connections beside those measured by electron microscopy."""
import csv
import json
import math
import unittest

import h5py
import numpy as np

from support import StriateTest, run
from support.made_v1 import write_v1_edges, write_v1_nodes
from support.results import png_size, rows_of

CELLS, EDGES, IMAGES = 60, 9000, 25
TYPES = ("e23Cux2", "e4Rorb", "i4Sst", "e5ET", "i5Pvalb", "e5IT")
LABELS = ("L2/3_Exc", "L4_Exc", "L4_SST", "L5_ET", "L5_PV", "L5_IT")
T975 = {1: 12.7062047362, 2: 4.30265272991}  # Student's t by degrees of freedom


def write_network(base, rng, types):
    """A V1 of these types; edges whose weight grows with the correlation of responses. -> what was written"""
    kind = np.arange(CELLS) % len(types)
    x, z, angle = rng.uniform(-150, 150, CELLS), rng.uniform(-150, 150, CELLS), rng.uniform(0, 360, CELLS)
    write_v1_nodes(base, [TYPES[t] for t in types], kind, x=x, z=z, tuning_angle=angle)
    responses = rng.poisson(rng.gamma(1, 3, IMAGES)[None, :] * rng.uniform(0.2, 2, (CELLS, 1)))
    source, target = rng.integers(0, CELLS, EDGES), rng.integers(0, CELLS, EDGES)
    correlation = np.corrcoef(responses)[source, target]
    difference = np.abs(angle[source] - angle[target])
    difference = np.minimum(difference, 360 - difference)
    weight = rng.lognormal(size=EDGES) * (2 + correlation + np.cos(np.radians(difference)))
    for suffix, factor in (("", 1), ("_other", 3)):
        write_v1_edges(base / f"network/v1_v1_edges{suffix}.h5", source, target, syn_weight=factor * weight)
    with h5py.File(base / "counts.h5", "w") as file:
        file["arr_0"] = responses.astype("f8")
    labels = np.array([LABELS[t] for t in types])[kind]
    inside = (np.hypot(x, z) < 200)[source] & (np.hypot(x, z) < 200)[target]
    return {"source": labels[source][inside], "target": labels[target][inside], "weight": weight[inside],
            "correlation": correlation[inside], "difference": difference[inside]}


def write_tables(base, rng, types, options=("plain", "other")):
    """Tables of single networks, made alike."""
    folder = base / "metrics"
    folder.mkdir()
    for option in options:
        def write(stem, columns, rows, separator=","):
            path = folder / f"{stem}_{option}.csv"
            path.write_text("\n".join([separator.join(columns), *(separator.join(map(str, row)) for row in rows)]) + "\n")
            if stem != "contrast_by_type":  # as tables that say nothing of how they were made
                (folder / f"{path.name}.provenance.json").write_text(json.dumps({"options": {"silent": "nan"}}))
        write("contrast_by_type", ["cell_type", "contrast", "n_cells", "rate(Hz)", "osi", "dsi", "sparsity", "sparsity_sd",
                                   "reliability"],
              [[LABELS[t], c, 9, *rng.uniform(0, 1, 5), "NaN" if c == 0.05 else rng.uniform()] for t in types
               for c in (0.05, 0.4, 0.8)])
        write("OSI_DSI_DF", ["node_id", "DSI", "OSI", "preferred_angle", "pref_dir_deg", "pref_ori_deg", "max_mean_rate(Hz)",
                             "Ave_Rate(Hz)", "Spont_Rate(Hz)"],
              [[cell, *rng.uniform(0, 1, 2), 0, rng.uniform(0, 360), 0, *rng.uniform(0.4, 9, 3)] for cell in range(CELLS)], " ")
        write("rates", ["node_id", "pop_name", "cell_type", "core", "rate(Hz)"],
              [[cell, TYPES[types[cell % len(types)]], LABELS[types[cell % len(types)]], 1, rng.gamma(2)]
               for cell in range(CELLS)], " ")


def write_spikes(folder, rng):
    folder.mkdir(parents=True, exist_ok=True)
    count = rng.integers(300, 900)
    with h5py.File(folder / "spikes.h5", "w") as file:
        file["spikes/v1/timestamps"] = np.sort(rng.uniform(0, 3000, count))
        file["spikes/v1/node_ids"] = rng.integers(0, CELLS, count).astype("u8")


def selected(data, source, target):
    excitatory = {"L2/3_Exc", "L4_Exc", "L5_ET", "L5_IT"}

    def chosen(values, label):
        if label in "EI":
            return np.isin(values, sorted(excitatory)) == (label == "E")
        return values == label
    return chosen(data["source"], source) & chosen(data["target"], target)


class PoolingTest(StriateTest):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(8)
        kinds = [(0, 1, 2, 3), (1, 2, 4, 0), (3, 5, 1, 2, 0)]  # no network has all types
        self.bases = [self.folder / f"net_{i}" for i in range(3)]
        self.data = [write_network(base, rng, types) for base, types in zip(self.bases, kinds)]
        for base, types in zip(self.bases, kinds):
            write_tables(base, rng, types)
        self.base = self.bases[0]
        self.networks = ["--networks", *self.bases]  # BASE among them, as braces of the shell give it
        self.pooled = {key: np.concatenate([data[key] for data in self.data]) for key in self.data[0]}

    def fails(self, code, text, *arguments):
        result = run(*arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(text, result.stderr)

    def on_ranks(self, kind, *options):
        """-> the folder with the tables of 1 rank, equal to those of 2."""
        contents = []
        for ranks in (1, 2):
            output = self.folder / f"{kind}_{ranks}"
            self.do("metrics", kind, self.base, "plain", "-o", output, *self.networks, *options, ranks=ranks)
            contents.append({path.name: path.read_bytes() for path in output.iterdir()})
        self.assertEqual(sorted(contents[0]), sorted(contents[1]))
        self.assertEqual([name for name in contents[0] if contents[0][name] != contents[1][name]], [])
        return self.folder / f"{kind}_1"

    def test_correlation(self):
        output = self.on_ranks("correlation", "--responses", "counts.h5", "--samples", 4, "--limit", 50)
        self.assertFalse(list(output.glob("*.h5")))
        pairs = rows_of(output / "correlation_pairs_plain_3_networks.csv")
        fits = {(row["source_type"], row["target_type"]): row for row in
                rows_of(output / "correlation_fits_plain_3_networks.csv")}
        bins = rows_of(output / "correlation_bins_plain_3_networks.csv")
        self.assertEqual({row["source_type"] for row in pairs}, {*LABELS, "E", "I"})
        largest = 0
        for row in pairs:
            pair = row["source_type"], row["target_type"]
            chosen = selected(self.pooled, *pair)
            x, y = self.pooled["correlation"][chosen], self.pooled["weight"][chosen]
            self.assertEqual(int(row["edges"]), chosen.sum())
            slope, intercept = np.polyfit(x, y, 1)
            largest = max(largest, abs(float(row["slope(pA)"]) - slope), abs(float(row["intercept(pA)"]) - intercept),
                          abs(float(row["r"]) - np.corrcoef(x, y)[0, 1]))
            design = np.polynomial.legendre.legvander(x, 3)
            expected, *_ = np.linalg.lstsq(design, y, rcond=None)
            found = [float(fits[pair][f"legendre_{k}(pA)"]) for k in range(4)]
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
            r2 = 1 - ((y - design @ expected) ** 2).sum() / ((y - y.mean()) ** 2).sum()
            self.assertAlmostEqual(float(fits[pair]["legendre_r2"]), r2, places=8)
            design = np.c_[np.ones_like(x), np.minimum(x, 0), np.maximum(x, 0)]
            expected, *_ = np.linalg.lstsq(design, y, rcond=None)
            found = [float(fits[pair][name]) for name in ("at_zero(pA)", "slope_below_zero(pA)", "slope_above_zero(pA)")]
            if (x < 0).any() and (x > 0).any():
                np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9)
            else:
                self.assertTrue(np.isnan(found).all())
            own = [b for b in bins if (b["source_type"], b["target_type"]) == pair]
            self.assertEqual([int(b["edges"]) for b in own], list(np.histogram(x, np.arange(-1, 1 + 1e-9, 0.1))[0]))
        self.assertLess(largest, 1e-9)
        self.assertTrue(all(int(row["edges"]) == 50 for row in rows_of(output / "correlation_samples_plain_3_networks.csv")
                            if row["source_type"] == "E"))

    def test_directions_and_weights(self):
        output = self.on_ranks("preferred-direction", "--from", "structure", "--monte-carlo", 5, "--limit", 200)
        for row in rows_of(output / "preferred_direction_fits_plain_3_networks.csv"):
            chosen = selected(self.pooled, row["source_type"], row["target_type"])
            d, y = np.radians(self.pooled["difference"][chosen]), self.pooled["weight"][chosen]
            design = np.c_[np.cos(d), np.cos(2 * d), np.ones_like(d)]
            expected, *_ = np.linalg.lstsq(design, y, rcond=None)
            np.testing.assert_allclose([float(row[name]) for name in ("a(pA)", "b(pA)", "c(pA)")], expected, rtol=1e-8,
                                       atol=1e-9)
        drawn = rows_of(output / "preferred_direction_mc_plain_3_networks.csv")
        self.assertEqual({row["edges"] for row in drawn if row["source_type"] == "E"}, {"200"})
        output = self.on_ranks("weights")
        for row in rows_of(output / "weight_distribution_plain_3_networks.csv"):
            chosen = selected(self.pooled, row["source_type"], row["target_type"])
            self.assertEqual(int(row["edges"]), chosen.sum())
            np.testing.assert_allclose([float(row[f"{name}(pA)"]) for name in ("q25", "median", "q75")],
                                       np.percentile(self.pooled["weight"][chosen], (25, 50, 75)), rtol=1e-12)
        means = rows_of(output / "outgoing_weight_means_plain_3_networks.csv")
        by_class = rows_of(output / "outgoing_weight_by_target_class_plain_3_networks.csv")
        for row in means:
            values = np.array([float(b["fraction"]) for b in by_class
                               if (b["cohort"], b["level"], b["target_class"]) ==
                               (row["cohort"], row["level"], row["target_class"])])
            values = values[np.isfinite(values)]
            self.assertEqual(int(row["networks"]), len(values))
            if len(values) > 1:
                self.assertAlmostEqual(float(row["mean"]), values.mean())
                self.assertAlmostEqual(float(row["sem"]), values.std(ddof=1) / math.sqrt(len(values)))
        # Tables of one network stay as they are.
        self.do("metrics", "weights", self.base, "plain", "-o", output)
        self.assertEqual(len(list(output.glob("weight_distribution_*.csv"))), 2)

    def test_similarity(self):
        output = self.on_ranks("similarity", "--resamples", 10)
        own = []
        for base, types in zip(self.bases, [(0, 1, 2, 3), (1, 2, 4, 0), (3, 5, 1, 2, 0)]):
            with open(base / "metrics/OSI_DSI_DF_plain.csv", newline="") as file:
                own += [float(row["Ave_Rate(Hz)"]) for row in csv.DictReader(file, delimiter=" ")
                        if LABELS[types[int(row["node_id"]) % len(types)]] == "L4_Exc"]
        row = next(row for row in rows_of(output / "similarity_plain_3_networks.csv")
                   if (row["cell_type"], row["metric"]) == ("L4_Exc", "average_rate"))
        self.assertLessEqual(int(row["n_model"]), len(own))
        self.assertGreater(int(row["n_model"]), len(own) // 2)

    def test_what_does_not_fit(self):
        call = "metrics", "similarity", self.base, "plain", "-o", self.folder / "out"
        self.fails(2, "are one network", *call, "--networks", self.bases[1], self.bases[1] / "../net_1")
        self.fails(66, "absent/network/v1_nodes.h5", *call, "--networks", self.folder / "absent")
        sidecar = self.bases[1] / "metrics/OSI_DSI_DF_plain.csv.provenance.json"
        sidecar.write_text(json.dumps({"options": {"silent": "zero"}}))
        self.fails(65, "silent zero", *call, *self.networks)
        self.assertFalse((self.folder / "out").exists() and list((self.folder / "out").glob("*.csv")))
        self.fails(2, "--run", "metrics", "correlation", self.base, "plain", *self.networks, "--run", self.folder)
        # A table over other networks is not drawn as if it were over these.
        self.do("metrics", "preferred-direction", self.base, "plain", "--from", "structure", "--networks", self.bases[1])
        self.fails(66, "3_networks", "plot", "preferred-direction", self.base, "plain", *self.networks)
        self.do("plot", "preferred-direction", self.base, "plain", "--networks", self.bases[1], "-o",
                  self.folder / "p.png")
        self.fails(65, "net_0 net_1, not over net_0 net_2", "plot", "preferred-direction", self.base, "plain",
                   "--networks", self.bases[2])

    def test_pictures(self):
        structure = "--from", "structure"
        for option in ("plain", "other"):
            for networks in ([], self.networks):
                self.do("metrics", "preferred-direction", self.base, option, *structure, *networks)
                self.do("metrics", "correlation", self.base, option, "--responses",
                          "counts.h5" if networks else self.base / "counts.h5", "-o", self.base / "metrics", *networks,
                          "--samples", 30, "--limit", 60)
                self.do("metrics", "weights", self.base, option, *networks)
                self.do("metrics", "similarity", self.base, option, "--resamples", 5, *networks)
        kinds = ["odsi", "odsi-populations", "similarity", "rates", "preferred-direction", "direction-curves", "weights"]
        for networks in ([], self.networks):
            for kind in kinds:
                with self.subTest(kind=kind, networks=bool(networks)):
                    picture = self.folder / "p.png"
                    self.do("plot", kind, self.base, "plain", "--with", "other", *networks, "-o", picture)
                    self.assertEqual(png_size(picture)[0], 2160)
                    self.assertGreater(picture.stat().st_size, 12000)
        self.do("metrics", "em", self.base, "plain", "--kind", "direction", "--directions", "structure", "--draws", 20,
                  "--resamples", 10, *self.networks)
        self.do("plot", "em", self.base, "plain", *self.networks, "-o", self.folder / "em.png")
        self.assertEqual(png_size(self.folder / "em.png")[0], 2160)
        for options in (["--types", "L4_Exc", "L5_ET"], ["--with", "other"]):
            self.do("plot", "contrast", self.base, "plain", *options, "-o", self.folder / "c.png")
        for layout in ("ei", "matrix"):
            for kind in ("direction-curves",):
                self.do("plot", kind, self.base, "plain", "--layout", layout, "-o", self.folder / "l.png")
                self.assertGreater((self.folder / "l.png").stat().st_size, 12000)
        self.do("plot", "direction-curves", self.base, "plain", *self.networks)
        self.assertTrue((self.base / "figures/direction-curves_plain_3_networks.png").exists())
        self.fails(2, "no connections from L6_Exc", "plot", "direction-curves", self.base, "plain", "--pairs",
                   "L6_Exc:L4_Exc")
        self.fails(2, "SOURCE:TARGET", "plot", "direction-curves", self.base, "plain", "--pairs", "L6_Exc")

    def check_means(self, means, tables, keys):
        """Rows of means over networks against the networks' own tables."""
        self.assertTrue(means)
        for row in means:
            own = np.array([float(r[row["metric"]]) for table in tables for r in rows_of(table)
                            if all(r[key] == row[key] for key in keys)])
            own = own[np.isfinite(own)]
            self.assertEqual(int(row["networks"]), len(own))
            if len(own) > 0:
                self.assertAlmostEqual(float(row["mean"]), own.mean(), places=12)
            if len(own) > 1:
                sem = own.std(ddof=1) / math.sqrt(len(own))
                self.assertAlmostEqual(float(row["sem"]), sem, places=12)
                self.assertAlmostEqual(float(row["ci95"]), T975[len(own) - 1] * sem, places=8)
            else:
                self.assertEqual(row["ci95"], "NaN")

    def test_networks_as_samples(self):
        rng = np.random.default_rng(3)
        for base in self.bases:
            write_spikes(base / "output_plain", rng)
            self.do("metrics", "rates", base, "plain")
        output = self.folder / "means"
        self.do("metrics", "rates", self.base, "plain", "-o", output, *self.networks)
        self.check_means(rows_of(output / "rates_networks_plain.csv"),
                         [base / "metrics/rates_by_type_plain.csv" for base in self.bases], ["cell_type"])
        self.do("metrics", "rates", self.bases[2], "plain", "--window", "spontaneous")
        self.fails(65, "has window (500, 2500]", "metrics", "rates", self.base, "plain", "-o", output, *self.networks)

        for trial in range(30):
            write_spikes(self.base / f"contrasts_plain/angle0_contrast0.0_trial{trial}", rng)
        for angle in range(0, 360, 45):
            for contrast in ("0.05", "0.1", "0.2", "0.4", "0.6", "0.8"):
                for trial in range(10):
                    write_spikes(self.base / f"contrasts_plain/angle{angle}_contrast{contrast}_trial{trial}", rng)
        self.do("metrics", "contrast", self.base, "plain", *self.networks)
        self.check_means(rows_of(self.base / "metrics/contrast_networks_plain.csv"),
                         [base / "metrics/contrast_by_type_plain.csv" for base in self.bases], ["cell_type", "contrast"])
        self.do("plot", "contrast", self.base, "plain", *self.networks)
        self.assertGreater((self.base / "figures/contrast_plain_3_networks.png").stat().st_size, 12000)

        # Spectra of the others are ours, twice and three times as strong.
        self.do("metrics", "spectra", self.base, "plain")
        name = "contrasts_plain/combined_spectra_700to2700.json"
        spectra = json.loads((self.base / name).read_text())
        for times, base in enumerate(self.bases[1:], 2):
            other = json.loads(json.dumps(spectra))
            for contrasts in other["spectra"].values():
                for angles in contrasts.values():
                    for entry in angles.values():
                        entry["psd"] = [times * value for value in entry["psd"]]
            (base / "contrasts_plain").mkdir()
            (base / name).write_text(json.dumps(other))
        aggregate = self.folder / "aggregate_spectra"
        for where, tables in (([], self.base / "metrics"), (["-o", aggregate], aggregate)):
            self.do("metrics", "spectra", self.base, "plain", *where, *self.networks)
            own, pooled = (rows_of(path) for path in (self.base / "metrics/spectra_plain.csv", tables / "spectra_plain_3_networks.csv"))
            self.assertEqual(len(own), len(pooled))
            self.assertGreater(len(own), 100)
            for one, three in zip(own, pooled):
                self.assertEqual((one["cell_type"], one["frequency(Hz)"]), (three["cell_type"], three["frequency(Hz)"]))
                self.assertAlmostEqual(float(three["psd"]) / float(one["psd"]), 2, places=10)
                self.assertAlmostEqual(float(three["sem"]) / float(one["psd"]), 1 / math.sqrt(3), places=10)
        self.do("plot", "spectra", self.base, "plain", *self.networks, "--tables", aggregate, "-o", self.folder / "s.png")
        self.assertGreater((self.folder / "s.png").stat().st_size, 12000)
        self.fails(2, "--networks", "plot", "spectra", self.base, "plain", "--tables", aggregate)


if __name__ == "__main__":
    unittest.main()
