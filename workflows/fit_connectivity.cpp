// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/fit_connectivity.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "builder/base_props/edits.hpp"
#include "builder/spec/read_spec.hpp"
#include "builder/spec/resolved.hpp"
#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/analyses/connectivity/connection_fits.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;

/// --sigma: nullopt where it is to be found.
struct Width {
  enum class Kind { free, model, number } kind = Kind::free;
  double um = 0;
};

Width width_of(const std::string& text) {
  if (text == "free") return {};
  if (text == "model") return {.kind = Width::Kind::model};
  const auto um = core::parse_number<double>(text);
  if (!um || !(*um >= metrics::least_sigma_um && *um <= metrics::greatest_sigma_um))
    throw core::UsageError("invalid --sigma '{}' (free, model, or {} to {} um)", text,
                           metrics::least_sigma_um, metrics::greatest_sigma_um);
  return {.kind = Width::Kind::number, .um = *um};
}

/// The network's cell types, whether they excite, and its widths.
class Model {
 public:
  explicit Model(const std::string& network) : spec(builder::read_network_spec(network)) {}

  std::size_t type(const std::string& name, const fs::path& table) const {
    const auto found = std::ranges::find(spec.cell_types, name);
    if (found == spec.cell_types.end())
      throw core::FormatError("unknown cell type '{}' in {} (network {} has {}) name them so", name, table,
                              spec.name, fmt::join(spec.cell_types, ", "));
    return static_cast<std::size_t>(found - spec.cell_types.begin());
  }
  /// 0 excitatory, 1 inhibitory: as lateral_sigma_um is indexed.
  std::size_t sign(std::size_t type) const {
    const auto of_type = [&](const builder::Population& each) { return each.cell_type == type; };
    const auto population = std::ranges::find_if(spec.populations, of_type);
    return population != spec.populations.end() && population->excitatory ? 0 : 1;
  }

  builder::NetworkSpec spec;
};

struct Fit {
  metrics::FittedPair pair;
  std::size_t source_sign, target_sign;
};

std::vector<Fit> fit_table_of(const fs::path& table, const Model& model, const Width& width) {
  std::vector<Fit> fits;
  const auto connections = metrics::read_connections(table);
  for (const auto& pair : connections) {
    model.type(pair.source, table);
    model.type(pair.target, table);
  }
  for (const auto& pair : connections) {
    const auto source = model.sign(model.type(pair.source, table)),
               target = model.sign(model.type(pair.target, table));
    const double of_model = model.spec.recurrent.lateral_sigma_um[source][target];
    const auto given = width.kind == Width::Kind::number  ? std::optional(width.um)
                       : width.kind == Width::Kind::model ? std::optional(of_model)
                                                          : std::nullopt;
    auto fitted = metrics::fit_pair(pair, given);
    // Without a connection nothing tells the width: the limit of p0 is that at the network's.
    if (fitted.fit.pairs > 0 && fitted.fit.connected == 0 && !given)
      fitted = metrics::fit_pair(pair, of_model);
    fits.push_back({std::move(fitted), source, target});
  }
  return fits;
}

/// A shipped name, or a file as it is found from anywhere.
std::string extended_name(const std::string& network) {
  return network.ends_with(".yaml") || network.ends_with(".yml")
             ? fs::absolute(network).lexically_normal().string()
             : network;
}

struct Description {
  std::string yaml;
  std::size_t overridden = 0, kept = 0;
};

Description describe(const std::vector<Fit>& fits, const Width& width, const std::string& network,
                     const fs::path& table, std::int64_t min_pairs) {
  builder::Edits edits;
  Description description;
  constexpr const char* signs[] = {"e", "i"};
  const auto where = builder::place_of(table.string());
  for (const auto& [pair, source_sign, target_sign] : fits) {
    if (pair.fit.pairs < min_pairs || pair.fit.pairs == 0) {
      ++description.kept;
      continue;
    }
    ++description.overridden;
    edits.set({"recurrent", "connection_probability_peak", "override", pair.source, pair.target}, pair.fit.p0,
              where);
    if (width.kind == Width::Kind::number)
      edits.set({"recurrent", "lateral_sigma_um", signs[source_sign], signs[target_sign]}, width.um, where);
  }
  if (description.overridden > 0) builder::read_network_spec(network, {}, {}, &edits.tree());  // refuses
  description.yaml = fmt::format(
      "# Connection probabilities that fit {}, as 'striate fit connectivity' found them.\nextends: {}\n{}",
      table.string(), builder::yaml_word(extended_name(network)), builder::yaml_of(edits.tree()));
  return description;
}

std::vector<fs::path> fit_connectivity(const core::Call& call, const core::Comm& world) {
  const fs::path table = call.argument("TABLE");
  const auto width = width_of(call.values.text("sigma"));
  const auto network = call.values.text("network");
  const auto output = metrics::path_if(call.values, "output");
  if (output && width.kind == Width::Kind::free)
    throw core::UsageError(
        "-o with --sigma free (a network has one width for all pairs of a sign, its peaks belong to it) give "
        "--sigma model, or a number for all");
  if (output && !output->string().ends_with(".yaml") && !output->string().ends_with(".yml"))
    throw core::UsageError("invalid -o {} (a description of a network ends in .yaml)", *output);
  const auto fit_file =
      metrics::path_if(call.values, "fits").value_or(table.parent_path() / "connection_fits.csv");
  metrics::require_own_output(call, fit_file);
  if (output) metrics::require_own_output(call, *output);
  std::vector<fs::path> files{fit_file};
  if (output) files.push_back(*output);
  if (!world.is_root()) return files;

  const Model model(network);
  const auto fits = fit_table_of(table, model, width);
  std::vector<metrics::FittedPair> pairs;
  for (const auto& fit : fits) pairs.push_back(fit.pair);
  metrics::write_csv(fit_file, metrics::fit_table(pairs), ',',
                     {.kind = "connectivity",
                      .inputs = {table.string()},
                      .options = {{"sigma", call.values.text("sigma")}, {"network", network}},
                      .command = "fit"});
  if (output) {
    const auto description = describe(fits, width, network, table, call.values.whole("min-pairs"));
    io::make_folder(output->parent_path());
    io::write_text_file(*output, description.yaml);
    core::log::info("{} pairs of types have the fitted peak, {} with too few pairs of cells keep their own",
                    description.overridden, description.kept);
  }
  return files;
}

}  // namespace

std::span<const core::Kind> fit_kinds() {
  static constexpr core::Option connectivity_options[] = {
      {.name = "output",
       .value = "FILE.yaml",
       .help = "a network with the fitted peaks, for 'striate build'",
       .moves_files = true,
       .letter = 'o'},
      {.name = "network", .value = "NAME|FILE.yaml", .help = "which it extends", .fallback = "core"},
      {.name = "sigma",
       .value = "free|model|UM",
       .help = "width of the Gaussian: found for each pair, the network's, or this",
       .fallback = "free"},
      {.name = "min-pairs",
       .type = core::Option::Type::whole,
       .value = "N",
       .help = "with fewer pairs of cells the network keeps its own peak",
       .usual = 20,
       .low = 1,
       .high = 1e9,
       .needs = "output"},
      {.name = "fits",
       .value = "FILE.csv",
       .help = "the table of fits (connection_fits.csv beside TABLE)",
       .moves_files = true}};
  static constexpr core::Kind kinds[] = {
      {.name = "connectivity",
       .arguments = "TABLE",
       .help = "peak and width of connection probability from measured connections",
       .details =
           "Fits p0 exp(-r^2 / 2 sigma^2) to measured connections of each pair of cell types. TABLE is comma "
           "separated\n"
           "and has bins of distance (source,target,from_um,to_um,pairs,connected; what 'metrics "
           "connectivity' "
           "writes)\n"
           "or single pairs of cells (source,target,distance_um,synapses). Writes connection_fits.csv with "
           "95 % "
           "intervals\n"
           "and, with -o, a network that has the fitted peaks.",
       .options = connectivity_options,
       .run = fit_connectivity}};
  return kinds;
}

}  // namespace striate::workflows
