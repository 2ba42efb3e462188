// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/status_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace striate::slurm {

RunsStatus summary_of(std::span<const StageStatus> stages) {
  RunsStatus row;
  // What is at work on the inputs of a trial, by its index.
  std::map<std::size_t, ItemState> inputs;
  for (const auto& stage : stages)
    for (const auto& item : stage.items) {
      const bool worth_telling = item.state == ItemState::failed || item.state == ItemState::running;
      if ((stage.stage == Stage::background || stage.stage == Stage::lgn) && worth_telling)
        inputs.emplace(item.index, item.state);
      if (stage.stage == Stage::metrics) {
        ++row.tables;
        row.tables_done += item.state == ItemState::done ? 1 : 0;
      }
      if (stage.stage != Stage::simulate) continue;
      ++row.trials;
      const auto input = inputs.find(item.index);
      const auto state =
          item.state == ItemState::missing && input != inputs.end() ? input->second : item.state;
      ++(state == ItemState::done      ? row.done
         : state == ItemState::running ? row.running
         : state == ItemState::failed  ? row.failed
                                       : row.missing);
    }
  return row;
}

std::string status_table(std::span<const RunsStatus> rows) {
  RunsStatus all;
  all.network = "all";
  all.queued = 0;
  std::size_t network = 8, paradigm = 9, option = 7;
  for (const auto& row : rows) {
    network = std::max(network, row.network.size() + 1);
    paradigm = std::max(paradigm, row.paradigm.size() + 1);
    option = std::max(option, row.option.size() + 1);
  }
  const auto line = [&](const RunsStatus& row) {
    return fmt::format("{:<{}}{:<{}}{:<{}}{:>7}{:>7}{:>8}{:>9}{:>9}{:>8}{:>8}{:>12.2f}\n", row.network,
                       network, row.paradigm, paradigm, row.option, option, row.trials, row.done, row.failed,
                       row.missing, row.running, fmt::format("{}/{}", row.tables_done, row.tables),
                       row.queued ? fmt::format("{}", *row.queued) : "?", row.core_hours);
  };
  auto text = fmt::format("{:<{}}{:<{}}{:<{}}{:>7}{:>7}{:>8}{:>9}{:>9}{:>8}{:>8}{:>12}\n", "network", network,
                          "paradigm", paradigm, "option", option, "trials", "done", "failed", "missing",
                          "running", "tables", "queued", "core-hours");
  for (const auto& row : rows) {
    text += line(row);
    all.trials += row.trials, all.done += row.done, all.running += row.running, all.failed += row.failed,
        all.missing += row.missing, all.tables += row.tables, all.tables_done += row.tables_done,
        all.core_hours += row.core_hours;
    if (!row.queued)
      all.queued.reset();
    else if (all.queued)
      *all.queued += *row.queued;
  }
  return text + line(all);
}

}  // namespace striate::slurm
