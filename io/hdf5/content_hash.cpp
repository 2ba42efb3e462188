// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/content_hash.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "core/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/hdf5/h5_internal.hpp"

namespace striate::io {
namespace {

constexpr std::size_t block_bytes = 4 << 20;

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
  std::vector<char> block(block_bytes);
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

MemoryType memory_type(hid_t file_type, const std::string& where) {
  MemoryType result;
  const auto kind = H5Tget_class(file_type);
  if (kind == H5T_STRING) {
    result.variable_string = H5Tis_variable_str(file_type) > 0;
    result.type = h5::Handle(H5Tcopy(file_type), H5Tclose);
    result.name = "string";
  } else if (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM) {
    result.type = h5::Handle(H5Tget_native_type(file_type, H5T_DIR_ASCEND), H5Tclose);
    const bool is_signed = kind != H5T_FLOAT && H5Tget_sign(result.type.get()) == H5T_SGN_2;
    result.name = kind == H5T_FLOAT ? "f" : kind == H5T_ENUM ? "e" : is_signed ? "i" : "u";
    result.name += std::to_string(H5Tget_size(result.type.get()));
  } else {
    throw core::FormatError("cannot hash {} (neither numbers nor strings)", where);
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
  if (type.variable_string) H5Dvlen_reclaim(type.type.get(), space, H5P_DEFAULT, values.data());
}

std::string shape_text(hid_t space, std::vector<hsize_t>& shape) {
  const int rank = std::max(0, H5Sget_simple_extent_ndims(space));
  shape.resize(static_cast<std::size_t>(rank));
  if (rank > 0) H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  std::string text;
  for (const auto extent : shape) text += " " + std::to_string(extent);
  return text;
}

void hash_attributes(const h5::File& file, const std::string& object, Sha256& hash) {
  const auto target = h5::internal::open_object(file, object);
  std::vector<std::string> names;
  const auto append = [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  hsize_t index = 0;
  H5Aiterate2(target.get(), H5_INDEX_NAME, H5_ITER_INC, &index, append, &names);
  std::sort(names.begin(), names.end());
  for (const auto& name : names) {
    const std::string where = h5::internal::where(file, object + "@" + name);
    const h5::Handle attribute(H5Aopen(target.get(), name.c_str(), H5P_DEFAULT), H5Aclose);
    const h5::Handle space(H5Aget_space(attribute.get()), H5Sclose);
    const h5::Handle file_type(H5Aget_type(attribute.get()), H5Tclose);
    const auto type = memory_type(file_type.get(), where);
    std::vector<hsize_t> shape;
    hash.add_text("attribute " + name + " " + type.name + shape_text(space.get(), shape));
    const auto count =
        static_cast<std::size_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space.get())));
    constexpr std::size_t largest_attribute = 1 << 20;  // HDF5 keeps them in the object's header
    if (count > largest_attribute)
      throw core::FormatError("attribute {} is too large ({} values)", where, count);
    std::vector<char> values(count * type.size + 1);
    if (count != 0 && H5Aread(attribute.get(), type.type.get(), values.data()) < 0)
      throw core::FormatError("cannot read attribute {} ({})", where, h5::last_error());
    hash_values(type, space.get(), values, count, hash);
  }
}

void hash_dataset(const h5::File& file, const std::string& path, Sha256& hash) {
  const auto where = h5::internal::where(file, path);
  const auto dataset = h5::internal::open_dataset(file, path);
  const h5::Handle space(H5Dget_space(dataset.get()), H5Sclose);
  const h5::Handle file_type(H5Dget_type(dataset.get()), H5Tclose);
  const auto type = memory_type(file_type.get(), where);
  std::vector<hsize_t> shape;
  hash.add_text("dataset " + path + " " + type.name + shape_text(space.get(), shape));
  hash_attributes(file, path, hash);
  const auto count =
      static_cast<std::uint64_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space.get())));
  constexpr std::uint64_t most_compression = 1100;  // of deflate; damaged files announce petabytes
  if (count / most_compression > file.size_bytes())
    throw core::FormatError("impossible extent of {} ({} values in a file of {} bytes)", where, count,
                            file.size_bytes());
  if (count == 0) return;
  const std::uint64_t rows = shape.empty() ? 1 : shape[0], per_row = count / rows;
  const std::uint64_t block = std::max<std::uint64_t>(1, block_bytes / (per_row * type.size));
  std::vector<char> values;
  for (std::uint64_t first = 0; first < rows; first += block) {
    const auto taken = std::min(block, rows - first);
    std::vector<hsize_t> offset(shape.size(), 0), extent = shape;
    h5::Handle memory(H5Screate(H5S_SCALAR), H5Sclose);
    if (!shape.empty()) {
      offset[0] = first;
      extent[0] = taken;
      H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, offset.data(), nullptr, extent.data(), nullptr);
      const hsize_t items = taken * per_row;
      memory = h5::Handle(H5Screate_simple(1, &items, nullptr), H5Sclose);
    }
    values.resize(taken * per_row * type.size);
    if (H5Dread(dataset.get(), type.type.get(), memory.get(), space.get(), H5P_DEFAULT, values.data()) < 0)
      throw core::FormatError("cannot read {} ({}) the file is damaged", where, h5::last_error());
    hash_values(type, memory.get(), values, taken * per_row, hash);
  }
}

void hash_group(const h5::File& file, const std::string& path, int depth, Sha256& hash) {
  constexpr int deepest = 32;
  if (depth > deepest)
    throw core::FormatError("groups too deeply nested in {} (a loop of links?)",
                            h5::internal::where(file, path));
  hash.add_text("group " + path);
  hash_attributes(file, path, hash);
  for (const auto& name : h5::children(file, path)) {
    const std::string child = (path == "/" ? "" : path) + "/" + name;
    if (h5::is_dataset(file, child))
      hash_dataset(file, child, hash);
    else if (h5::is_group(file, child))
      hash_group(file, child, depth + 1, hash);
    else
      throw core::FormatError("cannot hash {} (neither group nor dataset)", h5::internal::where(file, child));
  }
}

}  // namespace

std::string content_hash(const std::filesystem::path& path) {
  core::require_readable(path, "its contents are to be hashed");
  Sha256 hash;
  if (path.extension() == ".h5" || path.extension() == ".hdf5" || path.extension() == ".nwb")
    hash_group(h5::File::open(path), "/", 0, hash);
  else
    hash_bytes(path, hash);
  return hash.finish();
}

}  // namespace striate::io
