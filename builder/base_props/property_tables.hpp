// SPDX-License-Identifier: BSD-3-Clause
// The blank-separated tables of a base_props folder beside the seed workbook.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "builder/base_props/edits.hpp"
#include "builder/spec/spec.hpp"
#include "io/text/diagnostics.hpp"

namespace striate::builder {

/// Where changes of a folder's tables are collected.
struct PropertyImport {
  std::filesystem::path folder;
  const NetworkSpec& spec;
  std::set<std::string> populations;  ///< that the seed workbook has: rows of others are not needed
  Edits& edits;
  io::Diagnostics& diagnostics;
};

/// A table that is read, if it is there.
struct PropertyTable {
  std::vector<const char*> files;  ///< "tau_syn_fast.csv", …: all or none
  void (*import)(const PropertyImport& work);
};
const std::vector<PropertyTable>& property_tables();

}  // namespace striate::builder
