// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "core/log.hpp"
#include "core/text.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

std::string help_hint(const Interface& interface) {
  std::istringstream words(interface.usage);
  std::string program, command;
  words >> program >> command;
  return fmt::format("see '{} {} --help'", program, command);
}

}  // namespace

std::optional<po::variables_map> parse(const Interface& interface, const Arguments& arguments,
                                       const core::Comm& world) {
  po::options_description visible("Options");
  for (const auto& option : interface.options.options()) visible.add(option);
  visible.add_options()("help,h", "show this help")("quiet,q", "only warnings and errors")("verbose,v",
                                                                                           "say more");

  po::options_description all = visible;
  po::positional_options_description positional;
  for (const auto& name : interface.positional) {
    const bool many = name.ends_with('*');
    const std::string plain = many ? name.substr(0, name.size() - 1) : name;
    if (visible.find_nothrow(plain, false) == nullptr)
      all.add_options()(plain.c_str(), po::value<std::vector<std::string>>());
    positional.add(plain.c_str(), many ? -1 : 1);
  }

  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments)
                  .options(all)
                  .positional(positional)
                  .style(po::command_line_style::default_style & ~po::command_line_style::allow_guessing)
                  .run(),
              values);
    if (values.count("help") == 0) po::notify(values);  // else what is required would be asked for
  } catch (const po::unknown_option& error) {
    std::vector<std::string> names;
    for (const auto& option : visible.options()) names.push_back("--" + option->long_name());
    const auto suggestion = core::nearest(error.get_option_name(), names);
    throw core::UsageError(
        "unknown option {} ({}) {}", error.get_option_name(),
        suggestion.empty() ? std::string("no similar one") : fmt::format("did you mean {}?", suggestion),
        help_hint(interface));
  } catch (const po::too_many_positional_options_error&) {
    throw core::UsageError("too many arguments (usage: {}) {}", interface.usage, help_hint(interface));
  } catch (const po::error& error) {
    throw core::UsageError("{} (usage: {}) {}", error.what(), interface.usage, help_hint(interface));
  }

  if (values.count("help") != 0) {
    if (world.is_root())
      std::cout << "usage: " << interface.usage << "\n\n" << interface.description << "\n\n" << visible;
    return std::nullopt;
  }
  using core::log::Level;
  core::log::set_up(values.count("quiet") != 0     ? Level::quiet
                    : values.count("verbose") != 0 ? Level::verbose
                                                   : Level::normal,
                    world.rank());
  for (const auto& name : interface.positional)
    if (!name.ends_with('?') &&
        values.count(name.ends_with('*') ? name.substr(0, name.size() - 1) : name) == 0)
      throw core::UsageError("missing argument (usage: {}) {}", interface.usage, help_hint(interface));
  return values;
}

core::ExitCode run_kind(const KindsOverview& overview, std::span<const Command> kinds,
                        const Arguments& arguments, const core::Comm& world) {
  const bool asks_a_kind = !arguments.empty() && !arguments.front().starts_with('-');
  std::vector<std::string> names;
  for (const auto& kind : kinds) names.emplace_back(kind.name);
  if (!asks_a_kind) {
    Interface interface {
      .usage = overview.usage, .description = overview.description, .options = {}, .positional = { "kind" }
    };
    const auto longest = std::ranges::max(names, {}, &std::string::size).size();
    for (const auto& kind : kinds)
      interface.description += fmt::format("\n  {:<{}} {}", kind.name, longest + 1, kind.help);
    parse(interface, arguments, world);
    return core::ExitCode::done;
  }
  const auto kind = std::ranges::find(names, arguments.front());
  if (kind == names.end())
    throw core::UsageError("unknown {} '{}' (see 'striate {} --help'){}", overview.noun, arguments.front(),
                           overview.command, core::did_you_mean(arguments.front(), names));
  return kinds[static_cast<std::size_t>(kind - names.begin())].run({arguments.begin() + 1, arguments.end()},
                                                                   world);
}

}  // namespace striate::cli
