# SPDX-License-Identifier: BSD-3-Clause
"""Gratings one after another and through apertures: against direct convolution in numpy and the same frames as a movie; a
user's paradigm with variables of its own from stimulus to spikes; the shipped sets; what is wrong, refused."""
import csv
import json
import shutil
import unittest

import h5py
import numpy as np

from support import StriateTest, h5_contents, run

ROWS, COLUMNS = 16, 24
PARADIGM = """
description: plaids of two angles in patches of two sizes
duration_ms: 1000
trials:
  - chunk: 0..1
trial_name: chunk_{chunk}
lgn:
  template: config_filternet.json
  folder: filternet_plaids
  sequence:
    vary:
      plaid: [60, 90]
      patch: [10, 30]
    blanks: 1
    order: shuffled
    seed: 42
    dur_ms: 120
    gray_ms: 30
  stimulus:
    gray_screen_dur: 100
    contrast: 0.4
    components:
      - {theta: 45}
      - {theta: {sum: [45, "{plaid}"]}}
    aperture: {shape: disk, x: 12, y: 8, diameter: "{patch}", edge: 2}
    degrees_per_pixel: 0.5
    trial: "{chunk}"
background: {folder: bkg_plaids, file: "bkg_{name}.h5", rate_hz: 250, seed: 4300}
runs: plaids_{option}
"""


def bump(peak, count):
    """A raised cosine in logarithmic time from 1 ms on, of unit norm."""
    slope = np.pi / (2 * np.log(200.3 / 100.3))
    z = slope * (np.log(np.arange(1, count + 1) + 0.3) - np.log(peak))
    values = np.where(abs(z) < np.pi, (1 + np.cos(np.clip(z, -np.pi, np.pi))) / 2, 0)
    return values / np.sqrt((values**2).sum())


def temporal_kernel(weight, peak, delay):
    first, second = int(delay[0]), int(delay[1])
    kernel = np.zeros(600 + first)
    kernel[first:] += weight[0] * bump(peak[0], 600)
    tail = bump(peak[1], min(600, len(kernel) - second))
    kernel[second:second + len(tail)] += weight[1] * tail
    return kernel


def profile(center, sigma, pitch, count):
    """A Gaussian in the middle of `count` pixels, halved over two when they are even, moved by linear interpolation."""
    sigma, radius = sigma / pitch, int(4 * sigma / pitch + 0.5)
    gauss = np.exp(-np.arange(-radius, radius + 1)**2 / (2 * sigma**2))
    gauss /= gauss.sum()
    spike = np.zeros(count)
    spike[(count - 1) // 2] += 0.5
    spike[count // 2] += 0.5
    template = np.convolve(spike, gauss)[radius:radius + count]
    u = np.arange(count) - center / pitch + (count - 1) / 2
    moved = np.interp(u, np.arange(-1, count + 1), np.pad(template, 1), left=0, right=0)
    return moved / moved.sum()


def weight(aperture, x, y):
    """Of an aperture with a soft rim, at points."""
    distance = np.hypot(x - aperture["x"], y - aperture["y"])
    edge = aperture.get("edge", 0)
    if aperture["shape"] == "gaussian":
        value = np.exp(-distance**2 / (2 * aperture["sigma"]**2))
    else:
        beyond = np.clip((distance - aperture["diameter"] / 2) / edge, -0.5, 0.5)
        value = (1 + np.cos(np.pi * (beyond + 0.5))) / 2
    return 1 - value if aperture.get("invert") else value


def frames_of(stimulus, tstop):
    """All frames, a millisecond each, from the input's keys alone. y points up."""
    pitch = stimulus["degrees_per_pixel"]
    rows, columns = int(ROWS / pitch), int(COLUMNS / pitch)
    y, x = np.meshgrid(np.linspace(0, ROWS, rows), np.linspace(0, COLUMNS, columns), indexing="ij")
    frames = np.zeros((tstop + 1, rows, columns))
    start = stimulus["gray_screen_dur"]
    for slot in stimulus["slots"]:
        for component in [] if slot.get("blank") else slot.get("components", [{}]):
            wave = {**stimulus, **slot, **component}
            angle = np.radians(wave["theta"])
            space = wave["cpd"] * (x * np.cos(angle) + y * np.sin(angle))
            shape = weight(wave["aperture"], x, y) if "aperture" in wave else 1
            for n in range(slot["dur"]):
                cycles = space - wave["temporal_f"] * n / 1000
                frames[start + n] += wave["contrast"] * shape * np.sin(2 * np.pi * cycles + np.radians(wave["phase"]))
        start += slot["dur"] + slot.get("gray", 0)
    return frames


class GratingsTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.base = cls.folder_of_all()
        result = run("build", "tiny", "-q", "-o", cls.base / "net")
        assert result.returncode == 0, result.stderr

    def config(self, stimulus, tstop, name="out"):
        config = json.loads((self.base / "net/configs/config_filternet.json").read_text())
        config["manifest"]["$BASE_DIR"] = str(self.base / "net")
        config["run"]["tstop"] = float(tstop)
        config["inputs"] = {"show": {"input_type": "movie", **stimulus}}
        config["output"] = {"output_dir": str(self.folder / name), "spikes_h5": "spikes.h5", "rates_h5": "rates.h5"}
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(config))
        return file

    def rates(self, stimulus, tstop, name="out", ranks=None):
        self.do("lgn", "-q", self.config(stimulus, tstop, name), ranks=ranks)
        with h5py.File(self.folder / name / "rates.h5") as file:
            return file["firing_rates/lgn/firing_rates_Hz"][:]

    def grating(self, **changes):
        return {"module": "grating", "row_size": ROWS, "col_size": COLUMNS, "gray_screen_dur": 40, "theta": 45.0, "cpd": 0.04,
                "temporal_f": 8.0, "contrast": 0.8, "phase": 30.0, "degrees_per_pixel": 1.0, "y_dir": "up", **changes}

    def slots(self):
        disk = {"shape": "disk", "x": 9, "y": 8, "diameter": 9, "edge": 3}
        return self.grating(slots=[
            {"dur": 90, "theta": 10},
            {"dur": 70, "gray": 20, "temporal_f": 0, "cpd": 0.1, "aperture": {"shape": "gaussian", "x": 13, "y": 6, "sigma": 3}},
            {"dur": 30, "blank": True},
            {"dur": 120, "gray": 10, "components": [{"aperture": disk}, {"theta": 135, "aperture": {**disk, "invert": True}}]},
            {"dur": 50, "phase": 200}])

    def test_equals_direct_convolution(self):
        """Of the cells with one sub-unit, from the nodes' columns."""
        tstop = 500
        stimulus = self.slots()
        rates = self.rates(stimulus, tstop)
        frames = frames_of(stimulus, tstop)
        with h5py.File(self.base / "net/network/lgn_nodes.h5") as file:
            group = file["nodes/lgn/0"]
            nodes = {key: group[key][:] for key in group}
            kinds = file["nodes/lgn/node_type_id"][:]
        with open(self.base / "net/network/lgn_node_types.csv", encoding="utf-8") as file:
            names = {int(row["node_type_id"]): row["pop_name"] for row in csv.DictReader(file, delimiter=" ")}
        checked = 0
        for cell in range(0, len(kinds), 7):
            name = names[kinds[cell]]
            if name.startswith(("sONsOFF", "sONtOFF")):
                continue
            kernel = temporal_kernel(*([nodes[f"{key}_dom_{k}"][cell] for k in (0, 1)] for key in ("weight", "kpeaks", "delay")))
            rows = profile(nodes["y"][cell], nodes["spatial_size"][cell] / 3, ROWS / (ROWS - 1), ROWS)
            columns = profile(nodes["x"][cell], nodes["spatial_size"][cell] / 3, COLUMNS / (COLUMNS - 1), COLUMNS)
            drive = np.einsum("j,nji,i->n", rows, frames, columns)
            response = (1 if "ON" in name else -1) * np.convolve(drive, kernel)[:tstop + 1]
            expected = np.maximum(response + rates[0, cell], 0)  # the first frame is spontaneous
            np.testing.assert_allclose(rates[:, cell], expected, rtol=0, atol=1e-9)
            checked += 1
        self.assertGreater(checked, 50)
        self.assertGreater(abs(rates - rates[0]).max(), 1)

    def test_equals_the_same_frames_as_a_movie(self):
        tstop = 500
        stimulus = self.slots()
        stimulus["degrees_per_pixel"] = 0.5
        rates = self.rates(stimulus, tstop)
        np.save(self.folder / "frames.npy", frames_of(stimulus, tstop))
        movie = {"module": "movie", "data_file": str(self.folder / "frames.npy"), "frame_rate": 1000.0, "y_dir": "up",
                 "row_range": np.linspace(0, ROWS, 2 * ROWS).tolist(), "col_range": np.linspace(0, COLUMNS, 2 * COLUMNS).tolist()}
        np.testing.assert_allclose(rates, self.rates(movie, tstop, "movie"), rtol=0, atol=1e-9)
        for ranks in (2, 3):  # and no rank changes a spike
            self.rates(stimulus, tstop, "several", ranks)
            self.assertEqual(h5_contents(self.folder / "out/spikes.h5"), h5_contents(self.folder / "several/spikes.h5"))

    def test_large_disk_and_single_slot(self):
        whole = self.rates(self.grating(), 400)
        disk = {"shape": "disk", "diameter": 300}
        np.testing.assert_allclose(self.rates(self.grating(aperture=disk), 400, "disk"), whole, rtol=0, atol=1e-12)
        # A grating loses its first frame, at 40 ms, a slot does not: shown a millisecond later it is the same, but for phase.
        later = self.grating(gray_screen_dur=41, phase=30 - 360 * 8 / 1000, slots=[{"dur": 359}])
        np.testing.assert_allclose(self.rates(later, 400, "slot"), whole, rtol=0, atol=1e-9)

    def test_paradigm_of_ones_own(self):
        base, yaml = self.folder / "net", self.folder / "plaids.yaml"
        shutil.copytree(self.base / "net", base)
        yaml.write_text(PARADIGM)
        self.do("trials", "-q", yaml, base, "plain")
        with open(base / "configs/filternet_plaids/conditions.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), ["run", "slot", "start_ms", "end_ms", "chunk", "plaid", "patch", "blank"])
        self.assertEqual(len(rows), 10)
        for chunk in range(2):
            shown = rows[5 * chunk:5 * chunk + 5]
            self.assertEqual(sorted((row["plaid"], row["patch"]) for row in shown),
                             [("", ""), ("60", "10"), ("60", "30"), ("90", "10"), ("90", "30")])
            self.assertEqual([float(row["start_ms"]) for row in shown], [100 + 150 * k for k in range(5)])
            self.assertEqual([float(row["end_ms"]) for row in shown], [220 + 150 * k for k in range(5)])
            self.assertEqual([row["blank"] == "1" for row in shown], [row["plaid"] == "" for row in shown])
        before = (base / "configs/filternet_plaids/conditions.csv").stat().st_mtime_ns
        self.do("trials", "-q", yaml, base, "plain", "--only", "chunk=1")
        self.assertEqual((base / "configs/filternet_plaids/conditions.csv").stat().st_mtime_ns, before, "nothing changed")

        config_file = base / "configs/filternet_plaids/config_filternet_1.json"
        config = json.loads(config_file.read_text())
        slots = config["inputs"]["LGN_spikes"]["slots"]
        self.assertEqual([slot.get("aperture", {}).get("diameter") for slot in slots],
                         [int(row["patch"]) if row["patch"] else None for row in rows[5:]])
        config["output"]["rates_h5"] = "rates.h5"
        config_file.write_text(json.dumps(config))
        self.do("background", "-q", base, "--paradigm", yaml, "--only", "chunk=1")
        self.do("lgn", "-q", config_file, ranks=2)
        self.do("simulate", "-q", base / "configs/plaids_plain/config_1.json", ranks=2)
        self.assertTrue((base / "plaids_plain/chunk_1/spikes.h5").is_file())
        with h5py.File(base / "filternet_plaids/chunk_1/rates.h5") as file:
            rates = file["firing_rates/lgn/firing_rates_Hz"][:]
        np.testing.assert_array_equal(rates[99], rates[0], "grey before the first slot")
        self.assertGreater(abs(rates[100:] - rates[0]).max(), 1)
        result = self.do("check", config_file)
        self.assertIn("4 gratings one after another (y up), from 100 ms on, and 1 blank", result.stdout + result.stderr)

        # The same by the pipeline, where the network knows the paradigm.
        (base / "configs/paradigms").mkdir()
        shutil.copy(yaml, base / "configs/paradigms/plaids.yaml")
        table = base / "configs/filternet_plaids/conditions.csv"
        expected = table.read_text()
        table.unlink()
        self.do("pipeline", "-q", table, base / "plaids_plain/chunk_0/spikes.h5")
        self.assertEqual(table.read_text(), expected)
        self.assertTrue((base / "plaids_plain/chunk_0/spikes.h5").is_file())

        self.refuse(2, "differ in aperture", "trials", yaml, base, "plain", "--stimulus", "aperture=3")
        self.refuse(2, "differ in gray_screen_dur", "trials", yaml, base, "plain", "--stimulus", "gray_screen_dur=3")
        yaml.write_text(PARADIGM.replace("plaid: [60, 90]", "plaid: [60, 90]\n      tilt: [1, 2]"))
        self.refuse(78, "varies tilt, which no key of lgn.stimulus uses", "trials", yaml, base, "plain")
        yaml.write_text(PARADIGM.replace("duration_ms: 1000", "duration_ms: 800"))
        self.refuse(78, "until 820 ms (duration_ms is 800)", "trials", yaml, base, "plain")
        yaml.write_text(PARADIGM.replace("shape: disk", "shape: circle"))
        self.do("trials", "-q", yaml, base, "plain")
        self.refuse(78, 'slots/0/aperture/shape = "circle"', "lgn", config_file)

    def test_shipped_sets_are_stimuli(self):
        base = self.base / "net"
        for name in ("dg_tf", "static_gratings", "gabors", "flashes", "dg_contrast9", "dg_75", "spatial_frequency", "size",
                     "orientation_contrast"):
            self.do("trials", "-q", name + "_quick", base, "plain", "--only", "chunk=1")
            result = self.do("check", base / f"configs/filternet_{name}_quick/config_filternet_1.json")
            self.assertIn("gratings one after another (y up), from 250 ms on", result.stdout + result.stderr, name)

    def test_noise_pictures(self):
        base = self.folder / "net"
        shutil.copytree(self.base / "net", base)
        self.refuse(66, "sparse_noise.h5", "trials", "sparse_noise", base, "plain")
        self.do("images", "-q", base / "images/sparse_noise.h5", "--kind", "sparse-noise")
        with h5py.File(base / "images/sparse_noise.h5") as file:
            pictures, squares, x, y = file["images"], file["noise/squares"][:], file["noise/x"][:], file["noise/y"][:]
            self.assertEqual(pictures.shape, (2400, 80, 120))
            middle = pictures[5][::-1][np.rint(y[2:-2]).astype(int)][:, np.rint(x[2:-2]).astype(int)]
            np.testing.assert_array_equal(middle, squares[5, 2:-2, 2:-2])
        self.assertEqual(set(np.unique(squares)), {0, 127, 254})
        self.assertAlmostEqual(squares[:, 3:-3, 3:-3].mean(), 127, delta=1)
        for rows, columns in (np.nonzero(picture != 127) for picture in squares[:50]):
            apart = np.maximum(abs(rows[:, None] - rows), abs(columns[:, None] - columns))
            self.assertGreater((apart + 100 * np.eye(len(rows))).min(), 5)
        self.do("trials", "-q", "sparse_noise", base, "plain", "--only", "chunk=3")
        config = base / "configs/filternet_sparse_noise/config_filternet_3.json"
        self.do("lgn", "-q", config)
        with open(base / "configs/filternet_sparse_noise/conditions.csv", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["run"] == "chunk_03"]
        self.assertEqual([int(row["image"]) for row in rows], list(range(360, 480)))
        self.assertEqual(float(rows[1]["start_ms"]), 500)
        self.refuse(2, "did you mean white-noise?", "images", self.folder / "a.h5", "--kind", "white_noise")
        self.refuse(2, "--spacing does not apply", "images", self.folder / "a.h5", "--kind", "white-noise", "--spacing", "3")
        self.refuse(2, "--square", "images", self.folder / "a.h5", "--kind", "white-noise", "--square", "0")


if __name__ == "__main__":
    unittest.main()
