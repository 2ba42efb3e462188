# SPDX-License-Identifier: BSD-3-Clause
"""What the end-to-end tests share: running the built program, the reference network, small networks made here.

ctest sets STRIATE (the program), STRIATE_MPIEXEC, STRIATE_BUILD (build folder), STRIATE_CMAKE, and PYTHONPATH
(the folder above this package; the tests stand in rooms beside it).
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error} (install python3-h5py and python3-numpy)")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[3]
TINY = ROOT / "tests/data/tiny"
DT = 0.25  # ms, of the reference network
STRIATE = os.environ["STRIATE"]
MPIEXEC = os.environ["STRIATE_MPIEXEC"]
# There may be more ranks than cores. What is one MPI's others pass over.
os.environ.update(OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_hwloc_base_binding_policy="none",
                  MPIR_CVAR_POLLS_BEFORE_YIELD="1")


def launcher(ranks):
    """The words before the program that start so many ranks of it."""
    return [MPIEXEC, "-n", str(ranks)]


def run(*arguments, ranks=None, program=STRIATE, cwd=None, timeout=300):
    """Runs `striate ARGUMENTS`, under mpirun unless `ranks` is None."""
    command = [str(program), *map(str, arguments)]
    if ranks is not None:
        command = [*launcher(ranks), *command]
    return subprocess.run(command, cwd=cwd, timeout=timeout, text=True, capture_output=True)


def tiny_config(name="plain"):
    """config_NAME.json of the reference network, its paths absolute so that a changed copy can live anywhere."""
    config = json.loads((TINY / f"configs/config_{name}.json").read_text())
    config["manifest"]["$BASE_DIR"] = str(TINY)
    return config


def expected_csv(name):
    return gzip.decompress((TINY / f"expected/spikes_{name}.csv.gz").read_bytes())


def spikes_of_csv(text):
    """The set of (node id, step)."""
    rows = [line.split() for line in text.decode().splitlines()[1:]]
    return {(int(node), round(float(time) / DT)) for time, _, node in rows}


def spikes_of_h5(path, population="v1"):
    """Lists of times and node ids as stored."""
    with h5py.File(path) as file:
        group = file["spikes"][population]
        return group["timestamps"][:], group["node_ids"][:]


def h5_contents(path):
    """Everything a reader can see: names, types, attributes, data."""
    contents = {}

    def visit(name, item):
        attributes = {key: np.asarray(value).tobytes() for key, value in item.attrs.items()}
        data = (str(item.dtype), item.shape, item[...].tobytes()) if isinstance(item, h5py.Dataset) else None
        contents[name] = (attributes, data)

    with h5py.File(path) as file:
        file.visititems(visit)
        contents["/"] = ({key: np.asarray(value).tobytes() for key, value in file.attrs.items()}, None)
    return contents


class StriateTest(unittest.TestCase):
    """Has an empty folder per test, `self.folder`."""

    @classmethod
    def folder_of_all(cls):
        """An empty folder that the tests of a class share; for setUpClass()."""
        folder = Path(tempfile.mkdtemp(prefix="striate_e2e_"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder

    @classmethod
    def tiny_run_of_all(cls):
        """A folder with `tiny` as n, its stimuli and one run, for setUpClass()."""
        folder = cls.folder_of_all()
        for command in (["build", "tiny", "-q", "-o", "n"], ["lgn", "n/configs/config_filternet.json", "-q"],
                        ["background", "n", "-q"], ["simulate", "n/configs/config_plain.json", "-q"]):
            result = run(*command, cwd=folder)
            assert result.returncode == 0, result.stderr
        return folder

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="striate_e2e_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def do(self, *arguments, ranks=None):
        """Runs a command; fails the test unless that succeeds."""
        result = run(*arguments, ranks=ranks)
        self.assertEqual(result.returncode, 0, f"{arguments}:\n{result.stdout}{result.stderr}")
        return result

    def refuse(self, code, text, *arguments):
        """Runs a command that must end with this exit code and say so."""
        result = run(*arguments)
        self.assertEqual(result.returncode, code, f"{arguments}:\n{result.stdout}{result.stderr}")
        self.assertIn(text, result.stderr)

    def simulate(self, config, *options, ranks=None, output=None, program=STRIATE):
        """Runs a config (a dict or a file) into `self.folder/output`; fails the test unless that succeeds."""
        if isinstance(config, dict):
            file = self.folder / "config.json"
            file.write_text(json.dumps(config))
        else:
            file = config
        output = self.folder / (output or "output")
        result = run("simulate", file, "-o", output, *options, ranks=ranks, program=program)
        self.assertEqual(result.returncode, 0, f"{ranks} ranks:\n{result.stdout}{result.stderr}")
        return output


CELL = dict(V_m=-75.0, E_L=-75.0, V_th=-50.0, V_reset=-75.0, g=8.0, C_m=60.0, t_ref=2.0, asc_init=[0.0, 0.0],
            asc_decay=[0.1, 0.3], asc_amps=[-50.0, 20.0], spike_dependent_threshold=False, after_spike_currents=True,
            adapting_threshold=False, tau_syn_fast=[2.0], tau_syn_slow=[5.0], amp_slow=[0.3])


class SmallNetwork:
    """A few GLIF3 neurons ("cells") and virtual nodes ("inputs"), all sources to all targets, in a folder.

    Each cell gets `recurrent` pA from every cell and `driven` pA from every input, 1 ms later. `config` is a complete
    simulation that a test may change before writing it.
    """

    def __init__(self, folder, cells=3, inputs=2, recurrent=20.0, driven=900.0, duration=100.0):
        self.folder = Path(folder)
        for name, text in (("cell.json", CELL), ("port1.json", {"receptor_type": 1})):
            (self.folder / name).write_text(json.dumps(text))
        self._nodes("cells", cells, "point_process nest:glif_psc_double_alpha cell.json")
        self._nodes("inputs", inputs, "virtual NULL NULL")
        self.edges("cells", cells, cells, recurrent)
        self.edges("inputs", inputs, cells, driven)
        self.spikes("inputs", [(10.0 + 20.0 * i, node) for node in range(inputs) for i in range(4)])
        self.config = {
            "run": {"duration": duration, "dt": DT},
            "inputs": {"drive": {"input_type": "spikes", "module": "h5", "input_file": str(self.folder / "inputs_spikes.h5"),
                                 "node_set": "inputs"}},
            "output": {"output_dir": str(self.folder / "output"), "log_file": "log.txt", "spikes_file": "spikes.h5",
                       "spikes_file_csv": "spikes.csv"},
            "components": {"point_neuron_models_dir": str(self.folder), "synaptic_models_dir": str(self.folder)},
            "networks": {
                "nodes": [self._entry("nodes", "node", name) for name in ("cells", "inputs")],
                "edges": [self._entry("edges", "edge", f"{name}_cells") for name in ("cells", "inputs")],
            },
        }

    def _entry(self, kind, singular, name):
        return {f"{kind}_file": str(self.folder / f"{name}_{kind}.h5"),
                f"{singular}_types_file": str(self.folder / f"{name}_{singular}_types.csv")}

    def _nodes(self, name, count, model):
        with h5py.File(self.folder / f"{name}_nodes.h5", "w") as file:
            group = file.create_group(f"nodes/{name}")
            group["node_id"] = np.arange(count, dtype=np.uint64)
            group["node_type_id"] = np.full(count, 7, np.uint64)
            group["node_group_id"] = np.zeros(count, np.uint32)
            group["node_group_index"] = np.arange(count, dtype=np.uint64)
            group.create_group("0")
        (self.folder / f"{name}_node_types.csv").write_text(
            f"node_type_id model_type model_template dynamics_params\n7 {model}\n")

    def edges(self, source, sources, targets, weight, target="cells"):
        """All to all; (re)writes the file."""
        pairs = [(s, t) for t in range(targets) for s in range(sources)]
        with h5py.File(self.folder / f"{source}_{target}_edges.h5", "w") as file:
            group = file.create_group(f"edges/{source}_to_{target}")
            for dataset, column, population in (("source_node_id", 0, source), ("target_node_id", 1, target)):
                group[dataset] = np.array([pair[column] for pair in pairs], np.uint64)
                group[dataset].attrs["node_population"] = population
            group["edge_type_id"] = np.full(len(pairs), 3, np.uint32)
            group["edge_group_id"] = np.zeros(len(pairs), np.uint16)
            group["edge_group_index"] = np.arange(len(pairs), dtype=np.uint32)
            group["0/syn_weight"] = np.full(len(pairs), weight)
        (self.folder / f"{source}_{target}_edge_types.csv").write_text(
            "edge_type_id model_template dynamics_params delay\n3 static_synapse port1.json 1.0\n")

    def spikes(self, population, events):
        """events: (time ms, node id)."""
        with h5py.File(self.folder / f"{population}_spikes.h5", "w") as file:
            group = file.create_group(f"spikes/{population}")
            group["timestamps"] = np.array([time for time, _ in events], float)
            group["timestamps"].attrs["units"] = "ms"
            group["node_ids"] = np.array([node for _, node in events], np.uint64)
