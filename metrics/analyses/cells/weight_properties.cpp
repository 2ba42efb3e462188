// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/cells/weight_properties.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/cells/neuron_features.hpp"
#include "metrics/math/correlation_sums.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr std::size_t property_count = std::size(weight_properties), side_count = std::size(weight_sides),
                      bin_sums = 3;

/// The values of one property and the bins over their range, the last closed on both sides.
struct Property {
  std::vector<double> values;  ///< [cell row] less `centre`; NaN outside of the core
  double centre = 0;  ///< subtracted, so that sums of squares keep their digits
  double low = nan, high = nan;

  double edge(std::size_t bin, std::size_t bins) const {
    return low + (high - low) * static_cast<double>(bin) / static_cast<double>(bins);
  }
  std::size_t bin_of(double shifted, std::size_t bins) const {
    const double value = shifted + centre;
    std::size_t bin = bins - 1;
    while (bin > 0 && value < edge(bin, bins)) --bin;
    return bin;
  }
};

/// [as weight_properties]
using Properties = std::vector<Property>;

/// Marks the cells of the table as the core.
Properties read_properties(const fs::path& file, Cells& cells) {
  const auto table = io::read_delimited_table(file, ',', "features of cells; run 'striate metrics features'");
  const auto rows = cells_of_rows(table, cells);
  cells.core.assign(cells.size(), 0);
  for (const auto cell : rows) cells.core[cell] = 1;
  Properties properties;
  properties.assign(property_count, {.values = std::vector<double>(cells.size(), nan)});
  for (std::size_t k = 0; k < property_count; ++k) {
    const auto column = table.column(weight_properties[k]);
    for (std::size_t i = 0; i < rows.size(); ++i)
      properties[k].values[rows[i]] = number_or_nan(table, table.rows[i], column);
  }
  for (auto& property : properties) {
    const auto defined = without_nan(property.values);
    if (defined.empty()) continue;
    property.centre = mean(defined);
    property.low = std::ranges::min(defined);
    property.high = std::ranges::max(defined);
    for (auto& value : property.values) value -= property.centre;
  }
  return properties;
}

/// Where the sums of a property, side and pair of types stand.
struct Places {
  std::size_t types = 0, bins = 0;
  std::size_t of_pair() const { return LineSums::size + bins * bin_sums; }
  std::size_t size() const { return property_count * side_count * types * types * of_pair(); }
  std::size_t first(std::size_t property, std::size_t side, std::size_t source, std::size_t target) const {
    return (((property * side_count + side) * types + source) * types + target) * of_pair();
  }
};

struct Tables {
  Table lines, bins;
};

Tables tables_of(const WeightPropertiesRequest& request, const Properties& properties,
                 const std::vector<std::string>& types, std::span<const double> sums, const Places& places) {
  struct Pair {
    std::vector<std::string> property, side, source, target;
    void add(std::size_t k, std::size_t s, const std::string& from, const std::string& to) {
      property.emplace_back(weight_properties[k]);
      side.emplace_back(weight_sides[s]);
      source.push_back(from);
      target.push_back(to);
    }
    std::vector<TableColumn> columns() && {
      return {{"property", std::move(property)},
              {"side", std::move(side)},
              {"source_type", std::move(source)},
              {"target_type", std::move(target)}};
    }
  };
  Pair line_pairs, bin_pairs;
  std::vector<std::int64_t> edges, bin_edges;
  std::vector<double> slope, r, p, from, to, means, errors;
  for (std::size_t k = 0; k < property_count; ++k)
    for (std::size_t side = 0; side < side_count; ++side)
      for (std::size_t source = 0; source < types.size(); ++source)
        for (std::size_t target = 0; target < types.size(); ++target) {
          const auto own = sums.subspan(places.first(k, side, source, target), places.of_pair());
          const auto line = LineSums::fit(own.first(LineSums::size));
          if (line.n == 0) continue;
          const bool enough = line.n >= request.min_edges;
          line_pairs.add(k, side, types[source], types[target]);
          edges.push_back(line.n);
          slope.push_back(enough ? line.slope : nan);
          r.push_back(enough ? line.r : nan);
          p.push_back(enough ? line.p : nan);
          for (std::size_t bin = 0; bin < places.bins; ++bin) {
            const auto value = bin_mean(own.subspan(LineSums::size + bin * bin_sums, bin_sums));
            bin_pairs.add(k, side, types[source], types[target]);
            from.push_back(properties[k].edge(bin, places.bins));
            to.push_back(properties[k].edge(bin + 1, places.bins));
            bin_edges.push_back(value.n);
            means.push_back(value.mean);
            errors.push_back(value.sem);
          }
        }
  Tables tables{.lines = {std::move(line_pairs).columns()}, .bins = {std::move(bin_pairs).columns()}};
  const auto add = [](Table& table, const char* name, auto values) {
    table.columns.push_back({name, std::move(values)});
  };
  add(tables.lines, "edges", std::move(edges));
  add(tables.lines, "slope(pA)", std::move(slope));
  add(tables.lines, "r", std::move(r));
  add(tables.lines, "p", std::move(p));
  add(tables.bins, "from", std::move(from));
  add(tables.bins, "to", std::move(to));
  add(tables.bins, "edges", std::move(bin_edges));
  add(tables.bins, "mean_weight(pA)", std::move(means));
  add(tables.bins, "sem(pA)", std::move(errors));
  return tables;
}

}  // namespace

std::vector<fs::path> make_weight_properties(const WeightPropertiesRequest& request, const core::Comm& comm) {
  const auto features = table_file(neuron_features_files.items[0], request.base / "metrics", request.option);
  auto cells = read_cells(request.base, {});
  const auto properties = read_properties(features, cells);
  const auto labels = labels_of(cells, request.pooling);
  const Places places{.types = labels.names.size(), .bins = request.bins};
  const auto edge_file = v1_edge_file(request.base, request.option);
  const auto visit = [&](std::uint32_t source, std::uint32_t target, double weight, std::span<double> sums) {
    const auto source_type = labels.of_type[cells.type[source]],
               target_type = labels.of_type[cells.type[target]];
    for (std::size_t k = 0; k < property_count; ++k)
      for (std::size_t side = 0; side < side_count; ++side) {
        const auto& property = properties[k];
        const double value = property.values[side == 0 ? source : target];
        if (std::isnan(value)) continue;
        const auto own = sums.subspan(places.first(k, side, source_type, target_type), places.of_pair());
        LineSums::add(own.first(LineSums::size), value, std::abs(weight));
        add_to_bin(own.subspan(LineSums::size + property.bin_of(value, places.bins) * bin_sums, bin_sums),
                   std::abs(weight));
      }
  };
  const auto sums = sum_core_edges(edge_file, cells, places.size(), visit, comm, request.block_rows);
  const auto named = [&](std::size_t k) {
    return table_file(weight_properties_files.items[k], request.output_directory, request.option);
  };
  std::vector<fs::path> files{named(0), named(1)};
  if (!comm.is_root()) return files;
  const Provenance provenance{.kind = "weight-properties",
                              .inputs = {features.string(), cells.nodes_file.string(), edge_file.string()},
                              .options = {{"fewest connections", fmt::format("{}", request.min_edges)},
                                          {"bins", fmt::format("{}", request.bins)}}};
  const auto tables = tables_of(request, properties, labels.names, sums, places);
  write_csv(files[0], tables.lines, ',', provenance);
  write_csv(files[1], tables.bins, ',', provenance);
  return files;
}

std::vector<fs::path> run_weight_properties(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  return make_weight_properties({.base = call.base(),
                                 .option = call.option(),
                                 .output_directory = output_directory(call),
                                 .min_edges = values.whole("min-edges"),
                                 .bins = static_cast<std::size_t>(values.whole("bin-count")),
                                 .pooling = {.l5 = values.is("l5", "pooled"), .inhibitory = true}},
                                world);
}

}  // namespace striate::metrics
