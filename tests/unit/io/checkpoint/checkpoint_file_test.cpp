// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/checkpoint_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;

namespace {

struct Kept {
  test::TemporaryFolder folder;
  fs::path newest = folder.path() / "checkpoint.h5", earlier = folder.path() / "checkpoint_before.h5";

  void write(double value) const {
    auto file = io::h5::File::create(io::incomplete_name(newest));
    io::h5::write<double>(file, "/x", std::vector<double>(1001, value));
    file.close();
    io::publish_checkpoint(newest, {});
  }
  static double value(const fs::path& path) {
    return io::h5::read<double>(io::h5::File::open(path), "/x").at(1000);
  }
  double resumed() const { return value(io::intact_checkpoint(newest, {})); }
};

void flip_byte(const fs::path& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(file.get() ^ 4);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
}

}  // namespace

TEST_CASE("the last two checkpoints are kept, and HDF5 reads what is sealed") {
  const Kept kept;
  CHECK(io::earlier_checkpoint("a.b/run.h5") == "a.b/run_before.h5");
  CHECK_FALSE(io::any_checkpoint(kept.newest, {}));
  kept.write(1);
  CHECK(io::any_checkpoint(kept.newest, {}));
  CHECK_FALSE(fs::exists(kept.earlier));
  kept.write(2);
  kept.write(3);
  CHECK(Kept::value(kept.newest) == 3);
  CHECK(Kept::value(kept.earlier) == 2);
  CHECK(kept.resumed() == 3);
  CHECK_FALSE(fs::exists(io::incomplete_name(kept.newest)));
  io::remove_checkpoints(kept.newest, {});
  CHECK(fs::is_empty(kept.folder.path()));
}

TEST_CASE("wherever a checkpoint is damaged, the one before it is used") {
  const Kept kept;
  kept.write(1);
  kept.write(2);
  const auto size = fs::file_size(kept.newest);
  for (std::uint64_t offset = 0; offset < size; offset += offset < 64 || offset + 64 > size ? 1 : 97) {
    flip_byte(kept.newest, offset);
    CHECK(io::intact_checkpoint(kept.newest, {}) == kept.earlier);
    flip_byte(kept.newest, offset);
  }
  CHECK(io::intact_checkpoint(kept.newest, {}) == kept.newest);
  for (const std::uint64_t rest :
       {size - 1, size - 8, size - 24, size / 2, std::uint64_t{23}, std::uint64_t{0}}) {
    fs::resize_file(kept.newest, rest);
    CHECK(io::intact_checkpoint(kept.newest, {}) == kept.earlier);
  }
  flip_byte(kept.earlier, 3000);
  CHECK_THROWS_AS(io::intact_checkpoint(kept.newest, {}), core::FormatError);
  CHECK_THROWS_WITH(
      io::intact_checkpoint(kept.newest, {}),
      Catch::Contains("checkpoint.h5 is damaged") && Catch::Contains("checkpoint_before.h5 is damaged"));
}

TEST_CASE("what was used is the one to be kept") {
  const Kept kept;
  kept.write(1);
  kept.write(2);
  flip_byte(kept.newest, 3000);
  io::keep_only(kept.newest, io::intact_checkpoint(kept.newest, {}), {});
  CHECK(kept.resumed() == 1);
  kept.write(3);
  CHECK(Kept::value(kept.earlier) == 1);
  fs::remove(kept.newest);  // killed between two names, on a file system without links
  CHECK(kept.resumed() == 1);
  fs::remove(kept.earlier);
  CHECK_THROWS_AS(io::intact_checkpoint(kept.newest, {}), core::MissingFileError);
}
