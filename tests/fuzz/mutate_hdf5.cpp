// SPDX-License-Identifier: BSD-3-Clause
// Files that the HDF5 library finds nothing wrong with, and which no writer of ours would make.
#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "fuzz/mutate.hpp"

namespace striate::fuzz {
namespace {

struct Objects {
  std::vector<std::string> groups, datasets;
};

herr_t collect(hid_t, const char* name, const H5O_info_t* info, void* out) {
  auto& objects = *static_cast<Objects*>(out);
  const std::string path = std::string("/") + (std::string_view(name) == "." ? "" : name);
  if (info->type == H5O_TYPE_GROUP) objects.groups.push_back(path);
  if (info->type == H5O_TYPE_DATASET) objects.datasets.push_back(path);
  return 0;
}

std::vector<hsize_t> shape_of(hid_t dataset) {
  const hid_t space = H5Dget_space(dataset);
  std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
  H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  H5Sclose(space);
  return shape;
}

hsize_t count_of(const std::vector<hsize_t>& shape) {
  hsize_t count = 1;
  for (const auto extent : shape) count *= extent;
  return count;
}

std::vector<double> values_of(hid_t dataset) {
  const auto count = count_of(shape_of(dataset));
  std::vector<double> values(std::min<hsize_t>(count, 1 << 20));
  if (count != values.size() ||
      H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    values.assign(values.size(), 0);
  return values;
}

constexpr std::array<double, 14> values{0,
                                        -1,
                                        1,
                                        2,
                                        1e9,
                                        -1e9,
                                        1e308,
                                        -1e-320,
                                        65536,
                                        4294967295.0,
                                        18446744073709551615.0,
                                        std::numeric_limits<double>::quiet_NaN(),
                                        std::numeric_limits<double>::infinity(),
                                        0.5};

std::string change_value(hid_t dataset, const std::string& name, Dice& dice) {
  auto all = values_of(dataset);
  // Of a larger one not all values were read, and all would be written.
  if (all.empty() || all.size() != count_of(shape_of(dataset))) return "nothing";
  const auto at = dice.below(all.size());
  const auto value = dice.below(3) == 0 ? all[dice.below(all.size())] : dice.one_of(values);
  auto said = fmt::format("{}[{}]: {} -> {}", name, at, all[at], value);
  all[at] = value;
  H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data());
  return said;
}

/// The dataset once more, of another type, shape or storage.
std::string replace_dataset(hid_t file, const std::string& name, Dice& dice) {
  const hid_t old = H5Dopen(file, name.c_str(), H5P_DEFAULT);
  auto all = values_of(old);
  auto shape = shape_of(old);
  H5Dclose(old);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, H5T_VARIABLE);
  const std::array types{H5T_STD_I8LE,   H5T_STD_U64BE,  H5T_STD_I64LE, H5T_STD_U16LE,
                         H5T_IEEE_F32LE, H5T_IEEE_F64BE, H5T_STD_B8LE,  text};
  constexpr std::array type_names{"int8",    "uint64 big-endian",  "int64", "uint16",
                                  "float32", "float64 big-endian", "bits",  "texts"};
  const auto type = dice.below(types.size());
  std::string said = fmt::format("{} anew as {}", name, type_names[type]);
  switch (dice.below(6)) {
    case 0:
      if (!shape.empty()) shape[0] += 1;
      said += ", one row more";
      break;
    case 1:
      if (!shape.empty() && shape[0] > 0) shape[0] -= 1;
      said += ", one row less";
      break;
    case 2:
      shape.push_back(1);
      said += ", one dimension more";
      break;
    case 3:
      shape.clear();
      said += ", a single value";
      break;
    case 4:
      if (!shape.empty()) shape[0] = 1 << 20;
      said += ", a million rows without storage";
      break;
    default:
      break;
  }
  const auto count = count_of(shape);
  const bool stored = count <= 4096 && dice.below(6) != 0;
  if (!stored) said += ", nothing written";
  if (!shape.empty() && count != 0 && dice.below(3) == 0) {
    auto chunk = shape;
    chunk[0] = std::max<hsize_t>(1, chunk[0] / 3);
    H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data());
    H5Pset_shuffle(properties);
    H5Pset_deflate(properties, 4);
    said += ", compressed";
  }
  H5Ldelete(file, name.c_str(), H5P_DEFAULT);
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t made = H5Dcreate(file, name.c_str(), types[type], space, H5P_DEFAULT, properties, H5P_DEFAULT);
  if (stored && made >= 0) {
    all.resize(count, 3);
    std::vector<std::string> texts;
    for (const auto value : all) texts.push_back(fmt::format("{}", value));
    std::vector<const char*> pointers;
    for (const auto& one : texts) pointers.push_back(one.c_str());
    const bool is_text = types[type] == text;
    H5Dwrite(made, is_text ? text : H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
             is_text ? static_cast<const void*>(pointers.data()) : all.data());
  }
  if (made >= 0) H5Dclose(made);
  H5Sclose(space);
  H5Pclose(properties);
  H5Tclose(text);
  return said;
}

std::string change_links(hid_t file, const Objects& objects, Dice& dice) {
  const auto& name = dice.below(2) == 0 ? dice.one_of(objects.datasets) : dice.one_of(objects.groups);
  const auto& group = dice.one_of(objects.groups);
  const std::string added =
      (group == "/" ? "" : group) + "/" +
      dice.one_of(std::array<std::string, 7>{"0", "1", "v1", "lgn", "node_id", "timestamps", "a b"});
  switch (dice.below(6)) {
    case 0:
      if (name != "/") H5Ldelete(file, name.c_str(), H5P_DEFAULT);
      return fmt::format("{} removed", name);
    case 1:
      H5Lcreate_hard(file, name.c_str(), file, added.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      return fmt::format("{} is also {}", name, added);
    case 2:
      H5Lcreate_soft(added.c_str(), file, added.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      return fmt::format("{} leads to itself", added);
    case 3:
      H5Lcreate_external("elsewhere.h5", name.c_str(), file, added.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      return fmt::format("{} leads to another file", added);
    case 4:
      if (name != "/") H5Lmove(file, name.c_str(), file, (name + "x").c_str(), H5P_DEFAULT, H5P_DEFAULT);
      return fmt::format("{} renamed", name);
    default: {
      const hid_t made = H5Gcreate(file, added.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      if (made >= 0) H5Gclose(made);
      return fmt::format("an empty group {}", added);
    }
  }
}

std::string change_attribute(hid_t file, const Objects& objects, Dice& dice) {
  constexpr std::array names{"node_population", "units", "sorting", "magic", "version"};
  constexpr std::array texts{"v1", "lgn", "", "s", "ms", "hours", "by_time", "by_id", "none", "\xff\xfe"};
  const auto& object = dice.below(2) == 0 ? dice.one_of(objects.datasets) : dice.one_of(objects.groups);
  const char* name = dice.one_of(names);
  const hid_t target = H5Oopen(file, object.c_str(), H5P_DEFAULT);
  if (H5Aexists(target, name) > 0) H5Adelete(target, name);
  std::string said = fmt::format("{}@{}: ", object, name);
  const auto way = dice.below(4);
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, way == 0 ? H5T_VARIABLE : 8);
  const hsize_t two = 2;
  const hid_t space =
      way == 2 ? H5Screate_simple(1, &two, nullptr) : H5Screate(way == 3 ? H5S_NULL : H5S_SCALAR);
  const hid_t made =
      H5Acreate(target, name, way == 2 ? H5T_STD_I32LE : text, space, H5P_DEFAULT, H5P_DEFAULT);
  const char* value = dice.one_of(texts);
  char fixed[8] = {};
  std::copy_n(value, std::min<std::size_t>(8, std::string_view(value).size()), fixed);
  const int number_pair[] = {7, -7};
  if (made >= 0 && way != 3)
    H5Awrite(made, way == 2 ? H5T_NATIVE_INT : text,
             way == 0   ? static_cast<const void*>(&value)
             : way == 2 ? static_cast<const void*>(number_pair)
                        : fixed);
  said += way == 3   ? "no value"
          : way == 2 ? "two integers"
          : way == 0 ? "text of any length"
                     : "text of eight bytes";
  if (made >= 0) H5Aclose(made);
  H5Sclose(space);
  H5Tclose(text);
  H5Oclose(target);
  return said;
}

}  // namespace

std::string change_hdf5(const std::filesystem::path& path, Dice& dice) {
  H5Eset_auto(H5E_DEFAULT, nullptr, nullptr);
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  if (file < 0) return "nothing";
  Objects objects;
  H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, collect, &objects);
  std::string said = "nothing";
  if (!objects.datasets.empty() && !objects.groups.empty()) {
    const auto& dataset = dice.one_of(objects.datasets);
    switch (dice.below(8)) {
      case 0:
      case 1:
      case 2: {
        const hid_t opened = H5Dopen(file, dataset.c_str(), H5P_DEFAULT);
        said = change_value(opened, dataset, dice);
        H5Dclose(opened);
        break;
      }
      case 3:
      case 4:
        said = replace_dataset(file, dataset, dice);
        break;
      case 5:
        said = change_attribute(file, objects, dice);
        break;
      default:
        said = change_links(file, objects, dice);
        break;
    }
  }
  H5Fclose(file);
  return said;
}

}  // namespace striate::fuzz
