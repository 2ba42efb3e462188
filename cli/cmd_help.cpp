// SPDX-License-Identifier: BSD-3-Clause
#include <iostream>

#include "cli/arguments/command.hpp"
#include "cli/help/completion.hpp"
#include "cli/help/man_pages.hpp"
#include "core/log.hpp"

namespace striate::cli {
namespace {

namespace po = boost::program_options;

void print_overview(std::ostream& out) {
  out << "Striate: builds and simulates the biorealistic model of mouse primary visual cortex.\n\n"
         "usage: striate COMMAND [options]\n"
         "       mpirun -n N striate COMMAND …       on N ranks\n"
         "       striate --ranks N COMMAND …         the same: starts mpirun with what this machine needs\n\n"
         "commands:\n";
  for (const Command& command : commands()) out << fmt::format("  {:<12}{}\n", command.name, command.help);
  out << "\n'striate help COMMAND' says more about one.\n";
}

}  // namespace

core::ExitCode run_help(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate help [COMMAND] [KIND] [options]",
    .description = "The same as striate COMMAND [KIND] --help; without COMMAND an overview.", .options = {},
    .positional = {
      "command?",
      "kind?"
    }
  };
  interface.options.add_options()("man", po::value<std::string>()->value_name("DIR"),
                                  "write man pages of all commands to a folder")(
      "completion", po::value<std::string>()->value_name("bash|zsh"),
      "print a script that completes words in this shell");
  const auto values = parse(interface, arguments, world);
  if (!values) return core::ExitCode::done;
  const auto word = [&](const char* name) {
    return values->count(name) == 0 ? std::string() : (*values)[name].as<std::vector<std::string>>().front();
  };
  if (values->count("man") != 0) {
    if (!world.is_root()) return core::ExitCode::done;
    for (const auto& file : write_man_pages((*values)["man"].as<std::string>()))
      core::log::detail("written: {}", file.string());
  } else if (values->count("completion") != 0) {
    const auto script = completion_script((*values)["completion"].as<std::string>());
    if (world.is_root()) std::cout << script;
  } else if (const auto command = word("command?"); !command.empty()) {
    Arguments asked{"--help"};
    if (const auto kind = word("kind?"); !kind.empty()) asked.insert(asked.begin(), kind);
    return find_command(command).run(asked, world);
  } else if (world.is_root()) {
    print_overview(std::cout);
  }
  return core::ExitCode::done;
}

}  // namespace striate::cli
