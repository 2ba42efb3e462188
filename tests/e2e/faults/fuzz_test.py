# SPDX-License-Identifier: BSD-3-Clause
"""A short fuzz campaign (scripts/fuzz.sh is the long one): nothing that a damaged file holds crashes or hangs the program."""
import os
import subprocess
import sys
import unittest
from pathlib import Path

from support import MPIEXEC, ROOT, STRIATE, StriateTest

FUZZ = Path(os.environ["STRIATE_BUILD"]) / "striate_fuzz"


class FuzzTest(StriateTest):
    def campaign(self, *options, program=STRIATE):
        return subprocess.run([sys.executable, "-B", ROOT / "tests/fuzz/campaign.py", self.folder / "campaign", "--striate",
                               program, "--fuzz", FUZZ, "--mpiexec", MPIEXEC, "--jobs", "2", *options],
                              text=True, capture_output=True, timeout=600)

    def test_no_crashes(self):
        options = ("--seed", "7", "--inputs", "2000", "--processes", "40", "--on-two-ranks", "6")
        result = self.campaign(*options)
        print(result.stdout)
        self.assertEqual(result.returncode, 0, result.stdout[-4000:] + result.stderr[-2000:])
        self.assertIn("0 faults, 0 files", result.stdout)
        again = self.campaign(*options)  # all of it is remembered
        table = [line for line in result.stdout.splitlines() if line.startswith(("function", "command"))]
        self.assertEqual(table, [line for line in again.stdout.splitlines() if line.startswith(("function", "command"))])

    def test_a_program_that_crashes_is_found(self):
        crashing = self.folder / "striate"
        crashing.write_text(f'#!/bin/sh\n"{STRIATE}" "$@" || kill -SEGV $$\n')
        crashing.chmod(0o755)
        result = self.campaign("--inputs", "0", "--processes", "20", "--on-two-ranks", "0", program=crashing)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("FAULT\tcommand", result.stdout)


if __name__ == "__main__":
    unittest.main()
