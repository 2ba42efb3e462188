# SPDX-License-Identifier: BSD-3-Clause
"""Disks of every size that is too small: a command ends with 74 and nothing under a final name, or with 0 and all of its
files whole. On a file system of the test's own, which takes the right to mount."""
import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

from support import SmallNetwork, StriateTest, run

IO_ERROR = 74
PAGE = 4096
WHOLE = {".png": b"IEND\xaeB`\x82", ".svg": b"</svg>", ".pdf": b"%%EOF"}


class FullDiskTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.made = cls.tiny_run_of_all()
        cls.base = cls.made / "n"

    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", self.disk]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            self.skipTest("needs the right to mount a tmpfs")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)

    def leave(self, free):
        """The disk is empty and has so many bytes left."""
        for entry in self.disk.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        space = os.statvfs(self.disk)
        with open(self.disk / "ballast", "wb") as file:
            for _ in range(space.f_bavail - free // PAGE):
                file.write(b"x" * PAGE)

    def sweep(self, command, names, same=True, together=True, ranks=None):
        """`command` writes the files `names` of the disk; `same`: the same bytes each time; `together`: all or none."""
        self.leave(12 << 20)
        result = run(*command, ranks=ranks)
        self.assertEqual(result.returncode, 0, result.stderr)
        whole = {name: (self.disk / name).read_bytes() for name in names}
        needed = sum(-(-len(contents) // PAGE) * PAGE for contents in whole.values())
        outcomes = set()
        enough = needed + len(names) * (128 << 10)  # ranks that write together want some room beside it
        for free in sorted({0, *range(PAGE, 5 * PAGE, PAGE), *(needed * k // 10 // PAGE * PAGE for k in range(1, 15)), enough}):
            self.leave(free)
            result = run(*command, ranks=ranks, timeout=60)
            what = f"{command} with {free} of {needed} bytes: {result.returncode} {result.stderr}"
            there = [name for name in names if (self.disk / name).exists()]
            outcomes.add(result.returncode)
            for name in there:
                contents = (self.disk / name).read_bytes()
                if same:
                    self.assertEqual(contents, whole[name], what)
                else:
                    self.assertTrue(contents.rstrip().endswith(WHOLE[Path(name).suffix]), what)
            if result.returncode == 0:
                self.assertEqual(there, list(names), what)
            else:
                self.assertEqual(result.returncode, IO_ERROR, what)
                self.assertEqual(result.stderr.count("error: "), 1, what)
                if together:
                    self.assertEqual(there, [], what)
        self.assertEqual(outcomes, {0, IO_ERROR}, command)

    def test_images(self):
        self.sweep(["images", self.disk / "i.h5", "--count", "10", "-q"], ["i.h5"])

    def test_pictures(self):
        if shutil.which("gnuplot") is None:
            self.skipTest("gnuplot is not installed")
        for name in ("p.png", "p.svg", "p.pdf"):
            self.sweep(["plot", "raster", self.base, "-q", "-o", self.disk / name], [name], same=False)

    def test_tables(self):
        self.sweep(["metrics", "rates", self.base, "plain", "-q", "-o", self.disk],
                   [f"rates{what}_plain.csv{end}" for what in ("", "_by_type") for end in ("", ".provenance.json")],
                   together=False)

    def test_lgn(self):
        """Rates and spikes, HDF5 and CSV: together or not at all."""
        config = json.loads((self.base / "configs/config_filternet.json").read_text())
        config["manifest"]["$BASE_DIR"] = str(self.base)
        config["output"].update(rates_h5="rates.h5", rates_csv="rates.csv", spikes_h5="spikes.h5", spikes_csv="spikes.csv")
        config["output"].pop("log_file", None)
        config["run"]["tstop"] = 100.0
        config["inputs"]["LGN_spikes"]["gray_screen_dur"] = 20.0
        file = self.folder / "lgn.json"
        file.write_text(json.dumps(config))
        for ranks in (None, 2):
            self.sweep(["lgn", file, "-q", "-o", self.disk / "o"],
                       [f"o/{name}" for name in ("rates.h5", "rates.csv", "spikes.h5", "spikes.csv")], ranks=ranks)

    def test_background(self):
        for layout in ("sonata", "gids"):
            self.sweep(["background", self.base, "-q", "-o", self.disk, "--rate", "20", "--duration", "1", "--layout", layout],
                       ["bkg/bkg_spikes_20Hz_1s.h5"])

    def test_simulate(self):
        network = SmallNetwork(self.folder)
        network.config["reports"] = {"v": {"module": "multimeter_report", "cells": {"population": "cells"}, "variable_name": "V_m"}}
        network.config["output"].pop("log_file")
        network.config["output"]["output_dir"] = str(self.disk / "o")
        file = self.folder / "run.json"
        file.write_text(json.dumps(network.config))
        for ranks in (None, 2):
            self.sweep(["simulate", file, "-q"], [f"o/{name}" for name in ("spikes.h5", "spikes.csv", "v.h5", "run.json")],
                       ranks=ranks)

    def test_results_that_cannot_fit_are_refused_before_the_run(self):
        network = SmallNetwork(self.folder, duration=500_000.0)
        network.config["reports"] = {"v": {"module": "multimeter_report", "cells": {"population": "cells"}, "variable_name": "V_m"}}
        network.config["output"]["output_dir"] = str(self.disk / "o")
        file = self.folder / "run.json"
        file.write_text(json.dumps(network.config))
        self.leave(8 << 20)
        result = run("simulate", file, timeout=20)
        self.assertEqual(result.returncode, IO_ERROR, result.stderr)
        self.assertIn("not enough space", result.stderr)
        self.assertFalse((self.disk / "o/v.h5").exists())
        text = run("simulate", file, "--dry-run").stdout
        self.assertRegex(text, r"disk +24 MB for reports")


if __name__ == "__main__":
    unittest.main(verbosity=2)
