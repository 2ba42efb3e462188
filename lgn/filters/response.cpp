// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/filters/response.hpp"

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "lgn/filters/spatial_filter.hpp"

namespace striate::lgn {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;

using SparseRows = Eigen::SparseMatrix<double, Eigen::RowMajor, std::int64_t>;
using DenseRows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

SparseRows spatial_matrix(std::span<const SubUnit> units, const Screen& screen) {
  SparseRows matrix(static_cast<Eigen::Index>(units.size()), static_cast<Eigen::Index>(screen.pixels()));
  std::vector<SpatialKernel> kernels;
  Eigen::Index entries = 0;
  for (const SubUnit& unit : units) {
    kernels.push_back(spatial_kernel(unit.x_deg, unit.y_deg, unit.sigma_deg, screen));
    entries +=
        static_cast<Eigen::Index>(kernels.back().rows.weight.size() * kernels.back().columns.weight.size());
  }
  matrix.reserve(entries);
  for (std::size_t row = 0; row < units.size(); ++row) {
    const auto& [columns, rows] = kernels[row];
    matrix.startVec(static_cast<Eigen::Index>(row));
    for (std::size_t j = 0; j < rows.weight.size(); ++j)
      for (std::size_t i = 0; i < columns.weight.size(); ++i)
        matrix.insertBack(static_cast<Eigen::Index>(row),
                          static_cast<Eigen::Index>((rows.first + j) * screen.columns + columns.first + i)) =
            rows.weight[j] * columns.weight[i];
  }
  matrix.finalize();
  return matrix;
}

/// Pictures multiplied together: as many as fit a cache, 128 of 80 x 120 pixels.
std::size_t pictures_per_block(std::size_t pixels) {
  constexpr std::size_t block_values = 128 * 80 * 120;  // 9.8 MB
  return std::clamp<std::size_t>(block_values / std::max<std::size_t>(pixels, 1), 1, 128);
}

/// Contrast of pictures [first, first + count), one column each.
DenseRows contrast_block(const Pictures& pictures, std::size_t pixels, std::size_t first, std::size_t count) {
  DenseRows block(static_cast<Eigen::Index>(pixels), static_cast<Eigen::Index>(count));
  std::visit(
      [&](const auto& values) {
        for (std::size_t k = 0; k < count; ++k) {
          const auto* source = values.data() + (first + k) * pixels;
          for (std::size_t pixel = 0; pixel < pixels; ++pixel)
            block(static_cast<Eigen::Index>(pixel), static_cast<Eigen::Index>(k)) =
                static_cast<double>(source[pixel]) * pictures.scale + pictures.offset;
        }
      },
      pictures.values);
  return block;
}

/// y[n] = sum over j of taps[j] * drive[n - j]; drive has taps.size() - 1 values before its first.
void filter(std::span<const double> taps, const double* drive, std::span<double> y) {
  constexpr std::size_t width = 16;  // outputs kept in registers
  std::size_t n = 0;
  for (; n + width <= y.size(); n += width) {
    std::array<double, width> sums{};
    for (std::size_t j = 0; j < taps.size(); ++j) {
      const double* past = drive + n - j;
      for (std::size_t i = 0; i < width; ++i) sums[i] += taps[j] * past[i];
    }
    std::ranges::copy(sums, y.begin() + static_cast<std::ptrdiff_t>(n));
  }
  for (; n < y.size(); ++n) {
    double sum = 0;
    for (std::size_t j = 0; j < taps.size(); ++j)
      sum += taps[j] * (drive + n)[-static_cast<std::ptrdiff_t>(j)];
    y[n] = sum;
  }
}

double drive_of(const Run& run, std::span<const double> picture_drive) {
  return run.picture < 0 ? 0.0 : picture_drive[static_cast<std::size_t>(run.picture)];
}

void filter_frames(const FrameKernel& kernel, const Movie& movie, std::span<const double> picture_drive,
                   std::span<double> y) {
  const std::size_t history = kernel.lags();  // grey before the first frame
  std::vector<double> drive(history + y.size(), 0.0);
  for (std::size_t r = 0; r < movie.runs.size(); ++r) {
    const std::size_t end = r + 1 < movie.runs.size() ? movie.runs[r + 1].first_frame : y.size();
    const double value = drive_of(movie.runs[r], picture_drive);
    for (std::size_t n = movie.runs[r].first_frame; n < std::min(end, y.size()); ++n)
      drive[history + n] = value;
  }
  filter(kernel.taps, drive.data() + history - kernel.first, y);
}

/// A change of the drive by d at frame a adds d times the cumulated kernel; when the kernel has passed, all
/// changes so far have become "drive then times total", so that long steady drives leave no rounding behind.
void filter_runs(const FrameKernel& kernel, const Movie& movie, std::span<const double> picture_drive,
                 std::span<double> y) {
  std::vector<double> cumulated(kernel.lags(), 0.0);
  double total = 0;
  for (std::size_t j = 0; j < kernel.taps.size(); ++j) cumulated[kernel.first + j] = total += kernel.taps[j];

  std::ranges::fill(y, 0.0);
  double before = 0;
  for (std::size_t r = 0; r < movie.runs.size(); ++r) {
    const std::size_t start = movie.runs[r].first_frame;
    const double drive = drive_of(movie.runs[r], picture_drive);
    const double change = drive - before;
    const std::size_t passed = std::min(start + cumulated.size(), y.size());
    for (std::size_t n = start; n < passed; ++n) y[n] += change * cumulated[n - start];
    const std::size_t next =
        r + 1 < movie.runs.size() ? movie.runs[r + 1].first_frame + cumulated.size() : y.size();
    for (std::size_t n = passed; n < std::min(next, y.size()); ++n) y[n] += drive * total;
    before = drive;
  }
}

}  // namespace

PictureDrive::PictureDrive(std::span<const SubUnit> units, const Screen& screen, const Pictures& pictures)
    : pictures_(pictures.count), values_(units.size() * pictures.count) {
  const SparseRows matrix = spatial_matrix(units, screen);
  Eigen::Map<DenseRows> result(values_.data(), static_cast<Eigen::Index>(units.size()),
                               static_cast<Eigen::Index>(pictures_));
  const std::size_t step = pictures_per_block(screen.pixels());
  for (std::size_t first = 0; first < pictures_; first += step) {
    const std::size_t count = std::min(step, pictures_ - first);
    const DenseRows block = contrast_block(pictures, screen.pixels(), first, count);
    result.middleCols(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)).noalias() =
        matrix * block;
  }
}

GratingTables::GratingTables(const Stimulus& stimulus) {
  const auto& grating = std::get<Grating>(stimulus.pattern);
  const double omega = two_pi * grating.temporal_hz;
  const std::size_t moving = stimulus.frames - std::min(grating.first_frame, stimulus.frames);
  lag_.reserve(moving);
  frame_.reserve(moving);
  for (std::size_t m = 0; m < moving; ++m) {
    const double elapsed_s = static_cast<double>(m) * grating.tau_step_s;
    lag_.push_back(std::polar(1.0, omega * elapsed_s));
    frame_.push_back(std::polar(1.0, -omega * (grating.first_tau_s + elapsed_s)));
  }
}

void grating_response(const SubUnit& unit, const FrameKernel& kernel, const Stimulus& stimulus,
                      const GratingTables& tables, std::span<double> y) {
  const auto& grating = std::get<Grating>(stimulus.pattern);
  std::ranges::fill(y, 0.0);
  const SpatialKernel space = spatial_kernel(unit.x_deg, unit.y_deg, unit.sigma_deg, stimulus.screen);
  if (!space.on_screen() || tables.frames() == 0) return;
  // drive = contrast Im(z exp(-i w tau)), all of space in the one number z
  const std::complex<double> z = grating.contrast * profile_spectrum(space.columns, grating.column_cycles) *
                                 profile_spectrum(space.rows, grating.row_cycles) *
                                 std::polar(1.0, grating.phase_rad);
  const auto lag = tables.lag();
  const auto frame = tables.frame();
  const auto moving = y.subspan(stimulus.frames - frame.size());
  // Frame n of the motion sees the lags 0 … n: a growing Fourier sum of the kernel, complete after lags()
  // frames.
  double sum_re = 0, sum_im = 0;
  const std::size_t onset = std::min(kernel.lags(), moving.size());
  for (std::size_t n = kernel.first; n < onset; ++n) {
    const double tap = kernel.taps[n - kernel.first];
    sum_re += tap * lag[n].real();
    sum_im += tap * lag[n].imag();
    const double re = z.real() * sum_re - z.imag() * sum_im, im = z.real() * sum_im + z.imag() * sum_re;
    moving[n] = re * frame[n].imag() + im * frame[n].real();
  }
  const double re = z.real() * sum_re - z.imag() * sum_im, im = z.real() * sum_im + z.imag() * sum_re;
  for (std::size_t n = onset; n < moving.size(); ++n) moving[n] = re * frame[n].imag() + im * frame[n].real();
}

void movie_response(const FrameKernel& kernel, const Movie& movie, std::span<const double> picture_drive,
                    TemporalPath path, std::span<double> y) {
  // A change of picture costs a term per lag, a tap costs one per frame.
  const bool held = movie.runs.size() * kernel.lags() < y.size() * kernel.taps.size() / 4;
  if (path == TemporalPath::runs || (path == TemporalPath::automatic && held))
    filter_runs(kernel, movie, picture_drive, y);
  else
    filter_frames(kernel, movie, picture_drive, y);
}

}  // namespace striate::lgn
