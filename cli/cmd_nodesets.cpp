// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "cli/metrics/metrics_kinds.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "interventions/cohort_node_sets.hpp"
#include "interventions/silencing_table.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/analyses/tuning/suppression.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using interventions::NodeSetRequest;
using metrics::EdgeQuantity;
using Files = std::vector<fs::path>;

enum class Takes { nothing, weights, weights_and_mode };

struct NodeSetKind {
  const char* name;
  const char* help;
  Files (*make)(const NodeSetRequest& request, const core::Comm& world);
  Takes takes;
};

constexpr NodeSetKind kinds[] = {
    {"outgoing-weight", "thirds of each layer by summed |weight| of outgoing connections",
     [](const NodeSetRequest& request, const core::Comm& world) {
       return interventions::make_ranked_sets(request, {}, world);
     },
     Takes::weights_and_mode},
    {"outgoing-synapses", "the same by number of outgoing synapses",
     [](const NodeSetRequest& request, const core::Comm& world) {
       return interventions::make_ranked_sets(
           request, {EdgeQuantity::outgoing_synapses, "outgoing_synapsecount", "outgoing_synapsecount"},
           world);
     },
     Takes::weights_and_mode},
    {"incoming-weight", "the same by summed |weight| of incoming connections",
     [](const NodeSetRequest& request, const core::Comm& world) {
       return interventions::make_ranked_sets(
           request, {EdgeQuantity::incoming_weight, "incoming", "incoming_weight"}, world);
     },
     Takes::weights_and_mode},
    {"celltype-highlow", "thirds of PV, SST and VIP cells by outgoing weight",
     interventions::make_class_sets_by_weight, Takes::weights},
    {"celltypes", "all PV, SST and VIP cells", interventions::make_class_sets, Takes::nothing},
};

constexpr const char* silence_help = "config of an experiment in which a cohort is silenced";

core::ExitCode run_kind(const NodeSetKind& kind, const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = fmt::format("striate nodesets {} BASE [options]", kind.name),
    .description = fmt::format("Node sets of the network in BASE: {}.\nWrites to BASE/node_sets.", kind.help),
    .options = {}, .positional = {
      "base"
    }
  };
  interface.options.add_options()  //
      ("output_dir,o", po::value<std::string>()->value_name("DIR"), "write there instead")  //
      ("core-radius", po::value<double>()->value_name("UM"),
       "core cells lie within this distance of the axis (200)")  //
      ("core-edge", po::value<std::string>()->value_name("WORD"),
       "strict: below the radius (default); inclusive: at most");
  if (kind.takes != Takes::nothing)
    interface.options.add_options()("weights", po::value<std::string>()->value_name("OPT"),
                                    "the network option whose edges rank the cells (bio_trained)");
  if (kind.takes == Takes::weights_and_mode)
    interface.options.add_options()(
        "mode", po::value<std::string>()->value_name("WORD"),
        "by_layer (default), or by_cell_type: thirds of each cell type, core only");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  NodeSetRequest request{
      .base = call->base,
      .option = text_option(*call, "weights").value_or("bio_trained"),
      .output_directory = text_option(*call, "output_dir").value_or((call->base / "node_sets").string()),
      .core = call->core};
  if (word_option(*call, "mode", {"by_layer", "by_cell_type"}) == "by_cell_type")
    request.grouping = metrics::CohortGrouping::by_cell_type;
  const auto files = kind.make(request, world);
  if (world.is_root()) core::log::info("{} files in {}", files.size(), request.output_directory);
  for (const auto& file : files) core::log::detail("written: {}", file);
  return core::ExitCode::done;
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

enum class Existing { refuse, replace };

/// Does nothing when the file says this already.
void write_config(const fs::path& file, const std::string& text, Existing existing) {
  std::error_code ignored;
  if (existing == Existing::refuse && fs::exists(file, ignored) && io::read_json(file).dump(2) + "\n" != text)
    throw core::UsageError("{} exists and differs (it would be replaced) say --overwrite", file);
  io::write_text_file(file, text);
}

core::ExitCode run_silence(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate nodesets silence BASE CONDITION… [options]",
    .description =
        "Makes BASE/configs/config_CONDITION.json: the config of a network option plus a current clamp on a\n"
        "cohort. CONDITION then is a network option like any other. Conditions are listed in "
        "silencing.yaml:\n"
        "pv_neg1000, pv_high_neg1000, exc_high_core_neg1000, …",
    .options = {}, .positional = {
      "base",
      "condition*"
    }
  };
  interface.options.add_options()  //
      ("from-option", po::value<std::string>()->value_name("OPT"),
       "the network option to start from (bio_trained)")  //
      ("amp", po::value<double>()->value_name("PA"),
       "another current; the condition is named after it (pv_neg250)")  //
      ("table", po::value<std::string>()->value_name("FILE.yaml"), "your own table of conditions")  //
      ("overwrite", "replace configs that differ");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call || !world.is_root()) return core::ExitCode::done;
  const auto table = interventions::read_silencing_table(text_option(*call, "table"));
  const auto existing = call->values.count("overwrite") != 0 ? Existing::replace : Existing::refuse;
  for (const auto& name : call->values["condition"].as<std::vector<std::string>>()) {
    auto silencing = find_condition(table, name);
    if (call->values.count("amp") != 0)
      silencing = interventions::with_amplitude(silencing, number_option(*call, "amp", 0, -1e6, 1e6));
    silencing.option = text_option(*call, "from-option").value_or(silencing.option);
    if (silencing.option.find('/') != std::string::npos)
      throw core::UsageError("invalid --from-option '{}' (the name of a network option, such as plain)",
                             silencing.option);
    const auto cohort = call->base / "node_sets" / silencing.node_set_file;
    core::require_readable(cohort, fmt::format("the cohort of {}; made by 'striate nodesets'", name));
    const auto ids = metrics::read_targets(cohort);
    if (ids.empty()) throw core::ConfigError("no cells in {} (nothing to silence in {})", cohort, name);
    const auto config = call->base / "configs" / fmt::format("config_{}.json", silencing.option);
    const auto file = call->base / "configs" / fmt::format("config_{}.json", silencing.condition);
    write_config(file,
                 interventions::silenced_config(io::read_json(config), config, silencing, ids).dump(2) + "\n",
                 existing);
    core::log::info("{}: {} cells get {} pA from {} to {} ms", file, ids.size(), silencing.amp_pA,
                    silencing.from_ms, silencing.to_ms);
  }
  return core::ExitCode::done;
}

}  // namespace

core::ExitCode run_nodesets(const Arguments& arguments, const core::Comm& world) {
  const bool asks_a_kind = !arguments.empty() && !arguments.front().starts_with('-');
  if (!asks_a_kind) {
    Interface overview{.usage = "striate nodesets KIND BASE [options]",
                       .description =
                           "Cohorts of cells as SONATA node sets, and experiments on them.\n"
                           "'striate nodesets KIND --help' shows the options of each kind:",
                       .options = {},
                       .positional = {"kind"}};
    for (const auto& kind : kinds) overview.description += fmt::format("\n  {:<20} {}", kind.name, kind.help);
    overview.description += fmt::format("\n  {:<20} {}", "silence", silence_help);
    parse(overview, arguments, world);
    return core::ExitCode::done;
  }
  const auto& name = arguments.front();
  const Arguments rest(arguments.begin() + 1, arguments.end());
  if (name == "silence") return run_silence(rest, world);
  std::vector<std::string> names{"silence"};
  for (const auto& kind : kinds) {
    if (name == kind.name) return run_kind(kind, rest, world);
    names.emplace_back(kind.name);
  }
  throw core::UsageError("unknown kind of node sets '{}' (see 'striate nodesets --help'){}", name,
                         core::did_you_mean(name, names));
}

}  // namespace striate::cli
