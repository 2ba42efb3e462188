// SPDX-License-Identifier: BSD-3-Clause
// Edge files of more rows than 32 bits count. They are sparse: what nobody wrote takes no place on the disk.
#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <numeric>

#include "core/errors/error.hpp"
#include "io/hdf5/direct_file.hpp"
#include "io/sonata/edges.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace h5 = io::h5;

namespace {

constexpr std::uint64_t rows = 5'000'000'000;
const std::string root = "/edges/a_to_b/";
const std::uint64_t shape[] = {rows};

/// Only the last four rows hold what is not zero: sources 11 to 14, and their own numbers as index.
std::filesystem::path sparse_file(const test::TemporaryFolder& folder, bool mapped, float weight) {
  const auto path = folder.path() / "edges.h5";
  auto file = h5::File::create(path);
  h5::create_dataset<std::uint8_t>(file, root + "source_node_id", shape);
  h5::write_rows<std::uint8_t>(file, root + "source_node_id", rows - 4,
                               std::vector<std::uint8_t>{11, 12, 13, 14});
  h5::create_constant<std::uint8_t>(file, root + "target_node_id", shape, 3);
  h5::create_constant<std::uint8_t>(file, root + "edge_type_id", shape, 100);
  h5::create_dataset<float>(file, root + "0/syn_weight", shape);
  h5::write_rows<float>(file, root + "0/syn_weight", rows - 4, std::vector<float>(4, weight));
  h5::write_attribute(file, root + "source_node_id", "node_population", "a");
  h5::write_attribute(file, root + "target_node_id", "node_population", "b");
  if (mapped) {
    h5::create_constant<std::uint8_t>(file, root + "edge_group_id", shape, 0);
    h5::create_dataset<std::uint64_t>(file, root + "edge_group_index", shape);
    std::vector<std::uint64_t> numbers(4);
    std::iota(numbers.begin(), numbers.end(), rows - 4);
    h5::write_rows<std::uint64_t>(file, root + "edge_group_index", rows - 4, numbers);
  }
  file.close();
  return path;
}

}  // namespace

TEST_CASE("rows beyond 32 bits are read where they are, with and without a mapping to groups") {
  const test::TemporaryFolder folder;
  const bool mapped = GENERATE(false, true);
  const io::EdgePopulation edges(sparse_file(folder, mapped, 0.5f), "a_to_b");
  REQUIRE(edges.size() == rows);
  const auto slab = edges.read(rows - 4, 4);
  CHECK(slab.first == rows - 4);
  CHECK(slab.source_id == std::vector<std::uint64_t>{11, 12, 13, 14});
  CHECK(slab.target_id == std::vector<std::uint64_t>(4, 3));
  REQUIRE(slab.syn_weight);
  CHECK(slab.syn_weight->values == std::vector<double>(4, 0.5));
  // The same places modulo 2^32 hold nothing.
  CHECK(edges.read_ends((rows - 4) & 0xffffffff, 4).source_id == std::vector<std::uint64_t>(4, 0));
}

TEST_CASE("a mistake beyond 32 bits is told with its row") {
  const test::TemporaryFolder folder;
  const io::EdgePopulation edges(sparse_file(folder, false, std::numeric_limits<float>::quiet_NaN()),
                                 "a_to_b");
  CHECK_THROWS_WITH(edges.read(rows - 2, 2), Catch::Contains("4999999998"));
}

TEST_CASE("pieces of a file lie beyond 32 bits where they were meant to") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "data";
  constexpr std::uint64_t offset = 40'000'000'008, values = 3000;
  { h5::File::create(path).close(); }
  std::filesystem::resize_file(path, offset + values * sizeof(std::uint64_t));
  {
    io::DirectFile out(path);
    out.write<std::uint64_t>(offset, values, [](std::uint64_t first, std::span<std::uint64_t> piece) {
      std::iota(piece.begin(), piece.end(), 7 + first);
    });
    io::close_together(out, offset + values * sizeof(std::uint64_t), {});
  }
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  std::vector<std::uint64_t> read(values);
  in.read(reinterpret_cast<char*>(read.data()), static_cast<std::streamsize>(values * sizeof(std::uint64_t)));
  REQUIRE(in);
  for (std::uint64_t i = 0; i < values; ++i) REQUIRE(read[i] == 7 + i);
}
