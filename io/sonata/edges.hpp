// SPDX-License-Identifier: BSD-3-Clause
// Edge populations, read in contiguous slabs of rows. Per-edge attributes are mapped through edge_group_id
// and edge_group_index; the indices that SONATA files carry are not needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::io {

/// One attribute over the rows of a slab; NaN where the row's group lacks it.
struct EdgeColumn {
  std::vector<double> values;
};

/// A text per row of a slab; rows whose group lacks the attribute have `none`.
struct EdgeTexts {
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  std::vector<std::uint32_t> index;  ///< [row], into `texts`
  std::vector<std::string> texts;  ///< each once
};

/// Rows [first, first + count) of an edge population.
struct EdgeSlab {
  std::uint64_t first = 0;
  std::vector<std::uint64_t> source_id;
  std::vector<std::uint64_t> target_id;
  std::vector<std::uint64_t> type_id;
  std::optional<EdgeColumn> syn_weight, delay, nsyns;  ///< nullopt when no group has it
  std::optional<EdgeTexts> model_template, dynamics_params;
  std::optional<EdgeColumn> receptor_type;  ///< GROUP/dynamics_params/receptor_type
  std::size_t size() const { return source_id.size(); }
  std::vector<std::uint64_t> group_id, group_index;  ///< of use while reading only
};

class EdgePopulation {
 public:
  /// Names of the edge populations in a file, alphabetical.
  static std::vector<std::string> names(const std::filesystem::path& file);
  /// Opens and checks names, shapes and lengths. Throws FormatError. `comm` is only for opening with MPI-IO;
  /// reads are independent. Columns of a group up to `most_kept_rows` stay in memory once a slab has needed
  /// rows from all over them.
  EdgePopulation(const std::filesystem::path& file, const std::string& name, const core::Comm& comm = {},
                 std::uint64_t most_kept_rows = std::uint64_t{1} << 23);

  const std::string& name() const { return name_; }
  const std::filesystem::path& file() const { return file_.path(); }
  const std::string& source_population() const { return source_population_; }
  const std::string& target_population() const { return target_population_; }
  std::uint64_t size() const { return size_; }
  /// True when a group stores syn_weight as 32-bit float (trained weights): the modfile then computes in
  /// float.
  bool weight_is_float32() const { return weight_is_float32_; }
  bool has_attribute(const std::string& attribute) const;  ///< in any group
  /// Names of all attributes of all groups; single parameters as "dynamics_params/NAME".
  std::vector<std::string> attributes() const;
  /// True when a column is stored in chunks: slabs should be large then, because every slab unpacks all
  /// chunks that it touches.
  bool is_chunked() const { return chunked_; }

  EdgeSlab read(std::uint64_t first, std::uint64_t count) const;
  /// The same into a slab whose memory is used again.
  void read(std::uint64_t first, std::uint64_t count, EdgeSlab& slab) const;
  /// Without syn_weight and nsyns; group indices are looked at only where edges have other values.
  EdgeSlab read_without_weights(std::uint64_t first, std::uint64_t count) const;
  void read_without_weights(std::uint64_t first, std::uint64_t count, EdgeSlab& slab) const;
  /// Sources and targets only.
  EdgeSlab read_ends(std::uint64_t first, std::uint64_t count) const;
  /// Any other attribute that holds numbers; nullopt when no group has it.
  std::optional<EdgeColumn> read_attribute(const std::string& attribute, std::uint64_t first,
                                           std::uint64_t count) const;

 private:
  struct Group {
    std::uint64_t id;
    std::uint64_t rows;
    std::vector<std::string> attributes;
    bool has(const std::string& attribute) const;
  };
  /// The rows of one group that a slab uses: [first, end) of the group's datasets covers them.
  struct Span {
    std::uint64_t first = 0, end = 0;
    bool is_whole_slab = false;  ///< row i of the slab is row first + i of the group
  };
  struct RowMap {
    std::uint64_t first = 0, count = 0;
    std::vector<std::uint64_t>&group_id, &group_index;  ///< of no use when one Span is the whole slab
    std::vector<Span> spans;  ///< one per group
  };
  std::string path(const std::string& dataset) const { return "/edges/" + name_ + "/" + dataset; }
  void find_groups();
  void find_chunks();
  bool has_any(std::span<const char* const> attributes) const;
  RowMap map_rows(EdgeSlab& slab, std::uint64_t count) const;
  void read_ends(std::uint64_t first, std::uint64_t count, EdgeSlab& slab) const;
  void read_column(const std::string& attribute, const RowMap& rows, std::optional<EdgeColumn>& column) const;
  void read_scattered(const Group& group, const std::string& attribute, const RowMap& rows,
                      std::vector<double>& column) const;
  void read_texts(const std::string& attribute, const RowMap& rows, std::optional<EdgeTexts>& column) const;
  void read_delay_and_receptor(const RowMap& rows, EdgeSlab& slab) const;
  void read_values(const Group& group, const std::string& attribute, std::uint64_t first, std::uint64_t count,
                   std::vector<double>& values) const;

  h5::File file_;
  std::string name_, source_population_, target_population_;
  std::uint64_t size_ = 0;
  bool weight_is_float32_ = false;
  bool chunked_ = false;
  std::optional<std::uint64_t> only_group_;  ///< of all rows, where the file says so once
  bool mapped_ = false;  ///< edge_group_id and edge_group_index exist; else row i is row i of the only group
  std::vector<Group> groups_;
  std::uint64_t most_kept_rows_;
  mutable std::map<std::string, std::vector<double>> kept_;  ///< by "group/attribute"
};

}  // namespace striate::io
