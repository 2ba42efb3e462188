// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "lgn/stimuli/movie.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::lgn;
using core::ConfigError;
using core::FormatError;

namespace {

/// A .npy file, as numpy.save writes it, with any header text.
template <class T>
std::filesystem::path write_npy(const std::filesystem::path& path, const std::string& header,
                                const std::vector<T>& values) {
  std::string text = header;
  while ((10 + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::ofstream out(path, std::ios::binary);
  out << "\x93NUMPY" << '\x01' << '\0';
  out << static_cast<char>(text.size() & 0xff) << static_cast<char>(text.size() >> 8) << text;
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(T)));
  return path;
}

std::string header(const std::string& type, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t k = 0; k < count; ++k) values[k] = static_cast<float>(k) / static_cast<float>(count);
  return values;
}

}  // namespace

TEST_CASE("numpy arrays of the three pixel types are read, in either byte order") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.npy";
  write_npy(path, header("<f4", "(2, 3, 4)"), ramp(24));
  auto file = open_pictures(path, {}, "test");
  CHECK(file.count == 2);
  CHECK(file.rows == 3);
  CHECK(file.columns == 4);
  CHECK(std::get<std::vector<float>>(read_pictures(file, 0, 2)) == ramp(24));
  CHECK(std::get<std::vector<float>>(read_pictures(file, 1, 1)).front() == 12.0f / 24);

  write_npy(path, header("|u1", "(1, 2, 2)"), std::vector<std::uint8_t>{1, 2, 3, 255});
  CHECK(std::get<std::vector<std::uint8_t>>(read_pictures(open_pictures(path, {}, "test"), 0, 1)).back() ==
        255);

  std::vector<double> swapped{0.75, -2, 1, 0};
  for (double& value : swapped) {
    auto* bytes = reinterpret_cast<char*>(&value);
    std::reverse(bytes, bytes + sizeof value);
  }
  write_npy(path, header(">f8", "(1, 2, 2)"), swapped);
  CHECK(std::get<std::vector<double>>(read_pictures(open_pictures(path, {}, "test"), 0, 1)) ==
        std::vector<double>{0.75, -2, 1, 0});
}

TEST_CASE("damaged and unfit numpy files are refused") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.npy";
  const auto refused = [&] { CHECK_THROWS_AS(open_pictures(path, {}, "test"), FormatError); };
  std::ofstream(path) << "no numpy";
  refused();
  std::ofstream(path) << "\x93NUMPY";
  refused();
  write_npy(path, header("<i4", "(2, 3, 4)"), ramp(24));
  refused();
  write_npy(path, header("<f4", "(2, 3)"), ramp(24));
  refused();
  write_npy(path, header("<f4", "(2, 3, x)"), ramp(24));
  refused();
  write_npy(path, header("<f4", "(2, 3, 5)"), ramp(29));  // one pixel short
  refused();
  write_npy(path, header("<f4", "(4611686018427387904, 4611686018427387904, 16)"), ramp(24));
  refused();
  write_npy(path, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3, 4), }", ramp(24));
  refused();
  write_npy(path, "{'descr': '<f4', 'shape': (2, 3, 4), }", ramp(24));
  refused();
  write_npy(path, header("<f4", "(2, 3, 4)"), ramp(24));
  CHECK_NOTHROW(open_pictures(path, {}, "test"));
  std::filesystem::resize_file(path, 60);
  refused();
  CHECK_THROWS_AS(open_pictures(folder.path() / "none.npy", {}, "test"), core::MissingFileError);
  std::filesystem::rename(path, folder.path() / "m.npz");
  CHECK_THROWS_AS(open_pictures(folder.path() / "m.npz", {}, "test"), ConfigError);
}

TEST_CASE("pixels that are not finite are refused with their place") {
  const test::TemporaryFolder folder;
  auto values = ramp(24);
  values[12 + 5] = std::numeric_limits<float>::quiet_NaN();
  const auto file =
      open_pictures(write_npy(folder.path() / "m.npy", header("<f4", "(2, 3, 4)"), values), {}, "test");
  CHECK_NOTHROW(read_pictures(file, 0, 1));
  CHECK_THROWS_WITH(read_pictures(file, 0, 2), Catch::Contains("frame 1, row 1, column 1"));
}

TEST_CASE("a movie keeps equal consecutive frames once, flips rows and normalizes") {
  const test::TemporaryFolder folder;
  // Frames a a b b b a of 2 x 2 pixels.
  const std::vector<std::uint8_t> a{0, 51, 102, 255}, b{255, 255, 0, 0};
  std::vector<std::uint8_t> values;
  for (const auto* frame : {&a, &a, &b, &b, &b, &a})
    values.insert(values.end(), frame->begin(), frame->end());
  const auto path = write_npy(folder.path() / "m.npy", header("|u1", "(6, 2, 2)"), values);
  PictureParameters p{.file = open_pictures(path, {}, "test"), .row_range = {}, .column_range = {}};
  p.normalization = {.kind = Normalization::Kind::range, .low = 0, .high = 255};
  const auto stimulus = make_movie(p, "test");
  const auto& movie = std::get<Movie>(stimulus.pattern);
  CHECK(movie.pictures.count == 3);
  CHECK(movie.runs.size() == 3);
  CHECK(stimulus.frames == 6);
  const auto first = frame_pixels(stimulus, 1);
  CHECK(first[0] == -1);
  CHECK(first[1] == Approx(-0.6));
  CHECK(first[2] == Approx(-0.2));
  CHECK(first[3] == 1);
  CHECK(frame_pixels(stimulus, 4) == std::vector<double>{1, 1, -1, -1});
  p.flip_rows = true;
  CHECK(frame_pixels(make_movie(p, "test"), 4) == std::vector<double>{-1, -1, 1, 1});
  p.normalization = {.kind = Normalization::Kind::guess};
  CHECK(frame_pixels(make_movie(p, "test"), 4) == std::vector<double>{-1, -1, 1, 1});
  p.normalization = {.kind = Normalization::Kind::range, .low = 0, .high = 254};
  CHECK_THROWS_AS(make_movie(p, "test"), ConfigError);
  p.normalization = {.kind = Normalization::Kind::guess};
  p.column_range = {0, 2};
  CHECK(make_movie(p, "test").screen.column_pitch_deg == 2);
  p.column_range = {0, 2, 4};
  CHECK_THROWS_AS(make_movie(p, "test"), ConfigError);
  p.column_range = {2, 2};
  CHECK_THROWS_AS(make_movie(p, "test"), ConfigError);
}

TEST_CASE("held images show each picture for its time between grey") {
  const test::TemporaryFolder folder;
  const auto path = write_npy(folder.path() / "m.npy", header("<f4", "(3, 1, 2)"),
                              std::vector<float>{0.1f, 0.1f, 0.2f, 0.2f, 0.3f, 0.3f});
  const PictureParameters p{.file = open_pictures(path, {}, "test"), .row_range = {}, .column_range = {}};
  HeldImageParameters show{
      .image_s = 0.05, .order = {2, 0, 0, 1}, .gray_before_s = 0.01, .gray_after_s = 0.02};
  const auto stimulus = make_held_images(p, show, "test");
  CHECK(stimulus.frames == 10 + 4 * 50 + 20 + 1);
  const auto shown = [&](std::size_t frame) {
    return static_cast<float>(frame_pixels(stimulus, frame).front());
  };
  CHECK(shown(9) == 0);
  CHECK(shown(10) == 0.3f);
  CHECK(shown(59) == 0.3f);
  CHECK(shown(60) == 0.1f);
  CHECK(shown(159) == 0.1f);
  CHECK(shown(160) == 0.2f);
  CHECK(shown(209) == 0.2f);
  CHECK(shown(210) == 0);
  show.order = {2, -1, 1};
  const auto with_blank = make_held_images(p, show, "test");
  CHECK(frame_pixels(with_blank, 59).front() == Approx(0.3));
  CHECK(frame_pixels(with_blank, 60).front() == 0);
  CHECK(frame_pixels(with_blank, 109).front() == 0);
  CHECK(frame_pixels(with_blank, 110).front() == Approx(0.2));
  CHECK(std::get<Movie>(with_blank.pattern).pictures.count == 2);  // what is not shown costs nothing
  show.order = {3};
  CHECK_THROWS_AS(make_held_images(p, show, "test"), ConfigError);
  show.order = {2};
  CHECK_NOTHROW(make_held_images(p, show, "test"));
  show.image_s = 0.0005;
  CHECK_THROWS_AS(make_held_images(p, show, "test"), ConfigError);
}

TEST_CASE("pictures in HDF5 equal those in numpy's format") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.h5";
  const hsize_t shape[] = {2, 3, 4};
  {
    auto file = io::h5::File::create(path);
    {
      const io::h5::Handle space(H5Screate_simple(3, shape, nullptr), H5Sclose);
      const io::h5::Handle dataset(
          H5Dcreate(file.id(), "movie", H5T_NATIVE_FLOAT, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          H5Dclose);
      const auto values = ramp(24);
      H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    file.close();
  }
  const auto file = open_pictures(path, {}, "test");
  CHECK(file.dataset == "/movie");
  CHECK(std::get<std::vector<float>>(read_pictures(file, 0, 2)) == ramp(24));
  CHECK_THROWS_AS(open_pictures(path, "/other", "test"), FormatError);
}

TEST_CASE("grey levels are no contrasts: without normalize they are refused") {
  const test::TemporaryFolder folder;
  const auto movie_of = [&](std::vector<double> pixels) {
    std::ofstream(folder.path() / "m.npy", std::ios::binary) << io::npy_bytes(pixels, {1, 1, pixels.size()});
    return make_movie({.file = open_pictures(folder.path() / "m.npy", {}, "test")}, "test");
  };
  CHECK_THROWS_WITH(movie_of({0, 128, 255}), Catch::Contains("[0, 255]"));
  CHECK_THROWS_AS(movie_of({0, 2}), ConfigError);
  CHECK_THROWS_AS(movie_of({-0.5, 10}), ConfigError);
  CHECK_THROWS_AS(movie_of({-10, 0.5}), ConfigError);
  CHECK_NOTHROW(movie_of({-1, 0, 1}));
  CHECK_NOTHROW(movie_of({-0.5, 1.5}));  // a little too much contrast may be meant
  write_npy(folder.path() / "u.npy", header("|u1", "(1, 1, 3)"), std::vector<std::uint8_t>{0, 1, 2});
  CHECK_THROWS_AS(make_movie({.file = open_pictures(folder.path() / "u.npy", {}, "test")}, "test"),
                  ConfigError);
  write_npy(folder.path() / "u.npy", header("|u1", "(1, 1, 3)"), std::vector<std::uint8_t>{0, 1, 1});
  CHECK_NOTHROW(make_movie({.file = open_pictures(folder.path() / "u.npy", {}, "test")}, "test"));
}
