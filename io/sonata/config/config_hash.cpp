// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/config/config_hash.hpp"

#include "io/generation/run_attributes.hpp"

namespace striate::io {
namespace {

Json without_folders(const Json& value) {
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    const auto end = text.find_last_not_of('/');
    const auto begin = text.rfind('/', end);
    return begin == std::string::npos || end == std::string::npos ? text
                                                                  : text.substr(begin + 1, end - begin);
  }
  if (!value.is_structured()) return value;
  Json result = value.is_array() ? Json::array() : Json::object();
  for (const auto& [key, item] : value.items()) {
    if (value.is_array())
      result.push_back(without_folders(item));
    else
      result[key] = without_folders(item);
  }
  return result;
}

}  // namespace

std::string config_hash(const Json& document) {
  auto settings = without_folders(document);
  if (settings.is_object())
    for (const char* key : {"output", "manifest", "components", "config_path", "config_dir"})
      settings.erase(key);
  return short_hash(compact_text(settings));
}

}  // namespace striate::io
