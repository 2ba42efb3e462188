# SPDX-License-Identifier: BSD-3-Clause
"""Networks of a user's own: another sigma, Allen Cell Types files for cell models, an interrupted build, an installed
Striate with its own configs."""
import json
import os
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np

from support import StriateTest

# A neuron_config.json as the Allen Cell Types Database publishes it (SI units, relative to El_reference).
ALLEN = {
    "El_reference": -0.0745, "El": 0.0, "th_inf": 0.0265, "C": 1.1e-10, "R_input": 2.0e8, "spike_cut_length": 40,
    "dt": 5e-05, "asc_tau_array": [0.1, 0.0125], "asc_amp_array": [-2.0e-12, -4.0e-11],
    "coeffs": {"th_inf": 1.1, "C": 1.0, "G": 1.25, "asc_amp_array": [1.0, 0.5]},
}
# The same by hand: mV, pF, nS, ms, pA.
CONVERTED = {
    "E_L": -74.5, "V_reset": -74.5, "V_th": 1.1 * 26.5 - 74.5, "C_m": 110.0, "g": 6.25, "t_ref": 2.0,
    "asc_decay": [0.01, 0.08], "asc_amps": [-2.0, -20.0],
}
MODEL = 475585413


class BuildVariantsTest(StriateTest):
    def simulate(self, base):
        """Background of the network's own and a second of simulation; number of spikes."""
        self.do("check", base)
        self.do("background", base, "-q", "--rate", "250", "--duration", "1")
        config = json.loads((base / "configs/config_bkg.json").read_text())
        config["run"]["tstop"] = config["run"]["duration"] = 1000.0
        for entry in config["inputs"].values():
            entry["input_file"] = str(next((base / "bkg").glob("*.h5")))
        (base / "configs/config_bkg.json").write_text(json.dumps(config))
        self.do("simulate", "-q", base / "configs/config_bkg.json", "-o", self.folder / "out", ranks=2)
        with h5py.File(self.folder / "out/spikes.h5") as file:
            return len(file["spikes/v1/timestamps"])

    def test_sigma(self):
        reach = {}
        for sigma in (127.0, 40.0):
            (self.folder / "mine.yaml").write_text(
                f"extends: tiny\nsize: {{radius_um: 200}}\nrecurrent: {{lateral_sigma_um: {{e: {{e: {sigma}}}}}}}\n")
            base = self.folder / f"net_{sigma}"
            self.do("build", self.folder / "mine.yaml", "-q", "-o", base)
            with h5py.File(base / "network/v1_nodes.h5") as file:
                x, z = file["nodes/v1/0/x"][()], file["nodes/v1/0/z"][()]
                types = file["nodes/v1/node_type_id"][()]
            lines = [line.split() for line in (base / "network/v1_node_types.csv").read_text().splitlines()]
            name, identity = lines[0].index("pop_name"), lines[0].index("node_type_id")
            excitatory = np.isin(types, [int(row[identity]) for row in lines[1:] if row[name].startswith("e")])
            with h5py.File(base / "network/v1_v1_edges.h5") as file:
                group = file["edges/v1_to_v1"]
                a, b = group["source_node_id"][()].astype(int), group["target_node_id"][()].astype(int)
            both = excitatory[a] & excitatory[b]
            a, b = a[both], b[both]
            reach[sigma] = np.median(np.hypot(x[a] - x[b], z[a] - z[b]))
        self.assertLess(reach[40.0], 0.6 * reach[127.0])
        self.assertGreater(self.simulate(self.folder / "net_40.0"), 100)

    def test_cell_models(self):
        models = self.folder / "models"
        (models / str(MODEL)).mkdir(parents=True)
        (models / str(MODEL) / "neuron_config.json").write_text(json.dumps(ALLEN))
        result = self.do("build", "tiny", "--cell-models", models, "-o", self.folder / "net")
        self.assertIn("1 from your files", result.stdout + result.stderr)
        file = next((self.folder / "net/components/cell_models").glob(f"{MODEL}_*.json"))
        written = json.loads(file.read_text())
        for key, value in CONVERTED.items():
            np.testing.assert_allclose(written[key], value, rtol=1e-12, err_msg=key)
        self.assertGreater(self.simulate(self.folder / "net"), 100)

    def test_interrupted(self):
        base = self.folder / "net"
        environment = dict(os.environ)
        process = subprocess.Popen([environment["STRIATE"], "build", "core", "-q", "-o", str(base)], env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        def unfinished():
            return sorted(base.rglob("v1_v1_edges.h5.*.incomplete"))

        deadline = time.monotonic() + 60
        while not unfinished() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(len(unfinished()), 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertEqual([p for p in base.rglob("*") if p.suffix in (".h5", ".csv", ".json")], [])
        self.do("build", "tiny", "-q", "-o", base)  # what is left does not stand in the way
        self.do("check", base)
        self.assertEqual(unfinished(), [])

    def test_installed(self):
        prefix = self.folder / "prefix"
        subprocess.run([os.environ["STRIATE_CMAKE"], "--install", os.environ["STRIATE_BUILD"], "--prefix", prefix],
                       check=True, stdout=subprocess.DEVNULL)
        tiny = prefix / "share/striate/configs/networks/tiny.yaml"
        tiny.write_text(tiny.read_text() + "populations: {delete: [i1Htr3a]}\n")
        subprocess.run([prefix / "bin/striate", "build", "tiny", "-q", "-o", self.folder / "net"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertNotIn("i1Htr3a", (self.folder / "net/network/v1_node_types.csv").read_text())


if __name__ == "__main__":
    unittest.main()
