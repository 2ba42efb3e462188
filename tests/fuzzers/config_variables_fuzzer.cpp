// SPDX-License-Identifier: BSD-3-Clause
// A manifest and a document that uses it.
#include "core/errors/error.hpp"
#include "fuzzers/memory_file.hpp"
#include "io/sonata/config/sonata_variables.hpp"
#include "io/text/json.hpp"

using namespace striate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    auto document = io::parse_json({reinterpret_cast<const char*>(data), size}, "a test");
    if (!document.is_object()) return 0;
    const auto manifest = document.contains("manifest") ? document["manifest"] : io::Json::object();
    if (!manifest.is_object()) return 0;
    const io::JsonSection section(manifest, "a test", "/manifest");
    const auto variables = io::resolve_manifest(section, io::built_in_variables("/a/test.json", 0));
    io::expand_variables(document, variables, "a test");
    io::unresolved_variable(io::compact_text(document));
  } catch (const core::Error&) {
  }
  return 0;
}
