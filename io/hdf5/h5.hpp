// SPDX-License-Identifier: BSD-3-Clause
// A thin layer over the HDF5 C library: handles that close themselves, every return value checked, every
// error with file and HDF5 path. Reads convert to the C++ type asked for, after checking that the stored
// class (integer, float, string) fits; extents are checked against the file's size before memory is taken,
// because damaged files announce petabytes.
//
// HDF5 keeps small writes in buffers until a dataset or file is closed, so that a full disk may show only
// then. Datasets and attributes are closed, and that is checked, by the functions that write them; a file
// that is written must be given File::close() by its owner: destructors close what was read or what failed.
//
// Collective contract: a file opened or created with a Comm of more than one rank uses MPI-IO; then creating
// groups, datasets and attributes, and *_collective calls, must be made by all ranks with the same arguments
// (but for the slab and its data). Reads are independent.
#pragma once

#include <hdf5.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/ranks/comm.hpp"

namespace striate::io::h5 {

/// Owns an HDF5 identifier of any kind.
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Closer closer) : id_(id), closer_(closer) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), closer_(other.closer_) {}
  Handle& operator=(Handle&& other) noexcept {
    reset();
    id_ = std::exchange(other.id_, H5I_INVALID_HID);
    closer_ = other.closer_;
    return *this;
  }
  hid_t get() const { return id_; }
  bool valid() const { return id_ >= 0; }
  void reset() noexcept {
    if (id_ >= 0) closer_(id_);
    id_ = H5I_INVALID_HID;
  }
  /// Gives the identifier away: somebody else closes it.
  hid_t release() noexcept { return std::exchange(id_, H5I_INVALID_HID); }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Closer closer_ = nullptr;
};

/// Types that datasets and numeric attributes can hold.
template <class T>
concept Number = std::integral<T> || std::floating_point<T>;

template <Number T>
hid_t native_type() {
  if constexpr (std::floating_point<T>)
    return sizeof(T) == 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  else if constexpr (std::signed_integral<T>)
    return sizeof(T) == 1   ? H5T_NATIVE_INT8
           : sizeof(T) == 2 ? H5T_NATIVE_INT16
           : sizeof(T) == 4 ? H5T_NATIVE_INT32
                            : H5T_NATIVE_INT64;
  else
    return sizeof(T) == 1   ? H5T_NATIVE_UINT8
           : sizeof(T) == 2 ? H5T_NATIVE_UINT16
           : sizeof(T) == 4 ? H5T_NATIVE_UINT32
                            : H5T_NATIVE_UINT64;
}

/// Calls visit(T{}) with the smallest unsigned type that holds `largest`.
template <class Visit>
decltype(auto) with_smallest_unsigned(std::uint64_t largest, Visit visit) {
  if (largest <= 0xff) return visit(std::uint8_t{});
  if (largest <= 0xffff) return visit(std::uint16_t{});
  if (largest <= 0xffffffff) return visit(std::uint32_t{});
  return visit(std::uint64_t{});
}

class File {
 public:
  /// Throws MissingFileError when there is no such file, FormatError when it is not HDF5 or damaged. What
  /// others wrote is looked through by a child first, see io/hdf5/probe.hpp.
  static File open(const std::filesystem::path& path, const core::Comm& comm = {});
  /// For changing values in place. Callers change a copy under a temporary name. Collective.
  static File open_to_change(const std::filesystem::path& path, const core::Comm& comm = {});
  /// A new file (io/files/new_file.hpp). Callers write under a temporary name, see io/text/atomic_file.hpp.
  /// Objects of at least `page_aligned_from` bytes begin on a page of 4096 bytes (0: HDF5 decides).
  static File create(const std::filesystem::path& path, const core::Comm& comm = {},
                     std::uint64_t page_aligned_from = 0);

  hid_t id() const { return handle_.get(); }
  const std::filesystem::path& path() const { return path_; }
  bool parallel() const { return comm_.size() > 1; }
  bool is_root() const { return comm_.is_root(); }  ///< rank 0 of the Comm it was opened with
  std::uint64_t size_bytes() const { return size_bytes_; }
  /// Brings what was written so far to the disk: from here on the file can be read even if this process is
  /// killed, as long as only values of contiguous datasets are written. Collective.
  void sync();
  /// Flushes and closes, reporting errors that a destructor would have to swallow. Needed after writing.
  /// Collective.
  void close();
  /// Datasets that were found to be all there, see internal::require_believable.
  bool is_known_whole(const std::string& dataset) const { return whole_.contains(dataset); }
  void note_whole(const std::string& dataset) const { whole_.insert(dataset); }

 private:
  void reserve() const;

  std::filesystem::path path_;
  Handle handle_;
  core::Comm comm_;
  std::uint64_t size_bytes_ = 0;
  mutable std::set<std::string> whole_;
};

enum class TypeClass { integer, floating, string, other };

struct DatasetInfo {
  std::vector<std::uint64_t> shape;
  TypeClass type = TypeClass::other;
  std::size_t item_bytes = 0;
  bool chunked = false;
  std::uint64_t count() const {
    std::uint64_t n = 1;
    for (auto extent : shape) n *= extent;
    return n;
  }
};

/// --- looking around -------------------------------------------------------------------------------------
bool is_group(const File& file, const std::string& path);
bool is_dataset(const File& file, const std::string& path);
/// Names of the links in a group, in alphabetical order. Throws FormatError when `group` is not there.
std::vector<std::string> children(const File& file, const std::string& group);
DatasetInfo dataset_info(const File& file, const std::string& dataset);
bool has_attribute(const File& file, const std::string& object, const std::string& name);
/// nullopt when there is none or it is no single text; FormatError when it is there and cannot be read.
std::optional<std::string> string_attribute(const File& file, const std::string& object,
                                            const std::string& name);

/// The name that an attribute of an HDF5 enumeration has, or the text of a string attribute.
std::optional<std::string> enum_or_string_attribute(const File& file, const std::string& object,
                                                    const std::string& name);

/// The value of all of a dataset of integers if the file holds none of them, as create_constant() leaves it.
std::optional<std::int64_t> constant_of(const File& file, const std::string& dataset);

/// --- reading --------------------------------------------------------------------------------------------
/// Rows [first, first + count) of a one-dimensional dataset. T floating also reads integers; T integral reads
/// integers only. Throws FormatError (absent, wrong class or rank, out of range, unreadable).
template <Number T>
std::vector<T> read_rows(const File& file, const std::string& dataset, std::uint64_t first,
                         std::uint64_t count);
/// The same into a buffer that is used again.
template <Number T>
void read_rows(const File& file, const std::string& dataset, std::uint64_t first, std::uint64_t count,
               std::vector<T>& values);
/// Ids: like read_rows, but signed storage is allowed and a negative value is a FormatError naming its row
/// (HDF5 itself would turn it into 0).
std::vector<std::uint64_t> read_ids(const File& file, const std::string& dataset, std::uint64_t first,
                                    std::uint64_t count);
void read_ids(const File& file, const std::string& dataset, std::uint64_t first, std::uint64_t count,
              std::vector<std::uint64_t>& ids);
/// A whole dataset of one dimension.
template <Number T>
std::vector<T> read(const File& file, const std::string& dataset);
/// A whole dataset of two dimensions, row by row; `columns` must match its second extent.
template <Number T>
std::vector<T> read_table(const File& file, const std::string& dataset, std::uint64_t columns);
/// Rows [first, first + count) of a dataset of two dimensions.
template <Number T>
std::vector<T> read_table_rows(const File& file, const std::string& dataset, std::uint64_t columns,
                               std::uint64_t first, std::uint64_t count);
/// The same of a dataset of any number of dimensions: a row is all that has one first index.
std::vector<double> read_blocks(const File& file, const std::string& dataset, std::uint64_t first,
                                std::uint64_t count);
/// A whole one-dimensional dataset of strings (fixed or variable length).
std::vector<std::string> read_strings(const File& file, const std::string& dataset);

/// --- writing --------------------------------------------------------------------------------------------
void create_group(const File& file, const std::string& group);  ///< parents too; existing ones are kept
/// A second name for an object (hard link). Collective on parallel files.
void link_alias(const File& file, const std::string& existing, const std::string& alias);
struct Storage {
  int deflate = 0;  ///< 0 none, else gzip level 1..9 with shuffle; needs chunk_rows
  std::uint64_t chunk_rows = 0;  ///< 0 contiguous
};
/// Creates a dataset of the given shape, not filled. Parents are created.
template <Number T>
void create_dataset(const File& file, const std::string& dataset, std::span<const std::uint64_t> shape,
                    Storage storage = {});
/// A dataset all of whose values are `value`: the file holds that once, and readers see `shape` of it.
/// Written to, it takes its place like any other. Serial files only: under MPI-IO the library gives all
/// datasets their place at once.
template <Number T>
void create_constant(const File& file, const std::string& dataset, std::span<const std::uint64_t> shape,
                     T value);
/// Byte of the file where a contiguous dataset begins; for writing it past the library after the file is
/// closed.
std::uint64_t contiguous_offset(const File& file, const std::string& dataset);
/// Every rank writes rows [first, first + data.size() / row_items) of an existing dataset, all ranks together
/// (a rank may write none). A row is all that has one first index.
template <Number T>
void write_rows_collective(const File& file, const std::string& dataset, std::uint64_t first,
                           std::span<const T> data);
/// One rank alone writes rows (serial files, or independent MPI-IO on contiguous datasets).
template <Number T>
void write_rows(const File& file, const std::string& dataset, std::uint64_t first, std::span<const T> data);
/// create_dataset + the root rank's `data`. All ranks pass the same data. Collective on parallel files.
template <Number T>
void write(const File& file, const std::string& dataset, std::span<const T> data, Storage storage = {});

void write_attribute(const File& file, const std::string& object, const std::string& name,
                     const std::string& value);
template <Number T>
void write_attribute(const File& file, const std::string& object, const std::string& name,
                     std::span<const T> values);  ///< scalar space when one value
/// An attribute of an HDF5 int8 enumeration {names[0] = 0, names[1] = 1, …}.
void write_enum_attribute(const File& file, const std::string& object, const std::string& name,
                          std::span<const std::string> names, std::int8_t value);
/// SONATA's root attributes: magic 0x0A7A, version {0, 1}.
void write_sonata_header(const File& file);

/// Text of the library's error stack, innermost cause first, in whole descriptions; clears it.
std::string last_error();
/// "1.10.8, parallel"
std::string library_version();

}  // namespace striate::io::h5
