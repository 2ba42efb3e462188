// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <numeric>

#include "core/errors/error.hpp"
#include "support/small_disk.hpp"
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

// HDF5 keeps a file that it could not close, and crashes when it tries once more at the end of the process.
// The program ends without that (fail() in cli/main.cpp); this one must do so, too.
[[maybe_unused]] const herr_t no_cleaning_at_exit = H5dont_atexit();

TEST_CASE("a full disk is reported when a file is written, at the latest when it is closed") {
  // Each writes less than HDF5 keeps in its buffers, so that no write fails at once.
  const std::vector<double> few(1000, 1.5), many(6000, 1.5);
  const auto dataset = [&](const io::h5::File& file) { io::h5::write<double>(file, "/g/few", few); };
  const auto chunks = [&](const io::h5::File& file) {
    io::h5::write<double>(file, "/g/many", many, {.deflate = 0, .chunk_rows = 1000});
  };
  const auto attributes = [&](const io::h5::File& file) {
    for (int i = 0; i < 50; ++i) {
      io::h5::create_group(file, "/group" + std::to_string(i));
      io::h5::write_attribute(file, "/group" + std::to_string(i), "text", std::string(200, 'x'));
    }
  };
  const std::vector<std::function<void(const io::h5::File&)>> writers{dataset, chunks, attributes};
  const test::SmallDisk disk(4096);
  if (!disk.mounted()) {
    WARN("no right to mount a small file system: skipped");
    return;
  }
  for (std::size_t i = 0; i < writers.size(); ++i) {
    const auto write = [&] {
      auto file = io::h5::File::create(disk.path() / "a.h5");
      writers[i](file);
      file.close();
    };
    INFO("writer " << i);
    CHECK_THROWS_WITH(write(), Catch::Contains("a.h5") && Catch::Contains("is the disk full?"));
    std::filesystem::remove(disk.path() / "a.h5");
  }
}

TEST_CASE("a filter that the library lacks is named, with what to do") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "lzf.h5";
  struct Filter {
    H5Z_filter_t number;
    const char* said;
  };
  for (const auto& [number, said] : {Filter{32000, "compressed with lzf"}, Filter{32001, "blosc"},
                                     Filter{511, "compressed with filter 511"}}) {
    {
      auto file = io::h5::File::create(path);
      const hsize_t rows = 8;
      const io::h5::Handle space(H5Screate_simple(1, &rows, nullptr), H5Sclose);
      const io::h5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
      REQUIRE(H5Pset_chunk(creation.get(), 1, &rows) >= 0);
      REQUIRE(H5Pset_filter(creation.get(), number, H5Z_FLAG_OPTIONAL, 0, nullptr) >= 0);
      const io::h5::Handle dataset(
          H5Dcreate(file.id(), "x", H5T_NATIVE_INT64, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
          H5Dclose);
      const hsize_t first = 0;
      const char packed[] = "as the filter packed it";
      REQUIRE(H5Dwrite_chunk(dataset.get(), H5P_DEFAULT, 0, &first, sizeof packed, packed) >= 0);
      file.close();
    }
    CHECK_THROWS_WITH(io::h5::read<std::int64_t>(io::h5::File::open(path), "/x"),
                      Catch::Contains("lzf.h5:/x") && Catch::Contains(said) &&
                          Catch::Contains("h5repack -f GZIP=4 IN OUT"));
  }
}

TEST_CASE("a damaged object is not taken for an absent one, a link that leads nowhere is") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.h5";
  hsize_t address = 0;
  {
    auto file = io::h5::File::create(path);
    io::h5::write<double>(file, "/g/x", std::vector<double>{1, 2});
    REQUIRE(H5Lcreate_soft("/nowhere", file.id(), "/g/soft", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    H5O_info_t info;
    REQUIRE(H5Oget_info_by_name2(file.id(), "/g/x", &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0);
    address = info.addr;
    file.close();
  }
  CHECK_FALSE(io::h5::is_dataset(io::h5::File::open(path), "/g/soft"));
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
          .seekp(static_cast<std::streamoff>(address))
      << std::string(8, '\xff');
  const auto file = io::h5::File::open(path);
  CHECK_THROWS_WITH(io::h5::is_dataset(file, "/g/x"), Catch::Contains("a.h5:/g/x"));
  CHECK_FALSE(io::h5::is_dataset(file, "/g/y"));
}

TEST_CASE("numbers of any width are read as the same numbers") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "widths.h5";
  auto file = io::h5::File::create(path);
  const auto write = [&]<class T>(const std::string& name, std::initializer_list<T> values) {
    io::h5::write<T>(file, name, std::vector<T>(values));
  };
  write.operator()<std::uint8_t>("/u8", {0, 1, 255});
  write.operator()<std::uint16_t>("/u16", {0, 1, 65535});
  write.operator()<std::uint32_t>("/u32", {0, 1, 4294967295});
  write.operator()<std::uint64_t>("/u64", {0, 1, std::uint64_t{1} << 52});
  write.operator()<std::int64_t>("/i64", {0, 1, -7});
  write.operator()<float>("/f32", {0, 1, 0.1f});
  file.close();
  const auto opened = io::h5::File::open(path);
  const auto check = [&](const std::string& name, double last) {
    CAPTURE(name);
    CHECK(io::h5::read<double>(opened, name) == std::vector<double>{0, 1, last});
    CHECK(io::h5::read_rows<double>(opened, name, 2, 1) == std::vector<double>{last});
    if (name == "/f32") {
      CHECK_THROWS_AS(io::h5::read<std::uint64_t>(opened, name), core::FormatError);
      return;
    }
    CHECK(io::h5::read<std::int64_t>(opened, name).back() == static_cast<std::int64_t>(last));
    if (last < 0) {
      CHECK_THROWS_AS(io::h5::read_ids(opened, name, 0, 3), core::FormatError);
      return;
    }
    CHECK(io::h5::read_ids(opened, name, 0, 3) ==
          std::vector<std::uint64_t>{0, 1, static_cast<std::uint64_t>(last)});
    if (last < 4294967296.0)
      CHECK(io::h5::read<std::uint32_t>(opened, name).back() == static_cast<std::uint32_t>(last));
  };
  check("/u8", 255);
  check("/u16", 65535);
  check("/u32", 4294967295);
  check("/u64", static_cast<double>(std::uint64_t{1} << 52));
  check("/i64", -7);
  check("/f32", 0.1f);
}

TEST_CASE("a constant takes no place, is read like other numbers, and can be written to") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "constant.h5";
  constexpr std::uint64_t rows = 1'000'000;
  auto file = io::h5::File::create(path);
  const std::uint64_t shape[] = {rows};
  io::h5::create_constant<std::uint8_t>(file, "/a/ones", shape, 1);
  io::h5::create_constant<std::uint16_t>(file, "/a/changed", shape, 7);
  io::h5::write<std::uint32_t>(file, "/a/written", std::vector<std::uint32_t>(rows, 1));
  file.close();
  CHECK(std::filesystem::file_size(path) < 4 * rows + 20'000);
  {
    auto change = io::h5::File::open_to_change(path);
    const std::uint16_t values[] = {8, 9};
    io::h5::write_rows<std::uint16_t>(change, "/a/changed", 3, values);
    change.close();
  }
  const auto opened = io::h5::File::open(path);
  CHECK(io::h5::constant_of(opened, "/a/ones") == 1);
  CHECK_FALSE(io::h5::constant_of(opened, "/a/changed").has_value());
  CHECK_FALSE(io::h5::constant_of(opened, "/a/written").has_value());
  CHECK(io::h5::read<std::uint32_t>(opened, "/a/ones") == std::vector<std::uint32_t>(rows, 1));
  CHECK(io::h5::read_rows<std::uint32_t>(opened, "/a/changed", 2, 4) ==
        std::vector<std::uint32_t>{7, 8, 9, 7});
}
