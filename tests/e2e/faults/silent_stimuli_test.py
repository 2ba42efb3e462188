# SPDX-License-Identifier: BSD-3-Clause
"""Stimuli that mislead: what falls where no cell looks, is upside down, is in seconds where ms are meant, or is no contrast,
is said or refused, never shown in silence."""
import json
import re
import shutil
import unittest

import h5py
import numpy as np

from support import StriateTest, run


class SilentStimuliTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.base = cls.folder_of_all()
        result = run("build", "tiny", "-q", "-o", cls.base / "net")
        assert result.returncode == 0, result.stderr

    def config(self, stimulus, tstop=300.0, **sections):
        config = json.loads((self.base / "net/configs/config_filternet.json").read_text())
        config["manifest"]["$BASE_DIR"] = str(self.base / "net")
        config["run"]["tstop"] = tstop
        config["inputs"] = {"show": {"input_type": "movie", **stimulus}}
        config["output"] = {"output_dir": str(self.folder / "out"), "spikes_h5": "spikes.h5", "rates_h5": "rates.h5"}
        config.update(sections)
        file = self.folder / "config.json"
        file.write_text(json.dumps(config))
        return file

    def log(self, stimulus, code=0, **keywords):
        result = run("lgn", self.config(stimulus, **keywords))
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stderr

    def rates(self):
        with h5py.File(self.folder / "out/rates.h5") as file:
            return file["/firing_rates/lgn/firing_rates_Hz"][()]

    def test_cells_cover_a_corner(self):
        loom = {"module": "looming", "row_size": 80, "col_size": 120, "gray_screen_dur": 100.0, "t_looming": 0.2}
        log = self.log(loom)
        self.assertRegex(log, r"lgn cells cover x 0\.\d to 2\d\.\d, y 0\.\d to 1\d\.\d degrees of the 120 x 80 degree screen")
        self.assertIn("no cell's rate changes though the stimulus does", log)
        log = self.log({**loom, "center": [12, 8]})
        self.assertNotIn("no cell's rate changes", log)
        self.assertGreater(np.ptp(self.rates(), axis=0).max(), 1)
        # Grey to the end is meant to change nothing.
        grey = {"module": "grating", "row_size": 80, "col_size": 120, "gray_screen_dur": 300.0, "theta": 0, "cpd": 0.04}
        self.assertNotIn("no cell's rate changes", self.log(grey))

    def test_length_of_the_stimulus(self):
        loom = {"module": "looming", "row_size": 16, "col_size": 24, "gray_screen_dur": 100.0, "t_looming": 0.2}
        self.assertNotIn("lasts", self.log(loom, tstop=300.0))
        self.assertRegex(self.log(loom, tstop=3000.0), r"lasts 299 ms \(run\.tstop is 3000 ms: no spikes after its end\)")
        self.assertRegex(self.log(loom, tstop=200.0), r"lasts 299 ms \(run\.tstop is 200 ms: it is made to its end\)")
        np.save(self.folder / "m.npy", np.zeros((40, 16, 24)))
        movie = {"module": "movie", "data_file": str(self.folder / "m.npy"), "frame_rate": 100}
        self.assertNotIn("lasts", self.log(movie, tstop=400.0))
        self.assertIn("lasts 390 ms", self.log(movie, tstop=1000.0))

    def test_seconds_for_milliseconds(self):
        grating = {"module": "grating", "row_size": 80, "col_size": 120, "theta": 0, "cpd": 0.04}
        self.assertIn("gray_screen_dur = 0.1 is taken as 0.1 ms (this key is in ms) write 100 if seconds are meant",
                      self.log({**grating, "gray_screen_dur": 0.1}))
        for quiet in (0, 100.0):
            self.assertNotIn("is taken as", self.log({**grating, "gray_screen_dur": quiet}))
        flash = {"module": "full_field_flash", "row_size": 16, "col_size": 24, "frame_rate": 1000}
        log = self.log({**flash, "t_on": 0.1, "t_off": 0.2})
        self.assertIn("t_on = 0.1 is taken as 0.1 ms", log)
        self.assertIn("t_off = 0.2 is taken as 0.2 ms", log)
        np.save(self.folder / "p.npy", np.zeros((2, 16, 24)))
        images = {"module": "images", "data_file": str(self.folder / "p.npy")}
        self.assertIn("image_dur = 5 is taken as 5 ms", self.log({**images, "image_dur": 5}))
        self.assertIn("t_looming = 200 is taken as 200 s",
                      self.log({"module": "looming", "row_size": 4, "col_size": 4, "t_looming": 200.0, "gray_screen_dur": 0}))

    def test_grey_levels_need_normalize(self):
        for name, pixels in {"uint8": np.arange(384, dtype=np.uint8), "float": np.arange(384) % 256.0}.items():
            np.save(self.folder / "p.npy", pixels.reshape(1, 16, 24).repeat(50, axis=0))
            movie = {"module": "movie", "data_file": str(self.folder / "p.npy"), "frame_rate": 1000}
            log = self.log(movie, code=78)
            self.assertIn('set "normalize": [0, 255]', log, name)
            self.assertFalse((self.folder / "out/spikes.h5").exists())
            self.log({**movie, "normalize": [0, 255]})
            shutil.rmtree(self.folder / "out")

        for pixels, says in ((np.linspace(0, 1, 384), True), (np.linspace(-1, 1, 384), False), (np.arange(384) % 16 == 0, False)):
            np.save(self.folder / "p.npy", pixels.astype("f4").reshape(1, 16, 24).repeat(50, axis=0))
            self.assertEqual("if they are grey levels" in self.log(movie), says)

    def test_flashes_beyond_contrast_and_time(self):
        flash = {"module": "full_field_flash", "row_size": 16, "col_size": 24, "frame_rate": 1000, "t_on": 100.0, "t_off": 200.0}
        self.assertNotIn("warning", self.log({**flash, "max_intensity": -1}))
        self.assertIn("max_intensity = 20 (contrast is -1 to 1)", self.log({**flash, "max_intensity": 20.0}))
        self.assertIn("the flash is on to its end", self.log({**flash, "t_off": 900.0}))
        self.assertIn("the flash is never on", self.log({**flash, "t_on": 600.0, "t_off": 900.0}))

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not there")
    def test_pictures_stand_as_the_world_does(self):
        """Large y is high where y points up, low where it points down; the cells' outline is named."""
        loom = {"module": "looming", "row_size": 80, "col_size": 120, "gray_screen_dur": 100.0, "t_looming": 0.2}
        pictures = {"module": "images", "data_file": str(self.folder / "p.npy"), "image_dur": 100.0}
        np.save(self.folder / "p.npy", np.zeros((3, 80, 120)))
        for stimulus, word, rises in ((loom, "downwards", False), (pictures, "upwards", True)):
            svg = self.folder / "s.svg"
            result = run("plot", "stimulus", self.config(stimulus), "-o", svg)
            self.assertEqual(result.returncode, 0, result.stderr)
            text = svg.read_text()
            shown = " ".join(re.sub(r"<[^>]*>", " ", text).split())  # titles have more than one line
            for part in (f"y (degrees), {word}", "red: where the cells look"):
                self.assertTrue(part in shown, part)
            place = {label: float(y) for y, label in
                     re.findall(r'translate\([\d.]+,([\d.]+)\)"[^>]*text-anchor="end">\s*<text>\s*(20|60)</text>', text)}
            self.assertEqual(place["60"] < place["20"], rises, "y of SVG grows downwards")

    def test_ignored_keys_are_named(self):
        grating = {"module": "grating", "row_size": 80, "col_size": 120, "theta": 0, "cpd": 0.04, "gray_screen_dur": 100.0}
        log = self.log({**grating, "jitter": 0.1}, conditions={"jitter_lower": 0.975, "jitter_upper": 1.025})
        self.assertIn("show/jitter", log)
        self.assertIn("jitter_lower is ignored", log)
        self.assertIn("jitter_upper is ignored", log)

    def test_images_stand_upright(self):
        """A picture whose upper half is white drives ON cells high up (large y), OFF cells below."""
        with h5py.File(self.base / "net/network/lgn_nodes.h5") as nodes:
            y = nodes["/nodes/lgn/0/y"][()]
            kind = nodes["/nodes/lgn/node_type_id"][()]
        is_on = kind <= 103  # sON_TF1 to sON_TF8
        picture = np.full((1, 16, 24), -1.0)
        picture[0, :8] = 1  # rows of a picture file count from the top
        np.save(self.folder / "p.npy", picture)
        self.log({"module": "images", "data_file": str(self.folder / "p.npy"), "image_dur": 200.0, "gray_screen_dur": 100.0})
        response = self.rates()[150:250].mean(axis=0) - self.rates()[90]
        high, low = (y > 11) & is_on, (y < 5) & is_on
        self.assertGreater(response[high].mean(), 1)
        self.assertLess(response[low].mean(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
