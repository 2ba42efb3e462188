// SPDX-License-Identifier: BSD-3-Clause
// HDF5 access beyond whole rows: pictures (datasets of three dimensions) and tables that are written column
// block by column block, because each rank owns some columns and the file's rows are points in time.
#pragma once

#include "io/hdf5/h5.hpp"

namespace striate::io::h5 {

/// True for a dataset of unsigned 8-bit integers.
bool holds_bytes(const File& file, const std::string& dataset);

/// Entries [first, first + count) along the first dimension of a dataset with three dimensions, flattened.
/// Same rules and errors as read_rows.
template <Number T>
std::vector<T> read_pictures(const File& file, const std::string& dataset, std::uint64_t first,
                             std::uint64_t count);

struct Tiling {
  std::uint64_t rows = 0, columns = 0;  ///< of a chunk; cut to the table's size
  int deflate = 0;
};
/// Creates a table stored in tiles. Collective.
void create_tiled_table(const File& file, const std::string& dataset, std::uint64_t rows,
                        std::uint64_t columns, Tiling tiling);

/// Every rank writes all rows of columns [first, first + columns), all ranks together (a rank may write no
/// column). `data` is row by row.
void write_columns_collective(const File& file, const std::string& dataset, std::uint64_t first,
                              std::uint64_t columns, std::span<const double> data);

}  // namespace striate::io::h5
