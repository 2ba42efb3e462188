# SPDX-License-Identifier: BSD-3-Clause
"""Natural images end to end on the smallest network: pictures, configurations of a chunk, background, LGN, simulation."""
import json
import unittest

import h5py
import numpy as np

from support import ROOT, StriateTest, h5_contents, spikes_of_h5

GREY = 250.0  # ms before the first image, and what each one lasts
SLOTS = 119
BLANK = 118


class ParadigmsTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.base = self.folder / "net"
        self.do("build", "tiny", "-q", "-o", self.base)

    def test_chunk_of_natural_images(self):
        base = self.base
        self.refuse(66, "natural_images.h5", "trials", "bo", base, "plain", "--only", "chunk=7")
        self.do("images", "-q", base / "images/natural_images.h5")
        self.do("trials", "-q", "bo", base, "plain", "--only", "chunk=7")
        self.do("background", "-q", base, "--paradigm", "bo", "--only", "chunk=7")
        lgn_config = base / "configs/filternet_bo/config_filternet_7.json"
        config = json.loads(lgn_config.read_text())
        config["output"]["rates_h5"] = "rates.h5"
        lgn_config.write_text(json.dumps(config))
        self.do("lgn", "-q", lgn_config, ranks=2)
        self.do("simulate", "-q", base / "configs/output_bo_plain/config_7.json", ranks=2)

        with h5py.File(base / "configs/filternet_bo/stim_ids.h5") as file:
            order = file["stim_ids"][7]
            self.assertEqual(file["stim_ids"].shape, (50, SLOTS))
        self.assertEqual(sorted(order), list(range(SLOTS)))
        self.assertEqual(config["inputs"]["LGN_spikes"]["order"], order.tolist())

        with h5py.File(base / "filternet_bo/chunk_07/rates.h5") as file:
            rates = file["firing_rates/lgn/firing_rates_Hz"][:]
        self.assertEqual(len(rates), 30251)
        grey = rates[200]

        def response(slot):
            """Mean over the last 60 ms of a slot, against grey: the image before has mostly left the temporal filters."""
            end = int(GREY * (slot + 2))
            return rates[end - 60:end].mean(axis=0) - grey
        sizes = np.array([abs(response(slot)).mean() for slot in range(SLOTS)])
        blank = int(np.flatnonzero(order == BLANK)[0])
        self.assertGreater(sizes[0 if blank else 1], 0.5, "an image is seen")
        self.assertEqual(int(sizes.argmin()), blank, "the blank is the slot that is most like grey")

        # Shown in the order of numbers, an image has the response it had in its place of the shuffled order.
        with h5py.File(base / "images/natural_images.h5") as file:
            picture = file["images"][:]
        self.assertEqual(picture.shape, (118, 80, 120))
        self.assertLessEqual(abs(picture).max(), 1)
        config["inputs"]["LGN_spikes"].update(order=list(range(SLOTS)))
        config["output"]["output_dir"] = str(self.folder / "sorted")
        sorted_config = lgn_config.with_name("sorted.json")
        sorted_config.write_text(json.dumps(config))
        shuffled = np.array([response(slot) for slot in range(SLOTS)])
        self.do("lgn", "-q", sorted_config, ranks=2)
        with h5py.File(self.folder / "sorted/rates.h5") as file:
            rates = file["firing_rates/lgn/firing_rates_Hz"][:]
        ascending = np.array([response(slot) for slot in range(SLOTS)])

        images = np.flatnonzero(order != BLANK)
        likeness = np.corrcoef(shuffled[images], ascending[:BLANK])[:len(images), len(images):]
        told = (likeness.argmax(axis=1) == order[images]).mean()
        self.assertGreater(told, 0.8, f"of the images told from the responses; chance is {1 / BLANK:.3f}")

        times, ids = spikes_of_h5(base / "output_bo_plain/chunk_07/spikes.h5")
        self.assertGreater(len(np.unique(ids)), 100)
        self.assertGreater(times.max(), 29000)
        self.assertLess(times.max(), 30250.1)
        background, _ = spikes_of_h5(base / "bkg_bo/bkg_bo_chunk_07.h5", "bkg")
        self.assertGreater(background.max(), 30240)
        self.assertEqual([file.name for file in (base / "bkg_bo").iterdir()], ["bkg_bo_chunk_07.h5"])

    def test_trials_of_gratings(self):
        base = self.base
        some = ("--only", "angle=90", "--only", "trial=0,1")
        self.do("trials", "-q", "8dir_10trials", base, "plain", *some, "--stimulus", "temporal_f=4.0")
        folder = base / "configs/filternet_8dir_10trials"
        self.assertEqual(sorted(file.name for file in folder.iterdir()),
                         ["config_filternet_20.json", "config_filternet_21.json"])
        stimulus = json.loads((folder / "config_filternet_21.json").read_text())["inputs"]["LGN_spikes"]
        self.assertEqual((stimulus["theta"], stimulus["trial"], stimulus["temporal_f"]), (90.0, 1, 4.0))
        result = self.do("lgn", *sorted(folder.iterdir()))
        self.assertIn("2 configurations, rates computed 1 times", result.stderr)
        spikes = [h5_contents(base / f"filternet_8dir_10trials/angle90_trial{t}/spikes.h5") for t in (0, 1)]
        self.assertNotEqual(*spikes)

        self.refuse(2, "no angle=91", "trials", "8dir_10trials", base, "plain", "--only", "angle=91")
        self.refuse(2, "differ in theta", "trials", "8dir_10trials", base, "plain", "--stimulus", "theta=1")
        self.refuse(2, "invalid OPT", "trials", "8dir_10trials", base, "$(id)")
        self.refuse(66, "did you mean plain?", "trials", "8dir_10trials", base, "plane")
        for command in (("trials",), ("jobs", "make")):
            self.refuse(66, "striate nodesets silence", *command, "8dir_10trials", base, "pv_neg1000")
        self.refuse(66, "striate train ", "trials", "8dir_10trials", base, "bio_trained")
        self.refuse(78, "did you mean 'contrasts'", "trials", "contrast", base, "plain")

    def test_single_background_unit(self):
        """Its file has another name, which 'trials' and 'background' agree on."""
        base, some = self.folder / "one", ("--only", "angle=0", "--only", "trial=0")
        self.do("build", "tiny", "-q", "-o", base, "--no-recurrent", "--bkg-units", 1, "--bkg-connections", 1)
        self.do("trials", "-q", "8dir_10trials", base, "plain", *some)
        self.do("background", "-q", base, "--paradigm", "8dir_10trials", *some)
        config = json.loads((base / "configs/8dir_10trials_plain/config_0.json").read_text())
        (file,) = (base / "bkg_8dir_10trials/angle0_trial0").iterdir()
        self.assertIn(f"$BKGINPUT_DIR/{file.name}", [each["input_file"] for each in config["inputs"].values()])

    def test_own_paradigm(self):
        """The example of docs/paradigms.md."""
        text = (ROOT / "docs/paradigms.md").read_text().split("```yaml\n")[1].split("```")[0]
        file = self.folder / "speeds.yaml"
        file.write_text(text)
        self.do("trials", "-q", file, self.base, "plain", "--only", "speed=8")
        stimulus = json.loads((self.base / "configs/filternet_speeds/config_filternet_5.json").read_text())
        self.assertEqual(stimulus["inputs"]["LGN_spikes"]["temporal_f"], 8.0)
        self.assertEqual(stimulus["run"]["tstop"], 2000)
        self.do("background", "-q", self.base, "--paradigm", file, "--only", "speed=8", "--only", "trial=4")
        self.assertTrue((self.base / "bkg_speeds/speed8_trial04.h5").exists())
        file.write_text(text.replace("duration_ms", "duration"))
        self.refuse(78, "speeds.yaml:2:", "trials", file, self.base, "plain")

    def test_images(self):
        for name, seed in (("a", 1), ("b", 1), ("c", 2)):
            self.do("images", "-q", self.folder / f"{name}.h5", "--count", 3, "--rows", 16, "--columns", 24, "--seed", seed)
        contents = [(self.folder / f"{name}.h5").read_bytes() for name in "abc"]
        self.assertEqual(contents[0], contents[1])
        self.assertNotEqual(contents[0], contents[2])
        self.refuse(78, "give --force", "images", self.folder / "c.h5", "--count", 1)
        self.assertEqual((self.folder / "c.h5").read_bytes(), contents[2])
        self.do("images", "-q", self.folder / "c.h5", "--count", 3, "--rows", 16, "--columns", 24, "--seed", 1, "--force")
        self.assertEqual((self.folder / "c.h5").read_bytes(), contents[0])
        self.refuse(2, "--count 0", "images", self.folder / "d.h5", "--count", 0)
        self.refuse(2, "must end in .h5", "images", self.folder / "d.npy")


if __name__ == "__main__":
    unittest.main()
