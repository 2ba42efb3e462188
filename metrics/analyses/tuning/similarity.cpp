// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/tuning/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/values/draws.hpp"
#include "core/values/nan.hpp"
#include "core/values/random.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;

/// How often each value is drawn when as many as there are are drawn with replacement.
std::vector<std::uint32_t> resample(std::size_t size, core::RandomStream& random) {
  std::vector<std::uint32_t> times(size, 0);
  for (std::size_t i = 0; i < size; ++i) ++times[core::draw_index(random, size)];
  return times;
}

struct Comparison {
  std::string type, metric;
  std::vector<double> model, reference;
};

/// Types of the reference, and the L5 subtypes against its L5_Exc.
std::vector<Comparison> comparisons(const TypeValues& model, const TypeValues& reference) {
  std::vector<std::string> types;
  for (const auto& [type, metrics] : reference) types.push_back(type);
  if (reference.contains("L5_Exc"))
    for (const char* subtype : {"L5_ET", "L5_IT", "L5_NP"})
      if (!reference.contains(subtype)) types.emplace_back(subtype);
  sort_types(types);
  std::vector<Comparison> all;
  for (const auto& type : types)
    for (const auto& metric : compared_metrics)
      all.push_back({type, metric.name, values_of(model, type, metric.name),
                     values_of(reference, reference.contains(type) ? type : "L5_Exc", metric.name)});
  return all;
}

/// The similarity of each network by itself.
Table network_table(const SimilarityRequest& request) {
  std::vector<std::string> networks, types, metrics;
  std::vector<double> values;
  std::vector<std::int64_t> n_model, n_reference;
  for (const auto& network : request.networks) {
    std::vector<std::string> ignored;
    const auto model = model_values(request, std::span(&network, 1), ignored);
    for (const auto& comparison : comparisons(model, request.reference.values)) {
      if (comparison.model.empty() && comparison.reference.empty()) continue;
      networks.push_back(network.string());
      types.push_back(comparison.type);
      metrics.push_back(comparison.metric);
      values.push_back(1 - ks_distance(comparison.model, comparison.reference));
      n_model.push_back(static_cast<std::int64_t>(comparison.model.size()));
      n_reference.push_back(static_cast<std::int64_t>(comparison.reference.size()));
    }
  }
  return {{{"network", std::move(networks)},
           {"cell_type", std::move(types)},
           {"metric", std::move(metrics)},
           {"similarity", std::move(values)},
           {"n_model", std::move(n_model)},
           {"n_reference", std::move(n_reference)}}};
}

}  // namespace

std::vector<double> values_of(const TypeValues& values, const std::string& type, const std::string& metric) {
  const auto of_type = values.find(type);
  if (of_type == values.end()) return {};
  const auto found = of_type->second.find(metric);
  return found == of_type->second.end() ? std::vector<double>{} : found->second;
}

TypeValues model_values(const SimilarityRequest& request, std::span<const std::filesystem::path> networks,
                        std::vector<std::string>& inputs) {
  TypeValues values;
  MadeAlike alike;
  for (const auto& base : networks) {
    const auto cells = read_cells(base, request.core);
    const auto file = table_file(odsi_files.items[0], request.tables_of(base), request.option);
    alike.add(file, base);
    const auto tuning = read_tuning(file, cells);
    inputs.push_back(file.string());
    const std::vector<double>* columns[] = {&tuning.spontaneous_rate, &tuning.mean_rate, &tuning.max_rate,
                                            &tuning.osi, &tuning.dsi};
    for (std::size_t row = 0; row < cells.size(); ++row) {
      if (cells.core[row] == 0) continue;
      const auto& type = cells.type_of(row);
      for (std::size_t m = 0; m < compared_metrics.size(); ++m) {
        const double value = (*columns[m])[row];
        const bool responds = tuning.max_rate[row] >= request.min_rate_hz;
        if (std::isnan(value) || (compared_metrics[m].needs_response && !responds)) continue;
        values[type][compared_metrics[m].name].push_back(value);
        if (is_l5_excitatory(type)) values["L5_Exc"][compared_metrics[m].name].push_back(value);
      }
    }
  }
  for (auto& [type, metrics] : values)
    for (auto& [metric, list] : metrics) std::ranges::sort(list);
  return values;
}

Similarity similarity_of(std::span<const double> model, std::span<const double> reference,
                         std::uint64_t stream, int resamples) {
  if (model.empty() || reference.empty()) return {nan, nan, nan};
  const double value = 1 - ks_distance({model.begin(), model.end()}, {reference.begin(), reference.end()});
  core::RandomStream random(0, core::Purpose::resampling, stream);
  std::vector<double> resampled;
  for (int k = 0; k < resamples; ++k) {
    const auto times_model = resample(model.size(), random);
    const auto times_reference = resample(reference.size(), random);
    resampled.push_back(1 - sorted_ks_distance(model, times_model, reference, times_reference));
  }
  if (resampled.empty()) return {value, nan, nan};
  return {value, std::clamp(2 * value - quantile(resampled, 0.975), 0.0, 1.0),
          std::clamp(2 * value - quantile(resampled, 0.025), 0.0, 1.0)};
}

std::vector<std::filesystem::path> make_similarity(const SimilarityRequest& request, const core::Comm& comm) {
  Provenance provenance{.kind = "similarity",
                        .inputs = {},
                        .options = {{"reference", request.reference.source},
                                    {"min rate (Hz)", fmt::format("{}", request.min_rate_hz)},
                                    {"resamples", fmt::format("{}", request.resamples)},
                                    {"core radius (um)", fmt::format("{}", request.core.radius_um)}}};
  describe_networks(provenance, request.networks);
  const auto all =
      comparisons(model_values(request, request.networks, provenance.inputs), request.reference.values);
  // Each comparison has its own random numbers; ranks take contiguous shares.
  const auto share = core::contiguous_share(all.size(), comm.rank(), comm.size());
  std::vector<Similarity> local;
  for (std::size_t i = share.first; i < share.end; ++i)
    local.push_back(similarity_of(all[i].model, all[i].reference, i, request.resamples));
  const auto results = gather_to_root(std::span<const Similarity>(local), comm);
  const auto named = [&](const char* pattern) {
    return table_file(pattern, request.output_directory,
                      pooled_name(request.option, request.networks.size()));
  };
  const auto table_path = named(similarity_files.items[0]), medians_path = named(similarity_files.items[1]);
  std::vector<std::filesystem::path> files{table_path, medians_path};
  if (request.networks.size() > 1)
    files.push_back(
        table_file("{tables}/similarity_networks_{option}.csv", request.output_directory, request.option));
  if (!comm.is_root()) return files;

  std::vector<std::string> types, metrics, datasets;
  std::vector<double> values, low, high;
  std::vector<std::int64_t> n_model, n_reference, few;
  std::map<std::string, std::vector<double>> by_metric;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].model.empty() && all[i].reference.empty()) continue;
    types.push_back(all[i].type);
    metrics.push_back(all[i].metric);
    datasets.push_back(request.option);
    values.push_back(results[i].value);
    low.push_back(results[i].low);
    high.push_back(results[i].high);
    n_model.push_back(static_cast<std::int64_t>(all[i].model.size()));
    n_reference.push_back(static_cast<std::int64_t>(all[i].reference.size()));
    few.push_back(std::min(all[i].model.size(), all[i].reference.size()) < small_sample ? 1 : 0);
    if (!std::isnan(results[i].value)) by_metric[all[i].metric].push_back(results[i].value);
  }
  write_csv(table_path,
            {{{"cell_type", types},
              {"metric", metrics},
              {"dataset", datasets},
              {"similarity", values},
              {"ci_low", low},
              {"ci_high", high},
              {"n_model", n_model},
              {"n_reference", n_reference},
              {"small_sample", few}}},
            ',', provenance);
  Table medians{{{"metric", std::vector<std::string>{}},
                 {"types", std::vector<std::int64_t>{}},
                 {"median", std::vector<double>{}}}};
  for (const auto& metric : compared_metrics) {
    const auto& of_metric = by_metric[metric.name];
    std::get<std::vector<std::string>>(medians.columns[0].values).emplace_back(metric.name);
    std::get<std::vector<std::int64_t>>(medians.columns[1].values)
        .push_back(static_cast<std::int64_t>(of_metric.size()));
    std::get<std::vector<double>>(medians.columns[2].values).push_back(median(of_metric));
    core::log::info("median similarity of {}: {:.3f} over {} cell types", metric.name, median(of_metric),
                    of_metric.size());
  }
  write_csv(medians_path, medians, ',', provenance);
  if (request.networks.size() > 1) write_csv(files.back(), network_table(request), ',', provenance);
  return files;
}

std::vector<std::filesystem::path> run_similarity(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto paradigm = paradigm_of(call);
  const auto file = values.text_if("reference");
  return make_similarity({.networks = all_networks(call),
                          .option = call.option(),
                          .output_directory = output_directory(call, paradigm, gratings),
                          .tables_of = [folder = paradigm.tables_folder(gratings)](
                                           const auto& network) { return network / folder; },
                          .reference = file ? read_unit_table(*file, values.number("min-rate-reference"))
                                            : recorded_values(values),
                          .min_rate_hz = values.number("min-rate"),
                          .resamples = static_cast<int>(values.whole("resamples")),
                          .core = core_rule(values)},
                         world);
}

std::vector<std::filesystem::path> run_reference(const core::Call& call, const core::Comm& world) {
  const std::filesystem::path file = call.argument("FILE");
  const auto table = path_if(call.values, "output");
  if (!table) throw core::UsageError("missing -o TABLE.csv (nothing else says where the table goes)");
  require_own_output(call, *table);
  if (world.is_root())
    io::write_text_file(
        *table, to_compact_table(
                    read_unit_table(file, call.values.number("min-rate")),
                    "Values of recorded units by cell type and metric, ascending; rates in Hz.\nSource: " +
                        call.values.text_if("source").value_or(file.filename().string())));
  return {*table};
}

}  // namespace striate::metrics
