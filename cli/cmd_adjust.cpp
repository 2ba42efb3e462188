// SPDX-License-Identifier: BSD-3-Clause
#include "cli/metrics/metrics_kinds.hpp"
#include "core/log.hpp"
#include "engine/network/weight_rules.hpp"
#include "interventions/adjustment.hpp"
#include "io/text/shipped_configs.hpp"
#include "workflows/cell_models.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using Kind = interventions::SynapseSource::Kind;

interventions::SynapseSource read_source(const fs::path& base, Kind kind, const fs::path& edge_file) {
  const auto file = base / "network" / fmt::format("{}_v1_edge_types.csv", interventions::name_of(kind));
  interventions::SynapseSource source{.kind = kind, .edge_file = edge_file, .types = {}};
  for (const auto& type : engine::read_edge_types(io::TypeTable::read(file, "edge_type_id"),
                                                  base / "components/synaptic_models"))
    source.types.push_back({type.id, type.port, type.syn_weight});
  return source;
}

interventions::TimeConstants read_time_constants(const fs::path& base) {
  interventions::TimeConstants constants;
  for (const auto& [id, parameters] : workflows::read_cell_models(base, base / "components/cell_models")) {
    auto& taus = constants[id];
    for (std::size_t port = 0; port < parameters.tau_syn_fast.size(); ++port)
      taus.push_back(parameters.tau_syn_fast[port] +
                     parameters.tau_syn_slow[port] * parameters.amp_slow[port]);
  }
  return constants;
}

/// Whose recurrent weights are scaled.
std::string network_option(const MetricsCall& call) {
  if (call.values.count("option?") == 0) return "plain";
  const auto option = call.values["option?"].as<std::vector<std::string>>().front();
  if (option.empty() || option.find('/') != std::string::npos)
    throw core::UsageError("invalid OPT '{}' (the name of a network option, such as plain)", option);
  if (option == "adjusted")
    throw core::UsageError("OPT 'adjusted' is what is made (weights would be scaled twice) name its origin");
  return option;
}

std::string describe(const std::vector<interventions::Adjustment>& adjustments) {
  std::string text = fmt::format("{:<10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}", "cell_type",
                                 "target pA", "bkg", "lgn", "needed", "exc", "inh", "factor");
  for (const auto& a : adjustments)
    text +=
        fmt::format("\n{:<10} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>8.4f}", a.type,
                    a.target_current, a.background, a.lgn, a.needed, a.excitation, a.inhibition, a.factor);
  return text;
}

}  // namespace

core::ExitCode run_adjust(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate adjust BASE [OPT] [options]",
    .description =
        "Scales recurrent weights so that each cell type receives the current at which it fires as recorded\n"
        "(replaces plot_actuation_matrix.py, calculate_adjustment_factor.py, make_adjusted_network.py). "
        "Writes\n"
        "actuation_matrix.csv and the modfile modulation.csv to BASE/metrics and BASE/network/\n"
        "v1_v1_edges_adjusted.h5, the weights of OPT (plain) with the factors. Needs target_currents.csv of\n"
        "'striate metrics target-current' in BASE/metrics.",
    .options = {}, .positional = {
      "base",
      "option?"
    }
  };
  interface.options.add_options()  //
      ("output_dir,o", po::value<std::string>()->value_name("DIR"),
       "tables go there instead of BASE/metrics")  //
      ("target-currents", po::value<std::string>()->value_name("FILE"),
       "another table of target currents")  //
      ("reference", po::value<std::string>()->value_name("FILE"),
       "recordings in their original format (default: the shipped table)")  //
      ("tables-only", "write no edge file")  //
      ("core-radius", po::value<double>()->value_name("UM"),
       "core cells lie within this distance of the axis (200)")  //
      ("core-edge", po::value<std::string>()->value_name("WORD"),
       "strict: below the radius (default); inclusive: at most");
  const auto call = parse_metrics(interface, arguments, world);
  if (!call) return core::ExitCode::done;
  const auto option = network_option(*call);
  const auto network = call->base / "network";
  const auto edge_file = metrics::v1_edge_file(call->base, option),
             adjusted_file = metrics::v1_edge_file(call->base, "adjusted");
  const fs::path target_file =
      text_option(*call, "target-currents").value_or((call->base / "metrics/target_currents.csv").string());
  const auto reference_file = text_option(*call, "reference");
  const auto reference =
      reference_file ? metrics::read_unit_table(*reference_file, 0)
                     : metrics::read_compact_table(io::config_directory() / "reference/neuropixels.csv");
  const auto targets = interventions::read_target_currents(target_file);
  const auto cells = metrics::read_cells(call->base, call->core);
  const auto charges =
      interventions::charges(cells,
                             {read_source(call->base, Kind::bkg, network / "bkg_v1_edges.h5"),
                              read_source(call->base, Kind::lgn, network / "lgn_v1_edges.h5"),
                              read_source(call->base, Kind::v1, edge_file)},
                             read_time_constants(call->base), world);
  if (!world.is_root()) return core::ExitCode::done;
  const auto currents = interventions::currents(charges, reference);
  const metrics::Provenance provenance{
      .kind = option,
      .inputs = {cells.nodes_file.string(), edge_file.string(), target_file.string(), reference.source},
      .options = {{"core radius (um)", fmt::format("{}", call->core.radius_um)}},
      .command = "adjust"};
  const auto matrix_file = call->output_directory / "actuation_matrix.csv",
             modfile = call->output_directory / "modulation.csv";
  metrics::write_csv(matrix_file, interventions::actuation_table(currents), ' ', provenance);
  const auto adjustments = interventions::adjustments(currents, targets);
  const auto factors = interventions::population_factors(cells, adjustments);
  metrics::write_csv(modfile, interventions::modulation_table(adjustments), ' ', provenance);
  core::log::info("{}", describe(adjustments));
  if (call->values.count("tables-only") != 0) return report_files({matrix_file, modfile});
  interventions::write_adjusted_edges(edge_file, adjusted_file, cells, factors);
  return report_files({matrix_file, modfile, adjusted_file});
}

}  // namespace striate::cli
