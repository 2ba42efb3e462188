// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/pictures/stimulus_picture.hpp"

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

constexpr std::size_t panels = 6;

/// When a grating moves that is shown to the end.
struct Motion {
  std::size_t first_frame;
  double temporal_hz;
};

std::optional<Motion> lasting_motion(const lgn::Stimulus& stimulus) {
  if (const auto* grating = std::get_if<lgn::Grating>(&stimulus.pattern))
    return Motion{grating->first_frame, grating->temporal_hz};
  const auto* sequence = std::get_if<lgn::GratingSequence>(&stimulus.pattern);
  if (sequence == nullptr || sequence->slots.size() != 1) return std::nullopt;
  const auto& slot = sequence->slots.front();
  double slowest_hz = 0;
  for (const auto& wave : slot.waves)
    if (const double hz = std::abs(wave.temporal_hz); hz > 0 && (slowest_hz == 0 || hz < slowest_hz))
      slowest_hz = hz;
  return Motion{slot.first_frame, slowest_hz};
}

/// The middles of slots that show something, spread over them.
std::vector<std::size_t> middles_of_slots(const lgn::GratingSequence& sequence) {
  std::vector<std::size_t> middles, chosen;
  for (const auto& slot : sequence.slots)
    if (!slot.waves.empty()) middles.push_back((slot.first_frame + slot.end_frame) / 2);
  if (middles.size() <= panels) return middles;
  for (std::size_t k = 0; k < panels; ++k) chosen.push_back(middles[(middles.size() - 1) * k / (panels - 1)]);
  return chosen;
}

/// Frames to show: those asked for, else six: spread over the stimulus, for a grating over one of its cycles
/// (with the last grey frame, if there is one, in front), for gratings one after another in the midst of six.
std::vector<std::size_t> frames_to_show(const std::vector<double>& times_ms, const lgn::Stimulus& stimulus) {
  std::vector<std::size_t> frames;
  for (const double time_ms : times_ms) {
    const double frame = std::round(time_ms / 1000 * stimulus.frame_rate_hz);
    if (!(frame >= 0) || !(frame < static_cast<double>(stimulus.frames)))
      throw core::UsageError("invalid --times {} (ms, the stimulus lasts {} ms)", time_ms,
                             static_cast<double>(stimulus.frames - 1) / stimulus.frame_rate_hz * 1000);
    frames.push_back(static_cast<std::size_t>(frame));
  }
  if (const auto motion = lasting_motion(stimulus); frames.empty() && motion && motion->temporal_hz != 0) {
    const std::size_t first = motion->first_frame > 0 ? motion->first_frame - 1 : 0;
    const double step = stimulus.frame_rate_hz / std::abs(motion->temporal_hz) / (panels - 1);
    for (std::size_t k = 0; k < panels; ++k)
      frames.push_back(std::min(stimulus.frames - 1, first + static_cast<std::size_t>(std::min(
                                                                 static_cast<double>(k) * step, 1e9))));
  }
  if (const auto* sequence = std::get_if<lgn::GratingSequence>(&stimulus.pattern);
      frames.empty() && sequence != nullptr && sequence->slots.size() > 1)
    frames = middles_of_slots(*sequence);
  if (frames.empty())
    for (std::size_t k = 0; k < panels; ++k) frames.push_back((stimulus.frames - 1) * (k + 1) / panels);
  return frames;
}

/// Where the cells of each population look, as far as the network is there: a frame around their positions,
/// and in words.
struct CellsView {
  std::string script, text;
};

CellsView view_of_cells(const io::SonataConfig& config, const lgn::Screen& screen) {
  CellsView all;
  int object = 1;
  std::error_code ignored;
  for (const auto& entry : config.nodes) {
    if (!fs::exists(entry.nodes_file, ignored)) continue;
    std::optional<fs::path> models;
    if (const auto components = config.optional_section("components");
        components && components->has("filter_models_dir"))
      models = config.component_dir("filter_models_dir");
    for (const auto& population : io::read_node_populations({entry})) {
      const auto cells = lgn::make_cells(population, models);
      if (const auto view = lgn::field_of_view(cells)) {
        all.text += (all.text.empty() ? "" : "; ") + lgn::describe(cells, *view, screen);
        all.script += fmt::format(
            "set object {} rectangle from {},{} to {},{} front fillstyle empty border lc rgb '#d62728' lw "
            "2\n",
            object++, view->x_low, view->y_low, view->x_high, view->y_high);
      }
    }
  }
  return all;
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

DrawnStimulus draw_stimulus(const io::SonataConfig& config, const std::vector<double>& times_ms,
                            const fs::path& picture) {
  const auto configured = lgn::read_stimulus(lgn::enabled_input(config), lgn::run_tstop_ms(config));
  const auto& stimulus = configured.stimulus;
  const auto& screen = stimulus.screen;
  const auto frames = frames_to_show(times_ms, stimulus);
  const std::size_t columns = std::min<std::size_t>(3, frames.size()),
                    rows = (frames.size() + columns - 1) / columns;
  const auto view = view_of_cells(config, screen);
  // What is up in the world is up in the picture: gnuplot turns an axis whose range descends.
  double bottom_deg = -screen.row_pitch_deg / 2,
         top_deg = (static_cast<double>(screen.rows) - 0.5) * screen.row_pitch_deg;
  if (!configured.y_up) std::swap(bottom_deg, top_deg);
  const auto title = stimulus.description + (view.script.empty() ? "" : "; red: where the cells look");
  std::string script = fmt::format(
      "set multiplot layout {},{} title {}\nset palette gray gamma 1\nset cbrange [-1:1]\nunset colorbox\n"
      "set tics font ',8'\nset size ratio -1\nset xrange [{}:{}]\nset yrange [{}:{}]\nset xlabel 'x "
      "(degrees)'\n"
      "set ylabel 'y (degrees), {}'\n",
      rows, columns, title_lines(title, page_width - 40), -screen.column_pitch_deg / 2,
      (static_cast<double>(screen.columns) - 0.5) * screen.column_pitch_deg, bottom_deg, top_deg,
      configured.y_up ? "upwards" : "downwards");
  script += view.script;
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
  return {.description = stimulus.description, .cells = view.text};
}

std::vector<fs::path> run_stimulus_picture(const core::Call& call, const core::Comm& world) {
  const auto picture = metrics::path_if(call.values, "output").value_or("stimulus.png");
  if (world.is_root())
    draw_stimulus(io::load_sonata_config(call.argument("CONFIG")), call.values.numbers("times"), picture);
  return {picture};
}

}  // namespace striate::workflows
