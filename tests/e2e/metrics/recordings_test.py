# SPDX-License-Identifier: BSD-3-Clause
"""`striate recordings` of NWB files with made-up units against numpy, and what it says of files that lack something;
`striate export nwb` against what the format's schema asks of a file."""
import csv
import json
import re
import unittest

import h5py
import numpy as np

from support import StriateTest, run

TEXT = h5py.string_dtype("utf-8")
UNITS = {10: "L4_Exc", 11: "L4_Exc", 12: "L2/3_PV", 13: None, 14: "L4_Exc"}  # 13 has no type, 14 is of poor quality
ANGLES, FREQUENCIES, ORIENTATIONS = range(0, 360, 45), (1.0, 2.0, 4.0, 8.0, 15.0), range(0, 180, 30)


def number(text):
    return float(text) if text else float("nan")


class RecordingsTest(StriateTest):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(5)
        self.gratings = [(a, f) for a in ANGLES for f in FREQUENCIES for _ in range(3)] + [None] * 4
        rng.shuffle(self.gratings)
        self.gratings.remove((45, 2.0))  # one repetition is missing
        self.static = [(o, s) for o in ORIENTATIONS for s in (0.02, 0.04, 0.08, 0.16, 0.32) for _ in range(5)] + [None] * 5
        rng.shuffle(self.static)
        self.static_start = 500 + 0.25 * np.arange(len(self.static))
        self.start = 10 + 3 * np.arange(len(self.gratings)) + rng.uniform(0, 0.01, len(self.gratings))
        self.spikes = []
        for unit in range(len(UNITS)):
            times = [rng.uniform(0, 1300, 2600)]
            for begin, shown in zip(self.start, self.gratings):
                if shown:
                    rate = 30 * np.exp(2 * np.cos(np.radians(shown[0] - 50 * unit)) - 2) * (1 + (shown[1] == FREQUENCIES[unit]))
                    times.append(begin + rng.uniform(0, 2, rng.poisson(2 * rate)))
            for begin, shown in zip(self.static_start, self.static):
                if shown:
                    times.append(begin + rng.uniform(0, 0.25, rng.poisson(5 * np.exp(-(np.log2(shown[1] / 0.04) - unit / 2) ** 2))))
            self.spikes.append(np.sort(np.concatenate(times)))
        self.nwb = self.folder / "session_1.nwb"
        self.types = self.folder / "types.csv"
        self.types.write_text("ecephys_unit_id,cell_type\n" + "".join(f"{u},{t}\n" for u, t in UNITS.items() if t) + "99,L1_Inh\n")
        self.write()

    def write(self):
        def column(file, path, values, dtype=None):
            file.create_dataset(path, data=values, dtype=dtype)

        with h5py.File(self.nwb, "w") as file:
            column(file, "units/id", list(UNITS), "i8")
            column(file, "units/spike_times", np.concatenate(self.spikes))
            column(file, "units/spike_times_index", np.cumsum([s.size for s in self.spikes]), "u4")
            column(file, "units/peak_channel_id", [100, 101, 100, 101, 100], "i8")
            column(file, "units/presence_ratio", [0.99, 0.95, 0.91, 0.99, 0.9])
            column(file, "units/amplitude_cutoff", [0.01] * 5)
            column(file, "units/isi_violations", [0.1] * 5)
            column(file, "general/extracellular_ephys/electrodes/id", [100, 101], "i8")
            column(file, "general/extracellular_ephys/electrodes/location", ["VISp", "VISl"], TEXT)
            group = "intervals/drifting_gratings_presentations/"
            column(file, group + "start_time", self.start)
            column(file, group + "stop_time", self.start + 2.0017)
            column(file, group + "orientation", ["null" if s is None else f"{s[0]:.1f}" for s in self.gratings], TEXT)
            column(file, group + "temporal_frequency", ["null" if s is None else str(s[1]) for s in self.gratings], TEXT)
            group = "intervals/static_gratings_presentations/"
            column(file, group + "start_time", self.static_start)
            column(file, group + "stop_time", self.static_start + 0.25)
            for name, values in (("orientation", [np.nan if s is None else s[0] for s in self.static]),
                                 ("spatial_frequency", [np.nan if s is None else s[1] for s in self.static]),
                                 ("phase", [np.nan if s is None else 0.25 for s in self.static])):
                column(file, group + name, np.array(values, dtype=float))
            group = "intervals/spontaneous_presentations/"
            column(file, group + "start_time", [0.0, 700.0, 1250.0])
            column(file, group + "stop_time", [9.0, 1000.0, 1300.0])
            column(file, "intervals/invalid_times/start_time", [1.0])

    def recordings(self, *options, code=0, ranks=None):
        result = run("recordings", self.nwb, "--types", self.types, "-o", self.folder / "units.csv", *options, ranks=ranks)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def rows(self):
        with open(self.folder / "units.csv") as file:
            return list(csv.DictReader(file, delimiter=" "))

    def counts(self, unit, starts, seconds):
        times = self.spikes[unit]
        return np.searchsorted(times, starts + seconds) - np.searchsorted(times, starts)

    def test_units_against_numpy(self):
        self.recordings()
        rows = self.rows()
        self.assertEqual([row["ecephys_unit_id"] for row in rows], ["10", "11", "12"])
        self.assertEqual([row["area"] for row in rows], ["VISp", "VISl", "VISp"])
        self.assertEqual({row["session"] for row in rows}, {"session_1"})
        for unit, row in enumerate(rows):
            counts = self.counts(unit, self.start, 2.0) / 2
            rates = np.array([[np.mean([c for c, s in zip(counts, self.gratings) if s == (a, f)]) for f in FREQUENCIES]
                              for a in ANGLES])
            blank = np.mean([c for c, s in zip(counts, self.gratings) if s is None])
            best = rates.mean(axis=0).argmax()
            section, phase = rates[:, best], np.radians(np.array(ANGLES))
            for name, value in (("preferred_angle", ANGLES[rates.mean(axis=1).argmax()]), ("Ave_Rate(Hz)", rates.mean()),
                                ("max_mean_rate(Hz)", rates.max()), ("drifting_gratings.pref_temporal_f", FREQUENCIES[best]),
                                ("drifting_gratings.blank_rate", blank),
                                ("OSI", abs((section * np.exp(2j * phase)).sum()) / section.sum()),
                                ("DSI", abs((section * np.exp(1j * phase)).sum()) / section.sum()),
                                ("Spont_Rate(Hz)", np.sum((self.spikes[unit] >= 705) & (self.spikes[unit] < 995)) / 290)):
                self.assertAlmostEqual(number(row[name]), value, places=9, msg=f"{name} of unit {unit}")
            counts = self.counts(unit, self.static_start, 0.25) / 0.25
            static = [np.mean([c for c, s in zip(counts, self.static) if s and s[1] == f]) for f in (0.02, 0.04, 0.08, 0.16, 0.32)]
            self.assertEqual(number(row["static_gratings.pref_cpd"]), (0.02, 0.04, 0.08, 0.16, 0.32)[int(np.argmax(static))])
            self.assertGreater(number(row["drifting_gratings.f1_f0"]), 0)
        alone = (self.folder / "units.csv").read_bytes()
        self.recordings(ranks=2)
        self.assertEqual((self.folder / "units.csv").read_bytes(), alone)

    def test_choice_of_units_and_use_as_reference(self):
        self.recordings("--areas", "VISp", "--presence", "0.5")
        self.assertEqual([row["ecephys_unit_id"] for row in self.rows()], ["10", "12", "14"])
        self.assertIn("no unit", self.recordings("--areas", "VISam", code=2))
        self.recordings()
        result = run("metrics", "reference", self.folder / "units.csv", "-o", self.folder / "compact.csv")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("L2/3_PV,OSI,1,", (self.folder / "compact.csv").read_text())

    def test_what_is_missing_is_named(self):
        for gone, words in (("units/spike_times_index", "missing column spike_times_index in"),
                            ("units/isi_violations", "missing column isi_violations in"),
                            ("units", "no /units in"),
                            ("general/extracellular_ephys/electrodes/location", "missing column location in"),
                            ("intervals/drifting_gratings_presentations/temporal_frequency", "missing column temporal_frequency in"),
                            ("intervals/static_gratings_presentations/stop_time", "missing column stop_time in")):
            self.write()
            with h5py.File(self.nwb, "a") as file:
                del file[gone]
            self.assertIn(words, self.recordings(code=65), gone)
        for path, values, words in (("units/spike_times_index", [5, 4, 9, 10, 11], "spike_times_index"),
                                    ("units/presence_ratio", [0.99], "its table has 5"),
                                    ("intervals/spontaneous_presentations/stop_time", [9.0, 600.0, 1300.0], "must rise")):
            self.write()
            with h5py.File(self.nwb, "a") as file:
                del file[path]
                file[path] = values
            self.assertIn(words, self.recordings(code=65), path)
        self.write()
        self.types.write_text("unit,cell_type\n10,L4_Exc\n")
        self.assertIn("ecephys_unit_id", self.recordings(code=65))
        self.types.write_text("ecephys_unit_id,cell_type\n10,L4_Exc\n")
        self.nwb.unlink()
        self.recordings(code=66)
        self.assertEqual(run("recordings", self.nwb).returncode, 2)

    def made_network(self):
        base = self.folder / "net"
        network = base / "network"
        network.mkdir(parents=True)
        (network / "v1_node_types.csv").write_text("node_type_id pop_name ei location\n1 e23Cux2 e VisL23\n2 i4Pvalb i VisL4\n")
        with h5py.File(network / "v1_nodes.h5", "w") as file:
            group = file.create_group("nodes/v1")
            group["node_id"] = np.arange(4, dtype="u8")
            group["node_type_id"] = np.array([1, 2, 1, 2], "u8")
            group["node_group_id"] = np.zeros(4, "u4")
            group["node_group_index"] = np.arange(4, dtype="u8")
            group["0/x"] = np.array([0.0, 10.0, 500.0, 20.0])
            group["0/z"] = np.zeros(4)
        (base / "configs").mkdir()
        (base / "configs/config_filternet.json").write_text(json.dumps({"inputs": {"s": {"gray_screen_dur": 500.0}}}))
        rng, self.trains = np.random.default_rng(3), {}
        for angle in ANGLES:
            for trial in range(10):
                if (angle, trial) == (90, 4):
                    continue
                folder = base / f"8dir_10trials_plain/angle{angle}_trial{trial}"
                folder.mkdir(parents=True)
                times = np.sort(rng.uniform(0, 3000, 40))
                ids = rng.integers(0, 3, 40)  # cell 3 is silent
                self.trains[angle, trial] = (times, ids)
                with h5py.File(folder / "spikes.h5", "w") as file:
                    file["spikes/v1/timestamps"] = times
                    file["spikes/v1/node_ids"] = ids.astype("u8")
        return base

    def test_export_has_what_the_schema_asks_for(self):
        base = self.made_network()
        target = self.folder / "out/model.nwb"
        result = run("export", "nwb", "8dir_10trials", base, "plain", "-o", target)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 of 80 runs of 8dir_10trials have no spikes", result.stdout + result.stderr)
        ids = set()
        with h5py.File(target) as file:
            self.assertEqual((file.attrs["neurodata_type"], file.attrs["namespace"]), ("NWBFile", "core"))
            self.assertRegex(file.attrs["nwb_version"], r"^2\.\d+\.\d+$")
            for name in ("identifier", "session_description", "session_start_time", "timestamps_reference_time"):
                self.assertEqual(file[name].shape, (), name)
                self.assertTrue(file[name][()].decode(), name)
            self.assertEqual(file["file_create_date"].shape, (1,))
            for name in ("acquisition", "analysis", "general", "processing", "stimulus/presentation", "stimulus/templates"):
                self.assertIsInstance(file[name], h5py.Group, name)

            def check(name, item):
                if "neurodata_type" in item.attrs:
                    self.assertRegex(item.attrs["object_id"], r"^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$", name)
                    ids.add(item.attrs["object_id"])
                    self.assertIn(item.attrs["namespace"], ("core", "hdmf-common"), name)

            file.visititems(check)
            tables = {"units": "Units", "intervals/runs": "TimeIntervals", "intervals/8dir_10trials_presentations": "TimeIntervals"}
            columns = 0
            for name, kind in tables.items():
                table = file[name]
                self.assertEqual((table.attrs["neurodata_type"], table.attrs["namespace"]), (kind, "core"))
                self.assertTrue(table.attrs["description"])
                self.assertEqual(table["id"].attrs["neurodata_type"], "ElementIdentifiers")
                rows = table["id"].shape[0]
                for column in table.attrs["colnames"]:
                    columns += 1
                    self.assertEqual(table[column].attrs["neurodata_type"], "VectorData")
                    self.assertTrue(table[column].attrs["description"])
                    if column != "spike_times":
                        self.assertEqual(table[column].shape, (rows,), f"{name}/{column}")
            self.assertEqual(len(ids), len(tables) * 2 + columns + 1)
            index = file["units/spike_times_index"]
            self.assertEqual(index.attrs["neurodata_type"], "VectorIndex")
            self.assertEqual(file[index.attrs["target"]], file["units/spike_times"])
            self.assertEqual(list(file["units/id"][:]), [0, 1, 3])
            self.assertEqual([text.decode() for text in file["units/cell_type"][:]], ["L2/3_Exc", "L4_PV", "L4_PV"])
            ends, times = index[:], file["units/spike_times"][:]
            runs = file["intervals/runs"]
            self.assertEqual(runs["start_time"][1], 4.0)  # runs of 3 s, a second between them
            names = [text.decode() for text in runs["run"][:]]
            own = times[ends[0]:ends[1]]
            expected = np.concatenate([start + self.trains[tuple(map(int, re.findall(r"\d+", name)))][0][
                self.trains[tuple(map(int, re.findall(r"\d+", name)))][1] == 1] / 1000
                for start, name in zip(runs["start_time"][:], names)])
            np.testing.assert_allclose(own, np.sort(expected), atol=1e-9)
            self.assertEqual(ends[2], ends[1])  # silent
            shown = file["intervals/8dir_10trials_presentations"]
            self.assertEqual(len(shown["id"]), 79)
            self.assertEqual((shown["start_time"][0], shown["stop_time"][0], shown["angle"][0]), (0.5, 2.5, 0))
        first = target.read_bytes()
        self.assertEqual(run("export", "nwb", "8dir_10trials", base, "plain", "-o", target).returncode, 0)
        self.assertEqual(target.read_bytes(), first)
        result = run("export", "nwb", "8dir_10trials", base, "plain", "-o", base / "network/v1_nodes.h5")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(run("export", "nwb", "8dir_10trials", base, "plain").returncode, 2)
        self.assertEqual(run("export", "nwb", "contrasts", base, "plain", "-o", target).returncode, 66)


if __name__ == "__main__":
    unittest.main()
