// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/picture_file.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/hdf5/h5_slab.hpp"

namespace striate::lgn {
namespace {

PictureFile open_npy_pictures(const std::filesystem::path& path) {
  PictureFile file{.path = path, .dataset = "", .npy = io::open_npy(path)};
  if (file.npy.holds('u', 1))
    file.type = PixelType::uint8;
  else if (file.npy.holds('f', 4))
    file.type = PixelType::float32;
  else if (!file.npy.holds('f', 8))
    throw core::FormatError(
        "unsupported pixel type {}{} in {} (uint8, float32 and float64 are) convert it with "
        "array.astype('float32')",
        file.npy.kind, file.npy.item_bytes, path);
  if (file.npy.shape.size() != 3)
    throw core::FormatError("wrong shape ({}) of {} ({} dimensions, needed are 3: frames, rows, columns)",
                            fmt::join(file.npy.shape, ", "), path, file.npy.shape.size());
  file.count = file.npy.shape[0];
  file.rows = file.npy.shape[1];
  file.columns = file.npy.shape[2];
  return file;
}

PictureFile open_hdf5(const std::filesystem::path& path, const std::optional<std::string>& dataset) {
  const auto h5 = io::h5::File::open(path);
  std::string name;
  if (dataset) {
    name = *dataset;
  } else {
    std::vector<std::string> datasets;
    for (const auto& child : io::h5::children(h5, "/"))
      if (io::h5::is_dataset(h5, "/" + child)) datasets.push_back("/" + child);
    if (datasets.size() != 1)
      throw core::FormatError("{} holds {} datasets at its root (one is needed) name it with \"dataset\"",
                              path, datasets.size());
    name = datasets.front();
  }
  const auto info = io::h5::dataset_info(h5, name);
  if (info.shape.size() != 3)
    throw core::FormatError("wrong shape of {}:{} ({} dimensions, needed are 3: frames, rows, columns)", path,
                            name, info.shape.size());
  if (info.type != io::h5::TypeClass::integer && info.type != io::h5::TypeClass::floating)
    throw core::FormatError("wrong type of {}:{} (numbers are needed)", path, name);
  const bool narrow_float = info.type == io::h5::TypeClass::floating && info.item_bytes <= 4;
  return {.path = path,
          .dataset = name,
          .npy = {},
          .count = info.shape[0],
          .rows = info.shape[1],
          .columns = info.shape[2],
          .type = io::h5::holds_bytes(h5, name) ? PixelType::uint8
                  : narrow_float                ? PixelType::float32
                                                : PixelType::float64};
}

template <class T>
std::vector<T> read_as(const PictureFile& file, std::uint64_t first, std::uint64_t count) {
  const std::uint64_t pixels = file.rows * file.columns;
  auto values = file.dataset.empty()
                    ? io::read_npy<T>(file.npy, first * pixels, count * pixels)
                    : io::h5::read_pictures<T>(io::h5::File::open(file.path), file.dataset, first, count);
  if constexpr (std::is_floating_point_v<T>) {
    const auto bad = std::ranges::find_if(values, [](T value) { return !std::isfinite(value); });
    if (bad != values.end()) {
      const auto at = static_cast<std::uint64_t>(bad - values.begin());
      const std::uint64_t pixel = at % pixels;
      throw core::FormatError("pixel value {} in frame {}, row {}, column {} of {} (pixels must be finite)",
                              *bad, first + at / pixels, pixel / file.columns, pixel % file.columns,
                              file.path);
    }
  }
  return values;
}

}  // namespace

PictureFile open_pictures(const std::filesystem::path& path, const std::optional<std::string>& dataset,
                          const std::string& why) {
  core::require_readable(path, why);
  const auto suffix = path.extension();
  if (suffix == ".npy") return open_npy_pictures(path);
  if (suffix == ".h5" || suffix == ".hdf5") return open_hdf5(path, dataset);
  if (suffix == ".npz")
    throw core::ConfigError(
        "unsupported file {} at {} (.npz archives are not read) save the array with numpy.save", path, why);
  throw core::ConfigError("unsupported file {} at {} (.npy, .h5 and .hdf5 are read)", path, why);
}

PixelValues read_pictures(const PictureFile& file, std::uint64_t first, std::uint64_t count) {
  switch (file.type) {
    case PixelType::uint8:
      return read_as<std::uint8_t>(file, first, count);
    case PixelType::float32:
      return read_as<float>(file, first, count);
    case PixelType::float64:
      break;
  }
  return read_as<double>(file, first, count);
}

}  // namespace striate::lgn
