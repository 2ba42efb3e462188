# SPDX-License-Identifier: BSD-3-Clause
"""`striate build --from-base-props`: the reference's workbook and tables, unedited and edited, as networks of ours."""
import re
import shutil
import unittest
import xml.etree.ElementTree as ElementTree
import zipfile

from support import ROOT, StriateTest, run

FOLDER = ROOT / "tests/data/base_props"
XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
USAGE, BAD_DATA, MISSING, CONFIG = 2, 65, 66, 78


def read_workbook():
    """Rows of texts of the seed workbook, up to the end of the table."""
    with zipfile.ZipFile(FOLDER / "V1model_seed_file.xlsx") as book:
        shared = ["".join(part.text or "" for part in item.iter(XML + "t"))
                  for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        rows = []
        for row in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(XML + "row"):
            cells = [""] * 18
            for cell in row:
                value = cell.find(XML + "v")
                if value is not None:
                    text = shared[int(value.text)] if cell.get("t") == "s" else value.text
                    cells[ord(cell.get("r")[0]) - ord("A")] = text
            if not cells[0]:
                break
            rows.append(cells)
    return rows


def write_workbook(path, rows):
    """The least that is a workbook. A cell "=" is a formula without a value."""
    def cell(text):
        if text == "=":
            return "<c><f>A1</f></c>"
        if re.fullmatch(r"-?[\d.]+(E-?\d+)?", text):
            return f"<c><v>{text}</v></c>"
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>' if text else "<c/>"
    sheet = "".join(f'<row r="{k + 1}">' + "".join(map(cell, row)) + "</row>" for k, row in enumerate(rows))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", '<workbook xmlns:r="x"><sheets><sheet name="cell_models" sheetId="1" r:id="i"/>'
                                         "</sheets></workbook>")
        book.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="i" Target="s.xml"/></Relationships>')
        book.writestr("xl/s.xml", f"<worksheet><sheetData>{sheet}</sheetData></worksheet>")


class BasePropsTest(StriateTest):
    def build(self, *words, code=0):
        result = run("build", *words, cwd=self.folder)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def hashes(self, base):
        """Contents of the files of a network, by name."""
        result = run("check", base, "--hash", cwd=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        return sorted(re.findall(r"^([0-9a-f]{64})\s+\S*?((?:network|components|configs)/\S+)", result.stdout, re.M))

    def props(self):
        """A copy of the folder to be edited, with a workbook that is written anew."""
        folder = self.folder / "base_props"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(FOLDER, folder)
        rows = read_workbook()
        write_workbook(folder / "V1model_seed_file.xlsx", rows)
        return folder, rows

    def edit(self, folder, name, row, column, value):
        """Another value in a table; returns the line's number."""
        lines = (folder / name).read_text().splitlines()
        place = lines[0].split(" ").index(column)
        for number, line in enumerate(lines):
            cells = line.split(" ")
            if cells[0] == row:
                cells[place] = value
                lines[number] = " ".join(cells)
                (folder / name).write_text("\n".join(lines) + "\n")
                return number + 1
        raise KeyError(row)

    def test_unedited_tables_give_the_shipped_network(self):
        self.build("tiny", "-q", "-o", "shipped")
        self.build("tiny", "-q", "--from-base-props", FOLDER, "-o", "read")
        expected = self.hashes("shipped")
        self.assertGreater(len(expected), 12)
        self.assertEqual(self.hashes("read"), expected)
        yaml = (self.folder / "read.yaml").read_text()
        self.assertIn("extends: tiny\n", yaml)
        self.assertIn("nothing was edited", yaml)
        self.build("read.yaml", "-q", "-o", "again")
        self.assertEqual(self.hashes("again"), expected)

    def test_edits_are_carried_over(self):
        folder, rows = self.props()
        names = [row[1] for row in rows]
        columns = {name: k for k, name in enumerate(rows[0])}
        rows[names.index("e23Cux2")][columns["pop_combined_count"]] = "25000"
        rows[names.index("e4Rorb")][columns["upper_bound"]] = "360.5"
        rows[names.index("i4Sst")][columns["nsyn_lognorm_scale"]] = "5000"
        del rows[names.index("i1Htr3a")]
        write_workbook(folder / "V1model_seed_file.xlsx", rows)
        with open(folder / "exclude_list.csv", "a", encoding="utf-8") as file:
            file.write('486262299 "does not fire"\n1 "of no population"\n')
        self.edit(folder, "sigma.csv", "e", "i", "90")
        self.edit(folder, "b_ratio.csv", "e", "e", "0.4")
        self.edit(folder, "pmax_matrix_v1dd.csv", "L4_Exc", "L4_PV", "0.25")
        self.edit(folder, "syn_types_latency.csv", "pv", "e4", "1.25")
        self.edit(folder, "tau_syn_fast.csv", "e4", "pv", "0.0011")
        self.edit(folder, "amp_slow.csv", "exc", "e4", "0.5")
        self.edit(folder, "psp_lookup_table.csv", "e4Rorb", "e4Rorb", "l5_IT_pyr__to__all_pyr")
        self.edit(folder, "lgn_params.csv", "e4other", "sON_ratio", "0.8")
        self.edit(folder, "lgn_weights_population.csv", "i6Vip", "syn_weight", "0.69")
        output = self.build("tiny", "--from-base-props", folder, "-o", "edited", "--radius", "40")
        self.assertIn("edited.yaml", output)
        psp = dict(line.split(" ")[0:1] + [line.split(" ")] for line in
                   (FOLDER / "psp_characterization.csv").read_text().splitlines())
        shape, scale = (psp["l5_IT_pyr__to__all_pyr"][psp["connection"].index(name)]
                        for name in ("logn_shape_90th", "logn_scale_90th"))
        models = [line.split(",")[0] for line in
                  (ROOT / "configs/v1/cell_models.csv").read_text().splitlines()
                  if ",i6Vip," in line]
        factors = ", ".join(f"{model}: {{lgn_weight_factor: 2}}" for model in models)
        (self.folder / "by_hand.yaml").write_text(f"""\
extends: tiny
size: {{radius_um: 40}}
populations:
  delete: [i1Htr3a]
  override:
    e23Cux2: {{count_radius_700um: 25000}}
    e4Rorb: {{depth_top_um: 360.5}}
    i4Sst: {{target_size_lognormal_scale: 5000}}
cell_models: {{delete: [486262299]}}
synapses:
  kinetics: {{override: {{"e4->pv": {{tau_fast_ms: 1.1}}, "exc->e4": {{amplitude_slow: 0.5}}}}}}
recurrent:
  lateral_sigma_um: {{e: {{i: 90}}}}
  orientation_ratio: {{e: {{e: 0.4}}}}
  connection_probability_peak: {{override: {{L4_Exc: {{L4_PV: 0.25}}}}}}
  latency_ms: {{override: {{pv: {{e4: 1.25}}}}}}
  psp_distributions:
    override: {{"e4Rorb->e4Rorb": {{psp_lognormal_shape: {shape}, psp_lognormal_scale_mV: {scale}}}}}
lgn:
  projection: {{override: {{e4other: {{sustained_on_fraction: 0.8}}}}}}
  weight_factors: {{add: {{{factors}}}}}
""")
        self.build("by_hand.yaml", "-q", "-o", "hand")
        self.assertEqual(self.hashes("edited"), self.hashes("hand"))
        self.build("edited.yaml", "-q", "-o", "again", "--radius", "40")
        self.assertEqual(self.hashes("again"), self.hashes("hand"))
        types = (self.folder / "edited/network/v1_node_types.csv").read_text()
        self.assertNotIn("i1Htr3a", types)
        self.assertNotIn("486262299", types)
        # What would be written differs from the file of that name now.
        self.edit(folder, "sigma.csv", "e", "i", "91")
        self.build("tiny", "--from-base-props", folder, "-o", "edited", code=USAGE)
        text = self.build("tiny", "--from-base-props", folder, "-o", "other", "--dry-run")
        self.assertIn("lateral_sigma_um", text)
        self.assertFalse((self.folder / "other.yaml").exists())

    def test_what_cannot_be_said_is_refused_by_cell(self):
        def refused(message, change, code=CONFIG):
            folder, rows = self.props()
            changed = change(folder, rows)
            if changed is rows:
                write_workbook(folder / "V1model_seed_file.xlsx", rows)
            text = self.build("tiny", "--from-base-props", folder, "-o", "never", code=code)
            for part in [message] if isinstance(message, str) else message:
                self.assertIn(part, text)
            self.assertFalse((self.folder / "never").exists())

        def cell(row, column, text):
            def change(_, rows):
                rows[row - 1][ord(column) - ord("A")] = text
                return rows
            return change

        sheet = "V1model_seed_file.xlsx sheet cell_models cell "
        refused([sheet + "E3", "cre_line 'Rorb' instead of 'Cux2'"], cell(3, "E", "Rorb"))
        refused([sheet + "C3", "location 'VisL4'"], cell(3, "C", "VisL4"))
        refused([sheet + "D3", "ei 'i'"], cell(3, "D", "i"))
        refused([sheet + "B3", "'e23New' is none of the network's"], cell(3, "B", "e23New"))
        refused([sheet + "P3", "a formula that no spreadsheet program has calculated"], cell(3, "P", "="))
        refused([sheet + "P3", "'many' is no number"], cell(3, "P", "many"))
        refused([sheet + "H3", "no value (the cell is empty)"], cell(3, "H", ""))
        refused([sheet + "P3", "count_radius_700um of e23Cux2"], cell(3, "P", "100.5"))
        refused([sheet + "R3", "target_size_lognormal_scale of e23Cux2"], cell(3, "R", "0"))
        refused("no column pop_combined_count", cell(1, "P", "count"), BAD_DATA)

        def table(*edit):
            return lambda folder, _: self.edit(folder, *edit)
        refused(["sigma.csv:2 row e column i", "'wide' is no number"], table("sigma.csv", "e", "i", "wide"))
        refused(["lgn_params.csv", "no row 'e5IT'"], table("lgn_params.csv", "e5IT", "pop_name", "e5XX"))
        refused(["row e5IT column syn_weight", "tuned weights"],
                table("bkg_weights_population_init.csv", "e5IT", "syn_weight", "3"))
        refused(["row e5IT column target_median_fr", "tune background"],
                table("bkg_weights_population_init.csv", "e5IT", "target_median_fr", "3"))
        refused(["row e5IT column dynamics_params", "synapse class"],
                table("lgn_weights_population.csv", "e5IT", "dynamics_params", "exc_to_pv.json"))
        refused(["row e4Rorb column e6Ntsr1", "no row of psp_characterization.csv"],
                table("psp_lookup_table.csv", "e4Rorb", "e6Ntsr1", "nothing"))

        def include(folder, _):
            text = (folder / "exclude_list.csv").read_text()
            (folder / "exclude_list.csv").write_text(text.replace("513593674 NSLS\n", ""))
        refused(["exclude_list.csv", "cell 513593674 (NSLS) is no longer excluded"], include)
        refused("belong together", lambda folder, _: (folder / "tau_syn_slow.csv").unlink(), MISSING)
        refused("V1model_seed_file.xlsx", lambda folder, _: (folder / "V1model_seed_file.xlsx").unlink(), MISSING)
        refused("is no workbook", lambda folder, _: (folder / "V1model_seed_file.xlsx").write_text("a,b"), BAD_DATA)

    def test_absent_tables_are_named(self):
        folder, _ = self.props()
        (folder / "sigma.csv").unlink()
        (folder / "lgn_models.csv").write_text("x\n")
        text = self.build("tiny", "--from-base-props", folder, "-o", "never", "--dry-run")
        self.assertIn("the network's own values are used: sigma.csv", text)
        self.assertRegex(text, r"not read: \S+lgn_models.csv")


if __name__ == "__main__":
    unittest.main()
