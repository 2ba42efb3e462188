# SPDX-License-Identifier: BSD-3-Clause
"""`cmake --install` to a prefix gives a program that runs from there; recipes of other systems are sound."""
import ast
import os
import re
import subprocess
import sys
import unittest

from support import ROOT, SmallNetwork, StriateTest, run


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


class RecipesTest(unittest.TestCase):
    """Recipes of other systems, as far as they can be read without their tools: they parse, name this version, and ask for the
    packages that scripts/setup.sh installs."""

    version = re.search(r"project\(striate VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    libraries = {"fmt", "spdlog", "random123", "openssl", "zlib", "yaml-cpp", "eigen", "lbfgs", "libzip", "pugixml", "hdf5", "boost",
                 "json"}

    def lacks(self, names):
        return {library for library in self.libraries if not any(library in name.lower() for name in names)}

    def test_containers(self):
        setup = (ROOT / "scripts/setup.sh").read_text()
        needed = set(re.search(r"build_packages=\((.*?)\)", setup, re.DOTALL)[1].split())
        for name in ("Dockerfile", "striate.def"):
            text = (ROOT / "packaging" / name).read_text().replace("\\\n", " ")
            installed = set(re.search(r"--no-install-recommends (.*?)(?:&&|\n)", text)[1].split())
            self.assertEqual(needed - installed, set(), name)
            self.assertEqual(installed - needed, {"dpkg-dev", "file"}, name)  # cpack's
        row = {package for line in (ROOT / "docs/installing.md").read_text().splitlines() if line.startswith("| ")
               for package in re.findall(r"`([^`]*)`", line.split("|")[2])}
        self.assertEqual(needed - {package for cell in row for package in cell.split()}, set(), "docs/installing.md")

    def test_spack(self):
        tree = ast.parse((ROOT / "packaging/spack/packages/striate/package.py").read_text())
        asked = [call.args[0].value for call in ast.walk(tree)
                 if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "depends_on"]
        self.assertEqual(self.lacks(asked), set())

    def test_easybuild(self):
        file, = (ROOT / "packaging/easybuild").glob("*.eb")
        recipe = {"SYSTEM": {"name": "system", "version": "system"}}
        exec(compile(file.read_text(), file, "exec"), recipe)
        toolchain = recipe["toolchain"]
        self.assertEqual(file.name, f"{recipe['name']}-{self.version}-{toolchain['name']}-{toolchain['version']}.eb")
        self.assertEqual(recipe["version"], self.version)
        self.assertTrue({"homepage", "description", "sources", "sanity_check_paths", "moduleclass"} <= set(recipe))
        self.assertEqual(self.lacks([dependency[0] for dependency in recipe["dependencies"]]), set())

    def test_conda(self):
        try:
            import jinja2
            import yaml
        except ImportError as error:
            self.skipTest(str(error))
        text = (ROOT / "packaging/conda/meta.yaml").read_text()
        recipe = yaml.safe_load(jinja2.Template(text).render(compiler=lambda name: f"{name}-compiler", stdlib=lambda name: f"{name}-stdlib"))
        self.assertEqual(str(recipe["package"]["version"]), self.version)
        self.assertEqual(self.lacks(recipe["requirements"]["host"]), set())
        for file in recipe["about"]["license_file"]:
            self.assertTrue((ROOT / file).is_file())


if __name__ == "__main__":
    unittest.main(verbosity=2)
