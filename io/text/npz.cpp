// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/npz.hpp"

#include <zlib.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

constexpr std::uint16_t version_needed = 20, deflated = 8;
// 1 January 1980, the container's earliest date: equal arrays make equal files.
constexpr std::uint16_t no_time = 0, first_date = 0x21;

class Bytes {
 public:
  Bytes& u16(std::uint16_t value) { return put(value, 2); }
  Bytes& u32(std::uint64_t value) { return put(value, 4); }
  Bytes& text(const std::string& value) {
    bytes_ += value;
    return *this;
  }
  std::size_t size() const { return bytes_.size(); }
  const std::string& str() const { return bytes_; }

 private:
  Bytes& put(std::uint64_t value, int width) {
    for (int k = 0; k < width; ++k) bytes_ += static_cast<char>((value >> (8 * k)) & 0xff);
    return *this;
  }
  std::string bytes_;
};

std::uint32_t checksum(const std::string& bytes) {
  uLong crc = crc32_z(0, nullptr, 0);
  crc = crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return static_cast<std::uint32_t>(crc);
}

/// Without zlib's own header, as the container has it.
std::string compressed(const std::string& bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw core::SystemError("zlib {} cannot compress (out of memory?)", zlibVersion());
  std::string result(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const int end = deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) throw core::SystemError("zlib {} did not finish an array", zlibVersion());
  return result;
}

struct Entry {
  std::string name;
  std::uint32_t crc = 0;
  std::size_t compressed = 0, size = 0;
};

/// What the local header of an entry and its line in the directory have in common.
void describe(Bytes& out, const Entry& entry) {
  out.u16(deflated).u16(no_time).u16(first_date).u32(entry.crc).u32(entry.compressed).u32(entry.size);
  out.u16(static_cast<std::uint16_t>(entry.name.size())).u16(0);
}

}  // namespace

void write_npz(const std::filesystem::path& file, std::span<const NpzArray> arrays) {
  std::uint64_t total = 0;  // compression adds a thousandth at worst
  for (const auto& array : arrays) total += array.bytes.size() + array.bytes.size() / 1000 + 256;
  if (total > std::numeric_limits<std::uint32_t>::max())
    throw core::SystemError(
        "arrays of {} bytes do not fit {} (an .npz archive holds 4 GiB) leave --format out", total, file);
  Bytes archive, directory;
  for (const auto& array : arrays) {
    const auto bytes = compressed(array.bytes);
    const Entry entry{array.name + ".npy", checksum(array.bytes), bytes.size(), array.bytes.size()};
    const auto offset = archive.size();
    archive.u32(0x04034b50).u16(version_needed).u16(0);
    describe(archive, entry);
    archive.text(entry.name).text(bytes);
    directory.u32(0x02014b50).u16(version_needed).u16(version_needed).u16(0);
    describe(directory, entry);
    directory.u16(0).u16(0).u16(0).u32(0).u32(offset).text(entry.name);
  }
  const auto start = archive.size(), count = arrays.size();
  archive.text(directory.str());
  archive.u32(0x06054b50).u16(0).u16(0);
  archive.u16(static_cast<std::uint16_t>(count)).u16(static_cast<std::uint16_t>(count));
  archive.u32(directory.size()).u32(start).u16(0);
  write_text_file(file, archive.str());
}

}  // namespace striate::io
