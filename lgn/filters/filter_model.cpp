// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/filter_model.hpp"

#include <array>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/text/json.hpp"

namespace striate::lgn {
namespace {

std::array<double, 2> pair_at(const io::JsonSection& model, const char* key) {
  const auto values = model.numbers(key);
  if (!values)
    throw core::FormatError("no {} (opt_wts, opt_kpeaks and opt_delays describe a kernel together)",
                            model.where(key));
  if (values->size() != 2 || !std::isfinite((*values)[0]) || !std::isfinite((*values)[1]))
    throw core::FormatError("invalid {} (two finite numbers are needed)", model.where(key));
  return {(*values)[0], (*values)[1]};
}

}  // namespace

FilterModel read_filter_model(const std::filesystem::path& file) {
  const io::Json json = io::read_json(file);
  if (!json.is_object())
    throw core::FormatError("{} is no LGN cell model (an object with opt_wts, … is needed)", file);
  const io::JsonSection model(json, file, "");
  FilterModel result;
  if (model.has("opt_wts") || model.has("opt_kpeaks") || model.has("opt_delays")) {
    const auto weight = pair_at(model, "opt_wts"), kpeak = pair_at(model, "opt_kpeaks"),
               delay = pair_at(model, "opt_delays");
    result.temporal = {
        .weight = {weight[0], weight[1]}, .kpeak_ms = {kpeak[0], kpeak[1]}, .delay_ms = {delay[0], delay[1]}};
  }
  result.spatial_size_deg = model.number("spatial_size");
  result.spontaneous_hz = model.number("spont_fr");
  model.warn_unknown_keys();
  return result;
}

}  // namespace striate::lgn
