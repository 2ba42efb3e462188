#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tables of real networks beside NumPy, SciPy and pandas, each with its tolerance and the largest difference.

usage: paper_numbers.py tables NET…           tables of NET…, which lie in the working folder, option plain, pooled in the first
       paper_numbers.py like-to-like NET NET  'em' of a network with like-to-like weights and of one without
Exit code 0 only if all are within their tolerance.
"""
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from scipy import stats

failures = []


def check(good, text):
    print(f"  {text}{'' if good else '   FAILED'}")
    if not good:
        failures.append(text)


def compare(name, pairs, tolerance):
    """pairs: (found, expected), numbers or arrays; differences relative to the expected or, near zero, absolute."""
    worst, count = 0.0, 0
    for found, expected in pairs:
        found, expected = np.atleast_1d(np.asarray(found, float)), np.atleast_1d(np.asarray(expected, float))
        if not np.array_equal(np.isnan(found), np.isnan(expected)):
            worst = np.inf
            continue
        scale = np.maximum(np.abs(expected), 1)
        worst = max(worst, np.nanmax(np.abs(found - expected) / scale, initial=0))
        count += len(found)
    check(count > 0 and worst < tolerance, f"{name:34} {count:>8} numbers, largest difference {worst:.1e} (tolerance {tolerance:.0e})")


def table(net, name, separator=","):
    return pd.read_csv(Path(net) / "metrics" / name, sep=separator)


def network(net):
    """Cells with type, place and tuning; connections between core cells (all cells are, here)."""
    with h5py.File(Path(net) / "network/v1_v1_edges.h5") as file:
        group = file["edges/v1_to_v1"]
        edges = pd.DataFrame({"source": group["source_node_id"][:].astype(int), "target": group["target_node_id"][:].astype(int),
                              "weight": group["0/syn_weight"][:].astype(float)})
    cells = table(net, "neuron_features_plain.csv") if (Path(net) / "metrics/neuron_features_plain.csv").exists() else None
    types = table(net, "rates_plain.csv", " ").set_index("node_id")["cell_type"]
    edges["source_type"], edges["target_type"] = types.reindex(edges["source"]).values, types.reindex(edges["target"]).values
    with h5py.File(Path(net) / "metrics/response_correlations_plain.h5") as file:
        values = [item[:] for item in file.values() if isinstance(item, h5py.Dataset) and item.shape == (len(edges),)
                  and np.nanmax(np.abs(item[:])) <= 1.0000001]
    assert len(values) == 1
    edges["correlation"] = values[0]
    tuning = table(net, "OSI_DSI_DF_plain.csv", " ").set_index("node_id")
    difference = np.abs(tuning["pref_dir_deg"].reindex(edges["source"]).values
                        - tuning["pref_dir_deg"].reindex(edges["target"]).values)
    edges["difference"] = np.minimum(difference, 360 - difference)
    rate = tuning["max_mean_rate(Hz)"]
    edges["fires"] = (rate.reindex(edges["source"]).values >= 1) & (rate.reindex(edges["target"]).values >= 1)
    return {"cells": cells, "edges": edges, "types": types, "tuning": tuning}


def of_pair(edges, source, target):
    def chosen(column, label):
        labels = edges[column]
        if label in ("E", "I"):
            excitatory = labels.str.contains("Exc") | labels.isin(["L5_IT", "L5_ET", "L5_NP"])
            return excitatory if label == "E" else ~excitatory
        return labels == label
    return edges[chosen("source_type", source) & chosen("target_type", target)]


def pooled_pairs(nets, data, suffix):
    edges = pd.concat([each["edges"] for each in data])
    found = {"correlation": [], "fits": [], "directions": [], "weights": []}
    fits = table(nets[0], f"correlation_fits_plain{suffix}.csv").set_index(["source_type", "target_type"])
    for row in table(nets[0], f"correlation_pairs_plain{suffix}.csv").to_dict("records"):
        own = of_pair(edges, row["source_type"], row["target_type"])
        own = own[np.isfinite(own["correlation"])]
        if len(own) < 10 or np.ptp(own["correlation"]) == 0:
            continue
        line = stats.linregress(own["correlation"], own["weight"])
        found["correlation"].append(([row["edges"] - row["undefined"], row["slope(pA)"], row["intercept(pA)"], row["r"], row["p"]],
                                     [len(own), line.slope, line.intercept, line.rvalue, line.pvalue]))
        basis = np.polynomial.legendre.legvander(own["correlation"].to_numpy(), 3)
        expected, _, rank, _ = np.linalg.lstsq(basis, own["weight"].to_numpy(), rcond=None)
        if rank == 4 and np.linalg.cond(basis) < 1e3:
            fit = fits.loc[(row["source_type"], row["target_type"])]
            found["fits"].append(([fit[f"legendre_{k}(pA)"] for k in range(4)], expected))
    for row in table(nets[0], f"preferred_direction_fits_plain{suffix}.csv").to_dict("records"):
        own = of_pair(edges[edges["fires"]], row["source_type"], row["target_type"])
        if len(own) < 10:
            continue
        angle = np.radians(own["difference"].to_numpy())
        design = np.c_[np.cos(angle), np.cos(2 * angle), np.ones_like(angle)]
        if np.linalg.cond(design) < 1e3:
            expected, *_ = np.linalg.lstsq(design, own["weight"].to_numpy(), rcond=None)
            found["directions"].append(([row["edges"], row["a(pA)"], row["b(pA)"], row["c(pA)"]], [len(own), *expected]))
    for row in table(nets[0], f"weight_distribution_plain{suffix}.csv").to_dict("records"):
        own = of_pair(edges, row["source_type"], row["target_type"])["weight"].abs()
        if len(own):
            found["weights"].append(([row["edges"], row["mean(pA)"], row["sd(pA)"], row["q25(pA)"], row["median(pA)"], row["q75(pA)"]],
                                     [len(own), own.mean(), own.std(ddof=0), *own.quantile([0.25, 0.5, 0.75])]))
    compare("correlation_pairs, SciPy", found["correlation"], 1e-9)
    compare("correlation_fits, NumPy", found["fits"], 1e-6)
    compare("preferred_direction_fits, NumPy", found["directions"], 1e-8)
    compare("weight_distribution, pandas", found["weights"], 1e-9)


def means_over(nets, name, single, keys):
    """Samples of networks: mean, deviation, standard error and 95 % interval (Student's t)."""
    tables = pd.concat([table(net, single) for net in nets])
    pairs = []
    for row in table(nets[0], name).to_dict("records"):
        own = tables
        for key in keys:
            own = own[own[key] == row[key]]
        own = own[row["metric"]].astype(float).dropna()
        expected = [len(own), own.mean(), own.std(), own.sem(), stats.t.ppf(0.975, len(own) - 1) * own.sem() if len(own) > 1 else np.nan]
        pairs.append(([row[column] for column in ("networks", "mean", "sd", "sem", "ci95")], expected))
    compare(name, pairs, 1e-9)


def similarity(nets, data, suffix):
    """1 - KS distance of rates to the recorded units."""
    reference = pd.read_csv(Path(__file__).resolve().parents[3] / "configs/reference/neuropixels.csv", comment="#")
    recorded = {(row["cell_type"], row["metric"]): np.array(row["values"].split(), float) for row in reference.to_dict("records")}
    pairs = []
    columns = {"spontaneous_rate": "Spont_Rate(Hz)", "average_rate": "Ave_Rate(Hz)", "preferred_rate": "max_mean_rate(Hz)"}
    for row in table(nets[0], f"similarity_plain{suffix}.csv").to_dict("records"):
        kind = row["cell_type"]
        other = recorded.get((kind if kind not in ("L5_ET", "L5_IT", "L5_NP") else "L5_Exc", row["metric"]))
        if row["metric"] not in columns or other is None or kind == "L5_Exc":
            continue
        own = np.concatenate([each["tuning"][columns[row["metric"]]][each["types"] == kind] for each in data])
        pairs.append(([row["similarity"], row["n_model"], row["n_reference"]],
                      [1 - stats.ks_2samp(own, other).statistic, len(own), len(other)]))
    compare("similarity, SciPy", pairs, 1e-9)


def features(net, data):
    cells, edges = data["cells"].set_index("node_id"), data["edges"]
    pairs = []
    for side in ("incoming", "outgoing"):
        weights = edges.groupby("target" if side == "incoming" else "source")["weight"].agg(["count", "sum", "mean", "std"])
        weights = weights.reindex(cells.index)
        pairs += [(cells[f"{side}_degree"], weights["count"].fillna(0)), (cells[f"{side}_weight_sum"], weights["sum"].fillna(0)),
                  (cells[f"{side}_weight_mean"], weights["mean"]), (cells[f"{side}_weight_std"], weights["std"])]
    tuning = data["tuning"].reindex(cells.index)
    pairs += [(cells["orientation_selectivity"], tuning["OSI"]), (cells["dg_dsi"], tuning["DSI"]), (cells["dg_mean_rate"], tuning["Ave_Rate(Hz)"]),
              (cells["dg_evoked_rate"], tuning["Ave_Rate(Hz)"] - tuning["Spont_Rate(Hz)"])]
    z = cells[["image_selectivity", "orientation_selectivity", "dg_dsi"]]
    pairs.append((cells["activity_selectivity_score"], ((z - z.mean()) / z.std(ddof=0)).mean(axis=1)))
    compare("neuron_features, pandas", pairs, 1e-9)

    family = np.where(cells["cell_class"].isin(["PV", "SST", "VIP"]), cells["cell_class"], cells["cell_type"])
    family = pd.Series(family, cells.index)
    pairs = []
    for row in table(net, "weight_properties_plain.csv").to_dict("records"):
        end = "source" if row["side"] == "outgoing" else "target"
        own = edges[(family.reindex(edges["source"]).values == row["source_type"])
                    & (family.reindex(edges["target"]).values == row["target_type"])]
        x = cells[row["property"]].reindex(own[end]).to_numpy()
        y = own["weight"].abs().to_numpy()[np.isfinite(x)]
        x = x[np.isfinite(x)]
        if len(x) < 200 or np.ptp(x) == 0:
            continue
        line = stats.linregress(x, y)
        pairs.append(([row["edges"], row["slope(pA)"], row["r"], row["p"]], [len(x), line.slope, line.rvalue, line.pvalue]))
    compare("weight_properties, SciPy", pairs, 1e-7)


def cohorts(net, data):
    cells = table(net, "cohort_cells_plain.csv")
    pairs = []
    for row in table(net, "cohort_activity_plain.csv").to_dict("records"):
        members = ["PV", "SST", "VIP"] if row["class"] == "Inh" else [row["class"]]
        own = cells[cells["class"].isin(members) & (cells[f"{row['cohorts_by']}_level"] == row["level"])][row["metric"]].dropna()
        pairs.append(([row[column] for column in ("defined", "mean", "sd", "q25", "median", "q75")],
                      [len(own), own.mean(), own.std(), *own.quantile([0.25, 0.5, 0.75])]))
    compare("cohort_activity, pandas", pairs, 1e-9)
    edges = data["edges"].assign(size=data["edges"]["weight"].abs())
    level = cells.set_index("node_id")["outgoing_weight_level"]
    kind = cells.set_index("node_id")["class"]
    sent = edges.groupby("source")["size"].sum().reindex(cells["node_id"]).fillna(0)
    pairs = [(cells["outgoing_weight(pA)"], sent),
             (cells["incoming_weight(pA)"], edges.groupby("target")["size"].sum().reindex(cells["node_id"]).fillna(0))]
    compare("cohort_cells, pandas", pairs, 1e-9)
    pairs = []
    names = {"PV": "inh_pv", "SST": "inh_sst", "VIP": "inh_vip", "L1_Inh": "inh_htr3a", "Exc": "exc_total"}
    whole = table(net, "outgoing_weight_complete_targets_plain.csv").set_index("group")
    for base, label in (("exc", "Exc"), ("pv", "PV"), ("sst", "SST"), ("vip", "VIP")):
        for third in ("high", "low"):
            members = cells["node_id"][(cells["class"] == label) & (level.values == third)]
            own = edges[edges["source"].isin(members)]
            parts = own.groupby(kind.reindex(own["target"]).values)["size"].sum() / own["size"].sum()
            row = whole.loc[f"{base}_{third}_core"]
            pairs.append(([row["total_weight(pA)"], *(row[names[each]] for each in names)],
                          [own["size"].sum(), *(parts.get(each, 0.0) for each in names)]))
    compare("complete_targets, pandas", pairs, 1e-9)


def decoding(net):
    folds = table(net, "decoding_folds_plain_by_type.csv")
    confusion = table(net, "decoding_confusion_plain_by_type.csv")
    right = confusion[confusion["shown"] == confusion["told"]]
    pairs = []
    for decoder, column in (("regression", "accuracy"), ("template", "accuracy_template")):
        keys = ["cell_type", "sample_size"]
        own = confusion[confusion["decoder"] == decoder].groupby(keys)["count"].sum()
        told = right[right["decoder"] == decoder].groupby(keys)["count"].sum().reindex(own.index).fillna(0) / own
        pairs.append((folds.groupby(keys)[column].mean().reindex(own.index), told))
    compare("confusion beside accuracies", pairs, 1e-9)


def tables(*nets):
    data = [network(net) for net in nets]
    suffix = f"_{len(nets)}_networks" if len(nets) > 1 else ""
    pooled_pairs(nets, data, suffix)
    similarity(nets, data, suffix)
    if len(nets) > 1:
        means_over(nets, "contrast_networks_plain.csv", "contrast_by_type_plain.csv", ["cell_type", "contrast"])
        means_over(nets, "rates_networks_plain.csv", "rates_by_type_plain.csv", ["cell_type"])
        means_over(nets, "dg_sparsity_networks_plain.csv", "dg_sparsity_by_type_plain.csv", ["cell_type"])
        means_over(nets, "image_networks_plain.csv", "selectivity_model_by_type_plain.csv", ["cell_type"])
        means_over(nets, "decoding_summary_networks_plain_by_type.csv", "decoding_summary_plain_by_type.csv",
                   ["cell_type", "sample_size"])
    features(nets[0], data[0])
    cohorts(nets[0], data[0])
    decoding(nets[0])


def like_to_like(with_it, without):
    found = {}
    for name, net in (("with", with_it), ("without", without)):
        rows = table(net, "em_comparison_plain.csv")
        found[name] = rows[(rows["source"] == "E") & (rows["target"] == "E") & (rows["measure"] == "direction_a")
                           & (rows["pooling"] == "matched")].iloc[0]
        row = found[name]
        print(f"  {name:8} like-to-like: measured a/c {row.em_value:.3f}, model {row.model_value:.4f}, of as few connections "
              f"{row.sample_low:.3f} to {row.sample_high:.3f}, p {row.p:.3f}")
    check(found["with"].sample_low > found["without"].sample_high,
          "samples of as few connections as were measured tell the two apart (95 % intervals)")


if __name__ == "__main__":
    commands = {"tables": tables, "like-to-like": like_to_like}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
    sys.exit(1 if failures else 0)
