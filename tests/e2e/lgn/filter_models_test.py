# SPDX-License-Identifier: BSD-3-Clause
"""LGN cells whose kernels stand in JSON files, as FilterNet's tutorials have them: rates of all cells at every frame against
the published formulas of BMTK's FilterNet, written out here in numpy."""
import json
import unittest

import h5py
import numpy as np

from support import StriateTest, run

SPONTANEOUS = {"tON_TF8": 2.6, "tOFF_TF8": 2.4377777777777867, "sON_TF4": 8.25}
MODELS = {
    "tON_TF8.json": {"opt_wts": [4.2, -2.4], "opt_kpeaks": [8.5, 23.0], "opt_delays": [0.0, 0.0]},
    "tOFF_TF8.json": {"opt_wts": [3.9, -2.2], "opt_kpeaks": [9.5, 21.0], "opt_delays": [3.7, 5.2]},
    "sON_TF4.json": {"opt_wts": [3.2, -1.7], "opt_kpeaks": [22.7, 55.0], "opt_delays": [0.0, 14.7], "spatial_size": 4.5},
}
TYPES = [(1, "tON_TF8", None), (2, "tOFF_TF8", None), (3, "sON_TF4", None)]
CELLS = [  # type, x, y, size (None: from the file)
    (1, 20.0, 30.0, 6.0), (1, 60.3, 40.7, 3.0), (2, 100.0, 8.0, 6.0), (2, 3.0, 70.0, 9.0), (3, 45.5, 33.3, 4.5)]
STIMULUS = {"input_type": "movie", "module": "grating", "row_size": 80, "col_size": 120, "gray_screen_dur": 100.0, "cpd": 0.04,
            "temporal_f": 4.0, "contrast": 0.8, "theta": 30.0, "degrees_per_pixel": 1.0, "y_dir": "up"}
DURATION = 0.6  # s


def profile(center, sigma, pitch, count):
    """A Gaussian over pixels: drawn at the middle, cut at four sigma, moved by linear interpolation, sum 1."""
    width = sigma / pitch
    radius = int(4 * width + 0.5)
    stencil = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * width**2))
    stencil /= stencil.sum()
    template = np.zeros(count + 2 * radius + 2)
    middles = [count // 2 - 1, count // 2] if count % 2 == 0 else [(count - 1) // 2]
    for middle in middles:
        template[middle:middle + 2 * radius + 1] += stencil / len(middles)
    template = template[radius:radius + count]
    place = np.arange(count) - center / pitch + (count - 1) / 2
    low = np.floor(place).astype(int)
    part = place - low
    padded = np.concatenate([[0], template, [0, 0]])

    def value(index):
        return padded[np.clip(index + 1, 0, count + 1)]

    moved = (1 - part) * value(low) + part * value(low + 1)
    return moved / moved.sum()


def bump(peak):
    time = np.arange(1, 601)
    phase = np.pi * (np.log(time + 0.3) - np.log(peak)) / (2 * np.log(200.3 / 100.3))
    values = np.where(np.abs(phase) < np.pi, (1 + np.cos(phase)) / 2, 0)
    return values / np.sqrt((values**2).sum())


def kernel(model):
    first, second = (int(d) for d in model["opt_delays"])
    result = np.zeros(600 + first)
    result[first:] += model["opt_wts"][0] * bump(model["opt_kpeaks"][0])
    tail = bump(model["opt_kpeaks"][1])[:600 + first - second]
    result[second:] += model["opt_wts"][1] * tail / np.sqrt((tail**2).sum())
    return result


def grating():
    """Frames x rows x columns at 1000 Hz."""
    y, x = np.linspace(0, 80, 80), np.linspace(0, 120, 120)
    gray = STIMULUS["gray_screen_dur"] / 1000
    tau = np.linspace(0, DURATION - gray, round(1000 * (DURATION - gray)) + 1)[1:]
    angle = np.radians(STIMULUS["theta"])
    phase = STIMULUS["cpd"] * (x[None, None] * np.cos(angle) + y[None, :, None] * np.sin(angle))
    moving = STIMULUS["contrast"] * np.sin(2 * np.pi * (phase - STIMULUS["temporal_f"] * tau[:, None, None]))
    return np.concatenate([np.zeros((round(1000 * gray) + 1, 80, 120)), moving])


def expected_rates():
    movie = grating()
    rates = []
    for kind, x, y, size in CELLS:
        name = TYPES[kind - 1][1]
        rows, columns = profile(y, size / 3, 80 / 79, 80), profile(x, size / 3, 120 / 119, 120)
        drive = np.einsum("nji,j,i->n", movie, rows, columns)
        response = np.convolve(drive, kernel(MODELS[name + ".json"]))[:len(drive)]
        rates.append(np.maximum((1 if "ON" in name else -1) * response + SPONTANEOUS[name], 0))
    return np.array(rates).T


class FilterModelsTest(StriateTest):
    def write(self):
        models = self.folder / "models"
        models.mkdir()
        for name, model in MODELS.items():
            (models / name).write_text(json.dumps(model))
        rows = "".join(f"{number} virtual lgnmodel:{name} {name} {name}.json\n" for number, name, _ in TYPES)
        (self.folder / "types.csv").write_text("node_type_id model_type model_template pop_name dynamics_params\n" + rows)
        count = len(CELLS)
        with h5py.File(self.folder / "nodes.h5", "w") as file:
            group = file.create_group("nodes/lgn")
            group["node_id"] = np.arange(count, dtype="u8")
            group["node_type_id"] = np.array([c[0] for c in CELLS], dtype="u8")
            group["node_group_id"] = np.zeros(count, dtype="u4")
            group["node_group_index"] = np.arange(count, dtype="u8")
            group["0/x"], group["0/y"] = [c[1] for c in CELLS], [c[2] for c in CELLS]
            # The last type's size comes from its file.
            group["0/spatial_size"] = [np.nan if c[0] == 3 else c[3] for c in CELLS]
        config = {"target_simulator": "LGNModel", "run": {"tstop": 1000 * DURATION}, "inputs": {"show": STIMULUS},
                  "output": {"output_dir": str(self.folder / "out"), "spikes_h5": "spikes.h5", "rates_h5": "rates.h5"},
                  "components": {"filter_models_dir": str(models)},
                  "networks": {"nodes": [{"nodes_file": str(self.folder / "nodes.h5"), "node_types_file": str(self.folder / "types.csv")}]}}
        (self.folder / "config.json").write_text(json.dumps(config))

    def test_rates(self):
        self.write()
        result = run("lgn", self.folder / "config.json")
        self.assertEqual(result.returncode, 0, result.stderr)
        with h5py.File(self.folder / "out/rates.h5") as file:
            rates = file["/firing_rates/lgn/firing_rates_Hz"][()]
        expected = expected_rates()
        self.assertEqual(rates.shape, expected.shape)
        largest = np.abs(rates - expected).max()
        print(f"largest difference {largest:.2e} Hz of {expected.max():.1f} Hz")
        self.assertLess(largest, 1e-9)
        self.assertGreater(np.ptp(expected, axis=0).min(), 5)  # every cell responds

    def test_refusals(self):
        self.write()
        check = run("check", self.folder / "config.json")
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        self.assertIn("cells cover x 3.0 to 100.0", check.stdout)
        (self.folder / "models/sON_TF4.json").write_text('{"opt_wts": [3.2], "opt_kpeaks": [22.7, 55.0], "opt_delays": [0, 0]}')
        for command, stream in (("lgn", "stderr"), ("check", "stdout")):
            result = run(command, self.folder / "config.json")
            self.assertEqual(result.returncode, 65, result.stdout + result.stderr)
            self.assertIn("opt_wts", getattr(result, stream))


if __name__ == "__main__":
    unittest.main(verbosity=2)
