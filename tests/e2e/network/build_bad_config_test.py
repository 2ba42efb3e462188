# SPDX-License-Identifier: BSD-3-Clause
"""Network configurations that cannot be built end with a message that names the place, and leave nothing behind.
With STRIATE_SHOW_MESSAGES=1 the messages are printed."""
import json
import os
import unittest

from support import StriateTest, run

# what is wrong: text of mine.yaml, parts of the message
CONFIGS = {
    "unknown key": ("extends: tiny\nsede: 3\n", ["mine.yaml:2", "sede", "seed"]),
    "duplicate key": ("extends: tiny\nseed: 3\nseed: 4\n", ["mine.yaml:3", "seed"]),
    "unknown parent": ("extends: tinny\n", ["tinny", "tiny"]),
    "parent file missing": ("extends: ./no.yaml\n", ["no.yaml"]),
    "extends itself": ("extends: mine.yaml\n", ["mine.yaml"]),
    "text for a number": ("extends: tiny\nseed: many\n", ["mine.yaml:2", "seed", "many"]),
    "negative seed": ("extends: tiny\nseed: -1\n", ["mine.yaml:2", "seed"]),
    "fractional seed": ("extends: tiny\nseed: 1.5\n", ["mine.yaml:2", "seed"]),
    "negative radius": ("extends: tiny\nsize: {radius_um: -5}\n", ["mine.yaml:2", "radius_um"]),
    "NaN radius": ("extends: tiny\nsize: {radius_um: .nan}\n", ["radius_um"]),
    "infinite radius": ("extends: tiny\nsize: {radius_um: .inf}\n", ["radius_um"]),
    "inner radius outside": ("extends: tiny\nsize: {inner_radius_um: 60}\n", ["radius_um", "60"]),
    "number for a map": ("extends: tiny\nsize: 5\n", ["mine.yaml:2", "size"]),
    "map for a number": ("extends: tiny\nseed: {a: 1}\n", ["mine.yaml:2", "seed"]),
    "aspect of zero": ("extends: tiny\nrecurrent: {lateral_aspect: 0}\n", ["lateral_aspect"]),
    "sigma of zero": ("extends: tiny\nrecurrent: {lateral_sigma_um: {e: {e: 0}}}\n", ["lateral_sigma_um"]),
    "negative orientation ratio": ("extends: tiny\nrecurrent: {orientation_ratio: {e: {e: -0.5}}}\n", ["orientation_ratio"]),
    "margin of a half": ("extends: tiny\nrecurrent: {quantile_margin: 0.5}\n", ["quantile_margin"]),
    "one tile number": ("extends: tiny\nlgn: {tiles: [3]}\n", ["tiles"]),
    "no tiles": ("extends: tiny\nlgn: {tiles: [3, 0]}\n", ["tiles"]),
    "negative LGN PSP": ("extends: tiny\nlgn: {psp_mV: -1}\n", ["psp_mV"]),
    "more connections than units": ("extends: tiny\nbackground: {units: 3, connections: 4}\n", ["connections"]),
    "no background units": ("extends: tiny\nbackground: {units: 0}\n", ["units"]),
    "unknown choice": ("extends: tiny\nsynapses: {unitary_psp: guessed}\n", ["unitary_psp", "reference", "computed"]),
    "word for a switch": ("extends: tiny\ncells: {fluctuate: perhaps}\n", ["fluctuate", "true"]),
    "deletes an unknown population": ("extends: tiny\npopulations: {delete: [e7]}\n", ["e7"]),
    "overrides an unknown population": ("extends: tiny\npopulations: {override: {e7: {count: 3}}}\n", ["e7"]),
    "overrides an unknown column": ("extends: tiny\npopulations: {override: {e5ET: {cuont: 3}}}\n", ["cuont"]),
    "table missing": ("extends: tiny\npopulations: {table: none.csv}\n", ["none.csv"]),
    "broken YAML": ("extends: [tiny\n", ["mine.yaml"]),
    "several problems": ("extends: tiny\nsede: 3\nsize: {radius_um: -5}\n", ["sede", "radius_um"]),
    "not a network": ("- 1\n- 2\n", ["mine.yaml"]),
}

OPTIONS = {
    "unknown network": (["no_such_network"], ["no_such_network", "tiny"]),
    "file missing": (["absent.yaml"], ["absent.yaml"]),
    "negative radius option": (["tiny", "--radius", "-1"], ["radius"]),
    "compression too high": (["tiny", "--compression", "10"], ["compression", "9"]),
    "unknown part": (["tiny", "--only", "retina"], ["retina", "lgn"]),
    "parts without their cells": (["tiny", "--only", "lgn"], ["v1_nodes.h5"]),
    "no folder of cell models": (["tiny", "--cell-models", "absent"], ["absent"]),
    "unknown option": (["tiny", "--fast"], ["fast"]),
}


def model_file(**changes):
    good = {"E_L": -70.0, "V_th": -50.0, "V_reset": -70.0, "g": 5.0, "C_m": 100.0, "t_ref": 3.0,
            "asc_decay": [0.1, 0.01], "asc_amps": [-10.0, -100.0]}
    return json.dumps({**good, **changes})


CELL_MODELS = {
    "cell model is not JSON": ("{", ["475585413"]),
    "cell model lacks a value": ('{"E_L": -70.0}', ["V_th"]),
    "capacitance of zero": (model_file(C_m=0.0), ["capacitance", "475585413"]),
    "reset above threshold": (model_file(V_reset=-40.0), ["V_reset", "V_th"]),
    "text for a potential": (model_file(E_L="low"), ["E_L", "number"]),
}


class BadConfigTest(StriateTest):
    def refuse(self, name, arguments, parts):
        with self.subTest(name):
            base = self.folder / "net"
            result = run("build", *arguments, "-q", "-o", base)
            if os.environ.get("STRIATE_SHOW_MESSAGES"):
                print(f"  {name} (exit code {result.returncode})\n      " + result.stderr.strip().replace("\n", "\n      "))
            self.assertIn(result.returncode, (2, 65, 66, 78), result.stderr)
            for part in parts:
                self.assertIn(part, result.stderr)
            self.assertFalse(base.exists())

    def test_configs(self):
        for name, (text, parts) in CONFIGS.items():
            file = self.folder / "mine.yaml"
            file.write_text(text)
            self.refuse(name, [file], parts)

    def test_options(self):
        for name, (arguments, parts) in OPTIONS.items():
            self.refuse(name, arguments, parts)

    def test_cell_models(self):
        models = self.folder / "models"
        models.mkdir()
        for name, (text, parts) in CELL_MODELS.items():
            (models / "475585413_glif_lif_asc_config.json").write_text(text)
            self.refuse(name, ["tiny", "--cell-models", models], parts)


if __name__ == "__main__":
    unittest.main()
