// SPDX-License-Identifier: BSD-3-Clause
// The index of an edge file by source: for each source the runs of rows that begin there. Rows are sorted by target, so
// this is a transposition: each rank sorts its runs by source, then sends them, slab of sources by slab, to the ranks
// that own these sources, which write them in order. No rank ever holds more than its share and one slab.
#pragma once

#include "builder/edge_writer.hpp"
#include "io/h5.hpp"

namespace striate::builder {

/// Collective. `first_row` is the file row of this rank's first row; `group` the edge population's path.
void write_source_index(const io::h5::File& file, const std::string& group, const EdgeFile& layout,
                        const EdgeRows& rows, std::uint64_t first_row, const core::Comm& comm);

}  // namespace striate::builder
