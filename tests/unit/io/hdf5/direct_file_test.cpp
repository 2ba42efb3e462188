// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/direct_file.hpp"

#include <sys/resource.h>

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/special_files.hpp"
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

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * 4096;
}

}  // namespace

TEST_CASE("pieces land at their place and leave their neighbours alone") {
  test::TemporaryFolder folder;
  // Within a page, across one boundary, whole pages, several blocks with ragged ends.
  for (const auto& [offset, count] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {8, 3}, {4090, 3}, {4096, 1024}, {0, 4096}, {12346, 3'000'001}}) {
    // Neighbours behind the piece, or the end of the file inside of its last page.
    const auto size = offset / 4 * 4 + 4 * count + GENERATE(0u, 10'000u);
    const auto path = make_file(folder, size);
    io::DirectFile file(path);
    std::uint64_t next = 0;
    file.write<std::uint32_t>(offset / 4 * 4, count,
                              [&](std::uint64_t first, std::span<std::uint32_t> values) {
                                REQUIRE(first == next);
                                next += values.size();
                                std::iota(values.begin(), values.end(), static_cast<std::uint32_t>(first));
                              });
    io::write_ragged(path, file.close());
    REQUIRE(next == count);
    std::string expected(size, untouched);
    for (std::uint32_t i = 0; i < count; ++i)
      std::memcpy(expected.data() + offset / 4 * 4 + 4 * std::uint64_t{i}, &i, 4);
    CHECK(contents(path) == expected);
  }
}

TEST_CASE("no page is written by two ranks") {
  const test::TemporaryFolder folder;
  constexpr std::size_t size = 700'001, begin = 1234, page = 4096;
  for (std::size_t ranks = 2; ranks <= 7; ++ranks) {
    CAPTURE(ranks);
    // Each rank writes its slab into a copy of its own: what it changes there is what it writes.
    std::vector<io::RaggedBytes> ragged;
    std::vector<std::string> copies;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const auto path = folder.path() / fmt::format("{}_of_{}", rank, ranks);
      std::ofstream(path, std::ios::binary) << std::string(size, untouched);
      // Slabs of many sizes, one within a page; the last two pieces of each follow each other.
      const auto border = [&](std::size_t r) { return begin + (size - 2 * begin) * r * r / (ranks * ranks); };
      const auto from = border(rank), middle = (from + border(rank + 1)) / 2, to = border(rank + 1);
      io::DirectFile file(path);
      for (const auto& [first, end] : {std::pair(from, middle), {middle, to}})
        file.write<char>(first, end - first, [&](std::uint64_t, std::span<char> values) {
          std::ranges::fill(values, static_cast<char>('0' + rank));
        });
      const auto own = file.close();
      ragged.insert(ragged.end(), own.begin(), own.end());
      copies.push_back(contents(path));
    }
    const auto first_copy = folder.path() / fmt::format("0_of_{}", ranks);
    io::write_ragged(first_copy, ragged);
    copies[0] = contents(first_copy);

    std::string together(size, untouched);
    std::size_t shared = 0, whole_by_others = 0;
    for (std::size_t first = 0; first < size; first += page) {
      std::size_t writers = 0;
      for (std::size_t rank = 0; rank < ranks; ++rank) {
        const auto piece = copies[rank].substr(first, page);
        if (piece == std::string(piece.size(), untouched)) continue;
        ++writers;
        whole_by_others += rank != 0;
        together.replace(first, piece.size(), piece);
      }
      shared += writers > 1;
    }
    CHECK(shared == 0);
    CHECK(whole_by_others > size / page / 3);
    std::string expected(size, untouched);
    for (std::size_t rank = 0; rank < ranks; ++rank)
      for (std::size_t i = begin + (size - 2 * begin) * rank * rank / (ranks * ranks),
                       end = begin + (size - 2 * begin) * (rank + 1) * (rank + 1) / (ranks * ranks);
           i < end; ++i)
        expected[i] = static_cast<char>('0' + rank);
    CHECK(together == expected);
  }
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
  io::close_together(out, std::filesystem::file_size(path), {});
  const auto file = io::h5::File::open(path);
  const auto values = io::h5::read<double>(file, "/a/values");
  REQUIRE(values.size() == rows);
  for (std::uint64_t i = 0; i < rows; ++i) REQUIRE(values[i] == static_cast<double>(i));
}

TEST_CASE("direct writes that fail are reported") {
  test::TemporaryFolder folder;
  CHECK_THROWS_AS(io::DirectFile(folder.path() / "absent"), core::SystemError);
  if (const auto full = folder.path() / "full"; test::make_device(full, test::Device::full)) {
    io::DirectFile file(full);
    const auto write = [&] {
      file.write<char>(0, 100, [](std::uint64_t, std::span<char> values) {
        std::fill(values.begin(), values.end(), 'x');
      });
      io::write_ragged(full, file.close());
    };
    CHECK_THROWS_AS(write(), core::SystemError);
  }
}

TEST_CASE("a file that another rank sees shorter is refused") {
  const test::TemporaryFolder folder;
  const auto path = make_file(folder, 10'000);
  io::DirectFile file(path);
  CHECK_THROWS_WITH(io::close_together(file, 10'001, {}),
                    Catch::Contains("has 10000 bytes on rank 0 and 10001"));
}

TEST_CASE("a direct file that cannot be made leaves no descriptor open") {
  const std::uint64_t used = address_space();
  if (used == 0 || used > std::uint64_t{1} << 40) {
    WARN("address space is unknown or not what the program takes (sanitizer): skipped");
    return;
  }
  test::TemporaryFolder folder;
  const auto path = make_file(folder, 10'000);
  const auto before = open_descriptors();
  // Blocks and threads take address space until there is none.
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_AS, &old) == 0);
  const rlimit tight{.rlim_cur = used + (std::uint64_t{40} << 20), .rlim_max = old.rlim_max};
  bool failed = false;
  {
    std::vector<std::unique_ptr<io::DirectFile>> files;
    files.reserve(500);
    REQUIRE(::setrlimit(RLIMIT_AS, &tight) == 0);
    try {
      while (files.size() < 500) files.push_back(std::make_unique<io::DirectFile>(path));
    } catch (const std::exception&) {
      failed = true;
    }
    ::setrlimit(RLIMIT_AS, &old);
  }
  CHECK(failed);
  CHECK(open_descriptors() == before);
}
