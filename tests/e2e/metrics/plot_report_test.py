# SPDX-License-Identifier: BSD-3-Clause
"""Every kind of picture of a tiny network's runs, the report about them, and what is said when something is missing."""
import base64
import html.parser
import json
import os
import re
import shutil
import subprocess
import unittest

import h5py
import numpy as np

from support import ROOT, StriateTest, run
from support.results import png_size

PAPER_WIDTH = 2160  # pixels: 7.2 inches of 300 dots

TYPES = ("L2/3_Exc", "L4_Exc", "L4_PV")
TABLES = {  # of analyses that need more runs than a test has time for: name -> header, row for each type or pair
    "contrast_by_type_plain.csv": ("cell_type,contrast,n_cells,rate(Hz),osi,dsi,sparsity,sparsity_sd,reliability",
                                   lambda a: [f"{a},{c},9,{10 * c},0.3,0.2,0.4,0.1,{c}" for c in (0.05, 0.4, 0.8)]),
    "contrast_responsive_cells_plain.csv": ("cell_type,n_cells,positive_fraction,positive_error,negative_fraction,negative_error",
                                            lambda a: [f"{a},9,0.5,0.1,0.1,0.05"]),
    "suppression_mean_plain.csv": ("cell_type,metric,percent_change,networks",
                                   lambda a: [f"{a},{m},-12.5,1" for m in ("rate", "osi", "dsi", "sparsity")]),
    "correlation_pairs_plain.csv": ("source_type,target_type,edges,slope(pA),intercept(pA),r,p,delta_anti,delta_like",
                                    lambda a: [f"{a},{b},99,1.5,2,0.2,0.01,-0.1,0.3" for b in TYPES]),
    "correlation_bins_plain.csv": ("source_type,target_type,correlation,edges,mean_weight(pA),sem(pA)",
                                   lambda a: [f"{a},{b},{x / 20},9,{2 + x / 13},0.1" for b in TYPES for x in range(-19, 20, 2)]),
    "correlation_fits_plain.csv": ("source_type,target_type,edges,legendre_0(pA),legendre_1(pA),legendre_2(pA),legendre_3(pA),"
                                   "legendre_r2,at_zero(pA),slope_below_zero(pA),slope_above_zero(pA),piecewise_r2",
                                   lambda a: [f"{a},{b},99,2,1.5,0.3,0.1,0.2,2,1,2,0.2" for b in TYPES]),
    "correlation_samples_plain.csv": ("source_type,target_type,sample,edges,slope(pA),r,p",
                                      lambda a: [f"{a},{b},{k},50,1,0.1,{0.01 * (k + 1)}" for b in TYPES for k in range(20)]),
    "em_comparison_plain.csv": ("measure,pooling,source,target,em_n,em_value,em_low,em_high,em_p,model_edges,model_value,"
                                "sample_median,sample_low,sample_high,q,p",
                                lambda a: [f"{m},{q},{s},{t},426,0.3,0.1,0.5,0.01,999,0.6,0.6,0.4,0.8,0.01,0.02"
                                           for m in ("direction_a", "direction_b", "correlation", "correlation_sd")
                                           for q, s, t in (("raw", "E", "E"), ("matched", "E", "E"), ("pair", a, a))]),
    "em_curves_plain.csv": ("data,measure,source,target,from,to,n,relative_weight,sem",
                            lambda a: [f"{d},{m},{s},{s},{low + k * step},{low + (k + 1) * step},20,{1.3 - 0.05 * k},0.1"
                                       for d in ("em", "model") for m, low, step, n in (("direction", 0, 20, 9),
                                                                                       ("correlation", -0.2, 0.05, 14))
                                       for s in ("E", a) for k in range(n)]),
    "em_direction_fits_plain.csv": ("pooling,source,target,n,mean_weight,a,b,c",
                                    lambda a: ["raw,E,E,426,2500,700,300,2400", f"pair,{a},{a},50,2500,700,300,2400"]),
    "em_correlation_fits_plain.csv": ("pooling,source,target,n,mean_weight,slope,intercept",
                                      lambda a: ["raw,E,E,3934,8600,9000,7700", f"pair,{a},{a},50,8600,9000,7700"]),
    "weight_distribution_plain.csv": ("source_type,target_type,edges,low_whisker(pA),q25(pA),median(pA),q75(pA),high_whisker(pA)",
                                      lambda a: [f"{a},{b},99,0.1,1,2,3,9" for b in TYPES]),
    "cohort_cells_plain.csv": ("network,node_id,cell_type,class,outgoing_weight(pA),outgoing_weight_level,rate(Hz),OSI,DSI,"
                               "dg_sparsity,image_selectivity",
                               lambda a: [f"tiny,{i},{a},{a.split('_')[1]},{10 + i},{('low', 'mid', 'high')[i // 6]},{i},0.{i},0.2,"
                                          "0.3,NaN" for i in range(18)]),
    "cohort_targets_plain.csv": ("network,mass,source_region,cohort,level,source_cells,target_region,target_class,target_level,"
                                 "n_connections,total,fraction",
                                 lambda a: [f"tiny,{mass},core,{cohort},{level},3,core,{a.split('_')[1]},{of},9,12.5,0.1"
                                            for mass in ("weight", "synapses") for cohort in ("exc", "inh", "pv")
                                            for level in ("high", "mid", "low") for of in ("high", "mid", "low")]),
    "outgoing_weight_fraction_table_plain.csv": ("network,source,target,abs_weight,fraction",
                                                 lambda a: [f"tiny,{s},{t},3.5,0.25" for s in ("exc_high", "inh_low")
                                                            for t in ("exc_high", "inh_low")]),
    "weight_properties_plain.csv": ("property,side,source_type,target_type,edges,slope(pA),r,p",
                                    lambda a: [f"{p},{side},{a},{b},300,0.1,-0.2,0.01" for b in TYPES
                                               for p in ("orientation_selectivity", "dg_mean_rate")
                                               for side in ("outgoing", "incoming")]),
    "perturbation_deltas_plain.csv": ("condition,amplitude,cell_type,measure,mean_value,baseline_value,diff,rel_diff",
                                      lambda a: [f"plain,{amp},{a},{m},1,2,-1,-0.5" for amp in (-100.0, 100.0)
                                                 for m in ("Spont_Rate(Hz)", "Ave_Rate(Hz)", "max_mean_rate(Hz)", "OSI", "DSI")]),
    "selectivity_model_by_unit_plain.csv": ("network,network_type,node_id,pop_name,cell_type,image_selectivity,lifetime_sparsity,"
                                            "firing_rate(Hz)",
                                            lambda a: [f"tiny,plain,{i},p,{a},0.{i + 1},0.{i + 1},{i}" for i in range(9)]),
    "selectivity_model_by_type_plain.csv": ("network_type,cell_type,mean_image_selectivity,population_sparsity",
                                            lambda a: [f"plain,{a},0.{3 + TYPES.index(a)},0.7"]),
    "decoding_folds_plain_by_type.csv": ("network,cell_type,sample_size,fold,accuracy,accuracy_template,chance",
                                         lambda a: [f"tiny,{a},30,{k},0.{k + TYPES.index(a)},0.3,0.125" for k in range(4)]),
    "decoding_confusion_plain_by_type.csv": ("network,cell_type,sample_size,decoder,shown,told,count",
                                             lambda a: [f"tiny,{a},30,regression,{i},{(i + j) % 8},{9 - j}" for i in range(8)
                                                        for j in range(3)]),
    "fano_plain.csv": ("bin_width(ms),bins,fano,sem,draws", lambda a: ["1.0,400,1.1,0.02,100", "10.0,40,1.3,0.05,100"]),
}
KINDS = {"odsi": "similarity", "odsi-populations": "odsi", "tuning-map": "odsi", "contrast": "contrast", "responders": "contrast",
         "preferred-direction": "preferred-direction", "correlation": "correlation", "suppression": "suppression",
         "spectra": "spectra", "weights": "weights", "fano": "fano", "similarity": "similarity", "rates": "rates",
         "direction-curves": "preferred-direction", "correlation-curves": "correlation", "p-values": "correlation",
         "em": "em", "cohorts": "cohorts", "cohort-targets": "cohort-targets", "weight-properties": "weight-properties",
         "slopes": "slopes", "images": "images", "decoding": "decoding", "confusion": "decoding",
         "contrast-map": "contrast", "connectivity": "connectivity"}  # kind -> analysis that makes its table


class PageReader(html.parser.HTMLParser):
    VOID = {"meta", "link", "img", "br", "hr"}

    def __init__(self):
        super().__init__()
        self.open, self.problems, self.pictures, self.addresses, self.text = [], [], [], [], ""

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name in ("src", "href"):
                self.addresses.append(value)
            if name.startswith("on") or tag == "script":
                self.problems.append(f"{tag} {name}")
        if tag == "img":
            self.pictures.append(dict(attributes)["src"])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"unbalanced {tag}")

    def handle_data(self, data):
        self.text += data


class PlotReportTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = cls.folder_of_all()
        cls.base = cls.shared / "tiny <b>&\"net"  # a name that must be escaped
        base = cls.base
        cls.must("build", "tiny", "-o", base, "-q")
        cls.must("background", base, "-q")
        cls.must("background", base, "-p", "8dir_10trials", "-q")
        cls.must("lgn", base / "configs/config_filternet.json", "-q")
        cls.must("simulate", base / "configs/config_plain.json", "-q")
        configs = subprocess.run(["/usr/bin/python3", ROOT / "scripts/acceptance/parts/trial_configs.py", base, "plain",
                                  "gratings", "1"], text=True, capture_output=True, check=True)
        for number in range(8):
            cls.must("lgn", base / f"configs/filternet_8dir_10trials/config_filternet_{number}.json", "-q")
            cls.must("simulate", base / f"configs/8dir_10trials_plain/config_{number}.json", "-q")
        assert len(configs.stdout.splitlines()) == 2
        for kind in ("odsi", "similarity", "rates", "preferred-direction", "connectivity"):
            cls.must("metrics", kind, base, "plain", "-q", *(["--min-rate", "0.1"] if kind == "preferred-direction" else []))
        for name, (header, rows) in TABLES.items():
            types = TYPES[:1] if name.startswith(("fano", "em_", "outgoing_weight_fraction")) else TYPES
            (base / "metrics" / name).write_text("\n".join([header, *(row for t in types for row in rows(t))]) + "\n")
        (base / "contrasts_plain").mkdir()
        with h5py.File(base / "network/v1_nodes.h5") as file:
            ids = file["nodes/v1/node_id"][:]
        with h5py.File(base / "contrasts_plain/spike_counts.h5", "w") as file:
            responses = np.random.default_rng(2).poisson(3.0, (8, 6, 10, len(ids)))
            file["evoked_spikes"], file["spont_spikes"] = responses.astype("f8"), responses[:3, :, 0].reshape(18, -1).astype("f8")
            file["interval_length"], file["node_id"] = [1800.0], ids.astype("u8")
        density = {"frequencies": list(range(1, 101)), "psd": [1 / f for f in range(1, 101)], "n_trials": 10}
        (base / "contrasts_plain/combined_spectra_700to2700.json").write_text(
            json.dumps({"spectra": {t: {"0.8": {"0": density, "45": density}} for t in TYPES}}))

    @classmethod
    def must(cls, *arguments):
        result = run(*arguments)
        assert result.returncode == 0, f"{arguments}:\n{result.stdout}{result.stderr}"
        return result

    def fails(self, code, text, *arguments, **options):
        result = run(*arguments, **options)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(text, result.stderr)

    def test_every_kind(self):
        for kind in ("raster", *KINDS):
            with self.subTest(kind=kind):
                self.must("plot", kind, self.base, "plain")
                picture = self.base / f"figures/{kind}_plain.png"
                width, height = png_size(picture)
                self.assertEqual(width, PAPER_WIDTH if kind != "fano" else PAPER_WIDTH // 2)
                self.assertGreater(height, 600)
                self.assertGreater(picture.stat().st_size, 12000, "nothing seems to be drawn")

    def test_choices_of_figures(self):
        """Other pictures of the same tables, and words that name nothing in them."""
        units = (self.base / "metrics/selectivity_model_by_unit_plain.csv").read_text()
        (self.folder / "units.csv").write_text(units.replace("plain", "neuropixels"))
        folds = (self.base / "metrics/decoding_folds_plain_by_type.csv").read_text()
        (self.folder / "folds.csv").write_text(folds + folds.replace("tiny", "another").partition("\n")[2])
        for kind, *words in (("images", "--style", "violins", "--recorded", self.folder / "units.csv"),
                             ("decoding", "--recorded", self.folder / "folds.csv"), ("contrast-map", "--scale", "normalised"),
                             ("weight-properties", "--property", "dg_mean_rate")):
            picture = self.folder / f"{kind}.png"
            self.must("plot", kind, self.base, "plain", *words, "-o", picture)
            self.assertGreater(picture.stat().st_size, 12000)
        for code, text, kind, *words in ((2, "there are 30", "decoding", "--size", 10), (2, "--size", "confusion", "--size", 10),
                                         (2, "no --property", "weight-properties", "--property", "charm"),
                                         (2, "--type L9", "cohorts", "--type", "L9"),
                                         (65, "outgoing_synapses", "cohorts", "--by", "outgoing_synapses"),
                                         (66, "recorded-images", "images", "--recorded", "absent.csv")):
            self.fails(code, text, "plot", kind, self.base, "plain", *words)

    def test_times_shorter_than_the_usual_bin(self):
        self.must("plot", "raster", self.base, "plain", "--from", "0", "--to", "10", "-o", self.folder / "short.png")
        self.assertEqual(png_size(self.folder / "short.png")[0], PAPER_WIDTH)

    def test_choices_of_a_raster(self):
        def texts(*words):
            picture = self.folder / "r.svg"
            self.must("plot", "raster", self.base, "plain", "-o", picture, *words)
            return re.findall(r"<text>([^<]*)</text>", picture.read_text())
        plain = texts()
        self.assertTrue(any(text.startswith("L5 Exc (") for text in plain))
        self.assertIn("rate in bins of 20 ms (Hz)", plain)
        types = texts("--groups", "type", "--sort", "depth")
        self.assertTrue(any(text.startswith("L5 ET (") for text in types))
        self.assertFalse(any(text.startswith("L5 Exc (") for text in types))
        self.assertTrue(any(text.startswith("i23Pvalb (") for text in texts("--groups", "population", "--sort", "rate")))
        core = texts("--cells", "core", "--core-radius", "25", "--spectra", "--mark", "100", "200")
        self.assertIn("power density (1/Hz)", core)
        cells = {name: sum(int(text.split("(")[1][:-1]) for text in found if re.fullmatch(r"L\S+ \S+ \(\d+\)", text))
                 for name, found in (("all", plain), ("core", core))}
        self.assertLess(cells["core"], cells["all"] / 2)
        self.assertGreater(cells["core"], 0)
        self.assertIn("rate in bins of 50 ms (Hz)", texts("--to", "10000"))

    def test_formats(self):
        svg, pdf = self.folder / "p.svg", self.folder / "p.pdf"
        self.must("plot", "odsi", self.base, "plain", "-o", svg)
        self.must("plot", "odsi", self.base, "plain", "-o", pdf)
        self.assertIn("L2/3 Exc", svg.read_text())  # text stays text
        self.assertTrue(svg.read_text().rstrip().endswith("</svg>"))
        self.assertTrue(pdf.read_bytes().startswith(b"%PDF"))
        self.fails(2, ".png, .svg or .pdf", "plot", "odsi", self.base, "plain", "-o", self.folder / "p.gif")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["p.pdf", "p.svg"])

    def test_several_options(self):
        for name in ("OSI_DSI_DF", "similarity"):
            text = (self.base / f"metrics/{name}_plain.csv").read_text()
            (self.base / f"metrics/{name}_other.csv").write_text(text)
        self.must("plot", "odsi", self.base, "plain", "--with", "other", "-o", self.folder / "two.svg")
        text = (self.folder / "two.svg").read_text()
        self.assertIn("other", text)

    def test_missing_tables_name_their_command(self):
        for kind, analysis in KINDS.items():
            with self.subTest(kind=kind):
                expected = "metrics odsi" if kind == "odsi" else f"metrics {analysis} {self.base} absent"
                self.fails(66, expected, "plot", kind, self.base, "absent")
        self.assertFalse(list(self.base.glob("figures/*absent*")))

    def test_without_gnuplot(self):
        environment = os.environ.copy()
        os.environ["PATH"] = str(self.folder)
        try:
            self.fails(74, "gnuplot is not installed", "plot", "raster", self.base, "plain")
            self.fails(74, "gnuplot is not installed", "report", self.base, "plain", "-o", self.folder / "r.html")
        finally:
            os.environ["PATH"] = environment["PATH"]
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_bad_calls(self):
        self.fails(2, "did you mean", "plot", "contrasts", self.base)
        self.fails(2, "network option", "plot", "odsi", self.base, "a/b")
        self.fails(2, "network option", "metrics", "rates", self.base, "a/b")
        self.fails(2, "network option", "metrics", "rates", self.base, "")
        self.fails(2, "--core-radius", "plot", "odsi", self.base, "plain", "--core-radius", "-1")
        self.fails(2, "--core-radius", "report", self.base, "plain", "--core-radius", "nan")
        self.fails(2, "contrast", "plot", "spectra", self.base, "plain", "--contrast", "0.3")
        for times in (("--bin", "1e-9"), ("--bin", "0"), ("--to", "1e300")):
            self.fails(2, times[0], "plot", "raster", self.base, "plain", *times)
        self.fails(2, "--core-radius", "plot", "raster", self.base, "plain", "--core-radius", "30")
        self.fails(2, "no cell", "plot", "raster", self.base, "plain", "--cells", "core", "--core-radius", "0.5")
        self.fails(2, "a second is needed", "plot", "raster", self.base, "plain", "--spectra", "--to", "999")
        self.fails(66, "nothing to report", "report", self.base, "absent")

    def test_folders_of_others_stay(self):
        kept = self.folder / "report.html.pictures/mine.txt"
        kept.parent.mkdir()
        kept.write_text("mine")
        self.must("report", self.base, "plain", "-o", self.folder / "report.html")
        self.assertEqual(kept.read_text(), "mine")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["report.html", "report.html.pictures"])

    def report(self):
        page = self.folder / "report.html"
        self.must("report", self.base, "plain", "-o", page)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["report.html"])  # no pictures left behind
        return page

    def test_report(self):
        text = self.report().read_text()
        page = PageReader()
        page.feed(text)
        self.assertEqual(page.problems, [])
        self.assertEqual(page.open, [])
        self.assertEqual([a for a in page.addresses if not a.startswith("data:")], [])
        stimuli = 2  # of the single run and of the gratings
        self.assertEqual(len(page.pictures), 1 + len(KINDS) + stimuli)
        for picture in page.pictures:
            data = base64.b64decode(picture.split(",", 1)[1], validate=True)
            self.assertEqual(data[:4], b"\x89PNG")
        self.assertNotIn("<b>&\"net", text)
        self.assertIn("tiny <b>&\"net", page.text)
        for word in ("L2/3 Exc", "similarity", "72 of 80 runs are missing", "metrics odsi", "3000.0", "Provenance",
                     "What the LGN saw", "single run", "8dir_10trials: drifting gratings, 8 directions x 10 trials (angle0_trial0)",
                     "gray_screen_dur", "cells cover x"):
            self.assertIn(word, page.text)
        self.assertEqual(self.report().read_text(), text)  # nothing in it depends on when it was made

    def test_report_of_a_single_run(self):
        base = self.folder / "alone"
        for name in ("network", "output_plain"):
            shutil.copytree(self.base / name, base / name)
        (base / "metrics").mkdir()
        (base / "metrics/preferred_direction_fits_plain.csv").write_text(
            (self.base / "metrics/preferred_direction_fits_plain.csv").read_text().splitlines()[0] + "\n")
        page = self.folder / "alone.html"
        self.must("report", base, "plain", "-o", page)
        text = page.read_text()
        self.assertEqual(text.count("<img"), 1)
        self.assertIn("No tuning", text)
        self.assertEqual(text.count("<h3>Not drawn</h3>"), 1)
        self.assertIn("it has no rows", text)
        for kind, command in (("odsi", "odsi"), ("contrast", f"contrast {base} plain"), ("images", f"images {base} plain")):
            self.assertIn(f"<li>{kind}: made of what &#39;striate metrics {command}&#39; writes</li>", text)
        self.assertIn("the network ends at 50 µm; its own core ends at 20 µm", text)

    def test_report_in_a_browser(self):
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        if browser is None:
            self.skipTest("chromium is not installed")
        page, broken = self.report(), self.folder / "broken.html"
        broken.write_text("<script>console.error('seen')</script><img src='absent.png'>")
        self.assertNotEqual(self.console(browser, broken), [])  # else the next line would show nothing
        self.assertEqual(self.console(browser, page), [])
        self.assertEqual(png_size(self.folder / "shot.png"), (1100, 3000))

    def console(self, browser, page):
        """What the page makes the browser write to its console."""
        result = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--enable-logging=stderr", "--v=0",
             f"--user-data-dir={self.folder / 'profile'}", "--window-size=1100,3000",
             f"--screenshot={self.folder / 'shot.png'}", page.as_uri()],
            text=True, capture_output=True, timeout=120)
        return [line for line in result.stderr.splitlines() if re.search(r"CONSOLE", line)]


if __name__ == "__main__":
    if shutil.which("gnuplot") is None:
        print("skipped: gnuplot is not installed (apt-get install gnuplot-nox)")
        raise SystemExit(77)
    unittest.main()
