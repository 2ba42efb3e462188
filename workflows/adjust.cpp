// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/adjust.hpp"

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "interventions/adjustment.hpp"
#include "io/files/output_place.hpp"
#include "io/generation/output_lock.hpp"
#include "workflows/current_tables.hpp"
#include "workflows/synapse_sources.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;
using SourceKind = interventions::SynapseSource::Kind;

std::string describe(const std::vector<interventions::Adjustment>& adjustments) {
  std::string text = fmt::format("{:<10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}", "cell_type",
                                 "target pA", "bkg", "lgn", "needed", "exc", "inh", "factor");
  for (const auto& a : adjustments)
    text +=
        fmt::format("\n{:<10} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>8.4f}", a.type,
                    a.target_current, a.background, a.lgn, a.needed, a.excitation, a.inhibition, a.factor);
  return text;
}

std::vector<fs::path> run_adjust(const core::Call& call, const core::Comm& world) {
  const auto option = call.option();
  if (option == "adjusted")
    throw core::UsageError("OPT 'adjusted' is what is made (weights would be scaled twice) name its origin");
  const auto base = call.base(), output = metrics::output_directory(call);
  const auto core_cells = metrics::core_rule(call.values);
  const core::NetworkPaths paths{base};
  const auto edge_file = metrics::v1_edge_file(base, option),
             adjusted_file = metrics::v1_edge_file(base, "adjusted");
  const auto lock = io::lock_file(adjusted_file, world);
  const auto target_file =
      metrics::path_if(call.values, "target-currents").value_or(base / target_current_files.items[0]);
  const auto reference = metrics::recorded_values(call.values);
  io::check_outputs({{adjusted_file, "the option 'adjusted'"}},
                    {{edge_file, "adjust"},
                     {paths.edges(core::background_population), "adjust"},
                     {paths.edges(core::lgn_population), "adjust"},
                     {paths.nodes(core::v1_population), "adjust"},
                     {target_file, "adjust"}});
  const auto targets = interventions::read_target_currents(target_file);
  const auto cells = metrics::read_cells(base, core_cells);
  const auto charges =
      interventions::charges(cells,
                             {read_source(base, SourceKind::bkg, paths.edges(core::background_population)),
                              read_source(base, SourceKind::lgn, paths.edges(core::lgn_population)),
                              read_source(base, SourceKind::v1, edge_file)},
                             read_time_constants(base), world);
  if (!world.is_root()) return {};
  const auto currents = interventions::currents(charges, reference);
  const metrics::Provenance provenance{
      .kind = option,
      .inputs = {cells.nodes_file.string(), edge_file.string(), target_file.string(), reference.source},
      .options = {{"core radius (um)", fmt::format("{}", core_cells.radius_um)}},
      .command = "adjust"};
  const auto matrix_file = output / "actuation_matrix.csv", modfile = output / "modulation.csv";
  metrics::write_csv(matrix_file, interventions::actuation_table(currents), ' ', provenance);
  const auto adjustments = interventions::adjustments(currents, targets);
  const auto factors = interventions::population_factors(cells, adjustments);
  metrics::write_csv(modfile, interventions::modulation_table(adjustments), ' ', provenance);
  core::log::info("{}", describe(adjustments));
  if (call.values.given("tables-only")) return {matrix_file, modfile};
  interventions::write_adjusted_edges(edge_file, adjusted_file, cells, factors);
  return {matrix_file, modfile, adjusted_file};
}

}  // namespace

const core::Kind& adjust_kind() {
  static constexpr core::Option adjust_options[] = {
      metrics::options::described(metrics::options::output_dir, "tables go there instead of BASE/metrics"),
      {.name = "target-currents",
       .value = "FILE",
       .help = "another table of target currents (BASE/metrics/target_currents.csv)"},
      metrics::options::reference,
      {.name = "tables-only", .type = core::Option::Type::flag, .help = "write no edge file"},
      metrics::options::core_radius,
      metrics::options::core_edge};
  static constexpr core::Kind kind{
      .name = "adjust",
      .arguments = "BASE [OPT]",
      .help = "recurrent weights scaled to recorded rates: the option 'adjusted'",
      .details =
          "Scales recurrent weights so that each cell type receives the current at which it fires as "
          "recorded\n"
          "(replaces plot_actuation_matrix.py, calculate_adjustment_factor.py, make_adjusted_network.py). "
          "Writes\n"
          "actuation_matrix.csv and the modfile modulation.csv to BASE/metrics and BASE/network/\n"
          "v1_v1_edges_adjusted.h5, the weights of OPT (plain) with the factors. Needs target_currents.csv "
          "of\n"
          "'striate metrics target-current' in BASE/metrics.",
      .options = adjust_options,
      .reads = {metrics::nodes_file, "network/v1_v1_edges.h5", "network/v1_v1_edge_types.csv",
                "network/bkg_v1_edges.h5", "network/bkg_v1_edge_types.csv", "network/lgn_v1_edges.h5",
                "network/lgn_v1_edge_types.csv", target_current_files.items[0]},
      .writes = {"metrics/actuation_matrix.csv", "metrics/modulation.csv", "network/v1_v1_edges_adjusted.h5"},
      .run = run_adjust};
  return kind;
}

}  // namespace striate::workflows
