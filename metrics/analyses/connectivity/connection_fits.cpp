// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/connectivity/connection_fits.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

constexpr double most_counted = 1e15, greatest_distance_um = 1e6;

bool has_columns(const io::DelimitedTable& table, std::initializer_list<const char*> names) {
  return std::ranges::all_of(
      names, [&](const char* name) { return std::ranges::find(table.columns, name) != table.columns.end(); });
}

double distance_in(const io::DelimitedTable& table, const io::DelimitedTable::Row& row, const char* column) {
  const double value = table.number(row, table.column(column));
  if (!(value >= 0 && value <= greatest_distance_um))
    throw core::FormatError("invalid {}={} in {}:{} (must be from 0 to {} um)", column, value, table.path,
                            row.line, greatest_distance_um);
  return value;
}

std::int64_t count_in(const io::DelimitedTable& table, const io::DelimitedTable::Row& row,
                      const char* column) {
  const double value = table.number(row, table.column(column));
  if (!(value >= 0 && value <= most_counted) || value != std::floor(value))
    throw core::FormatError("invalid {}={} in {}:{} (must be a whole number, not negative)", column, value,
                            table.path, row.line);
  return static_cast<std::int64_t>(value);
}

/// Mean relative size of the targets, a column that may be absent.
double relative_size_in(const io::DelimitedTable& table, const io::DelimitedTable::Row& row,
                        std::int64_t pairs) {
  constexpr const char* column = "relative_size";
  if (pairs == 0 || !has_columns(table, {column})) return 1;
  const double value = table.number(row, table.column(column));
  if (!(value > 0 && value <= largest_relative_size))
    throw core::FormatError("invalid {}={} in {}:{} (must be above 0, at most {})", column, value, table.path,
                            row.line, largest_relative_size);
  return value;
}

DistanceClass bin_of(const io::DelimitedTable& table, const io::DelimitedTable::Row& row) {
  DistanceClass bin{.from_um = distance_in(table, row, "from_um"),
                    .to_um = distance_in(table, row, "to_um"),
                    .pairs = count_in(table, row, "pairs"),
                    .connected = count_in(table, row, "connected")};
  if (!(bin.to_um > bin.from_um))
    throw core::FormatError("invalid bin from_um={} to_um={} in {}:{} (must end behind its beginning)",
                            bin.from_um, bin.to_um, table.path, row.line);
  if (bin.connected > bin.pairs)
    throw core::FormatError("invalid connected={} in {}:{} (there are {} pairs)", bin.connected, table.path,
                            row.line, bin.pairs);
  bin.relative_size = relative_size_in(table, row, bin.pairs);
  return bin;
}

DistanceClass single_pair(const io::DelimitedTable& table, const io::DelimitedTable::Row& row) {
  const double distance = distance_in(table, row, "distance_um");
  return {.from_um = distance,
          .to_um = distance,
          .pairs = 1,
          .connected = count_in(table, row, "synapses") > 0 ? 1 : 0};
}

void refuse_overlaps(const PairDistances& pair, const std::filesystem::path& file) {
  auto bins = pair.classes;
  std::ranges::sort(bins, {}, &DistanceClass::from_um);
  for (std::size_t i = 1; i < bins.size(); ++i)
    if (bins[i].from_um < bins[i - 1].to_um)
      throw core::FormatError(
          "bins {} to {} and {} to {} um of {} to {} overlap in {} (pairs would count twice)",
          bins[i - 1].from_um, bins[i - 1].to_um, bins[i].from_um, bins[i].to_um, pair.source, pair.target,
          file);
}

}  // namespace

std::vector<PairDistances> read_connections(const std::filesystem::path& file) {
  const auto table = io::read_delimited_table(file, ',', "measured connections");
  const bool bins = has_columns(table, {"from_um", "to_um", "pairs", "connected"}),
             singles = has_columns(table, {"distance_um", "synapses"});
  if (bins == singles)
    throw core::FormatError(
        "{} has {} (bins have from_um, to_um, pairs, connected; single pairs distance_um, synapses) give the "
        "columns of one of them",
        file, bins ? "columns of bins and of single pairs" : "neither bins nor single pairs");
  const auto source = table.column("source"), target = table.column("target");
  std::vector<PairDistances> pairs;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (const auto& row : table.rows) {
    const std::pair names{clean_label(row.cells[source]), clean_label(row.cells[target])};
    const auto [found, is_new] = known.emplace(names, pairs.size());
    if (is_new) pairs.push_back({names.first, names.second, {}});
    pairs[found->second].classes.push_back(bins ? bin_of(table, row) : single_pair(table, row));
  }
  if (pairs.empty()) throw core::FormatError("no rows in {} (there is nothing to fit)", file);
  if (bins)
    for (const auto& pair : pairs) refuse_overlaps(pair, file);
  return pairs;
}

FittedPair fit_pair(const PairDistances& distances, std::optional<double> sigma_um) {
  return {.source = distances.source,
          .target = distances.target,
          .fit = fit_connections(distances.classes, sigma_um),
          .classes = static_cast<std::size_t>(std::ranges::count_if(
              distances.classes, [](const DistanceClass& each) { return each.pairs > 0; }))};
}

Table fit_table(const std::vector<FittedPair>& pairs) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> counts, connected, classes;
  std::vector<double> numbers[7];
  for (const auto& [source, target, fit, class_count] : pairs) {
    sources.push_back(source);
    targets.push_back(target);
    counts.push_back(fit.pairs);
    connected.push_back(fit.connected);
    classes.push_back(static_cast<std::int64_t>(class_count));
    const double row[] = {fit.p0,        fit.p0_low,     fit.p0_high, fit.sigma_um,
                          fit.sigma_low, fit.sigma_high, fit.chi2};
    for (std::size_t k = 0; k < std::size(row); ++k) numbers[k].push_back(row[k]);
  }
  Table table{{{"source", std::move(sources)},
               {"target", std::move(targets)},
               {"pairs", std::move(counts)},
               {"connected", std::move(connected)}}};
  const char* names[] = {"p0", "p0_low", "p0_high", "sigma_um", "sigma_low", "sigma_high", "chi2"};
  for (std::size_t k = 0; k < std::size(names); ++k) table.columns.push_back({names[k], numbers[k]});
  table.columns.push_back({"bins", std::move(classes)});
  return table;
}

}  // namespace striate::metrics
