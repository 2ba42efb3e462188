# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of `striate pipeline` share: a network built once, runs of 600 ms, a paradigm of two directions."""
import json
import shutil
import tempfile
from pathlib import Path

from support import StriateTest, run


def small_paradigm(trials="0..1", metrics="odsi"):
    """YAML; its name is that of its file."""
    return f"""\
description: two directions
duration_ms: 600
trials:
  - angle: [0, 90]
    trial: {trials}
trial_name: angle{{angle}}_trial{{trial}}
lgn:
  template: config_filternet.json
  folder: filternet_small
  stimulus: {{theta: "{{angle}}.0", trial: "{{trial}}"}}
background: {{folder: bkg_small, file: "{{name}}/bkg_spikes_250Hz_3s.h5", rate_hz: 250, seed: 5}}
runs: 8dir_10trials_{{option}}
tables: metrics
windows: {{evoked: "(500, 600]", spontaneous: "(100, 500]"}}
metrics: [{metrics}]
"""


class TinyPipelineTest(StriateTest):
    network = None  # built once for each class
    shortened = ("config_plain.json", "config_filternet.json")  # to 600 ms

    @classmethod
    def tearDownClass(cls):
        if cls.network is not None:
            shutil.rmtree(cls.network.parent, ignore_errors=True)

    def pipeline(self, *arguments, code=0, **options):
        result = run("pipeline", *arguments, cwd=self.folder, **options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def with_network(self):
        """tiny in the test's folder, a copy that keeps the times of files."""
        if type(self).network is None:
            folder = Path(tempfile.mkdtemp(prefix="striate_e2e_"))
            self.assertEqual(run("build", "tiny", "-q", cwd=folder).returncode, 0)
            type(self).network = folder / "tiny"
        base = self.folder / "tiny"
        shutil.copytree(self.network, base, copy_function=shutil.copy2)
        for name in self.shortened:
            file = base / "configs" / name
            config = json.loads(file.read_text())
            config["run"]["duration" if "duration" in config["run"] else "tstop"] = 600.0
            file.write_text(json.dumps(config))
        return base
