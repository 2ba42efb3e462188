# SPDX-License-Identifier: BSD-3-Clause
"""Runs with more spikes than are kept in memory: they go to disk on the way, and nothing else changes."""
import json
import os
import signal
import subprocess
import time
import unittest

import numpy as np
from support import CELL, STRIATE, SmallNetwork, StriateTest, h5_contents, run, spikes_of_h5

CELLS = 900
IO_ERROR = 74


class LongRunsTest(StriateTest):
    """Cells that currents make fire about a thousand times a second; no connections."""

    def setUp(self):
        super().setUp()
        network = SmallNetwork(self.folder, cells=1, inputs=1)
        network._nodes("cells", CELLS, "point_process nest:glif_psc_double_alpha cell.json")
        (self.folder / "cell.json").write_text(json.dumps(CELL | {"t_ref": 0.5, "asc_amps": [0.0, 0.0]}))
        self.config = network.config
        self.config["networks"]["nodes"].pop()
        self.config["networks"]["edges"] = []
        self.config["inputs"] = {
            f"clamp{i}": {"input_type": "current_clamp", "module": "IClamp", "node_set": {"population": "cells", "node_id": list(range(i, CELLS, 9))},
                          "amp": 4000.0 + 800.0 * i, "delay": 1.0 + i, "duration": 1e7} for i in range(9)}

    def write(self, seconds, **output):
        self.config["run"]["duration"] = 1000.0 * seconds
        self.config["output"].update(output)
        file = self.folder / "run.json"
        file.write_text(json.dumps(self.config))
        return file

    def succeed(self, file, ranks=None):
        result = run("simulate", file, "--timings", self.folder / "times.json", ranks=ranks, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(path.name for path in (self.folder / "output").iterdir()),
                         ["log.txt", "provenance.json", "run.json", "spikes.csv", "spikes.h5"])
        return json.loads((self.folder / "times.json").read_text())

    def test_memory_does_not_grow(self):
        """Five times as many spikes, of which each takes 16 bytes in the results, in the same memory."""
        for ranks in (None, 2):
            short, long = (self.succeed(self.write(seconds), ranks) for seconds in (1, 5))
            self.assertGreater(short["spikes"], 1 << 20)
            self.assertGreater(long["spikes"], 4.9 * short["spikes"])
            self.assertLess(long["max_rss_bytes"] - short["max_rss_bytes"], 5e6)

    def test_results(self):
        """In order, complete, and the same on all numbers of ranks."""
        by_time = by_id = None
        for ranks in (None, 2, 3):
            self.succeed(self.write(1, spikes_sort_order="by_time"), ranks)
            table = (self.folder / "output/spikes.csv").read_bytes()
            contents = h5_contents(self.folder / "output/spikes.h5")
            if by_time is None:
                by_time = contents, table
                times, ids = spikes_of_h5(self.folder / "output/spikes.h5", "cells")
                np.testing.assert_array_equal(np.lexsort((ids, times)), np.arange(len(ids)))
                rows = np.array(table.decode().split()[3:]).reshape(-1, 3)
                np.testing.assert_array_equal(rows[:, 0].astype(float), times)
                np.testing.assert_array_equal(rows[:, 2].astype(int), ids)
                log = (self.folder / "output/log.txt").read_text()
                self.assertIn(f"{len(ids)} spikes", log)
            self.assertEqual((contents, table), by_time)
            self.succeed(self.write(1, spikes_sort_order="by_id", compression="gzip"), ranks)
            self.assertEqual((self.folder / "output/spikes.csv").read_bytes(), table)
            contents = h5_contents(self.folder / "output/spikes.h5")
            if by_id is None:
                by_id = contents
                own_times, own_ids = spikes_of_h5(self.folder / "output/spikes.h5", "cells")
                order = np.lexsort((times, ids))
                np.testing.assert_array_equal(own_times, times[order])
                np.testing.assert_array_equal(own_ids, ids[order])
            self.assertEqual(contents, by_id)

    def test_killed_on_the_way(self):
        """What is left is named as unfinished, and the next run removes it."""
        process = subprocess.Popen([STRIATE, "simulate", self.write(10000)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        output = self.folder / "output"
        for _ in range(600):
            if any(path.stat().st_size > 1 << 22 for path in output.glob("spikes.h5.spool*")):
                break
            time.sleep(0.1)
        else:
            self.fail("no spikes came to the disk")
        process.send_signal(signal.SIGKILL)
        process.wait()
        left = [path.name for path in output.iterdir() if path.name not in ("log.txt", ".striate_lock", "provenance.json")]
        self.assertTrue(left and all(name.endswith(".incomplete") for name in left), left)
        self.succeed(self.write(0.1))

    def test_full_disk(self):
        """Found on the way, not at the end of a run that would take hours."""
        disk = self.folder / "disk"
        disk.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", disk]).returncode != 0:
            self.skipTest("needs the right to mount")
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        file = self.write(250, output_dir=str(disk / "output"))
        for ranks in (None, 2):
            result = run("simulate", file, ranks=ranks, timeout=120)
            self.assertEqual(result.returncode, IO_ERROR, result.stderr)
            self.assertRegex(result.stderr, "spool.*No space left on device.*is the disk full")
            left = [path.name for path in (disk / "output").iterdir() if path.name != "log.txt"]
            self.assertTrue(all(name.endswith(".incomplete") for name in left), left)


if __name__ == "__main__":
    unittest.main(verbosity=2)
