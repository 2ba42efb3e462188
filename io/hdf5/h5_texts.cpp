// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5_texts.hpp"

#include <algorithm>
#include <vector>

#include "io/hdf5/h5_internal.hpp"

namespace striate::io::h5 {
namespace {

using internal::check_write;
using internal::made;
using internal::must;

std::vector<const char*> pointers(std::span<const std::string> texts) {
  std::vector<const char*> list;
  for (const auto& text : texts) list.push_back(text.c_str());
  return list;
}

Handle line_of(hsize_t count) {
  return made(H5Screate_simple(1, &count, nullptr), H5Sclose);
}
Handle point() {
  return made(H5Screate(H5S_SCALAR), H5Sclose);
}

void write_dataset(const File& file, const std::string& name, hid_t type, const Handle& space,
                   const void* values) {
  const Handle links = made(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  must(H5Pset_create_intermediate_group(links.get(), 1));
  const Handle creation = made(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  must(H5Pset_obj_track_times(creation.get(), false));  // same contents, same bytes
  Handle dataset(
      H5Dcreate(file.id(), name.c_str(), type, space.get(), links.get(), creation.get(), H5P_DEFAULT),
      H5Dclose);
  check_write(dataset.get(), file, name, "create dataset");
  if (values != nullptr)
    check_write(H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), file, name, "write");
  internal::close_written(dataset, H5Dclose, file, name);
}

void write_raw_attribute(const File& file, const std::string& object, const std::string& name, hid_t type,
                         const Handle& space, const void* values) {
  const Handle target = internal::open_object(file, object);
  Handle attribute(H5Acreate(target.get(), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                   H5Aclose);
  check_write(attribute.get(), file, object, "create an attribute of");
  if (values != nullptr)
    check_write(H5Awrite(attribute.get(), type, values), file, object, "write an attribute of");
  internal::close_written(attribute, H5Aclose, file, object);
}

hobj_ref_t reference_to(const File& file, const std::string& target) {
  hobj_ref_t reference{};
  check_write(H5Rcreate(&reference, file.id(), target.c_str(), H5R_OBJECT, -1), file, target, "point to");
  return reference;
}

}  // namespace

void write_texts(const File& file, const std::string& dataset, std::span<const std::string> texts) {
  const auto values = pointers(texts);
  write_dataset(file, dataset, internal::text_type(H5T_CSET_UTF8).get(), line_of(texts.size()),
                texts.empty() ? nullptr : values.data());
}

void write_padded_texts(const File& file, const std::string& dataset, std::span<const std::string> texts) {
  std::size_t longest = 1;
  for (const auto& text : texts) longest = std::max(longest, text.size());
  std::string rows;
  for (const auto& text : texts) rows += text + std::string(longest - text.size(), '\0');
  const Handle type = made(H5Tcopy(H5T_C_S1), H5Tclose);
  must(H5Tset_size(type.get(), longest));
  must(H5Tset_strpad(type.get(), H5T_STR_NULLPAD));
  must(H5Tset_cset(type.get(), H5T_CSET_UTF8));
  write_dataset(file, dataset, type.get(), line_of(texts.size()),
                texts.empty() || !file.is_root() ? nullptr : rows.data());
}

void write_text(const File& file, const std::string& dataset, const std::string& text) {
  const char* value = text.c_str();
  write_dataset(file, dataset, internal::text_type(H5T_CSET_UTF8).get(), point(), &value);
}

void write_text_list_attribute(const File& file, const std::string& object, const std::string& name,
                               std::span<const std::string> texts) {
  const auto values = pointers(texts);
  write_raw_attribute(file, object, name, internal::text_type(H5T_CSET_UTF8).get(), line_of(texts.size()),
                      texts.empty() ? nullptr : values.data());
}

void write_reference_attribute(const File& file, const std::string& object, const std::string& name,
                               const std::string& target) {
  const auto reference = reference_to(file, target);
  write_raw_attribute(file, object, name, H5T_STD_REF_OBJ, point(), &reference);
}

}  // namespace striate::io::h5
