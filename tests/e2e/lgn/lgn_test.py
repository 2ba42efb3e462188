# SPDX-License-Identifier: BSD-3-Clause
"""`striate lgn` and `striate background`: the same spikes on any number of ranks for every kind of stimulus, in files
that `striate simulate` takes; old results replaced only when that is allowed; bad input refused with a reason."""
import json
import shutil
import unittest

import h5py
import numpy as np

from support import StriateTest, h5_contents, run, spikes_of_h5

RANKS = (2, 3)


class LgnTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.base = cls.folder_of_all()
        result = run("build", "tiny", "-q", "-o", cls.base / "net")
        assert result.returncode == 0, result.stderr
        rng = np.random.default_rng(1)
        pictures = rng.integers(0, 256, (4, 16, 24), dtype=np.uint8)
        np.save(cls.base / "pictures.npy", pictures)
        np.save(cls.base / "frames.npy", rng.uniform(-1, 1, (200, 16, 24)).astype(np.float32))
        with h5py.File(cls.base / "held.h5", "w") as file:  # the pictures, 50 ms each, and one closing frame
            file["frames"] = np.concatenate([np.repeat(pictures, 50, axis=0), np.full((1, 16, 24), 127, np.uint8)])

    def refuse(self, code, *parts, command, ranks=None):
        result = run(*command, ranks=ranks)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)
        self.assertIn("error: ", result.stderr)

    def config(self, stimulus, tstop=200.0, **output):
        """The network's LGN configuration with this stimulus and all outputs, in a file."""
        config = json.loads((self.base / "net/configs/config_filternet.json").read_text())
        config["manifest"]["$BASE_DIR"] = str(self.base / "net")
        config["run"]["tstop"] = tstop
        config["inputs"] = {"show": {"input_type": "movie", **stimulus}}
        config["output"] = {"output_dir": str(self.folder / "out"), "log_file": "log.txt", "spikes_h5": "spikes.h5",
                            "spikes_csv": "spikes.csv", "rates_h5": "rates.h5", **output}
        file = self.folder / "config.json"
        file.write_text(json.dumps(config))
        return file

    def grating(self, **changes):
        return {"module": "graiting", "row_size": 16, "col_size": 24, "gray_screen_dur": 50.0, "theta": 45.0, "cpd": 0.04,
                "temporal_f": 8.0, "contrast": 0.8, "degrees_per_pixel": 1.0, "y_dir": "up", **changes}

    def stimuli(self):
        size = {"row_size": 16, "col_size": 24}
        return {
            "grating": self.grating(),
            "spontaneous": self.grating(module="grating", gray_screen_dur=200.0),
            "movie": {"module": "movie", "data_file": str(self.base / "frames.npy"), "frame_rate": 1000.0, "flip_y": True},
            "hdf5 movie": {"module": "Movie", "data_file": str(self.base / "held.h5"), "frame_rate": 1000.0, "normalize": True,
                           "flip_y": True},
            "images": {"module": "images", "data_file": str(self.base / "pictures.npy"), "image_dur": 50.0, "order": [3, 0, 3],
                       "normalize": [0, 255], "gray_screen_dur": 25.0, "gray_screen_end_dur": 25.0},
            "flash": {"module": "full_field_flash", **size, "t_on": 50.0, "t_off": 150.0, "max_intensity": 0.6, "frame_rate": 1000.0},
            "looming": {"module": "looming", **size, "gray_screen_dur": 50.0, "t_looming": 0.15},
        }

    def rates(self, stimulus):
        self.do("lgn", "-q", self.config(stimulus))
        with h5py.File(self.folder / "out/rates.h5") as file:
            return file["firing_rates/lgn/firing_rates_Hz"][:]

    def test_every_stimulus_on_several_ranks(self):
        seen = {}
        for name, stimulus in self.stimuli().items():
            config = self.config(stimulus)
            self.do("lgn", "-q", config, "-o", self.folder / "alone")
            text = (self.folder / "alone/spikes.csv").read_bytes()
            self.assertGreater(text.count(b"\n"), 100, name)
            self.assertNotIn(text, seen.values(), name)
            seen[name] = text
            for ranks in RANKS:
                with self.subTest(stimulus=name, ranks=ranks):
                    self.do("lgn", "-q", config, "-o", self.folder / "several", ranks=ranks)
                    self.assertEqual(text, (self.folder / "several/spikes.csv").read_bytes())
                    for file in ("spikes.h5", "rates.h5"):
                        self.assertEqual(h5_contents(self.folder / "alone" / file), h5_contents(self.folder / "several" / file))

    def test_held_images_equal_their_movie(self):
        images = {**self.stimuli()["images"], "order": [0, 1, 2, 3], "gray_screen_dur": 0.0, "gray_screen_end_dur": 0.0}
        held = self.rates(images)
        movie = self.rates(self.stimuli()["hdf5 movie"])
        self.assertEqual(held.shape, (201, 696))
        self.assertLess(abs(held - movie)[:200].max(), 1e-9)

    def test_spontaneous_rates_are_constant_and_contrast_0_is_grey(self):
        spontaneous = self.rates(self.stimuli()["spontaneous"])
        self.assertTrue((spontaneous == spontaneous[0]).all())
        self.assertTrue((self.rates(self.grating(contrast=0.0)) == spontaneous).all())
        self.assertGreater(abs(self.rates(self.grating()) - spontaneous).max(), 5)

    def test_files(self):
        self.do("lgn", "-q", self.config(self.grating()))
        out = self.folder / "out"
        self.assertEqual({file.name for file in out.iterdir()}, {"config.json", "log.txt", "provenance.json", "rates.h5", "spikes.csv", "spikes.h5"})
        with h5py.File(out / "spikes.h5") as file:
            self.assertEqual(file.attrs["magic"], 2682)
            self.assertEqual(list(file.attrs["version"]), [0, 1])
            group = file["spikes/lgn"]
            self.assertEqual(group["node_ids"].dtype, np.int64)
            self.assertEqual(group["timestamps"].attrs["units"], "ms")
            times, ids = group["timestamps"][:], group["node_ids"][:]
        self.assertTrue((np.lexsort((times, ids)) == np.arange(len(ids))).all(), "by id, then time")
        self.assertTrue(0 <= times.min() and times.max() < 200 and ids.max() < 696)
        rows = (out / "spikes.csv").read_text().splitlines()
        self.assertEqual(rows[0], "timestamps population node_ids")
        self.assertEqual(len(rows) - 1, len(ids))
        with h5py.File(out / "rates.h5") as file:
            group = file["firing_rates/lgn"]
            self.assertEqual(group["firing_rates_Hz"].shape, (201, 696))
            self.assertEqual(group["node_id"][:].tolist(), list(range(696)))
            self.assertTrue(np.allclose(group["times"][:], np.arange(201) / 1000))

    def test_other_names_of_outputs(self):
        """BMTK takes spikes_file and spikes_file_csv where spikes_h5 and spikes_csv are absent."""
        def written(**output):
            config = self.config(self.grating(), **output)
            result = self.do("lgn", "-q", config, "-o", self.folder / "out")
            files = {path.name for path in (self.folder / "out").iterdir()} - {"config.json", "log.txt", "provenance.json"}
            shutil.rmtree(self.folder / "out")
            return files, result.stderr
        none = {"spikes_h5": None, "spikes_csv": None, "rates_h5": None}
        self.assertEqual(written(**none, spikes_file="s.h5", spikes_file_csv="s.csv")[0], {"s.h5", "s.csv"})
        # -o asks for no file that the configuration does not name.
        self.assertEqual(written(**{**none, "rates_h5": "r.h5"})[0], {"r.h5"})
        files, told = written(spikes_file="other.h5", rates_h5=None)
        self.assertEqual(files, {"spikes.h5", "spikes.csv"})
        self.assertIn("/output/spikes_file is ignored (spikes_h5 says the same thing", told)

    def test_seeds_and_trials(self):
        config = self.config(self.grating())

        def spikes(*options, folder="one"):
            self.do("lgn", "-q", config, "-o", self.folder / "one", *options)
            return (self.folder / folder / "spikes.csv").read_bytes()
        self.do("lgn", "-q", config, "-o", self.folder / "set", "--trials", "3", ranks=2)
        trials = [(self.folder / f"set_trial{t}/spikes.csv").read_bytes() for t in range(3)]
        self.assertEqual(trials, [spikes("--trial", t) for t in range(3)])
        self.assertEqual(len(set(trials)), 3)
        self.assertEqual(h5_contents(self.folder / "set_trial0/rates.h5"), h5_contents(self.folder / "set_trial2/rates.h5"))
        self.assertFalse((self.folder / "set").exists())
        other = spikes("--seed", 4)
        self.assertNotEqual(other, trials[0])
        self.assertNotEqual(spikes("--process", "bernoulli"), trials[0])
        changed = json.loads(config.read_text())
        changed["run"]["random_seed"] = 4
        config.write_text(json.dumps(changed))
        self.assertEqual(spikes(), other)
        self.assertEqual(spikes("--seed", 0), trials[0])

    def test_several_configs(self):
        configs = []
        for name, changes in (("a0", {"trial": 0}), ("b0", {"theta": 90.0}), ("a1", {"trial": 1})):
            config = self.config(self.grating(**changes), output_dir=str(self.folder / name))
            configs.append(config.rename(self.folder / f"{name}.json"))
        result = self.do("lgn", *configs, ranks=2)
        self.assertIn("3 configurations, rates computed 2 times", result.stderr)
        for config in configs:
            together = h5_contents(self.folder / config.stem / "spikes.h5")
            self.do("lgn", "-q", config, "-o", self.folder / "alone")
            self.assertEqual(together, h5_contents(self.folder / "alone/spikes.h5"))
        self.refuse(2, "-o with 2 configs", command=("lgn", *configs[:2], "-o", self.folder / "both"))
        self.refuse(78, "both write to", command=("lgn", configs[0], configs[0]))

    def test_overwriting(self):
        config = self.config(self.grating())
        out = self.folder / "out"
        out.mkdir()
        (out / "mine.txt").write_text("mine")
        (out / "spikes.h5").write_text("no HDF5")
        self.do("lgn", "-q", config)
        before = (out / "spikes.csv").read_bytes()
        self.assertGreater(len(spikes_of_h5(out / "spikes.h5", "lgn")[0]), 100)
        self.do("lgn", "-q", config, "--seed", "5")
        self.assertNotEqual((out / "spikes.csv").read_bytes(), before)
        self.assertEqual((out / "mine.txt").read_text(), "mine")
        before = (out / "spikes.csv").read_bytes()
        config = self.config(self.grating(), overwrite_output_dir=False)
        self.refuse(78, "exists already", "overwrite_output_dir", command=("lgn", config))
        self.assertEqual((out / "spikes.csv").read_bytes(), before)
        self.do("lgn", "-q", config, "-o", self.folder / "elsewhere")

    def test_bad_stimuli(self):
        frames = np.zeros((20, 8, 8), np.float32)
        np.save(self.folder / "flat.npy", frames[0])
        np.save(self.folder / "fortran.npy", np.asfortranarray(frames))
        np.save(self.folder / "empty.npy", frames[:0])
        frames[3, 4, 5] = np.inf
        np.save(self.folder / "inf.npy", frames)
        np.save(self.folder / "raw.npy", np.full((20, 16, 24), 1e6))
        (self.folder / "cut.npy").write_bytes((self.folder / "inf.npy").read_bytes()[:300])
        with h5py.File(self.folder / "two.h5", "w") as file:
            file["a"] = file["b"] = frames

        def movie(file, **keys):
            return {"module": "movie", "data_file": str(self.folder / file), "frame_rate": 1000.0, **keys}
        for code, parts, stimulus in (
                (66, ("missing.npy", "/inputs/show/data_file"), movie("missing.npy")),
                (65, ("flat.npy", "2 dimensions"), movie("flat.npy")),
                (65, ("fortran.npy", "Fortran order"), movie("fortran.npy")),
                (65, ("empty.npy", "no frames"), movie("empty.npy")),
                (65, ("inf.npy", "frame 3, row 4, column 5"), movie("inf.npy")),
                (65, ("cut.npy", "truncated"), movie("cut.npy")),
                (65, ("two.h5", "2 datasets"), movie("two.h5")),
                (78, ("are whole numbers", "normalize"), movie("raw.npy")),
                (78, ("/inputs/show/frame_rate = 0",), movie("raw.npy", frame_rate=0)),
                (78, ("beyond \"normalize\"",), movie("raw.npy", normalize=[0, 255])),
                (78, ("sparkle", "looming"), {"module": "sparkle"}),
                (78, ("/inputs/show/contrast",), self.grating(contrast=1.1)),
                (78, ("/inputs/show/y_dir",), self.grating(y_dir="left")),
                (78, ("/inputs/show/theta",), self.grating(theta="north")),
                (78, ("gray_screen_dur", "longer than run.tstop"), self.grating(gray_screen_dur=200.1)),
                (78, ("t_off", "must be after t_on"), {**self.stimuli()["flash"], "t_off": 50.0}),
                (78, ("image 4",), {**self.stimuli()["images"], "order": [4]})):
            with self.subTest(parts=parts):
                self.refuse(code, *parts, command=("lgn", self.config(stimulus)))
                self.assertFalse((self.folder / "out/spikes.h5").exists())
        self.refuse(78, "are whole numbers", command=("lgn", self.config(movie("raw.npy"))), ranks=2)

    def test_bad_configs(self):
        def changed(**sections):
            config = json.loads(self.config(self.grating()).read_text())
            for section, keys in sections.items():
                config[section].update(keys)
            file = self.folder / "config.json"
            file.write_text(json.dumps(config))
            return ("lgn", file)
        self.refuse(78, "several enabled inputs", command=changed(inputs={"second": self.grating(input_type="movie")}))
        self.do(*changed(inputs={"second": self.grating(enabled=False)}))
        self.refuse(78, "/run/tstop", command=changed(run={"tstop": 0}))
        self.refuse(78, "random_seed", command=changed(run={"random_seed": -1}))
        self.refuse(78, "same file", command=changed(output={"rates_h5": "spikes.h5"}))
        self.refuse(78, "outside the output directory", command=(*changed(output={"spikes_h5": "../s.h5"}), "--trials", 2))
        self.refuse(66, "nowhere.h5", command=changed(networks={"nodes": [{"nodes_file": "nowhere.h5", "node_types_file": "n.csv"}]}))
        self.refuse(2, "--trials", command=("lgn", self.config(self.grating()), "--trials", 0))
        self.refuse(2, "--trial and --trials", command=("lgn", self.config(self.grating()), "--trials", 2, "--trial", 1))
        self.refuse(2, "--process", command=("lgn", self.config(self.grating()), "--process", "gamma"))
        result = self.do("lgn", self.config(self.grating(temroral_f=1.0)))
        self.assertIn("temroral_f", result.stderr + result.stdout)

    def test_bad_nodes(self):
        net = self.folder / "net"
        shutil.copytree(self.base / "net", net)
        config = net / "configs/config_filternet.json"

        def with_column(name, value):
            with h5py.File(net / "network/lgn_nodes.h5", "r+") as file:
                column = file.require_dataset(f"nodes/lgn/0/{name}", (696,), "f8")
                before = column[3]
                column[3] = value
            return before
        with h5py.File(net / "network/lgn_nodes.h5", "r+") as file:
            file["nodes/lgn/0/spont_fr"] = np.full(696, np.nan)
        self.do("lgn", "-q", config)
        for column, value, text in (("spont_fr", -1e-9, "invalid spont_fr"), ("x", np.nan, "no x"), ("y", np.inf, "invalid y"),
                                    ("spatial_size", 0, "invalid spatial_size"), ("spatial_size", np.nan, "no spatial_size"),
                                    ("weight_dom_0", -1, "weight_0"), ("delay_dom_0", -1, "delay_0")):
            with self.subTest(column=column, value=value):
                before = with_column(column, value)
                self.refuse(65, text, "node 3 of", command=("lgn", config))
                with_column(column, before)
        with_column("spont_fr", 0)
        self.do("lgn", "-q", config)

    def test_background(self):
        net = self.base / "net"
        self.do("background", "-q", net, "-o", self.folder / "alone")
        files = sorted(file.name for file in (self.folder / "alone/bkg").iterdir())
        self.assertEqual(len(files), 7)
        self.do("background", "-q", net, "-o", self.folder / "several", ranks=3)
        for file in files:
            self.assertEqual(h5_contents(self.folder / "alone/bkg" / file), h5_contents(self.folder / "several/bkg" / file), file)
        times, ids = spikes_of_h5(self.folder / "alone/bkg/bkg_spikes_250Hz_3s.h5", "bkg")
        self.assertLess(abs(len(times) / 75000 - 1), 0.02)
        self.assertEqual(set(ids.tolist()), set(range(100)))
        self.refuse(2, "--rate", command=("background", net, "--rate", -1, "--duration", 1))
        self.refuse(2, "--rate", command=("background", net, "--rate", 4000.1, "--duration", 1))
        self.refuse(2, "--duration", command=("background", net, "--rate", 10, "--duration", 0))
        self.refuse(2, "belong together", command=("background", net, "--rate", 10))
        self.refuse(78, "unknown paradigm 'movies'", command=("background", net, "--paradigm", "movies"))
        self.refuse(2, "--only without --paradigm", command=("background", net, "--only", "angle=0"))
        self.refuse(2, "--seed", command=("background", net, "--seed", -1))
        self.refuse(2, "--layout", command=("background", net, "--layout", "csv"))
        self.refuse(66, "bkg_nodes.h5", command=("background", self.folder / "nowhere"))

    def test_background_of_a_paradigm(self):
        one_trial = ("--paradigm", "8dir_10trials", "--only", "angle=45", "--only", "trial=2")
        for units, rate, name in ((99, 250, "250Hz"), (1, 1000, "1kHz")):
            folder = self.folder / name
            self.do("background", "-q", self.base / "net", "-o", folder, "--units", units, *one_trial)
            files = [str(file.relative_to(folder)) for file in folder.rglob("*.h5")]
            self.assertEqual(files, [f"bkg_8dir_10trials/angle45_trial2/bkg_spikes_{name}_3s.h5"])
            self.do("background", "-q", self.base / "net", "-o", folder, "--units", units, "--rate", rate,
                    "--duration", 3, "--seed", 381583 + 12)
            self.assertEqual(h5_contents(folder / files[0]), h5_contents(folder / f"bkg/bkg_spikes_{rate}Hz_3s.h5"))

    def test_background_repeats_numpy(self):
        options = ("--reference-mode", "--rate", 250, "--duration", 1, "--seed", 99, "--units", 20)
        self.do("background", "-q", self.base / "net", "-o", self.folder, *options)
        np.random.seed(99)
        units, bins = np.nonzero(np.random.random_sample((20, 4000)) < 250 * 0.25e-3)
        with h5py.File(self.folder / "bkg/bkg_spikes_250Hz_1s.h5") as file:
            self.assertEqual(file["spikes/gids"].dtype, np.int64)
            self.assertTrue((file["spikes/gids"][:] == units).all())
            self.assertTrue((file["spikes/timestamps"][:] == (bins + 1) * 0.25e-3 * 1000 + 0.01).all())

    def test_simulate_takes_both(self):
        net = self.folder / "net"
        shutil.copytree(self.base / "net", net)
        self.do("lgn", "-q", net / "configs/config_filternet.json", ranks=2)
        config = json.loads((net / "configs/config_plain.json").read_text())
        config["run"]["duration"] = 1000.0
        (net / "configs/config_plain.json").write_text(json.dumps(config))
        spikes = []
        for options in ((), ("--layout", "gids")):
            self.do("background", "-q", net, *options)
            self.do("simulate", "-q", net / "configs/config_plain.json", "-o", self.folder / "out", ranks=2)
            spikes.append((self.folder / "out/spikes.csv").read_bytes())
        self.assertGreater(spikes[0].count(b"\n"), 500)
        self.assertEqual(*spikes)


if __name__ == "__main__":
    unittest.main()
