// SPDX-License-Identifier: BSD-3-Clause
#include "core/errors/error.hpp"
#include "fuzzers/memory_file.hpp"
#include "io/text/npy.hpp"

using namespace striate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzzers::MemoryFile input(data, size);
  try {
    const auto file = io::open_npy(input.path());
    std::uint64_t count = 1;
    for (const auto extent : file.shape) count *= extent;
    fuzzers::require(count * file.item_bytes + file.data_offset <= size);  // what it announces is there
    if (file.holds('u', 1)) fuzzers::require(io::read_npy<std::uint8_t>(file, 0, count).size() == count);
    if (file.holds('f', 4)) fuzzers::require(io::read_npy<float>(file, 0, count).size() == count);
    if (file.holds('f', 8)) fuzzers::require(io::read_npy<double>(file, 0, count).size() == count);
  } catch (const core::Error&) {
  }
  return 0;
}
