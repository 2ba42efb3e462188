// SPDX-License-Identifier: BSD-3-Clause
#include "interventions/selective_node_sets.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "io/files/network_files.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cohorts.hpp"
#include "metrics/base/node_set_file.hpp"

namespace striate::interventions {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::uint64_t>;
constexpr const char* kinds[] = {"exc", "inh"};
constexpr const char* groups[] = {"selective", "nonselective"};
constexpr const char* labels[] = {metrics::selective_label, metrics::not_selective_label};  // as groups

/// [kind][group], ascending.
using Sets = std::array<std::array<Ids, std::size(groups)>, std::size(kinds)>;

Sets read_sets(const fs::path& file) {
  const auto table = io::read_delimited_table(file, ',', "features of cells; run 'striate metrics features'");
  const auto id = table.column("node_id"), inhibitory = table.column("is_inhibitory"),
             label = table.column("activity_label");
  Sets sets;
  for (const auto& row : table.rows) {
    const double number = table.number(row, id), kind = table.number(row, inhibitory);
    if (!(number >= 0) || number != std::floor(number) || number > 9e15 || (kind != 0 && kind != 1))
      throw core::FormatError(
          "invalid node_id={} or is_inhibitory={} in {}:{} (must be a node id, and 0 or 1)", row.cells[id],
          row.cells[inhibitory], file, row.line);
    const auto& text = row.cells[label];
    if (text == metrics::unknown_label) continue;
    const auto group = std::ranges::find(labels, text);
    if (group == std::end(labels))
      throw core::FormatError("invalid activity_label={} in {}:{} (must be {}, {} or {})", text, file,
                              row.line, labels[0], labels[1], metrics::unknown_label);
    sets[static_cast<std::size_t>(kind)][static_cast<std::size_t>(group - labels)].push_back(
        static_cast<std::uint64_t>(number));
  }
  for (auto& of_kind : sets)
    for (auto& ids : of_kind) std::ranges::sort(ids);
  return sets;
}

}  // namespace

Ids draw_ids(const Ids& ids, std::size_t count, std::uint64_t seed) {
  std::vector<std::pair<double, std::uint64_t>> drawn;
  for (const auto id : ids)
    drawn.emplace_back(core::RandomStream(seed, core::Purpose::resampling, id).uniform(), id);
  std::ranges::sort(drawn);
  drawn.resize(std::min(count, drawn.size()));
  Ids chosen;
  for (const auto& [random, id] : drawn) chosen.push_back(id);
  std::ranges::sort(chosen);
  return chosen;
}

std::vector<fs::path> make_selective_sets(const SelectiveSetRequest& request, const core::Comm& comm) {
  if (!comm.is_root()) return {};
  const auto sets = read_sets(request.features);
  const auto inputs = io::network_files(request.base);
  io::make_folder(request.output_directory);
  std::vector<fs::path> files;
  const auto write = [&](const std::string& name, const Ids& ids) {
    files.push_back(request.output_directory / (name + "_nodes.json"));
    io::check_outputs({{files.back(), "the node set"}}, inputs);
    io::write_text_file(files.back(), metrics::node_set_text(ids));
  };
  for (std::size_t kind = 0; kind < std::size(kinds); ++kind) {
    const auto smaller = std::min(sets[kind][0].size(), sets[kind][1].size());
    for (std::size_t group = 0; group < std::size(groups); ++group) {
      const auto name = fmt::format("{}_{}", kinds[kind], groups[group]);
      write(name, sets[kind][group]);
      write(name + "_matched", draw_ids(sets[kind][group], smaller, request.seed));
    }
  }
  return files;
}

}  // namespace striate::interventions
