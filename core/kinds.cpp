// SPDX-License-Identifier: BSD-3-Clause
#include "core/kinds.hpp"

#include <sstream>

#include "core/errors/error.hpp"

namespace striate::core {

std::vector<Argument> arguments_of(const Kind& kind) {
  std::vector<Argument> list;
  std::istringstream words(kind.arguments);
  for (std::string word; words >> word;) {
    Argument argument{.name = word, .optional = word.starts_with('['), .many = word.ends_with("…")};
    if (argument.optional) argument.name = word.substr(1, word.size() - 2);
    argument.name = argument.name.substr(0, argument.name.find_first_of("|.\xe2"));  // first byte of …
    list.push_back(std::move(argument));
  }
  return list;
}

void require_network_option(const std::string& name, const std::string& what) {
  if (name.empty() || name.find('/') != std::string::npos)
    throw UsageError("invalid {} '{}' (the name of a network option, such as plain)", what, name);
}

std::string Call::option() const {
  const auto found = arguments.find("OPT");
  if (found == arguments.end()) return "plain";
  require_network_option(found->second.front(), "OPT");
  return found->second.front();
}

}  // namespace striate::core
