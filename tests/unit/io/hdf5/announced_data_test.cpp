// SPDX-License-Identifier: BSD-3-Clause
// Files that the HDF5 library reads without complaint and that do not hold what they announce.
#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/files.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;
namespace h5 = io::h5;

namespace {

/// A dataset of 40 integers in chunks of 10, of which the first `chunks` are written.
fs::path partly_written(const fs::path& folder, int chunks, bool with_fill_value) {
  const auto path = folder / "partly.h5";
  auto file = h5::File::create(path);
  const hsize_t rows = 40, chunk = 10, written = 10 * static_cast<hsize_t>(chunks);
  const hid_t space = H5Screate_simple(1, &rows, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(creation, 1, &chunk);
  const int fill = 7;
  if (with_fill_value) H5Pset_fill_value(creation, H5T_NATIVE_INT, &fill);
  const hid_t data =
      H5Dcreate(file.id(), "values", H5T_NATIVE_INT, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  if (chunks > 0) {
    const std::vector<int> values(written, 1);
    const hsize_t first = 0;
    const hid_t memory = H5Screate_simple(1, &written, nullptr);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &written, nullptr);
    H5Dwrite(data, H5T_NATIVE_INT, memory, space, H5P_DEFAULT, values.data());
    H5Sclose(memory);
  }
  H5Dclose(data);
  H5Pclose(creation);
  H5Sclose(space);
  file.close();
  return path;
}

}  // namespace

TEST_CASE("Datasets of which chunks are missing are refused, not read as zeros") {
  const test::TemporaryFolder folder;
  for (const int chunks : {1, 3}) {
    const auto file = h5::File::open(partly_written(folder.path(), chunks, false));
    CHECK_THROWS_WITH(h5::read<std::int64_t>(file, "/values"), Catch::Contains("of the 4 chunks"));
    // Not once alone.
    CHECK_THROWS_WITH(h5::read<std::int64_t>(file, "/values"), Catch::Contains("of the 4 chunks"));
  }
  const auto file = h5::File::open(partly_written(folder.path(), 4, false));
  CHECK(h5::read<std::int64_t>(file, "/values") == std::vector<std::int64_t>(40, 1));
}

TEST_CASE("Datasets without storage, or with some and a fill value, are as they should be") {
  const test::TemporaryFolder folder;
  CHECK(h5::read<std::int64_t>(h5::File::open(partly_written(folder.path(), 0, false)), "/values") ==
        std::vector<std::int64_t>(40, 0));
  CHECK(h5::read<std::int64_t>(h5::File::open(partly_written(folder.path(), 1, true)), "/values").back() ==
        7);
}

TEST_CASE("Datasets that keep their values in other files are refused") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "outside.h5";
  {
    auto file = h5::File::create(path);
    const hsize_t rows = 4;
    const hid_t space = H5Screate_simple(1, &rows, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(creation, "/dev/zero", 0, H5F_UNLIMITED);
    H5Dclose(H5Dcreate(file.id(), "values", H5T_NATIVE_INT, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    H5Pclose(creation);
    H5Sclose(space);
    file.close();
  }
  CHECK_THROWS_WITH(h5::read<std::int64_t>(h5::File::open(path), "/values"),
                    Catch::Contains("external storage"));
}

TEST_CASE("Attributes that announce more bytes than the file has are refused") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "attribute.h5";
  {
    auto file = h5::File::create(path);
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, 40);
    const std::vector<char> text(40, 'x');
    const hid_t attribute = H5Acreate(file.id(), "units", type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, text.data());
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    file.close();
  }
  CHECK(h5::string_attribute(h5::File::open(path), "/", "units") == std::string(40, 'x'));
  auto bytes = test::text_of(path);
  // The string type's message: class 3, no flags, then its size in four bytes.
  const auto size = bytes.find(std::string("\x13\0\0\0\x28\0\0\0", 8));
  REQUIRE(size != std::string::npos);
  bytes[size + 7] = '\x7f';
  std::ofstream(path, std::ios::binary) << bytes;
  CHECK_THROWS_AS(h5::string_attribute(h5::File::open(path), "/", "units"), core::FormatError);
}
