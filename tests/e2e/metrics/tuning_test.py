# SPDX-License-Identifier: BSD-3-Clause
"""`striate metrics tuning` of a paradigm with two variables of a user's own: against numpy, on several ranks, its picture,
its place in the pipeline and the report, and what is said where something is missing or wrong."""
import json
import unittest

import h5py
import numpy as np

from support import StriateTest, run
from support.made_v1 import write_v1_nodes
from support.results import rows_of

TYPES = ("e23Cux2", "i4Pvalb", "e5ET")
CELLS, TRIALS = 13, 4  # cells are shared unevenly by ranks; the last one is silent
ANGLES, FREQUENCIES = (0, 45, 90, 135, 180, 225, 270, 315), ("0.02", "0.04", "0.08", "0.16", "0.32")
PARADIGM = """description: gratings of two variables, and blanks
duration_ms: 1500
trials:
  - {angle: [0], cpd: [0.04], contrast: [0.0], trial: 0..3}
  - {angle: [0, 45, 90, 135, 180, 225, 270, 315], cpd: [0.02, 0.04, 0.08, 0.16, 0.32], contrast: [0.8], trial: 0..3}
trial_name: a{angle}_c{cpd}_k{contrast}_t{trial}
lgn:
  template: config_filternet.json
  folder: filternet_own
  stimulus: {theta: "{angle}.0", cpd: "{cpd}", contrast: "{contrast}"}
background: {folder: bkg_own, file: "{name}.h5", rate_hz: 250, seed: 1}
runs: own_{option}
analysis: {blank: {contrast: 0}}
metrics: [tuning]
"""
BEGIN, END, HZ = 500.0, 1500.0, 2.0  # grey until 500 ms, gratings of 2 Hz


def number(text):
    return float(text) if text else float("nan")


class TuningTest(StriateTest):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(11)
        self.base = self.folder / "net"
        cells = np.arange(CELLS)
        write_v1_nodes(self.base, TYPES, cells % len(TYPES), x=np.where(cells == 5, 250.0, 10.0),  # cell 5 is outside of the core
                       z=np.zeros(CELLS), tuning_angle=rng.uniform(0, 360, CELLS))
        (self.base / "configs").mkdir()
        (self.base / "configs/config_filternet.json").write_text(json.dumps(
            {"inputs": {"shown": {"module": "graiting", "gray_screen_dur": BEGIN, "temporal_f": HZ}}}))
        self.yaml = self.folder / "own.yaml"
        self.yaml.write_text(PARADIGM)
        self.conditions = [(0, "0.04", "0.0")] + [(angle, cpd, "0.8") for angle in ANGLES for cpd in FREQUENCIES]
        self.spikes = {}
        preferred = rng.uniform(0, 360, CELLS)
        octave = rng.uniform(0.5, 3.5, CELLS)
        for condition in self.conditions:
            for trial in range(TRIALS):
                angle, cpd, contrast = condition
                gain = 0 if contrast == "0.0" else np.exp(-((np.log2(float(cpd) / 0.02) - octave) ** 2) / 2)
                rate = 4 + 26 * gain * np.exp(2 * np.cos(np.radians(angle - preferred)) - 2)
                times, ids = [], []
                for cell in range(CELLS - 1):
                    own = rng.uniform(0, 1500, rng.poisson(rate[cell] * 1.5))
                    own = own[rng.uniform(0, 2, own.size) < 1 + 0.8 * np.cos(2 * np.pi * HZ * own / 1000)]
                    times += list(own)
                    ids += [cell] * own.size
                self.spikes[condition, trial] = (np.array(times), np.array(ids, dtype=int))
                folder = self.run_folder(condition, trial)
                folder.mkdir(parents=True)
                with h5py.File(folder / "spikes.h5", "w") as file:
                    file["spikes/v1/timestamps"] = self.spikes[condition, trial][0]
                    file["spikes/v1/node_ids"] = self.spikes[condition, trial][1].astype("u8")

    def run_folder(self, condition, trial):
        angle, cpd, contrast = condition
        return self.base / f"own_plain/a{angle}_c{cpd}_k{contrast}_t{trial}"

    def tuning(self, *options, ranks=None, code=0):
        result = run("metrics", "tuning", self.yaml, self.base, "plain", *options, ranks=ranks)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def expected(self, cell):
        """The numbers of one cell, straight from the definitions."""
        counts = {condition: np.array([np.sum((times > BEGIN) & (times <= END) & (ids == cell))
                                       for times, ids in (self.spikes[condition, k] for k in range(TRIALS))])
                  for condition in self.conditions}
        seconds = (END - BEGIN) / 1000
        means = {condition: own.mean() / seconds for condition, own in counts.items()}
        shown = self.conditions[1:]
        response = np.array([means[c] for c in shown]).reshape(len(ANGLES), len(FREQUENCIES))
        values = {"mean_rate": response.mean(), "max_rate": response.max(), "blank_rate": means[self.conditions[0]]}
        if response.max() == 0:
            return values
        angle, cpd = response.mean(axis=1).argmax(), response.mean(axis=0).argmax()
        best = shown[response.argmax()]
        section, phases = response[:, cpd], np.radians(np.array(ANGLES))
        sparse = (1 - response.mean() ** 2 / (response ** 2).mean()) / (1 - 1 / response.size)
        single, pooled, spikes = [], 0, 0
        for k in range(TRIALS):
            times, ids = self.spikes[best, k]
            own = times[(ids == cell) & (times > BEGIN) & (times <= END)] - BEGIN
            if own.size:
                total = np.exp(-2j * np.pi * HZ * own / 1000).sum()
                single.append(2 * abs(total) / own.size)
                pooled, spikes = pooled + total, spikes + own.size
        values |= {"fano": counts[best].var() / counts[best].mean(), "lifetime_sparseness": sparse,
                   "pref_angle": ANGLES[angle], "pref_cpd": float(FREQUENCIES[cpd]),
                   "OSI": abs((section * np.exp(2j * phases)).sum()) / section.sum(),
                   "DSI": abs((section * np.exp(1j * phases)).sum()) / section.sum(),
                   "f1_f0": np.mean(single), "f1_f0_pooled": 2 * abs(pooled) / spikes}
        return values

    def check_bandwidth(self, row):
        """No Gaussian of a fine grid fits the cell's responses better than the one that was found."""
        ends = [number(row[name]) for name in ("cpd_fit", "cpd_low", "cpd_high")]
        if np.isnan(ends).any() or row["pref_cpd"] in (FREQUENCIES[0], FREQUENCIES[-1]):
            return
        cell, octaves = int(row["node_id"]), np.arange(5.0)
        section = [np.mean([np.sum((t > BEGIN) & (t <= END) & (i == cell)) for t, i in
                            (self.spikes[(int(float(row["pref_angle"])), cpd, "0.8"), k] for k in range(TRIALS))]) for cpd in FREQUENCIES]

        def cost(middle, width):
            curve = np.exp(-((octaves - middle) ** 2) / (2 * width ** 2))
            return np.sum((section - curve * max(np.dot(section, curve) / np.dot(curve, curve), 0)) ** 2)

        middle, upper = np.log2(ends[0] / 0.02), np.log2(ends[2] / 0.02)
        found = cost(middle, (upper - middle) / np.sqrt(2 * np.log(2)))
        best = min(cost(m, w) for m in np.linspace(0, 4, 81) for w in np.geomspace(0.1, 10, 61))
        self.assertLessEqual(found, best + 1e-9, f"cell {cell}")

    def test_against_numpy_and_on_ranks(self):
        self.tuning()
        tables = self.base / "metrics"
        cells = rows_of(tables / "tuning_cells_own_plain.csv")
        self.assertEqual([int(row["node_id"]) for row in cells], [c for c in range(CELLS) if c != 5])
        for row in cells:
            expected = self.expected(int(row["node_id"]))
            for name, value in expected.items():
                self.assertAlmostEqual(number(row[name]), value, places=9, msg=f"{name} of {row['node_id']}")
            self.check_bandwidth(row)
        self.assertEqual(cells[-1]["pref_cpd"], "NaN")
        with h5py.File(tables / "tuning_own_plain.h5") as file:
            self.assertEqual(file["mean"].shape, (CELLS - 1, 41))
            order = list(zip(file["conditions/angle"][:], file["conditions/cpd"][:], file["blank"][:]))
            self.assertEqual(order[0], (0, 0.02, 0))
            place = order.index((0, 0.04, 1))
            rates = [np.sum((t > BEGIN) & (t <= END) & (i == 3)) for t, i in
                     (self.spikes[self.conditions[0], k] for k in range(TRIALS))]
            self.assertAlmostEqual(file["mean"][3, place], np.mean(rates))
            self.assertAlmostEqual(file["sd"][3, place], np.std(rates))
            self.assertEqual(list(file["trials"][:]), [TRIALS] * 41)
            arrays = {name: file[name][...].tobytes() for name in ("mean", "sd", "trials", "node_id")}
        types = [row for row in rows_of(tables / "tuning_by_type_own_plain.csv") if row["property"] == "OSI"]
        for row in types:
            own = [number(cell["OSI"]) for cell in cells if cell["cell_type"] == row["cell_type"] and cell["OSI"] != "NaN"]
            self.assertEqual(int(row["n"]), len(own))
            self.assertAlmostEqual(float(row["median"]), np.median(own))
            self.assertAlmostEqual(float(row["sem"]), np.std(own, ddof=1) / np.sqrt(len(own)))
        for ranks in (2, 3):
            output = self.folder / f"on_{ranks}"
            self.tuning("-o", output, ranks=ranks)
            for name in ("tuning_cells_own_plain.csv", "tuning_by_type_own_plain.csv"):
                self.assertEqual((output / name).read_bytes(), (tables / name).read_bytes(), f"{name}, {ranks} ranks")
            with h5py.File(output / "tuning_own_plain.h5") as file:
                for name, data in arrays.items():
                    self.assertEqual(file[name][...].tobytes(), data, f"{name}, {ranks} ranks")

    def test_all_cells_and_networks(self):
        self.tuning("--cells", "all")
        self.assertEqual(len(rows_of(self.base / "metrics/tuning_cells_own_plain.csv")), CELLS)
        self.tuning()
        other = self.folder / "other"
        other.mkdir()
        for name in ("network", "configs", "own_plain"):
            (other / name).symlink_to(self.base / name)
        text = self.tuning("--networks", other, code=66)
        self.assertIn("striate metrics tuning", text)
        self.assertEqual(run("metrics", "tuning", self.yaml, other, "plain").returncode, 0)
        self.tuning("--networks", other)
        pooled = rows_of(self.base / "metrics/tuning_by_type_own_plain_2_networks.csv")
        alone = rows_of(self.base / "metrics/tuning_by_type_own_plain.csv")
        self.assertEqual([2 * int(row["n"]) for row in alone], [int(row["n"]) for row in pooled])
        self.assertEqual([row["median"] for row in alone], [row["median"] for row in pooled])

    def test_missing_trials_and_gaps(self):
        (self.run_folder((45, "0.08", "0.8"), 2) / "spikes.h5").unlink()
        for trial in range(TRIALS):
            (self.run_folder((90, "0.16", "0.8"), trial) / "spikes.h5").unlink()
        text = self.tuning()
        self.assertIn("5 of 164 runs have no spikes and are left out", text)
        self.assertIn("1 of 41 conditions have no trial, and what needs them is NaN: angle=90, cpd=0.16, contrast=0.8", text)
        cells = rows_of(self.base / "metrics/tuning_cells_own_plain.csv")
        gap = [row["OSI"] == "NaN" for row in cells if row["pref_cpd"] == "0.16"]
        self.assertTrue(gap and all(gap))
        self.assertTrue(any(row["OSI"] != "NaN" for row in cells))
        self.yaml.write_text(PARADIGM.replace("  - {angle: [0, 45, 90", "  - {angle: [30], cpd: [0.02], contrast: [0.8], trial: 0..3}\n"
                                              "  - {angle: [0, 45, 90"))
        text = self.tuning()
        self.assertIn("not all combinations of the values in own were shown", text)
        (self.base / "own_plain").rename(self.base / "elsewhere")
        self.assertIn("no spikes of any trial of own", self.tuning(code=66))

    def test_wrong_yaml(self):
        for old, new, code, words in (
                ("blank: {contrast: 0}", "blank: {kontrast: 0}", 2, "analysis.blank names 'kontrast'"),
                ("blank: {contrast: 0}", "blank: {contrast: 0.5}", 78, "0 of 41 conditions are blanks"),
                ("analysis: {blank", "analysis: {from_ms: 1600, blank", 78, "from_ms"),
                ("analysis: {blank", "analysis: {form_ms: 600, blank", 78, "form_ms"),
                ("analysis: {blank", "repeat: trial\nanalysis: {blank", 78, "invalid repeat (must be a list")):
            self.yaml.write_text(PARADIGM.replace(old, new))
            self.assertIn(words, self.tuning(code=code), new)
        self.assertEqual(run("metrics", "tuning", "nothing", self.base, "plain").returncode, 78)
        self.yaml.write_text(PARADIGM)
        self.assertIn("no spikes can be counted from 1500 to 1500 ms", self.tuning("--from", "1500", code=2))
        self.assertIn("--core-radius", self.tuning("--cells", "all", "--core-radius", "100", code=2))
        text = run("metrics", "tuning", "bo", self.base, "plain")
        self.assertEqual((text.returncode, "shows images one after another" in text.stderr), (2, True), text.stderr)

    def test_picture_report_and_pipeline(self):
        self.tuning()
        result = run("plot", "tuning", "own", self.base)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater((self.base / "figures/tuning_own_plain.png").stat().st_size, 50_000)
        (self.base / "output_plain").symlink_to(self.run_folder(self.conditions[1], 0))
        result = run("report", self.base, "plain")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("variables, own</figcaption>", (self.base / "figures/report_plain.html").read_text())
        # A paradigm in BASE/configs/paradigms is one of the network's.
        (self.base / "configs/paradigms").mkdir()
        self.yaml.rename(self.base / "configs/paradigms/own.yaml")
        self.yaml = "own"
        self.tuning("-o", self.folder / "again")
        self.assertEqual((self.folder / "again/tuning_cells_own_plain.csv").read_bytes(),
                         (self.base / "metrics/tuning_cells_own_plain.csv").read_bytes())


if __name__ == "__main__":
    unittest.main()
