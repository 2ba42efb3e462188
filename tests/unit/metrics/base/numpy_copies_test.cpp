// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/numpy_copies.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <numeric>
#include <sstream>

#include "support/temporary_folder.hpp"

using namespace striate;

namespace {

const metrics::Provenance provenance{.kind = "test", .inputs = {}, .options = {}};

/// rates: 2 x 3 x 4, values 0 to 23; length: one value.
std::filesystem::path array_file(const test::TemporaryFolder& folder) {
  const auto path = folder.path() / "a.h5";
  auto file = metrics::create_array_file(path, provenance);
  std::vector<double> values(24);
  std::iota(values.begin(), values.end(), 0);
  io::h5::create_dataset<double>(file, "/rates", std::array<std::uint64_t, 3>{2, 3, 4});
  io::h5::write_rows<double>(file, "/rates", 0, values);
  const double length[] = {1800};
  io::h5::write<double>(file, "/length", length);
  metrics::finish_array_file(file, path);
  return path;
}

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("arrays of any shape are copied whole, or without their last columns") {
  const test::TemporaryFolder folder;
  const auto arrays = array_file(folder), copy = folder.path() / "rates.npy";
  metrics::write_npy_copy(arrays, {.name = "rates"}, copy, provenance);
  const auto whole = io::open_npy(copy);
  CHECK(whole.shape == std::vector<std::uint64_t>{2, 3, 4});
  CHECK(io::read_npy<double>(whole, 20, 4) == std::vector<double>{20, 21, 22, 23});
  CHECK(std::filesystem::exists(copy.string() + ".provenance.json"));

  metrics::write_npy_copy(arrays, {.name = "rates", .columns = 3}, copy, provenance);
  const auto part = io::open_npy(copy);
  CHECK(part.shape == std::vector<std::uint64_t>{2, 3, 3});
  CHECK(io::read_npy<double>(part, 0, 4) == std::vector<double>{0, 1, 2, 4});
  CHECK(io::read_npy<double>(part, 15, 3) == std::vector<double>{20, 21, 22});

  metrics::write_npy_copy(arrays, {.name = "rates", .columns = 9}, copy, provenance);
  CHECK(io::open_npy(copy).shape == std::vector<std::uint64_t>{2, 3, 4});
}

TEST_CASE("an archive holds its arrays under their names, equal ones are the same bytes") {
  const test::TemporaryFolder folder;
  const auto arrays = array_file(folder);
  const metrics::NumpyCopy copies[] = {{.name = "rates"},
                                       {.name = "length", .type = io::NpyType::int64, .scalar = true}};
  for (const char* name : {"a.npz", "b.npz"})
    metrics::write_npz_copies(arrays, copies, folder.path() / name, provenance);
  const auto bytes = text_of(folder.path() / "a.npz");
  CHECK(bytes == text_of(folder.path() / "b.npz"));
  CHECK(bytes.starts_with("PK\x03\x04"));
  CHECK(bytes.find("rates.npy") != std::string::npos);
  CHECK(bytes.find("length.npy") != std::string::npos);
}
