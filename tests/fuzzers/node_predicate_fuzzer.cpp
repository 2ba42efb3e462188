// SPDX-License-Identifier: BSD-3-Clause
#include <string_view>

#include "core/errors/error.hpp"
#include "fuzzers/memory_file.hpp"
#include "io/sonata/node_predicate.hpp"
#include "io/text/json.hpp"

using namespace striate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const io::NodeColumn numbers = std::vector<double>{0, 1, -1, 2.5, 1e300};
  static const io::NodeColumn texts =
      std::vector<std::string>{"", "e4Rorb", "pv", "2.5", "aaaaaaaaaaaaaaaaaaaaaaaa"};
  try {
    const auto condition = io::parse_json({reinterpret_cast<const char*>(data), size}, "a test");
    const io::NodePredicate predicate(condition, "a test");
    for (const auto* column : {&numbers, &texts}) try {
        const auto matches = predicate.matches(*column);
        fuzzers::require(matches.size() == 5);
      } catch (const core::Error&) {
      }
  } catch (const core::Error&) {
  }
  return 0;
}
