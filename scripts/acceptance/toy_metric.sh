#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What a new table and a new figure cost: a toy of each is added to a copy of the sources (a file pair and a row each), built,
# shown in --help and as targets of the pipeline, run, and removed again.
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
install_packages "${build_packages[@]}" python3 gnuplot-nox git
prepare_mpi
copy="$work/copy"
mkdir "$copy"
git -C "$striate_root" ls-files -z | tar -C "$striate_root" --null --files-from=- -cf - | tar -C "$copy" -xf -
cd "$copy"
git init -q . && git add -A && git -c user.name=toy -c user.email=toy@localhost commit -qm before

say "a table: its file pair"
cat >metrics/analyses/tuning/toy.hpp <<'HPP'
// SPDX-License-Identifier: BSD-3-Clause
// How many spikes all cells fire together in one run.
#pragma once

#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

inline constexpr core::Patterns toy_files{{"{tables}/toy_{option}.csv"}};
inline constexpr core::Option toy_options[] = {options::output_dir,
                                               {.name = "times",
                                                .type = core::Option::Type::number,
                                                .value = "X",
                                                .help = "multiply by X",
                                                .usual = 1,
                                                .low = 1,
                                                .high = 10}};
std::vector<std::filesystem::path> run_toy(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
HPP
cat >metrics/analyses/tuning/toy.cpp <<'CPP'
// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/toy.hpp"

#include "core/errors/error.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

std::vector<std::filesystem::path> run_toy(const core::Call& call, const core::Comm& world) {
  const auto file = table_file(toy_files.items[0], output_directory(call), call.option());
  if (!world.is_root()) return {file};
  const auto spikes = spike_file_in(call.base() / ("output_" + call.option()));
  if (!spikes) throw core::MissingFileError("no spikes of {} in {}", call.option(), call.base());
  const auto cells = read_cells(call.base(), {});
  std::size_t count = 0;
  visit_v1_spikes(*spikes, cells, [&](const io::SpikeTrains& block, auto) { count += block.size(); });
  const double value = static_cast<double>(count) * call.values.number("times");
  write_csv(file, {{{"spikes", std::vector<double>{value}}}}, ',',
            {.kind = "toy", .inputs = {spikes->string()}, .options = {}});
  return {file};
}

}  // namespace striate::metrics
CPP
say "a figure: its file, and a line that declares it"
cat >metrics/figures/kinds/figure_toy.cpp <<'CPP'
// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/kinds/figures.hpp"

namespace striate::metrics {

Figure toy_figure(const FigureRequest& request) {
  const auto table = read_result(request, request.table("toy"), "toy", request.options.front());
  return {.canvas = paper(300, 200),
          .script = "set boxwidth 0.5\nset style fill solid\nset yrange [0:*]\nplot '-' with boxes notitle\n1 " +
                    table.rows.front().cells.front() + "\ne\n"};
}

}  // namespace striate::metrics
CPP
sed -i '/^Figure fano_figure(/a /// Spikes of all cells.\nFigure toy_figure(const FigureRequest\& request);' metrics/figures/kinds/figures.hpp
say "a row of the table each"
sed -i 's|^#include "metrics/analyses/tuning/suppression.hpp"|&\n#include "metrics/analyses/tuning/toy.hpp"|
/^constexpr Metric metrics\[\] = {/a \    {{"toy", "BASE OPT", "spikes of all cells together", "", toy_options, {nodes, types, run}, toy_files, run_toy}},
/^constexpr core::Kind figures\[\] = {/a \    {"toy", "BASE [OPT]", "spikes of all cells as a bar", "", table_figure_options, {toy_files.items[0]}, {"figures/toy_{option}.png"}, drawn<toy_figure>},' metrics/registry.cpp
git add -A
git diff --cached --stat
check test "$(git diff --cached --name-only | wc -l)" -eq 5
check test "$(git diff --cached --numstat -- metrics/registry.cpp | cut -f 1)" -eq 3
check python3 scripts/check_includes.py

say "built"
{ cmake --preset release -DBUILD_TESTING=OFF && cmake --build build --parallel "$(nproc)" --target striate; } >"$work/log" 2>&1 ||
  { grep -E "error" "$work/log"; exit 1; }
check test -x build/striate
toy="$copy/build/striate"
cd "$work"
"$toy" metrics --help | grep "  toy "
"$toy" metrics toy --help | sed -n 1,8p
check bash -c "'$toy' metrics toy --help | grep -q -- '--times X'"
check bash -c "'$toy' plot --help | grep -q '  toy '"

say "targets of the pipeline"
"$toy" pipeline tiny/figures/toy_plain.svg --dry-run | tee "$work/plan"
check grep -q "toy of tiny plain" "$work/plan"
"$toy" pipeline -q tiny/figures/toy_plain.svg
check test -s tiny/figures/toy_plain.svg
cat tiny/metrics/toy_plain.csv
check test "$(tail -n 1 tiny/metrics/toy_plain.csv | cut -d . -f 1)" -gt 0

say "refused: what belongs to other kinds, and values out of range"
refused() {
  local code=0 text
  text="$("$toy" "$@" 2>&1)" || code=$?
  echo "  $text"
  check test "$code" -eq 2
}
refused metrics toy tiny plain --draws 3
refused metrics toy tiny plain --times 11
refused metrics rates tiny plain --times 2
refused plot toy tiny --with other

say "removed again"
cd "$copy"
git reset -q --hard HEAD
check test -z "$(git status --porcelain | grep -v '^?? build')"
check bash -c "! grep -rq toy_options metrics"
finish
