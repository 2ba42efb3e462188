# SPDX-License-Identifier: BSD-3-Clause
"""benchmarks/scaling.sh as jobs of a real SLURM: one makes the network, one runs each number of ranks, the last makes table and picture."""
import json
import os
import shutil
import subprocess
import unittest

import cluster

cluster.start()

from support import ROOT, STRIATE, StriateTest  # noqa: E402


class ScalingTest(StriateTest):
    def scaling(self, *arguments):
        return subprocess.run([ROOT / "benchmarks/scaling.sh", "-s", STRIATE, "-n", "tiny", "-k", "1", "-d", self.folder / "work",
                               "-o", self.folder / "out.json", *arguments], text=True, capture_output=True,
                              env={**os.environ, "XDG_CACHE_HOME": str(self.folder)})

    def check_results(self, expected):
        result = json.loads((self.folder / "out.json").read_text())
        self.assertEqual(sorted((m["what"], m["ranks"]) for m in result["measurements"]), expected)
        spikes = {m["spikes"] for m in result["measurements"] if m["what"].startswith("strong")}
        self.assertEqual(len(spikes), 1)  # the same network on any ranks, in any form
        if shutil.which("gnuplot"):
            self.assertIn("<svg", (self.folder / "out_measured.svg").read_text()[:500])

    def test_jobs(self):
        result = self.scaling("-r", "1 2", "-e", "alltoallv packed", "-w", "40", "-S", "")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), 4)  # network, 1, 2, collect
        cluster.wait(240)
        logs = "\n".join(f"{log.name}: {log.read_text()}" for log in (self.folder / "work").glob("*.log"))
        self.assertTrue((self.folder / "out.json").exists(), logs)
        self.check_results([("strong scaling", 1), ("strong scaling", 2), ("strong scaling, packed", 1),
                            ("strong scaling, packed", 2), ("weak scaling", 1), ("weak scaling", 2)])

    def test_here(self):
        result = self.scaling("-r", "1 2", "-w", "none")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.check_results([("strong scaling", 1), ("strong scaling", 2)])


if __name__ == "__main__":
    unittest.main()
