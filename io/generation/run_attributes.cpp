// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/run_attributes.hpp"

#include "core/errors/error.hpp"
#include "core/run/version.hpp"
#include "io/hdf5/content_hash.hpp"

namespace striate::io {
namespace {

constexpr const char* run_id_attribute = "striate_run_id";

}  // namespace

void write_run_attributes(const h5::File& file, const RunAttributes& attributes) {
  const auto write = [&](const char* name, const std::string& text) {
    if (!text.empty()) h5::write_attribute(file, "/", name, text);
  };
  write("striate_version", core::version());
  write("striate_scheme", attributes.scheme);
  if (attributes.seed) {
    const std::uint64_t seed[] = {*attributes.seed};
    h5::write_attribute<std::uint64_t>(file, "/", "striate_seed", seed);
  }
  write("striate_config", attributes.config_hash);
  write(run_id_attribute, attributes.run_id);
}

bool has_run_attributes(const h5::File& file, const RunAttributes& attributes) {
  const auto is = [&](const char* name, const std::string& text) {
    return h5::string_attribute(file, "/", name).value_or("") == text;
  };
  return is("striate_version", core::version()) && is("striate_scheme", attributes.scheme) &&
         is("striate_config", attributes.config_hash) && is(run_id_attribute, attributes.run_id) &&
         h5::has_attribute(file, "/", "striate_seed") == attributes.seed.has_value();
}

std::string run_id_of(const std::filesystem::path& path) {
  try {
    const auto file = h5::File::open(path);
    if (!h5::has_attribute(file, "/", run_id_attribute)) return {};
    return h5::string_attribute(file, "/", run_id_attribute).value_or("");
  } catch (const core::Error&) {
    return {};  // whoever reads the file says what is wrong with it
  }
}

std::string short_hash(const std::string& text) {
  constexpr std::size_t digits = 32;
  return sha256(text).substr(0, digits);
}

}  // namespace striate::io
