// SPDX-License-Identifier: BSD-3-Clause
// What a command does, as plain data: a kind of table, figure, node set, job … is one row of a constexpr
// table. The command line (cli/arguments/kinds.hpp) makes --help and calls of it; whoever plans runs
// (slurm/plan) takes the files it reads and writes from it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "core/ranks/comm.hpp"

namespace striate::core {

struct Call;

/// Names of files below a network directory with {option} and the like in them; at most eight.
struct Patterns {
  const char* items[8] = {};
  constexpr std::size_t size() const {
    std::size_t count = 0;
    while (count < std::size(items) && items[count] != nullptr) ++count;
    return count;
  }
  constexpr const char* const* begin() const { return items; }
  constexpr const char* const* end() const { return items + size(); }
};

/// Files that are written besides where an option has this value.
struct MoreFiles {
  const char* option = "";  ///< "format"; "": there are none
  const char* value = "";  ///< "npy"
  Patterns writes = {};
};

struct Kind {
  const char* name = "";
  const char* arguments = "";  ///< "BASE OPT", "BASE [OPT]", "PARADIGM|FILE.yaml BASE OPT", "BASE CONDITION…"
  const char* help = "";  ///< one line
  const char* details = "";  ///< what --help says besides
  std::span<const Option> options = {};
  Patterns reads = {}, writes = {};
  /// Returns the files that there are now. Collective.
  std::vector<std::filesystem::path> (*run)(const Call& call, const Comm& world) = nullptr;
  MoreFiles more = {};
};

/// A kind with what it was told.
struct Call {
  const Kind* kind = nullptr;
  std::map<std::string, std::vector<std::string>>
      arguments;  ///< by the first word of each: "BASE", "PARADIGM"
  OptionValues values;

  std::string argument(const char* name) const { return arguments.at(name).front(); }
  std::filesystem::path base() const { return argument("BASE"); }
  /// OPT, "plain" where it may be left out. Throws UsageError for what is no name of a network option.
  std::string option() const;
};

/// One word of Kind::arguments.
struct Argument {
  std::string name;  ///< "PARADIGM"
  bool optional = false, many = false;
};
std::vector<Argument> arguments_of(const Kind& kind);

/// Throws UsageError for a name that is empty or holds a /.
void require_network_option(const std::string& name, const std::string& what);

}  // namespace striate::core
