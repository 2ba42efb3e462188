// SPDX-License-Identifier: BSD-3-Clause
#include "builder/edge_writer.hpp"

#include <algorithm>
#include <limits>

#include "builder/edge_index.hpp"
#include "io/atomic_file.hpp"
#include "io/h5.hpp"

namespace striate::builder {
namespace {

namespace h5 = io::h5;
constexpr std::uint64_t block_rows = 1 << 19;
constexpr std::uint64_t chunk_rows = 1 << 17;  ///< 1 MiB of 8-byte values

/// Writes one column block by block. Compressed datasets need all ranks in every call, plain ones do not.
class ColumnWriter {
 public:
  ColumnWriter(const h5::File& file, const EdgeRows& rows, std::uint64_t first_row, bool collective,
               const core::Comm& comm)
      : file_(file), rows_(rows), first_row_(first_row), collective_(collective) {
    const auto blocks = (rows.rows() + block_rows - 1) / block_rows;
    blocks_ = collective ? static_cast<std::uint64_t>(comm.max(static_cast<std::int64_t>(blocks))) : blocks;
  }

  /// value(row, local target) for all rows of this rank.
  template <h5::Number T, class Value>
  void write(const std::string& dataset, Value value) {
    std::vector<T> buffer;
    std::size_t target = 0;
    for (std::uint64_t block = 0; block < blocks_; ++block) {
      const auto begin = std::min<std::uint64_t>(block * block_rows, rows_.rows());
      const auto end = std::min<std::uint64_t>(begin + block_rows, rows_.rows());
      buffer.resize(end - begin);
      for (auto row = begin; row < end;) {
        while (rows_.first_row[target + 1] <= row) ++target;
        const auto stop = std::min(end, rows_.first_row[target + 1]);
        for (; row < stop; ++row) buffer[row - begin] = value(row, target);
      }
      if (collective_)
        h5::write_rows_collective<T>(file_, dataset, first_row_ + begin, buffer);
      else if (!buffer.empty())
        h5::write_rows<T>(file_, dataset, first_row_ + begin, buffer);
    }
  }

 private:
  const h5::File& file_;
  const EdgeRows& rows_;
  std::uint64_t first_row_;
  bool collective_;
  std::uint64_t blocks_ = 0;
};

/// Rows of each target are contiguous: one range per target.
void write_target_index(const h5::File& file, const std::string& group, const EdgeFile& layout, const EdgeRows& rows,
                        std::uint64_t first_row) {
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
  auto file = h5::File::create(io::incomplete_name(layout.path), comm);
  h5::write_sonata_header(file);
  const std::string group = "/edges/" + layout.source_population + "_to_" + layout.target_population;
  const auto total = static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(rows.rows())));
  const auto first_row = static_cast<std::uint64_t>(comm.sum_before(static_cast<std::int64_t>(rows.rows())));
  const h5::Storage storage{.deflate = layout.deflate, .chunk_rows = layout.deflate != 0 ? chunk_rows : 0};
  const std::uint64_t shape[] = {total};
  ColumnWriter writer(file, rows, first_row, layout.deflate != 0, comm);
  const auto column = [&]<h5::Number T>(T, const std::string& name, auto value) {
    h5::create_dataset<T>(file, group + "/" + name, shape, storage);
    writer.write<T>(group + "/" + name, value);
    if (advance) advance(rows.rows() * sizeof(T));
  };
  column(std::uint64_t{}, "source_node_id", [&](std::uint64_t row, std::size_t) {
    return std::uint64_t{rows.source[row] & ~run_start};
  });
  column(std::uint64_t{}, "target_node_id",
         [&](std::uint64_t, std::size_t target) { return rows.first_target + target; });
  h5::write_attribute(file, group + "/source_node_id", "node_population", layout.source_population);
  h5::write_attribute(file, group + "/target_node_id", "node_population", layout.target_population);
  column(std::uint32_t{}, "edge_type_id", [&](std::uint64_t row, std::size_t target) {
    const auto of_source =
        layout.type_of_source.empty() ? 0 : layout.type_of_source[rows.source[row] & ~run_start];
    return layout.type_of_target[rows.first_target + target] + of_source;
  });
  column(std::uint16_t{}, "edge_group_id", [](std::uint64_t, std::size_t) { return std::uint16_t{0}; });
  if (total > std::numeric_limits<std::uint32_t>::max())
    column(std::uint64_t{}, "edge_group_index", [&](std::uint64_t row, std::size_t) { return first_row + row; });
  else
    column(std::uint32_t{}, "edge_group_index",
           [&](std::uint64_t row, std::size_t) { return static_cast<std::uint32_t>(first_row + row); });
  h5::create_group(file, group + "/0");
  const auto has = [&](const std::vector<float>& values) { return comm.sum(values.empty() ? 0 : 1) > 0; };
  if (has(rows.weight))
    column(double{}, "0/syn_weight", [&](std::uint64_t row, std::size_t) { return double{rows.weight[row]}; });
  else if (has(rows.target_weight))
    column(double{}, "0/syn_weight",
           [&](std::uint64_t, std::size_t target) { return double{rows.target_weight[target]}; });
  if (layout.synapse_count == SynapseCount::n_syns_int64)
    column(std::int64_t{}, "0/n_syns_", [](std::uint64_t, std::size_t) { return std::int64_t{1}; });
  if (layout.synapse_count == SynapseCount::nsyns_uint32)
    column(std::uint32_t{}, "0/nsyns", [](std::uint64_t, std::size_t) { return std::uint32_t{1}; });
  write_target_index(file, group, layout, rows, first_row);
  write_source_index(file, group, layout, rows, first_row, comm);
  file.close();
}

}  // namespace striate::builder
