# SPDX-License-Identifier: BSD-3-Clause
"""Receptive fields from sparse and white noise, from made-up spikes: averages, z, p and places are NumPy's, the same on any
number of ranks; the picture; pictures and options that cannot be meant; what the pipeline makes of it."""
import csv
import json
import shutil
import unittest

import h5py
import numpy as np

from support import StriateTest, h5_contents, run
from support.fields import mask
from support.results import png_size, rows_of

BINS, BIN = 5, 50  # usual latencies, ms
FIELDS = {  # cell: place (azimuth, elevation) and number of spikes where light is preferred, and where dark is
    3: ((-20, 10, 5.0), None), 40: (None, (31, -22, 5.0)), 200: ((-8, 0, 4.0), (8, 0, 4.0)), 900: (None, None)}
SILENT = 1000
OWN = """extends: {kind}_noise
trials:
  - chunk: 0..{last}
lgn: {{folder: filternet_{kind}}}
background: {{folder: bkg_{kind}}}
runs: {kind}_{{option}}
"""
CHUNKS = {"sparse": 10, "white": 3}  # of 120 and 300 pictures


def must(*arguments):
    result = run(*arguments)
    assert result.returncode == 0, result.stderr


def drive(square, x, y, field, sign):
    if field is None:
        return 0
    azimuth, elevation, peak = field
    around = np.exp(-((x - azimuth)[None, :] ** 2 + (y - elevation)[:, None] ** 2) / (2 * 6.0 ** 2))
    return peak * (around * (sign * square > 0)).sum()


class NoiseTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = cls.folder_of_all() / "tiny"
        must("build", "tiny", "-o", cls.base)
        (cls.base / "configs/paradigms").mkdir()
        rng = np.random.default_rng(12)
        cls.shown, cls.squares, cls.spikes = {}, {}, {}
        for name, chunks in CHUNKS.items():
            file = cls.base / f"images/{name}_noise.h5"
            must("images", file, "--kind", f"{name}-noise", "--count", 1200)
            (cls.base / f"configs/paradigms/{name}.yaml").write_text(OWN.format(kind=name, last=chunks - 1))
            must("trials", cls.base / f"configs/paradigms/{name}.yaml", cls.base, "plain")
            with open(cls.base / f"configs/filternet_{name}/conditions.csv", newline="") as table:
                cls.shown[name] = list(csv.DictReader(table))
            with h5py.File(file) as pictures:
                squares = np.sign(pictures["noise/squares"][:].astype(int) - 127)
                cls.x, cls.y = pictures["noise/x"][:] - 60, pictures["noise/y"][:] - 40
            cls.squares[name] = squares
            cls.spikes[name] = {}
            for row in cls.shown[name]:
                times = cls.spikes[name].setdefault(row["run"], [])
                square, start = squares[int(row["image"])], float(row["start_ms"])
                for cell, (light, dark) in FIELDS.items():
                    mean = 0.3 + drive(square, cls.x, cls.y, light, 1) + drive(square, cls.x, cls.y, dark, -1)
                    if name == "white":
                        mean = 0.02 * mean ** 2 if light or dark else 0.4
                    times += [(t, cell) for t in start + rng.uniform(50, 99.9, rng.poisson(mean))]
                    times += [(t, cell) for t in start + rng.uniform(0, float(row["end_ms"]) - start, rng.poisson(0.5))]
            first = cls.spikes[name][cls.shown[name][0]["run"]]
            first += [(300 + 10 * k, SILENT) for k in range(9)] + [(10.0, 3), (30499.0, 3)]  # too few; before and after pictures
            for run_name, times in cls.spikes[name].items():
                folder = cls.base / f"{name}_plain" / run_name
                folder.mkdir(parents=True)
                times.sort()
                with h5py.File(folder / "spikes.h5", "w") as results:
                    results["spikes/v1/timestamps"] = [t for t, _ in times]
                    results["spikes/v1/node_ids"] = np.array([cell for _, cell in times], "u8")

    def fields(self, paradigm, *options, base=None, ranks=None, folder="out"):
        output = self.folder / folder
        self.do("metrics", "receptive-field", base or self.base, "plain", "--from", "noise", "--paradigm",
                self.base / f"configs/paradigms/{paradigm}.yaml", "--shuffles", 100, "-o", output, *options, ranks=ranks)
        return {int(row["node_id"]): row for row in rows_of(output / "rf_noise_cells_plain.csv")}, output

    def counts(self, name, cell, bins=BINS, width=BIN):
        """Spikes after each presentation. [latency][presentation]"""
        counts = np.zeros((bins, len(self.shown[name])), int)
        for k, row in enumerate(self.shown[name]):
            times = np.array([t for t, c in self.spikes[name][row["run"]] if c == cell]) - float(row["start_ms"])
            counts[:, k] = np.histogram(times, np.arange(bins + 1) * width)[0]  # no time lies on the last edge
        return counts

    def check_against_numpy(self, name, rows, output):
        shown = self.squares[name][[int(row["image"]) for row in self.shown[name]]]
        marks = np.stack([shown > 0, shown < 0], 1).astype(float)  # [presentation][light, dark][row][column]
        with h5py.File(output / "rf_noise_maps_plain.h5") as file:
            ids, maps = list(file["node_id"]), np.stack([file["on"][:], file["off"][:]], 1)
            np.testing.assert_allclose(file["azimuth"][:], self.x)
            np.testing.assert_allclose(file["elevation"][:], self.y)
        for cell in FIELDS:
            counts, row = self.counts(name, cell), rows[cell]
            deviations = counts - counts.mean(1, keepdims=True)
            sums = np.tensordot(deviations, marks, 1)
            spread = np.sqrt((deviations ** 2).sum(1)[:, None, None, None] * marks.var(0, ddof=1)[None])
            z = sums / np.where(spread > 0, spread, np.inf)
            best = np.nanmax(z, (1, 2, 3)).argmax()
            self.assertEqual(float(row["latency_ms"]), best * BIN)
            self.assertAlmostEqual(float(row["z"]), z[best].max(), 9)
            average = sums[best] / counts[best].sum()
            np.testing.assert_allclose(maps[ids.index(cell)], average, atol=1e-12)
            for part, prefix in enumerate(("on_", "off_")):
                self.assertAlmostEqual(float(row[prefix + "z"]), z[best][part].max(), 9)
                inside = mask(average[part])
                self.assertAlmostEqual(float(row[prefix + "azimuth"]), self.x[np.nonzero(inside)[1]].mean(), 8)
                self.assertAlmostEqual(float(row[prefix + "elevation"]), self.y[np.nonzero(inside)[0]].mean(), 8)
                self.assertAlmostEqual(float(row[prefix + "area"]), 4.65 ** 2 * inside.sum(), 6)

    def check_found(self, rows, by):
        for cell, parts in FIELDS.items():
            row = rows[cell]
            self.assertEqual(float(row["p"]) < 0.05, any(parts), (cell, row["p"]))
            for prefix, place in zip(("on_", "off_"), parts):
                if place:
                    self.assertEqual(float(row["latency_ms"]), 50)
                    self.assertAlmostEqual(float(row[prefix + "fit_azimuth"]), place[0], delta=by)
                    self.assertAlmostEqual(float(row[prefix + "fit_elevation"]), place[1], delta=by)
                    self.assertAlmostEqual(float(row[prefix + "width"]), 6.2, delta=by)
        self.assertEqual((rows[SILENT]["spikes"], rows[SILENT]["z"], rows[SILENT]["on_width"]), ("9", "NaN", "NaN"))

    def test_sparse_noise(self):
        rows, output = self.fields("sparse")
        _, other = self.fields("sparse", ranks=3, folder="three")
        for name in ("rf_noise_cells_plain.csv", "rf_noise_by_type_plain.csv"):
            self.assertEqual((output / name).read_bytes(), (other / name).read_bytes())
        maps = "rf_noise_maps_plain.h5"
        self.assertEqual(h5_contents(output / maps), h5_contents(other / maps))
        self.check_against_numpy("sparse", rows, output)
        self.check_found(rows, 2.5)
        seconds = 10 * 30.0  # of the pictures; latencies end with them
        self.assertAlmostEqual(float(rows[3]["rate(Hz)"]), int(rows[3]["spikes"]) / seconds, 9)
        self.do("plot", "noise-fields", self.base, "--tables", output, "-o", self.folder / "p.png")
        self.assertEqual(png_size(self.folder / "p.png")[0], 2160)

    def test_white_noise_whose_pictures_are_shorter_than_latencies(self):
        rows, output = self.fields("white")
        self.check_against_numpy("white", rows, output)
        self.check_found(rows, 3.0)

    def test_missing_runs_and_wrong_pictures(self):
        base = self.folder / "net"
        shutil.copytree(self.base, base)
        shutil.rmtree(base / "sparse_plain/chunk_01")
        rows, _ = self.fields("sparse", base=base)
        kept = sum(len([c for _, c in times if c == 200]) for name, times in self.spikes["sparse"].items()
                   if name != "chunk_01")
        self.assertEqual(int(rows[200]["spikes"]), kept)
        call = ("metrics", "receptive-field", base, "plain", "--from", "noise", "--paradigm",
                base / "configs/paradigms/sparse.yaml")
        pictures = base / "images/sparse_noise.h5"
        config = base / "configs/filternet_sparse/config_filternet_2.json"
        text = config.read_text()
        for key, value, code, message in (("flip_y", False, 78, "flip_y"), ("degrees_per_pixel", 0.5, 78, "degrees_per_pixel"),
                                          ("data_file", "$BASE_DIR/images/white_noise.h5", 78, "other pictures")):
            document = json.loads(text)
            next(iter(document["inputs"].values()))[key] = value
            config.write_text(json.dumps(document))
            self.refuse(code, message, *call)
        config.write_text(text)
        with h5py.File(pictures, "r+") as file:
            file["noise/squares"][3, 2, 1] = 200
        self.refuse(65, "has the value 200", *call)
        self.do("images", pictures, "--kind", "sparse-noise", "--count", 300, "--force")
        self.refuse(65, "shows picture", *call)
        self.do("images", pictures, "--count", 480, "--force")
        self.refuse(65, "/noise/squares", *call)
        pictures.unlink()
        self.refuse(66, "sparse_noise.h5", *call)
        shutil.rmtree(base / "white_plain")
        self.refuse(66, "simulate first", *call[:-1], base / "configs/paradigms/white.yaml")

    def test_wrong_options(self):
        call = ("metrics", "receptive-field", self.base, "plain", "--from", "noise", "--paradigm",
                self.base / "configs/paradigms/sparse.yaml")
        self.refuse(2, "one after another", *call[:-1], "gabors")
        self.refuse(2, "whole number of bins", *call, "--latency-end", 120)
        self.refuse(2, "after 250 ms", *call, "--latency-bin", 300, "--latency-end", 300)
        self.refuse(2, "latency-bin", "metrics", "receptive-field", self.base, "plain", "--latency-bin", 10)
        self.refuse(2, "sparse_noise", "metrics", "receptive-field", self.base, "plain", "--paradigm", "sparse_noise_quick")
        for words, message in (("[--from, structure]", "is a target of its own"), ("[--from, noise]", "one after another"),
                               ("[--from, nonsense]", "nonsense"), ("[]", "x_position")):
            (self.folder / "own.yaml").write_text(
                f"extends: 8dir_10trials\nruns: own_{{option}}\nmetrics: [{{kind: receptive-field, arguments: {words}}}]\n")
            self.refuse(78, message, "trials", self.folder / "own.yaml", self.base, "plain")

    def test_targets_of_the_pipeline(self):
        base = self.folder / "tiny"
        shutil.copytree(self.base, base)
        shutil.rmtree(base / "images")
        self.do("pipeline", base / "figures/receptive-field.png")
        self.assertEqual(png_size(base / "figures/receptive-field.png")[0], 2160)
        self.assertTrue((base / "metrics/rf_structure_cells.csv").exists())
        plan = self.do("pipeline", "--dry-run", base / "figures/noise-fields_plain.png",
                       base / "metrics/white/rf_noise_cells_plain.csv").stdout
        self.assertEqual(plan.count("images of"), 2, plan)
        self.assertIn("receptive-field of", plan)
        self.do("pipeline", base / "images/white_noise.h5")
        with h5py.File(base / "images/white_noise.h5") as file:
            self.assertEqual(len(file["noise/squares"]), 6000)


if __name__ == "__main__":
    unittest.main()
