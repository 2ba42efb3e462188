// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/decoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "core/log.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

const char* suffix_of(CellGroup group) {
  return group == CellGroup::type ? "by_type" : "pooled";
}

/// Mean over the folds of each (type, size).
Table summary_table(const std::string& network, const Decoded& decoded, std::size_t folds,
                    double DecodingResult::*accuracy) {
  const auto& tasks = decoded.tasks;
  std::vector<std::string> types;
  std::vector<std::int64_t> sizes;
  std::vector<double> means;
  for (std::size_t first = 0; first < tasks.size(); first += folds) {
    std::vector<double> values;
    for (std::size_t i = first; i < first + folds; ++i) values.push_back(decoded.results[i].*accuracy);
    types.push_back(tasks[first].type);
    sizes.push_back(static_cast<std::int64_t>(tasks[first].size));
    means.push_back(mean(values));
  }
  return {{{"network", std::vector<std::string>(types.size(), network)},
           {"cell_type", types},
           {"sample_size", std::move(sizes)},
           {"accuracy", std::move(means)}}};
}

Table fold_table(const std::string& network, const Decoded& decoded) {
  std::int32_t images = 0;
  for (const auto& guess : decoded.guesses) images = std::max(images, guess.shown + 1);
  std::vector<std::string> types;
  std::vector<std::int64_t> sizes, folds, iterations, converged;
  std::vector<double> accuracy, template_accuracy, gradient;
  for (std::size_t i = 0; i < decoded.tasks.size(); ++i) {
    const auto& result = decoded.results[i];
    types.push_back(decoded.tasks[i].type);
    sizes.push_back(static_cast<std::int64_t>(decoded.tasks[i].size));
    folds.push_back(static_cast<std::int64_t>(decoded.tasks[i].fold));
    accuracy.push_back(result.accuracy);
    template_accuracy.push_back(result.template_accuracy);
    iterations.push_back(result.iterations);
    gradient.push_back(result.max_gradient);
    converged.push_back(result.converged);
  }
  return {{{"network", std::vector<std::string>(types.size(), network)},
           {"cell_type", std::move(types)},
           {"sample_size", std::move(sizes)},
           {"fold", std::move(folds)},
           {"accuracy", std::move(accuracy)},
           {"accuracy_template", std::move(template_accuracy)},
           {"iterations", std::move(iterations)},
           {"max_gradient", std::move(gradient)},
           {"converged", std::move(converged)},
           {"chance", std::vector<double>(decoded.tasks.size(), 1.0 / std::max(images, 1))}}};
}

/// How often each image was told where another one was shown, over all folds; pairs that never occurred are
/// left out.
Table confusion_table(const std::string& network, const Decoded& decoded) {
  constexpr const char* decoders[] = {"regression", "template"};
  using Key = std::tuple<std::size_t, std::int32_t, std::int32_t>;  // decoder, shown, told
  std::vector<std::string> types, decoder_names;
  std::vector<std::int64_t> sizes, shown, told, counts;
  const auto write = [&](const DecodingTask& task, const std::map<Key, std::int64_t>& found) {
    for (const auto& [key, count] : found) {
      types.push_back(task.type);
      sizes.push_back(static_cast<std::int64_t>(task.size));
      decoder_names.emplace_back(decoders[std::get<0>(key)]);
      shown.push_back(std::get<1>(key));
      told.push_back(std::get<2>(key));
      counts.push_back(count);
    }
  };
  const auto same = [&](std::uint32_t a, std::uint32_t b) {
    return decoded.tasks[a].type == decoded.tasks[b].type && decoded.tasks[a].size == decoded.tasks[b].size;
  };
  const auto& guesses = decoded.guesses;
  for (std::size_t first = 0, end = 0; first < guesses.size(); first = end) {
    std::map<Key, std::int64_t> found;
    for (end = first; end < guesses.size() && same(guesses[end].task, guesses[first].task); ++end) {
      const auto& guess = guesses[end];
      if (guess.by_regression != Guess::none) ++found[{0, guess.shown, guess.by_regression}];
      ++found[{1, guess.shown, guess.by_templates}];
    }
    write(decoded.tasks[guesses[first].task], found);
  }
  return {{{"network", std::vector<std::string>(types.size(), network)},
           {"cell_type", std::move(types)},
           {"sample_size", std::move(sizes)},
           {"decoder", std::move(decoder_names)},
           {"shown", std::move(shown)},
           {"told", std::move(told)},
           {"count", std::move(counts)}}};
}

}  // namespace

DecodingTables decoding_tables(const std::string& network, const DecoderOptions& options,
                               const Decoded& decoded) {
  const auto stopped = std::ranges::count(decoded.results, 0, &DecodingResult::converged);
  if (stopped > 0)
    core::log::warning("{} of {} regressions ended after {} iterations with a larger gradient than {}",
                       stopped, decoded.tasks.size(), options.logistic.max_iterations,
                       options.logistic.tolerance);
  if (decoded.tasks.empty())
    core::log::warning("no cell type of {} has {} cells and enough of them that fire: nothing to decode",
                       network, options.min_cells);
  return {.summary = summary_table(network, decoded, options.folds, &DecodingResult::accuracy),
          .templates = summary_table(network, decoded, options.folds, &DecodingResult::template_accuracy),
          .folds = fold_table(network, decoded),
          .confusion = confusion_table(network, decoded)};
}

std::vector<fs::path> decoding_paths(const fs::path& folder, const std::string& option,
                                     const DecoderOptions& options) {
  const char* suffix = suffix_of(options.group);
  std::vector<fs::path> files;
  for (const char* stem : {"summary", "template", "folds", "confusion"})
    if (options.regression || stem != std::string_view("summary"))
      files.push_back(folder / fmt::format("decoding_{}_{}_{}.csv", stem, option, suffix));
  return files;
}

void write_decoding(const std::vector<fs::path>& files, const DecoderOptions& options,
                    const DecodingTables& tables, Provenance provenance) {
  provenance.options.insert(provenance.options.end(),
                            {{"folds", fmt::format("{}", options.folds)},
                             {"sample", options.sample == CellSample::once ? "once" : "per fold"},
                             {"seed", fmt::format("{}", options.seed)},
                             {"C", fmt::format("{}", options.logistic.c)},
                             {"tolerance", fmt::format("{}", options.logistic.tolerance)},
                             {"iterations", fmt::format("{}", options.logistic.max_iterations)}});
  auto file = files.begin();
  if (options.regression) write_csv(*file++, tables.summary, ',', provenance);
  for (const auto* table : {&tables.templates, &tables.folds, &tables.confusion})
    write_csv(*file++, *table, ',', provenance);
}

std::vector<fs::path> make_decoding(const DecodingRequest& request, const core::Comm& comm) {
  require_decodable(request.decoder, request.protocol.runs.size(), request.protocol);
  const auto core = core_cells(read_cells(request.base, request.core));
  const auto counts = count_slots(request.protocol, core, comm);
  const auto decoded = decode(request.decoder, core, counts, request.protocol, comm);
  const auto files = decoding_paths(request.output_directory, request.option, request.decoder);
  if (comm.is_root())
    write_decoding(
        files, request.decoder, decoding_tables(network_name(request.base), request.decoder, decoded),
        {.kind = "decoding",
         .inputs = {core.nodes_file.string(),
                    fmt::format("{} … {} runs", request.protocol.runs.front(), request.protocol.runs.size())},
         .options = {{"images", fmt::format("{}", request.protocol.images)},
                     {"core radius (um)", fmt::format("{}", request.core.radius_um)}}});
  return files;
}

DecoderOptions decoder_options(const core::OptionValues& values) {
  DecoderOptions options{.group = values.is("group", "type") ? CellGroup::type : CellGroup::pooled,
                         .sample = values.is("sample", "once") ? CellSample::once : CellSample::per_fold,
                         .folds = static_cast<std::size_t>(values.whole("folds")),
                         .min_cells = static_cast<std::size_t>(values.whole("min-cells")),
                         .seed = static_cast<std::uint64_t>(values.whole("seed")),
                         .regression = values.is("decoder", "both"),
                         .logistic = {.c = values.number("c"),
                                      .tolerance = values.number("tolerance"),
                                      .max_iterations = static_cast<int>(values.whole("iterations"))}};
  if (const auto sizes = values.wholes("sizes"); !sizes.empty())
    options.sizes.assign(sizes.begin(), sizes.end());
  return options;
}

std::string decoding_refusal(const io::Paradigm& paradigm) {
  if (auto why = images_refusal(paradigm); !why.empty()) return why;
  const auto protocol = protocol_of(paradigm, {}, "plain");
  const auto times = presentations(protocol);
  if (!times.empty() && std::ranges::min(times) == 0) return "it needs images numbered from 0 without gaps";
  if (times.empty() || std::ranges::min(times) < 2 || protocol.runs.size() < 2)
    return fmt::format("it holds out repetitions of all images, and {} shows them once", paradigm.name);
  return {};
}

std::vector<fs::path> run_decoding(const core::Call& call, const core::Comm& world) {
  const auto paradigm = paradigm_of(call);
  require_served(images_refusal(paradigm), paradigm, "decoding");
  DecodingRequest request{.base = call.base(),
                          .option = result_name(call, paradigm),
                          .output_directory = output_directory(call, paradigm, observatory),
                          .protocol = protocol_of(call, paradigm, Unlabelled::refused),
                          .decoder = decoder_options(call.values),
                          .core = core_rule(call.values)};
  if (!call.values.given("folds"))
    request.decoder.folds = std::min(request.decoder.folds, request.protocol.runs.size());
  // The accuracies of both decoders, each network a sample.
  const auto networks = all_networks(call);
  const char* suffix = suffix_of(request.decoder.group);
  std::vector<SampledTable> samples;
  for (const char* decoder : {"summary", "template"})
    if (request.decoder.regression || decoder == std::string_view("template"))
      samples.push_back(
          {.kind = "decoding",
           .each = fmt::format("{{tables}}/decoding_{}_{{option}}_{}.csv", decoder, suffix),
           .means = fmt::format("{{tables}}/decoding_{}_networks_{{option}}_{}.csv", decoder, suffix),
           .keys = {"cell_type"},
           .number_keys = {"sample_size"},
           .values = {"accuracy"}});
  std::vector<NetworkPaths> tables;
  for (const auto& what : samples)
    tables.push_back(sampled_files(what, networks, paradigm.tables_folder(observatory),
                                   request.output_directory, request.option));
  auto files = make_decoding(request, world);
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (const auto& file :
         make_network_means(samples[i], networks, tables[i], request.output_directory, request.option, world))
      files.push_back(file);
  return files;
}

}  // namespace striate::metrics
