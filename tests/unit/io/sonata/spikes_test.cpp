// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/spikes.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"
#include "support/files.hpp"
#include "support/small_disk.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using striate::test::TemporaryFolder;
namespace h5 = io::h5;

namespace {

using striate::test::text_of;

using Times = std::vector<double>;
using Ids = std::vector<std::uint64_t>;

struct SpikeFile {
  std::string times_path = "/spikes/v1/timestamps", ids_path = "/spikes/v1/node_ids";
  Times times{2.5, 0.5, 1.5};
  std::vector<std::int64_t> ids{3, 1, 2};
  std::optional<std::string> units;

  void write(const std::filesystem::path& path) const {
    auto file = h5::File::create(path);
    h5::write<double>(file, times_path, times);
    h5::write<std::int64_t>(file, ids_path, ids);
    if (units) h5::write_attribute(file, times_path, "units", *units);
    file.close();
  }
};

}  // namespace

TEST_CASE("spikes are read in file order from both layouts, with their units") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.h5";
  SpikeFile file;
  for (const auto* units : {"ms", "milliseconds", "s", "seconds"}) {
    file.units = units;
    file.write(path);
    const auto spikes = io::read_spikes_h5(path, std::nullopt);
    const double factor = units[0] == 's' ? 1000 : 1;
    CHECK(spikes.time_ms == Times{2.5 * factor, 0.5 * factor, 1.5 * factor});
    CHECK(spikes.node_id == Ids{3, 1, 2});
  }
  file.units = "us";
  file.write(path);
  CHECK_THROWS_WITH(io::read_spikes_h5(path, std::nullopt),
                    Catch::Contains("unknown units 'us' at") && Catch::Contains("/spikes/v1/timestamps"));

  const SpikeFile old{.times_path = "/spikes/timestamps", .ids_path = "/spikes/gids", .units = {}};
  old.write(path);
  CHECK(io::spike_populations(path).empty());
  // The only list is taken whatever population is asked for.
  CHECK(io::read_spikes_h5(path, "bkg").node_id == Ids{3, 1, 2});
}

TEST_CASE("the population is the one asked for, else the alphabetically first complete one") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.h5";
  {
    auto file = h5::File::create(path);
    h5::write<double>(file, "/spikes/v1/timestamps", Times{1});
    h5::write<std::uint64_t>(file, "/spikes/v1/node_ids", Ids{1});
    h5::write<double>(file, "/spikes/lgn/timestamps", Times{2});
    h5::write<std::uint64_t>(file, "/spikes/lgn/node_ids", Ids{2});
    h5::write<double>(file, "/spikes/aaa/timestamps", Times{3});
    file.close();
  }
  CHECK(io::spike_populations(path) == std::vector<std::string>{"lgn", "v1"});
  CHECK_THROWS_WITH(io::read_spikes_h5(path, std::nullopt),
                    Catch::Contains("several") && Catch::Contains("lgn, v1"));
  CHECK(io::read_spikes_h5(path, "v1").time_ms == Times{1});
  CHECK_THROWS_WITH(io::read_spikes_h5(path, "bkg"), Catch::Contains("it has: lgn, v1"));
  CHECK_THROWS_AS(io::read_spikes_h5(path, "aaa"), core::FormatError);
}

TEST_CASE("an empty spikes group means no spikes, a missing or broken one is refused") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.h5";
  const auto write = [&](auto&& fill) {
    auto file = h5::File::create(path);
    fill(file);
    file.close();
  };
  write([](const h5::File& file) { h5::create_group(file, "/spikes"); });
  CHECK(io::read_spikes_h5(path, "v1").size() == 0);
  write([](const h5::File& file) { h5::create_group(file, "/spikes/v1"); });
  CHECK(io::read_spikes_h5(path, "v1").size() == 0);
  write([](const h5::File& file) { h5::create_group(file, "/other"); });
  CHECK_THROWS_WITH(io::read_spikes_h5(path, std::nullopt), Catch::Contains("no group"));
  CHECK_THROWS_AS(io::spike_populations(path), core::FormatError);
  for (const char* lonely : {"/spikes/v1/timestamps", "/spikes/timestamps", "/spikes/gids"}) {
    write([&](const h5::File& file) { h5::write<double>(file, lonely, Times{1}); });
    CHECK_THROWS_WITH(io::read_spikes_h5(path, std::nullopt), Catch::Contains("incomplete"));
  }
  CHECK_THROWS_AS(io::read_spikes_h5(folder.path() / "absent.h5", std::nullopt), core::MissingFileError);
}

TEST_CASE("impossible times and ids are refused with their row") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.h5";
  constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {-1e-9, nan_value, std::numeric_limits<double>::infinity()}) {
    SpikeFile{.times = {0, 1, bad}, .units = {}}.write(path);
    CHECK_THROWS_WITH(io::read_spikes_h5(path, std::nullopt), Catch::Contains("in row 2 of"));
  }
  SpikeFile{.times = {0, 1, 1e300}, .units = {}}.write(path);
  CHECK(io::read_spikes_h5(path, std::nullopt).time_ms[0] == 0);
  SpikeFile{.ids = {0, -1, 2}, .units = {}}.write(path);
  CHECK_THROWS_WITH(io::read_spikes_h5(path, std::nullopt), Catch::Contains("negative id -1 in row 1"));
  SpikeFile{.ids = {0, 1}, .units = {}}.write(path);
  CHECK_THROWS_WITH(io::read_spikes_h5(path, std::nullopt), Catch::Contains("lengths must agree"));
}

TEST_CASE("CSV spikes are read with and without header, in any column order") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.csv";
  const auto read = [&](const std::string& text, std::optional<std::string> population = {}) {
    std::ofstream(path, std::ios::binary) << text;
    return io::read_spikes_csv(path, population);
  };
  auto spikes = read("timestamps population node_ids\n2.5 v1 7\n0.5 v1 3\n");
  CHECK(spikes.time_ms == Times{2.5, 0.5});
  CHECK(spikes.node_id == Ids{7, 3});
  spikes = read("node_ids\tpopulation  timestamps more\r\n7 v1 2.5 x\r\n\r\n3 lgn 1e-2 x\r\n", "v1");
  CHECK(spikes.time_ms == Times{2.5});
  CHECK(spikes.node_id == Ids{7});
  CHECK(read("2.5 v1 7\n0.25 lgn 3", "lgn").time_ms == Times{0.25});
  CHECK_THROWS_WITH(read("2.5 v1 7\n0.25 lgn 3"),
                    Catch::Contains("several populations") && Catch::Contains("lgn, v1"));
  CHECK(io::spike_populations_csv(path) == std::vector<std::string>{"lgn", "v1"});
  CHECK(read("2.5 7\n0.25 3\n", "v1").node_id == Ids{7, 3});
  CHECK(read("1.0 \"two words\" 7\n", "two words").node_id == Ids{7});
  CHECK(read("timestamps population node_ids\n", "v1").size() == 0);
}

TEST_CASE("CSV spikes are refused with line and column") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.csv";
  const std::string header = "timestamps population node_ids\n";
  const auto refusal = [&](const std::string& text, const std::string& part) {
    std::ofstream(path, std::ios::binary) << text;
    CHECK_THROWS_WITH(io::read_spikes_csv(path, "v1"),
                      Catch::Contains(part) && Catch::Contains("spikes.csv"));
    CHECK_THROWS_AS(io::read_spikes_csv(path, "v1"), core::FormatError);
  };
  refusal("", "is empty");
  refusal(header + "1.0 v1 1\nx v1 2\n", "line 3 column 1");
  refusal(header + "1.0 v1 -2\n", "line 2 column 8");
  refusal(header + "1.0 v1 2.5\n", "'2.5' is no node id");
  refusal(header + "1.0 v1\n", "2 columns");
  refusal(header + "-0.5 v1 1\n", "impossible spike time");
  refusal(header + "nan v1 1\n", "impossible spike time");
  refusal("nan v1 1\n", "impossible spike time");
  refusal(header + "inf v1 1\n", "impossible spike time");
  refusal(header + "1.0 lgn 1\n", "it has: lgn");
  refusal("timestamps,population,node_ids\n1.0,v1,1\n", "blank-separated");
  refusal("1.0,v1,1\n", "1 columns");
  refusal("timestamps population\n1.0 v1\n", "no column node_ids");
  CHECK_THROWS_AS(io::read_spikes_csv(folder.path() / "absent.csv", {}), core::MissingFileError);
}

TEST_CASE("sort_spikes orders by time then id, or by id then time") {
  const io::OutputSpikes spikes{"v1", {2, 1, 1, 3}, {5, 9, 4, 4}};
  const auto by_time = io::sort_spikes(spikes, io::SpikeOrder::by_time, {});
  CHECK(by_time.time_ms == Times{1, 1, 2, 3});
  CHECK(by_time.node_id == Ids{4, 9, 5, 4});
  const auto by_id = io::sort_spikes(spikes, io::SpikeOrder::by_id, {});
  CHECK(by_id.time_ms == Times{1, 3, 2, 1});
  CHECK(by_id.node_id == Ids{4, 4, 5, 9});
  CHECK(by_id.population == "v1");
}

TEST_CASE("written HDF5 spikes have the layout of SONATA and come back") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.h5";
  const std::vector<io::OutputSpikes> populations{{"v1", {2, 1}, {5, 9}}, {"silent", {}, {}}};
  for (const int deflate : {0, 6}) {
    io::write_spikes_h5(path, populations, {io::SpikeOrder::by_time, deflate}, {});
    CHECK_FALSE(std::filesystem::exists(io::incomplete_name(path)));
    CHECK(io::spike_populations(path) == std::vector<std::string>{"silent", "v1"});
    CHECK(io::read_spikes_h5(path, "v1").time_ms == Times{1, 2});
    CHECK(io::read_spikes_h5(path, "v1").node_id == Ids{9, 5});
    CHECK(io::read_spikes_h5(path, "silent").size() == 0);
    const auto file = h5::File::open(path);
    CHECK(h5::string_attribute(file, "/spikes/v1/timestamps", "units") == "ms");
    CHECK(h5::has_attribute(file, "/spikes/v1", "sorting"));
    CHECK(h5::has_attribute(file, "/", "magic"));
    const h5::Handle ids(H5Dopen(file.id(), "/spikes/v1/node_ids", H5P_DEFAULT), H5Dclose);
    const h5::Handle type(H5Dget_type(ids.get()), H5Tclose);
    CHECK(H5Tequal(type.get(), H5T_NATIVE_INT64) > 0);
    CHECK(h5::dataset_info(file, "/spikes/v1/timestamps").chunked == (deflate != 0));
  }
  io::write_spikes_h5(path, {}, {}, {});
  CHECK(io::read_spikes_h5(path, "v1").size() == 0);
  const std::vector<io::OutputSpikes> too_large{{"v1", {1}, {std::uint64_t{1} << 63}}};
  CHECK_THROWS_WITH(io::write_spikes_h5(path, too_large, {}, {}), Catch::Contains("9223372036854775808"));
}

TEST_CASE("ids of any integer type are read") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.h5";
  const hsize_t count = 2;
  const std::uint64_t ids[] = {3, 200};
  for (const hid_t type :
       {H5T_STD_I64LE, H5T_STD_U64BE, H5T_STD_I32BE, H5T_STD_U32LE, H5T_STD_I16LE, H5T_STD_U8LE}) {
    auto file = h5::File::create(path);
    h5::write<double>(file, "/spikes/v1/timestamps", Times{1, 2});
    {
      const h5::Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
      const h5::Handle set(H5Dcreate(file.id(), "/spikes/v1/node_ids", type, space.get(), H5P_DEFAULT,
                                     H5P_DEFAULT, H5P_DEFAULT),
                           H5Dclose);
      REQUIRE(H5Dwrite(set.get(), H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, ids) >= 0);
    }
    file.close();
    CHECK(io::read_spikes_h5(path, "v1").node_id == Ids{3, 200});
  }
}

TEST_CASE("CSV spikes may begin with a byte order mark and end their lines as on Windows") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.csv";
  const auto write = [&](const std::string& text) { std::ofstream(path, std::ios::binary) << text; };
  for (const std::string header : {"timestamps population node_ids\r\n", ""}) {
    write("\xEF\xBB\xBF" + header + "1.5 v1 7\r\n2.5 v1 8\r\n");
    CHECK(io::read_spikes_csv(path, "v1").time_ms == Times{1.5, 2.5});
  }
  write("\xFF\xFEt\0i\0");
  CHECK_THROWS_WITH(io::read_spikes_csv(path, "v1"), Catch::Contains("UTF-16") && Catch::Contains("UTF-8"));
}

TEST_CASE("written CSV spikes use the shortest exact numbers, always with a point") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "spikes.csv";
  const std::vector<io::OutputSpikes> populations{
      {"v1", {100000, 0.1 + 0.2, 3, 3, 1e-5, 2999.75}, {1, 2, 8, 4, 5, 18446744073709551615u}},
      {"two words", {0.25}, {0}},
      {"silent", {}, {}}};
  io::write_spikes_csv(path, populations, {});
  CHECK(text_of(path) ==
        "timestamps population node_ids\n"
        "0.00001 v1 5\n0.30000000000000004 v1 2\n3.0 v1 4\n3.0 v1 8\n2999.75 v1 18446744073709551615\n"
        "100000.0 v1 1\n"
        "0.25 \"two words\" 0\n");
  CHECK_FALSE(std::filesystem::exists(io::incomplete_name(path)));
  CHECK(io::read_spikes_csv(path, "v1").time_ms == Times{1e-5, 0.1 + 0.2, 3, 3, 2999.75, 100000});
  CHECK(io::read_spikes_csv(path, "two words").size() == 1);
  io::write_spikes_csv(path, {}, {});
  CHECK(text_of(path) == "timestamps population node_ids\n");
}

TEST_CASE("spikes that cannot be written are a system error and leave no final name") {
  const TemporaryFolder folder;
  const std::vector<io::OutputSpikes> populations{{"v1", {1}, {1}}};
  CHECK_THROWS_AS(io::write_spikes_csv(folder.path() / "no" / "s.csv", populations, {}), core::SystemError);
  CHECK_THROWS_AS(io::write_spikes_h5(folder.path() / "no" / "s.h5", populations, {}, {}), core::SystemError);
  const test::SmallDisk disk(0);
  if (!disk.mounted()) return;
  const auto path = disk.path() / "full.csv";
  CHECK_THROWS_WITH(io::write_spikes_csv(path, populations, {}), Catch::Contains("No space left"));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("input spikes of the network made with BMTK are read") {
  const std::filesystem::path folder = STRIATE_TEST_DATA "/tiny/inputs";
  CHECK(io::spike_populations(folder / "lgn_spikes.h5") == std::vector<std::string>{"lgn"});
  const auto background = io::read_spikes_h5(folder / "bkg_spikes.h5", "bkg");
  CHECK(background.size() == 74549);
  CHECK(std::ranges::max(background.node_id) == 99);
  CHECK(io::read_spikes_h5(folder / "lgn_spikes.h5", std::nullopt).size() == 12397);
}
