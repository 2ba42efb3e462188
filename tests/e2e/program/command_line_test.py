# SPDX-License-Identifier: BSD-3-Clause
"""Help, suggestions for mistyped words, exit codes, on one rank and several."""
import json
import re
import unittest

from support import SmallNetwork, StriateTest, run

USAGE, MISSING, CONFIGURATION = 2, 66, 78


def commands():
    """The names in the overview."""
    overview = run("--help").stdout.split("commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in overview.splitlines()]


class CommandLineTest(StriateTest):
    def check_refusal(self, code, pattern, *arguments):
        for ranks in (None, 2):
            with self.subTest(arguments=arguments, ranks=ranks):
                result = run(*arguments, ranks=ranks, cwd=self.folder, timeout=60)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertRegex(result.stderr, pattern)
                self.assertEqual(result.stdout, "")

    def test_overview(self):
        for word in ("--help", "-h", "help"):
            result = run(word)
            self.assertEqual(result.returncode, 0)
            self.assertIn("usage: striate COMMAND", result.stdout)
        self.assertIn("simulate", commands())
        self.assertIn("version", commands())

    def test_help_of_every_command(self):
        for command in commands():
            for word in ("--help", "-h"):
                with self.subTest(command=command, word=word):
                    result = run(command, word)
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
                    self.assertTrue(result.stdout.startswith(f"usage: striate {command}"), result.stdout)
                    for option in ("--help", "--quiet", "--verbose"):
                        self.assertIn(option, result.stdout)

    def test_help_of_every_kind(self):
        for command in ("metrics", "plot", "nodesets", "jobs"):
            text = run(command, "--help").stdout.split("Options:")[0]
            kinds = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
            self.assertGreater(len(kinds), 3)
            for kind in kinds:
                with self.subTest(command=command, kind=kind):
                    result = run(command, kind, "--help")
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
                    self.assertTrue(result.stdout.startswith(f"usage: striate {command} {kind}"), result.stdout)

    def test_help_is_printed_once(self):
        result = run("simulate", "--help", ranks=3)
        self.assertEqual((result.returncode, result.stdout.count("usage:")), (0, 1))

    def test_version(self):
        for word in ("version", "--version", "-V"):
            result = run(word)
            self.assertEqual(result.returncode, 0)
            self.assertRegex(result.stdout, r"striate +\d+\.\d+\.\d+ \(commit ")
            self.assertRegex(result.stdout, r"HDF5 +1\.\d+\.\d+, parallel")
        self.assertRegex(run("version", ranks=2).stdout, r"MPI .*2 ranks")

    def test_no_command(self):
        self.check_refusal(USAGE, "no command given .*--help")

    def test_unknown_command(self):
        self.check_refusal(USAGE, "unknown command 'simulat' .*did you mean 'simulate'", "simulat", "config.json")
        self.check_refusal(USAGE, "unknown command 'xyzzyxyzzy' .*no similar one", "xyzzyxyzzy")

    def test_unknown_option(self):
        self.check_refusal(USAGE, "unknown option --dryrun .*did you mean --dry-run", "simulate", "c.json", "--dryrun")
        self.check_refusal(USAGE, "unknown option --zzzzzz", "simulate", "c.json", "--zzzzzz")

    def test_options_are_not_guessed(self):
        self.check_refusal(USAGE, "unknown option --time", "simulate", "c.json", "--time", "t.json")

    def test_missing_or_extra_arguments(self):
        self.check_refusal(USAGE, "missing argument .*simulate .*CONFIG.json", "simulate")
        self.check_refusal(USAGE, "too many arguments", "background", "a", "b")
        self.check_refusal(USAGE, "simulate --help", "simulate", "c.json", "-o")
        self.check_refusal(USAGE, "simulate --help", "simulate", "c.json", "-n", "two")

    def test_exit_codes(self):
        self.check_refusal(MISSING, "nowhere.json", "simulate", "nowhere.json")
        (self.folder / "broken.json").write_text('{\n "run": [}\n')
        self.check_refusal(CONFIGURATION, r"broken\.json:2", "simulate", "broken.json")

    def test_one_line_per_error(self):
        result = run("simulate", "nowhere.json", cwd=self.folder)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("error: "), result.stderr)

    def test_what_strikes_all_ranks_is_told_once(self):
        for words, code in ((("simulate", "nothing.json"), MISSING), (("simulate", "--duration"), USAGE)):
            result = run(*words, ranks=6, cwd=self.folder, timeout=60)
            self.assertEqual(result.returncode, code, result.stderr)
            errors = [line for line in result.stderr.splitlines() if "error: " in line]
            self.assertEqual(len(errors), 1, result.stderr)
            self.assertTrue(errors[0].startswith("error: "), errors)

    def test_threads_get_a_hint(self):
        network = SmallNetwork(self.folder)
        self.write_config(network)
        hint = run("simulate", self.folder / "config.json", "-n", "8")
        self.assertEqual(hint.returncode, 0, hint.stderr)
        self.assertRegex(hint.stderr, "warning: -n 8 is ignored .*mpirun -n 8")
        self.assertNotIn("-n 1 is", run("simulate", self.folder / "config.json", "-n", "1").stderr)

    def test_quiet(self):
        network = SmallNetwork(self.folder)
        self.write_config(network)
        result = run("simulate", self.folder / "config.json", "--quiet")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        result = run("simulate", self.folder / "config.json")
        self.assertTrue(re.search(r"real-time factor", result.stderr), result.stderr)

    def test_a_quiet_build_and_a_talkative_one(self):
        def built(*options):
            result = run("build", "tiny", "--radius", "20", "-o", self.folder / "net", "--force", *options)
            self.assertEqual(result.returncode, 0, result.stderr)
            return result
        self.assertEqual((built("-q").stdout, built("-q").stderr), ("", ""))
        usual, more = built().stderr, built("-v").stderr
        self.assertIn("25 on another model's parameters", usual)
        self.assertLess(max(map(len, usual.splitlines())), 200)
        self.assertEqual((usual.count("runs on the parameters of"), more.count("runs on the parameters of")), (0, 25))

    def test_styles_of_progress(self):
        network = SmallNetwork(self.folder)
        self.write_config(network)
        shown = {style: run("simulate", self.folder / "config.json", "--progress", style).stderr for style in ("bar", "lines", "none")}
        self.assertRegex(shown["bar"], r"[\r\n]\x1b\[Ksimulate \[#+\] 100 %")
        self.assertRegex(shown["lines"], r"(?m)^simulate 100 %")
        self.assertNotIn("100 %", shown["none"])
        self.assertEqual(run("simulate", self.folder / "config.json").stderr.count("100 %"), shown["lines"].count("100 %"))
        self.check_refusal(USAGE, "invalid --progress much .*bar, lines or none", "simulate", "c.json", "--progress", "much")

    def write_config(self, network):
        (self.folder / "config.json").write_text(json.dumps(network.config))


if __name__ == "__main__":
    unittest.main(verbosity=2)
