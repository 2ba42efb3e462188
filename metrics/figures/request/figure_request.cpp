// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/request/figure_request.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/files/output_place.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

bool takes(const core::Call& call, std::string_view option) {
  return std::ranges::find(call.kind->options, option, &core::Option::name) != call.kind->options.end();
}

/// Pictures of several networks never replace those of BASE.
std::string picture_name(const core::Call& call) {
  const auto networks = takes(call, "networks") ? all_networks(call).size() : 1;
  return pooled_name(call.option(), networks);
}

}  // namespace

fs::path FigureRequest::tables_of(const fs::path& network) const {
  if (!pooled()) return tables;
  const auto folder = io::resolved(tables).lexically_relative(io::resolved(base));
  if (folder.empty() || *folder.begin() == ".." || folder == ".")
    throw core::UsageError(
        "{} is not below {} (--tables names it; this figure of several networks reads a folder of each, such "
        "as "
        "{}) name another one, or leave out --tables",
        tables, base, base / "metrics");
  return network / folder;
}

std::string paradigm_in_names(const core::Call& call) {
  const fs::path argument = call.argument("PARADIGM");
  return argument.extension() == ".yaml" || argument.extension() == ".yml" ? argument.stem() : argument;
}

FigureRequest figure_request(const core::Call& call) {
  const auto& values = call.values;
  FigureRequest request{.base = call.base(),
                        .options = {call.option()},
                        .tables = call.base() / "metrics",
                        .reference = {},
                        .core = {}};
  if (call.arguments.contains("PARADIGM")) request.paradigm = paradigm_in_names(call);
  if (takes(call, "with"))
    for (const auto& further : values.texts("with")) {
      core::require_network_option(further, "--with");
      request.options.push_back(further);
    }
  if (const auto folder = takes(call, "tables") ? path_if(values, "tables") : std::nullopt) {
    std::error_code ignored;
    if (!fs::is_directory(*folder, ignored))
      throw core::MissingFileError("no folder {} (--tables names it)", *folder);
    request.tables = *folder;
  }
  if (takes(call, "networks")) request.networks = all_networks(call);
  if (takes(call, "types"))
    for (const auto& type : values.texts("types")) request.types.push_back(clean_label(type));
  if (takes(call, "pairs")) request.pairs = values.texts("pairs");
  if (takes(call, "layout")) request.layout = values.text("layout");
  if (takes(call, "fit")) request.fit = values.text("fit");
  if (takes(call, "reference")) request.reference = recorded_values(values);
  if (takes(call, "contrast")) request.contrast = values.number("contrast");
  if (takes(call, "by")) request.cohorts_by = values.text("by");
  if (takes(call, "type")) request.cell_type = values.text("type");
  if (takes(call, "property")) request.properties = values.texts("property");
  if (takes(call, "recorded")) request.recorded = path_if(values, "recorded");
  if (takes(call, "scale")) request.normalised = values.is("scale", "normalised");
  if (takes(call, "style")) request.violins = values.is("style", "violins");
  if (takes(call, "size")) request.sample = values.whole("size");
  if (takes(call, "guesses")) request.decoder = values.text("guesses");
  if (takes(call, "core-radius")) request.core.radius_um = values.number("core-radius");
  return request;
}

fs::path picture_file(const core::Call& call) {
  std::string pattern = call.kind->writes.items[0];
  if (call.arguments.contains("PARADIGM")) core::replace_all(pattern, "{paradigm}", paradigm_in_names(call));
  auto file =
      path_if(call.values, "output").value_or(table_file(pattern.c_str(), call.base(), picture_name(call)));
  require_own_output(call, file);
  return file;
}

}  // namespace striate::metrics
