// SPDX-License-Identifier: BSD-3-Clause
// Stimuli made of pictures in a file: a movie (one picture per frame) and held images (each picture shown for
// a while). Equal consecutive frames are stored once, so a movie of held images costs what the images cost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lgn/stimuli/picture_file.hpp"
#include "lgn/stimuli/stimulus.hpp"

namespace striate::lgn {

/// How stored values become contrast.
struct Normalization {
  enum class Kind { none, guess, range } kind = Kind::none;
  double low = -1, high = 1;  ///< of kind range: the values that mean black and white
};

/// What movie and held images have in common.
struct PictureParameters {
  PictureFile file;
  double frame_rate_hz = 1000;
  std::vector<double> row_range = {}, column_range = {};  ///< coordinates in degrees; empty: 0, 1, 2, …
  bool flip_rows = false;
  Normalization normalization = {};
};

struct HeldImageParameters {
  double image_s = 0.25;
  std::vector<std::int64_t> order;  ///< pictures in order of presentation, -1 is grey; empty: all, as stored
  double gray_before_s = 0, gray_after_s = 0;
};

Stimulus make_movie(const PictureParameters& parameters, const std::string& where);
Stimulus make_held_images(const PictureParameters& parameters, const HeldImageParameters& presentation,
                          const std::string& where);

}  // namespace striate::lgn
