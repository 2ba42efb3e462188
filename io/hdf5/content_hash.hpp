// SPDX-License-Identifier: BSD-3-Clause
// One number for "the same contents": SHA-256 of a file's bytes, or, for HDF5, of the names, types, shapes,
// attributes and values of its objects in alphabetical order. Chunking, compression, byte order, creation
// times and the order of creation do not count, so that files written by different numbers of ranks can be
// compared.
#pragma once

#include <filesystem>
#include <string>

namespace striate::io {

/// 64 hexadecimal digits. Throws MissingFileError, FormatError for damaged HDF5 files and for types that no
/// file of this model uses (compound, references).
std::string content_hash(const std::filesystem::path& path);
/// Of a file that is going to have another name, which tells what it is.
std::string content_hash(const std::filesystem::path& path, const std::filesystem::path& name);

/// Of a text's bytes.
std::string sha256(const std::string& text);

}  // namespace striate::io
