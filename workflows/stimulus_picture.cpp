// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/stimulus_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors/error.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/nodes.hpp"
#include "lgn/filters/lgn_cells.hpp"
#include "lgn/lgn_config.hpp"
#include "metrics/figures/panels/figure_style.hpp"
#include "metrics/figures/panels/gnuplot.hpp"
#include "metrics/figures/panels/text_size.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;

/// Frames to show: those asked for, else six: spread over the stimulus, for a grating over one of its cycles
/// (with the last grey frame, if there is one, in front).
std::vector<std::size_t> frames_to_show(const std::vector<double>& times_ms, const lgn::Stimulus& stimulus) {
  std::vector<std::size_t> frames;
  for (const double time_ms : times_ms) {
    const double frame = std::round(time_ms / 1000 * stimulus.frame_rate_hz);
    if (!(frame >= 0) || !(frame < static_cast<double>(stimulus.frames)))
      throw core::UsageError("invalid --times {} (ms, the stimulus lasts {} ms)", time_ms,
                             static_cast<double>(stimulus.frames - 1) / stimulus.frame_rate_hz * 1000);
    frames.push_back(static_cast<std::size_t>(frame));
  }
  constexpr std::size_t panels = 6;
  const auto* grating = std::get_if<lgn::Grating>(&stimulus.pattern);
  if (frames.empty() && grating != nullptr && grating->temporal_hz != 0) {
    const std::size_t first = grating->first_frame > 0 ? grating->first_frame - 1 : 0;
    const double step = stimulus.frame_rate_hz / std::abs(grating->temporal_hz) / (panels - 1);
    for (std::size_t k = 0; k < panels; ++k)
      frames.push_back(std::min(stimulus.frames - 1, first + static_cast<std::size_t>(std::min(
                                                                 static_cast<double>(k) * step, 1e9))));
  }
  if (frames.empty())
    for (std::size_t k = 0; k < panels; ++k) frames.push_back((stimulus.frames - 1) * (k + 1) / panels);
  return frames;
}

/// A frame around the positions of the cells of each population, as far as the network is there.
std::string outline_of_cells(const io::SonataConfig& config) {
  std::string script;
  int object = 1;
  std::error_code ignored;
  for (const auto& entry : config.nodes) {
    if (!fs::exists(entry.nodes_file, ignored)) continue;
    std::optional<fs::path> models;
    if (const auto components = config.optional_section("components");
        components && components->has("filter_models_dir"))
      models = config.component_dir("filter_models_dir");
    for (const auto& population : io::read_node_populations({entry}))
      if (const auto view = lgn::field_of_view(lgn::make_cells(population, models)))
        script += fmt::format(
            "set object {} rectangle from {},{} to {},{} front fillstyle empty border lc rgb '#d62728' lw "
            "2\n",
            object++, view->x_low, view->y_low, view->x_high, view->y_high);
  }
  return script;
}

constexpr int page_width = 720;

/// A string of gnuplot's in as many lines as the page takes.
std::string title_lines(const std::string& text, double width) {
  constexpr double font = 11;  // gnuplot's titles are a little larger than other text
  std::string lines;
  for (const auto& line : metrics::wrapped(text, font, width)) {
    const auto quoted = metrics::gnuplot_text(line);
    lines += (lines.empty() ? "" : "\\n") + quoted.substr(1, quoted.size() - 2);
  }
  return '"' + lines + '"';
}

}  // namespace

std::vector<fs::path> run_stimulus_picture(const core::Call& call, const core::Comm& world) {
  const auto picture = metrics::path_if(call.values, "output").value_or("stimulus.png");
  if (!world.is_root()) return {picture};
  const auto config = io::load_sonata_config(call.argument("CONFIG"));
  const auto input = lgn::enabled_input(config);
  const auto configured = lgn::read_stimulus(input, lgn::run_tstop_ms(config));
  const auto& stimulus = configured.stimulus;
  const auto& screen = stimulus.screen;
  const auto frames = frames_to_show(call.values.numbers("times"), stimulus);
  const std::size_t columns = std::min<std::size_t>(3, frames.size()),
                    rows = (frames.size() + columns - 1) / columns;
  const auto outline = outline_of_cells(config);
  // What is up in the world is up in the picture: gnuplot turns an axis whose range descends.
  double bottom_deg = -screen.row_pitch_deg / 2,
         top_deg = (static_cast<double>(screen.rows) - 0.5) * screen.row_pitch_deg;
  if (!configured.y_up) std::swap(bottom_deg, top_deg);
  const auto title = stimulus.description + (outline.empty() ? "" : "; red: where the cells look");
  std::string script = fmt::format(
      "set multiplot layout {},{} title {}\nset palette gray gamma 1\nset cbrange [-1:1]\nunset colorbox\n"
      "set tics font ',8'\nset size ratio -1\nset xrange [{}:{}]\nset yrange [{}:{}]\nset xlabel 'x "
      "(degrees)'\n"
      "set ylabel 'y (degrees), {}'\n",
      rows, columns, title_lines(title, page_width - 40), -screen.column_pitch_deg / 2,
      (static_cast<double>(screen.columns) - 0.5) * screen.column_pitch_deg, bottom_deg, top_deg,
      configured.y_up ? "upwards" : "downwards");
  script += outline;
  for (std::size_t k = 0; k < frames.size(); ++k)
    script += metrics::matrix_block(fmt::format("frame{}", k), lgn::frame_pixels(stimulus, frames[k]),
                                    screen.columns) +
              fmt::format(
                  "set title '{:.6g} ms'\nplot $frame{} matrix using ($1*{}):($2*{}):3 with image notitle\n",
                  static_cast<double>(frames[k]) / stimulus.frame_rate_hz * 1000, k, screen.column_pitch_deg,
                  screen.row_pitch_deg);
  const int panel_height = page_width * 3 / 4 / static_cast<int>(columns);
  metrics::draw(picture, metrics::paper(page_width, panel_height * static_cast<int>(rows) + 40),
                script + "unset multiplot\n");
  return {picture};
}

}  // namespace striate::workflows
