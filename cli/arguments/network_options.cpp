// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/network_options.hpp"

#include "builder/base_props/base_props.hpp"
#include "cli/arguments/run_kinds.hpp"
#include "core/log.hpp"

namespace striate::cli {
namespace {

/// The place in a network's YAML that an option sets.
struct Override {
  const char* option;
  std::vector<std::string> keys;
  const char* flag_value = nullptr;  ///< of a flag
};

const std::vector<Override>& overrides() {
  static const std::vector<Override> list{
      {"radius", {"size", "radius_um"}},
      {"core-radius", {"size", "core_radius_um"}},
      {"seed", {"seed"}},
      {"small-lgn", {"lgn", "tiles"}, "[3, 2]"},
      {"no-like-to-like", {"recurrent", "like_to_like"}, "false"},
      {"fluctuate", {"cells", "fluctuate"}, "true"},
      {"flat", {"cells", "flat"}, "true"},
      {"no-recurrent", {"recurrent", "enabled"}, "false"},
      {"unitary-psp", {"synapses", "unitary_psp"}},
      {"bkg-units", {"background", "units"}},
      {"bkg-connections", {"background", "connections"}},
  };
  return list;
}

}  // namespace

void add_network_options(boost::program_options::options_description& options) {
  for (const auto& option : network_options) add_option(option, options);
}

core::OptionValues given_network_options(const boost::program_options::variables_map& values) {
  return {network_options, given_options(network_options, values)};
}

builder::NetworkSpec read_network_spec(const std::string& name, const core::OptionValues& values,
                                       std::string* base_props) {
  std::vector<builder::Override> given;
  for (const auto& each : overrides())
    if (values.given(each.option))
      given.push_back({each.keys, each.flag_value != nullptr ? each.flag_value : values.text(each.option)});
  const auto models = values.text_if("cell-models").value_or("");
  const auto folder = values.text_if("from-base-props");
  if (!folder) return builder::read_network_spec(name, given, models);
  const auto props = builder::read_base_props(*folder, builder::read_network_spec(name));
  auto spec = builder::read_network_spec(name, given, models, &props.changes);
  spec.files.insert(spec.files.end(), props.files.begin(), props.files.end());
  spec.warnings.insert(spec.warnings.end(), props.notes.begin(), props.notes.end());
  if (base_props != nullptr) *base_props = builder::base_props_yaml(props, *folder, name);
  return spec;
}

std::vector<std::string> network_option_words(const core::OptionValues& values) {
  std::vector<std::string> words;
  for (const auto& option : network_options)
    if (values.given(option.name))
      words.push_back(option.type == core::Option::Type::flag
                          ? fmt::format("--{}", option.name)
                          : fmt::format("--{}={}", option.name, values.text(option.name)));
  return words;
}

std::string given_network_option(const core::OptionValues& values) {
  for (const auto& option : network_options)
    if (values.given(option.name)) return option.name;
  return {};
}

void log_network(const builder::NetworkSpec& spec) {
  for (const auto& warning : spec.warnings) core::log::warning("{}", warning);
  core::log::info("{}", builder::describe_models(spec));
  if (const auto stand_ins = builder::list_stand_ins(spec); !stand_ins.empty())
    core::log::detail("{}", stand_ins);
  core::log::info("unitary PSPs: {}", spec.unitary_psp == builder::UnitaryPspSource::reference
                                          ? "the published table; computed for stand-ins and your own models"
                                          : "computed from the kinetics");
}

}  // namespace striate::cli
