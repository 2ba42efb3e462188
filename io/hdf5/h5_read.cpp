// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5 {
namespace {

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

/// Damaged files announce extents far beyond what they can hold; gzip gains at most about a thousand.
void check_extent(const File& file, const std::string& dataset, const DatasetInfo& info) {
  constexpr std::uint64_t most_compression = 1100;
  const std::uint64_t limit = (file.size_bytes() + 4096) * most_compression;
  std::uint64_t bytes = info.item_bytes;
  for (const auto extent : info.shape) {
    if (extent != 0 && bytes > limit / extent)
      throw core::FormatError(
          "dataset {} announces more data than a file of {} bytes can hold (the file is damaged)",
          where(file, dataset), file.size_bytes());
    bytes *= extent;
  }
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
  check_extent(file, dataset, info);
  return info;
}

template <Number T>
void read_slab(const File& file, const std::string& dataset, std::span<const hsize_t> first,
               std::span<const hsize_t> count, std::vector<T>& values) {
  hsize_t total = 1;
  for (const auto extent : count) total *= extent;
  values.resize(total);
  if (total == 0) return;
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle space(H5Dget_space(handle.get()), H5Sclose);
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, first.data(), nullptr, count.data(), nullptr);
  const Handle memory(H5Screate_simple(1, &total, nullptr), H5Sclose);
  if (H5Dread(handle.get(), native_type<T>(), memory.get(), space.get(), H5P_DEFAULT, values.data()) < 0)
    throw core::FormatError("cannot read {} ({}) the file is truncated or damaged", where(file, dataset),
                            last_error());
}

template <Number T>
std::vector<T> read_slab(const File& file, const std::string& dataset, std::span<const hsize_t> first,
                         std::span<const hsize_t> count) {
  std::vector<T> values;
  read_slab(file, dataset, first, count, values);
  return values;
}

}  // namespace

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
  if (first > info.shape[0] || count > info.shape[0] - first)
    throw core::FormatError("rows {} to {} of {} do not exist (it has {})", first, first + count,
                            where(file, dataset), info.shape[0]);
  const hsize_t offset[] = {first}, extent[] = {count};
  read_slab<T>(file, dataset, offset, extent, values);
}

template <Number T>
std::vector<T> read(const File& file, const std::string& dataset) {
  const auto info = checked_info<T>(file, dataset, 1);
  const hsize_t offset[] = {0}, extent[] = {info.shape[0]};
  return read_slab<T>(file, dataset, offset, extent);
}

template <Number T>
std::vector<T> read_table_rows(const File& file, const std::string& dataset, std::uint64_t columns,
                               std::uint64_t first, std::uint64_t count) {
  const auto info = checked_info<T>(file, dataset, 2);
  if (info.shape[1] != columns)
    throw core::FormatError("wrong shape of {} ({} columns, needed are {})", where(file, dataset),
                            info.shape[1], columns);
  if (first > info.shape[0] || count > info.shape[0] - first)
    throw core::FormatError("rows {} to {} of {} do not exist (it has {})", first, first + count,
                            where(file, dataset), info.shape[0]);
  const hsize_t offset[] = {first, 0}, extent[] = {count, columns};
  return read_slab<T>(file, dataset, offset, extent);
}

template <Number T>
std::vector<T> read_table(const File& file, const std::string& dataset, std::uint64_t columns) {
  const auto info = checked_info<T>(file, dataset, 2);
  return read_table_rows<T>(file, dataset, columns, 0, info.shape[0]);
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
  const Handle type(H5Dget_type(handle.get()), H5Tclose);
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
  if (info.type != TypeClass::string || info.shape.size() != 1)
    throw core::FormatError("wrong type of {} (a list of strings is needed)", where(file, dataset));
  check_extent(file, dataset, info);
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle stored(H5Dget_type(handle.get()), H5Tclose);
  std::vector<std::string> result;
  const auto count = static_cast<std::size_t>(info.shape[0]);
  if (H5Tis_variable_str(stored.get()) > 0) {
    const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(memory.get(), H5T_VARIABLE);
    H5Tset_cset(memory.get(), H5Tget_cset(stored.get()));
    std::vector<char*> texts(count, nullptr);
    if (H5Dread(handle.get(), memory.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) < 0)
      throw core::FormatError("cannot read {} ({})", where(file, dataset), last_error());
    for (char* text : texts) {
      result.emplace_back(text == nullptr ? "" : text);
      H5free_memory(text);
    }
    return result;
  }
  std::string bytes(count * info.item_bytes, '\0');
  if (H5Dread(handle.get(), stored.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    throw core::FormatError("cannot read {} ({})", where(file, dataset), last_error());
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = bytes.substr(i * info.item_bytes, info.item_bytes);
    result.emplace_back(text.substr(0, text.find('\0')));
  }
  return result;
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
template std::vector<std::int64_t> read_table_rows(const File&, const std::string&, std::uint64_t,
                                                   std::uint64_t, std::uint64_t);
template std::vector<double> read_table_rows(const File&, const std::string&, std::uint64_t, std::uint64_t,
                                             std::uint64_t);
template std::vector<std::uint64_t> read_table(const File&, const std::string&, std::uint64_t);

}  // namespace striate::io::h5
