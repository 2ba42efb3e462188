// SPDX-License-Identifier: BSD-3-Clause
// The options that change a network to be built, the same for `striate build`, `striate jobs build` and
// `striate simulate --network`. Their values are YAML, checked with the network's description.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "builder/spec/read_spec.hpp"
#include "core/options.hpp"

namespace striate::cli {

inline constexpr core::Option network_options[] = {
    {.name = "radius", .value = "UM", .help = "radius of the cylinder of cells"},
    {.name = "core-radius", .value = "UM", .help = "radius of the core"},
    {.name = "seed", .value = "N", .help = "seed of all random numbers"},
    {.name = "small-lgn", .type = core::Option::Type::flag, .help = "LGN of 3 x 2 tiles instead of 15 x 10"},
    {.name = "no-like-to-like",
     .type = core::Option::Type::flag,
     .help = "recurrent weights drawn independent of tuning"},
    {.name = "fluctuate", .type = core::Option::Type::flag, .help = "Poisson numbers of cells"},
    {.name = "flat",
     .type = core::Option::Type::flag,
     .help = "the same number of cells (100) for every cell model"},
    {.name = "no-recurrent", .type = core::Option::Type::flag, .help = "no connections among the cells"},
    {.name = "unitary-psp", .value = "WORD", .help = "reference (the published table) or computed"},
    {.name = "bkg-units", .value = "N", .help = "number of background units"},
    {.name = "bkg-connections", .value = "N", .help = "background units that a cell receives from"},
    {.name = "cell-models",
     .value = "DIR",
     .help = "folder of your cell models: ID_glif_lif_asc_config.json, ID_neuron_config.json, "
             "ID/neuron_config.json"},
    {.name = "from-base-props",
     .value = "DIR",
     .help = "what was edited in a folder base_props of the reference (workbook and tables)"}};

void add_network_options(boost::program_options::options_description& options);
/// What was given of them.
core::OptionValues given_network_options(const boost::program_options::variables_map& values);

/// Reads the network `name` with the options that were given; `values` may know others besides. `base_props`
/// gets what --from-base-props amounts to, as YAML.
builder::NetworkSpec read_network_spec(const std::string& name, const core::OptionValues& values,
                                       std::string* base_props = nullptr);

/// These options as words for another call: {"--seed=7", "--flat"}.
std::vector<std::string> network_option_words(const core::OptionValues& values);

/// The first of these options that was given, or "".
std::string given_network_option(const core::OptionValues& values);

/// Says what a reader of the specification would not expect.
void log_network(const builder::NetworkSpec& spec);

}  // namespace striate::cli
