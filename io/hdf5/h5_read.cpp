// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include "io/hdf5/h5_internal.hpp"
#include "io/hdf5/h5_slab.hpp"

namespace striate::io::h5 {
namespace {

using internal::require_rows;
using internal::where;

const char* class_name(TypeClass type) {
  switch (type) {
    case TypeClass::integer:
      return "integer";
    case TypeClass::floating:
      return "float";
    case TypeClass::string:
      return "string";
    case TypeClass::other:
      break;
  }
  return "compound or other";
}

template <Number T>
DatasetInfo checked_info(const File& file, const std::string& dataset, std::size_t rank) {
  const DatasetInfo info = dataset_info(file, dataset);
  const bool fits =
      info.type == TypeClass::integer || (info.type == TypeClass::floating && std::floating_point<T>);
  if (!fits)
    throw core::FormatError("wrong type of {} (it holds {}, needed is {})", where(file, dataset),
                            class_name(info.type), std::floating_point<T> ? "float" : "integer");
  if (info.shape.size() != rank)
    throw core::FormatError("wrong shape of {} ({} dimensions, needed are {})", where(file, dataset),
                            info.shape.size(), rank);
  internal::require_believable(file, dataset, info.shape, info.item_bytes);
  return info;
}

/// Reads values as they are stored and widens them, where they are stored as `Stored`: the library's own
/// conversion takes several times as long as that.
template <Number Stored, Number T>
bool read_widened(const Handle& opened, const File& file, const std::string& dataset, hid_t type,
                  const internal::Block& block, std::vector<T>& values) {
  if constexpr (sizeof(Stored) < sizeof(T)) {
    if (H5Tequal(type, native_type<Stored>()) <= 0) return false;
    const auto count = block.count();
    const auto stored = std::make_unique_for_overwrite<Stored[]>(count);
    internal::read_block(opened, file, dataset, native_type<Stored>(), block, stored.get());
    values.assign(stored.get(), stored.get() + count);
    return true;
  }
  return false;
}

template <Number T>
void read_slab(const File& file, const std::string& dataset, const internal::Block& block,
               std::vector<T>& values) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle type = internal::read_handle(H5Dget_type(handle.get()), H5Tclose, file, dataset);
  const auto widened = [&](auto zero) {
    return read_widened<decltype(zero)>(handle, file, dataset, type.get(), block, values);
  };
  if constexpr (std::integral<T>) {
    if (widened(std::uint32_t{}) || widened(std::uint16_t{}) || widened(std::uint8_t{})) return;
  } else {
    if (widened(float{})) return;
  }
  values.resize(block.count());
  internal::read_block(handle, file, dataset, native_type<T>(), block, values.data());
}

template <Number T>
std::vector<T> read_slab(const File& file, const std::string& dataset, const internal::Block& block) {
  std::vector<T> values;
  read_slab(file, dataset, block, values);
  return values;
}

}  // namespace

namespace internal {

void require_rows(const File& file, const std::string& dataset, std::uint64_t first, std::uint64_t count,
                  std::uint64_t rows) {
  if (first > rows || count > rows - first)
    throw core::FormatError("rows {} to {} of {} do not exist (it has {})", first, first + count,
                            where(file, dataset), rows);
}

}  // namespace internal

template <Number T>
std::vector<T> read_rows(const File& file, const std::string& dataset, std::uint64_t first,
                         std::uint64_t count) {
  std::vector<T> values;
  read_rows(file, dataset, first, count, values);
  return values;
}

template <Number T>
void read_rows(const File& file, const std::string& dataset, std::uint64_t first, std::uint64_t count,
               std::vector<T>& values) {
  const auto info = checked_info<T>(file, dataset, 1);
  require_rows(file, dataset, first, count, info.shape[0]);
  read_slab<T>(file, dataset, {.offset = {first}, .extent = {count}}, values);
}

template <Number T>
std::vector<T> read(const File& file, const std::string& dataset) {
  const auto info = checked_info<T>(file, dataset, 1);
  return read_slab<T>(file, dataset, {.offset = {0}, .extent = {info.shape[0]}});
}

template <Number T>
std::vector<T> read_table_rows(const File& file, const std::string& dataset, std::uint64_t columns,
                               std::uint64_t first, std::uint64_t count) {
  const auto info = checked_info<T>(file, dataset, 2);
  if (info.shape[1] != columns)
    throw core::FormatError("wrong shape of {} ({} columns, needed are {})", where(file, dataset),
                            info.shape[1], columns);
  require_rows(file, dataset, first, count, info.shape[0]);
  return read_slab<T>(file, dataset, {.offset = {first, 0}, .extent = {count, columns}});
}

template <Number T>
std::vector<T> read_table(const File& file, const std::string& dataset, std::uint64_t columns) {
  const auto info = checked_info<T>(file, dataset, 2);
  return read_table_rows<T>(file, dataset, columns, 0, info.shape[0]);
}

std::vector<double> read_blocks(const File& file, const std::string& dataset, std::uint64_t first,
                                std::uint64_t count) {
  const auto shape = dataset_info(file, dataset).shape;
  checked_info<double>(file, dataset, std::max<std::size_t>(shape.size(), 1));
  require_rows(file, dataset, first, count, shape[0]);
  internal::Block block{.offset = {}, .extent = {}};
  block.offset.assign(shape.size(), 0);
  block.extent.assign(shape.begin(), shape.end());
  block.offset[0] = first;
  block.extent[0] = count;
  return read_slab<double>(file, dataset, block);
}

std::vector<std::uint64_t> read_ids(const File& file, const std::string& dataset, std::uint64_t first,
                                    std::uint64_t count) {
  std::vector<std::uint64_t> ids;
  read_ids(file, dataset, first, count, ids);
  return ids;
}

void read_ids(const File& file, const std::string& dataset, std::uint64_t first, std::uint64_t count,
              std::vector<std::uint64_t>& ids) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle type = internal::read_handle(H5Dget_type(handle.get()), H5Tclose, file, dataset);
  if (H5Tget_sign(type.get()) == H5T_SGN_NONE)
    return read_rows<std::uint64_t>(file, dataset, first, count, ids);
  const auto stored = read_rows<std::int64_t>(file, dataset, first, count);
  for (std::size_t i = 0; i < stored.size(); ++i)
    if (stored[i] < 0)
      throw core::FormatError("negative id {} in row {} of {}", stored[i], first + i, where(file, dataset));
  ids.assign(stored.begin(), stored.end());
}

std::vector<std::string> read_strings(const File& file, const std::string& dataset) {
  const auto info = dataset_info(file, dataset);
  return read_string_rows(file, dataset, 0, info.shape.empty() ? 0 : info.shape[0]);
}

template std::vector<double> read_rows(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<float> read_rows(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<std::uint64_t> read_rows(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<std::int64_t> read_rows(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<std::uint32_t> read_rows(const File&, const std::string&, std::uint64_t, std::uint64_t);
template void read_rows(const File&, const std::string&, std::uint64_t, std::uint64_t, std::vector<double>&);
template std::vector<double> read(const File&, const std::string&);
template std::vector<float> read(const File&, const std::string&);
template std::vector<std::uint64_t> read(const File&, const std::string&);
template std::vector<std::int64_t> read(const File&, const std::string&);
template std::vector<std::uint32_t> read(const File&, const std::string&);
template std::vector<double> read_table(const File&, const std::string&, std::uint64_t);
template std::vector<float> read_table(const File&, const std::string&, std::uint64_t);
template std::vector<std::int64_t> read_table(const File&, const std::string&, std::uint64_t);
template std::vector<std::int64_t> read_table_rows(const File&, const std::string&, std::uint64_t,
                                                   std::uint64_t, std::uint64_t);
template std::vector<double> read_table_rows(const File&, const std::string&, std::uint64_t, std::uint64_t,
                                             std::uint64_t);
template std::vector<std::uint64_t> read_table(const File&, const std::string&, std::uint64_t);

}  // namespace striate::io::h5
