// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/direct_file.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>

#include "core/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

namespace {

constexpr char untouched = '\x5a';

std::filesystem::path make_file(const test::TemporaryFolder& folder, std::size_t bytes) {
  const auto path = folder.path() / "data";
  std::ofstream(path, std::ios::binary) << std::string(bytes, untouched);
  return path;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("pieces land at their place and leave their neighbours alone") {
  test::TemporaryFolder folder;
  // Within a page, across one boundary, whole pages, several blocks with ragged ends.
  for (const auto& [offset, count] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {8, 3}, {4090, 3}, {4096, 1024}, {0, 4096}, {12346, 3'000'001}}) {
    const auto size = offset + 4 * count + 10'000;
    const auto path = make_file(folder, size);
    io::DirectFile file(path);
    std::uint64_t next = 0;
    file.write<std::uint32_t>(offset / 4 * 4, count,
                              [&](std::uint64_t first, std::span<std::uint32_t> values) {
                                REQUIRE(first == next);
                                next += values.size();
                                std::iota(values.begin(), values.end(), static_cast<std::uint32_t>(first));
                              });
    file.close();
    REQUIRE(next == count);
    std::string expected(size, untouched);
    for (std::uint32_t i = 0; i < count; ++i)
      std::memcpy(expected.data() + offset / 4 * 4 + 4 * std::uint64_t{i}, &i, 4);
    CHECK(contents(path) == expected);
  }
}

TEST_CASE("two writers may share a page") {
  test::TemporaryFolder folder;
  const auto path = make_file(folder, 40'000);
  const std::uint64_t border = 20'004;
  {
    io::DirectFile low(path), high(path);
    const auto fill = [](char value) {
      return
          [value](std::uint64_t, std::span<char> values) { std::fill(values.begin(), values.end(), value); };
    };
    low.write<char>(0, border, fill('l'));
    high.write<char>(border, 40'000 - border, fill('h'));
    low.close();
    high.close();
  }
  CHECK(contents(path) == std::string(border, 'l') + std::string(40'000 - border, 'h'));
}

TEST_CASE("a contiguous dataset can be filled past the library") {
  test::TemporaryFolder folder;
  const auto path = folder.path() / "a.h5";
  constexpr std::uint64_t rows = 300'000;
  std::uint64_t offset = 0;
  {
    auto file = io::h5::File::create(path, {}, 1 << 16);
    const std::uint64_t shape[] = {rows};
    io::h5::create_dataset<double>(file, "/a/values", shape);
    offset = io::h5::contiguous_offset(file, "/a/values");
    file.close();
  }
  CHECK(offset % 4096 == 0);
  io::DirectFile out(path);
  out.write<double>(offset, rows, [](std::uint64_t first, std::span<double> values) {
    std::iota(values.begin(), values.end(), static_cast<double>(first));
  });
  out.close();
  const auto file = io::h5::File::open(path);
  const auto values = io::h5::read<double>(file, "/a/values");
  REQUIRE(values.size() == rows);
  for (std::uint64_t i = 0; i < rows; ++i) REQUIRE(values[i] == static_cast<double>(i));
}

TEST_CASE("direct writes that fail are reported") {
  test::TemporaryFolder folder;
  CHECK_THROWS_AS(io::DirectFile(folder.path() / "absent"), core::SystemError);
  if (std::filesystem::exists("/dev/full")) {
    io::DirectFile file("/dev/full");
    const auto write = [&] {
      file.write<char>(0, 100, [](std::uint64_t, std::span<char> values) {
        std::fill(values.begin(), values.end(), 'x');
      });
      file.close();
    };
    CHECK_THROWS_AS(write(), core::SystemError);
  }
}
