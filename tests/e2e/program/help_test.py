# SPDX-License-Identifier: BSD-3-Clause
"""striate help, man pages and completion, which all come from the table of commands; and --ranks."""
import os
import re
import shutil
import subprocess
import unittest

from command_line_test import USAGE, commands
from support import STRIATE, SmallNetwork, StriateTest, run


class HelpTest(StriateTest):
    def test_help_of_a_command_is_its_own(self):
        self.assertEqual(run("help").stdout, run("--help").stdout)
        for words in (("build",), ("simulate",), ("help",), ("metrics",), ("metrics", "odsi"), ("jobs", "make")):
            self.assertEqual(run("help", *words).stdout, run(*words, "--help").stdout)
        for words, text in ((("buld",), "did you mean 'build'"), (("metrics", "odsy"), "did you mean odsi")):
            result = run("help", *words)
            self.assertEqual(result.returncode, USAGE)
            self.assertIn(text, result.stderr)

    def test_man_pages(self):
        self.assertEqual(run("help", "--man", self.folder).returncode, 0)
        pages = {path.name: path.read_text() for path in self.folder.iterdir()}
        self.assertEqual(set(pages), {"striate.1"} | {f"striate-{name}.1" for name in commands()})
        for name in commands():
            self.assertIn(f"\\fB{name}\\fR", pages["striate.1"])
            page = pages[f"striate-{name}.1"]
            for option in re.findall(r"(?<= )--([a-z][a-z0-9_-]*)", run(name, "--help").stdout.split("Options:")[1]):
                self.assertIn("\\fB\\-\\-" + option.replace("-", "\\-") + "\\fR", page)
        self.assertIn(".SS striate metrics odsi BASE", pages["striate-metrics.1"])
        self.assertIn("\\fB\\-\\-core\\-radius\\fR \\fIUM\\fR", pages["striate-metrics.1"])
        self.assertIn("\\fB\\-o\\fR, \\fB\\-\\-output\\fR", pages["striate-build.1"])

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_man_pages_are_well_formed(self):
        run("help", "--man", self.folder)
        for page in sorted(self.folder.iterdir()):
            result = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z", page], text=True, capture_output=True)
            self.assertEqual((result.returncode, result.stderr), (0, ""), page.name)

    def complete(self, line):
        """What bash offers for the last word of a line."""
        words = line.split(" ")
        program = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _striate_complete; '
                   'printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-c", program, "bash", self.script, *words], text=True, capture_output=True, cwd=self.folder)
        self.assertEqual((result.returncode, result.stderr), (0, ""), line)
        return set(result.stdout.split())

    def test_completion_in_bash(self):
        self.script = self.folder / "completion"
        self.script.write_text(run("help", "--completion", "bash").stdout)
        for name in ("tiny/network", "tiny/configs", "other", "small/network", "small/configs"):
            (self.folder / name).mkdir(parents=True)
        for name in ("tiny/configs/config_plain.json", "tiny/configs/config_mine.json", "tiny/configs/config_filternet.json",
                     "small/configs/config_plain.json", "mine.yaml", "picture.png"):
            (self.folder / name).write_text("")
        self.assertEqual(self.complete("striate ") & set(commands()), set(commands()))
        self.assertEqual(self.complete("striate sim"), {"simulate"})
        self.assertEqual(self.complete("striate --ranks 2 sim"), {"simulate"})
        self.assertTrue({"odsi", "rates"} <= self.complete("striate metrics "))
        self.assertEqual(self.complete("striate metrics od"), {"odsi"})
        self.assertEqual(self.complete("striate metrics odsi "), {"tiny", "small"})
        self.assertEqual(self.complete("striate metrics odsi tiny "), {"plain", "mine"})
        self.assertEqual(self.complete("striate metrics rates --core-radius 100 tiny m"), {"mine"})
        self.assertEqual(self.complete("striate metrics rates tiny plain --core-r"), {"--core-radius"})
        self.assertTrue({"--from", "--quiet", "--progress"} <= self.complete("striate metrics rates tiny plain --"))
        self.assertTrue({"core", "full", "mine.yaml"} <= self.complete("striate build "))
        self.assertNotIn("picture.png", self.complete("striate build "))
        self.assertEqual(self.complete("striate simulate c.json --ports "), {"merged", "reference"})
        self.assertEqual(self.complete("striate simulate tiny/configs/config_m"), {"tiny/configs/config_mine.json"})
        self.assertTrue({"bo", "contrasts", "mine.yaml"} <= self.complete("striate trials "))
        self.assertEqual(self.complete("striate trials bo s"), {"small"})
        self.assertTrue({"bo", "mine.yaml"} <= self.complete("striate metrics odsi tiny plain --paradigm "))
        self.assertEqual(self.complete("striate help sim"), {"simulate"})
        self.assertEqual(self.complete("striate jobs make bo "), {"tiny", "small"})
        self.assertEqual(self.complete("striate jobs make bo small tiny "), {"tiny", "small", "plain", "mine"})

    def test_completion_is_a_sound_script(self):
        for shell in ("bash", "zsh"):
            script = self.folder / shell
            script.write_text(run("help", "--completion", shell).stdout)
            if shutil.which(shell):
                result = subprocess.run([shell, "-n", script], text=True, capture_output=True)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(run("help", "--completion", "fish").returncode, USAGE)

    def test_ranks(self):
        bare = {name: value for name, value in os.environ.items() if not name.startswith("OMPI_") and name != "STRIATE_MPIEXEC"}
        result = subprocess.run([STRIATE, "--ranks", "3", "version"], env=bare, text=True, capture_output=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("3 ranks", result.stdout)
        network = SmallNetwork(self.folder)
        alone = (self.simulate(network.config) / "spikes.csv").read_bytes()
        result = subprocess.run([STRIATE, "--ranks=2", "simulate", self.folder / "config.json", "-o", self.folder / "two"], env=bare,
                                text=True, capture_output=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "two/spikes.csv").read_bytes(), alone)
        for words, text in ((("--ranks", "0", "version"), "invalid --ranks '0'"), (("--ranks",), "invalid --ranks ''"),
                            (("--ranks=many", "version"), "'many'"), (("--ranks", "2"), "no command given")):
            result = run(*words)
            self.assertEqual(result.returncode, USAGE, words)
            self.assertIn(text, result.stderr)
        self.assertIn("inside a job of MPI", run("--ranks", "2", "version", ranks=2).stderr)
        result = subprocess.run([STRIATE, "--ranks", "2", "version"], env={**bare, "PATH": "/nowhere"}, text=True, capture_output=True)
        self.assertEqual(result.returncode, 74)
        self.assertIn("openmpi-bin", result.stderr)


if __name__ == "__main__":
    unittest.main()
