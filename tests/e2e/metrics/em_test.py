# SPDX-License-Identifier: BSD-3-Clause
"""Weights against function beside connections measured by electron microscopy: against NumPy, the same bytes on 1 and 2
ranks, and whether the comparison tells a network with tuned weights from one without."""
import unittest

import h5py
import numpy as np

from support import StriateTest, run
from support.made_v1 import write_v1_edges, write_v1_nodes
from support.results import png_size, rows_of

CELLS, EDGES, IMAGES = 150, 30000, 40
TYPES = ("e23Cux2", "e4Rorb", "e5ET", "e5IT", "e6Ntsr1")
LABELS = ("L2/3_Exc", "L4_Exc", "L5_ET", "L5_IT", "L6_Exc")


def write_network(base, rng):
    kind, angle = np.arange(CELLS) % len(TYPES), rng.uniform(0, 360, CELLS)
    write_v1_nodes(base, TYPES, kind, x=np.zeros(CELLS), z=np.zeros(CELLS), tuning_angle=angle)
    shared, own = rng.gamma(1, 3, (2, IMAGES)), rng.gamma(1, 3, (CELLS, IMAGES))
    responses = rng.poisson(0.4 * shared[kind % 2] + 0.6 * own)
    source, target = rng.integers(0, CELLS, EDGES), rng.integers(0, CELLS, EDGES)
    r = np.corrcoef(responses)[source, target]
    difference = np.abs(angle[source] - angle[target])
    difference = np.minimum(difference, 360 - difference)
    noise = rng.lognormal(sigma=0.3, size=EDGES)
    weights = {"tuned": noise * (1 + 0.9 * np.cos(np.radians(difference)) + 2 * r).clip(0.05), "flat": noise}
    for option, weight in weights.items():
        write_v1_edges(base / f"network/v1_v1_edges_{option}.h5", source, target, syn_weight=weight)
    with h5py.File(base / "counts.h5", "w") as file:
        file["arr_0"] = responses.astype("f8")
    labels = np.array(LABELS)[kind]
    return {"source": labels[source], "target": labels[target], "r": r, "difference": difference, **weights}


class EmTest(StriateTest):
    def em(self, option, *options, folder="out", ranks=None):
        output = self.folder / f"{folder}_{option}_{ranks}"
        result = run("metrics", "em", self.base, option, "--directions", "structure", "--responses",
                     self.base / "counts.h5", "-o", output, "--draws", "200", "--resamples", "100", *options, ranks=ranks)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return output, result

    @staticmethod
    def row(output, option, measure, pooling, source="E", target="E"):
        return next(row for row in rows_of(output / f"em_comparison_{option}.csv")
                    if (row["measure"], row["pooling"], row["source"], row["target"]) == (measure, pooling, source, target))

    def test_comparison(self):
        self.base = self.folder / "net"
        data = write_network(self.base, np.random.default_rng(4))
        output, _ = self.em("tuned", ranks=1)
        other, _ = self.em("tuned", ranks=2)
        names = sorted(path.name for path in output.iterdir())
        self.assertEqual(names, sorted(path.name for path in other.iterdir()))
        self.assertEqual([n for n in names if (output / n).read_bytes() != (other / n).read_bytes()], [])
        self.assertEqual([n for n in names if not n.endswith("json")],
                         ["em_comparison_tuned.csv", "em_correlation_fits_tuned.csv", "em_curves_tuned.csv",
                          "em_direction_fits_tuned.csv"])

        # Measured numbers.
        row = self.row(output, "tuned", "direction_a", "raw")
        self.assertEqual(row["em_n"], "426")
        self.assertAlmostEqual(float(row["em_value"]), 0.28605, places=5)
        self.assertAlmostEqual(float(row["em_p"]), 0.0011053, places=7)
        self.assertAlmostEqual(float(self.row(output, "tuned", "correlation", "raw")["em_value"]), 1.04165, places=5)

        # The model's over all connections of a pair, and of those pairs that were measured.
        chosen = (data["source"] == "L4_Exc") & (data["target"] == "L4_Exc")
        x, y = data["r"][chosen], data["tuned"][chosen]
        row = self.row(output, "tuned", "correlation", "pair", "L4_Exc", "L4_Exc")
        self.assertEqual(int(row["model_edges"]), chosen.sum())
        slope = np.polyfit(x, y, 1)[0] / y.mean()
        self.assertAlmostEqual(float(row["model_value"]), slope, places=9)
        row = self.row(output, "tuned", "correlation_sd", "pair", "L4_Exc", "L4_Exc")
        self.assertAlmostEqual(float(row["model_value"]), slope * x.std(), places=9)
        self.assertTrue(np.isnan(float(row["sample_median"])), "1386 were measured, fewer are there")
        l5 = {"L5_ET": "L5_Exc", "L5_IT": "L5_Exc"}
        pair = np.array([f"{l5.get(a, a)} {l5.get(b, b)}" for a, b in zip(data["source"], data["target"])])
        measured = {f"{row['source']} {row['target']}" for row in rows_of(output / "em_direction_fits_tuned.csv")}
        chosen = np.isin(pair, sorted(measured))
        d, y = np.radians(data["difference"][chosen]), data["tuned"][chosen]
        a, _, c = np.linalg.lstsq(np.c_[np.cos(d), np.cos(2 * d), np.ones_like(d)], y, rcond=None)[0]
        row = self.row(output, "tuned", "direction_a", "raw")
        self.assertEqual(int(row["model_edges"]), chosen.sum())
        self.assertAlmostEqual(float(row["model_value"]), a / c, places=9)
        self.assertLess(float(row["sample_low"]), a / c)
        self.assertGreater(float(row["sample_high"]), a / c)

        # q and p follow from the draws; tuned weights lie above the measured ones, flat ones below.
        flat, _ = self.em("flat")
        for folder, option, side in ((output, "tuned", 0), (flat, "flat", 1)):
            for pooling in ("raw", "matched"):
                row = self.row(folder, option, "direction_a", pooling)
                self.assertEqual(float(row["q"]), side)
                self.assertAlmostEqual(float(row["p"]), 1 / 200)
        curves = rows_of(output / "em_curves_tuned.csv")
        own = [row for row in curves if (row["data"], row["measure"], row["source"]) == ("model", "direction", "E")]
        self.assertEqual(len(own), 9)
        bins = np.ceil(data["difference"][chosen] / 20).clip(1) - 1
        np.testing.assert_allclose([float(row["relative_weight"]) for row in own],
                                   [y[bins == k].mean() / y.mean() for k in range(9)], rtol=1e-9)
        self.must_plot(output)
        self.halves()

    def must_plot(self, output):
        result = run("plot", "em", self.base, "tuned", "--tables", output, "-o", self.folder / "em.png")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(png_size(self.folder / "em.png")[0], 2160)

    def halves(self):
        """What the model lacks is left out with a warning, unless it is asked for."""
        call = "metrics", "em", self.base, "flat", "--draws", "20", "--resamples", "10", "-o", self.folder / "half"
        result = run(*call, "--directions", "structure")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("correlations are not compared", result.stderr)
        self.assertFalse((self.folder / "half/em_correlation_fits_flat.csv").exists())
        result = run(*call, "--directions", "structure", "--kind", "correlation")
        self.assertEqual(result.returncode, 66, result.stderr)
        result = run(*call)
        self.assertEqual(result.returncode, 66, result.stderr)
        self.assertIn("nothing to compare", result.stderr)

    def test_samples_as_many_as_measured(self):
        self.base = self.folder / "net"
        write_network(self.base, np.random.default_rng(4))
        output = self.folder / "correlation"
        table = self.folder / "em.csv"
        table.write_text("source,target,correlation,weight\n" + "".join(f"23P,4P,{0.01 * i},{5 + i}\n" for i in range(12)))
        result = run("metrics", "correlation", self.base, "flat", "--responses", self.base / "counts.h5", "-o", output,
                     "--em", table, "--samples", 3)
        self.assertEqual(result.returncode, 0, result.stderr)
        fits = rows_of(output / "correlation_em_flat_counts.csv" if (output / "correlation_em_flat_counts.csv").exists()
                       else output / "correlation_em_flat.csv")
        self.assertEqual(fits[-1]["n"], "12")
        self.assertAlmostEqual(float(fits[-1]["slope"]), 100)
        samples = [row for path in output.glob("correlation_samples_*.csv") for row in rows_of(path)]
        self.assertEqual({(row["source_type"], row["edges"]) for row in samples}, {("L2/3_Exc", "12"), ("E", "12")})


if __name__ == "__main__":
    unittest.main()
