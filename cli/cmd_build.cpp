// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/ranges.h>

#include <algorithm>

#include <iostream>

#include "builder/build.hpp"
#include "cli/arguments/command.hpp"
#include "cli/arguments/network_options.hpp"
#include "cli/arguments/watchdog_options.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/shipped_configs.hpp"

namespace striate::cli {
namespace {

namespace po = boost::program_options;

Interface build_interface() {
  Interface interface {
    .usage = "striate build NAME|FILE.yaml [-o BASE] [options]",
    .description =
        "Builds a network directory (SONATA): nodes, recurrent, LGN and background edges, components and "
        "run\n"
        "configurations. The same network results on any number of ranks (mpirun -n N).\n"
        "Names: " +
        fmt::format("{}", fmt::join(io::shipped_names(io::network_configs), " ")),
    .options = po::options_description("Options"), .positional = {
      "network"
    }
  };
  interface.options.add_options()("output,o", po::value<std::string>(),
                                  "network directory to make (default: the network's name)");
  add_network_options(interface.options);
  interface.options.add_options()("only", po::value<std::string>(),
                                  "build v1, lgn or bkg only; lgn and bkg use the V1 cells already there")(
      "compression", po::value<std::string>()->default_value("none"),
      "gzip level of the edge files, 1 to 9, or none (compression is slow and does not scale with ranks)")(
      "no-source-index",
      "leave the edge files' index by source out (a third of their bytes; this program needs none)")(
      "dry-run", "say what would be built and what it takes, write nothing")(
      "force", "replace files of an earlier network (those of an interrupted build are replaced without)")(
      "mixed", "with --only lgn or bkg: let the part have another seed or other options than the network")(
      "hash", "keep a SHA-256 of each file's contents in network/manifest.json, for 'striate check --hash'");
  add_watchdog_options(interface.options);
  return interface;
}

builder::Parts parts(const po::variables_map& values, const builder::NetworkSpec& spec) {
  builder::Parts parts;
  parts.recurrent = spec.recurrent.enabled;
  parts.source_index = values.count("no-source-index") == 0;
  if (values.count("only") == 0) return parts;
  const auto only = values["only"].as<std::string>();
  parts.v1 = only == core::v1_population;
  parts.lgn = only == core::lgn_population;
  parts.background = only == core::background_population;
  if (!parts.v1 && !parts.lgn && !parts.background)
    throw core::UsageError("invalid --only {} (must be {}, {} or {})", only, core::v1_population,
                           core::lgn_population, core::background_population);
  return parts;
}

int deflate_level(const po::variables_map& values) {
  const auto text = values["compression"].as<std::string>();
  if (text == "none") return 0;
  if (text.size() != 1 || text[0] < '1' || text[0] > '9')
    throw core::UsageError("invalid --compression {} (must be none or 1 to 9)", text);
  return text[0] - '0';
}

/// For "nets/mine" "nets/mine.yaml".
std::filesystem::path yaml_beside(const std::filesystem::path& base) {
  const auto plain = std::filesystem::absolute(base).lexically_normal();
  auto file = plain.has_filename() ? plain : plain.parent_path();
  return file += ".yaml";
}

/// A file of the user's that says something else stays.
void require_room_for(const std::filesystem::path& file, const std::string& text,
                      builder::Overwrite overwrite) {
  if (overwrite == builder::Overwrite::refuse && io::would_replace(file) &&
      io::read_text_file(file, "it would be replaced") != text)
    throw core::UsageError("{} exists and says something else (it would be replaced) say --force", file);
}

}  // namespace

core::ExitCode run_build(const Arguments& arguments, const core::Comm& world) {
  const auto values = parse(build_interface(), arguments, world);
  if (!values) return core::ExitCode::done;
  const auto name = (*values)["network"].as<std::vector<std::string>>().front();
  const int deflate = deflate_level(*values);
  std::string base_props;
  const auto spec = read_network_spec(name, given_network_options(*values), &base_props);
  const builder::BuildOptions options{
      .base = values->count("output") != 0 ? (*values)["output"].as<std::string>() : spec.name,
      .parts = parts(*values, spec),
      .deflate = deflate,
      .overwrite = values->count("force") != 0 ? builder::Overwrite::replace : builder::Overwrite::refuse,
      .mixture = values->count("mixed") != 0 ? builder::Mixture::allow : builder::Mixture::refuse,
      .hash = values->count("hash") != 0};
  log_network(spec);
  const auto yaml_file = yaml_beside(options.base);
  if (!base_props.empty() && world.is_root()) require_room_for(yaml_file, base_props, options.overwrite);
  if (values->count("dry-run") != 0) {
    const auto text = builder::dry_run(spec, options, world);
    if (world.is_root()) std::cout << base_props << text;
    return core::ExitCode::done;
  }
  const core::Watchdog watchdog(watchdog_options(*values, {options.base.parent_path()}), world);
  const auto summary = builder::build(spec, options, world);
  if (world.is_root() && core::log::level() != core::log::Level::quiet)
    std::cout << builder::describe(summary);
  if (!base_props.empty() && world.is_root()) {
    io::write_text_file(yaml_file, base_props);
    core::log::info("{}: what the edited tables change; 'striate build' with it makes the same network",
                    yaml_file);
  }
  return core::ExitCode::done;
}

}  // namespace striate::cli
