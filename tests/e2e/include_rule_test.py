# SPDX-License-Identifier: BSD-3-Clause
"""The check that includes point down notices each kind of include that does not."""
import os
import subprocess
import unittest

from support import ROOT, StriateTest

BAD = (("core/text.cpp", "io/text/json.hpp"), ("io/text/json.hpp", "engine/run/run.hpp"), ("engine/run/run.cpp", "cli/command.hpp"),
       ("engine/run/run.cpp", "metrics/analyses/tuning/rate_table.hpp"), ("lgn/filters.cpp", "builder/network.hpp"))
GOOD = (("cli/main.cpp", "engine/run/run.hpp"), ("engine/run/run.cpp", "io/text/json.hpp"), ("io/text/json.cpp", "core/text.hpp"))


class IncludeRuleTest(StriateTest):
    def passes(self, file, include):
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#include "{include}"\n')
        command = [os.environ["STRIATE_CMAKE"], f"-DSOURCE_DIR={self.folder}", "-P", ROOT / "cmake/check_includes.cmake"]
        done = subprocess.run(command, capture_output=True, text=True)
        path.unlink()
        return done.returncode == 0

    def test_rule(self):
        for file, include in BAD:
            self.assertFalse(self.passes(file, include), f"{file} includes {include}")
        for file, include in GOOD:
            self.assertTrue(self.passes(file, include), f"{file} includes {include}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
