# SPDX-License-Identifier: BSD-3-Clause
"""Receptive fields from Gabor patches, from made-up spikes: known fields are found, masks and chi-squared are NumPy's, the
same on any number of ranks; runs that are missing, tables of conditions that cannot be meant."""
import csv
import shutil
import unittest

import h5py
import numpy as np

from support import StriateTest, h5_contents, run
from support.fields import mask
from support.results import rows_of

PLACES = np.arange(-40, 41, 10)
FIELDS = {  # cell: (azimuth, elevation, sd of azimuth, sd of elevation, spikes at the centre); None: no field
    3: (12.0, -7.0, 14.0, 9.0, 9.0), 40: (-31.0, 22.0, 11.0, 20.0, 9.0), 200: (0.0, 0.0, 16.0, 16.0, 9.0),
    500: (30.0, 26.0, 15.0, 12.0, 9.0), 900: None}
SILENT, FLAT = 1000, 900


class GaborTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = cls.folder_of_all() / "tiny"
        for arguments in (("build", "tiny", "-o", cls.base), ("trials", "gabors_quick", cls.base, "plain")):
            result = run(*arguments)
            assert result.returncode == 0, result.stderr
        with open(cls.base / "configs/filternet_gabors_quick/conditions.csv", newline="") as file:
            cls.shown = list(csv.DictReader(file))
        rng = np.random.default_rng(8)
        cls.counts = {cell: np.zeros((9, 9), int) for cell in (*FIELDS, SILENT)}
        spikes = {}
        for row in cls.shown:
            x, y, start = float(row["x_position"]), float(row["y_position"]), float(row["start_ms"])
            times = spikes.setdefault(row["run"], [])
            for cell, field in FIELDS.items():
                mean = 2.0
                if field:
                    azimuth, elevation, width, height, peak = field
                    mean = peak * np.exp(-(x - azimuth) ** 2 / (2 * width ** 2) - (y - elevation) ** 2 / (2 * height ** 2))
                n = rng.poisson(mean)
                cls.counts[cell][int((40 - y) / 10), int((x + 40) / 10)] += n
                times += [(t, cell) for t in start + rng.uniform(0, 248.9, n)]
                times += [(start + 249.5, cell)] * int(rng.integers(0, 3))  # too late to count
        times += [(start + 10, SILENT)] * 9
        for run_name, all_spikes in spikes.items():
            folder = cls.base / "gabors_quick_plain" / run_name
            folder.mkdir(parents=True)
            all_spikes.sort()
            with h5py.File(folder / "spikes.h5", "w") as file:
                file["spikes/v1/timestamps"] = [t for t, _ in all_spikes]
                file["spikes/v1/node_ids"] = np.array([cell for _, cell in all_spikes], "u8")

    def fields(self, *options, base=None, ranks=None, folder="out"):
        output = self.folder / folder
        result = run("metrics", "receptive-field", base or self.base, "plain", "--paradigm", "gabors_quick", "--shuffles", 200,
                     "-o", output, *options, ranks=ranks)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return {int(row["node_id"]): row for row in rows_of(output / "rf_gabors_cells_plain.csv")}, output

    def test_known_fields(self):
        rows, output = self.fields()
        _, other = self.fields(ranks=3, folder="three")
        for name in ("rf_gabors_cells_plain.csv", "rf_gabors_by_type_plain.csv"):
            self.assertEqual((output / name).read_bytes(), (other / name).read_bytes())
        maps = "rf_gabors_maps_plain.h5"
        self.assertEqual(h5_contents(output / maps), h5_contents(other / maps))
        with h5py.File(output / maps) as file:
            ids = list(file["node_id"])
            self.assertEqual(list(file["elevation"]), list(PLACES[::-1]))
            for cell, counts in self.counts.items():
                if cell != SILENT:
                    np.testing.assert_array_equal(file["spikes"][ids.index(cell)], counts)
        for cell, field in FIELDS.items():
            row, counts = rows[cell], self.counts[cell]
            self.assertEqual(int(row["spikes"]), counts.sum())
            inside = mask(counts)
            self.assertAlmostEqual(float(row["azimuth"]), PLACES[np.nonzero(inside)[1]].mean(), 9)
            self.assertAlmostEqual(float(row["elevation"]), PLACES[::-1][np.nonzero(inside)[0]].mean(), 9)
            self.assertEqual(float(row["area"]), 100 * inside.sum())
            if not field:
                continue
            azimuth, elevation, width, height, _ = field
            self.assertEqual(float(row["p"]), 0)
            self.assertEqual((float(row["suppressive"]), float(row["on_screen"])), (0, 1), row)
            for name, value, by in (("fit_azimuth", azimuth, 2), ("fit_elevation", elevation, 2), ("width", width, 2.5),
                                    ("height", height, 2.5)):
                self.assertAlmostEqual(float(row[name]), value, delta=by, msg=f"{name} of {cell}")
        self.assertGreater(float(rows[FLAT]["p"]), 0.001)
        self.assertEqual((rows[SILENT]["spikes"], rows[SILENT]["p"], rows[SILENT]["width"]), ("9", "NaN", "NaN"))
        types = rows_of(output / "rf_gabors_by_type_plain.csv")
        l4 = next(row for row in types if row["cell_type"] == "L4_Exc")
        self.assertAlmostEqual(float(l4["recorded_width"]), 25.3, 0)

    def test_an_offset_unbiases_sizes(self):
        plain, _ = self.fields()
        offset, _ = self.fields("--offset", "fit", folder="offset")
        self.assertAlmostEqual(float(offset[200]["width"]), 16, delta=2.5)
        self.assertNotEqual(plain[200]["width"], offset[200]["width"])

    def test_missing_runs_and_wrong_tables(self):
        base = self.folder / "net"
        shutil.copytree(self.base, base)
        shutil.rmtree(base / "gabors_quick_plain/chunk_01")
        rows, _ = self.fields(base=base)
        self.assertLess(int(rows[200]["spikes"]), self.counts[200].sum())
        table = base / "configs/filternet_gabors_quick/conditions.csv"
        text = table.read_text()
        lines = text.splitlines(keepends=True)
        x = lines[0].split(",").index("x_position")
        moved = [",".join("41" if k == x and cell == "40" else cell for k, cell in enumerate(line.split(","))) for line in lines]
        cells = [line.split(",") for line in lines]
        other = next(k for k in range(2, len(cells)) if cells[k][x] != cells[1][x])
        cells[1][x], cells[other][x] = cells[other][x], cells[1][x]  # as if the order had been drawn anew
        exchanged = "".join(",".join(line) for line in cells)
        for wrong, message in ((text.replace("chunk_02", "chunk_09"), "unknown run 'chunk_09'"),
                               ("".join(moved), "evenly spaced"), (text.replace("x_position", "x"), "x_position"),
                               (exchanged, "is not what")):
            table.write_text(wrong)
            result = run("metrics", "receptive-field", base, "plain", "--paradigm", "gabors_quick", "-o", self.folder / "wrong")
            self.assertIn(result.returncode, (65, 78), result.stderr)
            self.assertIn(message, result.stderr)
        table.write_text(text)
        shutil.rmtree(base / "gabors_quick_plain")
        result = run("metrics", "receptive-field", base, "plain", "--paradigm", "gabors_quick")
        self.assertEqual(result.returncode, 66, result.stderr)
        result = run("metrics", "receptive-field", base, "plain", "--paradigm", "8dir_10trials")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("x_position", result.stderr)
        result = run("metrics", "receptive-field", base, "plain", "--from", "structure", "--shuffles", "3")
        self.assertEqual(result.returncode, 2, result.stderr)


if __name__ == "__main__":
    unittest.main()
