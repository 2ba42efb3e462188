// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/help_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "core/text.hpp"

namespace striate::cli {
namespace {

namespace po = boost::program_options;

constexpr std::string_view asking = "--help-as=";

/// For roff: nothing in it is a command, and hyphens can be copied and searched for.
std::string escaped(std::string text) {
  core::replace_all(text, "\\", "\\e");
  core::replace_all(text, "-", "\\-");
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('.') || line.starts_with('\'')) line.insert(0, "\\&");
    result += line + '\n';
  }
  return result;
}

/// "striate metrics odsi", and what stands behind it.
struct Usage {
  std::string command, arguments;
};

Usage split(const std::string& usage) {
  std::istringstream words(usage);
  Usage result;
  const auto is_lower = [](unsigned char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
  for (std::string word; words >> word;) {
    const bool command = result.arguments.empty() && std::ranges::all_of(word, is_lower);
    auto& part = command ? result.command : result.arguments;
    part += (part.empty() ? "" : " ") + word;
  }
  return result;
}

/// "-o, --output DIR" with what is typed in bold.
std::string typed(const po::option_description& option) {
  const auto letter = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  std::string text = letter.starts_with('-') ? fmt::format("\\fB\\{}\\fR, ", letter)
                                             : "";  // a name without letter comes back itself
  text += fmt::format("\\fB\\-\\-{}\\fR", escaped(option.long_name()));
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  if (option.semantic()->max_tokens() > 0) {
    auto value = escaped(option.format_parameter());
    value.erase(std::remove(value.begin(), value.end(), '\n'), value.end());
    text += fmt::format(" \\fI{}\\fR", value);
  }
  return text;
}

void print_options(const po::options_description& options, std::ostream& out) {
  for (const auto& option : options.options())
    out << ".TP\n" << typed(*option) << '\n' << escaped(option->description());
}

/// Lists in it, whose lines are indented, keep their lines.
void print_description(const std::string& text, std::ostream& out) {
  std::istringstream lines(text);
  bool listing = false;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.starts_with(' ');
    if (indented != listing) out << (indented ? ".nf\n" : ".fi\n");
    listing = indented;
    out << (line.empty() ? ".PP\n" : escaped(line));
  }
  if (listing) out << ".fi\n";
}

void print_table(const Interface& interface, const po::options_description& options, std::ostream& out) {
  const auto usage = split(interface.usage);
  out << "@ " << usage.command.substr(usage.command.find(' ') + 1) << '\n';
  std::istringstream words(usage.arguments);
  bool of_option = false;  // the word before is an option that takes this one: "[-o BASE]"
  for (std::string word; words >> word && word != "[options]";) {
    const bool option = word.starts_with('-') || word.starts_with("[-");
    const bool argument = !option && !of_option;
    of_option = option && !word.ends_with(']');
    std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
    if (argument) out << "argument " << word << '\n';
  }
  for (const auto& option : options.options()) {
    const auto value = option->format_parameter();  // "merged|reference (=merged)"
    out << "option --" << option->long_name()
        << (option->semantic()->max_tokens() > 0 ? " " + value.substr(0, value.find(" (=")) : "") << '\n';
  }
}

}  // namespace

std::string word_for(HelpFormat format) {
  switch (format) {
    case HelpFormat::man:
      return std::string(asking) + "man";
    case HelpFormat::man_kind:
      return std::string(asking) + "man-kind";
    case HelpFormat::table:
      return std::string(asking) + "table";
    case HelpFormat::text:
      break;
  }
  return "--help";
}

std::optional<HelpFormat> asked_format(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1)
    for (const auto format : {HelpFormat::man, HelpFormat::man_kind, HelpFormat::table})
      if (arguments.front() == word_for(format)) return format;
  return std::nullopt;
}

void print_help(const Interface& interface, const po::options_description& options, HelpFormat format,
                std::ostream& out) {
  const auto usage = split(interface.usage);
  switch (format) {
    case HelpFormat::text:
      out << "usage: " << interface.usage << "\n\n" << interface.description << "\n\n" << options;
      break;
    case HelpFormat::man:
      out << ".SH SYNOPSIS\n.B " << usage.command << '\n' << escaped(usage.arguments) << ".SH DESCRIPTION\n";
      print_description(interface.description, out);
      out << ".SH OPTIONS\n";
      print_options(options, out);
      break;
    case HelpFormat::man_kind:
      out << ".SS " << usage.command << ' ' << escaped(usage.arguments);
      print_description(interface.description, out);
      print_options(interface.options, out);
      break;
    case HelpFormat::table:
      print_table(interface, options, out);
      break;
  }
}

}  // namespace striate::cli
