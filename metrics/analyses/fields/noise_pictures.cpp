// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/fields/noise_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/hdf5/h5_slab.hpp"
#include "metrics/analyses/conditions/shown_conditions.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr const char *squares_dataset = "/noise/squares", *x_dataset = "/noise/x", *y_dataset = "/noise/y";
constexpr std::uint8_t dark = 0, grey = 127, light = 254;

/// Keys of an input that move pictures on the screen, and what the file of squares takes for granted.
void require_upright(const io::Json& input, const std::string& trial) {
  const auto refuse = [&](const char* key, const std::string& why) {
    throw core::ConfigError("squares of {} do not lie where the pictures' file says ({} in its stimulus) {}",
                            trial, key, why);
  };
  if (!input.value("flip_y", io::Json(true)).is_boolean() || !input.value("flip_y", true))
    refuse("flip_y", "show the pictures upright");
  if (input.value("module", io::Json()) != "images")
    refuse("module", "pictures are shown by the module images");
  for (const char* key : {"row_range", "col_range", "degrees_per_pixel"})
    if (input.contains(key) && input[key] != 1) refuse(key, "leave it out: a pixel is a degree");
}

/// The one file that all trials show.
fs::path pictures_of(const io::Paradigm& paradigm, const fs::path& base) {
  fs::path found;
  const auto inputs = shown_inputs(paradigm, base);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    auto trial = paradigm.trials[k];
    trial.stimulus = inputs[k];
    const auto own = trial.stimulus.is_object() ? trial.picture_file(base) : std::nullopt;
    if (!own)
      throw core::ConfigError("no data_file in the stimulus of {} of {} (it shows no pictures)", trial.name,
                              paradigm.name);
    require_upright(trial.stimulus, trial.name);
    if (k > 0 && *own != found)
      throw core::ConfigError(
          "{} and {} of {} show other pictures ({} and {}; one file must have all squares)",
          paradigm.trials.front().name, trial.name, paradigm.name, found, *own);
    found = *own;
  }
  return found;
}

void read_squares(NoiseDesign& design) {
  namespace h5 = io::h5;
  core::require_readable(design.pictures_file, "the runs showed the pictures in it");
  const auto file = h5::File::open(design.pictures_file);
  if (!h5::is_dataset(file, squares_dataset))
    throw core::FormatError(
        "no {} in {} (nothing says where its squares are) make noise with 'striate images --kind "
        "sparse-noise' or white-noise",
        squares_dataset, design.pictures_file);
  design.axes = {.x = h5::read<double>(file, x_dataset), .y = h5::read<double>(file, y_dataset)};
  for (double& x : design.axes.x) x -= middle_x_deg;
  for (double& y : design.axes.y) y -= middle_y_deg;
  const auto where = fmt::format(" in {}", design.pictures_file);
  require_even(design.axes.x, x_dataset, where);
  require_even(design.axes.y, y_dataset, where);
  const auto shape = h5::dataset_info(file, squares_dataset).shape;
  if (shape.size() != 3 || shape[1] != design.axes.y.size() || shape[2] != design.axes.x.size())
    throw core::FormatError("{}{} has not a row for each value of {} and a column for each of {}",
                            squares_dataset, where, y_dataset, x_dataset);
  design.pictures = shape[0];
  for (const auto level : h5::read_pictures<std::uint8_t>(file, squares_dataset, 0, shape[0])) {
    if (level != dark && level != grey && level != light)
      throw core::FormatError("a square of {}{} has the value {} (0 is dark, 127 grey, 254 light)",
                              squares_dataset, where, level);
    design.squares.push_back(level == light  ? std::int8_t{1}
                             : level == dark ? std::int8_t{-1}
                                             : std::int8_t{0});
  }
}

}  // namespace

std::string noise_refusal(const io::Paradigm& paradigm) {
  if (!paradigm.orders.empty()) return {};
  return fmt::format(
      "with --from noise it needs pictures one after another (lgn.stimulus.order), which {} does not show",
      paradigm.name);
}

NoiseDesign noise_design(const io::Paradigm& paradigm, const fs::path& base, const std::string& option,
                         double after_ms) {
  NoiseDesign design;
  design.pictures_file = pictures_of(paradigm, base);
  read_squares(design);
  const auto table = condition_table(paradigm, base);
  require_agreement(table, paradigm);
  const auto image = table.variable(image_variable);
  std::map<std::string, std::size_t> run_of;
  for (const auto& trial : paradigm.trials) {
    run_of.emplace(trial.name, design.runs.size());
    design.runs.push_back(base / paradigm.run_directory(trial, option));
  }
  for (const auto& row : table.rows) {
    if (row.blank) continue;
    const auto picture = core::parse_number<std::uint32_t>(row.values[image]);
    if (!picture || *picture >= design.pictures)
      throw core::FormatError("slot {} of {} shows picture {}, but {} has {} of them (from 0)", row.slot,
                              row.run, row.values[image], design.pictures_file, design.pictures);
    const auto run = run_of.find(row.run);
    if (run == run_of.end()) continue;  // of a trial that was not asked for
    if (row.start_ms + after_ms > paradigm.duration_ms)
      ++design.cut_off;
    else
      design.shown.push_back({.run = run->second, .start_ms = row.start_ms, .picture = *picture});
  }
  if (design.shown.empty())
    throw core::UsageError("no picture of {} is shown {} ms before its run ends (at {} ms)", paradigm.name,
                           after_ms, paradigm.duration_ms);
  return design;
}

}  // namespace striate::metrics
