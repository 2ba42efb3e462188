// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/weights/weight_distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/values/nan.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
using PairWeights = std::vector<std::vector<double>>;  ///< [source * types + target]

/// Moves each pair's weights to the rank pair % ranks, appending to `owned`. Collective.
void send_to_owners(PairWeights& local, PairWeights& owned, const core::Comm& comm) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  std::vector<std::uint64_t> counts;
  for (const auto& weights : local) counts.push_back(weights.size());
  const auto all_counts = comm.all_gather_v(std::span<const std::uint64_t>(counts));
  std::vector<double> sent;
  std::vector<std::size_t> sent_counts(ranks, 0);
  for (std::size_t rank = 0; rank < ranks; ++rank)
    for (std::size_t pair = rank; pair < local.size(); pair += ranks) {
      sent.insert(sent.end(), local[pair].begin(), local[pair].end());
      sent_counts[rank] += local[pair].size();
      local[pair] = {};
    }
  const auto received =
      comm.all_to_all_v(std::span<const double>(sent), std::span<const std::size_t>(sent_counts));
  auto from = received.items.begin();
  for (std::size_t rank = 0; rank < ranks; ++rank)
    for (auto pair = static_cast<std::size_t>(comm.rank()); pair < local.size(); pair += ranks) {
      const auto end = from + static_cast<std::ptrdiff_t>(all_counts[rank * local.size() + pair]);
      owned[pair].insert(owned[pair].end(), from, end);
      from = end;
    }
}

struct PairSummary {
  std::uint64_t pair;
  BoxSummary box;
};

/// Of all pairs with edges, on the root. `names`: labels of all networks. Collective.
std::vector<PairSummary> summarise(const std::vector<std::string>& names, const DistributionRequest& request,
                                   const core::Comm& comm) {
  const std::size_t types = names.size();
  PairWeights owned(types * types);
  for (std::size_t i = 0; i < request.networks.size(); ++i) {
    PairWeights local(types * types);
    const auto cells = read_cells(request.networks[i], request.core);
    const auto labels = labels_among(names, cells, request.pooling);
    const auto keep = [&](std::uint32_t source, std::uint32_t target, double weight, std::span<double>) {
      local[labels.of_type[cells.type[source]] * types + labels.of_type[cells.type[target]]].push_back(
          std::abs(weight));
    };
    sum_core_edges(v1_edge_file(request.networks[i], request.option), cells, 0, keep, comm,
                   request.block_rows);
    if (comm.size() == 1 && i == 0)
      owned = std::move(local);
    else
      send_to_owners(local, owned, comm);
  }
  std::vector<PairSummary> mine;
  for (std::size_t pair = 0; pair < owned.size(); ++pair) {
    if (owned[pair].empty()) continue;
    std::ranges::sort(owned[pair]);
    mine.push_back({pair, summary_of(owned[pair])});
  }
  auto all = gather_to_root(std::span<const PairSummary>(mine), comm);
  std::ranges::sort(all, {}, &PairSummary::pair);
  return all;
}

Table distribution_table(const std::vector<std::string>& names, const std::vector<PairSummary>& summaries) {
  const std::size_t types = names.size();
  std::vector<std::string> sources, targets;
  std::vector<std::int64_t> edges;
  constexpr std::pair<const char*, double BoxSummary::*> members[] = {
      {"mean(pA)", &BoxSummary::mean},         {"sd(pA)", &BoxSummary::deviation},
      {"min(pA)", &BoxSummary::least},         {"low_whisker(pA)", &BoxSummary::low_whisker},
      {"q25(pA)", &BoxSummary::low_quartile},  {"median(pA)", &BoxSummary::median},
      {"q75(pA)", &BoxSummary::high_quartile}, {"high_whisker(pA)", &BoxSummary::high_whisker},
      {"max(pA)", &BoxSummary::greatest}};
  std::vector<double> values[std::size(members)];
  for (const auto& summary : summaries) {
    sources.push_back(names[summary.pair / types]);
    targets.push_back(names[summary.pair % types]);
    edges.push_back(summary.box.count);
    for (std::size_t i = 0; i < std::size(members); ++i) values[i].push_back(summary.box.*members[i].second);
  }
  Table table{{{"source_type", std::move(sources)},
               {"target_type", std::move(targets)},
               {"edges", std::move(edges)}}};
  for (std::size_t i = 0; i < std::size(members); ++i)
    table.columns.push_back({members[i].first, std::move(values[i])});
  return table;
}

using Medians = std::map<std::string, std::map<std::string, double>>;  ///< [source][target]

Medians read_medians(const fs::path& file) {
  const auto table = io::read_delimited_table(file, ',', "striate metrics weights");
  const auto source = table.column("source_type"), target = table.column("target_type"),
             median_column = table.column("median(pA)");
  Medians medians;
  for (const auto& row : table.rows)
    medians[row.cells[source]][row.cells[target]] = table.number(row, median_column);
  return medians;
}

Table comparison_table(const std::vector<std::string>& types, const Medians& own,
                       const std::vector<std::pair<std::string, Medians>>& others) {
  std::vector<std::string> sources, options;
  std::vector<std::int64_t> targets;
  std::vector<double> correlations;
  for (const auto& [option, medians] : others)
    for (const auto& source : types) {
      const auto mine = own.find(source), theirs = medians.find(source);
      if (mine == own.end() || theirs == medians.end()) continue;
      std::vector<double> x, y;
      for (const auto& [target, value] : mine->second)
        if (const auto found = theirs->second.find(target); found != theirs->second.end()) {
          x.push_back(value);
          y.push_back(found->second);
        }
      sources.push_back(source);
      options.push_back(option);
      targets.push_back(static_cast<std::int64_t>(x.size()));
      correlations.push_back(spearman(x, y));
    }
  return {{{"source_type", std::move(sources)},
           {"compared_with", std::move(options)},
           {"targets", std::move(targets)},
           {"spearman_r", std::move(correlations)}}};
}

}  // namespace

BoxSummary summary_of(std::span<const double> ascending) {
  if (ascending.empty()) return {0, nan, nan, nan, nan, nan, nan, nan, nan, nan};
  const double low = quantile_of_sorted(ascending, 0.25), high = quantile_of_sorted(ascending, 0.75),
               reach = 1.5 * (high - low);
  const auto first = std::ranges::lower_bound(ascending, low - reach),
             end = std::ranges::upper_bound(ascending, high + reach);
  return {.count = static_cast<std::int64_t>(ascending.size()),
          .mean = mean(ascending),
          .deviation = deviation(ascending, 0),
          .least = ascending.front(),
          .low_quartile = low,
          .median = quantile_of_sorted(ascending, 0.5),
          .high_quartile = high,
          .greatest = ascending.back(),
          .low_whisker = std::min(*first, low),
          .high_whisker = std::max(*(end - 1), high)};
}

std::vector<fs::path> make_weight_distribution(const DistributionRequest& request, const core::Comm& comm) {
  const auto named = [&](const char* pattern, const std::string& option) {
    return table_file(pattern, request.output_directory, pooled_name(option, request.networks.size()));
  };
  std::vector<std::pair<std::string, Medians>> others;  // read first: what is missing is said at once
  Provenance provenance{.kind = "weights",
                        .inputs = {},
                        .options = {{"L5", request.pooling.l5 ? "pooled" : "split"},
                                    {"inhibitory", request.pooling.inhibitory ? "pooled" : "layers"},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  describe_networks(provenance, request.networks);
  for (const auto& option : request.compare) {
    const auto file = named(weight_distribution_file, option);
    others.emplace_back(option, read_medians(file));
    require_pools(file, request.networks);
    provenance.inputs.push_back(file.string());
  }
  const auto names = labels_of_all(request.networks, request.core, request.pooling);
  const auto summaries = summarise(names, request, comm);
  for (const auto& base : request.networks)
    provenance.inputs.push_back(v1_edge_file(base, request.option).string());
  std::vector<fs::path> files{named(weight_distribution_file, request.option)};
  if (!others.empty())
    files.push_back(named("{tables}/weight_median_correlation_{option}.csv", request.option));
  if (!comm.is_root()) return files;
  write_csv(files[0], distribution_table(names, summaries), ',', provenance);
  if (others.empty()) return files;
  Medians own;
  for (const auto& [pair, box] : summaries)
    own[names[pair / names.size()]][names[pair % names.size()]] = box.median;
  write_csv(files[1], comparison_table(names, own, others), ',', provenance);
  return files;
}

}  // namespace striate::metrics
