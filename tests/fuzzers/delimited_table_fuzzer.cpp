// SPDX-License-Identifier: BSD-3-Clause
#include "core/errors/error.hpp"
#include "fuzzers/memory_file.hpp"
#include "io/sonata/type_table.hpp"
#include "io/text/delimited_table.hpp"

using namespace striate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzzers::MemoryFile file(data, size);
  for (const char separator : {' ', ','}) {
    try {
      const auto table = io::read_delimited_table(file.path(), separator, "a test");
      fuzzers::require(!table.columns.empty());
      for (const auto& row : table.rows) {
        fuzzers::require(row.cells.size() == table.columns.size());
        try {
          table.number(row, 0);
        } catch (const core::Error&) {
        }
      }
    } catch (const core::Error&) {
    }
  }
  try {
    const auto table = io::TypeTable::read(file.path(), "node_type_id");
    for (std::size_t row = 0; row < table.size(); ++row) {
      fuzzers::require(table.row_of(table.ids()[row]) == row);
      for (const auto& column : table.columns()) table.text(row, column);
    }
  } catch (const core::Error&) {
  }
  return 0;
}
