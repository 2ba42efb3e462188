# SPDX-License-Identifier: BSD-3-Clause
"""Configurations that would be taken wrongly: refused or said, on one rank and on two."""
import json
import os
import shutil
import stat
import subprocess
import unittest

import numpy as np

from support import STRIATE, SmallNetwork, StriateTest, run, spikes_of_h5

USAGE, BAD_DATA, MISSING, IO_ERROR, CONFIGURATION = 2, 65, 66, 74, 78


class SilentConfigTest(StriateTest):
    def setUp(self):
        super().setUp()
        (self.folder / "net").mkdir()
        self.network = SmallNetwork(self.folder / "net")
        self.config = self.network.config
        self.output = self.folder / "net/output"

    def run_config(self, config, *options, ranks=None, command="simulate", name="config.json", cwd=None):
        file = self.folder / "net" / name
        file.write_text(json.dumps(config))
        result = run(command, file, *options, ranks=ranks, cwd=cwd or self.folder)
        return result.returncode, result.stdout + result.stderr

    def refused(self, config, code, *texts, options=(), **rest):
        for ranks in (None, 2):
            shutil.rmtree(self.output, ignore_errors=True)
            got, text = self.run_config(config, *options, ranks=ranks, **rest)
            self.assertEqual(got, code, text)
            for part in texts:
                self.assertIn(part, text)
            written = {file.name for file in self.output.iterdir()} if self.output.exists() else set()
            written.discard(".striate_lock")  # of a rank 0 that another rank ended
            self.assertLessEqual(written, {"log.txt"}, "refused before anything is written")

    def warned(self, config, *texts, options=()):
        for ranks in (None, 2):
            code, text = self.run_config(config, *options, ranks=ranks)
            self.assertEqual(code, 0, text)
            for part in texts:
                self.assertEqual(text.count(part), 1, f"{part}: once in {text}")

    def test_nothing_recorded(self):
        for key in ("outputs", "Output", "ouput"):
            config = {key if name == "output" else name: value for name, value in self.config.items()}
            self.refused(config, CONFIGURATION, f"/{key}", "did you mean output?")
        config = dict(self.config, output={"output_dir": str(self.output), "log_file": "log.txt"})
        self.refused(config, CONFIGURATION, "nothing would be recorded")
        self.refused({key: value for key, value in self.config.items() if key != "output"}, CONFIGURATION,
                     "nothing would be recorded")
        code, text = self.run_config(config, "-o", self.output)
        self.assertEqual(code, 0, text)
        self.assertTrue((self.output / "spikes.h5").exists())

    def test_sections_misspelt(self):
        for key in ("Inputs", "input", "INPUTS"):
            config = {key if name == "inputs" else name: value for name, value in self.config.items()}
            self.refused(config, CONFIGURATION, f"/{key}", "did you mean inputs?")
        self.refused(dict(self.config, report={}), CONFIGURATION, "did you mean reports?")

    def test_modules_misspelt(self):
        drive = self.config["inputs"]["drive"]
        for module, meant in (("Sonata", "sonata"), ("hdf", "hdf5"), ("CSV", "csv")):
            self.refused(dict(self.config, inputs={"drive": dict(drive, module=module)}), CONFIGURATION,
                         "/inputs/drive/module", f"did you mean {meant}?")
        self.refused(dict(self.config, inputs={"drive": dict(drive, input_type="spike")}), CONFIGURATION,
                     "/inputs/drive/input_type", "did you mean spikes?")
        clamp = {"module": "iclamp", "input_type": "current_clamp", "amp": 100.0, "delay": 5.0, "node_set": "cells"}
        self.refused(dict(self.config, inputs={"clamp": clamp}), CONFIGURATION, "did you mean IClamp?")
        self.refused(dict(self.config, inputs={"clamp": dict(clamp, module="IClamp", input_type="current_clam")}),
                     CONFIGURATION, "did you mean current_clamp?")
        self.refused(dict(self.config, inputs={"drive": dict(drive, module="movie", input_type="movie")}), CONFIGURATION,
                     "unknown input module")

    def test_edges_listed_twice(self):
        edges = self.config["networks"]["edges"]
        os.symlink(edges[0]["edges_file"], self.folder / "net/link.h5")
        for again in (edges[0], dict(edges[0], edges_file=str(self.folder / "net/link.h5"))):
            config = dict(self.config, networks=dict(self.config["networks"], edges=edges + [again]))
            self.refused(config, CONFIGURATION, "listed twice", "/networks/edges")

    def test_what_matches_nothing(self):
        (self.folder / "net/inputs_cells_edge_types.csv").write_text(
            "edge_type_id model_template dynamics_params delay weight_function\n"
            "3 static_synapse port1.json 1.0 weight_function_lgn\n")
        modfile = self.folder / "net/mod.csv"
        header = "src_property src_substring trg_property trg_substring operation value\n"
        modfile.write_text(header + "model_type virt model_type point * 2\nmodel_type nobody model_type point * 2\n")
        self.warned(self.config, "changes no weight", options=("-m", modfile))
        modfile.write_text(header + "model_type virt model_type point * 2\n")
        code, text = self.run_config(self.config, "-m", modfile)
        self.assertNotIn("changes no weight", text)
        modfile.write_text(header + "model_typ virt model_type point * 2\n")
        self.refused(self.config, CONFIGURATION, "did you mean model_type?", options=("-m", modfile))
        sets = {"nobody": {"population": "cells", "node_id": {"$gt": 1000}}}
        clamp = {"module": "IClamp", "input_type": "current_clamp", "amp": 100.0, "delay": 5.0, "node_set": "nobody"}
        inputs = dict(self.config["inputs"], clamp=clamp)
        self.warned(dict(self.config, inputs=inputs, node_sets=sets), "the current goes nowhere")
        report = {"module": "membrane_report", "cells": "nobody", "variable_name": "V_m"}
        self.refused(dict(self.config, reports={"v": report}, node_sets=sets), CONFIGURATION, "/reports/v")
        clamp.update(node_set="cells", delay=0.0)
        self.warned(dict(self.config, inputs=inputs), "onsets must lie after the first step")

    def test_spike_times(self):
        self.network.spikes("inputs", [(150.0, 0), (300.0, 1)])
        self.warned(self.config, "none of 2 spikes")
        self.network.spikes("inputs", [(0.01, 0), (0.09, 1)])
        self.warned(self.config, "are they in seconds?")
        self.network.spikes("inputs", [(0.01, 0), (50.0, 1)])
        code, text = self.run_config(self.config)
        self.assertNotIn("warning", text)
        self.network.spikes("inputs", [])
        self.warned(self.config, "no spikes in")

    def test_inputs_shorter_or_longer_than_the_run(self):
        """`simulate` and `check` say so, of HDF5 and CSV; sparse trains and those that another file goes on with are none."""
        def train(begin, end):
            return [(time, node) for time in np.arange(begin + 0.3, end, 0.5) for node in range(2)]

        def checked(config):
            file = self.folder / "checked.json"
            file.write_text(json.dumps(config))
            return run("check", file).stdout

        drive = self.config["inputs"]["drive"]
        table = self.folder / "net/train.csv"
        as_csv = dict(self.config, inputs={"drive": dict(drive, module="csv", input_file=str(table))})
        for begin, end, text in ((0, 40, "end at 39.8 ms"), (0, 120, "are left out"), (0, 97, None), (0, 101, None)):
            self.network.spikes("inputs", train(begin, end))
            table.write_text("timestamps population node_ids\n" +
                             "".join(f"{time!r} inputs {node}\n" for time, node in train(begin, end)))
            for config in (self.config, as_csv):
                if text:
                    self.warned(config, text, "ends at 100 ms")
                    self.assertIn(text, checked(config))
                else:
                    self.assertNotIn("warning", self.run_config(config)[1])
                    self.assertNotIn("ends at 100 ms", checked(config))
        for events in ([(5.0, 0), (6.0, 1), (7.0, 0)], [(20.0 + 0.001 * k, k % 2) for k in range(200)]):
            self.network.spikes("inputs", events)
            self.assertNotIn("warning", self.run_config(self.config)[1])
        self.network.spikes("inputs", train(0, 40))
        table.write_text("timestamps population node_ids\n" + "".join(f"{t!r} inputs {n}\n" for t, n in train(40, 100)))
        both = dict(self.config, inputs=dict(self.config["inputs"], rest=as_csv["inputs"]["drive"]))
        self.assertNotIn("is it longer", self.run_config(both)[1])
        self.assertNotIn("is it longer", checked(both))
        self.network.spikes("inputs", train(0, 100))
        clamp = {"module": "IClamp", "input_type": "current_clamp", "amp": 10.0, "delay": 50.0, "duration": 500.0, "node_set": "cells"}
        inputs = dict(self.config["inputs"], clamp=clamp)
        self.warned(dict(self.config, inputs=inputs), "/inputs/clamp lasts until 550 ms (the run ends at 100 ms)")
        clamp.update(delay=100.0)
        self.warned(dict(self.config, inputs=inputs), "/inputs/clamp begins at 100 ms")
        clamp.update(delay=50.0, duration=50.0)
        self.assertNotIn("warning", self.run_config(dict(self.config, inputs=inputs))[1])

    def test_node_sets_twice(self):
        file = self.folder / "net/sets.json"
        file.write_text("{}")
        config = dict(self.config, node_sets={"one": {"population": "cells", "node_id": [0]}}, node_sets_file=str(file))
        self.warned(config, "/node_sets_file is ignored")

    def test_check_knows_what_a_report_or_current_selects(self):
        report = {"module": "membrane_report", "cells": "inputs", "variable_name": "V_m"}
        clamp = {"module": "IClamp", "input_type": "current_clamp", "amp": 10.0, "delay": 50.0, "node_set": "inputs"}
        for config, code, text in ((dict(self.config, reports={"v": report}), CONFIGURATION, "selects no neuron"),
                                   (dict(self.config, inputs=dict(self.config["inputs"], clamp=clamp)), 0, "goes nowhere")):
            file = self.folder / "checked.json"
            file.write_text(json.dumps(config))
            result = run("check", file)
            self.assertEqual(result.returncode, code, result.stdout)
            self.assertIn(text, result.stdout + result.stderr)
            self.assertEqual(self.run_config(config)[0], code)

    def test_several_runs(self):
        drive = self.config["inputs"]["drive"]
        self.network.spikes("inputs", [(60.0, 0), (65.0, 1), (70.0, 0)])
        os.rename(self.folder / "net/inputs_spikes.h5", self.folder / "net/second.h5")
        self.network.spikes("inputs", [(10.0 + 20.0 * i, node) for node in range(2) for i in range(4)])
        files = [drive["input_file"], str(self.folder / "net/second.h5")]
        alone = []
        for file, duration in zip(files, (100.0, 90.0)):
            config = dict(self.config, inputs={"drive": dict(drive, input_file=file)},
                          run=dict(self.config["run"], duration=duration))
            code, text = self.run_config(config)
            self.assertEqual(code, 0, text)
            alone.append([array.tolist() for array in spikes_of_h5(self.output / "spikes.h5", "cells")])
        self.assertNotEqual(*alone)
        several = dict(self.config, inputs={"drive": dict(drive, input_file=files)},
                       run={"dt": 0.25, "tstop": [100.0, 90.0], "n_runs": 2},
                       output=dict(self.config["output"], spikes_file=["s0.h5", "s1.h5"], spikes_file_csv=["s0.csv", "s1.csv"]))
        for ranks in (None, 2):
            shutil.rmtree(self.output)
            code, text = self.run_config(several, ranks=ranks)
            self.assertEqual(code, 0, text)
            for k in range(2):
                self.assertEqual([a.tolist() for a in spikes_of_h5(self.output / f"s{k}.h5", "cells")], alone[k])
                self.assertTrue((self.output / f"s{k}.csv").exists())
            self.assertEqual((self.output / "log.txt").read_text().count("done in"), 2)
            self.assertEqual(json.loads((self.output / "config.json").read_text())["run"]["n_runs"], 2)
        self.assertEqual(run("check", self.folder / "net/config.json").returncode, 0)
        # A list of one; lists that do not fit; one file for both.
        one = dict(self.config, inputs={"drive": dict(drive, input_file=files[:1])},
                   output=dict(self.config["output"], spikes_file=["s0.h5"]))
        code, text = self.run_config(one)
        self.assertEqual(code, 0, text)
        self.refused(dict(several, run=dict(several["run"], n_runs=3)), CONFIGURATION, "3 runs")
        self.refused(dict(several, output=self.config["output"]), CONFIGURATION, "one file for 2 runs")

    def test_child_that_says_the_same(self):
        networks = {"networks": self.config["networks"], "components": self.config["components"]}
        (self.folder / "net/circuit.json").write_text(json.dumps(networks))
        (self.folder / "net/simulation.json").write_text(json.dumps(
            dict({key: self.config[key] for key in ("run", "inputs", "output")}, network="circuit.json")))
        code, text = self.run_config({"network": "circuit.json", "simulation": "simulation.json"})
        self.assertEqual(code, 0, text)
        self.assertNotIn("warning", text)
        code, text = self.run_config({"network": "circuit.json", "simulation": "simulation.json", "run": {"dt": 0.5}})
        self.assertIn("section run", text)

    def test_started_elsewhere(self):
        text = json.dumps(self.config).replace(str(self.folder / "net") + "/", "./").replace(f'"{self.folder / "net"}"', '"."')
        config = json.loads(text)
        code, text = self.run_config(config, cwd=self.folder / "net")
        self.assertEqual(code, 0, text)
        shutil.rmtree(self.output)
        self.refused(config, MISSING, "it lies beside the configuration", f"looked for from {self.folder}")
        self.refused(dict(config, inputs={}), MISSING, "nodes.h5", "it lies beside the configuration")
        config["inputs"]["drive"]["input_file"] = "absent.h5"
        self.refused(config, MISSING, "absent.h5", "check the path")

    def test_which_command(self):
        self.refused(dict(self.config, target_simulator="LGNModel"), CONFIGURATION, "striate lgn")
        self.refused(dict(self.config, target_simulator="NEST"), CONFIGURATION, "striate simulate", command="lgn")
        (self.folder / "base/configs").mkdir(parents=True)
        (self.folder / "base/configs/config_plain.json").write_text("{}")
        result = run("simulate", "base", cwd=self.folder)
        self.assertEqual(result.returncode, MISSING, result.stderr)
        self.assertIn("base/configs/config_plain.json", result.stderr)
        result = run("metrics", "rates", "base/configs/config_plain.json", "plain", cwd=self.folder)
        self.assertEqual(result.returncode, MISSING, result.stderr)
        self.assertIn("name a network directory", result.stderr)

    def test_one_wrong_key_gives_one_line(self):
        (self.folder / "net/port1.json").write_text('{"receptor": 1}')
        config = dict(self.config)
        (self.folder / "net/config.json").write_text(json.dumps(config))
        result = run("check", "net/config.json", cwd=self.folder)
        self.assertEqual(result.returncode, CONFIGURATION, result.stdout)
        self.assertEqual(result.stdout.count("wrong "), 1, result.stdout)
        self.assertIn("receptor_type", result.stdout)

    def test_check_says_what_is_absent(self):
        os.remove(self.folder / "net/inputs_spikes.h5")
        (self.folder / "net/config.json").write_text(json.dumps(self.config))
        result = run("check", "net/config.json", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("no such file yet", result.stdout)
        self.assertIn("1 file to be made before it can run", result.stdout)

    def test_bytes_that_are_not_utf8(self):
        folder = os.fsencode(self.folder) + b"/b\xfcld"
        shutil.copytree(os.fsencode(self.folder / "net"), folder)
        config = json.dumps(self.config).encode().replace(os.fsencode(self.folder / "net"), folder)
        with open(folder + b"/config.json", "wb") as file:
            file.write(config)
        for again in (folder + b"/config.json", folder + b"/output/config.json"):
            result = subprocess.run([os.fsencode(STRIATE), b"simulate", again],
                                    capture_output=True)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertTrue(os.path.exists(folder + b"/output/spikes.h5"))
        with open(folder + b"/output/config.json", "rb") as file:
            self.assertIn(b"b\xfcld", file.read())
        for broken in (b'{"run": "\xfc', b'{"run": {"d\xfcration": 3}}'):
            with open(folder + b"/broken.json", "wb") as file:
                file.write(broken)
            result = subprocess.run([os.fsencode(STRIATE), b"simulate", folder + b"/broken.json"], capture_output=True)
            self.assertEqual(result.returncode, CONFIGURATION, result.stderr)

    def test_paradigm_with_bytes_that_are_not_utf8(self):
        self.assertEqual(run("build", "tiny", "-q", cwd=self.folder).returncode, 0)
        (self.folder / "s.yaml").write_bytes(
            b'description: two \xfc\nduration_ms: 600\ntrials:\n  - speed: [2, 8]\n    trial: 0..1\n'
            b'trial_name: speed{speed}_trial{trial}\nlgn:\n  template: config_filternet.json\n  folder: filternet_speeds\n'
            b'  stimulus: {temporal_f: "{speed}", note: "\xfc"}\nbackground: {folder: bkg_speeds, file: "{name}.h5", '
            b'rate_hz: 250, seed: 4200}\nruns: speeds_{option}\n')
        for more in ([], ["--stimulus", b"data_file=b\xfcld.npy"], ["--stimulus", b"k\xfcey=1"]):
            command = [os.fsencode(STRIATE), b"jobs", b"make", b"s.yaml", b"tiny", b"plain"] + [os.fsencode(each) for each in more]
            result = subprocess.run(command, cwd=self.folder, capture_output=True)
            self.assertIn(result.returncode, (0, USAGE, BAD_DATA, MISSING, CONFIGURATION), result.stderr)
            if result.returncode:
                self.assertIn(b"error: ", result.stderr)

    def test_full_device(self):
        """A node of the test's own: one that is the machine's might be replaced by what is tested."""
        self.full = self.folder / "full"
        try:
            os.mknod(self.full, stat.S_IFCHR | 0o666, os.makedev(1, 7))
            open(self.full, "w").close()
        except PermissionError as error:
            self.skipTest(f"no device can be made: {error}")
        for command in (["version"], ["--help"], ["check", "--hash", str(self.folder / "net/cells_nodes.h5")]):
            with open(self.full, "w") as full:
                result = subprocess.run([STRIATE, *command], stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(result.returncode, IO_ERROR, f"{command}: {result.stderr}")
            self.assertIn("standard output", result.stderr)
        config = dict(self.config, output=dict(self.config["output"], log_file=str(self.full)))
        code, text = self.run_config(config)
        self.assertEqual(code, IO_ERROR, text)
        self.assertIn(str(self.full), text)


if __name__ == "__main__":
    unittest.main()
