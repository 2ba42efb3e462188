// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/probe_walk.hpp"

#include <algorithm>
#include <set>

#include "io/hdf5/h5_internal.hpp"
#include "io/hdf5/h5_slab.hpp"

namespace striate::io::h5 {
namespace {

using internal::check_read;
using internal::open_object;
using internal::read_handle;

struct Walk {
  const File& file;
  const std::function<void()>& step;
  std::set<std::pair<unsigned long, haddr_t>> seen = {};  ///< objects: links may run in circles
  bool leads_out = false;
};

/// One piece of the file; refusals of the library are answers too.
template <class Work>
void attempt(Walk& walk, const Work& work) {
  walk.step();
  try {
    work();
  } catch (const core::FormatError&) {
  } catch (const core::SystemError&) {
  }
}

/// Texts of variable length lie in heaps; all of them are looked up.
void walk_attribute(Walk& walk, hid_t object, const std::string& owner, const std::string& name) {
  const auto& file = walk.file;
  const auto attribute = read_handle(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, file, owner);
  const auto type = read_handle(H5Aget_type(attribute.get()), H5Tclose, file, owner);
  const auto space = read_handle(H5Aget_space(attribute.get()), H5Sclose, file, owner);
  const auto values = check_read(H5Sget_simple_extent_npoints(space.get()), file, owner);
  constexpr hssize_t most_values = 1 << 20;  // nobody reads lists in attributes
  if (H5Tget_class(type.get()) != H5T_STRING || values <= 0 || values > most_values) return;
  if (check_read(H5Tis_variable_str(type.get()), file, owner) <= 0) return;
  std::vector<char*> texts(static_cast<std::size_t>(values), nullptr);
  const auto memory = internal::text_type(H5Tget_cset(type.get()));
  check_read(H5Aread(attribute.get(), memory.get(), texts.data()), file, owner);
  internal::must(H5Dvlen_reclaim(memory.get(), space.get(), H5P_DEFAULT, texts.data()));
}

void walk_attributes(Walk& walk, const std::string& path) {
  attempt(walk, [&] {
    const auto object = open_object(walk.file, path);
    std::vector<std::string> names;
    const auto append = [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
      static_cast<std::vector<std::string>*>(out)->emplace_back(name);
      return 0;
    };
    hsize_t index = 0;
    check_read(H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_INC, &index, append, &names), walk.file,
               path);
    for (const auto& name : names) attempt(walk, [&] { walk_attribute(walk, object.get(), path, name); });
  });
}

void walk_texts(Walk& walk, const std::string& path, std::uint64_t rows) {
  constexpr std::uint64_t block = 1 << 16;
  for (std::uint64_t first = 0; first < rows; first += block)
    attempt(walk, [&] { read_string_rows(walk.file, path, first, std::min(block, rows - first)); });
}

/// The first and the last, through whatever filters there are.
void walk_numbers(Walk& walk, const std::string& path, const DatasetInfo& info) {
  internal::require_believable(walk.file, path, info.shape, info.item_bytes);
  if (info.shape.empty() || info.count() == 0) return;
  internal::Block block{.offset = std::vector<hsize_t>(info.shape.size(), 0),
                        .extent = std::vector<hsize_t>(info.shape.size(), 1)};
  double value = 0;
  internal::read_block(walk.file, path, H5T_NATIVE_DOUBLE, block, &value);
  for (std::size_t i = 0; i < info.shape.size(); ++i) block.offset[i] = info.shape[i] - 1;
  walk.step();
  internal::read_block(walk.file, path, H5T_NATIVE_DOUBLE, block, &value);
}

void walk_dataset(Walk& walk, const std::string& path) {
  DatasetInfo info;
  attempt(walk, [&] {
    info = dataset_info(walk.file, path);
    const auto dataset = internal::open_dataset(walk.file, path);
    walk.step();
    H5Dget_storage_size(dataset.get());  // sums over all chunks
  });
  if (info.type == TypeClass::string && info.shape.size() == 1) walk_texts(walk, path, info.shape[0]);
  if (info.type == TypeClass::integer || info.type == TypeClass::floating)
    attempt(walk, [&] { walk_numbers(walk, path, info); });
}

void walk_group(Walk& walk, const std::string& path, int depth);

void walk_link(Walk& walk, const std::string& path, int depth) {
  H5L_info_t link;
  check_read(H5Lget_info(walk.file.id(), path.c_str(), &link, H5P_DEFAULT), walk.file, path);
  walk.leads_out = walk.leads_out || (link.type != H5L_TYPE_HARD && link.type != H5L_TYPE_SOFT);
  H5O_info_t object;
  check_read(H5Oget_info_by_name2(walk.file.id(), path.c_str(), &object, H5O_INFO_BASIC, H5P_DEFAULT),
             walk.file, path);
  if (!walk.seen.emplace(object.fileno, object.addr).second) return;
  walk_attributes(walk, path);
  if (object.type == H5O_TYPE_GROUP) walk_group(walk, path, depth + 1);
  if (object.type == H5O_TYPE_DATASET) walk_dataset(walk, path);
}

void walk_group(Walk& walk, const std::string& path, int depth) {
  constexpr int deepest = 64;
  if (depth > deepest) return;
  std::vector<std::string> names;
  attempt(walk, [&] { names = children(walk.file, path); });
  for (const auto& name : names)
    attempt(walk, [&] { walk_link(walk, (path == "/" ? "" : path) + "/" + name, depth); });
}

}  // namespace

bool walk_through(const std::filesystem::path& path, const std::function<void()>& step) {
  step();
  try {
    const auto file = File::open(path);
    Walk walk{.file = file, .step = step};
    walk_attributes(walk, "/");
    walk_group(walk, "/", 0);
    return !walk.leads_out;
  } catch (const core::Error&) {
    return true;  // refused at the door
  }
}

}  // namespace striate::io::h5
