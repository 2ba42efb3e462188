// SPDX-License-Identifier: BSD-3-Clause
// An index is right when it names every edge exactly once, under the node the edge has. Both sides are
// reduced to one sum per node of hashes of edge rows, so the comparison streams both tables in file order and
// needs memory for nodes only, however the rows of a node are scattered.
#include <algorithm>

#include "core/values/mixed_bits.hpp"
#include "io/check/check_files.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::io {
namespace {

using core::Problems;
using core::RowProblems;

/// Where a node's ranges are in the second table.
struct Span {
  std::int64_t begin, end;
  std::uint64_t node;
};

struct Index {
  const h5::File& file;
  std::string nodes, ranges;  ///< the two datasets
  std::string ids;  ///< the column of edges it indexes
  std::uint64_t edges;

  std::string where(const std::string& dataset) const { return fmt::format("{}:{}", file.path(), dataset); }
};

std::vector<Span> read_spans(const Index& index, std::uint64_t rows, Problems& problems) {
  const auto where = index.where(index.nodes);
  RowProblems bad(problems, where);
  const auto count = h5::dataset_info(index.file, index.nodes).shape[0];
  std::vector<Span> spans;
  for (std::uint64_t first = 0; first < count; first += check_slab_rows) {
    const auto n = std::min(check_slab_rows, count - first);
    const auto values = h5::read_table_rows<std::int64_t>(index.file, index.nodes, 2, first, n);
    for (std::uint64_t i = 0; i < n; ++i) {
      const Span span{values[2 * i], values[2 * i + 1], first + i};
      if (span.begin == span.end || span.begin < 0) continue;  // no edges
      if (span.end < span.begin || static_cast<std::uint64_t>(span.end) > rows)
        bad.add("row {} of {} is [{}, {}) (must ascend and lie inside the {} rows of {})", span.node, where,
                span.begin, span.end, rows, index.ranges);
      else
        spans.push_back(span);
    }
  }
  std::ranges::sort(spans, {}, &Span::begin);
  for (std::size_t i = 1; i < spans.size(); ++i)
    if (spans[i].begin < spans[i - 1].end)
      bad.add("rows {} and {} of {} overlap (nodes cannot share edges)", spans[i - 1].node, spans[i].node,
              where);
  return bad.count() == 0 ? spans : std::vector<Span>{};
}

/// Sums of the edge rows that the index gives each node. Rows of the range table that no node owns count
/// for none.
std::vector<std::uint64_t> sums_of_index(const Index& index, std::size_t nodes, Problems& problems) {
  const auto where = index.where(index.ranges);
  const auto rows = h5::dataset_info(index.file, index.ranges).shape[0];
  const auto spans = read_spans(index, rows, problems);
  std::vector<std::uint64_t> sums(nodes, 0);
  RowProblems bad(problems, where);
  std::uint64_t named = 0;  // a damaged index must not make us count for ever
  std::size_t s = 0;
  for (std::uint64_t first = 0; first < rows && s < spans.size(); first += check_slab_rows) {
    const auto n = std::min(check_slab_rows, rows - first);
    const auto values = h5::read_table_rows<std::int64_t>(index.file, index.ranges, 2, first, n);
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto row = static_cast<std::int64_t>(first + i);
      while (s < spans.size() && spans[s].end <= row) ++s;
      if (s == spans.size()) break;
      if (row < spans[s].begin) continue;
      const auto begin = values[2 * i], end = values[2 * i + 1];
      if (begin < 0 || end < begin || static_cast<std::uint64_t>(end) > index.edges) {
        bad.add("row {} of {} is [{}, {}) (must ascend and lie inside the {} edges)", row, where, begin, end,
                index.edges);
        continue;
      }
      named += static_cast<std::uint64_t>(end - begin);
      if (named > index.edges)
        throw core::FormatError("{} names more edges than there are ({})", where, index.edges);
      for (auto edge = begin; edge < end; ++edge)
        sums[spans[s].node] += core::mixed_bits(static_cast<std::uint64_t>(edge));
    }
  }
  return sums;
}

/// Sums of the edge rows that have each node.
std::vector<std::uint64_t> sums_of_edges(const Index& index, std::size_t nodes, Problems& problems) {
  std::vector<std::uint64_t> sums(nodes, 0);
  RowProblems missing(problems, index.where(index.ids));
  for (std::uint64_t first = 0; first < index.edges; first += check_slab_rows) {
    const auto n = std::min(check_slab_rows, index.edges - first);
    const auto ids = h5::read_ids(index.file, index.ids, first, n);
    for (std::uint64_t i = 0; i < n; ++i) {
      if (ids[i] < nodes)
        sums[ids[i]] += core::mixed_bits(first + i);
      else
        missing.add("node {} in row {} of {} is missing in {} (it has {} rows)", ids[i], first + i,
                    index.where(index.ids), index.nodes, nodes);
    }
  }
  return sums;
}

void check_index(const Index& index, Problems& problems) {
  const auto info = h5::dataset_info(index.file, index.nodes);
  h5::read_table_rows<std::int64_t>(index.file, index.nodes, 2, 0, 0);  // type and shape
  h5::read_table_rows<std::int64_t>(index.file, index.ranges, 2, 0, 0);
  const std::size_t before = problems.errors.size();
  const auto from_index = sums_of_index(index, info.shape[0], problems);
  const auto from_edges = sums_of_edges(index, info.shape[0], problems);
  if (problems.errors.size() != before) return;
  RowProblems wrong(problems, index.where(index.nodes));
  for (std::size_t node = 0; node < from_edges.size(); ++node)
    if (from_index[node] != from_edges[node])
      wrong.add(
          "row {} of {} does not lead to the edges of node {} (the index is out of date) build it again",
          node, index.where(index.nodes), node);
}

}  // namespace

void check_edge_indices(const std::filesystem::path& path, const std::string& population,
                        Problems& problems) {
  core::attempt(&problems, [&] {
    const auto file = h5::File::open(path);
    const std::string root = "/edges/" + population;
    const auto edges = h5::dataset_info(file, root + "/source_node_id").shape.at(0);
    for (const bool by_source : {true, false}) {
      const char* direction = by_source ? "source_to_target" : "target_to_source";
      const char* ids = by_source ? "source_node_id" : "target_node_id";
      const std::string group = root + "/indices/" + direction;
      if (!h5::is_group(file, group)) {
        problems.note(fmt::format("no index {}:{} (allowed; some readers want it)", path, group));
        continue;
      }
      const auto check_named = [&](const std::string& nodes) {
        core::attempt(&problems, [&] {
          check_index({file, group + nodes, group + "/range_to_edge_id", root + "/" + ids, edges}, problems);
        });
      };
      const bool libsonata = h5::is_dataset(file, group + "/node_id_to_ranges");
      if (libsonata) check_named("/node_id_to_ranges");
      if (!libsonata || h5::is_dataset(file, group + "/node_id_to_range")) check_named("/node_id_to_range");
    }
  });
}

}  // namespace striate::io
