// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/reports/report_read.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"

namespace striate::io {
namespace {

void read_columns_of(const h5::File& file, const std::string& mapping, ReadPopulation& population) {
  const auto ids = mapping + "/node_ids";
  population.node_ids = h5::read_ids(file, ids, 0, h5::dataset_info(file, ids).count());
  const auto names = mapping + "/pop_name", cells = mapping + "/cells";
  if (!h5::is_dataset(file, names)) return;
  population.groups = h5::read_strings(file, names);
  population.members = h5::read_ids(file, cells, 0, h5::dataset_info(file, cells).count());
  if (population.groups.size() != population.node_ids.size() ||
      population.members.size() != population.node_ids.size())
    throw core::FormatError("{}:{} are {} ({} names and {} numbers of cells belong to them)", file.path(),
                            ids, population.node_ids.size(), population.groups.size(),
                            population.members.size());
}

void read_times_of(const h5::File& file, const std::string& mapping, ReadPopulation& population) {
  const auto time = h5::read<double>(file, mapping + "/time");
  if (time.size() != 3 || !(time[2] > 0) || !std::isfinite(time[0]) || !std::isfinite(time[2]))
    throw core::FormatError("wrong {}:{}/time (needed are first, last and a positive interval, ms)",
                            file.path(), mapping);
  population.first_ms = time[0];
  population.interval_ms = time[2];
}

ReadPopulation read_population(const h5::File& file, const std::string& name) {
  ReadPopulation population{.name = name};
  const std::string root = "/report/" + name, mapping = root + "/mapping";
  read_columns_of(file, mapping, population);
  read_times_of(file, mapping, population);
  auto datasets = h5::children(file, root);
  std::erase_if(datasets, [&](const auto& child) { return !h5::is_dataset(file, root + "/" + child); });
  std::ranges::stable_partition(datasets, [](const auto& child) { return child == "data"; });
  if (datasets.empty() || datasets.front() != "data")
    throw core::FormatError("no values {}:{}/data", file.path(), root);
  for (const auto& child : datasets) {
    const auto dataset = root + "/" + child;
    const auto info = h5::dataset_info(file, dataset);
    if (info.shape.size() != 2 || info.shape[1] != population.node_ids.size())
      throw core::FormatError(
          "{}:{} has not one column for each of {} cells (one element per cell is needed)", file.path(),
          dataset, population.node_ids.size());
    if (child == "data") population.samples = info.shape[0];
    if (info.shape[0] != population.samples)
      throw core::FormatError("{}:{} has {} samples (data has {})", file.path(), dataset, info.shape[0],
                              population.samples);
    population.variables.push_back(
        {.variable = {.name = h5::string_attribute(file, dataset, "variable").value_or(child),
                      .units = h5::string_attribute(file, dataset, "units").value_or("")},
         .dataset = dataset});
  }
  return population;
}

}  // namespace

std::vector<ReadPopulation> read_report_layout(const h5::File& file) {
  std::vector<ReadPopulation> populations;
  if (h5::is_group(file, "/report"))
    for (const auto& name : h5::children(file, "/report"))
      if (h5::is_group(file, "/report/" + name)) populations.push_back(read_population(file, name));
  if (populations.empty())
    throw core::FormatError("{} is no report (it has no /report/POPULATION)", file.path());
  return populations;
}

std::vector<std::vector<double>> read_report_columns(const h5::File& file, const ReadPopulation& population,
                                                     const std::string& dataset,
                                                     std::span<const std::size_t> columns,
                                                     std::uint64_t first, std::uint64_t count) {
  constexpr std::uint64_t block_values = 1u << 20;
  const std::uint64_t width = population.node_ids.size();
  const auto block = std::max<std::uint64_t>(1, block_values / std::max<std::uint64_t>(1, width));
  std::vector<std::vector<double>> values(columns.size());
  for (std::uint64_t row = first; row < first + count; row += block) {
    const auto rows = std::min(block, first + count - row);
    const auto read = h5::read_table_rows<double>(file, dataset, width, row, rows);
    for (std::size_t i = 0; i < columns.size(); ++i)
      for (std::uint64_t k = 0; k < rows; ++k) values[i].push_back(read[k * width + columns[i]]);
  }
  return values;
}

}  // namespace striate::io
