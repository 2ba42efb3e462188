// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/npy.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "core/errors/error.hpp"

namespace striate::io {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "\x93NUMPY";

/// The text after 'key': in the header's dictionary.
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

/// '<f4' and the like.
void parse_type(std::string_view text, NpyFile& file) {
  const bool complete = text.size() >= 5 && text[0] == '\'' && text[4] == '\'';
  const char order = complete ? text[1] : ' ', kind = complete ? text[2] : ' ';
  const bool known_order = order == '<' || order == '>' || order == '|' || order == '=';
  const bool known_kind = kind == 'f' || kind == 'i' || kind == 'u' || kind == 'b';
  const char bytes = complete ? text[3] : ' ';
  if (!known_order || !known_kind || (bytes != '1' && bytes != '2' && bytes != '4' && bytes != '8'))
    throw core::FormatError("unsupported type {} in {} (numbers are needed) convert it with array.astype",
                            text.substr(0, text.find(',')), file.path);
  file.kind = kind;
  file.item_bytes = static_cast<std::size_t>(bytes - '0');
  file.byte_swapped = order == '>' && file.item_bytes > 1;
}

void parse_shape(std::string_view text, NpyFile& file) {
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
    file.shape.push_back(extent);
    at = static_cast<std::size_t>(end - list.data());
  }
}

void check_size(const NpyFile& file) {
  const std::uint64_t present = std::filesystem::file_size(file.path) - file.data_offset;
  std::uint64_t needed = file.item_bytes;
  bool fits = true;
  for (const auto extent : file.shape) {
    fits = fits && (extent == 0 || needed <= present / extent);
    needed *= extent;
  }
  if (!fits || needed > present)
    throw core::FormatError("{} is truncated (its header announces {} items of {} bytes, {} bytes are there)",
                            file.path, fmt::join(file.shape, " x "), file.item_bytes, present);
}

constexpr std::string_view type_text(NpyType type) {
  switch (type) {
    case NpyType::float16:
      return "<f2";
    case NpyType::float64:
      return "<f8";
    case NpyType::int16:
      return "<i2";
    case NpyType::int64:
      return "<i8";
  }
  return {};
}

template <class T>
void append_bytes(std::string& bytes, std::span<const T> values) {
  const auto raw = std::as_bytes(values);
  bytes.append(reinterpret_cast<const char*>(raw.data()), raw.size());
}

template <class T, class Convert>
std::string converted(std::span<const double> values, Convert convert) {
  std::vector<T> items(values.size());
  std::ranges::transform(values, items.begin(), convert);
  std::string bytes;
  append_bytes(bytes, std::span<const T>(items));
  return bytes;
}

/// IEEE half precision, to the nearest, ties to even.
std::uint16_t half_of(double value) {
  constexpr int mantissa_bits = 10, bias = 15;
  constexpr double smallest_normal = 0x1p-14, subnormal_unit = 0x1p-24, rounds_to_infinity = 65520;
  const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
  if (std::isnan(value)) return sign | 0x7e00;
  const double size = std::abs(value);
  if (size >= rounds_to_infinity) return sign | 0x7c00;
  if (size < smallest_normal) return sign | static_cast<std::uint16_t>(std::nearbyint(size / subnormal_unit));
  int exponent = 0;
  const double mantissa = std::nearbyint(std::ldexp(std::frexp(size, &exponent), mantissa_bits + 1));
  const int without_leading =
      static_cast<int>(mantissa) - (1 << mantissa_bits);  // may carry into the exponent
  return sign | static_cast<std::uint16_t>(((exponent - 1 + bias) << mantissa_bits) + without_leading);
}

template <class T>
T whole(double value) {
  constexpr double low = static_cast<double>(std::numeric_limits<T>::min());
  if (!(value >= low && value < -low) || value != std::floor(value))
    throw core::FormatError("{} in an array of whole numbers of {} bytes (it does not fit)", value,
                            sizeof(T));
  return static_cast<T>(value);
}

}  // namespace

NpyFile open_npy(const std::filesystem::path& path) {
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
  NpyFile file{.path = path, .shape = {}};
  file.data_offset = 8u + static_cast<std::uint64_t>(size_width) + header_size;
  if (!in || file.data_offset > std::filesystem::file_size(path))
    throw core::FormatError("{} is truncated (its header is incomplete)", path);
  std::string header(header_size, '\0');
  in.read(header.data(), static_cast<std::streamsize>(header_size));
  parse_type(header_value(header, "descr", path), file);
  if (!header_value(header, "fortran_order", path).starts_with("False"))
    throw core::FormatError("{} is in Fortran order (C order is needed) save numpy.ascontiguousarray(array)",
                            path);
  parse_shape(header_value(header, "shape", path), file);
  check_size(file);
  return file;
}

template <class T>
std::vector<T> read_npy(const NpyFile& file, std::uint64_t first, std::uint64_t count) {
  std::vector<T> values(count);
  std::ifstream in(file.path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(file.data_offset + first * sizeof(T)));
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!in) throw core::SystemError("cannot read items {} to {} of {}", first, first + count, file.path);
  if (file.byte_swapped)
    for (T& value : values) {
      auto* bytes = reinterpret_cast<char*>(&value);
      std::reverse(bytes, bytes + sizeof(T));
    }
  return values;
}

template std::vector<std::uint8_t> read_npy(const NpyFile&, std::uint64_t, std::uint64_t);
template std::vector<float> read_npy(const NpyFile&, std::uint64_t, std::uint64_t);
template std::vector<double> read_npy(const NpyFile&, std::uint64_t, std::uint64_t);

/// Version 1, padded so that the values begin at a multiple of 64 bytes.
std::string npy_header(NpyType type, const std::vector<std::uint64_t>& shape) {
  std::string extents;
  for (const auto extent : shape) extents += fmt::format("{}, ", extent);
  if (shape.size() > 1) extents.resize(extents.size() - 2);
  if (shape.size() == 1) extents.pop_back();  // a tuple of one is written "(3,)"
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type_text(type), extents);
  constexpr std::size_t preamble = magic.size() + 4, alignment = 64;
  header.resize((preamble + header.size() + 1 + alignment - 1) / alignment * alignment - preamble - 1, ' ');
  header += '\n';
  std::string result(magic);
  result += '\x01';
  result += '\0';
  result += static_cast<char>(header.size() & 0xff);
  result += static_cast<char>(header.size() >> 8);
  return result + header;
}

std::string npy_values(NpyType type, std::span<const double> values) {
  switch (type) {
    case NpyType::float16:
      return converted<std::uint16_t>(values, half_of);
    case NpyType::float64:
      return converted<double>(values, [](double value) { return value; });
    case NpyType::int16:
      return converted<std::int16_t>(values, whole<std::int16_t>);
    case NpyType::int64:
      return converted<std::int64_t>(values, whole<std::int64_t>);
  }
  return {};
}

std::string npy_bytes(std::span<const double> values, const std::vector<std::uint64_t>& shape) {
  return npy_header(NpyType::float64, shape) + npy_values(NpyType::float64, values);
}

std::string npy_bytes(std::span<const std::int64_t> values, const std::vector<std::uint64_t>& shape) {
  auto bytes = npy_header(NpyType::int64, shape);
  append_bytes(bytes, values);
  return bytes;
}

}  // namespace striate::io
