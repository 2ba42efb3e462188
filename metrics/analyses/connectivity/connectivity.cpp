// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/connectivity/connectivity.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/connectivity/connected_pairs.hpp"
#include "metrics/analyses/connectivity/connection_fits.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : nan;
}

/// The counts with what names them.
struct Measured {
  const Cells& cells;
  const ConnectedPairs& counts;
  std::vector<std::int64_t> bins_um;
  std::vector<std::size_t> order;  ///< types as the figures show them

  std::int64_t in_bin(const std::vector<std::int64_t>& of, std::size_t s, std::size_t t,
                      std::size_t bin) const {
    std::int64_t sum = 0;
    for (auto um = bins_um[bin]; um < bins_um[bin + 1]; ++um)
      sum += of[counts.place(s, t, static_cast<std::size_t>(um))];
    return sum;
  }
  static double relative_size(std::int64_t sizes, std::int64_t pairs) {
    return ratio(static_cast<double>(sizes) / static_cast<double>(ConnectedPairs::size_unit),
                 static_cast<double>(pairs));
  }
  std::size_t bins() const { return bins_um.size() - 1; }
  const std::string& name(std::size_t type) const { return cells.type_names[type]; }
};

Table bin_table(const Measured& measured) {
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> from, to, pairs, connected;
  std::vector<double> probability, low, high, synapses, sizes;
  for (const auto s : measured.order)
    for (const auto t : measured.order)
      for (std::size_t bin = 0; bin < measured.bins(); ++bin) {
        const auto n = measured.in_bin(measured.counts.pairs, s, t, bin),
                   k = measured.in_bin(measured.counts.connected, s, t, bin);
        const auto interval = wilson_interval(k, n);
        sources.push_back(measured.name(s));
        targets.push_back(measured.name(t));
        from.push_back(measured.bins_um[bin]);
        to.push_back(measured.bins_um[bin + 1]);
        pairs.push_back(n);
        connected.push_back(k);
        probability.push_back(ratio(static_cast<double>(k), static_cast<double>(n)));
        low.push_back(interval.low);
        high.push_back(interval.high);
        sizes.push_back(measured.relative_size(measured.in_bin(measured.counts.sizes, s, t, bin), n));
        synapses.push_back(ratio(static_cast<double>(measured.in_bin(measured.counts.synapses, s, t, bin)),
                                 static_cast<double>(k)));
      }
  return {{{"source", std::move(sources)},
           {"target", std::move(targets)},
           {"from_um", std::move(from)},
           {"to_um", std::move(to)},
           {"pairs", std::move(pairs)},
           {"connected", std::move(connected)},
           {"probability", std::move(probability)},
           {"low", std::move(low)},
           {"high", std::move(high)},
           {"mean_synapses", std::move(synapses)},
           {"relative_size", std::move(sizes)}}};
}

/// Each rank fits some pairs of types; the root has them all, in order.
std::vector<FittedPair> fit_all(const Measured& measured, const core::Comm& comm) {
  struct Fitted {
    std::size_t pair, classes;
    ConnectionFit fit;
  };
  std::vector<Fitted> own;
  const std::size_t types = measured.order.size(), ranks = static_cast<std::size_t>(comm.size());
  for (auto pair = static_cast<std::size_t>(comm.rank()); pair < types * types; pair += ranks) {
    const auto s = measured.order[pair / types], t = measured.order[pair % types];
    PairDistances distances;
    for (auto um = measured.bins_um.front(); um < measured.bins_um.back(); ++um) {
      const auto place = measured.counts.place(s, t, static_cast<std::size_t>(um));
      const auto n = measured.counts.pairs[place];
      if (n > 0)
        distances.classes.push_back(
            {.from_um = static_cast<double>(um),
             .to_um = static_cast<double>(um + 1),
             .pairs = n,
             .connected = measured.counts.connected[place],
             .relative_size = Measured::relative_size(measured.counts.sizes[place], n)});
    }
    const auto fitted = fit_pair(distances, {});
    own.push_back({pair, fitted.classes, fitted.fit});
  }
  auto all = gather_to_root(std::span<const Fitted>(own), comm);
  std::ranges::sort(all, {}, &Fitted::pair);
  std::vector<FittedPair> pairs;
  for (const auto& each : all)
    pairs.push_back({measured.name(measured.order[each.pair / types]),
                     measured.name(measured.order[each.pair % types]), each.fit, each.classes});
  return pairs;
}

/// Mean and standard deviation (divisor n) over the core cells of a type of one of the counts by cell.
struct Spread {
  double mean, deviation;
};
Spread spread(const Measured& measured, const std::vector<std::uint32_t>& core,
              const std::vector<std::int64_t>& counts, std::size_t of_type, std::size_t with_type) {
  std::vector<double> values;
  for (std::size_t i = 0; i < core.size(); ++i)
    if (measured.cells.type[core[i]] == of_type)
      values.push_back(static_cast<double>(counts[i * measured.counts.types + with_type]));
  return {mean(values), deviation(values, 0)};
}

Table degree_table(const Measured& measured) {
  const auto core = core_rows(measured.cells);
  const auto core_cells = [&](std::size_t type) {
    return std::ranges::count_if(core, [&](auto row) { return measured.cells.type[row] == type; });
  };
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> source_cells, target_cells;
  std::vector<double> numbers[8];
  for (const auto s : measured.order)
    for (const auto t : measured.order) {
      sources.push_back(measured.name(s));
      targets.push_back(measured.name(t));
      source_cells.push_back(core_cells(s));
      target_cells.push_back(core_cells(t));
      const Spread spreads[] = {spread(measured, core, measured.counts.sources, t, s),
                                spread(measured, core, measured.counts.synapses_in, t, s),
                                spread(measured, core, measured.counts.targets, s, t),
                                spread(measured, core, measured.counts.synapses_out, s, t)};
      for (std::size_t k = 0; k < std::size(spreads); ++k) {
        numbers[2 * k].push_back(spreads[k].mean);
        numbers[2 * k + 1].push_back(spreads[k].deviation);
      }
    }
  Table table{{{"source", std::move(sources)},
               {"target", std::move(targets)},
               {"core_sources", std::move(source_cells)},
               {"core_targets", std::move(target_cells)}}};
  const char* names[] = {"in_degree_mean",  "in_degree_sd",  "in_synapses_mean",  "in_synapses_sd",
                         "out_degree_mean", "out_degree_sd", "out_synapses_mean", "out_synapses_sd"};
  for (std::size_t k = 0; k < std::size(names); ++k) table.columns.push_back({names[k], numbers[k]});
  return table;
}

/// Pairs of cells counted once; expected: as if both directions were independent at each distance.
Table reciprocity_table(const Measured& measured) {
  std::vector<std::string> firsts, seconds;
  std::vector<std::int64_t> pairs, one_way, both_ways;
  std::vector<double> expected, ratios;
  const auto& counts = measured.counts;
  for (std::size_t i = 0; i < measured.order.size(); ++i)
    for (std::size_t j = i; j < measured.order.size(); ++j) {
      const auto s = measured.order[i], t = measured.order[j];
      std::int64_t all = 0, connections = 0, both = 0;
      double chance = 0;
      for (std::size_t bin = 0; bin < measured.bins(); ++bin) {
        // Of one type with itself each two cells are two ordered pairs.
        const auto ordered = measured.in_bin(counts.pairs, s, t, bin);
        const auto n = s == t ? ordered / 2 : ordered;
        const auto there = measured.in_bin(counts.connected, s, t, bin),
                   back = s == t ? there : measured.in_bin(counts.connected, t, s, bin);
        all += n;
        connections += s == t ? there : there + back;
        both += measured.in_bin(counts.both_ways, std::min(s, t), std::max(s, t), bin);
        if (ordered > 0)
          chance += static_cast<double>(n) * (static_cast<double>(there) / static_cast<double>(ordered)) *
                    (static_cast<double>(back) / static_cast<double>(ordered));
      }
      firsts.push_back(measured.name(s));
      seconds.push_back(measured.name(t));
      pairs.push_back(all);
      one_way.push_back(connections - 2 * both);
      both_ways.push_back(both);
      expected.push_back(chance);
      ratios.push_back(ratio(static_cast<double>(both), chance));
    }
  return {{{"type", std::move(firsts)},
           {"other_type", std::move(seconds)},
           {"pairs", std::move(pairs)},
           {"one_way", std::move(one_way)},
           {"both_ways", std::move(both_ways)},
           {"expected_both_ways", std::move(expected)},
           {"both_over_expected", std::move(ratios)}}};
}

}  // namespace

std::vector<fs::path> make_connectivity(const ConnectivityRequest& request, const core::Comm& comm) {
  const auto cells = read_cells(request.base, request.core);
  const auto edges = v1_edge_file(request.base, request.option);
  const auto counts = count_connected_pairs({.edges_file = edges,
                                             .reach_um = static_cast<std::size_t>(request.bins_um.back()),
                                             .block_rows = request.block_rows,
                                             .most_bits = request.most_bits},
                                            cells, comm);
  Measured measured{.cells = cells, .counts = counts, .bins_um = request.bins_um, .order = {}};
  for (const auto& name : sorted_types(cells.type_names))
    measured.order.push_back(
        static_cast<std::size_t>(std::ranges::find(cells.type_names, name) - cells.type_names.begin()));
  const auto fits = fit_all(measured, comm);
  const Provenance provenance{.kind = "connectivity",
                              .inputs = {edges.string(), cells.nodes_file.string()},
                              .options = {{"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  std::vector<fs::path> files;
  const auto write = [&](std::size_t k, const auto& make_table) {
    files.push_back(table_file(connectivity_files.items[k], request.output_directory, request.option));
    if (comm.is_root()) write_csv(files.back(), make_table(), ',', provenance);
  };
  write(0, [&] { return bin_table(measured); });
  write(1, [&] { return fit_table(fits); });
  write(2, [&] { return degree_table(measured); });
  write(3, [&] { return reciprocity_table(measured); });
  return files;
}

std::vector<fs::path> run_connectivity(const core::Call& call, const core::Comm& world) {
  std::vector<std::int64_t> bins{0, 25, 50, 75, 100, 150, 200, 300, 400};
  if (call.values.given("bins")) bins = call.values.wholes("bins");
  if (bins.size() < 2 || std::ranges::adjacent_find(bins, std::greater_equal<>()) != bins.end())
    throw core::UsageError("invalid --bins (at least two edges that rise are needed)");
  return make_connectivity({.base = call.base(),
                            .option = call.option(),
                            .output_directory = output_directory(call),
                            .bins_um = bins,
                            .core = core_rule(call.values)},
                           world);
}

}  // namespace striate::metrics
