// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/pooling/network_samples.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

/// Numbers by value; else cell types in the order of the figures, then by text.
bool comes_before(const std::string& a, const std::string& b) {
  const auto x = core::parse_number<double>(a), y = core::parse_number<double>(b);
  if (x && y) return *x < *y;
  std::vector<std::string> both{a, b};
  sort_types(both);
  return both.front() == a;
}

}  // namespace

SampleMean sample_mean(std::span<const double> values) {
  const auto kept = without_nan(values);
  const auto n = static_cast<double>(kept.size());
  const double error = standard_error(kept);
  return {.count = static_cast<std::int64_t>(kept.size()),
          .mean = mean(kept),
          .deviation = deviation(kept, 1),
          .error = error,
          .half_interval = student_quantile(0.95, n - 1) * error};
}

void NetworkSamples::add(const std::vector<std::string>& keys, const std::string& quantity, double value) {
  if (std::ranges::find(quantities_, quantity) == quantities_.end()) quantities_.push_back(quantity);
  values_[keys][quantity].push_back(value);
}

Table NetworkSamples::table() const {
  std::vector<std::vector<std::string>> order;
  for (const auto& [keys, values] : values_) order.push_back(keys);
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
      if (a[i] != b[i]) return comes_before(a[i], b[i]);
    return false;
  });
  std::vector<std::vector<std::string>> keys(columns_.size());
  std::vector<std::string> metrics;
  std::vector<std::int64_t> counts;
  std::vector<double> means, deviations, errors, intervals;
  for (const auto& row : order)
    for (const auto& quantity : quantities_) {
      const auto found = values_.at(row).find(quantity);
      if (found == values_.at(row).end()) continue;
      const auto summary = sample_mean(found->second);
      for (std::size_t i = 0; i < row.size(); ++i) keys[i].push_back(row[i]);
      metrics.push_back(quantity);
      counts.push_back(summary.count);
      means.push_back(summary.mean);
      deviations.push_back(summary.deviation);
      errors.push_back(summary.error);
      intervals.push_back(summary.half_interval);
    }
  Table table;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    table.columns.push_back({columns_[i], std::move(keys[i])});
  table.columns.push_back({value_column_, std::move(metrics)});
  table.columns.push_back({"networks", std::move(counts)});
  table.columns.push_back({"mean", std::move(means)});
  table.columns.push_back({"sd", std::move(deviations)});
  table.columns.push_back({"sem", std::move(errors)});
  table.columns.push_back({"ci95", std::move(intervals)});
  return table;
}

void add_rows(NetworkSamples& samples, const SampledTable& what, const io::DelimitedTable& table) {
  std::map<std::vector<std::string>, std::size_t> lines;
  for (const auto& row : table.rows) {
    std::vector<std::string> keys;
    for (const auto* key : what.keys) keys.push_back(row.cells[table.column(key)]);
    for (const auto* key : what.number_keys) {
      table.number(row, table.column(key));
      keys.push_back(row.cells[table.column(key)]);
    }
    const auto [known, is_new] = lines.emplace(keys, row.line);
    if (!is_new)
      throw core::FormatError("{} twice in {} (lines {} and {})", fmt::join(keys, ", "), table.path,
                              known->second, row.line);
    for (const auto* value : what.values)
      samples.add(keys, value, number_or_nan(table, row, table.column(value)));
  }
}

NetworkPaths sampled_files(const SampledTable& what, const NetworkPaths& networks, const std::string& folder,
                           const fs::path& output, const std::string& option) {
  NetworkPaths files{table_file(what.each.c_str(), output, option)};
  for (const auto& network : std::span(networks).subspan(1)) {
    files.push_back(table_file(what.each.c_str(), network / folder, option));
    core::require_readable(
        files.back(), fmt::format("made by 'striate metrics {} {} {}'", what.kind, network.string(), option));
  }
  return files;
}

NetworkPaths make_network_means(const SampledTable& what, const NetworkPaths& networks,
                                const NetworkPaths& files, const fs::path& output, const std::string& option,
                                const core::Comm& comm) {
  if (networks.size() < 2) return {};
  const auto file = table_file(what.means.c_str(), output, option);
  if (!comm.is_root()) return {file};
  std::vector<std::string> columns(what.keys.begin(), what.keys.end());
  columns.insert(columns.end(), what.number_keys.begin(), what.number_keys.end());
  NetworkSamples samples(columns, what.value_column);
  MadeAlike alike;
  Provenance provenance{.kind = what.kind, .inputs = {}, .options = {}};
  describe_networks(provenance, networks);
  for (std::size_t i = 0; i < files.size(); ++i) {
    alike.add(files[i], networks[i]);
    add_rows(samples, what,
             io::read_delimited_table(files[i], ',', fmt::format("striate metrics {}", what.kind)));
    const bool is_beside = files[i].parent_path() == output;
    provenance.inputs.push_back((is_beside ? files[i].filename() : files[i]).string());
  }
  write_csv(file, samples.table(), ',', provenance);
  return {file};
}

}  // namespace striate::metrics
