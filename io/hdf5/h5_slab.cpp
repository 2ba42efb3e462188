// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5_slab.hpp"

#include <algorithm>

#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5 {

using internal::require_rows;
using internal::where;

bool holds_bytes(const File& file, const std::string& dataset) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle type = internal::read_handle(H5Dget_type(handle.get()), H5Tclose, file, dataset);
  return H5Tget_class(type.get()) == H5T_INTEGER && H5Tget_size(type.get()) == 1 &&
         H5Tget_sign(type.get()) == H5T_SGN_NONE;
}

template <Number T>
std::vector<T> read_pictures(const File& file, const std::string& dataset, std::uint64_t first,
                             std::uint64_t count) {
  const DatasetInfo info = dataset_info(file, dataset);
  if (info.type != TypeClass::integer && !(info.type == TypeClass::floating && std::floating_point<T>))
    throw core::FormatError("wrong type of {} (numbers are needed)", where(file, dataset));
  if (info.shape.size() != 3)
    throw core::FormatError("wrong shape of {} ({} dimensions, needed are 3: frames, rows, columns)",
                            where(file, dataset), info.shape.size());
  if (first > info.shape[0] || count > info.shape[0] - first)
    throw core::FormatError("pictures {} to {} of {} do not exist (it has {})", first, first + count,
                            where(file, dataset), info.shape[0]);
  internal::require_believable(file, dataset, info.shape, info.item_bytes);
  const internal::Block block{.offset = {first, 0, 0}, .extent = {count, info.shape[1], info.shape[2]}};
  std::vector<T> values(block.count());
  internal::read_block(file, dataset, native_type<T>(), block, values.data());
  return values;
}

void create_tiled_table(const File& file, const std::string& dataset, std::uint64_t rows,
                        std::uint64_t columns, Tiling tiling) {
  const hsize_t extents[] = {rows, columns};
  internal::Chunks chunks{.extents = {}, .deflate = tiling.deflate};
  if (rows != 0 && columns != 0)
    chunks.extents = {std::min<hsize_t>(tiling.rows, rows), std::min<hsize_t>(tiling.columns, columns)};
  internal::create_dataset(file, dataset, native_type<double>(), extents, chunks);
}

void write_columns_collective(const File& file, const std::string& dataset, std::uint64_t first,
                              std::uint64_t columns, std::span<const double> data) {
  internal::write_block(file, dataset, native_type<double>(),
                        {.offset = {0, first}, .extent = {columns == 0 ? 0 : data.size() / columns, columns}},
                        data.data(), internal::Transfer::collective);
}

template std::vector<double> read_pictures(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<float> read_pictures(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<std::uint8_t> read_pictures(const File&, const std::string&, std::uint64_t,
                                                 std::uint64_t);

namespace {

/// Fixed-length texts end at a zero byte or, as Fortran writes them, in blanks.
std::string fixed_text(std::string text, H5T_str_t padding) {
  text = text.substr(0, text.find('\0'));
  if (padding == H5T_STR_SPACEPAD) text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::vector<std::string> read_string_rows(const File& file, const std::string& dataset, std::uint64_t first,
                                          std::uint64_t count) {
  const auto info = dataset_info(file, dataset);
  if (info.type != TypeClass::string || info.shape.size() != 1)
    throw core::FormatError("wrong type of {} (a list of strings is needed)", where(file, dataset));
  internal::require_believable(file, dataset, info.shape, info.item_bytes);
  require_rows(file, dataset, first, count, info.shape[0]);
  std::vector<std::string> result;
  if (count == 0) return result;
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle stored = internal::read_handle(H5Dget_type(handle.get()), H5Tclose, file, dataset);
  const internal::Block block{.offset = {first}, .extent = {count}};
  if (internal::check_read(H5Tis_variable_str(stored.get()), file, dataset) > 0) {
    const Handle type = internal::text_type(H5Tget_cset(stored.get()));
    std::vector<char*> texts(count, nullptr);
    internal::read_block(file, dataset, type.get(), block, texts.data());
    for (char* text : texts) {
      result.emplace_back(text == nullptr ? "" : text);
      internal::must(H5free_memory(text));
    }
    return result;
  }
  std::string bytes(count * info.item_bytes, '\0');
  internal::read_block(file, dataset, stored.get(), block, bytes.data());
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(
        fixed_text(bytes.substr(i * info.item_bytes, info.item_bytes), H5Tget_strpad(stored.get())));
  return result;
}

}  // namespace striate::io::h5
