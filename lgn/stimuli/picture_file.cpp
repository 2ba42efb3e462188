// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/picture_file.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>

#include "core/error.hpp"
#include "io/hdf5/h5_slab.hpp"

namespace striate::lgn {
namespace {

static_assert(std::endian::native == std::endian::little);

std::size_t pixel_bytes(PixelType type) {
  return type == PixelType::uint8 ? 1 : type == PixelType::float32 ? 4 : 8;
}

/// The text after 'key': in the header of a .npy file, which is the text of a Python dictionary.
std::string_view header_value(std::string_view header, std::string_view key,
                              const std::filesystem::path& path) {
  const auto quoted = fmt::format("'{}':", key);
  const auto at = header.find(quoted);
  if (at == std::string_view::npos)
    throw core::FormatError("no {} in the header of {} (not a NumPy file, or damaged)", key, path);
  auto rest = header.substr(at + quoted.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest;
}

void parse_type(std::string_view text, PictureFile& file) {
  const auto is = [&](std::string_view code) { return text.substr(1, 3) == code; };
  const char order = text.size() > 1 ? text[1] : ' ';
  file.byte_swapped = order == '>';
  if (text.starts_with("'") && (order == '<' || order == '>' || order == '|' || order == '=')) {
    if (is(fmt::format("{}u1", order))) {
      file.type = PixelType::uint8;
      return;
    }
    if (is(fmt::format("{}f4", order))) {
      file.type = PixelType::float32;
      return;
    }
    if (is(fmt::format("{}f8", order))) {
      file.type = PixelType::float64;
      return;
    }
  }
  throw core::FormatError(
      "unsupported pixel type {} in {} (uint8, float32 and float64 are) convert it with "
      "array.astype('float32')",
      text.substr(0, text.find(',')), file.path);
}

void parse_shape(std::string_view text, PictureFile& file) {
  std::vector<std::uint64_t> shape;
  const auto close = text.find(')');
  if (!text.starts_with("(") || close == std::string_view::npos)
    throw core::FormatError("damaged shape in the header of {} (a tuple is needed)", file.path);
  const auto list = text.substr(1, close - 1);
  for (std::size_t at = 0; at < list.size();) {
    if (list[at] == ' ' || list[at] == ',') {
      ++at;
      continue;
    }
    std::uint64_t extent = 0;
    const auto [end, error] = std::from_chars(list.data() + at, list.data() + list.size(), extent);
    if (error != std::errc())
      throw core::FormatError("damaged shape ({}) in the header of {}", list, file.path);
    shape.push_back(extent);
    at = static_cast<std::size_t>(end - list.data());
  }
  if (shape.size() != 3)
    throw core::FormatError("wrong shape ({}) of {} ({} dimensions, needed are 3: frames, rows, columns)",
                            list, file.path, shape.size());
  file.count = shape[0];
  file.rows = shape[1];
  file.columns = shape[2];
}

void check_npy_size(const PictureFile& file) {
  const std::uint64_t present = std::filesystem::file_size(file.path) - file.data_offset;
  std::uint64_t needed = pixel_bytes(file.type);
  bool fits = true;
  for (const auto extent : {file.count, file.rows, file.columns}) {
    fits = fits && (extent == 0 || needed <= present / extent);
    needed *= extent;
  }
  if (!fits)
    throw core::FormatError("{} is truncated (its header announces {} x {} x {} pixels, {} bytes are there)",
                            file.path, file.count, file.rows, file.columns, present);
}

PictureFile open_npy(const std::filesystem::path& path) {
  constexpr std::string_view magic = "\x93NUMPY";
  std::ifstream in(path, std::ios::binary);
  char start[8] = {};
  in.read(start, sizeof start);
  if (!in || std::string_view(start, 6) != magic)
    throw core::FormatError("{} is not a NumPy .npy file (it does not start as one)", path);
  const int version = start[6];
  if (version < 1 || version > 3)
    throw core::FormatError("unknown version {} of the NumPy file {} (1 to 3 are known)", version, path);
  unsigned char size_bytes[4] = {};
  const int size_width = version == 1 ? 2 : 4;
  in.read(reinterpret_cast<char*>(size_bytes), size_width);
  std::uint32_t header_size = 0;
  std::memcpy(&header_size, size_bytes, sizeof header_size);
  const auto data_offset = 8u + static_cast<std::uint64_t>(size_width) + header_size;
  if (!in || data_offset > std::filesystem::file_size(path))
    throw core::FormatError("{} is truncated (its header is incomplete)", path);
  std::string header(header_size, '\0');
  in.read(header.data(), header_size);
  PictureFile file{.path = path, .dataset = "", .data_offset = data_offset};
  parse_type(header_value(header, "descr", path), file);
  if (!header_value(header, "fortran_order", path).starts_with("False"))
    throw core::FormatError("{} is in Fortran order (C order is needed) save numpy.ascontiguousarray(array)",
                            path);
  parse_shape(header_value(header, "shape", path), file);
  check_npy_size(file);
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
          .count = info.shape[0],
          .rows = info.shape[1],
          .columns = info.shape[2],
          .type = io::h5::holds_bytes(h5, name) ? PixelType::uint8
                  : narrow_float                ? PixelType::float32
                                                : PixelType::float64};
}

template <class T>
std::vector<T> read_npy(const PictureFile& file, std::uint64_t first, std::uint64_t count) {
  const std::uint64_t pixels = file.rows * file.columns;
  std::vector<T> values(count * pixels);
  std::ifstream in(file.path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(file.data_offset + first * pixels * sizeof(T)));
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!in) throw core::SystemError("cannot read pictures {} to {} of {}", first, first + count, file.path);
  if (file.byte_swapped && sizeof(T) > 1)
    for (T& value : values) {
      auto* bytes = reinterpret_cast<char*>(&value);
      std::reverse(bytes, bytes + sizeof(T));
    }
  return values;
}

template <class T>
std::vector<T> read_as(const PictureFile& file, std::uint64_t first, std::uint64_t count) {
  auto values = file.dataset.empty()
                    ? read_npy<T>(file, first, count)
                    : io::h5::read_pictures<T>(io::h5::File::open(file.path), file.dataset, first, count);
  if constexpr (std::is_floating_point_v<T>) {
    const auto bad = std::ranges::find_if(values, [](T value) { return !std::isfinite(value); });
    if (bad != values.end()) {
      const auto at = static_cast<std::uint64_t>(bad - values.begin());
      const std::uint64_t pixel = at % (file.rows * file.columns);
      throw core::FormatError("pixel value {} in frame {}, row {}, column {} of {} (pixels must be finite)",
                              *bad, first + at / (file.rows * file.columns), pixel / file.columns,
                              pixel % file.columns, file.path);
    }
  }
  return values;
}

}  // namespace

PictureFile open_pictures(const std::filesystem::path& path, const std::optional<std::string>& dataset,
                          const std::string& why) {
  core::require_readable(path, why);
  const auto suffix = path.extension();
  if (suffix == ".npy") return open_npy(path);
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
