// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/kinds/figures.hpp"

#include <algorithm>

#include "core/errors/error.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

bool takes(const core::Call& call, std::string_view option) {
  return std::ranges::find(call.kind->options, option, &core::Option::name) != call.kind->options.end();
}

}  // namespace

FigureRequest figure_request(const core::Call& call) {
  const auto& values = call.values;
  FigureRequest request{.base = call.base(),
                        .options = {call.option()},
                        .tables = call.base() / "metrics",
                        .reference = {},
                        .core = {}};
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
  if (takes(call, "reference")) request.reference = recorded_values(values);
  if (takes(call, "contrast")) request.contrast = values.number("contrast");
  if (takes(call, "by")) request.cohorts_by = values.text("by");
  if (takes(call, "type")) request.cell_type = values.text("type");
  if (takes(call, "property")) request.properties = values.texts("property");
  if (takes(call, "recorded")) request.recorded = path_if(values, "recorded");
  if (takes(call, "scale")) request.normalised = values.is("scale", "normalised");
  if (takes(call, "style")) request.violins = values.is("style", "violins");
  if (takes(call, "cells")) request.sample = values.whole("cells");
  if (takes(call, "guesses")) request.decoder = values.text("guesses");
  if (takes(call, "core-radius")) request.core.radius_um = values.number("core-radius");
  return request;
}

fs::path picture_file(const core::Call& call) {
  auto file = path_if(call.values, "output")
                  .value_or(table_file(call.kind->writes.items[0], call.base(), call.option()));
  require_own_output(call, file);
  return file;
}

}  // namespace striate::metrics
