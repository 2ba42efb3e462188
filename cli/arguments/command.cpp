// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "cli/arguments/help_formats.hpp"
#include "core/log.hpp"
#include "core/progress.hpp"
#include "core/text.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

/// "see 'striate metrics odsi --help'": the words of the usage before its arguments, which have capitals.
std::string help_hint(const Interface& interface) {
  std::istringstream words(interface.usage);
  std::string command;
  const auto is_lower = [](unsigned char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
  for (std::string word; words >> word && std::ranges::all_of(word, is_lower);) command += word + " ";
  return fmt::format("see '{}--help'", command);
}

}  // namespace

std::optional<po::variables_map> parse(const Interface& interface, const Arguments& arguments,
                                       const core::Comm& world) {
  po::options_description visible("Options");
  for (const auto& option : interface.options.options()) visible.add(option);
  visible.add_options()("help,h", "show this help")("quiet,q", "only warnings and errors")(
      "verbose,v", "say more")("progress", po::value<std::string>()->value_name("bar|lines|none"),
                               "how far long work has come: a bar (of itself only where standard error is a "
                               "terminal, so not under mpirun), a line every ten seconds, or nothing");

  if (const auto format = asked_format(arguments)) {
    if (world.is_root()) print_help(interface, visible, *format, std::cout);
    return std::nullopt;
  }

  po::options_description all = visible;
  po::positional_options_description positional;
  for (const auto& name : interface.positional) {
    const bool many = name.ends_with('*');
    const std::string plain = many ? name.substr(0, name.size() - 1) : name;
    if (visible.find_nothrow(plain, false) == nullptr)
      all.add_options()(plain.c_str(), po::value<std::vector<std::string>>());
    positional.add(plain.c_str(), many ? -1 : 1);
  }

  const auto refuse_option = [&](const std::string& given) {
    std::vector<std::string> names;
    for (const auto& option : visible.options()) names.push_back("--" + option->long_name());
    const auto suggestion = core::nearest(given, names);
    throw core::UsageError(
        "unknown option {} ({}) {}", given,
        suggestion.empty() ? std::string("no similar one") : fmt::format("did you mean {}?", suggestion),
        help_hint(interface));
  };
  po::variables_map values;
  try {
    const auto parsed =
        po::command_line_parser(arguments)
            .options(all)
            .positional(positional)
            .style(po::command_line_style::default_style & ~po::command_line_style::allow_guessing)
            .run();
    // Names of arguments are no options, though the parser keeps both in one list.
    for (const auto& option : parsed.options)
      if (option.position_key == -1 && visible.find_nothrow(option.string_key, false) == nullptr)
        refuse_option("--" + option.string_key);
    po::store(parsed, values);
    if (values.count("help") == 0) po::notify(values);  // else what is required would be asked for
  } catch (const po::unknown_option& error) {
    refuse_option(error.get_option_name());
  } catch (const po::too_many_positional_options_error&) {
    throw core::UsageError("too many arguments (usage: {}) {}", interface.usage, help_hint(interface));
  } catch (const po::error& error) {
    throw core::UsageError("{} (usage: {}) {}", error.what(), interface.usage, help_hint(interface));
  }

  if (values.count("help") != 0) {
    if (world.is_root()) print_help(interface, visible, HelpFormat::text, std::cout);
    return std::nullopt;
  }
  using core::log::Level;
  core::log::set_up(values.count("quiet") != 0     ? Level::quiet
                    : values.count("verbose") != 0 ? Level::verbose
                                                   : Level::normal,
                    world.rank());
  core::set_progress_style(values.count("progress") == 0
                               ? core::ProgressStyle::automatic
                               : core::parse_progress_style(values["progress"].as<std::string>()));
  for (const auto& name : interface.positional)
    if (!name.ends_with('?') &&
        values.count(name.ends_with('*') ? name.substr(0, name.size() - 1) : name) == 0)
      throw core::UsageError("missing argument (usage: {}) {}", interface.usage, help_hint(interface));
  return values;
}

}  // namespace striate::cli
