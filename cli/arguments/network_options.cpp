// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/network_options.hpp"

#include "core/log.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

struct NetworkOption {
  const char* name;
  const char* flag_value;  ///< YAML; null for options with a value of their own
  std::vector<std::string> keys;
  const char* help;
};

const std::vector<NetworkOption>& network_options() {
  static const std::vector<NetworkOption> list{
      {"radius", nullptr, {"size", "radius_um"}, "radius of the cylinder of cells, um"},
      {"core-radius", nullptr, {"size", "core_radius_um"}, "radius of the core, um"},
      {"seed", nullptr, {"seed"}, "seed of all random numbers"},
      {"small-lgn", "[3, 2]", {"lgn", "tiles"}, "LGN of 3 x 2 tiles instead of 15 x 10"},
      {"no-like-to-like",
       "false",
       {"recurrent", "like_to_like"},
       "recurrent weights drawn independent of tuning"},
      {"fluctuate", "true", {"cells", "fluctuate"}, "Poisson numbers of cells"},
      {"flat", "true", {"cells", "flat"}, "the same number of cells (100) for every cell model"},
      {"no-recurrent", "false", {"recurrent", "enabled"}, "no connections among the cells"},
      {"unitary-psp", nullptr, {"synapses", "unitary_psp"}, "reference (the published table) or computed"},
      {"bkg-units", nullptr, {"background", "units"}, "number of background units"},
      {"bkg-connections",
       nullptr,
       {"background", "connections"},
       "background units that a cell receives from"},
  };
  return list;
}

constexpr const char* cell_models = "cell-models";

}  // namespace

void add_network_options(po::options_description& options) {
  auto add = options.add_options();
  for (const auto& option : network_options())
    if (option.flag_value != nullptr)
      add(option.name, option.help);
    else
      add(option.name, po::value<std::string>(), option.help);
  add(cell_models, po::value<std::string>(),
      "folder of your cell models: ID_glif_lif_asc_config.json, ID_neuron_config.json, "
      "ID/neuron_config.json");
}

builder::NetworkSpec read_network_spec(const std::string& name, const po::variables_map& values) {
  std::vector<builder::Override> overrides;
  for (const auto& option : network_options())
    if (values.count(option.name) != 0)
      overrides.push_back({option.keys, option.flag_value != nullptr
                                            ? option.flag_value
                                            : values[option.name].as<std::string>()});
  return builder::read_network_spec(
      name, overrides, values.count(cell_models) != 0 ? values[cell_models].as<std::string>() : "");
}

std::vector<std::string> network_option_words(const po::variables_map& values) {
  std::vector<std::string> words;
  for (const auto& option : network_options())
    if (values.count(option.name) != 0)
      words.push_back(option.flag_value != nullptr
                          ? fmt::format("--{}", option.name)
                          : fmt::format("--{}={}", option.name, values[option.name].as<std::string>()));
  if (values.count(cell_models) != 0)
    words.push_back(fmt::format("--{}={}", cell_models, values[cell_models].as<std::string>()));
  return words;
}

std::string given_network_option(const po::variables_map& values) {
  for (const auto& option : network_options())
    if (values.count(option.name) != 0) return option.name;
  return values.count(cell_models) != 0 ? cell_models : "";
}

void log_network(const builder::NetworkSpec& spec) {
  for (const auto& warning : spec.warnings) core::log::warning("{}", warning);
  core::log::info("{}", builder::describe_models(spec));
  core::log::info("unitary PSPs: {}", spec.unitary_psp == builder::UnitaryPspSource::reference
                                          ? "the published table; computed for stand-ins and your own models"
                                          : "computed from the kinetics");
}

}  // namespace striate::cli
