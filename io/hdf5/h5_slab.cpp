// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5_slab.hpp"

#include <algorithm>

#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5 {

using internal::check_write;
using internal::where;

bool holds_bytes(const File& file, const std::string& dataset) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle type(H5Dget_type(handle.get()), H5Tclose);
  return H5Tget_class(type.get()) == H5T_INTEGER && H5Tget_size(type.get()) == 1 &&
         H5Tget_sign(type.get()) == H5T_SGN_NONE;
}

template <Number T>
std::vector<T> read_pictures(const File& file, const std::string& dataset, std::uint64_t first,
                             std::uint64_t count) {
  constexpr std::uint64_t most_compression = 1100;  // gzip's best, roughly
  const DatasetInfo info = dataset_info(file, dataset);
  if (info.type != TypeClass::integer && !(info.type == TypeClass::floating && std::floating_point<T>))
    throw core::FormatError("wrong type of {} (numbers are needed)", where(file, dataset));
  if (info.shape.size() != 3)
    throw core::FormatError("wrong shape of {} ({} dimensions, needed are 3: frames, rows, columns)",
                            where(file, dataset), info.shape.size());
  if (first > info.shape[0] || count > info.shape[0] - first)
    throw core::FormatError("pictures {} to {} of {} do not exist (it has {})", first, first + count,
                            where(file, dataset), info.shape[0]);
  std::uint64_t total = 1;
  for (const std::uint64_t extent : {count, info.shape[1], info.shape[2]}) {
    if (extent != 0 && total > (file.size_bytes() + 4096) * most_compression / extent)
      throw core::FormatError(
          "dataset {} announces more data than a file of {} bytes can hold (the file is "
          "damaged)",
          where(file, dataset), file.size_bytes());
    total *= extent;
  }
  std::vector<T> values(total);
  if (total == 0) return values;
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle space(H5Dget_space(handle.get()), H5Sclose);
  const hsize_t offset[] = {first, 0, 0}, extent[] = {count, info.shape[1], info.shape[2]};
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, offset, nullptr, extent, nullptr);
  const hsize_t items = total;
  const Handle memory(H5Screate_simple(1, &items, nullptr), H5Sclose);
  if (H5Dread(handle.get(), native_type<T>(), memory.get(), space.get(), H5P_DEFAULT, values.data()) < 0)
    throw core::FormatError("cannot read {} ({}) the file is truncated or damaged", where(file, dataset),
                            last_error());
  return values;
}

void create_tiled_table(const File& file, const std::string& dataset, std::uint64_t rows,
                        std::uint64_t columns, Tiling tiling) {
  const hsize_t extents[] = {rows, columns};
  const Handle space(H5Screate_simple(2, extents, nullptr), H5Sclose);
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links.get(), 1);
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
  H5Pset_obj_track_times(creation.get(), false);  // same contents, same bytes
  if (rows != 0 && columns != 0) {
    const hsize_t chunk[] = {std::min<hsize_t>(tiling.rows, rows),
                             std::min<hsize_t>(tiling.columns, columns)};
    H5Pset_chunk(creation.get(), 2, chunk);
    if (tiling.deflate != 0) {
      H5Pset_shuffle(creation.get());
      H5Pset_deflate(creation.get(), static_cast<unsigned>(tiling.deflate));
    }
  }
  const Handle handle(H5Dcreate(file.id(), dataset.c_str(), native_type<double>(), space.get(), links.get(),
                                creation.get(), H5P_DEFAULT),
                      H5Dclose);
  check_write(handle.get(), file, dataset, "create dataset");
}

void write_columns_collective(const File& file, const std::string& dataset, std::uint64_t first,
                              std::uint64_t columns, std::span<const double> data) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle space(H5Dget_space(handle.get()), H5Sclose);
  const hsize_t total = data.size();
  const hsize_t offset[] = {0, first}, extent[] = {columns == 0 ? 0 : total / columns, columns};
  const Handle memory(H5Screate_simple(1, &total, nullptr), H5Sclose);
  if (total == 0) {
    H5Sselect_none(space.get());
    H5Sselect_none(memory.get());
  } else {
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, offset, nullptr, extent, nullptr);
  }
  const Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  if (file.parallel()) H5Pset_dxpl_mpio(transfer.get(), H5FD_MPIO_COLLECTIVE);
  static const double nothing = 0;
  check_write(H5Dwrite(handle.get(), native_type<double>(), memory.get(), space.get(), transfer.get(),
                       total == 0 ? &nothing : data.data()),
              file, dataset, "write");
}

template std::vector<double> read_pictures(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<float> read_pictures(const File&, const std::string&, std::uint64_t, std::uint64_t);
template std::vector<std::uint8_t> read_pictures(const File&, const std::string&, std::uint64_t,
                                                 std::uint64_t);

}  // namespace striate::io::h5
