// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"

#include <algorithm>

#include "cli/arguments/help_formats.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/generation/generation.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

using core::Option;
using Texts = std::vector<std::string>;

/// The help of an option: what it says, its default, and what it goes together with.
std::string help_of(const Option& option) {
  std::string text = option.help;
  const auto fallback = core::default_text(option);
  if (!fallback.empty()) text += fmt::format(" ({})", fallback);
  if (option.needs == nullptr) return text;
  std::string needed = option.needs;
  std::ranges::replace(needed, '=', ' ');
  for (auto at = needed.find('|'); at != std::string::npos; at = needed.find('|', at))
    needed.replace(at, 1, " or --");
  return text + "; with --" + needed;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Where the words stand that may be many; the number of arguments where there are none.
std::size_t place_of_many(const std::vector<core::Argument>& words) {
  return static_cast<std::size_t>(std::ranges::find(words, true, &core::Argument::many) - words.begin());
}

/// "BASE… OPT": the last words are those of the arguments behind the many.
void split_many(const std::vector<core::Argument>& words, const Interface& interface, core::Call& call) {
  const auto place = place_of_many(words);
  if (place >= words.size()) return;
  const auto behind = words.size() - place - 1;
  auto& many = call.arguments[words[place].name];
  if (many.size() < behind + 1) throw core::UsageError("missing argument (usage: {})", interface.usage);
  for (std::size_t k = 0; k < behind; ++k)
    call.arguments[words[place + 1 + k].name] = {many[many.size() - behind + k]};
  many.resize(many.size() - behind);
}

Interface interface_of(const std::string& command, const core::Kind& kind) {
  Interface interface {
    .usage =
        fmt::format("striate {}{}{} [options]", command, kind.arguments[0] == 0 ? "" : " ", kind.arguments),
    .description = kind.details[0] == 0 ? kind.help : kind.details, .options = {}, .positional = {}
  };
  for (const auto& option : kind.options) add_option(option, interface.options);
  for (const auto& argument : core::arguments_of(kind)) {
    interface.positional.push_back(lower(argument.name) + (argument.many       ? "*"
                                                           : argument.optional ? "?"
                                                                               : ""));
    if (argument.many) break;  // takes the rest: see split_many()
  }
  return interface;
}

core::ExitCode run(const std::string& command, const core::Kind& kind, const char* done,
                   const Arguments& arguments, const core::Comm& world) {
  const auto interface = interface_of(command, kind);
  const auto values = parse(interface, arguments, world);
  if (!values) return core::ExitCode::done;
  core::Call call{
      .kind = &kind, .arguments = {}, .values = {kind.options, given_options(kind.options, *values)}};
  const auto words = core::arguments_of(kind);
  for (std::size_t k = 0; k < interface.positional.size(); ++k) {
    const auto key = words[k].many ? lower(words[k].name) : interface.positional[k];
    if (values->count(key) != 0) call.arguments[words[k].name] = (*values)[key].as<Texts>();
  }
  split_many(words, interface, call);
  call.option();  // refuses what is no name
  if (const auto bases = call.arguments.find("BASE"); bases != call.arguments.end())
    for (const auto& base : bases->second)
      io::note_unknown_origin(io::require_one_generation(std::filesystem::path(base), world), world);
  for (const auto& file : kind.run(call, world)) core::log::info("{}: {}", done, file);
  return core::ExitCode::done;
}

}  // namespace

void add_option(const Option& option, po::options_description& options) {
  const auto name =
      option.letter == 0 ? std::string(option.name) : fmt::format("{},{}", option.name, option.letter);
  if (option.type == Option::Type::flag) {
    options.add_options()(name.c_str(), help_of(option).c_str());
    return;
  }
  auto* value = po::value<Texts>()->value_name(
      fmt::format("{}{}", option.value, option.takes == Option::Takes::several ? " …" : ""));
  if (option.takes == Option::Takes::several) value->multitoken();
  options.add_options()(name.c_str(), value, help_of(option).c_str());
}

core::OptionValues::Given given_options(std::span<const Option> options, const po::variables_map& values) {
  core::OptionValues::Given given;
  for (const auto& option : options) {
    if (values.count(option.name) == 0) continue;
    given[option.name] = option.type == Option::Type::flag ? Texts{} : values[option.name].as<Texts>();
    if (option.takes == Option::Takes::one && given[option.name].size() > 1)
      throw core::UsageError("--{} is given twice (only one could count) give it once", option.name);
  }
  return given;
}

core::ExitCode run_kinds(const Overview& overview, std::span<const core::Kind> kinds,
                         const Arguments& arguments, const core::Comm& world) {
  Texts names;
  for (const auto& kind : kinds) names.emplace_back(kind.name);
  if (arguments.empty() || arguments.front().starts_with('-')) {
    Interface interface {
      .usage = fmt::format("striate {} KIND … [options]", overview.command),
      .description =
          fmt::format("{}\n'striate {} KIND --help' shows the options of each kind:", overview.description,
                      overview.command),
      .options = {}, .positional = {
        "kind"
      }
    };
    const auto longest = std::ranges::max(names, {}, &std::string::size).size();
    for (const auto& kind : kinds)
      interface.description += fmt::format("\n  {:<{}} {}", kind.name, longest + 1, kind.help);
    parse(interface, arguments, world);
    // Man pages and tables of completion tell all of their kinds.
    if (const auto format = asked_format(arguments))
      for (const auto& kind : kinds)
        run(fmt::format("{} {}", overview.command, kind.name), kind, overview.done,
            {word_for(*format == HelpFormat::man ? HelpFormat::man_kind : *format)}, world);
    return core::ExitCode::done;
  }
  const auto kind = std::ranges::find(names, arguments.front());
  if (kind == names.end())
    throw core::UsageError("unknown {} '{}' (see 'striate {} --help'){}", overview.noun, arguments.front(),
                           overview.command, core::did_you_mean(arguments.front(), names));
  return run(fmt::format("{} {}", overview.command, *kind),
             kinds[static_cast<std::size_t>(kind - names.begin())], overview.done,
             {arguments.begin() + 1, arguments.end()}, world);
}

core::ExitCode run_command(const core::Kind& kind, const Arguments& arguments, const core::Comm& world) {
  return run(kind.name, kind, "written", arguments, world);
}

}  // namespace striate::cli
