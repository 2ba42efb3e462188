// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/stimuli/synthetic_images.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <unsupported/Eigen/FFT>

#include "core/errors/error.hpp"
#include "core/values/random.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::lgn {
namespace {

using Complex = std::complex<double>;

constexpr const char* dataset = "/images";
constexpr double standard_deviation = 1.0 / 3;

enum class Direction { forward, inverse };

/// In place, `length` values that are `stride` apart, beginning at each of `starts`.
void transform_lines(std::vector<Complex>& values, std::size_t lines, std::size_t line_stride,
                     std::size_t length, std::size_t stride, Direction direction) {
  Eigen::FFT<double> fft;
  std::vector<Complex> line(length), result(length);
  for (std::size_t k = 0; k < lines; ++k) {
    for (std::size_t i = 0; i < length; ++i) line[i] = values[k * line_stride + i * stride];
    if (direction == Direction::forward)
      fft.fwd(result, line);
    else
      fft.inv(result, line);
    for (std::size_t i = 0; i < length; ++i) values[k * line_stride + i * stride] = result[i];
  }
}

void transform(std::vector<Complex>& values, std::size_t rows, std::size_t columns, Direction direction) {
  transform_lines(values, rows, columns, columns, 1, direction);
  transform_lines(values, columns, 1, rows, columns, direction);
}

/// Cycles per pixel of element k of n.
double frequency(std::size_t k, std::size_t n) {
  return static_cast<double>(std::min(k, n - k)) / static_cast<double>(n);
}

}  // namespace

std::vector<float> synthetic_image(const ImageSet& set, std::size_t index) {
  core::RandomStream random(set.seed, core::Purpose::synthetic_image, index);
  std::vector<Complex> values(set.rows * set.columns);
  for (Complex& value : values) value = random.normal();
  transform(values, set.rows, set.columns, Direction::forward);
  for (std::size_t j = 0; j < set.rows; ++j)
    for (std::size_t i = 0; i < set.columns; ++i) {
      const double f = std::hypot(frequency(j, set.rows), frequency(i, set.columns));
      values[j * set.columns + i] *= f > 0 ? 1 / f : 0;
    }
  transform(values, set.rows, set.columns, Direction::inverse);
  double squares = 0;
  for (const Complex& value : values) squares += value.real() * value.real();
  const double scale = standard_deviation / std::sqrt(squares / static_cast<double>(values.size()));
  std::vector<float> contrast;
  for (const Complex& value : values)
    contrast.push_back(static_cast<float>(std::clamp(value.real() * scale, -1.0, 1.0)));
  return contrast;
}

void write_synthetic_images(const ImageSet& set, const std::filesystem::path& path) {
  if (path.has_parent_path()) io::make_folder(path.parent_path());
  auto file = io::h5::File::create(io::incomplete_name(path));
  io::write_run_attributes(
      file, {.scheme = {},
             .seed = set.seed,
             .config_hash = io::short_hash(fmt::format("images {} {} {}", set.count, set.rows, set.columns)),
             .run_id = {}});
  const std::uint64_t shape[] = {set.count, set.rows, set.columns};
  io::h5::create_dataset<float>(file, dataset, shape);
  for (std::size_t k = 0; k < set.count; ++k)
    io::h5::write_rows<float>(file, dataset, k, synthetic_image(set, k));
  file.close();
  io::publish(path);
}

}  // namespace striate::lgn
