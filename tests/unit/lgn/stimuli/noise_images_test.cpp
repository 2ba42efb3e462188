// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/noise_images.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <map>

using namespace striate::lgn;

TEST_CASE("squares of noise lie around the middle of the picture and cover it") {
  const auto centers = square_centers(120, 4.65);
  REQUIRE(centers.size() == 26);
  CHECK(centers[12] == Approx(59.5 - 2.325));
  CHECK(centers[13] == Approx(59.5 + 2.325));
  CHECK(centers.front() - 2.325 <= -0.5);
  CHECK(centers.back() + 2.325 >= 119.5);
  CHECK(square_centers(120, 4).size() == 30);
  CHECK(square_centers(10, 1000).size() == 2);
}

TEST_CASE("pixels of noise are their square's, on borders the mean by area") {
  const NoiseSet set{
      .rows = 4, .columns = 6, .square_deg = 1.25};  // borders at 1.25 and 3.75 of 6 columns, …
  const auto rows = square_centers(4, 1.25).size(), columns = square_centers(6, 1.25).size();
  REQUIRE((rows == 4 && columns == 6));
  std::vector<std::int8_t> squares(rows * columns, 0);
  for (std::size_t k = 0; k < squares.size(); ++k) squares[k] = k % 3 == 0 ? 1 : k % 3 == 1 ? -1 : 0;
  const auto pixels = noise_pixels(set, squares);
  for (std::size_t j = 0; j < 4; ++j)
    for (std::size_t i = 0; i < 6; ++i) {
      // By a hundred by hundred points in the pixel.
      double sum = 0;
      for (std::size_t v = 0; v < 100; ++v)
        for (std::size_t u = 0; u < 100; ++u) {
          const double y = static_cast<double>(j) + (static_cast<double>(v) + 0.5) / 100,
                       x = static_cast<double>(i) + (static_cast<double>(u) + 0.5) / 100;
          const auto row = static_cast<std::size_t>((y - 2) / 1.25 + 2),
                     column = static_cast<std::size_t>((x - 3) / 1.25 + 3);
          sum += squares[row * columns + column];
        }
      CHECK(static_cast<double>(pixels[j * 6 + i]) == Approx(127 * (1 + sum / 1e4)).margin(1.5));
    }
}

TEST_CASE("white noise is black or white alike often, and each picture another") {
  const NoiseSet set{.kind = NoiseKind::white, .count = 10, .square_deg = 4.65, .seed = 3};
  std::map<int, std::size_t> counts;
  for (std::size_t k = 0; k < 10; ++k)
    for (const auto square : noise_squares(set, k)) ++counts[square];
  REQUIRE(counts.size() == 2);
  const double all = 10 * 18 * 26;
  CHECK(std::abs(static_cast<double>(counts[1]) - all / 2) < 4 * std::sqrt(all) / 2);
  CHECK(noise_squares(set, 0) != noise_squares(set, 1));
  CHECK(noise_squares(set, 4) == noise_squares(set, 4));
}

TEST_CASE("squares of sparse noise are alone among grey, and no more would fit") {
  const NoiseSet set{.count = 1, .square_deg = 4.65, .spacing = 3, .seed = 1};
  std::size_t white = 0, black = 0;
  for (std::size_t k = 0; k < 40; ++k) {
    const auto squares = noise_squares(set, k);
    REQUIRE(squares.size() == 18 * 26);
    for (int at = 0; at < 18 * 26; ++at) {
      std::size_t near = 0;
      for (int other = 0; other < 18 * 26; ++other)
        if (squares[static_cast<std::size_t>(other)] != 0 && std::abs(at / 26 - other / 26) <= 3 &&
            std::abs(at % 26 - other % 26) <= 3)
          ++near;
      if (squares[static_cast<std::size_t>(at)] != 0)
        REQUIRE(near == 1);  // itself
      else
        REQUIRE(near >= 1);
    }
    white += static_cast<std::size_t>(std::ranges::count(squares, 1));
    black += static_cast<std::size_t>(std::ranges::count(squares, -1));
  }
  CHECK(white + black > 40 * 15);
  CHECK(std::abs(static_cast<double>(white) - static_cast<double>(black)) <
        4 * std::sqrt(static_cast<double>(white + black)));
}
