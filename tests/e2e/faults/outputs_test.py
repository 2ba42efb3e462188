# SPDX-License-Identifier: BSD-3-Clause
"""Where results go, what may be replaced, and the files for machines."""
import json
import unittest

from support import SmallNetwork, StriateTest, run

CONFIGURATION = 78
PHASES = ("load", "update", "deliver", "exchange", "wait", "record", "write", "simulate")


class OutputsTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.network = SmallNetwork(self.folder)
        self.config_file = self.folder / "run.json"
        self.write()

    def write(self):
        self.config_file.write_text(json.dumps(self.network.config))

    def names(self, folder="output"):
        return sorted(path.name for path in (self.folder / folder).iterdir())

    def succeed(self, *options, ranks=None):
        result = run("simulate", self.config_file, *options, ranks=ranks, cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_configured_directory(self):
        self.succeed()
        self.assertEqual(self.names(), ["log.txt", "provenance.json", "run.json", "spikes.csv", "spikes.h5"])

    def test_output_option(self):
        """-o moves everything, relative to where one stands, and always writes log, spikes.h5 and spikes.csv."""
        self.network.config["output"] = {"output_dir": "elsewhere", "spikes_file": "other_name.h5"}
        self.write()
        self.succeed("-o", "here/below", ranks=2)
        self.assertEqual(self.names("here/below"), ["log.txt", "provenance.json", "run.json", "spikes.csv", "spikes.h5"])
        self.assertFalse((self.folder / "elsewhere").exists())

    def test_modfile_option(self):
        """Halving the drive silences the cells; the modfile's path is in the copy of the config."""
        types = self.folder / "inputs_cells_edge_types.csv"
        types.write_text("edge_type_id model_template dynamics_params delay weight_function\n"
                         "3 static_synapse port1.json 1.0 weight_function_lgn\n")
        (self.folder / "mod.csv").write_text("src_property src_substring trg_property trg_substring operation value\n"
                                             "model_type virtual model_type point * 0.05\n")
        self.succeed()
        spikes = (self.folder / "output/spikes.csv").read_text()
        self.succeed("-m", "mod.csv")
        self.assertGreater(len(spikes.splitlines()), 4)
        self.assertEqual((self.folder / "output/spikes.csv").read_text(), "timestamps population node_ids\n")
        copy = json.loads((self.folder / "output/run.json").read_text())
        self.assertEqual(copy["modfile"], str(self.folder / "mod.csv"))

    def test_config_copy(self):
        """Resolved: no manifest, no variables, what -o changed."""
        self.network.config["manifest"] = {"$HERE": str(self.folder)}
        self.network.config["inputs"]["drive"]["input_file"] = "$HERE/inputs_spikes.h5"
        self.write()
        self.succeed("-o", "out")
        copy = json.loads((self.folder / "out/run.json").read_text())
        self.assertNotIn("manifest", copy)
        self.assertEqual(copy["inputs"]["drive"]["input_file"], str(self.folder / "inputs_spikes.h5"))
        self.assertEqual(copy["output"]["spikes_file_csv"], str(self.folder / "out/spikes.csv"))
        self.assertEqual(copy["networks"], self.network.config["networks"])

    def test_log(self):
        self.succeed(ranks=2)
        lines = (self.folder / "output/log.txt").read_text().splitlines()
        for line in lines:
            self.assertRegex(line, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[(INFO|WARNING|DEBUG)\] ")
        text = "\n".join(lines)
        for word in ("2 ranks", "neurons", "synapses", "real-time factor", "memory", *PHASES):
            self.assertIn(word, text)

    def test_timings(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                self.succeed("--timings", "times.json", ranks=ranks)
                times = json.loads((self.folder / "times.json").read_text())
                for phase in PHASES:
                    seconds = times["phases"][phase]
                    self.assertTrue(0 <= seconds["min"] <= seconds["mean"] * (1 + 1e-9), phase)
                    self.assertTrue(seconds["mean"] <= seconds["max"] * (1 + 1e-9), phase)
                self.assertEqual(times["ranks"], ranks or 1)
                self.assertEqual(times["neurons"], 3)
                self.assertEqual(times["synapses"], 3 * 3 + 2 * 3)
                rows = (self.folder / "output/spikes.csv").read_text().splitlines()
                self.assertEqual(times["spikes"], len(rows) - 1)
                self.assertGreater(times["max_rss_bytes"], 1e6)
                self.assertGreater(times["phases"]["simulate"]["max"], 0)

    def test_dry_run_writes_nothing(self):
        (self.folder / "output").mkdir()
        (self.folder / "output/spikes.h5").write_text("of an earlier run")
        before = sorted((path, path.stat().st_mtime_ns) for path in self.folder.rglob("*"))
        for ranks in (None, 2):
            result = self.succeed("--dry-run", "-o", "output", "--timings", "times.json", ranks=ranks)
            self.assertEqual(sorted((path, path.stat().st_mtime_ns) for path in self.folder.rglob("*")), before)
            for word in ("cells", "inputs", "100 ms in 400 steps", "memory"):
                self.assertIn(word, result.stdout)
            self.assertEqual(result.stdout.count("memory"), 1)

    def test_dry_run_finds_errors(self):
        (self.folder / "cell.json").unlink()
        self.assertEqual(run("simulate", self.config_file, "--dry-run").returncode, 66)

    def test_other_files_survive(self):
        (self.folder / "output/deep").mkdir(parents=True)
        (self.folder / "output/notes.txt").write_text("mine")
        (self.folder / "output/deep/analysis.csv").write_text("mine too")
        self.succeed()
        self.succeed(ranks=2)
        self.assertEqual((self.folder / "output/notes.txt").read_text(), "mine")
        self.assertEqual((self.folder / "output/deep/analysis.csv").read_text(), "mine too")

    def test_results_are_replaced(self):
        self.succeed()
        first = (self.folder / "output/spikes.csv").read_text()
        self.network.spikes("inputs", [])
        self.succeed()
        self.assertNotEqual((self.folder / "output/spikes.csv").read_text(), first)

    def test_refuses_to_overwrite(self):
        """overwrite_output_dir = false: a new or unrelated folder is fine, our own files are not replaced."""
        self.network.config["output"]["overwrite_output_dir"] = False
        self.write()
        (self.folder / "output").mkdir()
        (self.folder / "output/notes.txt").write_text("mine")
        self.succeed()
        spikes = (self.folder / "output/spikes.csv").stat().st_mtime_ns
        for ranks in (None, 2):
            result = run("simulate", self.config_file, ranks=ranks, timeout=60)
            self.assertEqual(result.returncode, CONFIGURATION, result.stderr)
            self.assertRegex(result.stderr, "exists .*overwrite_output_dir is false")
        self.assertEqual((self.folder / "output/spikes.csv").stat().st_mtime_ns, spikes)

    def test_inputs_are_never_replaced(self):
        self.network.config["output"]["spikes_file"] = str(self.folder / "inputs_spikes.h5")
        self.network.config["output"]["output_dir"] = str(self.folder)
        self.write()
        before = (self.folder / "inputs_spikes.h5").read_bytes()
        self.assertEqual(run("simulate", self.config_file).returncode, CONFIGURATION)
        self.assertEqual((self.folder / "inputs_spikes.h5").read_bytes(), before)

    def test_failure_leaves_the_earlier_result(self):
        """Bad data found while loading: nothing half made, and the spikes of the run before as they were."""
        self.succeed()
        before = {name: (self.folder / "output" / name).read_bytes() for name in ("spikes.h5", "spikes.csv")}
        self.network.spikes("inputs", [(-1.0, 0)])
        for ranks in (None, 2):
            result = run("simulate", self.config_file, ranks=ranks, timeout=60)
            self.assertEqual(result.returncode, 65, result.stderr)
            for name, contents in before.items():
                self.assertEqual((self.folder / "output" / name).read_bytes(), contents)
            self.assertEqual(list((self.folder / "output").glob("*.incomplete")), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
