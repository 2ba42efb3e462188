// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5_slab.hpp"

#include <algorithm>

#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5 {

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
  const std::uint64_t shape[] = {count, info.shape[1], info.shape[2]};
  internal::require_believable(file, dataset, shape, info.item_bytes);
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

}  // namespace striate::io::h5
