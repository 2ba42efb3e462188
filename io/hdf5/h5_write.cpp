// SPDX-License-Identifier: BSD-3-Clause

#include <algorithm>
#include <cassert>

#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5 {
namespace {

using internal::check_write;
using internal::made;
using internal::must;
using internal::Transfer;

void write_raw_attribute(const File& file, const std::string& object, const std::string& name, hid_t type,
                         hid_t space, const void* value) {
  const Handle target = internal::open_object(file, object);
  if (check_write(H5Aexists(target.get(), name.c_str()), file, object, "look for an attribute of") > 0)
    check_write(H5Adelete(target.get(), name.c_str()), file, object, "replace an attribute of");
  Handle attribute(H5Acreate(target.get(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  check_write(attribute.get(), file, object, "create an attribute of");
  check_write(H5Awrite(attribute.get(), type, value), file, object, "write an attribute of");
  internal::close_written(attribute, H5Aclose, file, object);
}

template <Number T>
void write_slab(const File& file, const std::string& dataset, std::uint64_t first, std::span<const T> data,
                Transfer mode) {
  const auto shape = dataset_info(file, dataset).shape;
  hsize_t row_items = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) row_items *= shape[i];
  // Nothing to write for anyone; HDF5 1.10 fails on it under MPI-IO (no address has been given out).
  if (shape.empty() || shape[0] == 0 || row_items == 0) return;
  internal::Block block{.offset = std::vector<hsize_t>(shape.size(), 0),
                        .extent = {shape.begin(), shape.end()}};
  block.offset[0] = first;
  block.extent[0] = data.size() / row_items;
  internal::write_block(file, dataset, native_type<T>(), block, data.data(), mode);
}

}  // namespace

void create_group(const File& file, const std::string& group) {
  if (is_group(file, group)) return;
  const Handle links = made(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  must(H5Pset_create_intermediate_group(links.get(), 1));
  const Handle creation = made(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
  must(H5Pset_obj_track_times(creation.get(), false));
  Handle handle(H5Gcreate(file.id(), group.c_str(), links.get(), creation.get(), H5P_DEFAULT), H5Gclose);
  check_write(handle.get(), file, group, "create group");
  internal::close_written(handle, H5Gclose, file, group);
}

void link_alias(const File& file, const std::string& existing, const std::string& alias) {
  check_write(H5Lcreate_hard(file.id(), existing.c_str(), file.id(), alias.c_str(), H5P_DEFAULT, H5P_DEFAULT),
              file, alias, "link");
}

template <Number T>
void create_dataset(const File& file, const std::string& dataset, std::span<const std::uint64_t> shape,
                    Storage storage) {
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  internal::Chunks chunks{.extents = {}, .deflate = storage.deflate};
  if (storage.chunk_rows != 0 && !extents.empty() && extents[0] != 0) {
    chunks.extents = extents;
    chunks.extents[0] = std::min<hsize_t>(storage.chunk_rows, extents[0]);
  }
  internal::create_dataset(file, dataset, native_type<T>(), extents, chunks);
}

template <Number T>
void create_constant(const File& file, const std::string& dataset, std::span<const std::uint64_t> shape,
                     T value) {
  assert(!file.parallel());
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  internal::create_dataset(file, dataset, native_type<T>(), extents, {}, &value);
}

std::uint64_t contiguous_offset(const File& file, const std::string& dataset) {
  const Handle handle = internal::open_dataset(file, dataset);
  const haddr_t offset = H5Dget_offset(handle.get());
  if (offset == HADDR_UNDEF)
    throw core::SystemError("{} has no place in the file yet (it is chunked or empty)",
                            internal::where(file, dataset));
  return offset;
}

template <Number T>
void write_rows_collective(const File& file, const std::string& dataset, std::uint64_t first,
                           std::span<const T> data) {
  write_slab(file, dataset, first, data, Transfer::collective);
}

template <Number T>
void write_rows(const File& file, const std::string& dataset, std::uint64_t first, std::span<const T> data) {
  write_slab(file, dataset, first, data, Transfer::independent);
}

template <Number T>
void write(const File& file, const std::string& dataset, std::span<const T> data, Storage storage) {
  const std::uint64_t shape[] = {data.size()};
  create_dataset<T>(file, dataset, shape, storage);
  write_slab(file, dataset, 0, file.is_root() ? data : std::span<const T>{}, Transfer::collective);
}

void write_attribute(const File& file, const std::string& object, const std::string& name,
                     const std::string& value) {
  const Handle space = made(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle type = internal::text_type(H5T_CSET_UTF8);  // what h5py (and so BMTK) writes and reads as str
  const char* text = value.c_str();
  write_raw_attribute(file, object, name, type.get(), space.get(), &text);
}

template <Number T>
void write_attribute(const File& file, const std::string& object, const std::string& name,
                     std::span<const T> values) {
  const hsize_t count = values.size();
  const Handle space =
      made(count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr), H5Sclose);
  write_raw_attribute(file, object, name, native_type<T>(), space.get(), values.data());
}

void write_enum_attribute(const File& file, const std::string& object, const std::string& name,
                          std::span<const std::string> names, std::int8_t value) {
  const Handle type = made(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
  std::int8_t member = 0;
  for (const auto& label : names) {
    must(H5Tenum_insert(type.get(), label.c_str(), &member));
    ++member;
  }
  const Handle space = made(H5Screate(H5S_SCALAR), H5Sclose);
  write_raw_attribute(file, object, name, type.get(), space.get(), &value);
}

void write_sonata_header(const File& file) {
  const std::uint32_t magic[] = {0x0A7A};
  const std::uint32_t version[] = {0, 1};
  write_attribute<std::uint32_t>(file, "/", "magic", magic);
  write_attribute<std::uint32_t>(file, "/", "version", version);
}

template void create_dataset<double>(const File&, const std::string&, std::span<const std::uint64_t>,
                                     Storage);
template void create_dataset<float>(const File&, const std::string&, std::span<const std::uint64_t>, Storage);
template void create_dataset<std::uint64_t>(const File&, const std::string&, std::span<const std::uint64_t>,
                                            Storage);
template void create_dataset<std::int64_t>(const File&, const std::string&, std::span<const std::uint64_t>,
                                           Storage);
template void create_dataset<std::uint32_t>(const File&, const std::string&, std::span<const std::uint64_t>,
                                            Storage);
template void create_dataset<std::uint16_t>(const File&, const std::string&, std::span<const std::uint64_t>,
                                            Storage);
template void create_dataset<std::uint8_t>(const File&, const std::string&, std::span<const std::uint64_t>,
                                           Storage);
template void create_constant(const File&, const std::string&, std::span<const std::uint64_t>, std::uint8_t);
template void create_constant(const File&, const std::string&, std::span<const std::uint64_t>, std::uint16_t);
template void write_rows_collective(const File&, const std::string&, std::uint64_t,
                                    std::span<const std::uint8_t>);
template void write_rows_collective(const File&, const std::string&, std::uint64_t, std::span<const double>);
template void write_rows_collective(const File&, const std::string&, std::uint64_t, std::span<const float>);
template void write_rows_collective(const File&, const std::string&, std::uint64_t,
                                    std::span<const std::uint64_t>);
template void write_rows_collective(const File&, const std::string&, std::uint64_t,
                                    std::span<const std::int64_t>);
template void write_rows_collective(const File&, const std::string&, std::uint64_t,
                                    std::span<const std::uint32_t>);
template void write_rows_collective(const File&, const std::string&, std::uint64_t,
                                    std::span<const std::uint16_t>);
template void write_rows(const File&, const std::string&, std::uint64_t, std::span<const std::uint8_t>);
template void write_rows(const File&, const std::string&, std::uint64_t, std::span<const double>);
template void write_rows(const File&, const std::string&, std::uint64_t, std::span<const float>);
template void write_rows(const File&, const std::string&, std::uint64_t, std::span<const std::uint64_t>);
template void write_rows(const File&, const std::string&, std::uint64_t, std::span<const std::int64_t>);
template void write_rows(const File&, const std::string&, std::uint64_t, std::span<const std::uint32_t>);
template void write_rows(const File&, const std::string&, std::uint64_t, std::span<const std::uint16_t>);
template void write(const File&, const std::string&, std::span<const std::uint8_t>, Storage);
template void write(const File&, const std::string&, std::span<const double>, Storage);
template void write(const File&, const std::string&, std::span<const float>, Storage);
template void write(const File&, const std::string&, std::span<const std::uint64_t>, Storage);
template void write(const File&, const std::string&, std::span<const std::int64_t>, Storage);
template void write(const File&, const std::string&, std::span<const std::uint32_t>, Storage);
template void write(const File&, const std::string&, std::span<const std::uint16_t>, Storage);
template void write_attribute(const File&, const std::string&, const std::string&, std::span<const double>);
template void write_attribute(const File&, const std::string&, const std::string&,
                              std::span<const std::uint64_t>);
template void write_attribute(const File&, const std::string&, const std::string&,
                              std::span<const std::int64_t>);
template void write_attribute(const File&, const std::string&, const std::string&,
                              std::span<const std::uint32_t>);

}  // namespace striate::io::h5
