# SPDX-License-Identifier: BSD-3-Clause
"""Five cases where two parts of the program knew different things, with the old program and the new one.

usage: one_truth.py OLD NEW      exit code 1 unless the new one is right in all (the old one is only shown)
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

PARADIGM = """
description: gratings of two speeds, four directions
duration_ms: 1000
trials:
  - angle: [0, 90, 180, 270]
    trial: 0..1
trial_name: angle{angle}_trial{trial}
lgn:
  template: config_filternet.json
  folder: filternet_mine
  stimulus: {theta: "{angle}", trial: "{trial}"}
background: {folder: bkg_mine, file: "{name}.h5", rate_hz: 250, seed: 42}
runs: mine_{option}
metrics:
  - kind: odsi
    files: ["metrics/OSI_DSI_DF_{option}.csv"]
"""


class Net:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        self.base = self.folder / "tiny"

    def run(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True)

    def pipeline(self, target):
        """"made", "up to date" or what went wrong."""
        file = self.base / target
        before = file.stat().st_mtime_ns if file.exists() else 0
        done = self.run("pipeline", f"tiny/{target}")
        if done.returncode != 0:
            return f"code {done.returncode}: {done.stderr.strip().splitlines()[-1][:150]}"
        return "made" if file.stat().st_mtime_ns != before else "up to date"

    def config(self, name, change):
        config = json.loads((self.base / "configs/config_plain.json").read_text())
        config["output"]["output_dir"] = f"$BASE_DIR/output_{name}"
        change(config)
        (self.base / f"configs/config_{name}.json").write_text(json.dumps(config))

    def touch(self, file):
        now = time.time() + 2
        os.utime(self.base / file, (now, now))


def clamp_file(net):
    (net.base / "amps.csv").write_text("timestamps amps\n100.0 10.0\n200.0 0.0\n")
    net.config("clamp", lambda c: c["inputs"].__setitem__("clamp", {
        "input_type": "csv", "module": "IClamp", "node_set": {"population": "v1", "node_id": [1]}, "file": "$BASE_DIR/amps.csv"}))
    first = net.pipeline("output_clamp/spikes.h5")
    net.touch("amps.csv")
    return first, net.pipeline("output_clamp/spikes.h5"), "made"


def component(net):
    first = net.pipeline("output_plain/spikes.h5")
    net.touch(next((net.base / "components/cell_models").iterdir()).relative_to(net.base))
    return first, net.pipeline("output_plain/spikes.h5"), "made"


def child_circuit(net):
    def split(config):
        child = {"manifest": config["manifest"], "networks": config.pop("networks")}
        (net.base / "configs/circuit_child.json").write_text(json.dumps(child))
        config["network"] = "circuit_child.json"

    net.config("split", split)
    first = net.pipeline("output_split/spikes.h5")
    net.touch("network/v1_v1_edges.h5")
    return first, net.pipeline("output_split/spikes.h5"), "made"


def repeated_directory(net):
    net.config("twice", lambda c: c["output"].update(output_dir="tiny/output_twice", spikes_file="tiny/output_twice/spikes.h5"))
    return "", net.pipeline("output_twice/spikes.h5"), "made"


def own_paradigm(net):
    """Its table must come from its own eight runs, or be refused; the shipped paradigm's runs lie beside it."""
    (net.base / "configs/paradigms").mkdir(exist_ok=True)
    (net.base / "configs/paradigms/mine.yaml").write_text(PARADIGM)
    done = net.run("pipeline", "tiny/metrics/OSI_DSI_DF_plain.csv", "--paradigm", "tiny/configs/paradigms/mine.yaml", "--dry-run")
    if done.returncode != 0:
        return "", f"code {done.returncode}: {done.stderr.strip().splitlines()[-1][:150]}", "from mine_plain or refused"
    done = net.run("pipeline", "tiny/metrics/OSI_DSI_DF_plain.csv", "--paradigm", "tiny/configs/paradigms/mine.yaml")
    sidecar = net.base / "metrics/OSI_DSI_DF_plain.csv.provenance.json"
    text = sidecar.read_text() if sidecar.exists() else done.stderr.strip().splitlines()[-1][:150]
    return "", "from mine_plain" if "mine_plain" in text and "8dir_10trials_plain" not in text else f"from other runs ({text[:80]}…)", "from mine_plain"


CASES = {"clamp file edited": clamp_file, "file under components/ touched": component, "edges of a child configuration touched": child_circuit,
         "spikes_file that repeats output_dir": repeated_directory, "table of a user's paradigm": own_paradigm}


def main():
    wrong = 0
    for name, case in CASES.items():
        for label, program in (("old", sys.argv[1]), ("new", sys.argv[2])):
            with tempfile.TemporaryDirectory() as folder:
                net = Net(os.path.abspath(program), folder)
                if net.run("pipeline", "tiny/configs/config_plain.json").returncode != 0:
                    raise SystemExit("cannot build tiny")
                first, then, right = case(net)
            good = then == right or (right == "from mine_plain or refused" and then.startswith("code 78"))
            wrong += label == "new" and not good
            print(f"  {name}, {label}: {first + ', then ' if first else ''}{then}{'' if good else f' (should be: {right})'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
