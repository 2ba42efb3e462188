// SPDX-License-Identifier: BSD-3-Clause
// Parts of datasets of any rank: what reading, writing and creating have in common.

#include <algorithm>
#include <numeric>

#include "core/pulse/pulse.hpp"
#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5::internal {
namespace {

std::string filter_name(H5Z_filter_t filter, const char* name_in_file) {
  switch (filter) {  // numbers as registered with the HDF Group
    case H5Z_FILTER_DEFLATE:
      return "gzip";
    case H5Z_FILTER_SZIP:
      return "szip";
    case 307:
      return "bzip2";
    case 32000:
      return "lzf";
    case 32001:
      return "blosc";
    case 32004:
      return "lz4";
    case 32008:
      return "bitshuffle";
    case 32013:
      return "zfp";
    case 32015:
      return "zstd";
    case 32026:
      return "blosc2";
    default:
      return *name_in_file != '\0' ? fmt::format("'{}' (filter {})", name_in_file, filter)
                                   : fmt::format("filter {}", filter);
  }
}

/// The first filter of a dataset that this library does not have.
std::optional<std::string> missing_filter(const Handle& dataset) {
  const Handle properties = made(H5Dget_create_plist(dataset.get()), H5Pclose);
  const int filters = H5Pget_nfilters(properties.get());
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    char name[64] = "";
    const auto filter = H5Pget_filter2(properties.get(), static_cast<unsigned>(i), &flags, &values, nullptr,
                                       sizeof name, name, &config);
    if (filter >= 0 && H5Zfilter_avail(filter) <= 0) return filter_name(filter, name);
  }
  return std::nullopt;
}

/// Chunks that a dataset of these extents has when all are there.
std::uint64_t chunks_needed(hid_t properties, std::span<const std::uint64_t> shape, const File& file,
                            const std::string& dataset) {
  std::vector<hsize_t> chunk(shape.size());
  check_read(H5Pget_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), file, dataset);
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < chunk.size(); ++i)
    if (chunk[i] != 0) count *= shape[i] / chunk[i] + (shape[i] % chunk[i] == 0 ? 0 : 1);
  return count;
}

/// That the file holds what the dataset announces: one look at its storage.
void require_stored(const File& file, const std::string& dataset, std::span<const std::uint64_t> shape,
                    std::uint64_t bytes) {
  const Handle handle = open_dataset(file, dataset);
  const Handle properties = read_handle(H5Dget_create_plist(handle.get()), H5Pclose, file, dataset);
  const auto layout = check_read(H5Pget_layout(properties.get()), file, dataset);
  if (check_read(H5Pget_external_count(properties.get()), file, dataset) != 0)
    throw core::FormatError(
        "dataset {} keeps its values in other files (external storage, which is not read) put them into this "
        "one: "
        "h5repack IN OUT",
        where(file, dataset));
  H5D_fill_value_t fill = H5D_FILL_VALUE_UNDEFINED;
  check_read(H5Pfill_value_defined(properties.get(), &fill), file, dataset);
  if (bytes == 0 || fill == H5D_FILL_VALUE_USER_DEFINED) return;
  const Handle type = read_handle(H5Dget_type(handle.get()), H5Tclose, file, dataset);
  const bool in_heap = H5Tdetect_class(type.get(), H5T_VLEN) > 0 || H5Tis_variable_str(type.get()) > 0;
  if (layout == H5D_CONTIGUOUS &&
      !in_heap) {  // references to a heap have another size in files than in memory
    const auto stored = H5Dget_storage_size(handle.get());
    if (stored != 0 && stored != bytes)
      throw core::FormatError("dataset {} announces {} bytes and has {} (the file is damaged)",
                              where(file, dataset), bytes, stored);
  } else if (layout == H5D_CHUNKED) {
    hsize_t stored = 0;
    const Handle space = read_handle(H5Dget_space(handle.get()), H5Sclose, file, dataset);
    check_read(H5Dget_num_chunks(handle.get(), space.get(), &stored), file, dataset);
    const auto needed = chunks_needed(properties.get(), shape, file, dataset);
    if (stored != 0 && stored < needed)
      throw core::FormatError(
          "dataset {} has {} of the {} chunks that it announces (the file is damaged, or was not written to "
          "its end)",
          where(file, dataset), stored, needed);
  }
}

}  // namespace

hsize_t Block::count() const {
  return std::accumulate(extent.begin(), extent.end(), hsize_t{1}, std::multiplies<>());
}

std::vector<hsize_t> extents_of(hid_t space, const File& file, const std::string& dataset) {
  const int rank = check_read(H5Sget_simple_extent_ndims(space), file, dataset);
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  if (rank > 0) check_read(H5Sget_simple_extent_dims(space, extents.data(), nullptr), file, dataset);
  return extents;
}

void require_believable(const File& file, const std::string& dataset, std::span<const std::uint64_t> shape,
                        std::size_t item_bytes) {
  constexpr std::uint64_t most_compression = 1100;  // gzip's best, roughly
  const std::uint64_t limit = (file.size_bytes() + 4096) * most_compression;
  std::uint64_t bytes = item_bytes;
  for (const auto extent : shape) {
    if (extent != 0 && bytes > limit / extent)
      throw core::FormatError(
          "dataset {} announces more data than a file of {} bytes can hold (the file is damaged)",
          where(file, dataset), file.size_bytes());
    bytes *= extent;
  }
  if (file.is_known_whole(dataset)) return;
  require_stored(file, dataset, shape, bytes);
  file.note_whole(dataset);
}

void read_values(const Handle& dataset, hid_t type, hid_t memory, hid_t space, void* values, const File& file,
                 const std::string& name) {
  if (H5Dread(dataset.get(), type, memory, space, H5P_DEFAULT, values) >= 0) return;
  const auto reason = last_error();
  if (const auto filter = missing_filter(dataset))
    throw core::FormatError(
        "cannot read {} (it is compressed with {}, which this HDF5 library lacks) repack it where that is "
        "known: h5repack -f GZIP=4 IN OUT",
        where(file, name), *filter);
  throw core::FormatError("cannot read {} ({}) the file is truncated or damaged", where(file, name), reason);
}

void read_block(const Handle& opened, const File& file, const std::string& dataset, hid_t type,
                const Block& block, void* values) {
  const hsize_t total = block.count();
  if (total == 0) return;
  const Handle space = read_handle(H5Dget_space(opened.get()), H5Sclose, file, dataset);
  check_read(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, block.offset.data(), nullptr,
                                 block.extent.data(), nullptr),
             file, dataset);
  const Handle memory = made(H5Screate_simple(1, &total, nullptr), H5Sclose);
  read_values(opened, type, memory.get(), space.get(), values, file, dataset);
}

void read_block(const File& file, const std::string& dataset, hid_t type, const Block& block, void* values) {
  if (block.count() != 0) read_block(open_dataset(file, dataset), file, dataset, type, block, values);
}

void write_block(const File& file, const std::string& dataset, hid_t type, const Block& block,
                 const void* values, Transfer transfer) {
  Handle handle = open_dataset(file, dataset);
  const Handle space = read_handle(H5Dget_space(handle.get()), H5Sclose, file, dataset);
  const hsize_t total = block.count();
  const Handle memory = made(H5Screate_simple(1, &total, nullptr), H5Sclose);
  if (total == 0) {
    must(H5Sselect_none(space.get()));
    must(H5Sselect_none(memory.get()));
  } else {
    must(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, block.offset.data(), nullptr, block.extent.data(),
                             nullptr));
  }
  const Handle properties = made(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  if (file.parallel())
    must(H5Pset_dxpl_mpio(properties.get(),
                          transfer == Transfer::collective ? H5FD_MPIO_COLLECTIVE : H5FD_MPIO_INDEPENDENT));
  const core::pulse::Waiting waiting(file.parallel() && transfer == Transfer::collective ? "H5Dwrite"
                                                                                         : nullptr);
  static constexpr double nothing = 0;  // HDF5 wants an address even for no values
  check_write(H5Dwrite(handle.get(), type, memory.get(), space.get(), properties.get(),
                       total == 0 ? &nothing : values),
              file, dataset, "write");
  close_written(handle, H5Dclose, file, dataset);
}

void create_dataset(const File& file, const std::string& dataset, hid_t type,
                    std::span<const hsize_t> extents, const Chunks& chunks, const void* constant) {
  const Handle space =
      made(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
  const Handle links = made(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  must(H5Pset_create_intermediate_group(links.get(), 1));
  const Handle creation = made(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (constant == nullptr) {
    must(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER));
  } else {
    must(H5Pset_fill_value(creation.get(), type, constant));
    must(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_LATE));
  }
  must(H5Pset_obj_track_times(creation.get(), false));  // same contents, same bytes
  if (!chunks.extents.empty()) {
    must(H5Pset_chunk(creation.get(), static_cast<int>(chunks.extents.size()), chunks.extents.data()));
    if (chunks.deflate != 0) {
      must(H5Pset_shuffle(creation.get()));
      must(H5Pset_deflate(creation.get(), static_cast<unsigned>(chunks.deflate)));
    }
  } else if (constant == nullptr) {
    must(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY));
  }
  const core::pulse::Waiting waiting(file.parallel() ? "H5Dcreate" : nullptr);
  Handle handle(
      H5Dcreate(file.id(), dataset.c_str(), type, space.get(), links.get(), creation.get(), H5P_DEFAULT),
      H5Dclose);
  check_write(handle.get(), file, dataset, "create dataset");
  close_written(handle, H5Dclose, file, dataset);
}

Handle text_type(H5T_cset_t characters) {
  Handle type = made(H5Tcopy(H5T_C_S1), H5Tclose);
  must(H5Tset_size(type.get(), H5T_VARIABLE));
  must(H5Tset_cset(type.get(), characters));
  return type;
}

}  // namespace striate::io::h5::internal
