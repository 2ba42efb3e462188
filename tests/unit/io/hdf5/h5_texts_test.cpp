// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/h5_texts.hpp"

#include <catch2/catch.hpp>

#include "support/temporary_folder.hpp"

using namespace striate;
using striate::test::TemporaryFolder;

TEST_CASE("texts of any length come back, also none and those beyond ASCII") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "texts.h5";
  const std::vector<std::string> texts{"iso", "", "L2/3 – µm", std::string(5000, 'x')};
  {
    auto file = io::h5::File::create(path);
    io::h5::write_texts(file, "/a/texts", texts);
    io::h5::write_texts(file, "/a/none", {});
    io::h5::write_text(file, "/a/one", "alone");
    io::h5::write_text_list_attribute(file, "/a", "names", texts);
    io::h5::write_reference_attribute(file, "/a/texts", "target", "/a/one");
    file.close();
  }
  const auto file = io::h5::File::open(path);
  CHECK(io::h5::read_strings(file, "/a/texts") == texts);
  CHECK(io::h5::dataset_info(file, "/a/none").shape == std::vector<std::uint64_t>{0});
  CHECK(io::h5::dataset_info(file, "/a/one").shape.empty());
  CHECK(io::h5::has_attribute(file, "/a", "names"));
  CHECK(io::h5::has_attribute(file, "/a/texts", "target"));
}
