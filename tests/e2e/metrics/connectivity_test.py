# SPDX-License-Identifier: BSD-3-Clause
"""Connections of a network by distance, degree and direction, against NumPy and on several ranks; fits of users' tables
and the network that they make; tables that cannot be meant."""
import unittest

import h5py
import numpy as np

from support import StriateTest, run
from support.results import png_size, rows_of

CELLS, EDGES, RADIUS = 300, 20000, 150
TYPES = ("e4Rorb", "i4Pvalb", "e5IT")
LABELS = ("L4_Exc", "L4_PV", "L5_IT")
BINS = (0, 25, 50, 75, 100, 150, 200, 300, 400)
MEASURED = """source,target,from_um,to_um,pairs,connected
L4_Exc,L4_Exc,0,50,180,31
L4_Exc,L4_Exc,50,100,620,86
L4_Exc,L4_Exc,100,150,980,93
L4_Exc,L4_Exc,150,200,1260,70
L4_Exc,L4_Exc,200,300,2900,52
L4_PV,L4_Exc,0,50,12,3
L4_Exc,L4_PV,0,300,5940,0
"""


def write_network(base, rng):
    folder = base / "network"
    folder.mkdir(parents=True)
    (folder / "v1_node_types.csv").write_text("node_type_id pop_name ei location\n" + "".join(
        f"{100 + i} {name} {name[0]} VisL\n" for i, name in enumerate(TYPES)))
    kind, place = np.arange(CELLS) % len(TYPES), rng.uniform(-250, 250, (2, CELLS))
    with h5py.File(folder / "v1_nodes.h5", "w") as file:
        group = file.create_group("nodes/v1")
        group["node_id"] = np.arange(CELLS, dtype="u8")
        group["node_type_id"] = 100 + kind.astype("u8")
        group["node_group_id"] = np.zeros(CELLS, "u4")
        group["node_group_index"] = np.arange(CELLS, dtype="u8")
        group["0/x"], group["0/z"] = place
    ends = rng.integers(0, CELLS, (2, EDGES))  # pairs twice, cells with themselves: all of it occurs
    synapses = rng.integers(0, 4, EDGES)
    with h5py.File(folder / "v1_v1_edges.h5", "w") as file:
        group = file.create_group("edges/v1_to_v1")
        for name, ids in zip(("source", "target"), ends):
            group[f"{name}_node_id"] = ids.astype("u8")
            group[f"{name}_node_id"].attrs["node_population"] = "v1"
        group["edge_type_id"] = np.ones(EDGES, "u8")
        group["edge_group_id"] = np.zeros(EDGES, "u4")
        group["edge_group_index"] = np.arange(EDGES, dtype="u8")
        group["0/syn_weight"] = np.ones(EDGES)
        group["0/nsyns"] = synapses
    number = np.zeros((CELLS, CELLS), int)  # [source, target]
    np.add.at(number, tuple(ends), synapses)
    np.fill_diagonal(number, 0)
    return kind, place, number


class MeasureTest(StriateTest):
    def test_against_numpy_on_any_number_of_ranks(self):
        base = self.folder / "net"
        kind, place, number = write_network(base, np.random.default_rng(3))
        outputs = []
        for ranks in (None, 1, 2, 3):
            outputs.append(self.folder / f"ranks_{ranks}")
            result = run("metrics", "connectivity", base, "--core-radius", RADIUS, "-o", outputs[-1], ranks=ranks)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        names = sorted(path.name for path in outputs[0].iterdir())
        self.assertEqual([name for name in names if name.endswith("csv")], [
            f"connection_{table}_plain.csv" for table in ("bins", "degrees", "fits", "reciprocity")])
        for other in outputs[1:]:
            self.assertEqual([n for n in names if (outputs[0] / n).read_bytes() != (other / n).read_bytes()], [])

        core = np.hypot(*place) < RADIUS
        distance = np.hypot(*(place[:, :, None] - place[:, None, :]))
        both_core = core[:, None] & core[None, :] & ~np.eye(CELLS, dtype=bool)
        connected = number > 0
        pair = {(a, b): both_core & (kind == i)[:, None] & (kind == j)[None, :]
                for i, a in enumerate(LABELS) for j, b in enumerate(LABELS)}
        in_bin = np.searchsorted(BINS, distance, side="right") - 1
        rows = rows_of(outputs[0] / "connection_bins_plain.csv")
        self.assertEqual(len(rows), 9 * (len(BINS) - 1))
        for row in rows:
            here = pair[row["source"], row["target"]] & (in_bin == BINS.index(int(float(row["from_um"]))))
            n, k = here.sum(), (here & connected).sum()
            self.assertEqual((int(row["pairs"]), int(row["connected"])), (n, k))
            if k > 0:
                self.assertEqual(float(row["mean_synapses"]), number[here].sum() / k)
        for row in rows_of(outputs[0] / "connection_degrees_plain.csv"):
            i, j = LABELS.index(row["source"]), LABELS.index(row["target"])
            ins = connected[kind == i][:, core & (kind == j)].sum(0)
            outs = number[core & (kind == i)][:, kind == j].sum(1)
            self.assertAlmostEqual(float(row["in_degree_mean"]), ins.mean())
            self.assertAlmostEqual(float(row["in_degree_sd"]), ins.std())
            self.assertAlmostEqual(float(row["out_synapses_mean"]), outs.mean())
            self.assertAlmostEqual(float(row["out_synapses_sd"]), outs.std())
        for row in rows_of(outputs[0] / "connection_reciprocity_plain.csv"):
            a, b = row["type"], row["other_type"]
            there = pair[a, b] & (distance < BINS[-1])
            both = (there & connected & connected.T).sum() // (2 if a == b else 1)
            self.assertEqual(int(row["both_ways"]), both)
            self.assertEqual(int(row["pairs"]), there.sum() // (2 if a == b else 1))

        drawn = run("plot", "connectivity", base, "--tables", outputs[0], "-o", self.folder / "c.png")
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        self.assertEqual(png_size(self.folder / "c.png")[0], 2160)
        # What was measured is what can be fitted.
        result = run("fit", "connectivity", outputs[0] / "connection_bins_plain.csv", "--fits", self.folder / "f.csv")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(rows_of(self.folder / "f.csv")), 9)

    def test_bins_that_do_not_rise(self):
        for bins in (("0",), ("0", "50", "50"), ("50", "0")):
            result = run("metrics", "connectivity", self.folder, "--bins", *bins)
            self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("at least two edges that rise", result.stderr)


class FitTest(StriateTest):
    def fit(self, text, *options):
        table = self.folder / "table.csv"
        table.write_text(text)
        return run("fit", "connectivity", table, *options)

    def test_intervals_limits_and_the_network_that_follows(self):
        network = self.folder / "own.yaml"
        result = self.fit(MEASURED, "--sigma", "model", "-o", network, "--network", "tiny")
        self.assertEqual(result.returncode, 0, result.stderr)
        fits = {(row["source"], row["target"]): row for row in rows_of(self.folder / "connection_fits.csv")}
        fit = fits["L4_Exc", "L4_Exc"]
        self.assertEqual((fit["pairs"], fit["connected"], fit["bins"]), ("5940", "332", "5"))
        self.assertAlmostEqual(float(fit["p0"]), 0.15224017, 7)
        self.assertAlmostEqual(float(fit["p0_low"]), 0.137060, 6)
        self.assertEqual(float(fit["sigma_um"]), 127)
        none = fits["L4_Exc", "L4_PV"]
        self.assertEqual(float(none["p0"]), 0)
        self.assertEqual(float(none["sigma_um"]), 99.84)  # of e to i
        self.assertGreater(float(none["p0_high"]), 0)

        text = network.read_text()
        self.assertIn("extends: tiny\n", text)
        self.assertNotIn("L4_PV: {L4_Exc", text)  # 12 pairs are too few
        built = run("build", network, "--dry-run", "-o", self.folder / "net")
        self.assertEqual(built.returncode, 0, built.stderr)
        built = run("build", network, "-o", self.folder / "net", "--only", "v1")
        self.assertEqual(built.returncode, 0, built.stderr)
        description = (self.folder / "net/network/network.yaml").read_text()
        self.assertIn("L4_Exc: {L4_Exc: 0.1522401", description)
        self.assertIn("L4_PV: 0}", description)
        again = run("build", self.folder / "net/network/network.yaml", "--dry-run", "-o", self.folder / "again")
        self.assertEqual(again.returncode, 0, again.stderr)  # tables that are changed are found from there, too

        free = self.fit(MEASURED)
        self.assertEqual(free.returncode, 0, free.stderr)
        fits = {(row["source"], row["target"]): row for row in rows_of(self.folder / "connection_fits.csv")}
        self.assertAlmostEqual(float(fits["L4_Exc", "L4_Exc"]["sigma_um"]), 115.7850, 4)
        self.assertEqual(float(fits["L4_Exc", "L4_PV"]["sigma_um"]), 99.84)  # nothing else tells it

        wide = self.fit(MEASURED, "--sigma", "110", "-o", network, "--min-pairs", "12")
        self.assertEqual(wide.returncode, 0, wide.stderr)
        self.assertIn("lateral_sigma_um", network.read_text())
        self.assertIn("L4_PV: {L4_Exc:", network.read_text())

    def test_what_does_not_go_together(self):
        for options, message in ((("-o", "own.yaml"), "--sigma model"), (("--sigma", "5"), "20 to 1000 um"),
                                 (("--sigma", "model", "-o", "own.json"), "ends in .yaml"),
                                 (("--min-pairs", "30"), "--output"), (("--sigma", "models"), "free, model")):
            result = self.fit(MEASURED, *options)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(message, result.stderr)
        result = self.fit(MEASURED, "--network", "tinny")
        self.assertEqual(result.returncode, 78, result.stderr)
        result = self.fit(MEASURED, "--fits", self.folder / "table.csv")
        self.assertEqual(result.returncode, 78, result.stderr)

    def test_wrong_tables(self):
        lines = MEASURED.splitlines(keepends=True)
        head, first = lines[0], lines[1]
        for text, message in ((head + first.replace("31", "nan"), "table.csv:2"),
                              (head + first.replace("180", "-180"), "pairs=-180"),
                              (head + first.replace("31", "181"), "there are 180 pairs"),
                              (head + first + first.replace("0,50", "49,60"), "overlap"),
                              (head + first.replace("L4_Exc,L4_Exc", "L4_Exc,L4_Exz"), "unknown cell type 'L4_Exz'"),
                              ("source,target,pairs,connected\nL4_Exc,L4_Exc,1,0\n", "neither bins nor single pairs"),
                              (head, "no rows"), ("", "empty")):
            result = self.fit(text)
            self.assertEqual(result.returncode, 65, f"{text}\n{result.stderr}")
            self.assertIn(message, result.stderr)
            self.assertFalse((self.folder / "connection_fits.csv").exists())
        self.assertEqual(run("fit", "connectivity", self.folder / "none.csv").returncode, 66)


if __name__ == "__main__":
    unittest.main()
