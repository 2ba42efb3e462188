// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/content_hash.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using striate::test::TemporaryFolder;

namespace {

struct Variant {
  io::h5::Storage storage{};
  double third = 3;
  std::string units = "ms", name = "/g/x";
  bool reversed = false;
};

std::string hash_of(const std::filesystem::path& path, const Variant& variant) {
  {
    auto file = io::h5::File::create(path);
    const std::vector<double> x{1, 2, variant.third};
    const std::vector<std::uint32_t> y{7, 8};
    if (variant.reversed) io::h5::write<std::uint32_t>(file, "/g/y", y);
    const std::uint64_t shape[] = {3};
    io::h5::create_dataset<double>(file, variant.name, shape, variant.storage);
    io::h5::write_rows_collective<double>(file, variant.name, 0, x);
    if (!variant.reversed) io::h5::write<std::uint32_t>(file, "/g/y", y);
    io::h5::write_attribute(file, variant.name, "units", variant.units);
    io::h5::write_sonata_header(file);
    file.close();
  }
  return io::content_hash(path);
}

}  // namespace

TEST_CASE("content_hash of text is the SHA-256 of its bytes") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "a.csv") << "abc";
  // FIPS 180-2, appendix B.1
  CHECK(io::content_hash(folder.path() / "a.csv") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK_THROWS_AS(io::content_hash(folder.path() / "absent"), core::MissingFileError);
}

TEST_CASE("content_hash of HDF5 sees values, names and attributes, not storage") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.h5";
  const auto plain = hash_of(path, {});
  CHECK(plain.size() == 64);
  CHECK(hash_of(path, {.storage = {.deflate = 4, .chunk_rows = 2}}) == plain);
  CHECK(hash_of(path, {.reversed = true}) == plain);
  CHECK(hash_of(path, {.third = 3.0000000001}) != plain);
  CHECK(hash_of(path, {.units = "s"}) != plain);
  CHECK(hash_of(path, {.name = "/g/z"}) != plain);
  std::ofstream(path) << "not hdf5";
  CHECK_THROWS_AS(io::content_hash(path), core::FormatError);
}
