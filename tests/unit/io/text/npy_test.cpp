// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/npy.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <limits>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

namespace {

std::filesystem::path written(const test::TemporaryFolder& folder, const std::string& bytes) {
  const auto path = folder.path() / "a.npy";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

}  // namespace

TEST_CASE("an array written as NumPy writes it is read back, whole and in parts") {
  const test::TemporaryFolder folder;
  const std::vector<double> values{0.5, -1, 2, 3.25, 4, 1e300};
  const auto file = io::open_npy(written(folder, io::npy_bytes(values, {2, 3})));
  CHECK(file.shape == std::vector<std::uint64_t>{2, 3});
  CHECK(file.holds('f', 8));
  CHECK(file.data_offset % 64 == 0);
  CHECK(io::read_npy<double>(file, 0, 6) == values);
  CHECK(io::read_npy<double>(file, 4, 2) == std::vector<double>{4, 1e300});
}

TEST_CASE("headers of arrays have the text that numpy.save gives them") {
  const auto header = [](const std::string& bytes) { return bytes.substr(10, bytes.find('\n') - 10); };
  const std::vector<std::int64_t> three{1, 2, 3};
  CHECK(header(io::npy_bytes(three, {3}))
            .starts_with("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }"));
  CHECK(header(io::npy_bytes(three, {3, 1}))
            .starts_with("{'descr': '<i8', 'fortran_order': False, 'shape': (3, 1), }"));
  CHECK(header(io::npy_bytes(std::vector<double>{1}, {}))
            .starts_with("{'descr': '<f8', 'fortran_order': False, 'shape': (), }"));
}

TEST_CASE("arrays that are cut off or of no number type are refused") {
  const test::TemporaryFolder folder;
  auto bytes = io::npy_bytes(std::vector<double>{1, 2, 3}, {3});
  CHECK_THROWS_AS(io::open_npy(written(folder, bytes.substr(0, bytes.size() - 1))), core::FormatError);
  const auto type = bytes.find("<f8");
  CHECK_NOTHROW(io::open_npy(written(folder, bytes)));
  CHECK_THROWS_AS(io::open_npy(written(folder, bytes.replace(type, 3, "|O8"))), core::FormatError);
  CHECK_THROWS_AS(io::open_npy(written(folder, bytes.replace(type, 3, "<c8"))), core::FormatError);
  CHECK_THROWS_AS(io::open_npy(written(folder, bytes.replace(type, 3, "<f3"))), core::FormatError);
}

TEST_CASE("values are written in the types that NumPy reads") {
  CHECK(io::npy_header(io::NpyType::float16, {4, 2}).find("'<f2'") != std::string::npos);
  CHECK(io::npy_header(io::NpyType::int16, {}).find("'<i2'") != std::string::npos);
  const auto halves = [](std::vector<double> values) {
    const auto bytes = io::npy_values(io::NpyType::float16, values);
    std::vector<std::uint16_t> bits(values.size());
    std::memcpy(bits.data(), bytes.data(), bytes.size());
    return bits;
  };
  // 1, 4 and 8188 are exact; 2049 lies between 2048 and 2050 (even wins), 2051 between 2050 and 2052.
  CHECK(halves({1, 4, 8188, 2049, 2051}) ==
        std::vector<std::uint16_t>{0x3c00, 0x4400, 0x6fff, 0x6800, 0x6802});
  CHECK(halves({0, -0.5, 0x1p-24, 0x1.ff8p-15, 0x1.fffp-15, 65519, 65520}) ==
        std::vector<std::uint16_t>{0, 0xb800, 1, 0x03ff, 0x0400, 0x7bff, 0x7c00});
  CHECK(halves({std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) ==
        std::vector<std::uint16_t>{0x7e00, 0xfc00});
  const auto small = io::npy_values(io::NpyType::int16, std::vector<double>{-2, 32767});
  CHECK(small == std::string("\xfe\xff\xff\x7f"));
  CHECK_THROWS_AS(io::npy_values(io::NpyType::int16, std::vector<double>{32768}), core::FormatError);
  CHECK_THROWS_AS(io::npy_values(io::NpyType::int64, std::vector<double>{0.5}), core::FormatError);
}
