// SPDX-License-Identifier: BSD-3-Clause
// What io/hdf5/h5*.cpp share; not for others.
#pragma once

#include <string>
#include <vector>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::io::h5::internal {

/// Turns the library's printing of errors off, once.
void silence();

/// "file:/path"
inline std::string where(const File& file, const std::string& object) {
  return fmt::format("{}:{}", file.path(), object);
}

/// Throws the SystemError of a call that failed though files have no part in it.
[[noreturn]] void refuse_call(const char* file, int line);

/// A call that fails only when memory is short or the library is used wrongly. (Clang 14 has no
/// std::source_location.)
template <class Result>
Result must(Result result, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (result < 0) refuse_call(file, line);
  return result;
}

/// What such a call made.
inline Handle made(hid_t id, Handle::Closer closer, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) {
  return {must(id, file, line), closer};
}

/// A look into a file that failed: the file is damaged.
template <class Result>
Result check_read(Result result, const File& file, const std::string& object) {
  if (result < 0)
    throw core::FormatError("cannot read {} ({}) the file is truncated or damaged", where(file, object),
                            last_error());
  return result;
}
inline Handle read_handle(hid_t id, Handle::Closer closer, const File& file, const std::string& object) {
  return {check_read(id, file, object), closer};
}

/// Throws FormatError unless rows [first, first + count) of `rows` exist.
void require_rows(const File& file, const std::string& dataset, std::uint64_t first, std::uint64_t count,
                  std::uint64_t rows);

/// A write that failed: the disk is full or gone.
template <class Result>
Result check_write(Result result, const File& file, const std::string& object, const char* what) {
  if (result < 0)
    throw core::SystemError("cannot {} {} ({}) is the disk full?", what, where(file, object), last_error());
  return result;
}

/// Closes what was written, while there is somebody to hear of it.
inline void close_written(Handle& handle, herr_t (*closer)(hid_t), const File& file,
                          const std::string& object) {
  check_write(closer(handle.release()), file, object, "close");
}

/// id of an object opened for reading, or FormatError.
Handle open_dataset(const File& file, const std::string& dataset);
Handle open_object(const File& file, const std::string& object);
TypeClass type_class(hid_t type);

/// Extents of a data space of `dataset`.
std::vector<hsize_t> extents_of(hid_t space, const File& file, const std::string& dataset);
/// Damaged files announce extents far beyond what they can hold, and the library makes up zeros for what they
/// do not. A dataset without storage, or with some, whose fill value somebody chose, is as it should be.
/// Throws FormatError.
void require_believable(const File& file, const std::string& dataset, std::span<const std::uint64_t> shape,
                        std::size_t item_bytes);

/// Reads values as `type` in memory; says which filter is missing if that is why it cannot.
void read_values(const Handle& dataset, hid_t type, hid_t memory, hid_t space, void* values, const File& file,
                 const std::string& name);

/// Part of a dataset: [offset, offset + extent) along each dimension.
struct Block {
  std::vector<hsize_t> offset, extent;
  hsize_t count() const;
};
/// `values` has room for block.count() items of `type`.
void read_block(const Handle& opened, const File& file, const std::string& dataset, hid_t type,
                const Block& block, void* values);
void read_block(const File& file, const std::string& dataset, hid_t type, const Block& block, void* values);

enum class Transfer { independent, collective };
/// Every rank of a collective transfer calls this, also with an empty block.
void write_block(const File& file, const std::string& dataset, hid_t type, const Block& block,
                 const void* values, Transfer transfer);

/// Storage in chunks, or contiguous without extents.
struct Chunks {
  std::vector<hsize_t> extents;
  int deflate = 0;
};
/// A dataset that is not filled, or, with `constant`, has no place in the file and that value everywhere;
/// parents are created.
void create_dataset(const File& file, const std::string& dataset, hid_t type,
                    std::span<const hsize_t> extents, const Chunks& chunks, const void* constant = nullptr);

/// A memory type for texts of variable length in the character set of `stored`.
Handle text_type(H5T_cset_t characters);

}  // namespace striate::io::h5::internal
