// SPDX-License-Identifier: BSD-3-Clause
// What io/h5*.cpp share; not for others.
#pragma once

#include <string>

#include "core/error.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::io::h5::internal {

/// Turns the library's printing of errors off, once.
void silence();

/// "file:/path"
inline std::string where(const File& file, const std::string& object) {
  return fmt::format("{}:{}", file.path(), object);
}

/// id of an object opened for reading, or FormatError.
Handle open_dataset(const File& file, const std::string& dataset);
Handle open_object(const File& file, const std::string& object);
TypeClass type_class(hid_t type);

/// A write that failed: the disk is full or gone.
template <class Result>
Result check_write(Result result, const File& file, const std::string& object, const char* what) {
  if (result < 0)
    throw core::SystemError("cannot {} {} ({}) is the disk full?", what, where(file, object), last_error());
  return result;
}

}  // namespace striate::io::h5::internal
