# SPDX-License-Identifier: BSD-3-Clause
"""`cmake --install` to a prefix gives a program that runs from there."""
import os
import subprocess
import sys
import unittest

from support import SmallNetwork, StriateTest, run


class InstallTest(StriateTest):
    def test_prefix(self):
        prefix = self.folder / "prefix"
        subprocess.run([os.environ["STRIATE_CMAKE"], "--install", os.environ["STRIATE_BUILD"], "--prefix", prefix],
                       check=True, stdout=subprocess.DEVNULL)
        program = prefix / "bin/striate"
        documents = {path.name for path in prefix.rglob("*") if path.is_file()}
        self.assertTrue({"striate", "LICENSE", "NOTICE", "CITATION.cff", "README.md", "tutorial.md", "striate.1", "striate-build.1",
                         "_striate"} <= documents, documents)

        imported = subprocess.run([sys.executable, "-B", "-c", "import striate_io; print(striate_io.__file__)"], text=True, check=True,
                                  capture_output=True, env={**os.environ, "PYTHONPATH": str(prefix / "lib/python3/dist-packages")})
        self.assertIn(str(prefix), imported.stdout)

        version = run("version", program=program, cwd=self.folder)
        self.assertEqual(version.returncode, 0, version.stderr)
        self.assertEqual(version.stdout, run("version").stdout)

        (self.folder / "network").mkdir()
        network = SmallNetwork(self.folder / "network")
        installed = self.simulate(network.config, ranks=2, output="installed", program=program)
        built = self.simulate(network.config, output="built")
        spikes = (installed / "spikes.csv").read_bytes()
        self.assertGreater(len(spikes.splitlines()), 4)
        self.assertEqual(spikes, (built / "spikes.csv").read_bytes())

        # What was installed goes again, and nothing else.
        own = prefix / "share/striate/own.yaml"
        own.write_text("mine")
        subprocess.run([os.environ["STRIATE_CMAKE"], "--build", os.environ["STRIATE_BUILD"], "--target", "uninstall"], check=True,
                       stdout=subprocess.DEVNULL)
        self.assertEqual([path for path in prefix.rglob("*") if path.is_file()], [own])


if __name__ == "__main__":
    unittest.main(verbosity=2)
