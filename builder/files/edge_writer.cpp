// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/edge_writer.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "builder/files/edge_index.hpp"
#include "io/hdf5/direct_file.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {
namespace {

namespace h5 = io::h5;
constexpr std::uint64_t block_rows = 1 << 19;
constexpr std::uint64_t chunk_rows = 1 << 17;  ///< 1 MiB of 8-byte values
constexpr std::uint64_t least_direct_rows = 1 << 17;  ///< smaller files are left to HDF5
constexpr std::uint64_t page_aligned_from = 1 << 16;  ///< bytes of a dataset

/// Makes a column's values piece by piece, rows ascending; value(row, local target).
template <class T, class Value>
class ColumnFiller {
 public:
  ColumnFiller(const EdgeRows& rows, Value value) : rows_(rows), value_(std::move(value)) {}
  void operator()(std::uint64_t first, std::span<T> values) {
    const auto end = first + values.size();
    for (auto row = first; row < end;) {
      while (rows_.first_row[target_ + 1] <= row) ++target_;
      const auto stop = std::min(end, rows_.first_row[target_ + 1]);
      for (; row < stop; ++row) values[row - first] = value_(row, target_);
    }
  }

 private:
  const EdgeRows& rows_;
  Value value_;
  std::size_t target_ = 0;
};

/// Lets HDF5 write a column. Compressed datasets need all ranks in every call, plain ones do not.
template <h5::Number T, class Fill>
void write_by_library(const h5::File& file, const std::string& dataset, std::uint64_t first_row,
                      std::uint64_t rows, bool compressed, const core::Comm& comm, Fill fill) {
  const auto own = (rows + block_rows - 1) / block_rows;
  const auto blocks = compressed ? static_cast<std::uint64_t>(comm.max(static_cast<std::int64_t>(own))) : own;
  std::vector<T> buffer;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    const auto begin = std::min(block * block_rows, rows);
    buffer.resize(std::min(begin + block_rows, rows) - begin);
    fill(begin, std::span<T>(buffer));
    if (compressed)
      h5::write_rows_collective<T>(file, dataset, first_row + begin, buffer);
    else if (!buffer.empty())
      h5::write_rows<T>(file, dataset, first_row + begin, buffer);
  }
}

/// Calls visit(T{}, dataset, value) for every column with its type of element; collective.
template <class Visit>
void for_each_column(const EdgeFile& layout, const EdgeRows& rows, std::uint64_t first_row,
                     std::uint64_t total, const core::Comm& comm, Visit visit) {
  visit(std::uint64_t{}, "source_node_id",
        [&](std::uint64_t row, std::size_t) { return std::uint64_t{rows.source[row] & ~run_start}; });
  visit(std::uint64_t{}, "target_node_id",
        [&](std::uint64_t, std::size_t target) { return rows.first_target + target; });
  visit(std::uint32_t{}, "edge_type_id", [&](std::uint64_t row, std::size_t target) {
    const auto of_source =
        layout.type_of_source.empty() ? 0 : layout.type_of_source[rows.source[row] & ~run_start];
    return layout.type_of_target[rows.first_target + target] + of_source;
  });
  visit(std::uint16_t{}, "edge_group_id", [](std::uint64_t, std::size_t) { return std::uint16_t{0}; });
  if (total > std::numeric_limits<std::uint32_t>::max())
    visit(std::uint64_t{}, "edge_group_index",
          [&](std::uint64_t row, std::size_t) { return first_row + row; });
  else
    visit(std::uint32_t{}, "edge_group_index",
          [&](std::uint64_t row, std::size_t) { return static_cast<std::uint32_t>(first_row + row); });
  const auto has = [&](const std::vector<float>& values) { return comm.sum(values.empty() ? 0 : 1) > 0; };
  if (has(rows.weight))
    visit(double{}, "0/syn_weight", [&](std::uint64_t row, std::size_t) { return double{rows.weight[row]}; });
  else if (has(rows.target_weight))
    visit(double{}, "0/syn_weight",
          [&](std::uint64_t, std::size_t target) { return double{rows.target_weight[target]}; });
  if (layout.synapse_count == SynapseCount::n_syns_int64)
    visit(std::int64_t{}, "0/n_syns_", [](std::uint64_t, std::size_t) { return std::int64_t{1}; });
  if (layout.synapse_count == SynapseCount::nsyns_uint32)
    visit(std::uint32_t{}, "0/nsyns", [](std::uint64_t, std::size_t) { return std::uint32_t{1}; });
}

/// Rows of each target are contiguous: one range per target.
void write_target_index(const h5::File& file, const std::string& group, const EdgeFile& layout,
                        const EdgeRows& rows, std::uint64_t first_row) {
  const std::string path = group + "/indices/target_to_source/";
  const std::uint64_t shape[] = {layout.target_count, 2};
  h5::create_dataset<std::uint64_t>(file, path + "node_id_to_range", shape);
  h5::create_dataset<std::uint64_t>(file, path + "range_to_edge_id", shape);
  std::vector<std::uint64_t> ids, ranges;
  for (std::size_t t = 0; t < rows.targets(); ++t) {
    const auto id = rows.first_target + t;
    const bool empty = rows.first_row[t] == rows.first_row[t + 1];
    ids.insert(ids.end(), {empty ? 0 : id, empty ? 0 : id + 1});
    ranges.insert(ranges.end(), {first_row + rows.first_row[t], first_row + rows.first_row[t + 1]});
  }
  h5::write_rows_collective<std::uint64_t>(file, path + "node_id_to_range", rows.first_target, ids);
  h5::write_rows_collective<std::uint64_t>(file, path + "range_to_edge_id", rows.first_target, ranges);
  h5::link_alias(file, path + "node_id_to_range", path + "node_id_to_ranges");
}

}  // namespace

std::uint64_t edge_file_bytes(const EdgeFile& file, std::uint64_t rows, std::uint64_t runs, bool has_weight) {
  const std::uint64_t per_row = 8 + 8 + 4 + 2 + 4 + (has_weight ? 8 : 0) +
                                (file.synapse_count == SynapseCount::n_syns_int64   ? 8
                                 : file.synapse_count == SynapseCount::nsyns_uint32 ? 4
                                                                                    : 0);
  return rows * per_row + 16 * (runs + file.source_count + 2 * file.target_count) + 20'000;
}

void write_edges(const EdgeFile& layout, const EdgeRows& rows, const core::Comm& comm,
                 const std::function<void(std::uint64_t)>& advance) {
  const auto path = io::incomplete_name(layout.path);
  const std::string group = "/edges/" + layout.source_population + "_to_" + layout.target_population;
  const auto total = static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(rows.rows())));
  const auto first_row = static_cast<std::uint64_t>(comm.sum_before(static_cast<std::int64_t>(rows.rows())));
  const SourceIndex index(rows, first_row, layout.source_count, comm);
  const bool compressed = layout.deflate != 0;
  const bool direct = !compressed && total >= least_direct_rows;
  const h5::Storage storage{.deflate = layout.deflate, .chunk_rows = compressed ? chunk_rows : 0};
  const std::uint64_t shape[] = {total};
  const auto report = [&](std::uint64_t bytes) {
    if (advance) advance(bytes);
  };

  auto file = h5::File::create(path, comm, page_aligned_from);
  h5::write_sonata_header(file);
  std::map<std::string, std::uint64_t> offsets;  // in the file, of the datasets to be written directly
  for_each_column(layout, rows, first_row, total, comm,
                  [&]<h5::Number T>(T, const std::string& name, auto value) {
                    const auto dataset = group + "/" + name;
                    h5::create_dataset<T>(file, dataset, shape, storage);
                    if (direct) {
                      offsets[name] = h5::contiguous_offset(file, dataset) + first_row * sizeof(T);
                    } else {
                      write_by_library<T>(file, dataset, first_row, rows.rows(), compressed, comm,
                                          ColumnFiller<T, decltype(value)>(rows, value));
                      report(rows.rows() * sizeof(T));
                    }
                  });
  h5::write_attribute(file, group + "/source_node_id", "node_population", layout.source_population);
  h5::write_attribute(file, group + "/target_node_id", "node_population", layout.target_population);
  write_target_index(file, group, layout, rows, first_row);
  const auto ranges = index.create(file, group);
  if (!direct) {
    index.for_each_piece([&](std::uint64_t first_run, std::span<const std::uint64_t> piece) {
      h5::write_rows_collective<std::uint64_t>(file, ranges, first_run, piece);
    });
    return file.close();
  }

  const auto ranges_offset = h5::contiguous_offset(file, ranges);
  file.close();
  io::DirectFile out(path);
  for_each_column(
      layout, rows, first_row, total, comm, [&]<h5::Number T>(T, const std::string& name, auto value) {
        out.write<T>(offsets.at(name), rows.rows(), ColumnFiller<T, decltype(value)>(rows, value));
        report(rows.rows() * sizeof(T));
      });
  index.for_each_piece([&](std::uint64_t first_run, std::span<const std::uint64_t> piece) {
    out.write<std::uint64_t>(
        ranges_offset + first_run * 16, piece.size(), [&](std::uint64_t first, auto values) {
          std::copy_n(piece.begin() + static_cast<std::ptrdiff_t>(first), values.size(), values.begin());
        });
  });
  out.close();
}

}  // namespace striate::builder
