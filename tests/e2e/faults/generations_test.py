# SPDX-License-Identifier: BSD-3-Clause
"""A network directory is one thing: builds that are killed while their files take their names are seen and made again;
files of different networks in one directory are refused by every command; results say what they were made with."""
import json
import random
import shutil
import unittest

import h5py
import numpy as np

from support import STRIATE, SmallNetwork, StriateTest, h5_contents, run
from support.rename_killer import RenameKiller

DONE, BAD_DATA, MISSING, CONFIGURATION = 0, 65, 66, 78
PARTS = ("v1", "lgn", "bkg")


class GenerationsTest(StriateTest):
    def do(self, *arguments, code=DONE, ranks=None):
        result = run(*arguments, ranks=ranks)
        self.assertEqual(result.returncode, code, f"{arguments}:\n{result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def build(self, name, *options, network="tiny", ranks=None):
        self.do("build", network, "-q", "-o", self.folder / name, *options, ranks=ranks)
        return self.folder / name

    def hashes(self, base):
        return self.do("check", base, "--hash")

    def manifest(self, base):
        return json.loads((base / "network/manifest.json").read_text())

    def run_ids(self, base):
        ids = {}
        for file in sorted((base / "network").glob("*.h5")):
            with h5py.File(file) as h5:
                ids[file.name] = h5.attrs.get("striate_run_id")
        return ids


class ManifestTest(GenerationsTest):
    def test_what_a_network_says_of_itself(self):
        one, two = self.build("one"), self.build("two", ranks=2)
        manifest = self.manifest(two)
        self.assertEqual(manifest["state"], "complete")
        self.assertEqual(manifest["run_id"], self.manifest(one)["run_id"])
        self.assertEqual(sorted(manifest["parts"]), sorted(PARTS))
        made = manifest["parts"]["v1"]["made"]
        self.assertEqual(made["ranks"], 2)
        self.assertIn("build tiny -q -o", made["command"])
        self.assertRegex(made["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(manifest["parts"]["lgn"]["seed"], 153)
        self.assertEqual(manifest["configurations"][manifest["parts"]["v1"]["configuration"]]["seed"], 153)
        for name, entry in manifest["files"].items():
            self.assertEqual((two / name).stat().st_size, entry["bytes"], name)
        self.assertIn("network/v1_v1_edges.h5", manifest["files"])
        self.assertEqual(set(self.run_ids(two).values()), {manifest["run_id"]})
        with h5py.File(two / "network/lgn_nodes.h5") as file:
            names = {name for name in file.attrs if name.startswith("striate_")}
            self.assertEqual(names, {"striate_version", "striate_scheme", "striate_seed", "striate_config",
                                     "striate_run_id"})
            self.assertEqual(file.attrs["striate_seed"], 153)
        again = self.build("again", network=two / "network/network.yaml")
        self.assertEqual(self.hashes(again), self.hashes(one))
        self.assertNotEqual(self.manifest(self.build("other", "--seed", "7"))["run_id"], manifest["run_id"])

    def test_contents_are_verified_where_hashes_were_kept(self):
        base = self.build("net", "--hash")
        self.hashes(base)
        with h5py.File(base / "network/lgn_v1_edges.h5", "r+") as file:
            values = file["edges/lgn_to_v1/source_node_id"]
            values[0] = values[0] + 1
        self.assertIn("lgn_v1_edges.h5 has other contents", self.do("check", base, "--hash", code=BAD_DATA))

    def test_parts_one_by_one(self):
        whole, base = self.build("whole"), self.folder / "net"
        for part in PARTS:
            self.build("net", "--only", part)
        self.assertEqual(self.hashes(base), self.hashes(whole))
        self.assertEqual(self.manifest(base)["run_id"], self.manifest(whole)["run_id"])
        self.do("check", base)
        text = self.do("build", "tiny", "-o", base, "--only", "lgn", "--force", "--seed", "9", code=CONFIGURATION)
        self.assertIn("--mixed", text)
        self.assertEqual(self.hashes(base), self.hashes(whole))
        text = self.do("build", "tiny", "-o", base, "--only", "v1", "--force", "--mixed", "--seed", "9",
                       code=CONFIGURATION)
        self.assertIn("build all parts", text)
        self.build("net", "--only", "lgn", "--force", "--mixed", "--seed", "9")
        self.do("check", base)
        manifest = self.manifest(base)
        self.assertEqual(manifest["parts"]["lgn"]["seed"], 9)
        self.assertEqual(len(manifest["configurations"]), 2)
        self.assertEqual(len({manifest["run_id"], *(part["run_id"] for part in manifest["parts"].values())}), 3)
        self.do("simulate", base / "configs/config_bkg.json", "--dry-run", code=MISSING)  # spikes; the network is taken
        self.build("net", "--force")
        self.assertEqual(self.hashes(base), self.hashes(whole))

    def test_normal_use_is_no_mistake(self):
        """Weights changed in place, trained copies, tables that grow."""
        base = self.build("net")
        network = base / "network"
        with h5py.File(network / "v1_v1_edges.h5", "r+") as file:
            file["edges/v1_to_v1/0/syn_weight"][:] *= 2
        shutil.copy(network / "v1_v1_edges.h5", network / "v1_v1_edges_bio_trained.h5")
        with (network / "v1_v1_edge_types.csv").open("a") as file:
            file.write("\n")
        self.assertIn("v1_v1_edge_types.csv has been changed", self.do("check", base))
        self.do("background", base, "-q")

    def test_networks_of_others_work_as_before(self):
        base = self.build("net")
        (base / "network/manifest.json").unlink()
        for file in (base / "network").glob("*.h5"):
            with h5py.File(file, "r+") as h5:
                for name in [name for name in h5.attrs if name.startswith("striate_")]:
                    del h5.attrs[name]
        self.do("check", base)
        self.do("background", base, "-q")
        config = base / "configs/config_bkg.json"
        self.do("simulate", config, "-q", "-o", self.folder / "out")
        self.assertEqual((self.folder / "out/log.txt").read_text().count("has no run id"), 1)
        with h5py.File(self.folder / "out/spikes.h5") as file:
            self.assertNotIn("striate_run_id", file.attrs)
            self.assertIn("striate_config", file.attrs)


class MixedTest(GenerationsTest):
    def commands(self, base):
        """Every command that reads a network."""
        config = base / "configs/config_plain.json"
        yield "check", base
        yield "simulate", config, "--dry-run"
        yield "simulate", config
        yield "lgn", base / "configs/config_filternet.json"
        yield "background", base
        yield "metrics", "rates", base, "plain"
        yield "plot", "raster", base
        yield "report", base, "plain"
        yield "train", base, "--suffix", "x", "--dry-run"
        yield "tune", "background", base
        yield "adjust", base
        yield "trials", "8dir_10trials", base, "plain"
        yield "jobs", "make", "8dir_10trials", base, "plain", "--dry-run"
        yield "pipeline", base / "output_plain/spikes.h5"

    def prepare_inputs(self, base):
        """So that nothing but the network can be refused."""
        (base / "filternet").mkdir()
        (base / "bkg").mkdir()
        for name, population in (("filternet/spikes.h5", "lgn"), ("bkg/bkg_spikes_250Hz_3s.h5", "bkg")):
            with h5py.File(base / name, "w") as file:
                file[f"spikes/{population}/timestamps"] = np.array([1.0])
                file[f"spikes/{population}/node_ids"] = np.array([0])

    def test_files_of_two_networks(self):
        other, base = self.build("other", "--seed", "2"), self.build("tiny")
        self.prepare_inputs(base)
        before = {file: file.read_bytes() for file in (base / "network").iterdir()}
        for name in ("v1_nodes.h5", "lgn_nodes.h5"):
            for with_manifest in (True, False):
                for file, contents in before.items():
                    file.write_bytes(contents)
                shutil.copy(other / "network" / name, base / "network" / name)
                if not with_manifest:
                    (base / "network/manifest.json").unlink()
                for command in self.commands(base):
                    with self.subTest(name=name, with_manifest=with_manifest, command=command[0]):
                        text = self.do(*command, code=BAD_DATA)
                        self.assertIn("different networks" if not with_manifest else "belongs to another network", text)
        self.do("simulate", base / "configs/config_plain.json", code=BAD_DATA, ranks=2)

    def test_results_of_an_earlier_network(self):
        base = self.build("tiny")
        self.do("background", base, "-q")
        config = base / "configs/config_bkg.json"
        self.do("simulate", "-q", config, "-o", base / "output_plain")
        self.do("metrics", "rates", base, "plain", "-q")
        record = json.loads(next((base / "metrics").glob("*rates*.provenance.json")).read_text())
        self.assertEqual(record["run_ids"], [self.manifest(base)["run_id"]])
        self.build("tiny", "--force", "--seed", "2")
        self.assertIn("made with another network", self.do("metrics", "rates", base, "plain", code=BAD_DATA))
        self.assertIn("was made with another network", self.do("simulate", config, "-o", self.folder / "out"))


class KilledTest(GenerationsTest):
    def setUp(self):
        super().setUp()
        self.killer = RenameKiller(self.folder)

    def test_builds(self):
        """Killed before every kind of rename: over an old network, and where there was none."""
        old, new = self.build("old", "--seed", "1"), self.build("new", "--seed", "2")
        hashes = {"old": self.hashes(old), "new": self.hashes(new)}
        base = self.folder / "net"
        command = [STRIATE, "build", "tiny", "-q", "--seed", "2", "-o", base]
        renames = self.killer.count(*command)
        self.assertGreater(renames, 100)
        chosen = {1, 2, 3, renames - 13, renames - 2, renames - 1, renames}
        numbers = random.Random(1)
        chosen |= {numbers.randint(4, renames) for _ in range(3)}
        unfinished = 0
        for replaced in (True, False):
            for number in sorted(chosen):
                with self.subTest(replaced=replaced, rename=number):
                    shutil.rmtree(base)
                    if replaced:
                        shutil.copytree(old, base)
                    self.assertTrue(self.killer.kill_at(number, *command, *(["--force"] if replaced else [])))
                    if replaced and number == 1:
                        self.assertEqual(self.hashes(base), hashes["old"])
                        self.do("check", base)
                        continue
                    if number > 1:
                        self.assertEqual(self.manifest(base)["state"], "unfinished")
                        self.assertIn("interrupted build", self.do("check", base, code=BAD_DATA))
                        self.do("background", base, code=BAD_DATA)
                        unfinished += 1
                    self.do("build", "tiny", "-q", "--seed", "2", "-o", base)
                    self.assertEqual(self.hashes(base), hashes["new"])
                    self.do("check", base)
                    self.assertEqual(list(base.rglob("*.incomplete")), [])
        self.assertGreater(unfinished, 15)

    def test_parts(self):
        base, whole = self.build("net", "--only", "v1"), self.build("whole")
        command = [STRIATE, "build", "tiny", "-q", "-o", base, "--only", "lgn"]
        self.assertTrue(self.killer.kill_at(3, *command))
        self.assertEqual(self.manifest(base)["parts"]["v1"]["state"], "complete")
        self.assertEqual(self.manifest(base)["parts"]["lgn"]["state"], "unfinished")
        self.assertIn("exists", self.do("build", "tiny", "-o", base, "--only", "v1", code=CONFIGURATION))
        self.build("net", "--only", "lgn")
        self.build("net", "--only", "bkg")
        self.assertEqual(self.hashes(base), self.hashes(whole))

    def test_pipeline_builds_again(self):
        base = self.folder / "tiny"
        command = [STRIATE, "build", "tiny", "-q", "-o", base]
        renames = self.killer.count(*command)
        for number in (50, renames):  # at the last one all files have their names
            shutil.rmtree(base)
            self.assertTrue(self.killer.kill_at(number, *command))
            self.do("pipeline", base / "bkg/bkg_spikes_250Hz_3s.h5", "-q")
            self.do("check", base)

    def test_simulations_that_may_not_overwrite(self):
        network = SmallNetwork(self.folder)
        network.config["output"]["overwrite_output_dir"] = False
        network.config["reports"] = {"v": {"module": "multimeter_report", "cells": "cells", "variable_name": "V_m"}}
        config = self.folder / "config.json"
        config.write_text(json.dumps(network.config))
        output = self.folder / "output"
        command = [STRIATE, "simulate", "-q", config]
        renames = self.killer.count(*command)
        wanted = {name: h5_contents(output / name) for name in ("spikes.h5", "v.h5")}
        self.do("simulate", "-q", config, code=CONFIGURATION)
        for number in range(1, renames + 1):
            with self.subTest(rename=number):
                shutil.rmtree(output)
                self.assertTrue(self.killer.kill_at(number, *command))
                self.do("simulate", "-q", config)
                self.assertEqual({name: h5_contents(output / name) for name in wanted}, wanted)


class OriginTest(GenerationsTest):
    def test_results_say_what_they_were_made_with(self):
        base = self.build("net")
        run_id = self.manifest(base)["run_id"]
        self.do("background", base, "-q")
        self.do("lgn", "-q", base / "configs/config_filternet.json")
        config = json.loads((base / "configs/config_bkg.json").read_text())
        config["reports"] = {"v": {"module": "multimeter_report", "cells": "v1", "variable_name": "V_m"}}
        config["run"]["duration"] = 100.0
        file = base / "configs/config_short.json"
        file.write_text(json.dumps(config))
        outputs = {ranks: self.folder / f"on_{ranks}" for ranks in (None, 2, 3)}
        for ranks, output in outputs.items():
            self.do("simulate", "-q", file, "-o", output, ranks=ranks)
            self.assertEqual(h5_contents(output / "spikes.h5"), h5_contents(outputs[None] / "spikes.h5"))
            record = json.loads((output / "provenance.json").read_text())
            self.assertEqual(record["ranks"], ranks or 1)
            self.assertEqual(record["network"], run_id)
            self.assertEqual(record["state"], "complete")
            self.assertIn(str(output), record["command"])
            self.assertEqual(record["files"], ["v.h5", "spikes.h5", "spikes.csv", "config_short.json"])
        memory = self.folder / "in_memory"
        self.do("simulate", "-q", "--network", "tiny", file, "-o", memory)
        self.assertEqual(h5_contents(memory / "spikes.h5"), h5_contents(outputs[None] / "spikes.h5"))
        for path in (base / "bkg/bkg_spikes_250Hz_3s.h5", base / "filternet/spikes.h5", outputs[None] / "spikes.h5",
                     outputs[None] / "v.h5"):
            with h5py.File(path) as h5:
                self.assertEqual(h5.attrs["striate_run_id"], run_id, path)
                self.assertEqual(len(h5.attrs["striate_config"]), 32)
                self.assertIn("striate_seed", h5.attrs)
        self.assertEqual(json.loads((base / "filternet/provenance.json").read_text())["network"], run_id)


if __name__ == "__main__":
    unittest.main()
