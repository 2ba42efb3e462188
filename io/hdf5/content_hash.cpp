// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/content_hash.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/hdf5/h5_internal.hpp"

namespace striate::io {
namespace {

using h5::internal::check_read;
using h5::internal::extents_of;
using h5::internal::made;
using h5::internal::must;
using h5::internal::open_dataset;
using h5::internal::open_object;
using h5::internal::read_handle;
using h5::internal::read_values;
using h5::internal::require_believable;
using h5::internal::where;

constexpr std::size_t hashed_block_bytes = 4 << 20;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void add(const void* data, std::size_t size) { check(EVP_DigestUpdate(context_.get(), data, size) == 1); }
  /// Length first, so that neighbouring texts cannot be mistaken for each other.
  void add_text(const std::string& text) {
    const std::uint64_t size = text.size();
    add(&size, sizeof size);
    add(text.data(), text.size());
  }
  std::string finish() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest, &size) == 1);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  static void check(bool good) {
    if (!good) throw core::SystemError("SHA-256 is not available (OpenSSL refuses it)");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void hash_bytes(const std::filesystem::path& path, Sha256& hash) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> block(hashed_block_bytes);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.add(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.eof()) throw core::SystemError("cannot read {}", path);
}

/// How values are brought into memory, and what their type is called.
struct MemoryType {
  h5::Handle type;
  std::string name;
  bool variable_string = false;
  std::size_t size = 0;
};

MemoryType memory_type(hid_t file_type, const h5::File& file, const std::string& object) {
  MemoryType result;
  const auto kind = H5Tget_class(file_type);
  if (kind == H5T_STRING) {
    result.variable_string = check_read(H5Tis_variable_str(file_type), file, object) > 0;
    result.type = read_handle(H5Tcopy(file_type), H5Tclose, file, object);
    result.name = "string";
  } else if (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM) {
    result.type = read_handle(H5Tget_native_type(file_type, H5T_DIR_ASCEND), H5Tclose, file, object);
    const bool is_signed = kind != H5T_FLOAT && H5Tget_sign(result.type.get()) == H5T_SGN_2;
    result.name = kind == H5T_FLOAT ? "f" : kind == H5T_ENUM ? "e" : is_signed ? "i" : "u";
    result.name += std::to_string(H5Tget_size(result.type.get()));
  } else {
    throw core::FormatError("cannot hash {} (neither numbers nor strings)", where(file, object));
  }
  result.size = H5Tget_size(result.type.get());
  return result;
}

/// Text of a fixed-length string without its padding.
std::string trimmed(const char* data, std::size_t size) {
  std::string text(data, size);
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
  return text;
}

void hash_values(const MemoryType& type, hid_t space, std::vector<char>& values, std::size_t count,
                 Sha256& hash) {
  if (type.name != "string") {
    hash.add(values.data(), count * type.size);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const char* item = values.data() + i * type.size;
    if (type.variable_string) {
      const char* text = *reinterpret_cast<char* const*>(item);
      hash.add_text(text == nullptr ? "" : text);
    } else {
      hash.add_text(trimmed(item, type.size));
    }
  }
  if (type.variable_string) must(H5Dvlen_reclaim(type.type.get(), space, H5P_DEFAULT, values.data()));
}

std::string text_of(std::span<const hsize_t> shape) {
  std::string text;
  for (const auto extent : shape) text += " " + std::to_string(extent);
  return text;
}

void hash_attributes(const h5::File& file, const std::string& object, Sha256& hash) {
  const auto target = open_object(file, object);
  std::vector<std::string> names;
  const auto append = [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  hsize_t index = 0;
  check_read(H5Aiterate2(target.get(), H5_INDEX_NAME, H5_ITER_INC, &index, append, &names), file, object);
  std::sort(names.begin(), names.end());
  for (const auto& name : names) {
    const std::string place = object + "@" + name;
    const auto attribute =
        read_handle(H5Aopen(target.get(), name.c_str(), H5P_DEFAULT), H5Aclose, file, place);
    const auto space = read_handle(H5Aget_space(attribute.get()), H5Sclose, file, place);
    const auto file_type = read_handle(H5Aget_type(attribute.get()), H5Tclose, file, place);
    const auto type = memory_type(file_type.get(), file, place);
    const auto shape = extents_of(space.get(), file, place);
    hash.add_text("attribute " + name + " " + type.name + text_of(shape));
    const auto count =
        static_cast<std::size_t>(check_read(H5Sget_simple_extent_npoints(space.get()), file, place));
    constexpr std::size_t largest_attribute = 1 << 20;  // HDF5 keeps them in the object's header
    if (count > largest_attribute)
      throw core::FormatError("attribute {} is too large ({} values)", where(file, place), count);
    std::vector<char> values(count * type.size + 1);
    if (count != 0) check_read(H5Aread(attribute.get(), type.type.get(), values.data()), file, place);
    hash_values(type, space.get(), values, count, hash);
  }
}

void hash_dataset(const h5::File& file, const std::string& path, Sha256& hash) {
  const auto dataset = open_dataset(file, path);
  const auto space = read_handle(H5Dget_space(dataset.get()), H5Sclose, file, path);
  const auto file_type = read_handle(H5Dget_type(dataset.get()), H5Tclose, file, path);
  const auto type = memory_type(file_type.get(), file, path);
  const auto shape = extents_of(space.get(), file, path);
  hash.add_text("dataset " + path + " " + type.name + text_of(shape));
  hash_attributes(file, path, hash);
  const std::vector<std::uint64_t> extents(shape.begin(), shape.end());
  require_believable(file, path, extents, type.size);
  const auto count =
      static_cast<std::uint64_t>(check_read(H5Sget_simple_extent_npoints(space.get()), file, path));
  if (count == 0) return;
  const std::uint64_t rows = shape.empty() ? 1 : shape[0], per_row = count / rows;
  const std::uint64_t block = std::max<std::uint64_t>(1, hashed_block_bytes / (per_row * type.size));
  std::vector<char> values;
  for (std::uint64_t first = 0; first < rows; first += block) {
    const auto taken = std::min(block, rows - first);
    h5::Handle memory = made(H5Screate(H5S_SCALAR), H5Sclose);
    if (!shape.empty()) {
      std::vector<hsize_t> offset(shape.size(), 0), extent = shape;
      offset[0] = first;
      extent[0] = taken;
      must(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, offset.data(), nullptr, extent.data(), nullptr));
      const hsize_t items = taken * per_row;
      memory = made(H5Screate_simple(1, &items, nullptr), H5Sclose);
    }
    values.resize(taken * per_row * type.size);
    read_values(dataset, type.type.get(), memory.get(), space.get(), values.data(), file, path);
    hash_values(type, memory.get(), values, taken * per_row, hash);
  }
}

void hash_group(const h5::File& file, const std::string& path, int depth, Sha256& hash) {
  constexpr int deepest = 32;
  if (depth > deepest)
    throw core::FormatError("groups too deeply nested in {} (a loop of links?)", where(file, path));
  hash.add_text("group " + path);
  hash_attributes(file, path, hash);
  for (const auto& name : h5::children(file, path)) {
    const std::string child = (path == "/" ? "" : path) + "/" + name;
    if (h5::is_dataset(file, child))
      hash_dataset(file, child, hash);
    else if (h5::is_group(file, child))
      hash_group(file, child, depth + 1, hash);
    else
      throw core::FormatError("cannot hash {} (neither group nor dataset)", where(file, child));
  }
}

}  // namespace

std::string content_hash(const std::filesystem::path& path) {
  return content_hash(path, path);
}

std::string content_hash(const std::filesystem::path& path, const std::filesystem::path& name) {
  core::require_readable(path, "its contents are to be hashed");
  Sha256 hash;
  if (name.extension() == ".h5" || name.extension() == ".hdf5" || name.extension() == ".nwb")
    hash_group(h5::File::open(path), "/", 0, hash);
  else
    hash_bytes(path, hash);
  return hash.finish();
}

std::string sha256(const std::string& text) {
  Sha256 hash;
  hash.add(text.data(), text.size());
  return hash.finish();
}

}  // namespace striate::io
