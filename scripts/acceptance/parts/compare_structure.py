# SPDX-License-Identifier: BSD-3-Clause
"""Compares the structure of two SONATA networks: files, HDF5 groups, names, types, attributes, and CSV columns.

usage: compare_structure.py OURS REFERENCE

Every difference must have an explanation below; one without makes the script fail.
"""
import json
import re
import sys
from pathlib import Path

import h5py
import pandas

# (pattern of a difference, why it is there)
EXPLANATIONS = [
    (r"configs/config_(clamp|mod|report)\.json: only reference|configs/modfile\.csv: only reference",
     "made by hand for the reference runs, not by its builder"),
    (r"configs/config_\w+\.json: only ours", "the reference writes these too; its copy here keeps those that were run"),
    (r"config_filternet\.json:/inputs/LGN_spikes/trial", "a placeholder that the reference's job scripts replace; `striate lgn --trials` counts trials"),
    (r"config_filternet\.json:/manifest/\$COMPONENT_DIR", "filter templates are part of Striate: no folder outside the network is needed"),
]


def describe(path):
    """{object: description} of an HDF5 file; reads every dataset once."""
    found = {}
    with h5py.File(path, "r") as file:

        def visit(name, item):
            attributes = {key: (str(value.dtype) if hasattr(value, "dtype") else type(value).__name__) for key, value in item.attrs.items()}
            if isinstance(item, h5py.Dataset):
                assert item[()].shape == item.shape
                found[name] = f"{item.dtype} [{item.ndim}-D] {attributes}"
            else:
                found[name] = f"group {attributes}"

        visit("/", file)
        file.visititems(visit)
    return found


def compare_hdf5(ours, reference):
    a, b = describe(ours), describe(reference)
    for name in sorted(a.keys() | b.keys()):
        if a.get(name) != b.get(name):
            yield f"{ours.name}:{name}: ours {a.get(name, 'absent')}, reference {b.get(name, 'absent')}"


def compare_csv(ours, reference):
    def columns(path):
        table = pandas.read_csv(path, sep=" ")
        return list(table.columns), {name: str(kind) for name, kind in table.dtypes.items()}

    (names_a, types_a), (names_b, types_b) = columns(ours), columns(reference)
    if names_a != names_b:
        yield f"{ours.name}: columns ours {names_a}, reference {names_b}"
    for name in set(names_a) & set(names_b):
        if types_a[name] != types_b[name]:
            yield f"{ours.name}:{name}: ours {types_a[name]}, reference {types_b[name]}"


def json_types(value, path=""):
    """Key paths with the type at each; of lists the first element stands for all."""
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in json_types(item, f"{path}/{key}").items()}
    if isinstance(value, list) and value:
        return json_types(value[0], f"{path}/0")
    return {path: "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__}


def compare_json(ours, reference):
    a, b = (json_types(json.loads(path.read_text())) for path in (ours, reference))
    for name in sorted(a.keys() | b.keys()):
        if a.get(name) != b.get(name):
            yield f"{ours.name}:{name}: ours {a.get(name, 'absent')}, reference {b.get(name, 'absent')}"


def differences(ours, reference):
    names_a, names_b = ({p.name for p in folder.iterdir() if p.is_file()} for folder in (ours, reference))
    for name in sorted(names_a ^ names_b):
        yield f"{name}: only {'ours' if name in names_a else 'reference'}"
    for name in sorted(names_a & names_b):
        compare = {".h5": compare_hdf5, ".csv": compare_csv, ".json": compare_json}.get(Path(name).suffix)
        if compare:
            yield from compare(ours / name, reference / name)


def main(ours, reference):
    unexplained = 0
    folders = ("network", "components/cell_models", "components/synaptic_models", "configs")
    for folder in folders:
        a, b = Path(ours) / folder, Path(reference) / folder
        for difference in (f"{folder}/{text}" for text in differences(a, b)):
            reason = next((why for pattern, why in EXPLANATIONS if re.search(pattern, difference)), None)
            unexplained += reason is None
            print(f"  {difference}\n    {reason or 'NOT EXPLAINED'}")
    files = sum(1 for folder in folders for p in (Path(ours) / folder).iterdir())
    print(f"{files} files read with h5py, pandas and json; {unexplained} differences without an explanation")
    return unexplained != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
