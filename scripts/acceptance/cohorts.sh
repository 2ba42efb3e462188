#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what cohorts and tuning have promised and prints the figures: a silenced cohort, background weights that bring rates
# to their targets, adjusted recurrent weights.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

# shellcheck disable=SC2119 # no further packages
prepare
python=(/usr/bin/python3 -B)
base="$work/tiny"
check "$striate" build -q tiny -o "$base" >/dev/null
check "$striate" lgn -q "$base/configs/config_filternet.json"
check "$striate" background -q "$base"

say "1. silencing all PV cells of tiny (plain weights), 3 s"
check "$striate" nodesets celltypes "$base"
check "$striate" nodesets silence "$base" pv_neg1000 --from-option plain
for option in plain pv_neg1000; do
  on 2 simulate -q "$base/configs/config_$option.json"
done
check "${python[@]}" - "$base" <<'PYTHON'
import json, sys
import h5py
import numpy as np
base = sys.argv[1]
cells = json.load(open(f"{base}/configs/config_pv_neg1000.json"))["node_sets"]["pv_suppressed"]["node_id"]
print(f"{len(cells)} PV cells; spikes from 2 to 3000 ms:")
for option in ("plain", "pv_neg1000"):
    with h5py.File(f"{base}/output_{option}/spikes.h5") as file:
        times, nodes = (file[f"spikes/v1/{name}"][:] for name in ("timestamps", "node_ids"))
    nodes = nodes[(times >= 2) & (times < 3000)]
    silenced = np.isin(nodes, cells)
    print(f"  {option:12} PV {silenced.sum():>7}   others {(~silenced).sum():>7}")
sys.exit(int(silenced.any()))
PYTHON

say "2. node sets on 1, 2 and 3 ranks"
for ranks in 1 2 3; do
  for kind in outgoing-weight outgoing-synapses incoming-weight celltype-highlow; do
    on "$ranks" nodesets "$kind" -q "$base" --weights plain --core-radius 30 -o "$work/sets_$ranks"
  done
done
for ranks in 2 3; do
  check diff -r "$work/sets_1" "$work/sets_$ranks" && echo "$ranks ranks: all $(find "$work/sets_$ranks" -type f | wc -l) files are those of 1 rank"
done

say "3. tuning the background weights of tiny"
start=$(date +%s)
check on 2 tune background "$base" >"$work/tune.log" 2>&1
grep -E "tuned after|no weight found|written|stay below" "$work/tune.log" || true
echo "$(($(date +%s) - start)) s"
check "${python[@]}" - "$base" "$work/tune.log" <<'PYTHON'
import csv, re, sys
base, log = sys.argv[1:]
for block in open(log).read().split("iteration ")[1:]:
    number = block.split()[0]
    solved = [tuple(map(int, pair.split("/"))) for pair in re.findall(r"\d+/\d+", block.split("result")[0])]
    print(f"  iteration {number:>2}: {sum(a for a, _ in solved):>3} of {sum(b for _, b in solved)} models solved")
rows = [row for row in csv.DictReader(open(f"{base}/metrics/background_tuning.csv")) if row["solved"] != "no_cells"]
error = [abs(float(row["rate(Hz)"]) / float(row["target(Hz)"]) - 1) for row in rows]
for bound in (0.01, 0.1, 0.5):
    print(f"  within {bound:4.0%} of the target: {sum(e < bound for e in error):>3} of {len(rows)}")
print(f"  {'population':12}{'models':>7}{'target Hz':>11}{'median rate':>13}{'median pA':>11}{'solved':>8}")
median = lambda values: sorted(values)[len(values) // 2]
for name in sorted({row["population"] for row in rows}):
    own = [row for row in rows if row["population"] == name]
    figures = [median([float(row[key]) for row in own]) for key in ("target(Hz)", "rate(Hz)", "weight(pA)")]
    print(f"  {name:12}{len(own):>7}{figures[0]:>11.3f}{figures[1]:>13.3f}{figures[2]:>11.4f}"
          f"{sum(row['solved'] == 'yes' for row in own):>8}")
PYTHON

say "4. adjusted recurrent weights of tiny"
check "$striate" metrics if-curves -q "$base" --step 10
check "$striate" metrics target-current -q "$base"
check "$striate" adjust "$base"
on 2 simulate -q "$base/configs/config_adjusted.json"
on 2 simulate -q "$base/configs/config_plain.json" -m "$base/metrics/modulation.csv" -o "$work/modified"
check cmp "$base/output_adjusted/spikes.csv" "$work/modified/spikes.csv" && echo "adjusted edges and modfile: the same spikes"

finish
