// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/same_run.hpp"

#include <string>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::io {
namespace {

std::string attribute(const std::filesystem::path& file, const char* name) {
  const auto opened = h5::File::open(file);
  return h5::has_attribute(opened, "/", name) ? h5::string_attribute(opened, "/", name).value_or("") : "";
}

}  // namespace

void require_same_run(const std::filesystem::path& result, const std::filesystem::path& other) {
  if (result.extension() == ".csv" || other.extension() == ".csv") return;
  for (const auto& [name, of] :
       {std::pair{"striate_run_id", "network"}, std::pair{"striate_config", "run"}}) {
    const auto one = attribute(result, name), another = attribute(other, name);
    if (!one.empty() && !another.empty() && one != another)
      throw core::FormatError(
          "{} is of another {} than {} ({} {} and {}) make both again, or name the right file", other, of,
          result, name, another, one);
  }
}

}  // namespace striate::io
