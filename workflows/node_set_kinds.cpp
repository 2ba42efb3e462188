// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/node_set_kinds.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "interventions/cohort_node_sets.hpp"
#include "interventions/selective_node_sets.hpp"
#include "interventions/silencing_table.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"
#include "metrics/analyses/cells/neuron_features.hpp"
#include "metrics/base/node_set_file.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;
using interventions::NodeSetRequest;
using Files = std::vector<fs::path>;

constexpr const char* usual_option = "bio_trained";

constexpr core::Option set_options[] = {
    metrics::options::described(metrics::options::output_dir, "write there instead of to BASE/node_sets"),
    metrics::options::core_radius, metrics::options::core_edge};
constexpr core::Option weights{.name = "weights",
                               .value = "OPT",
                               .help = "the network option whose edges rank the cells",
                               .fallback = usual_option};
constexpr core::Option class_options[] = {set_options[0], set_options[1], set_options[2], weights};
constexpr core::Option ranked_options[] = {set_options[0],
                                           set_options[1],
                                           set_options[2],
                                           weights,
                                           {.name = "mode",
                                            .type = core::Option::Type::word,
                                            .value = "by_layer|by_cell_type",
                                            .help = "thirds of each layer, or of each cell type, core only"}};

NodeSetRequest request_of(const core::Call& call) {
  return {.base = call.base(),
          .option = usual_option,
          .output_directory = metrics::path_if(call.values, "output_dir").value_or(call.base() / "node_sets"),
          .core = metrics::core_rule(call.values)};
}

NodeSetRequest weighed_request(const core::Call& call) {
  auto request = request_of(call);
  request.option = call.values.text("weights");
  return request;
}

/// Files with and without their sidecars may be many: named with --verbose.
Files told(const Files& files, const NodeSetRequest& request, const core::Comm& world) {
  if (world.is_root()) core::log::info("{} files in {}", files.size(), request.output_directory);
  for (const auto& file : files) core::log::detail("written: {}", file);
  return {};
}

Files ranked(const core::Call& call, const core::Comm& world, const interventions::RankedSets& by) {
  auto request = weighed_request(call);
  if (call.values.is("mode", "by_cell_type")) request.grouping = metrics::CohortGrouping::by_cell_type;
  return told(interventions::make_ranked_sets(request, by, world), request, world);
}

Files by_outgoing_weight(const core::Call& call, const core::Comm& world) {
  return ranked(call, world, interventions::sets_by_outgoing_weight);
}

Files by_outgoing_synapses(const core::Call& call, const core::Comm& world) {
  return ranked(call, world, interventions::sets_by_outgoing_synapses);
}

Files by_incoming_weight(const core::Call& call, const core::Comm& world) {
  return ranked(call, world, interventions::sets_by_incoming_weight);
}

Files classes_by_weight(const core::Call& call, const core::Comm& world) {
  const auto request = weighed_request(call);
  return told(interventions::make_class_sets_by_weight(request, world), request, world);
}

Files classes(const core::Call& call, const core::Comm& world) {
  const auto request = request_of(call);
  return told(interventions::make_class_sets(request, world), request, world);
}

constexpr core::Option selective_options[] = {
    set_options[0],
    {.name = "features",
     .value = "OPT",
     .help = "the network option whose table of 'striate metrics features' labels the cells",
     .fallback = usual_option},
    metrics::options::described(metrics::options::seed, "of the choice of matched cells")};

Files selective(const core::Call& call, const core::Comm& world) {
  const interventions::SelectiveSetRequest request{
      .base = call.base(),
      .features = metrics::table_file(metrics::neuron_features_files.items[0], call.base() / "metrics",
                                      call.values.text("features")),
      .output_directory = metrics::path_if(call.values, "output_dir").value_or(call.base() / "node_sets"),
      .seed = static_cast<std::uint64_t>(call.values.whole("seed"))};
  return interventions::make_selective_sets(request, world);
}

interventions::Silencing find_condition(const std::vector<interventions::Silencing>& table,
                                        const std::string& name) {
  const auto found = std::ranges::find(table, name, &interventions::Silencing::condition);
  if (found != table.end()) return *found;
  std::vector<std::string> names;
  for (const auto& each : table) names.push_back(each.condition);
  throw core::UsageError("unknown condition '{}' (known: {}){}", name, fmt::join(names, ", "),
                         core::did_you_mean(name, names));
}

// Those that experiments of silencing.yaml read; more are written (interventions/cohort_node_sets.hpp).
constexpr const char* usual_edges = "network/v1_v1_edges_bio_trained.h5";
constexpr core::Patterns ranked_files{
    {"node_sets/high_outgoing_exc_core_nodes.json", "node_sets/low_outgoing_exc_core_nodes.json",
     "node_sets/high_outgoing_inh_core_nodes.json", "node_sets/low_outgoing_inh_core_nodes.json"}};
constexpr core::Patterns ranked_class_files{
    {"node_sets/pv_high_outgoing_core_nodes.json", "node_sets/pv_low_outgoing_core_nodes.json",
     "node_sets/sst_high_outgoing_core_nodes.json", "node_sets/sst_low_outgoing_core_nodes.json",
     "node_sets/vip_high_outgoing_core_nodes.json", "node_sets/vip_low_outgoing_core_nodes.json"}};
constexpr core::Patterns class_files{
    {"node_sets/pv_nodes.json", "node_sets/sst_nodes.json", "node_sets/vip_nodes.json"}};

enum class Existing { refuse, replace };

/// Does nothing when the file says this already.
void write_config(const fs::path& file, const std::string& text, Existing existing) {
  if (existing == Existing::refuse && io::would_replace(file) &&
      io::indented_text(io::read_json(file)) + "\n" != text)
    throw core::UsageError("{} exists and differs (it would be replaced) say --overwrite", file);
  io::write_text_file(file, text);
}

Files silence(const core::Call& call, const core::Comm& world) {
  if (!world.is_root()) return {};
  Files files;
  const auto table = interventions::read_silencing_table(call.values.text_if("table"));
  const auto existing = call.values.given("overwrite") ? Existing::replace : Existing::refuse;
  for (const auto& name : call.arguments.at("CONDITION")) {
    auto silencing = find_condition(table, name);
    if (const auto amp = call.values.number_if("amp"))
      silencing = interventions::with_amplitude(silencing, *amp);
    silencing.option = call.values.text_if("from-option").value_or(silencing.option);
    core::require_network_option(silencing.option, "--from-option");
    const auto cohort = call.base() / "node_sets" / silencing.node_set_file;
    core::require_readable(cohort, fmt::format("the cohort of {}; made by 'striate nodesets'", name));
    const auto ids = metrics::read_targets(cohort);
    if (ids.empty()) throw core::ConfigError("no cells in {} (nothing to silence in {})", cohort, name);
    const auto config = call.base() / "configs" / fmt::format("config_{}.json", silencing.option);
    const auto file = call.base() / "configs" / fmt::format("config_{}.json", silencing.condition);
    io::check_outputs({{file, name}}, {{config, "its making"}, {cohort, "its making"}});
    write_config(
        file,
        io::indented_text(interventions::silenced_config(io::read_json(config), config, silencing, ids)) +
            "\n",
        existing);
    files.push_back(file);
    core::log::info("{}: {} cells get {} pA from {} to {} ms", file, ids.size(), silencing.amp_pA,
                    silencing.from_ms, silencing.to_ms);
  }
  return files;
}

constexpr core::Option silence_options[] = {
    {.name = "from-option", .value = "OPT", .help = "the network option to start from (bio_trained)"},
    {.name = "amp",
     .type = core::Option::Type::number,
     .value = "PA",
     .help = "another current; the condition is named after it (pv_neg250)",
     .low = -1e6,
     .high = 1e6},
    {.name = "table", .value = "FILE.yaml", .help = "your own table of conditions"},
    {.name = "overwrite", .type = core::Option::Type::flag, .help = "replace configs that differ"}};

}  // namespace

std::span<const core::Kind> node_set_kinds() {
  // clang-format off
  static constexpr core::Kind kinds[] = {
      {"outgoing-weight", "BASE", "thirds of each layer by summed |weight| of outgoing connections", "",
       ranked_options, {metrics::nodes_file, metrics::node_types_file, usual_edges}, ranked_files,
       by_outgoing_weight},
      {"outgoing-synapses", "BASE", "the same by number of outgoing synapses", "",
       ranked_options, {}, {}, by_outgoing_synapses},
      {"incoming-weight", "BASE", "the same by summed |weight| of incoming connections", "",
       ranked_options, {}, {}, by_incoming_weight},
      {"celltype-highlow", "BASE", "thirds of PV, SST and VIP cells by outgoing weight", "",
       class_options,
       {metrics::nodes_file, metrics::node_types_file, usual_edges}, ranked_class_files, classes_by_weight},
      {"celltypes", "BASE", "all PV, SST and VIP cells", "", set_options,
       {metrics::nodes_file, metrics::node_types_file}, class_files, classes},
      {"selective", "BASE", "selective and other cells, excitatory and inhibitory, by the table of 'metrics features'",
       "Cells that 'striate metrics features' labels selective and non_selective: {exc,inh}_{selective,nonselective}_\n"
       "nodes.json, and ..._matched_nodes.json with as many cells, at random, as the smaller of both groups has.",
       selective_options, {}, {}, selective},
      {"silence", "BASE CONDITION…", "config of an experiment in which a cohort is silenced",
       "Makes BASE/configs/config_CONDITION.json: the config of a network option plus a current clamp on a\n"
       "cohort. CONDITION then is a network option like any other. Conditions are listed in silencing.yaml:\n"
       "pv_neg1000, pv_high_neg1000, exc_high_core_neg1000, …",
       silence_options, {}, {}, silence},
  };
  // clang-format on
  return kinds;
}

}  // namespace striate::workflows
