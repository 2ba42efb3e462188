// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <numeric>

#include "core/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using striate::test::TemporaryFolder;

TEST_CASE("HDF5 round trip keeps values, types, attributes and names") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.h5";
  const std::vector<std::uint64_t> ids{1, 2, 1ull << 40};
  const std::vector<double> table{1, 2, 3, 4, 5, 6};
  {
    auto file = io::h5::File::create(path);
    io::h5::write_sonata_header(file);
    io::h5::write<std::uint64_t>(file, "/g/ids", ids);
    const std::uint64_t shape[] = {3, 2};
    io::h5::create_dataset<double>(file, "/g/table", shape, {.deflate = 1, .chunk_rows = 2});
    io::h5::write_rows_collective<double>(file, "/g/table", 0, table);
    io::h5::write_attribute(file, "/g/ids", "units", "ms");
    file.close();
  }
  const auto file = io::h5::File::open(path);
  CHECK(io::h5::read<std::uint64_t>(file, "/g/ids") == ids);
  CHECK(io::h5::read_rows<std::uint64_t>(file, "/g/ids", 1, 2) == std::vector<std::uint64_t>{2, 1ull << 40});
  CHECK(io::h5::read_table<double>(file, "/g/table", 2) == table);
  CHECK(io::h5::string_attribute(file, "/g/ids", "units") == "ms");
  CHECK_FALSE(io::h5::string_attribute(file, "/g/ids", "other").has_value());
  CHECK(io::h5::children(file, "/g") == std::vector<std::string>{"ids", "table"});
  CHECK(io::h5::is_group(file, "/g"));
  CHECK_FALSE(io::h5::is_group(file, "/g/ids"));
  CHECK_FALSE(io::h5::is_group(file, "/no/such"));
}

TEST_CASE("HDF5 reads refuse what does not fit, naming file and path") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "b.h5";
  const std::vector<double> values{0.5, 1.5};
  {
    auto file = io::h5::File::create(path);
    io::h5::write<double>(file, "/x", values);
    file.close();
  }
  auto file = io::h5::File::open(path);
  CHECK_THROWS_WITH(io::h5::read<std::uint64_t>(file, "/x"),
                    Catch::Contains("b.h5:/x") && Catch::Contains("wrong type"));
  CHECK_THROWS_WITH(io::h5::read<double>(file, "/y"), Catch::Contains("no dataset"));
  CHECK_THROWS_WITH(io::h5::read_rows<double>(file, "/x", 1, 2), Catch::Contains("do not exist"));
  CHECK_THROWS_WITH(io::h5::read_table<double>(file, "/x", 2), Catch::Contains("wrong shape"));
  CHECK_THROWS_AS(io::h5::File::open(folder.path() / "absent.h5"), core::MissingFileError);
  std::ofstream(folder.path() / "text.h5") << "not hdf5";
  CHECK_THROWS_AS(io::h5::File::open(folder.path() / "text.h5"), core::FormatError);
  file.close();
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  CHECK_THROWS_AS(io::h5::File::open(path), core::FormatError);
}
