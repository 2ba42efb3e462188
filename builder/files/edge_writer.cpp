// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/edge_writer.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <variant>

#include "builder/files/edge_index.hpp"
#include "io/hdf5/direct_file.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {
namespace {

namespace h5 = io::h5;
constexpr std::uint64_t block_rows = 1 << 19;
constexpr std::uint64_t chunk_rows = 1 << 18;  ///< 1 MiB of 4-byte values
constexpr std::uint64_t page_aligned_from = 1 << 16;  ///< bytes of a dataset

/// Makes a column's values [first, first + size) of this rank's rows, called piece by piece, rows ascending.
template <class T>
using Fill = std::function<void(std::uint64_t first, std::span<T> values)>;

struct Column {
  std::string dataset;  ///< below the population
  std::variant<Fill<std::uint8_t>, Fill<std::uint16_t>, Fill<std::uint32_t>, Fill<std::uint64_t>, Fill<float>>
      fill;
};

/// The type of a column's elements, zero of it.
template <class T>
T element_of(const Fill<T>&) {
  return {};
}

/// value(row, local target)
template <class T, class Value>
Fill<T> filler(const EdgeRows& rows, Value value) {
  return [&rows, value, target = std::size_t{0}](std::uint64_t first, std::span<T> values) mutable {
    const auto end = first + values.size();
    for (auto row = first; row < end;) {
      while (rows.first_row[target + 1] <= row) ++target;
      const auto stop = std::min(end, rows.first_row[target + 1]);
      for (; row < stop; ++row) values[row - first] = static_cast<T>(value(row, target));
    }
  };
}

/// Lets HDF5 pack a column, which needs all ranks in every call.
template <h5::Number T>
void write_packed(const h5::File& file, const std::string& dataset, std::uint64_t first_row,
                  std::uint64_t rows, const core::Comm& comm, const Fill<T>& fill) {
  const auto own = static_cast<std::int64_t>((rows + block_rows - 1) / block_rows);
  const auto blocks = static_cast<std::uint64_t>(comm.max(own));
  std::vector<T> buffer;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    const auto begin = std::min(block * block_rows, rows);
    buffer.resize(std::min(begin + block_rows, rows) - begin);
    fill(begin, std::span<T>(buffer));
    h5::write_rows_collective<T>(file, dataset, first_row + begin, buffer);
  }
}

enum class Weights { none, by_row, by_target };

/// What all ranks' rows have. Collective.
Weights weights_of(const EdgeRows& rows, const core::Comm& comm) {
  const auto has = [&](std::span<const float> values) { return comm.sum(values.empty() ? 0 : 1) > 0; };
  if (has(rows.weight)) return Weights::by_row;
  return has(rows.target_weight) ? Weights::by_target : Weights::none;
}

std::uint64_t largest_type(const EdgeTypeIds& types) {
  const auto largest = [](std::span<const std::uint32_t> model, const std::vector<std::uint32_t>& id) {
    std::uint64_t most = 0;
    for (const auto of_node : model) most = std::max<std::uint64_t>(most, id[of_node]);
    return most;
  };
  return largest(types.target_model, types.of_target) + largest(types.source_model, types.of_source);
}

/// `total`: rows of all ranks. What is returned refers to `layout` and `rows`.
std::vector<Column> columns_of(const EdgeFile& layout, const EdgeRows& rows, Weights weights,
                               std::uint64_t first_row, std::uint64_t total) {
  std::vector<Column> columns;
  const auto add_ids = [&](std::uint64_t largest, const char* dataset, const auto& value) {
    h5::with_smallest_unsigned(largest, [&]<class T>(T) {
      columns.push_back({dataset, filler<T>(rows, value)});
    });
  };
  add_ids(layout.source_count, "source_node_id",
          [&rows](std::uint64_t row, std::size_t) { return rows.source[row] & ~run_start; });
  add_ids(layout.target_count, "target_node_id",
          [&rows](std::uint64_t, std::size_t target) { return rows.first_target + target; });
  add_ids(largest_type(layout.types), "edge_type_id",
          [&layout, &rows](std::uint64_t row, std::size_t target) {
            return layout.types.of(rows.source[row] & ~run_start, rows.first_target + target);
          });
  add_ids(total, "edge_group_index", [first_row](std::uint64_t row, std::size_t) { return first_row + row; });
  if (weights == Weights::by_row)
    columns.push_back({"0/syn_weight", filler<float>(rows, [&rows](std::uint64_t row, std::size_t) {
                         return rows.weight[row];
                       })});
  else if (weights == Weights::by_target)
    columns.push_back({"0/syn_weight", filler<float>(rows, [&rows](std::uint64_t, std::size_t target) {
                         return rows.target_weight[target];
                       })});
  return columns;
}

/// Columns that have one value in all rows.
void create_constants(const h5::File& file, const std::string& group, const EdgeFile& layout,
                      std::uint64_t total) {
  const std::uint64_t shape[] = {total};
  h5::create_constant<std::uint8_t>(file, group + "/edge_group_id", shape, 0);
  if (layout.synapse_count == SynapseCount::n_syns_)
    h5::create_constant<std::uint8_t>(file, group + "/0/n_syns_", shape, 1);
  if (layout.synapse_count == SynapseCount::nsyns)
    h5::create_constant<std::uint8_t>(file, group + "/0/nsyns", shape, 1);
}

/// An index: the ranges of each node, and the rows of each range.
struct IndexTables {
  std::vector<std::uint64_t> ranges_of_node, rows_of_range;
};

/// Rows of each target are contiguous: one range per target. On rank 0. Collective.
IndexTables index_by_target(const EdgeRows& rows, std::uint64_t first_row, const core::Comm& comm) {
  std::vector<std::uint64_t> ids, ranges;
  for (std::size_t t = 0; t < rows.targets(); ++t) {
    const auto id = rows.first_target + t;
    const bool empty = rows.first_row[t] == rows.first_row[t + 1];
    ids.insert(ids.end(), {empty ? 0 : id, empty ? 0 : id + 1});
    ranges.insert(ranges.end(), {first_row + rows.first_row[t], first_row + rows.first_row[t + 1]});
  }
  return {comm.gather_v<std::uint64_t>(ids), comm.gather_v<std::uint64_t>(ranges)};
}

/// A table of pairs, none larger than `largest`.
void write_pairs(const h5::File& file, const std::string& dataset, std::span<const std::uint64_t> values,
                 std::uint64_t largest) {
  h5::with_smallest_unsigned(largest, [&]<h5::Number T>(T) {
    const std::uint64_t shape[] = {values.size() / 2, 2};
    h5::create_dataset<T>(file, dataset, shape);
    const std::vector<T> narrow(values.begin(), values.end());
    h5::write_rows<T>(file, dataset, 0, narrow);
  });
}

void write_ranges_of_nodes(const h5::File& file, const std::string& index,
                           std::span<const std::uint64_t> ranges, std::uint64_t largest) {
  write_pairs(file, index + "/node_id_to_range", ranges, largest);
  h5::link_alias(file, index + "/node_id_to_range", index + "/node_id_to_ranges");
}

/// What rank 0 writes before the ranks write their rows.
struct Beginning {
  const EdgeFile& layout;
  Weights weights;
  std::uint64_t total;
  IndexTables by_target;
  std::vector<std::uint64_t> runs_of_sources;
  std::uint64_t runs;
};

std::string group_of(const EdgeFile& layout) {
  return "/edges/" + layout.source_population + "_to_" + layout.target_population;
}

/// Makes the file. Returns where the rows of contiguous datasets begin: of columns_of(), then those of
/// the index by source; none of packed columns.
std::vector<std::uint64_t> make_file(const Beginning& beginning) {
  const auto& layout = beginning.layout;
  const auto total = beginning.total;
  const std::string group = group_of(layout);
  const bool packed = layout.deflate != 0;
  const h5::Storage storage{.deflate = layout.deflate, .chunk_rows = packed ? chunk_rows : 0};
  std::vector<std::uint64_t> offsets;
  auto file = h5::File::create(io::incomplete_name(layout.path), {}, page_aligned_from);
  const auto note_offset = [&](const std::string& dataset, std::uint64_t rows) {
    offsets.push_back(rows == 0 ? 0 : h5::contiguous_offset(file, dataset));
  };
  h5::write_sonata_header(file);
  io::write_run_attributes(file, layout.attributes);
  const EdgeRows none;  // the types of columns do not need them
  for (const auto& column : columns_of(layout, none, beginning.weights, 0, total)) {
    const auto dataset = group + "/" + column.dataset;
    const std::uint64_t shape[] = {total};
    std::visit(
        [&](const auto& fill) {
          h5::create_dataset<decltype(element_of(fill))>(file, dataset, shape, storage);
        },
        column.fill);
    if (!packed) note_offset(dataset, total);
  }
  create_constants(file, group, layout, total);
  h5::write_attribute(file, group + "/source_node_id", "node_population", layout.source_population);
  h5::write_attribute(file, group + "/target_node_id", "node_population", layout.target_population);
  const auto by_target = group + "/indices/target_to_source";
  write_ranges_of_nodes(file, by_target, beginning.by_target.ranges_of_node, layout.target_count);
  write_pairs(file, by_target + "/range_to_edge_id", beginning.by_target.rows_of_range, total);
  if (layout.source_index) {
    const auto by_source = group + "/indices/source_to_target";
    write_ranges_of_nodes(file, by_source, beginning.runs_of_sources, beginning.runs);
    const std::uint64_t shape[] = {beginning.runs, 2};
    h5::with_smallest_unsigned(total, [&](auto zero) {
      h5::create_dataset<decltype(zero)>(file, by_source + "/range_to_edge_id", shape);
    });
    note_offset(by_source + "/range_to_edge_id", beginning.runs);
  }
  file.close();
  return offsets;
}

}  // namespace

std::uint64_t edge_row_bytes(const EdgeFile& file, std::uint64_t rows, bool has_weight) {
  std::uint64_t bytes = 0;
  const EdgeRows none;
  for (const auto& column : columns_of(file, none, has_weight ? Weights::by_row : Weights::none, 0, rows))
    bytes += std::visit([](const auto& fill) { return sizeof(element_of(fill)); }, column.fill);
  return bytes;
}

std::uint64_t edge_file_bytes(const EdgeFile& file, std::uint64_t rows, std::uint64_t runs, bool has_weight) {
  const auto width = [](std::uint64_t largest) {
    return h5::with_smallest_unsigned(largest, [](auto zero) { return sizeof zero; });
  };
  std::uint64_t bytes = rows * edge_row_bytes(file, rows, has_weight) +
                        2 * file.target_count * (width(file.target_count) + width(rows)) + 20'000;
  if (file.source_index) bytes += 2 * file.source_count * width(runs) + 2 * runs * width(rows);
  return bytes;
}

void write_edges(const EdgeFile& layout, const EdgeRows& rows, const core::Comm& comm,
                 const std::function<void(std::uint64_t)>& advance) {
  const auto path = io::incomplete_name(layout.path);
  const auto total = static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(rows.rows())));
  const auto first_row = static_cast<std::uint64_t>(comm.sum_before(static_cast<std::int64_t>(rows.rows())));
  const auto weights = weights_of(rows, comm);
  std::optional<SourceIndex> index;
  if (layout.source_index) index.emplace(rows, first_row, layout.source_count, comm);
  const Beginning beginning{
      .layout = layout,
      .weights = weights,
      .total = total,
      .by_target = index_by_target(rows, first_row, comm),
      .runs_of_sources = index ? index->runs_of_sources() : std::vector<std::uint64_t>{},
      .runs = index ? index->runs() : 0};
  // When the others know the places, rank 0 has closed the file.
  const auto offsets =
      comm.all_gather_v<std::uint64_t>(comm.is_root() ? make_file(beginning) : std::vector<std::uint64_t>{});
  auto offset = offsets.begin();
  const auto report = [&](std::uint64_t bytes) {
    if (advance) advance(bytes);
  };
  const auto for_each_own = [&](const auto& write) {
    for (const auto& column : columns_of(layout, rows, weights, first_row, total))
      std::visit(
          [&](const auto& fill) {
            write(column.dataset, fill);
            report(rows.rows() * sizeof(element_of(fill)));
          },
          column.fill);
  };

  if (layout.deflate != 0) {
    auto file = h5::File::open_to_change(path, comm);
    for_each_own([&](const std::string& dataset, const auto& fill) {
      write_packed(file, group_of(layout) + "/" + dataset, first_row, rows.rows(), comm, fill);
    });
    file.close();
    comm.barrier();
  }
  const auto size = comm.all_gather<std::uint64_t>(comm.is_root() ? std::filesystem::file_size(path) : 0)[0];
  io::DirectFile out(path);
  if (layout.deflate == 0)
    for_each_own([&]<class T>(const std::string&, const Fill<T>& fill) {
      out.write<T>(*offset++ + first_row * sizeof(T), rows.rows(), fill);
    });
  if (index)
    h5::with_smallest_unsigned(total, [&]<h5::Number T>(T) {
      index->for_each_piece<T>([&](std::uint64_t first_run, std::span<const T> piece) {
        out.write<T>(*offset + first_run * 2 * sizeof(T), piece.size(),
                     [&](std::uint64_t first, std::span<T> values) {
                       std::ranges::copy(piece.subspan(first, values.size()), values.begin());
                     });
      });
    });
  io::close_together(out, size, comm);
}

}  // namespace striate::builder
