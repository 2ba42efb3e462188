# SPDX-License-Identifier: BSD-3-Clause
"""Reads what Striate (or BMTK) writes: nodes, edges, spikes, rates, reports and tables of a network directory BASE.

    import striate_io as sio
    cells = sio.rates("tiny", "plain", start_ms=500)       # columns by name: cells["rate_hz"], cells["pop_name"], …
    odsi = sio.table("tiny", "OSI_DSI_DF_plain")            # a pandas.DataFrame

All functions but table() need NumPy and h5py only and return a dict of arrays, a column each, of one length; report()
returns a grid. pandas.DataFrame(cells) makes a table of them. Nothing is ever written. Ids are 64-bit integers, times ms,
weights pA. What is missing, ambiguous or of two different networks raises StriateIOError.
"""
import csv
import json
from pathlib import Path

import h5py
import numpy as np

__all__ = ["StriateIOError", "edge_types", "edges", "node_types", "nodes", "rates", "report", "spikes", "table"]


class StriateIOError(ValueError):
    """What is asked for is not there, or not of one network."""


def nodes(base, population="v1", with_types=True):
    """All nodes in the order of the file: node_id, node_type_id, the columns of each node (x, y, z, tuning_angle, …) and, with
    `with_types`, those of its type (pop_name, ei, location, model_template, …). A node's own value comes before its type's."""
    with _open(_network_file(base, f"{population}_nodes.h5")) as file:
        group = _group(file, "nodes", population)
        columns = {name: _ids(group[name][:]) for name in ("node_id", "node_type_id")}
        own = _attributes(group, "node", slice(None), None)
    if not with_types:
        return columns | own
    of_types = _of_types(node_types(base, population), "node_type_id", columns["node_type_id"])
    return columns | {name: values for name, values in of_types.items() if name not in own} | own


def node_types(base, population="v1"):
    """The table of node types, a column each; empty cells and NULL are NaN, in columns of texts None."""
    return _csv_columns(_network_file(base, f"{population}_node_types.csv"))


def edges(base, option="plain", source="v1", target="v1", sources=None, targets=None, columns=None):
    """Connections from population `source` to `target`, from BASE/network/SOURCE_TARGET_edges[_OPTION].h5: source_node_id,
    target_node_id, edge_type_id, the columns of each edge (n_syns_) and syn_weight in pA, the edge's own or else its type's.

    `targets` and `sources` choose by node id. Give `targets` for a large network: only their rows are read then. `columns` chooses
    which columns are returned, those of the types (delay, dynamics_params, …) included. Rows are in the order of the file."""
    path = _edge_file(base, option, source, target)
    wanted = None if columns is None else list(columns)
    with _open(path) as file:
        group = _group(file, "edges", f"{source}_to_{target}")
        rows = _rows_of_targets(group, targets)
        if sources is not None:
            found = np.isin(_ids(_take(group["source_node_id"], rows)), np.asarray(list(sources), np.int64))
            rows = np.flatnonzero(found) if isinstance(rows, slice) else rows[found]
        types = _ids(_take(group["edge_type_id"], rows))
        result = {name: types if name == "edge_type_id" else _ids(_take(group[name], rows))
                  for name in ("source_node_id", "target_node_id", "edge_type_id") if wanted is None or name in wanted}
        result |= _attributes(group, "edge", rows, wanted)
    absent = [name for name in (["syn_weight"] if wanted is None else wanted) if name not in result]
    if absent:
        table_of_types = edge_types(base, source, target)
        unknown = [name for name in absent if name not in table_of_types]
        if unknown and wanted is not None:
            raise StriateIOError(f"no column {', '.join(unknown)} in {path} and its types (they have "
                                 f"{', '.join(table_of_types)})")
        chosen = {name: table_of_types[name] for name in ["edge_type_id", *absent] if name in table_of_types}
        result |= _of_types(chosen, "edge_type_id", types)
    return result


def edge_types(base, source="v1", target="v1"):
    """The table of edge types: edge_type_id, delay (ms), dynamics_params, …"""
    return _csv_columns(_network_file(base, f"{source}_{target}_edge_types.csv"))


def spikes(where, option=None, population=None, start_ms=None, end_ms=None):
    """node_id and time_ms of spikes from start_ms on and before end_ms, sorted as in the file.

    `where` is a spike file, a folder with spikes.h5 (`tiny/8dir_10trials_plain/angle0_trial0`, `tiny/filternet`), or with
    `option` a network directory: the run in BASE/output_OPTION. `population` is needed where the file has several."""
    path = _spike_file(where, option)
    with _open(path) as file:
        group = _group(file, "spikes", population)
        times, ids = group["timestamps"][:].astype(float), _ids(group["node_ids"][:])
        unit = _text(group["timestamps"].attrs.get("units", "ms"))
    if unit not in ("ms", "milliseconds", "s", "seconds"):
        raise StriateIOError(f"unknown unit '{unit}' of the times in {path}")
    if unit in ("s", "seconds"):
        times = times * 1000.0
    keep = np.ones(times.size, bool)
    if start_ms is not None:
        keep &= times >= start_ms
    if end_ms is not None:
        keep &= times < end_ms
    return {"node_id": ids[keep], "time_ms": times[keep]}


def rates(base, option="plain", run=None, population="v1", start_ms=0.0, end_ms=None):
    """The columns of nodes(base) and rate_hz, the rate of every cell from start_ms on and before end_ms; 0 for silent ones.

    The run is BASE/output_OPTION, or the folder or file `run`, which must be of this network. Without end_ms it is the whole rest of
    the run, the spikes of its last step included; the configuration beside the spikes says when it ended, and where there is none
    end_ms must be given."""
    path = _spike_file(base, option) if run is None else _spike_file(run, None)
    end_of_run = _end_of_run(path)
    if end_ms is None and end_of_run is None:
        raise StriateIOError(f"how long the run of {path} was is not known (no configuration is beside it) give end_ms")
    before_ms, end_ms = end_ms, end_of_run if end_ms is None else end_ms
    if not 0 <= start_ms < end_ms <= (end_ms if end_of_run is None else end_of_run):
        raise StriateIOError(f"no time from start_ms={start_ms} to end_ms={end_ms} in {path}"
                             + ("" if end_of_run is None else f" (the run ends at {end_of_run:g} ms)"))
    _require_one_network(path, _network_file(base, f"{population}_nodes.h5"))
    cells = nodes(base, population)
    found = spikes(path, population=population, start_ms=start_ms, end_ms=before_ms)["node_id"]
    order = np.argsort(cells["node_id"], kind="stable")
    place = np.searchsorted(cells["node_id"], found, sorter=order)
    place = order[np.minimum(place, order.size - 1)] if order.size else place
    if found.size and (not order.size or np.any(cells["node_id"][place] != found)):
        raise StriateIOError(f"{path} has spikes of nodes that {base} lacks (of another network?)")
    counts = np.bincount(place, minlength=cells["node_id"].size)
    return cells | {"rate_hz": counts * 1000.0 / (end_ms - start_ms)}


def report(file, population=None, variable=None, cells=None, start_ms=None, end_ms=None):
    """A report as {"time_ms": (T,), "node_id": (N,), "data": (T, N), "variable": …, "units": …}.

    `variable` chooses one of several (V_m, I_syn, …), `cells` node ids, start_ms and end_ms the times start <= t < end; what is not
    chosen is not read. A report of means ("reduce": "mean") has a column for each population: then pop_name (N,) and cells (N,), how
    many each mean is of, are there, too, and node_id is that of each population's first cell; `cells` takes names of populations."""
    with _open(Path(file)) as h5:
        group = _group(h5, "report", population)
        named = {_text(item.attrs.get("variable", name)): item for name, item in group.items() if isinstance(item, h5py.Dataset)}
        if variable is None and len(named) > 1:
            raise StriateIOError(f"{file} has several variables ({', '.join(named)}) say variable=…")
        data = named.get(variable) if variable is not None else next(iter(named.values()), None)
        if data is None:
            raise StriateIOError(f"no variable {variable} in {file} (there are {', '.join(named)})")
        first, last, step = group["mapping/time"][:]
        times = first + step * np.arange(data.shape[0])
        ids = _ids(group["mapping/node_ids"][:])
        if ids.size != data.shape[1]:
            raise StriateIOError(f"{file} has {data.shape[1]} columns for {ids.size} cells (of compartments, not points?)")
        begin = 0 if start_ms is None else int(np.searchsorted(times, start_ms))
        end = times.size if end_ms is None else int(np.searchsorted(times, end_ms))
        names = np.array([_text(name) for name in group["mapping/pop_name"][:]], object) if "mapping/pop_name" in group else None
        place = np.arange(ids.size)
        if cells is not None:
            known = ids.tolist() if names is None else names.tolist()
            wanted = {int(cell) for cell in cells} if names is None else set(cells)
            place = np.flatnonzero([name in wanted for name in known])
            absent = wanted - set(known)
            if absent:
                raise StriateIOError(f"{file} does not record the cells {sorted(absent)[:10]}"
                                     + ("" if names is None else f" (it holds means of {', '.join(known)})"))
        values = data[begin:end, place] if place.size else np.empty((max(end - begin, 0), 0), data.dtype)
        result = {"time_ms": times[begin:end], "node_id": ids[place], "data": values,
                  "variable": next(name for name, item in named.items() if item == data),
                  "units": _text(data.attrs.get("units", ""))}
        return result if names is None else result | {"pop_name": names[place], "cells": _ids(group["mapping/cells"][:])[place]}


def table(base, name=None):
    """A table of `striate metrics` as a pandas.DataFrame: BASE/metrics/NAME.csv, or any CSV file of Striate's."""
    try:
        import pandas
    except ImportError as error:
        raise StriateIOError("table() needs pandas, which is not installed (apt-get install python3-pandas, or pip install pandas); "
                             "all other functions do without") from error
    path = Path(base) if name is None else Path(base) / "metrics" / (name if str(name).endswith(".csv") else f"{name}.csv")
    _require_file(path, path.parent.glob("*.csv"))
    with open(path, encoding="utf-8") as file:
        separator = "," if "," in file.readline() else " "
    return pandas.read_csv(path, sep=separator, na_values=["NULL"])


# What follows is not for users.

def _open(path):
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise StriateIOError(f"cannot read {path} ({'no such file' if not Path(path).exists() else error})") from error


def _require_file(path, others):
    if not path.is_file():
        there = ", ".join(sorted(other.stem if other.suffix == ".csv" else other.name for other in others)[:20])
        raise StriateIOError(f"no file {path}" + (f" (there are {there})" if there else " (nothing of the kind is there)"))
    return path


def _network_file(base, name, kind=None):
    """In BASE/network, or in BASE itself where that is the folder."""
    folder = Path(base) / "network" if (Path(base) / "network").is_dir() else Path(base)
    return _require_file(folder / name, folder.glob("*_" + name.rsplit("_", 1)[-1]) if kind is None else folder.glob(kind))


def _edge_file(base, option, source, target):
    appendix = "" if option in (None, "plain") else f"_{option}"
    return _network_file(base, f"{source}_{target}_edges{appendix}.h5", "*_edges*.h5")


def _spike_file(where, option):
    path = Path(where) if option is None else Path(where) / f"output_{option}"
    if path.is_dir():
        path = path / "spikes.h5"
    return _require_file(path, Path(where).glob("output_*") if option is not None else path.parent.glob("*.h5"))


def _group(file, kind, name):
    if kind not in file:
        raise StriateIOError(f"no group /{kind} in {file.filename}")
    names = list(file[kind])
    if name is None and len(names) != 1:
        raise StriateIOError(f"{file.filename} has the populations {', '.join(names)}: say which")
    name = names[0] if name is None else name
    if name not in names:
        raise StriateIOError(f"no population {name} in {file.filename} (there are {', '.join(names)})")
    return file[kind][name]


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _ids(values):
    return values.astype(np.int64)


def _take(dataset, rows):
    """Rows of a dataset; `rows` is a slice or ascending numbers. Runs of neighbours are read in one piece."""
    if isinstance(rows, slice):
        return dataset[rows]
    if rows.size == 0:
        return dataset[:0]
    starts = np.flatnonzero(np.r_[True, np.diff(rows) != 1])
    ends = np.r_[starts[1:], rows.size]
    if starts.size > 1000:  # scattered: one pass over all is faster than many small reads
        return dataset[rows[0]:rows[-1] + 1][rows - rows[0]]
    return np.concatenate([dataset[rows[begin]:rows[end - 1] + 1] for begin, end in zip(starts, ends)])


def _rows_of_targets(group, targets):
    """All rows, or those of some targets by the file's index where it has one."""
    if targets is None:
        return slice(None)
    targets = np.unique(np.asarray(list(targets), np.int64))
    index = group.get("indices/target_to_source")
    if index is None:
        return np.flatnonzero(np.isin(_ids(group["target_node_id"][:]), targets))
    ranges = index["node_id_to_range"]
    if targets.size and (targets[0] < 0 or targets[-1] >= ranges.shape[0]):
        raise StriateIOError(f"target {targets[0] if targets[0] < 0 else targets[-1]} does not exist (there are {ranges.shape[0]} nodes)")
    rows = [np.empty(0, np.int64)]
    for begin, end in _ids(ranges[:])[targets]:
        for first, last in _ids(index["range_to_edge_id"][begin:end]):
            rows.append(np.arange(first, last, dtype=np.int64))
    return np.sort(np.concatenate(rows))


def _attributes(group, kind, rows, wanted):
    """The values that stand with each node or edge, of all groups; NaN (None) where a row's group has no such value."""
    number, index = (_ids(_take(group[f"{kind}_group_{name}"], rows)) for name in ("id", "index"))
    result = {}
    for key in sorted((name for name in group if name.isdigit()), key=int):
        here = np.flatnonzero(number == int(key))
        place = index[here]
        for name, item in group[key].items():
            if not isinstance(item, h5py.Dataset) or (wanted is not None and name not in wanted):
                continue
            low, high = (int(place.min()), int(place.max()) + 1) if place.size else (0, 0)
            values = item[low:high][place - low]
            if values.dtype.kind in "iu":
                values = _ids(values)  # narrow ones would overflow in products
            elif values.dtype.kind in "OS":
                values = np.array([_text(value) for value in values], object)
            if here.size == number.size:
                result[name] = values
                continue
            if name not in result:
                result[name] = np.full(number.size, None, object) if values.dtype == object else np.full(number.size, np.nan)
            result[name][here] = values
    return result


def _csv_columns(path):
    with open(path, encoding="utf-8", newline="") as file:
        separator = "," if "," in file.readline() else " "
        file.seek(0)
        rows = [row for row in csv.reader(file, delimiter=separator) if row]
    head, body = rows[0], rows[1:]
    if any(len(row) != len(head) for row in body):
        raise StriateIOError(f"rows of {path} differ in their number of cells")
    return {name: _column([row[place] for row in body]) for place, name in enumerate(head)}


def _column(texts):
    """Whole numbers, else numbers, else texts."""
    empty = [text in ("", "NULL") for text in texts]
    for kind in (int, float):
        if kind is int and any(empty):
            continue
        try:
            return np.array([np.nan if none else kind(text) for text, none in zip(texts, empty)], np.int64 if kind is int else float)
        except ValueError:
            pass
    return np.array([None if none else text for text, none in zip(texts, empty)], object)


def _of_types(types, key, ids):
    order = np.argsort(types[key], kind="stable")
    place = np.searchsorted(types[key], ids, sorter=order)
    place = order[np.minimum(place, order.size - 1)] if order.size else place
    if ids.size and (not order.size or np.any(types[key][place] != ids)):
        raise StriateIOError(f"ids of types that the table of types lacks ({key})")
    return {name: values[place] for name, values in types.items() if name != key}


def _end_of_run(path):
    """From the copy of its configuration that a run leaves beside its spikes; None where there is none, or several that differ."""
    ends = set()
    for file in path.parent.glob("*.json"):
        try:
            run = json.loads(file.read_text(encoding="utf-8"))["run"]
            ends.add(float(run["duration"] if "duration" in run else run["tstop"]))
        except (ValueError, KeyError, TypeError):
            pass  # another JSON file
    return ends.pop() if len(ends) == 1 else None


def _require_one_network(results, network):
    """Files of Striate's carry the run id of the network that they are of; files without one are taken as they are."""
    def run_id(path):
        with _open(path) as file:
            return _text(file.attrs["striate_run_id"]) if "striate_run_id" in file.attrs else None
    found, wanted = run_id(results), run_id(network)
    if found and wanted and found != wanted:
        raise StriateIOError(f"{results} was made with another network than {network} (run ids {found}, {wanted}) run it again")
