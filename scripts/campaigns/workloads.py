# SPDX-License-Identifier: BSD-3-Clause
"""Commands that a campaign disturbs: what each needs, how it is called and called again, and what it must leave."""
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests/data/tiny"
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                   OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_mpi_yield_when_idle="1",
                   OMPI_MCA_hwloc_base_binding_policy="none", OMPI_MCA_btl_vader_single_copy_mechanism="none")
PARADIGM = """\
description: two directions
duration_ms: 600
trials:
  - angle: [0, 90]
    trial: 0..1
trial_name: angle{angle}_trial{trial}
lgn:
  template: config_filternet.json
  folder: filternet_small
  stimulus: {theta: "{angle}.0", trial: "{trial}"}
background: {folder: bkg_small, file: "{name}/bkg_spikes_250Hz_3s.h5", rate_hz: 250, seed: 5}
runs: 8dir_10trials_{option}
tables: metrics
windows: {evoked: "(500, 600]", spontaneous: "(100, 500]"}
metrics: [odsi]
"""
# What tells about a run and not about its result, or stands for an unfinished one.
PASSING = ("provenance.json", "provenance.txt", "held_out.csv", "manifest.json", "checkpoint.h5", "checkpoint_before.h5",
           "pipeline.mk", "timings.json")


def launch(program, arguments, ranks):
    return ([*(["mpirun", "-n", str(ranks)] if ranks > 1 else []), str(program), *map(str, arguments)])


def digest(path, place):
    """Of what a reader can see: HDF5 by names, types, attributes and data, all else by bytes, wherever its `place` is."""
    sha = hashlib.sha256()
    if path.suffix != ".h5":
        sha.update(path.read_bytes().replace(str(place).encode(), b""))
        return sha.hexdigest()

    def add(name, item):
        sha.update(name.encode())
        for key in sorted(item.attrs):
            sha.update(key.encode() + np.asarray(item.attrs[key]).astype("S").tobytes())
        if isinstance(item, h5py.Dataset):
            sha.update(f"{item.dtype} {item.shape}".encode() + item[...].tobytes())

    with h5py.File(path, "r") as file:
        add("/", file)
        file.visititems(add)
    return sha.hexdigest()


def contents(folder):
    """{name: digest} of results under their final names; a damaged file has its error as digest."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        passing = path.name in PASSING or path.name.startswith((".", "log")) or path.name.endswith((".incomplete", ".lock"))
        if path.is_symlink() or not path.is_file() or passing or {"logs", "state"} & set(name.parts):
            continue
        try:
            found[str(name)] = digest(path, folder.parent)
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            found[str(name)] = f"damaged: {error}"
    return found


def leftovers(folder):
    return [str(path.relative_to(folder)) for path in folder.rglob("*.incomplete*")]


class Workload:
    """`folder` is this run's own; `kit` holds what all runs share and none may change."""
    name = ""
    most_ranks = 4
    calls_others = False  # it ends with a code of its own when one of them fails
    is_network = False  # `striate check` tells of a mixture of an old network and a new one

    def prepare(self, kit, folder):
        """What stands there before the run."""

    def results(self, folder):
        return folder / "out"

    def arguments(self, kit, folder):
        raise NotImplementedError

    def again(self, kit, folder):
        return self.arguments(kit, folder)

    def is_finished(self, code, text):
        """Whether the second call may refuse like this, because the first had done everything."""
        return False


class Build(Workload):
    name = "build"

    def arguments(self, kit, folder):
        return ["build", kit.spec, "-q", "-o", self.results(folder)]

    def is_finished(self, code, text):
        return code == 78 and "--force" in text


class Rebuild(Workload):
    """Over a network of another seed."""
    name, is_network = "build --force", True

    def prepare(self, kit, folder):
        shutil.copytree(kit.network, self.results(folder), dirs_exist_ok=True)

    def arguments(self, kit, folder):
        return ["build", kit.spec, "-q", "-o", self.results(folder), "--seed", "77", "--force"]


class Simulate(Workload):
    name = "simulate"
    config, duration, options, resumes = "plain", 20000.0, (), False

    def configs(self, kit, folder):
        config = json.loads((REFERENCE / f"configs/config_{self.config}.json").read_text())
        config["manifest"]["$BASE_DIR"] = str(REFERENCE)
        config["run"]["duration"] = self.duration
        return {"config.json": (config, "out")}

    def prepare(self, kit, folder):
        for name, (config, output) in self.configs(kit, folder).items():
            config["manifest"].pop("$OUTPUT_DIR", None)
            config["output"]["output_dir"] = str(folder / output)
            (folder / name).write_text(json.dumps(config))

    def arguments(self, kit, folder):
        return ["simulate", *(folder / name for name in self.configs(kit, folder)), "-q", *self.options]

    def again(self, kit, folder):
        resume = self.resumes and any(self.results(folder).rglob("checkpoint*.h5"))
        return [*self.arguments(kit, folder), *(["--resume"] if resume else [])]


class SimulateReports(Simulate):
    name, config, duration = "simulate, reports", "report", 20000.0


class SimulateOver(Simulate):
    """Over results of another run, which must stay until the new ones are complete."""
    name = "simulate, old results"

    def prepare(self, kit, folder):
        super().prepare(kit, folder)
        shutil.copytree(kit.old_output, folder / "out", dirs_exist_ok=True)


class SimulateCheckpoints(Simulate):
    name, config, duration = "simulate, checkpoints", "report", 8000.0
    options, resumes = ("--checkpoint-every", "1000ms"), True


class SimulateSeveral(Simulate):
    name, duration = "simulate, 3 configs", 8000.0

    def configs(self, kit, folder):
        config = super().configs(kit, folder)["config.json"][0]
        several = {}
        for i in range(3):
            several[f"config{i}.json"] = (json.loads(json.dumps(config)), f"out/{i}")
            several[f"config{i}.json"][0]["run"]["duration"] = self.duration + 100 * i
        return several


class Lgn(Workload):
    name = "lgn"

    def arguments(self, kit, folder):
        return ["lgn", kit.network / "configs/config_filternet.json", "-q", "-o", self.results(folder)]


class Background(Workload):
    name = "background"

    def arguments(self, kit, folder):
        return ["background", kit.network, "-q", "-o", self.results(folder)]


class Train(Workload):
    name, is_network = "train", True

    def prepare(self, kit, folder):
        shutil.copytree(kit.network, self.results(folder), dirs_exist_ok=True)

    def arguments(self, kit, folder):
        return ["train", self.results(folder), "--suffix", "x", "-q", "--epochs", "1", "--steps", "4", "--trials", "1",
                "--checkpoint-every", "1"]

    def again(self, kit, folder):
        resume = any((self.results(folder) / "training/x").glob("checkpoint*.h5"))
        return [*self.arguments(kit, folder), *(["--resume"] if resume else [])]

    def is_finished(self, code, text):
        return code == 78 and "--force" in text


class Metrics(Workload):
    name = "metrics"

    def arguments(self, kit, folder):
        return ["metrics", "odsi", kit.trials, "plain", "-q", "-o", self.results(folder), "--paradigm",
                kit.trials / "configs/paradigms/small.yaml"]


class Pipeline(Workload):
    name, most_ranks, calls_others = "pipeline", 1, True

    def prepare(self, kit, folder):
        shutil.copytree(kit.unrun, self.results(folder), dirs_exist_ok=True, copy_function=shutil.copy2)

    def arguments(self, kit, folder):
        return ["pipeline", self.results(folder) / "metrics/OSI_DSI_DF_plain.csv", "-j", "2"]


WORKLOADS = [Build(), Rebuild(), Simulate(), SimulateReports(), SimulateOver(), SimulateCheckpoints(), SimulateSeveral(),
             Lgn(), Background(), Train(), Metrics(), Pipeline()]


class Kit:
    """Inputs of all workloads, made once."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.spec = "tiny"
        self.network, self.unrun, self.trials, self.old_output = (folder / name for name in ("network", "unrun", "trials", "old"))
        if (folder / "complete").exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.run("build", self.spec, "-q", "-o", self.network)
        self.shorten("config_filternet.json", "config_plain.json")
        shutil.copytree(self.network, self.unrun)
        (self.unrun / "configs/paradigms").mkdir(exist_ok=True)
        (self.unrun / "configs/paradigms/small.yaml").write_text(PARADIGM)
        shutil.copytree(self.unrun, self.trials, copy_function=shutil.copy2)
        self.run("pipeline", self.trials / "metrics/OSI_DSI_DF_plain.csv")
        old = SimulateOver()
        Simulate.prepare(old, self, folder)
        config = json.loads((folder / "config.json").read_text())
        config["run"]["duration"] = 500.0
        (folder / "config.json").write_text(json.dumps(config))
        self.run("simulate", folder / "config.json", "-q", "-o", self.old_output)
        (folder / "complete").touch()

    def shorten(self, *names):
        for name in names:
            file = self.network / "configs" / name
            config = json.loads(file.read_text())
            config["run"]["duration" if "duration" in config["run"] else "tstop"] = 600.0
            file.write_text(json.dumps(config))

    def run(self, *arguments):
        result = subprocess.run(launch(self.program, arguments, 1), env=ENVIRONMENT, text=True, capture_output=True)
        if result.returncode != 0:
            raise SystemExit(f"striate {' '.join(map(str, arguments))} fails undisturbed:\n{result.stdout}{result.stderr}")
