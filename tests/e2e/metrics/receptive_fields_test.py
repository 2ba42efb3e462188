# SPDX-License-Identifier: BSD-3-Clause
"""Receptive fields that follow from connections: against NumPy with kernels and charges computed anew, the kernel of a
single unit, ON and OFF parts along the tuning angle, and the picture."""
import csv
import json
import shutil
import unittest

import h5py
import numpy as np

from support import StriateTest, run
from support.fields import circular_correlation
from support.results import png_size, rows_of

ROWS, COLUMNS, MIDDLE = 80, 120, (60, 40)


def blank_separated(path):
    with open(path, newline="") as file:
        return {row[0]: dict(zip(header, row)) for header, *rows in [list(csv.reader(file, delimiter=" "))] for row in rows}


def profile(centre, sigma, count):
    """The Gaussian of the spatial filter on pixels of one degree: drawn at the middle, moved by linear interpolation."""
    radius = int(4 * sigma + 0.5)
    gauss = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * sigma ** 2))
    spike = np.zeros(count)
    spike[[(count - 1) // 2, count // 2]] += 0.5
    drawn = np.convolve(spike, gauss / gauss.sum(), "same")
    u = np.arange(count) - centre + (count - 1) / 2
    below = np.floor(u).astype(int)
    padded = lambda i: np.where((i >= 0) & (i < count), drawn[np.clip(i, 0, count - 1)], 0)
    moved = (1 - (u - below)) * padded(below) + (u - below) * padded(below + 1)
    return moved / moved.sum()


class Network:
    """What the files of a built network say of the LGN."""

    def __init__(self, base):
        network, components = base / "network", base / "components"
        types = blank_separated(network / "lgn_node_types.csv")
        with h5py.File(network / "lgn_nodes.h5") as file:
            nodes = file["nodes/lgn"]
            name = [types[str(kind)]["pop_name"] for kind in nodes["node_type_id"]]
            value = {key: nodes["0"][key][:] for key in ("x", "y", "spatial_size", "tuning_angle", "sf_sep")}
        self.units = []  # of each LGN cell: (prefers light, kernel over columns, kernel over rows)
        for k, pop_name in enumerate(name):
            x, y, sigma = value["x"][k], value["y"][k], value["spatial_size"][k] / 3
            places = [("ON" in pop_name, x, y)]
            if pop_name.startswith("sONsOFF") or pop_name.startswith("sONtOFF"):
                angle = np.radians(value["tuning_angle"][k])
                places = [(False, x, y), (True, x + value["sf_sep"][k] * np.cos(angle), y + value["sf_sep"][k] * np.sin(angle))]
            self.units.append([(light, profile(u, sigma, COLUMNS), profile(v, sigma, ROWS)) for light, u, v in places])
        cell_types = blank_separated(network / "v1_node_types.csv")
        taus = {}
        for kind, row in cell_types.items():
            model = json.loads((components / "cell_models" / row["dynamics_params"]).read_text())
            taus[kind] = np.array(model["tau_syn_fast"]) + np.array(model["tau_syn_slow"]) * np.array(model["amp_slow"])
        port = {kind: json.loads((components / "synaptic_models" / row["dynamics_params"]).read_text())["receptor_type"] - 1
                for kind, row in blank_separated(network / "lgn_v1_edge_types.csv").items()}
        with h5py.File(network / "v1_nodes.h5") as file:
            kinds = file["nodes/v1/node_type_id"][:]
            self.tuning_angle = file["nodes/v1/0/tuning_angle"][:]
        with h5py.File(network / "lgn_v1_edges.h5") as file:
            edges = file["edges/lgn_to_v1"]
            self.source, self.target = edges["source_node_id"][:].astype(int), edges["target_node_id"][:].astype(int)
            tau = np.array([taus[str(kinds[t])][port[str(k)]] for t, k in zip(self.target, edges["edge_type_id"][:])])
            self.charge = edges["0/syn_weight"][:].astype(float) * tau * np.e

    def maps(self, cell):
        fields = {True: np.zeros((ROWS, COLUMNS)), False: np.zeros((ROWS, COLUMNS))}
        for row in np.flatnonzero(self.target == cell):
            for light, columns, rows in self.units[self.source[row]]:
                fields[light] += self.charge[row] * np.outer(rows, columns)
        return fields[True], fields[False]


class StructureTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = cls.folder_of_all() / "tiny"
        result = run("build", "tiny", "-o", cls.base)
        assert result.returncode == 0, result.stderr

    def fields(self, base, *options, ranks=None, folder="out"):
        output = self.folder / folder
        result = run("metrics", "receptive-field", base, "--from", "structure", "-o", output, *options, ranks=ranks)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return rows_of(output / "rf_structure_cells.csv"), output

    def test_against_numpy_and_on_any_number_of_ranks(self):
        rows, output = self.fields(self.base)
        _, other = self.fields(self.base, ranks=3, folder="three")
        for name in ("rf_structure_cells.csv", "rf_structure_maps.h5"):
            self.assertEqual((output / name).read_bytes(), (other / name).read_bytes(), name)
        network = Network(self.base)
        x, y = np.arange(COLUMNS) - MIDDLE[0], np.arange(ROWS) - MIDDLE[1]
        for row in rows[::97]:
            on, off = network.maps(int(row["node_id"]))
            both = on + off
            if not both.any():
                self.assertEqual(row["azimuth"], "NaN")
                continue
            moment = lambda field, ax, ay: (field * np.add.outer(ay, ax)).sum() / field.sum()
            azimuth, elevation = moment(both, x, 0 * y), moment(both, 0 * x, y)
            self.assertAlmostEqual(float(row["azimuth"]), azimuth, 9)
            self.assertAlmostEqual(float(row["elevation"]), elevation, 9)
            self.assertAlmostEqual(float(row["width"]), np.sqrt(moment(both, (x - azimuth) ** 2, 0 * y)), 8)
            self.assertAlmostEqual(float(row["height"]), np.sqrt(moment(both, 0 * x, (y - elevation) ** 2)), 8)
            self.assertAlmostEqual(float(row["on_fraction"]), on.sum() / both.sum(), 9)
            if on.any() and off.any():
                dx = moment(on, x, 0 * y) - moment(off, x, 0 * y)
                dy = moment(on, 0 * x, y) - moment(off, 0 * x, y)
                self.assertAlmostEqual(float(row["on_off_offset_deg"]), np.hypot(dx, dy), 8)
                self.assertAlmostEqual(float(row["on_off_angle_deg"]), np.degrees(np.arctan2(dy, dx)) % 360, 6)
        with h5py.File(output / "rf_structure_maps.h5") as file:
            self.assertEqual(file["on"].shape, (12, ROWS, COLUMNS))
            for k in (0, 7):
                on, off = network.maps(int(file["node_id"][k]))
                np.testing.assert_allclose(file["on"][k], on, atol=1e-9 * on.max())
                np.testing.assert_allclose(file["off"][k], off, atol=1e-9 * on.max())
            self.assertTrue(np.all(np.diff(file["tuning_angle"][:]) > 0))
        drawn = run("plot", "receptive-field", self.base, "--tables", output, "-o", self.folder / "p.png")
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        self.assertEqual(png_size(self.folder / "p.png")[0], 2160)

    def test_on_and_off_lie_along_the_tuning_angle(self):
        rows, _ = self.fields(self.base)
        cells = [row for row in rows if row["cell_type"] == "L4_Exc" and row["on_off_angle_deg"] != "NaN"
                 and float(row["on_off_offset_deg"]) > 1]
        self.assertGreater(len(cells), 50)
        angle, tuning = (np.array([float(row[key]) for row in cells]) for key in ("on_off_angle_deg", "tuning_angle"))
        self.assertGreater(circular_correlation(angle, tuning), 0.5)
        self.assertGreater(circular_correlation(2 * angle, 2 * tuning), 0.5)  # as axes
        self.assertLess(abs(circular_correlation(angle, np.roll(tuning, 7))), 0.2)

    def test_a_single_unit_is_its_kernel(self):
        base = self.folder / "one"
        shutil.copytree(self.base, base)
        network = Network(base)
        light = [len(units) == 1 and units[0][0] for units in network.units]
        row = next(k for k in range(len(network.source)) if light[network.source[k]])
        with h5py.File(base / "network/lgn_v1_edges.h5", "r+") as file:
            edges = file["edges/lgn_to_v1"]
            if "indices" in edges:
                del edges["indices"]
            for name in ("source_node_id", "target_node_id", "edge_type_id", "edge_group_id", "edge_group_index", "0/syn_weight"):
                attributes = dict(edges[name].attrs)
                value = [0] if name == "edge_group_index" else edges[name][row:row + 1]
                kind = edges[name].dtype
                del edges[name]
                edges[name] = np.array(value, kind)
                edges[name].attrs.update(attributes)
        cell = int(network.target[row])
        rows, output = self.fields(base, "--cells", cell, "--core-radius", 1000)
        _, columns, lines = network.units[network.source[row]][0]
        with h5py.File(output / "rf_structure_maps.h5") as file:
            self.assertEqual(list(file["node_id"]), [cell])
            np.testing.assert_allclose(file["on"][0], network.charge[row] * np.outer(lines, columns), rtol=1e-9)
            self.assertFalse(file["off"][0].any())
        mine = next(r for r in rows if int(r["node_id"]) == cell)
        self.assertEqual(float(mine["on_fraction"]), 1)
        self.assertEqual(mine["on_off_angle_deg"], "NaN")
        self.assertTrue(all(r["azimuth"] == "NaN" for r in rows if int(r["node_id"]) != cell))

    def test_what_cannot_be_meant(self):
        for options, code, message in ((("--cells", 99999999), 2, "no core cell"),
                                       (("--cells", 1, "--core-radius", 0.5), 2, "no core cell")):
            result = run("metrics", "receptive-field", self.base, "--from", "structure", *options)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertIn(message, result.stderr)
        self.assertEqual(run("metrics", "receptive-field", self.folder, "--from", "structure").returncode, 66)
        self.assertEqual(run("plot", "receptive-field", self.folder).returncode, 66)


if __name__ == "__main__":
    unittest.main()
