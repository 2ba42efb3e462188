# SPDX-License-Identifier: BSD-3-Clause
"""The check that includes point down notices each kind of include that does not."""
import shutil
import subprocess
import sys
import unittest

from support import ROOT, StriateTest

BAD = (
    ("core/text.cpp", "io/text/json.hpp"),  # up
    ("io/text/json.cpp", "engine/run/run.hpp"),
    ("engine/run/run.cpp", "cli/arguments/command.hpp"),
    ("engine/run/run.cpp", "metrics/base/cells.hpp"),  # sideways
    ("engine/run/run.cpp", "workflows/tuning.hpp"),
    ("interventions/silencing.cpp", "metrics/analyses/tuning/odsi.hpp"),  # beyond what is excepted
    ("io/text/json.cpp", "io/sonata/nodes.hpp"),  # up inside a folder
    ("io/hdf5/h5_file.cpp", "io/text/json.hpp"),  # sideways inside a folder
    ("engine/network/connect.cpp", "engine/run/run.hpp"),
    ("metrics/analyses/tuning/odsi.cpp", "metrics/analyses/pairs/correlation.hpp"),
    ("lgn/filters/response.cpp", "lgn/generate.hpp"),  # from a room to its folder
    ("engine/machine/neurons.cpp", "io/text/json.hpp"),  # the machine is pure
    ("engine/attic/neurons.cpp", "core/text.hpp"),  # a folder that the order does not know
)
GOOD = (
    ("cli/main.cpp", "engine/run/run.hpp"),
    ("engine/run/run.cpp", "io/text/json.hpp"),
    ("engine/run/run.cpp", "engine/machine/shard.hpp"),
    ("io/text/json.cpp", "core/text.hpp"),
    ("lgn/generate.cpp", "lgn/stimuli/stimulus.hpp"),
    ("interventions/silencing.cpp", "metrics/base/cells.hpp"),
    ("metrics/analyses/pairs/correlation.cpp", "metrics/analyses/images/image_responses.hpp"),
)


class IncludeRuleTest(StriateTest):
    def errors(self, files):
        """What the check says of `files`, {name: included header or None}; "" when it is content."""
        root = self.folder / "sources"
        shutil.rmtree(root, ignore_errors=True)
        (root / "docs").mkdir(parents=True)
        shutil.copy(ROOT / "docs/design.md", root / "docs")
        for file, include in files.items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'#include "{include}"\n' if include else "")
        done = subprocess.run([sys.executable, ROOT / "scripts/check_includes.py", root], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1 if done.stderr else 0)
        return done.stderr

    def test_direction(self):
        for file, include in BAD:
            self.assertNotEqual(self.errors({file: include}), "", f"{file} includes {include}")
        for file, include in GOOD:
            self.assertEqual(self.errors({file: include}), "", f"{file} includes {include}")

    def test_circles(self):
        self.assertIn("circle", self.errors({"core/a.hpp": "core/b.hpp", "core/b.cpp": "core/c.hpp", "core/c.hpp": "core/a.hpp"}))
        self.assertEqual("", self.errors({"core/a.hpp": "core/b.hpp", "core/b.cpp": "core/c.hpp", "core/c.hpp": None}))

    def test_names(self):
        self.assertIn("one name", self.errors({"core/a.hpp": None, "io/text/a.hpp": None}))
        self.assertIn("no source files", self.errors({}))


if __name__ == "__main__":
    unittest.main(verbosity=2)
