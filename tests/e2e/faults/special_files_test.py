# SPDX-License-Identifier: BSD-3-Clause
"""Outputs that lead elsewhere: links, FIFOs, devices, folders, sockets, and inputs. Each output of each command is tried:
results go through links, into FIFOs and devices in place, and never over an input, a folder or a socket."""
import json
import os
import shutil
import socket
import stat
import subprocess
import threading
import unittest

from support import STRIATE, SmallNetwork, StriateTest, run

IO_ERROR, CONFIGURATION = 74, 78
NULL, FULL = 3, 7  # devices of Linux's memory driver


def device(path, minor):
    """A node of the test's own, never the machine's. False where that takes more rights than there are."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, minor))
        open(path, "wb").close()
        return True
    except PermissionError:
        return False


class Reader(threading.Thread):
    """Reads a FIFO to its end."""

    def __init__(self, path):
        super().__init__(daemon=True)
        os.mkfifo(path)
        self.path, self.bytes = path, b""
        self.start()

    def run(self):
        with open(self.path, "rb") as file:
            self.bytes = file.read()


class OutputCase(StriateTest):
    def attempt(self, output, command, place, code=0, **options):
        """Runs the command with `place` having been made where the output goes."""
        if output.is_dir() and not output.is_symlink():
            shutil.rmtree(output)
        else:
            output.unlink(missing_ok=True)
        output.parent.mkdir(parents=True, exist_ok=True)
        made = place(output)
        result = run(*command, **options)
        self.assertEqual(result.returncode, code, f"{output} as {place.__name__}:\n{result.stdout}{result.stderr}")
        if code:
            self.assertEqual(result.stderr.count("error: "), 1, result.stderr)
        return made

    def try_output(self, output, command, inputs=(), same=True):
        """`inputs`: files that the command reads; `same`: the same bytes come each time."""
        other = self.folder / "elsewhere" / output.name
        other.parent.mkdir(exist_ok=True)
        other.unlink(missing_ok=True)

        def link(path):
            path.symlink_to(other)

        def folder(path):
            path.mkdir()

        def unix_socket(path):
            with socket.socket(socket.AF_UNIX) as each:
                here = os.getcwd()
                os.chdir(path.parent)  # names of sockets are short
                each.bind(path.name)
                os.chdir(here)

        def null_device(path):
            return device(path, NULL)

        def full_device(path):
            return device(path, FULL)

        with self.subTest(output=str(output.relative_to(self.folder))):
            for _ in range(2):  # leads to nothing, leads to a file
                self.attempt(output, command, link)
                self.assertTrue(output.is_symlink())
                self.assertGreater(other.stat().st_size, 0)
            contents = other.read_bytes()
            reader = self.attempt(output, command, Reader)
            reader.join(timeout=20)
            self.assertTrue(stat.S_ISFIFO(output.lstat().st_mode))
            if same:
                self.assertEqual(reader.bytes, contents)
            else:
                self.assertGreater(len(reader.bytes), 0)
            if self.attempt(output, command, null_device):
                self.assertTrue(stat.S_ISCHR(output.lstat().st_mode))
                self.attempt(output, command, full_device, code=IO_ERROR)
                self.assertTrue(stat.S_ISCHR(output.lstat().st_mode))
            for place in (folder, unix_socket):
                self.attempt(output, command, place, code=CONFIGURATION)
            for file in inputs:
                before = file.read_bytes()

                def link_to_input(path):
                    path.symlink_to(file)

                def link_behind_new_folder(path):
                    path.symlink_to(path.parent / "not_there_yet/.." / os.path.relpath(file, path.parent))

                for place in (link_to_input, link_behind_new_folder):
                    self.attempt(output, command, place, code=CONFIGURATION)
                    self.assertEqual(file.read_bytes(), before, file)

            def nothing(path):
                pass

            self.attempt(output, command, nothing)  # and removes what failed runs left
            self.assertFalse(output.is_symlink())
            self.assertEqual(sorted(self.folder.rglob("*.incomplete")), [])


class SimulateTest(OutputCase):
    def test_each_output(self):
        network = SmallNetwork(self.folder)
        network.config["reports"] = {"v": {"module": "multimeter_report", "cells": {"population": "cells"}, "variable_name": "V_m"}}
        config = self.folder / "run.json"
        config.write_text(json.dumps(network.config))
        command = ["simulate", config, "--timings", self.folder / "times.json"]
        inputs = [self.folder / name for name in ("cell.json", "port1.json", "cells_cells_edges.h5", "cells_node_types.csv",
                                                  "inputs_spikes.h5", "run.json")]
        for name, same in (("spikes.h5", True), ("spikes.csv", True), ("v.h5", True), ("run.json", True), ("log.txt", False)):
            # A copy of the configuration that would be the configuration itself is not written.
            self.try_output(self.folder / "output" / name, command, inputs[:-1] if name == "run.json" else inputs, same)
        self.try_output(self.folder / "times.json", command, inputs, same=False)

    def test_outputs_named_like_inputs(self):
        """By a path through a folder that is still to be made, from which a link leads on; by a hard link."""
        network = SmallNetwork(self.folder)
        (self.folder / "models").symlink_to(self.folder)
        os.link(self.folder / "cells_cells_edges.h5", self.folder / "edges_by_another_name.h5")
        for name in ("../cell.json", "../models/cell.json", "deep/er/../../../models/models/inputs_spikes.h5",
                     "../edges_by_another_name.h5"):
            for key in ("spikes_file", "spikes_file_csv", "log_file"):
                network.config["output"] = {"output_dir": str(self.folder / "output"), "spikes_file": "spikes.h5", key: name}
                (self.folder / "run.json").write_text(json.dumps(network.config))
                before = {path: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
                for ranks in (None, 2):
                    result = run("simulate", self.folder / "run.json", ranks=ranks, timeout=60)
                    self.assertEqual(result.returncode, CONFIGURATION, f"{key} = {name}: {result.stderr}")
                    self.assertIn("would overwrite", result.stderr)
                self.assertEqual({path: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}, before)
                self.assertFalse((self.folder / "output").exists())

    def test_standard_output(self):
        """As a file, where what follows is kept, and as a pipe; process substitution."""
        network = SmallNetwork(self.folder)
        config = self.folder / "run.json"
        config.write_text(json.dumps(network.config))
        result = subprocess.run([STRIATE, "simulate", config, "--timings", "/dev/stdout"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["neurons"], 3)
        script = f"""set -e; echo before; '{STRIATE}' simulate '{config}' --timings /dev/stdout; echo after"""
        with open(self.folder / "out.txt", "w") as out:
            subprocess.run(["bash", "-c", script], stdout=out, stderr=subprocess.DEVNULL, check=True)
        lines = (self.folder / "out.txt").read_text().splitlines()
        self.assertEqual((lines[0], lines[-1]), ("before", "after"))
        self.assertEqual(json.loads("\n".join(lines[1:-1]))["neurons"], 3)
        script = f"""'{STRIATE}' simulate '{config}' --timings >(cat > '{self.folder}/copy.json') && sleep 0.3"""
        subprocess.run(["bash", "-c", script], stderr=subprocess.DEVNULL, check=True)
        self.assertEqual(json.loads((self.folder / "copy.json").read_text())["neurons"], 3)


class NetworkTest(OutputCase):
    """Commands that work on a network directory: one is built for all, and copied for each."""

    @classmethod
    def setUpClass(cls):
        cls.made = cls.tiny_run_of_all()

    def setUp(self):
        super().setUp()
        self.base = self.folder / "n"
        shutil.copytree(self.made / "n", self.base)
        self.inputs = [self.base / "network" / name for name in ("v1_nodes.h5", "v1_node_types.csv")]

    def test_build(self):
        description = self.folder / "own.yaml"
        description.write_text("extends: tiny\nsize: {radius_um: 40, core_radius_um: 20}\n")
        command = ["build", description, "-q", "-o", self.folder / "b", "--force"]
        for name in ("network/v1_nodes.h5", "network/v1_v1_edges.h5", "network/lgn_node_types.csv", "configs/config_plain.json"):
            self.try_output(self.folder / "b" / name, command, [description])

    def test_lgn(self):
        config = json.loads((self.base / "configs/config_filternet.json").read_text())
        config["output"].update(rates_h5="rates.h5", rates_csv="rates.csv", spikes_h5="spikes.h5", spikes_csv="spikes.csv")
        config["run"]["tstop"] = 100.0
        config["inputs"]["LGN_spikes"]["gray_screen_dur"] = 20.0
        file = self.base / "configs/config_filternet.json"
        file.write_text(json.dumps(config))
        out = self.folder / "out"
        inputs = [file, self.base / "network/lgn_nodes.h5", self.base / "network/lgn_node_types.csv"]
        for name in ("rates.h5", "rates.csv", "spikes.h5", "spikes.csv"):
            self.try_output(out / name, ["lgn", file, "-q", "-o", out], inputs)

    def test_background(self):
        for more in ([], ["--layout", "gids"]):
            self.try_output(self.folder / "out/bkg/bkg_spikes_50Hz_1s.h5",
                            ["background", self.base, "-q", "-o", self.folder / "out", "--rate", "50", "--duration", "1", *more],
                            [self.base / "network/bkg_nodes.h5"])

    def test_images(self):
        self.try_output(self.folder / "images.h5", ["images", self.folder / "images.h5", "--count", "2", "-q", "--force"])

    def test_tables(self):
        out = self.folder / "out"
        for name in ("rates_plain.csv", "rates_by_type_plain.csv", "rates_plain.csv.provenance.json"):
            self.try_output(out / name, ["metrics", "rates", self.base, "plain", "-q", "-o", out], self.inputs[:1])

    def test_pictures_and_pages(self):
        if shutil.which("gnuplot") is None:
            self.skipTest("gnuplot is not installed")
        for name in ("a.png", "a.svg", "a.pdf"):
            self.try_output(self.folder / name, ["plot", "raster", self.base, "-q", "-o", self.folder / name], self.inputs,
                            same=False)
        self.try_output(self.folder / "page.html", ["report", self.base, "plain", "-q", "-o", self.folder / "page.html"],
                        self.inputs, same=False)

    def test_node_sets(self):
        command = ["nodesets", "celltypes", self.base, "-q"]
        result = run(*command)
        self.assertEqual(result.returncode, 0, result.stderr)
        file = sorted((self.base / "node_sets").glob("*.json"))[0]
        self.try_output(file, command, self.inputs)

    def test_trials(self):
        command = ["trials", "8dir_10trials", self.base, "plain", "-q", "--only", "angle=0", "--only", "trial=0"]
        result = run(*command)
        self.assertEqual(result.returncode, 0, result.stderr)
        file = sorted((self.base / "configs/8dir_10trials_plain").glob("*.json"))[0]
        self.try_output(file, command, self.inputs)

    def test_plan(self):
        """GNU make reads it again: it must be a file."""
        plan, target = self.folder / "plan.mk", self.base / "metrics/rates_plain.csv"
        command = ["pipeline", target, "-q", "--keep-plan", plan]
        table = (self.base / "network/v1_node_types.csv").read_bytes()
        for kind, code in (("link", 0), ("fifo", CONFIGURATION), ("folder", CONFIGURATION), ("input", CONFIGURATION)):
            target.unlink(missing_ok=True)
            if kind == "link":
                plan.symlink_to(self.folder / "elsewhere.mk")
            elif kind == "fifo":
                os.mkfifo(plan)
            elif kind == "folder":
                plan.mkdir()
            else:
                plan.symlink_to(self.inputs[1])
            result = run(*command, timeout=60)
            self.assertEqual(result.returncode, code, f"{kind}: {result.stderr}")
            plan.rmdir() if kind == "folder" else plan.unlink()
        self.assertGreater((self.folder / "elsewhere.mk").stat().st_size, 0)
        self.assertEqual((self.base / "network/v1_node_types.csv").read_bytes(), table)


if __name__ == "__main__":
    unittest.main(verbosity=2)
