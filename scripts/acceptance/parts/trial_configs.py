#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Configurations of the trials of a paradigm, laid out as the paper's scripts do, from those of a network directory.

usage: trial_configs.py BASE OPT gratings|contrasts [TRIALS]     (TRIALS per condition, default 10)

Prints the LGN configurations on the first line, those of the simulations on the second.
"""
import json
import sys
from pathlib import Path

ANGLES = range(0, 360, 45)
CONTRASTS = ("0.05", "0.1", "0.2", "0.4", "0.6", "0.8")
BLANKS = 30


def conditions(paradigm, trials):
    """Name, angle, contrast (text) and trial of each condition, in the order of the paper's jobs."""
    if paradigm == "gratings":
        return [(f"angle{angle}_trial{trial}", angle, None, trial) for angle in ANGLES for trial in range(trials)]
    grey = [(f"angle0_contrast0.0_trial{trial}", 0, "0.0", trial) for trial in range(BLANKS)]
    return grey + [(f"angle{angle}_contrast{contrast}_trial{trial}", angle, contrast, trial)
                   for angle in ANGLES for contrast in CONTRASTS for trial in range(trials)]


def main(base, option, paradigm, trials=10):
    base = Path(base)
    folder = {"gratings": "8dir_10trials", "contrasts": "contrasts"}[paradigm]
    lgn, simulation = (json.loads((base / f"configs/config_{name}.json").read_text()) for name in ("filternet", option))
    simulation["output"].pop("spikes_file_csv", None)
    written = ([], [])
    for index, (name, angle, contrast, trial) in enumerate(conditions(paradigm, trials)):
        for config in (lgn, simulation):
            config["manifest"]["$BASE_DIR"] = "${configdir}/../.."
        stimulus = lgn["inputs"]["LGN_spikes"]
        stimulus.update(theta=float(angle), trial=trial)
        if contrast is not None:
            stimulus["contrast"] = float(contrast)
        lgn["manifest"]["$OUTPUT_DIR"] = f"$BASE_DIR/filternet_{folder}/{name}"
        simulation["manifest"].update({"$LGNINPUT_DIR": f"$BASE_DIR/filternet_{folder}/{name}",
                                       "$BKGINPUT_DIR": f"$BASE_DIR/bkg_{folder}/{name}",
                                       "$OUTPUT_DIR": f"$BASE_DIR/{folder}_{option}/{name}"})
        for config, kind, files in ((lgn, "filternet", written[0]), (simulation, option, written[1])):
            path = base / (f"configs/filternet_{folder}/config_filternet_{index}.json" if kind == "filternet" else
                           f"configs/{folder}_{option}/config_{index}.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(config, indent=2) + "\n")
            files.append(str(path))
    for files in written:
        print(*files)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:4], *map(int, sys.argv[4:]))
