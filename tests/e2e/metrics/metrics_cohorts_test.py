# SPDX-License-Identifier: BSD-3-Clause
"""Cohorts, features of cells and experiments with currents: each table against NumPy, the same bytes on 1, 2 and 3 ranks."""
import csv
import json
import unittest

import h5py
import numpy as np

from support import StriateTest, run
from support.made_v1 import write_v1_edges, write_v1_nodes
from support.results import rows_of

POPULATIONS = ("e23Cux2", "e4Rorb", "e4other", "e5ET", "e5IT", "i1Htr3a", "i23Vip", "i4Pvalb", "i4Sst", "i5Pvalb", "i5Vip")
TYPES = ("L2/3_Exc", "L4_Exc", "L4_Exc", "L5_ET", "L5_IT", "L1_Inh", "L2/3_VIP", "L4_PV", "L4_SST", "L5_PV", "L5_VIP")
CELLS, EDGES = 330, 40_000
CLASSES = ("Exc", "PV", "SST", "VIP", "L1_Inh")


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


def class_of(label):
    return "L1_Inh" if label == "L1_Inh" else "Exc" if label.split("_")[1] in ("Exc", "ET", "IT") else label.split("_")[1]


class CohortTablesTest(StriateTest):
    def setUp(self):
        super().setUp()
        self.base = self.folder / "core"
        rng = self.rng = np.random.default_rng(23)
        self.kind = rng.integers(0, len(POPULATIONS), CELLS)
        self.label = np.array(TYPES)[self.kind]
        self.group = np.array([class_of(each) for each in self.label])
        self.layer = np.array([each.split("_")[0] for each in self.label])
        self.x, self.z = rng.uniform(-200, 200, (2, CELLS))
        self.core = np.hypot(self.x, self.z) < 200
        write_v1_nodes(self.base, POPULATIONS, self.kind, x=self.x, z=self.z, tuning_angle=rng.uniform(0, 360, CELLS))
        (self.base / "metrics").mkdir()
        self.source, self.target = rng.integers(0, CELLS - 1, (2, EDGES))  # the last cell has no connections
        self.weight = rng.lognormal(size=EDGES) * np.where(np.isin(self.group[self.source], CLASSES[1:]), -1, 1)
        self.synapses = rng.integers(1, 9, EDGES)
        write_v1_edges(self.base / "network/v1_v1_edges.h5", self.source, self.target, syn_weight=self.weight,
                       n_syns_=self.synapses.astype("u4"))

    def write_activity(self, option, selective=True):
        """Tables of `odsi`, `sparsity` and `images` with values of our own; some cells are silent. -> columns"""
        rng = self.rng
        activity = {name: rng.uniform(0, 1, CELLS) for name in ("OSI", "DSI", "sparsity", "image")}
        activity["rate"], activity["spont"] = rng.gamma(2, 2, (2, CELLS))
        activity["peak"] = activity["rate"] * rng.uniform(1, 3, CELLS)
        silent = rng.random(CELLS) < 0.1
        for name in ("OSI", "DSI", "sparsity", "image"):
            activity[name][silent] = np.nan
        activity["image_rate"] = rng.gamma(2, 1, CELLS)
        with open(self.base / f"metrics/OSI_DSI_DF_{option}.csv", "w") as file:
            print("node_id DSI OSI max_mean_rate(Hz) Ave_Rate(Hz) Spont_Rate(Hz)", file=file)
            for i in range(CELLS):
                print(i, *(repr(float(activity[name][i])).replace("nan", "NaN")
                           for name in ("DSI", "OSI", "peak", "rate", "spont")), file=file)
        with h5py.File(self.base / f"metrics/dg_trial_averaged_sparsity_{option}.h5", "w") as file:
            file["dg_trial_averaged_sparsity"], file["node_id"] = activity["sparsity"], np.arange(CELLS, dtype="u8")
        if selective:
            with open(self.base / f"metrics/selectivity_model_by_unit_{option}.csv", "w") as file:
                print("network,network_type,node_id,pop_name,cell_type,image_selectivity,lifetime_sparsity,firing_rate(Hz)",
                      file=file)
                for i in np.flatnonzero(self.core):
                    value = repr(float(activity["image"][i])).replace("nan", "NaN")
                    print(f"core,{option},{i},p,t,{value},{value},{float(activity['image_rate'][i])!r}", file=file)
        return activity

    def on_ranks(self, kind, *options, option="plain"):
        """Runs on 1, 2 and 3 ranks and compares bytes. -> the folder of the first"""
        contents = {}
        for ranks in (1, 2, 3):
            output = self.folder / f"{kind}_{ranks}"
            result = run("metrics", kind, self.base, option, "-o", output, *options, ranks=ranks)
            self.assertEqual(result.returncode, 0, f"{kind}, {ranks} ranks:\n{result.stdout}{result.stderr}")
            contents[ranks] = {path.name: path.read_bytes() for path in sorted(output.iterdir())}
        self.assertEqual(contents[1], contents[2])
        self.assertEqual(contents[1], contents[3])
        return self.folder / f"{kind}_1"

    def quantities(self):
        return {"outgoing_weight": np.bincount(self.source, np.abs(self.weight), CELLS),
                "outgoing_synapses": np.bincount(self.source, self.synapses, CELLS),
                "incoming_weight": np.bincount(self.target, np.abs(self.weight), CELLS)}

    def levels(self, quantity, members):
        """high, mid or low of the members within their layer; "" of others."""
        level = np.full(CELLS, "", "U4")
        for layer in set(self.layer):
            cells = np.flatnonzero(members & (self.layer == layer))
            ranked, third = cells[np.argsort(-quantity[cells], kind="stable")], len(cells) // 3
            level[ranked] = "mid"
            level[ranked[:third]] = "high"
            level[ranked[len(ranked) - third:]] = "low"
        return level

    def test_cohorts(self):
        activity = self.write_activity("plain")
        output = self.on_ranks("cohorts")
        cells = rows_of(output / "cohort_cells_plain.csv")
        ids = column(cells, "node_id").astype(int)
        np.testing.assert_array_equal(ids, np.flatnonzero(self.core))
        self.assertEqual([row["cell_type"] for row in cells], list(self.label[ids]))
        self.assertEqual([row["class"] for row in cells], list(self.group[ids]))
        values = {"rate(Hz)": "rate", "OSI": "OSI", "DSI": "DSI", "dg_sparsity": "sparsity", "image_selectivity": "image"}
        for name, key in values.items():
            np.testing.assert_array_equal(column(cells, name), activity[key][ids])
        summary = rows_of(output / "cohort_activity_plain.csv")
        compared = 0
        for name, quantity in self.quantities().items():
            unit = "" if "synapses" in name else "(pA)"
            np.testing.assert_allclose(column(cells, name + unit), quantity[ids], rtol=1e-13)
            level = np.full(CELLS, "none", "U4")
            for group in ("Exc", "PV", "SST", "VIP"):
                own = self.levels(quantity, self.core & (self.group == group))
                level[own != ""] = own[own != ""]
            self.assertEqual([row[f"{name}_level"] for row in cells], list(level[ids]))
            for row in summary:
                if row["cohorts_by"] != name:
                    continue
                groups = ("PV", "SST", "VIP") if row["class"] == "Inh" else (row["class"],)
                members = self.core & np.isin(self.group, groups) & (level == row["level"])
                own = activity[values[row["metric"]]][members]
                self.assertEqual((int(row["cells"]), int(row["defined"])), (len(own), np.isfinite(own).sum()))
                own = own[np.isfinite(own)]
                expected = [own.mean(), own.std(ddof=1), *np.quantile(own, (0.25, 0.5, 0.75))]
                np.testing.assert_allclose([float(row[each]) for each in ("mean", "sd", "q25", "median", "q75")], expected,
                                           rtol=1e-12)
                compared += 1
        self.assertEqual(compared, 3 * 5 * 3 * 5)

        # Without images their column is empty, with a warning; without gratings there is nothing to compare.
        (self.base / "metrics/selectivity_model_by_unit_plain.csv").unlink()
        result = run("metrics", "cohorts", self.base, "plain", "-o", self.folder / "without")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("striate metrics images", result.stderr)
        self.assertTrue(np.isnan(column(rows_of(self.folder / "without/cohort_cells_plain.csv"), "image_selectivity")).all())
        self.assertEqual(run("metrics", "cohorts", self.base, "plain", "--units", self.folder / "absent.csv").returncode, 66)
        (self.base / "metrics/dg_trial_averaged_sparsity_plain.h5").unlink()
        result = run("metrics", "cohorts", self.base, "plain")
        self.assertEqual(result.returncode, 66)
        self.assertIn("striate metrics sparsity", result.stderr)

    def test_cohort_targets(self):
        output = self.on_ranks("cohort-targets")
        excitatory = self.group == "Exc"
        bases = {"exc": excitatory, "inh": ~excitatory, **{name.lower(): self.group == name for name in CLASSES[1:4]}}
        regions = {"core": self.core, "periphery": ~self.core}
        level = {}  # [mass][base]
        masses = {"weight": np.abs(self.weight), "synapses": self.synapses.astype(float)}
        for mass, quantity in (("weight", "outgoing_weight"), ("synapses", "outgoing_synapses")):
            for base, members in bases.items():
                own = level[mass, base] = np.full(CELLS, "", "U4")
                for region in regions.values():
                    ranked = self.levels(self.quantities()[quantity], members & region)
                    own[ranked != ""] = ranked[ranked != ""]
        among = {mass: np.where(excitatory, level[mass, "exc"], level[mass, "inh"]) for mass in masses}

        seen = 0
        for row in rows_of(output / "cohort_targets_plain.csv"):
            mass = masses[row["mass"]]
            sources = (level[row["mass"], row["cohort"]] == row["level"]) & regions[row["source_region"]]
            targets = (regions[row["target_region"]] & (self.group == row["target_class"])
                       & (among[row["mass"]] == row["target_level"]))
            from_them = sources[self.source]
            chosen = from_them & targets[self.target]
            self.assertEqual((int(row["source_cells"]), int(row["n_connections"])), (sources.sum(), chosen.sum()))
            np.testing.assert_allclose(float(row["total"]), mass[chosen].sum(), rtol=1e-12)
            np.testing.assert_allclose(float(row["fraction"]), mass[chosen].sum() / mass[from_them].sum(), rtol=1e-12)
            seen += int(row["n_connections"]) if (row["mass"], row["cohort"]) in (("weight", "exc"), ("weight", "inh")) else 0
        self.assertEqual(seen, EDGES)

        inside = self.core[self.source] & self.core[self.target]
        names = {"inh_pv": "PV", "inh_sst": "SST", "inh_vip": "VIP", "inh_htr3a": "L1_Inh", "exc_total": "Exc"}
        for stem, mass_name, total in (("weight", "weight", "total_weight(pA)"), ("synapsecount", "synapses", "total_synapses")):
            rows = rows_of(output / f"outgoing_{stem}_complete_targets_plain.csv")
            self.assertEqual([row["group"] for row in rows],
                             [f"{base}_{third}_core" for base in bases for third in ("high", "mid", "low")])
            for row in rows:
                base, third, _ = row["group"].split("_")
                chosen = inside & (level[mass_name, base] == third)[self.source]
                mass = masses[mass_name]
                self.assertEqual(int(row["n_connections"]), chosen.sum())
                np.testing.assert_allclose(float(row[total]), mass[chosen].sum(), rtol=1e-12)
                for name, group in names.items():
                    part = chosen & (self.group == group)[self.target]
                    np.testing.assert_allclose(float(row[name]), mass[part].sum() / mass[chosen].sum(), rtol=1e-12)
                for name, wanted in (("high", "high"), ("low", "low"), ("other", "mid")):
                    part = chosen & (level[mass_name, "exc"] == wanted)[self.target]
                    np.testing.assert_allclose(float(row[f"exc_{name}"]), mass[part].sum() / mass[chosen].sum(), rtol=1e-12)
                self.assertEqual(float(row["inh_other"]), 0)
                self.assertAlmostEqual(float(row["total_check"]), 1)

        thirds = {f"{base}_{third}": level["weight", base] == third for base in ("exc", "inh") for third in ("high", "low")}
        table = rows_of(output / "outgoing_weight_fraction_table_plain.csv")
        self.assertEqual(len(table), 16)
        for row in table:
            from_them = thirds[row["source"]][self.source]
            chosen = from_them & thirds[row["target"]][self.target]
            weight = masses["weight"]
            np.testing.assert_allclose(float(row["abs_weight"]), weight[chosen].sum(), rtol=1e-12)
            np.testing.assert_allclose(float(row["fraction"]), weight[chosen].sum() / weight[from_them].sum(), rtol=1e-12)

        full, summary = (rows_of(output / f"outgoing_weight_granular_{name}_plain.csv") for name in ("full", "summary"))
        self.assertEqual(len(full), 2 * 5 * 3)
        self.assertEqual((len(full[0]), len(summary[0])), (2 + 2 * 16, 1 + 16))
        for row, fractions in zip(full, summary):
            base, third, region = row["source_group"].split("_")
            from_them = ((level["weight", base] == third) & regions[region])[self.source]
            chosen = from_them & ((self.group == "SST") & (level["weight", "inh"] == "low"))[self.target]
            np.testing.assert_allclose(float(row["inh_low_sst_weight"]), weight[chosen].sum(), rtol=1e-12)
            np.testing.assert_allclose(float(fractions["inh_low_sst"]), weight[chosen].sum() / weight[from_them].sum(),
                                       rtol=1e-12)

    def expected_features(self, activity):
        """Column -> values of the core cells, in the order of their ids."""
        inside = self.core[self.source] & self.core[self.target]
        expected = {}
        for side, ends in (("incoming", self.target[inside]), ("outgoing", self.source[inside])):
            own = [self.weight[inside][ends == cell] for cell in range(CELLS)]
            with np.errstate(invalid="ignore"):
                expected |= {f"{side}_degree": [len(w) for w in own], f"{side}_weight_sum": [w.sum() for w in own],
                             f"{side}_weight_mean": [w.mean() if len(w) else np.nan for w in own],
                             f"{side}_weight_std": [w.std(ddof=1) if len(w) > 1 else np.nan for w in own],
                             f"{side}_weight_sum_abs": [np.abs(w).sum() for w in own],
                             f"{side}_weight_mean_abs": [np.abs(w).mean() if len(w) else np.nan for w in own]}
        expected = {name: np.array(values, float)[self.core] for name, values in expected.items()}
        own = {name: values[self.core] for name, values in activity.items()}
        evoked = own["rate"] - own["spont"]
        expected |= {"image_selectivity": own["image"], "orientation_selectivity": own["OSI"], "dg_dsi": own["DSI"],
                     "dg_sparsity": own["sparsity"], "firing_rate": own["rate"], "dg_mean_rate": own["rate"],
                     "dg_peak_rate": own["peak"], "dg_spont_rate": own["spont"], "dg_evoked_rate": evoked,
                     "natural_image_evoked_rate": own["image_rate"], "radius": np.hypot(self.x, self.z)[self.core]}

        def score(columns):
            with np.errstate(invalid="ignore"):
                z = [(values - np.nanmean(values)) / np.nanstd(values) for values in columns]
            count = np.isfinite(z).sum(axis=0)
            return np.where(count > 0, np.nansum(z, axis=0) / np.maximum(count, 1), np.nan)

        expected["activity_selectivity_score"] = score([own["image"], own["OSI"], own["DSI"]])
        expected["activity_rate_score"] = score([np.log1p(np.maximum(values, 0))
                                                 for values in (own["image_rate"], own["spont"], evoked, own["peak"])])
        expected["activity_discriminant"] = expected["activity_selectivity_score"] - expected["activity_rate_score"]
        return expected

    def test_several_networks(self):
        """Each network a sample; another one's tables are ours with other numbers, one group left out."""
        self.write_activity("plain")
        other = self.folder / "other"
        (other / "metrics").mkdir(parents=True)
        targets = [("outgoing_weight_complete_targets", ["group"], ["exc_total", "exc_low", "inh_pv"]),
                   ("outgoing_synapsecount_complete_targets", ["group"], ["exc_high", "inh_sst", "inh_other"]),
                   ("outgoing_weight_fraction_table", ["source", "target"], ["fraction"])]
        for kind, part, tables in (
                ("cohorts", "statistic", [("cohort_activity", ["cohorts_by", "class", "level", "metric"], ["mean", "median"])]),
                ("cohort-targets", "part", targets)):
            self.assertEqual(run("metrics", kind, self.base, "plain", "-o", self.folder / "own").returncode, 0)
            pooled = ("metrics", kind, self.base, "plain", "-o", self.folder / "both", "--networks", other)
            self.assertEqual(run(*pooled).returncode, 66, "the other network has no tables yet")
            both = {}
            for stem, keys, values in tables:
                own = rows_of(self.folder / f"own/{stem}_plain.csv")
                theirs = [{**row, **{name: repr(float(row[name]) * self.rng.uniform(0.5, 1)).replace("nan", "NaN")
                                     for name in values}} for row in own[1:]]
                with open(other / f"metrics/{stem}_plain.csv", "w", newline="") as file:
                    writer = csv.DictWriter(file, list(own[0]))
                    writer.writeheader()
                    writer.writerows(theirs)
                both[stem] = [{tuple(row[key] for key in keys): row for row in rows} for rows in (own, theirs)]
            result = run(*pooled, ranks=2)
            self.assertEqual(result.returncode, 0, result.stderr)
            for stem, keys, values in tables:
                compared = 0
                for row in rows_of(self.folder / f"both/{stem}_networks_plain.csv"):
                    if row[part] not in values:
                        continue
                    key = tuple(row[name] for name in keys)
                    found = np.array([float(table[key][row[part]]) for table in both[stem] if key in table])
                    found = found[np.isfinite(found)]
                    self.assertEqual(int(row["networks"]), len(found))
                    if len(found) > 0:
                        self.assertAlmostEqual(float(row["mean"]), found.mean(), places=12)
                    if len(found) > 1:
                        self.assertAlmostEqual(float(row["sem"]), found.std(ddof=1) / np.sqrt(2), places=12)
                    compared += 1
                self.assertEqual(compared, len(both[stem][0]) * len(values))

    def test_features_and_weights_against_them(self):
        activity = self.write_activity("plain")
        output = self.on_ranks("features")
        rows = rows_of(output / "neuron_features_plain.csv")
        ids = column(rows, "node_id").astype(int)
        np.testing.assert_array_equal(ids, np.flatnonzero(self.core))
        expected = self.expected_features(activity)
        for name, values in expected.items():
            np.testing.assert_allclose(column(rows, name), values, rtol=1e-10, atol=1e-12, err_msg=name)
        self.assertEqual([row["cell_type"] for row in rows], list(self.label[ids]))
        self.assertEqual({(row["cell_type"], row["cell_type_l5_agg"]) for row in rows if row["cell_type"].startswith("L5_E")},
                         {("L5_ET", "L5_Exc")})
        self.assertEqual([int(row["is_inhibitory"]) for row in rows], list((self.group[ids] != "Exc").astype(int)))
        score = expected["activity_selectivity_score"]
        labels = np.where(np.isnan(score), "Unknown", np.where(score > 0, "selective", "non_selective"))
        self.assertEqual([row["activity_label"] for row in rows], list(labels))
        self.assertEqual(set(labels), {"Unknown", "selective", "non_selective"})

        (self.base / "metrics/neuron_features_plain.csv").write_bytes((output / "neuron_features_plain.csv").read_bytes())
        output = self.on_ranks("weight-properties", "--min-edges", 30, "--bin-count", 4)
        values = {name: np.full(CELLS, np.nan) for name in expected}
        for name in values:
            values[name][ids] = expected[name]
        family = np.where(np.isin(self.group, ("PV", "SST", "VIP")), self.group, self.label)
        inside = self.core[self.source] & self.core[self.target]
        weight = np.abs(self.weight)

        def chosen(row):
            ends = self.source if row["side"] == "outgoing" else self.target
            used = inside & (family[self.source] == row["source_type"]) & (family[self.target] == row["target_type"])
            x = values[row["property"]][ends]
            return x[used & np.isfinite(x)], weight[used & np.isfinite(x)]

        lines = rows_of(output / "weight_properties_plain.csv")
        self.assertEqual(len({row["property"] for row in lines}), 11)
        some = 0
        for row in lines:
            x, y = chosen(row)
            self.assertEqual(int(row["edges"]), len(x))
            if len(x) < 30:
                self.assertEqual((row["r"], row["slope(pA)"]), ("NaN", "NaN"))
                continue
            if np.ptp(x) > 0:
                np.testing.assert_allclose(float(row["r"]), np.corrcoef(x, y)[0, 1], rtol=1e-8, atol=1e-10)
                np.testing.assert_allclose(float(row["slope(pA)"]), np.polyfit(x, y, 1)[0], rtol=1e-7, atol=1e-10)
                some += 1
        self.assertGreater(some, 1000)
        for row in rows_of(output / "weight_property_bins_plain.csv")[::7]:
            x, y = chosen(row)
            own = values[row["property"]]
            edges = np.linspace(np.nanmin(own), np.nanmax(own), 5)
            bin_number = int(np.argmin(np.abs(edges[:-1] - float(row["from"]))))
            np.testing.assert_allclose(float(row["to"]), edges[bin_number + 1])
            in_bin = y[np.clip(np.searchsorted(edges, x, side="right") - 1, 0, 3) == bin_number]
            self.assertEqual(int(row["edges"]), len(in_bin))
            if len(in_bin) > 1:
                np.testing.assert_allclose([float(row["mean_weight(pA)"]), float(row["sem(pA)"])],
                                           [in_bin.mean(), in_bin.std(ddof=1) / np.sqrt(len(in_bin))], rtol=1e-9)

        self.selective_sets(ids, labels)

    def selective_sets(self, ids, labels):
        result = run("nodesets", "selective", self.base, "--features", "plain")
        self.assertEqual(result.returncode, 0, result.stderr)
        members = {path.name.removesuffix("_nodes.json"): json.loads(path.read_text())["node_id"]
                   for path in (self.base / "node_sets").iterdir()}
        self.assertEqual(len(members), 8)
        for kind, excites in (("exc", True), ("inh", False)):
            own = (self.group[ids] == "Exc") == excites
            sizes = []
            for name, label in (("selective", "selective"), ("nonselective", "non_selective")):
                expected = ids[own & (labels == label)]
                self.assertEqual(members[f"{kind}_{name}"], list(expected))
                sizes.append(len(expected))
            for name in ("selective", "nonselective"):
                matched = members[f"{kind}_{name}_matched"]
                self.assertEqual(len(matched), min(sizes))
                self.assertEqual(matched, sorted(set(matched)))
                self.assertTrue(set(matched) <= set(members[f"{kind}_{name}"]))
        result = run("nodesets", "selective", self.base, "--features", "plain", "--seed", 1, "-o", self.folder / "other")
        self.assertEqual(result.returncode, 0, result.stderr)
        larger = max((name for name in members if "_matched" in name),
                     key=lambda name: len(members[name.removesuffix("_matched")]) - len(members[name]))
        self.assertNotEqual(json.loads((self.folder / f"other/{larger}_nodes.json").read_text())["node_id"], members[larger])
        self.assertEqual(run("nodesets", "selective", self.base).returncode, 66)  # features of bio_trained

    def test_perturbation(self):
        counts = {}
        for option, trials in (("bio_trained", 3), ("shift_neg100", 2)):
            for trial in range(trials):
                folder = self.folder / f"runs/{option}_{trial}"
                folder.mkdir(parents=True)
                ids = self.rng.integers(0, CELLS, 4000)
                times = self.rng.uniform(0, 3000, 4000)
                with h5py.File(folder / "spikes.h5", "w") as file:
                    file["spikes/v1/timestamps"], file["spikes/v1/node_ids"] = np.sort(times), ids[np.argsort(times)].astype("u8")
                used = (times >= 500) & (times < 2000)
                counts.setdefault(option, []).append(np.bincount(ids[used], minlength=CELLS) / 1.5)
        targets = np.sort(self.rng.choice(CELLS, 60, replace=False))
        (self.base / "targets.json").write_text(json.dumps({"population": "v1", "node_id": targets.tolist()}))
        runs = {option: [self.folder / f"runs/{option}_{k}" for k in range(len(each))] for option, each in counts.items()}
        given = ("--run", *runs["shift_neg100"], "--baseline-run", *runs["bio_trained"], "--from", 500, "--to", 2000)
        self.assertEqual(run("metrics", "perturbation", self.base, "shift_neg100", *given).returncode, 2)  # without --targets
        output = self.on_ranks("perturbation", *given, "--targets", "targets.json", option="shift_neg100")
        rates, before = np.array(counts["shift_neg100"]), np.mean(counts["bio_trained"], axis=0)
        is_target = np.isin(np.arange(CELLS), targets)
        cells = rows_of(output / "perturbation_cells_shift_neg100.csv")
        ids = column(cells, "node_id").astype(int)
        np.testing.assert_array_equal(ids, np.flatnonzero(self.core))
        np.testing.assert_array_equal(column(cells, "target"), is_target[ids])
        self.assertEqual([(row["pop_name"], row["cell_type"]) for row in cells],
                         list(zip(np.array(POPULATIONS)[self.kind[ids]], self.label[ids])))
        np.testing.assert_allclose(column(cells, "baseline_rate(Hz)"), before[ids], rtol=1e-12)
        np.testing.assert_allclose(column(cells, "rate(Hz)"), rates.mean(axis=0)[ids], rtol=1e-12)
        np.testing.assert_allclose(column(cells, "delta(Hz)"), (rates.mean(axis=0) - before)[ids], rtol=1e-9, atol=1e-12)

        def members(row):
            chosen = self.core & {"all": True, "targets": is_target, "others": ~is_target}[row["cells"]]
            return chosen & (row["cell_type"] in ("All", self.label)) if row["cell_type"] == "All" else \
                chosen & (self.label == row["cell_type"])

        def check(row, what, values):
            expected = [values.mean(), np.median(values), values.std(ddof=1) if values.size > 1 else np.nan]
            np.testing.assert_allclose([float(row[f"{each}_{what}"]) for each in ("mean", "median", "std")], expected, rtol=1e-9,
                                       atol=1e-12)

        by_run = rows_of(output / "perturbation_by_run_shift_neg100.csv")
        for row in by_run:
            self.assertEqual(int(row["n_cells"]), members(row).sum())
            check(row, "rate_hz", rates[int(row["run_id"][-1])][members(row)])
        by_type = rows_of(output / "perturbation_by_type_shift_neg100.csv")
        self.assertEqual(len(by_run), 2 * len(by_type))
        self.assertEqual({row["cells"] for row in by_type}, {"all", "targets", "others"})
        for row in by_type:
            self.assertEqual((int(row["n_cells"]), int(row["n_runs"])), (members(row).sum(), 2))
            check(row, "rate_hz", rates[:, members(row)].ravel())
            check(row, "baseline_hz", before[members(row)])
            check(row, "delta_hz", (rates.mean(axis=0) - before)[members(row)])

    def test_slopes(self):
        activity = {option: self.write_activity(option, selective=False)
                    for option in ("bio_trained", "shift_neg100", "shift_pos100", "shift_pos50")}
        output = self.on_ranks("slopes", option="shift")

        def mean_of(option, label, measure):
            own = activity[option]
            chosen = self.core & (np.isin(self.label, ("L5_ET", "L5_IT")) if label == "L5_Exc" else self.label == label)
            name = {"Spont_Rate(Hz)": "spont", "Ave_Rate(Hz)": "rate", "max_mean_rate(Hz)": "peak"}.get(measure, measure)
            values = own[name].copy()
            if measure in ("OSI", "DSI"):
                values[own["peak"] < 0.5] = np.nan
            return np.nanmean(values[chosen])

        deltas = rows_of(output / "perturbation_deltas_shift.csv")
        self.assertEqual(len(deltas), (len(set(TYPES)) + 1) * 5 * 2)
        for row in deltas:
            option = "shift_neg100" if float(row["amplitude"]) < 0 else "shift_pos100"
            value, without = (mean_of(each, row["cell_type"], row["measure"]) for each in (option, "bio_trained"))
            np.testing.assert_allclose([float(row[name]) for name in ("mean_value", "baseline_value", "diff", "rel_diff")],
                                       [value, without, value - without, (value - without) / without], rtol=1e-9, atol=1e-12)
        slopes = rows_of(output / "perturbation_slopes_shift.csv")
        for row in slopes:
            low, high = (mean_of(each, row["cell_type"], row["measure"]) for each in ("shift_neg100", "shift_pos100"))
            np.testing.assert_allclose([float(row["slope_per_pA"]), float(row["intercept"])],
                                       [(high - low) / 200, (high + low) / 2], rtol=1e-9, atol=1e-12)
        three = self.on_ranks("slopes", "--amplitudes", -100, 50, 100, option="shift")
        for row in rows_of(three / "perturbation_slopes_shift.csv"):
            course = [mean_of(each, row["cell_type"], row["measure"]) for each in ("shift_neg100", "shift_pos50", "shift_pos100")]
            np.testing.assert_allclose([float(row["slope_per_pA"]), float(row["intercept"])],
                                       np.polyfit((-100, 50, 100), course, 1), rtol=1e-7, atol=1e-12)
        for words, code in (((100,), 2), ((100, 100), 2), ((0, 100), 2), ((-200, 100), 66)):
            self.assertEqual(run("metrics", "slopes", self.base, "shift", "--amplitudes", *words).returncode, code)


if __name__ == "__main__":
    unittest.main()
