// SPDX-License-Identifier: BSD-3-Clause
#include "builder/base_props/base_props.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "builder/base_props/property_tables.hpp"
#include "builder/base_props/seed_workbook.hpp"
#include "builder/spec/resolved.hpp"
#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {
namespace {

namespace fs = std::filesystem;

constexpr const char* workbook = "V1model_seed_file.xlsx";
/// Tables of the reference whose edits nothing here would notice.
constexpr const char* not_read[] = {"cell_type_naming_scheme.csv", "lgn_models.csv"};

}  // namespace

BaseProps read_base_props(const fs::path& folder, const NetworkSpec& spec) {
  io::Diagnostics diagnostics;
  Edits edits;
  BaseProps props;
  if (!fs::is_directory(folder))
    throw core::MissingFileError("no folder {} (--from-base-props names it) give that with {}", folder,
                                 workbook);
  props.files.push_back(folder / workbook);
  const PropertyImport work{.folder = folder,
                            .spec = spec,
                            .populations = read_seed_workbook(folder / workbook, spec, edits, diagnostics),
                            .edits = edits,
                            .diagnostics = diagnostics};
  std::vector<std::string> absent;
  for (const auto& table : property_tables()) {
    std::vector<std::string> missing;
    for (const auto* file : table.files)
      if (!io::is_there(folder / file)) missing.emplace_back(file);
    if (!missing.empty() && missing.size() != table.files.size())
      throw core::MissingFileError("no {} in {} ({} belong together) put it there, or take the others away",
                                   fmt::join(missing, ", "), folder, fmt::join(table.files, ", "));
    absent.insert(absent.end(), missing.begin(), missing.end());
    if (!missing.empty()) continue;
    for (const auto* file : table.files) props.files.push_back(folder / file);
    table.import(work);
  }
  diagnostics.throw_if_any();
  if (!absent.empty())
    props.notes.push_back(fmt::format("not in {}, the network's own values are used: {}", folder.string(),
                                      fmt::join(absent, ", ")));
  for (const auto* file : not_read)
    if (io::is_there(folder / file))
      props.notes.push_back(fmt::format("not read: {} (changes of it have to be made in a YAML file)",
                                        (folder / file).string()));
  props.changes = edits.tree();
  return props;
}

std::string base_props_yaml(const BaseProps& props, const fs::path& folder, const std::string& network) {
  const auto changes = yaml_of(props.changes);
  return fmt::format("# What {} changes, as 'striate build {} --from-base-props' read it{}\nextends: {}\n{}",
                     folder.string(), network, changes.empty() ? ": nothing was edited." : ".",
                     yaml_word(network), changes);
}

}  // namespace striate::builder
