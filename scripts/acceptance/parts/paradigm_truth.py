#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A paradigm is one fact: what is run is what is analysed. Before and after, on spikes made here:

* a user's paradigm with tables: before, a table of other runs and exit 0; now its own, in its own folder
* tables of the shipped paradigms: the same bytes before and after
* options that were accepted and ignored: refused now

usage: paradigm_truth.py OLD NEW    two programs
"""
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

CELLS = 12
TYPES = ("e23Cux2", "e4Rorb", "i4Sst", "e5ET")
OWN = """\
description: four orientations, three times
duration_ms: 1000
trials:
  - angle: [0, 45, 90, 135]
    trial: 0..2
trial_name: angle{angle}_trial{trial}
lgn: {template: config_filternet.json, folder: filternet_own, stimulus: {theta: "{angle}.0", trial: "{trial}"}}
background: {folder: bkg_own, file: "{name}.h5", rate_hz: 250, seed: 5}
runs: own_{option}
"""
failures = 0
RENAMED = {"selectivity_model_by_type_plain.csv"}  # has the reference's columns now


def check(text, holds):
    global failures
    failures += not holds
    print(f"  {'' if holds else 'FAILED: '}{text}")


def run(program, *arguments, cwd):
    result = subprocess.run([program, *map(str, arguments)], cwd=cwd, text=True, capture_output=True)
    return result.returncode, result.stdout + result.stderr


def write_network(base, rng):
    folder = base / "network"
    folder.mkdir(parents=True)
    (folder / "v1_node_types.csv").write_text("node_type_id pop_name ei location\n" + "".join(
        f"{100 + i} {name} {name[0]} VisL\n" for i, name in enumerate(TYPES)))
    with h5py.File(folder / "v1_nodes.h5", "w") as file:
        group = file.create_group("nodes/v1")
        group["node_id"] = np.arange(CELLS, dtype="u8")
        group["node_type_id"] = 100 + np.arange(CELLS, dtype="u8") % len(TYPES)
        group["node_group_id"] = np.zeros(CELLS, "u4")
        group["node_group_index"] = np.arange(CELLS, dtype="u8")
        for name in ("x", "z", "tuning_angle"):
            group[f"0/{name}"] = rng.uniform(0, 150, CELLS)


def write_spikes(folder, rng, last_ms=3000.0, cells=CELLS):
    folder.mkdir(parents=True)
    count = rng.integers(40, 200)
    with h5py.File(folder / "spikes.h5", "w") as file:
        file["spikes/v1/timestamps"] = np.sort(rng.uniform(0, last_ms, count))
        file["spikes/v1/node_ids"] = rng.integers(0, cells, count).astype("u8")


def shipped_runs(base, rng):
    for angle in range(0, 360, 45):
        for trial in range(10):
            write_spikes(base / f"8dir_10trials_plain/angle{angle}_trial{trial}", rng)
            for contrast in ("0.05", "0.1", "0.2", "0.4", "0.6", "0.8"):
                write_spikes(base / f"contrasts_plain/angle{angle}_contrast{contrast}_trial{trial}", rng)
    for trial in range(30):
        write_spikes(base / f"contrasts_plain/angle0_contrast0.0_trial{trial}", rng)
    for chunk in range(50):
        write_spikes(base / f"output_bo_plain/chunk_{chunk:02}", rng, 30250.0)
    with h5py.File(base / "labels.h5", "w") as file:
        file["stim_ids"] = np.array([rng.permutation(119) for _ in range(50)])


def contents(folder):
    """Files by name: tables as bytes, arrays by dataset."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".h5" and path.name != "spikes.h5":
            with h5py.File(path) as file:
                file.visititems(lambda name, item: found.update({f"{path.name}:{name}": item[()].tobytes()})
                                if isinstance(item, h5py.Dataset) else None)
        elif path.suffix in (".csv", ".json") and not path.name.endswith("provenance.json") and path.parent.name != "network":
            found[path.name] = path.read_bytes()
    return found


def columns_of(table):
    """The values of each column below its name."""
    rows = [line.split(",") for line in table.decode().splitlines() if not line.startswith("#")]
    return {column[1:] for column in zip(*rows)}


def same_values(file, old, new):
    """The same bytes, or every column of a table under the name that the reference gives it."""
    if old is None or new is None:
        return False
    return old == new or (file in RENAMED and columns_of(old) <= columns_of(new))


def same_tables(old, new, folder):
    print("tables of the shipped paradigms, the same spikes:")
    tables = {}
    for name, program in (("old", old), ("new", new)):
        base = folder / name / "net"
        rng = np.random.default_rng(3)
        write_network(base, rng)
        shipped_runs(base, rng)
        for kind, *options in (("odsi",), ("sparsity",), ("similarity",), ("contrast",), ("spectra",),
                               ("images", "--labels", "labels.h5"),
                               ("decoding", "--labels", "labels.h5", "--decoder", "template", "--min-cells", 1, "--sizes", 2)):
            code, text = run(program, "metrics", kind, ".", "plain", *options, "-q", cwd=base)
            if code != 0:
                check(f"{name} metrics {kind}: exit {code}, {text.strip()}", False)
        tables[name] = contents(base)
    for file in sorted(set(tables["old"]) | set(tables["new"])):
        before, after = tables["old"].get(file), tables["new"].get(file)
        check(f"{file}: {len(before or b'')} bytes{' in columns of new names' if file in RENAMED else ''}", same_values(file, before, after))


def own_paradigm(old, new, folder):
    print("a user's paradigm of four orientations in 1 s, beside runs of the shipped one:")
    base = folder / "user/tiny"
    code, text = run(new, "build", "tiny", "-q", "-o", base, cwd=folder)
    check("tiny built", code == 0)
    rng = np.random.default_rng(4)
    for angle in range(0, 360, 45):
        for trial in range(10):
            write_spikes(base / f"8dir_10trials_plain/angle{angle}_trial{trial}", rng)
    for angle in (0, 45, 90, 135):
        for trial in range(3):
            write_spikes(base / f"own_plain/angle{angle}_trial{trial}", rng, 1000.0)
    (folder / "own_old.yaml").write_text(OWN + 'metrics:\n  - kind: odsi\n    files: ["metrics/OSI_DSI_DF_{option}.csv"]\n')
    (folder / "own.yaml").write_text(OWN + 'windows: {evoked: "(500, 1000]", spontaneous: "(100, 500]"}\nmetrics: [odsi]\n')
    # What the step of either program does.
    code, text = run(old, "metrics", "odsi", base, "plain", cwd=folder)
    rates = (base / "metrics/Rates_DF_plain.csv").read_text().splitlines()
    angles = {line.split()[0] for line in rates[1:]}
    print(f"  before: 'metrics odsi' exit {code}, directions {sorted(angles, key=int)}: those of other runs")
    (base / "metrics/Rates_DF_plain.csv").unlink()
    code, text = run(new, "metrics", "odsi", base, "plain", "--paradigm", "own.yaml", cwd=folder)
    lines = (base / "metrics/own/Rates_DF_plain.csv").read_text().splitlines() if code == 0 else []
    angles = {line.split()[0] for line in lines[1:]}
    check(f"after: exit {code}, directions {sorted(angles, key=int)} in metrics/own", angles == {"0", "45", "90", "135"})
    check("the table of the shipped paradigm is not touched", not (base / "metrics/Rates_DF_plain.csv").exists())
    for line in text.splitlines():
        print("   ", line)
    for name, lines in (("files named by hand", 'metrics:\n  - kind: odsi\n    files: ["metrics/OSI_DSI_DF_{option}.csv"]\n'),
                        ("no windows", "metrics: [odsi]\n"), ("no contrasts", "metrics: [contrast]\n"),
                        ("no images", "metrics: [images]\n"), ("no such table", "metrics: [odzi]\n"),
                        ("similarity of nothing", 'windows: {evoked: "(500, 1000]", spontaneous: "(100, 500]"}\nmetrics: [similarity]\n'),
                        ("a window beyond the end", 'windows: {evoked: "(500, 2500]"}\n')):
        (folder / "bad.yaml").write_text(OWN + lines)
        for program in (old, new):
            code, text = run(program, "trials", "bad.yaml", base, "plain", "-q", cwd=folder)
            if program == new:
                check(f"{name}: exit {code}, {text.strip()}", code == 78)


def ignored_options(old, new, folder):
    print("options that changed nothing:")
    base = folder / "old/net"
    for arguments in (("plot", "raster", base, "--with", "x"), ("plot", "odsi", base, "--from", "100"),
                      ("metrics", "rates", base, "plain", "--window", "spontaneous", "--from", "10", "--to", "20"),
                      ("report", base, "plain", "--tables", "nowhere", "-o", folder / "page.html")):
        write_needed = base / "output_plain"
        if not write_needed.exists():
            write_spikes(write_needed, np.random.default_rng(5))
        before, _ = run(old, *arguments, cwd=folder)
        code, text = run(new, *arguments, cwd=folder)
        words = " ".join(str(word) for word in arguments if not str(word).startswith("/"))
        check(f"{words}: exit {before} before, {code} now: {text.strip().splitlines()[-1]}", code in (2, 66))


def main():
    old, new = (str(pathlib.Path(program).resolve()) for program in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        same_tables(old, new, folder)
        own_paradigm(old, new, folder)
        ignored_options(old, new, folder)
    print(f"{failures} checks failed")
    return failures != 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main())
