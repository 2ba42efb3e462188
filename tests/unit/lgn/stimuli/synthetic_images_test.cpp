// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/synthetic_images.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <fstream>
#include <iterator>
#include <numbers>

#include "lgn/stimuli/picture_file.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::lgn;

namespace {

/// Amplitude at (rows, columns) cycles per picture, by the plain sum.
double amplitude(const ImageSet& set, const std::vector<float>& image, std::size_t u, std::size_t v) {
  std::complex<double> sum = 0;
  for (std::size_t j = 0; j < set.rows; ++j)
    for (std::size_t i = 0; i < set.columns; ++i)
      sum += static_cast<double>(image[j * set.columns + i]) *
             std::polar(1.0, -2 * std::numbers::pi *
                                 (static_cast<double>(u * j) / static_cast<double>(set.rows) +
                                  static_cast<double>(v * i) / static_cast<double>(set.columns)));
  return std::abs(sum);
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("the amplitude of synthetic images falls as one over frequency, along rows and columns") {
  const ImageSet set{.seed = 3};
  // Slope of log amplitude against log frequency, over pictures and over frequencies of 2 to 30 cycles.
  for (const bool along_rows : {false, true}) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (std::size_t picture = 0; picture < 12; ++picture) {
      const auto image = synthetic_image(set, picture);
      for (std::size_t k = 2; k <= 30; ++k) {
        const double log_f = std::log(static_cast<double>(k));
        const double log_a = std::log(along_rows ? amplitude(set, image, 0, k) : amplitude(set, image, k, 0));
        n += 1, x += log_f, y += log_a, xx += log_f * log_f, xy += log_f * log_a;
      }
    }
    const double slope = (n * xy - x * y) / (n * xx - x * x);
    CHECK(std::abs(slope + 1) < 0.2);
  }
}

TEST_CASE("synthetic images are contrasts around grey with a standard deviation of a third") {
  const ImageSet set;
  for (std::size_t picture = 0; picture < 5; ++picture) {
    const auto image = synthetic_image(set, picture);
    REQUIRE(image.size() == 80 * 120);
    double sum = 0, squares = 0;
    for (const float value : image) {
      REQUIRE((value >= -1 && value <= 1));
      sum += value, squares += value * value;
    }
    CHECK(std::abs(sum / 9600) < 0.01);
    CHECK(std::sqrt(squares / 9600) == Approx(1.0 / 3).margin(0.01));
  }
}

TEST_CASE(
    "the same seed makes the same file of images, and a picture does not depend on how many there are") {
  const test::TemporaryFolder folder;
  const ImageSet set{.count = 3, .rows = 16, .columns = 24, .seed = 9};
  write_synthetic_images(set, folder.path() / "a.h5");
  write_synthetic_images(set, folder.path() / "new/b.h5");
  CHECK(bytes_of(folder.path() / "a.h5") == bytes_of(folder.path() / "new/b.h5"));
  auto other = set;
  other.seed = 10;
  write_synthetic_images(other, folder.path() / "c.h5");
  CHECK(bytes_of(folder.path() / "a.h5") != bytes_of(folder.path() / "c.h5"));
  CHECK(synthetic_image(set, 0) != synthetic_image(set, 1));

  const auto file = open_pictures(folder.path() / "a.h5", {}, "test");
  CHECK(file.dataset == "/images");
  CHECK(file.count == 3);
  CHECK(file.rows == 16);
  CHECK(file.columns == 24);
  CHECK(file.type == PixelType::float32);
  CHECK(std::get<std::vector<float>>(read_pictures(file, 2, 1)) == synthetic_image(set, 2));
}
