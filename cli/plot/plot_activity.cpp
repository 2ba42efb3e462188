// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "cli/plot/plot_kinds.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/sonata_config.hpp"
#include "io/sonata/spikes.hpp"
#include "lgn/lgn_config.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/kinds/figure_raster.hpp"

namespace striate::cli {
namespace {

namespace fs = std::filesystem;

io::NodePopulation nodes_of(const fs::path& base, const std::string& name) {
  const auto nodes = base / "network" / (name + "_nodes.h5"),
             types = base / "network" / (name + "_node_types.csv");
  for (auto& population : io::read_node_populations({{.nodes_file = nodes, .node_types_file = types}}))
    if (population.name == name) return population;
  throw core::FormatError("no population {} in {}", name, nodes);
}

io::SpikeTrains spikes_of(const fs::path& file, const std::string& population) {
  if (file.extension() == ".csv") return io::read_spikes_csv(file, population);
  return io::read_spikes_h5(file, population);
}

metrics::TimeWindow window_of(const PlotRequest& request, const io::SpikeTrains& spikes) {
  const double begin_ms = request.begin_ms.value_or(0);
  const double last_ms = spikes.time_ms.empty() ? begin_ms : *std::ranges::max_element(spikes.time_ms);
  const double end_ms = request.end_ms.value_or(std::max(begin_ms + 1, std::ceil(last_ms / 100) * 100));
  if (!(begin_ms >= 0) || !(end_ms > begin_ms) || !std::isfinite(end_ms))
    throw core::UsageError("invalid --from {} --to {} (ms, must be from before to)", begin_ms, end_ms);
  return {.begin_ms = begin_ms, .end_ms = end_ms};
}

double bin_width(const PlotRequest& request, const metrics::TimeWindow& window, double usual_ms) {
  constexpr double most_bins = 1e5;  // more than a picture has dots
  const double shown_ms = window.end_ms - window.begin_ms,
               bin_ms = request.bin_ms.value_or(std::min(usual_ms, shown_ms));
  if (!(bin_ms > 0) || !(bin_ms <= shown_ms) || !(shown_ms / bin_ms <= most_bins))
    throw core::UsageError("invalid --bin {} (ms, above 0, within the {} ms shown, at most {} bins)", bin_ms,
                           shown_ms, most_bins);
  return bin_ms;
}

/// Frames to show: those asked for, else six: spread over the stimulus, for a grating over one of its cycles
/// (with the last grey frame, if there is one, in front).
std::vector<std::size_t> frames_to_show(const PlotRequest& request, const lgn::Stimulus& stimulus) {
  std::vector<std::size_t> frames;
  for (const double time_ms : request.times_ms) {
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

}  // namespace

fs::path plot_raster(const PlotRequest& request) {
  const auto option = request.first_option();
  const auto file = request.spikes.value_or(request.path / ("output_" + option) / "spikes.h5");
  const auto nodes = nodes_of(request.path, "v1");
  auto spikes = spikes_of(file, "v1");
  const auto window = window_of(request, spikes);
  const double bin_ms = bin_width(request, window, 20);
  const auto picture = request.picture_or("raster_" + option + ".png");
  const auto name = request.spikes ? file.parent_path().filename() / file.filename() : fs::path(option);
  const auto title = fmt::format("{}, {}: {} spikes of {} cells", metrics::network_name(request.path), name,
                                 spikes.size(), nodes.size());
  const auto figure = metrics::raster_figure({.groups = metrics::cortical_groups(nodes),
                                              .spikes = std::move(spikes),
                                              .window = window,
                                              .bin_ms = bin_ms,
                                              .title = title});
  metrics::draw(picture, figure.canvas, figure.script);
  return picture;
}

fs::path plot_lgn(const PlotRequest& request) {
  const auto file = request.spikes.value_or(request.path / "filternet" / "spikes.h5");
  const auto nodes = nodes_of(request.path, "lgn");
  const auto spikes = spikes_of(file, "lgn");
  const auto window = window_of(request, spikes);
  const double bin_ms = bin_width(request, window, 50);
  const auto groups = metrics::groups_by_name(nodes);
  const auto picture = request.picture.value_or(request.path / "figures" / "lgn.png");
  metrics::draw(
      picture, {.width = 1200, .height = 1200},
      "set multiplot layout 2,1\nset lmargin 22\nset rmargin 18\n" +
          metrics::rates_script(groups, metrics::group_rates(groups, spikes, window, bin_ms), window, bin_ms,
                                fmt::format("mean LGN rates in bins of {} ms", bin_ms)) +
          "set xlabel 'time (ms)'\n" +
          metrics::raster_script(groups, spikes, window,
                                 fmt::format("{} spikes of {} LGN cells", spikes.size(), nodes.size())) +
          "unset multiplot\n");
  return picture;
}

fs::path plot_stimulus(const PlotRequest& request) {
  const auto config = io::load_sonata_config(request.path);
  const auto input = lgn::enabled_input(config);
  const bool rows_go_down = input.string("y_dir").value_or("down") == "down";
  const auto stimulus = lgn::read_stimulus(input, lgn::run_tstop_ms(config)).stimulus;
  const auto& screen = stimulus.screen;
  const auto frames = frames_to_show(request, stimulus);
  const std::size_t columns = std::min<std::size_t>(3, frames.size()),
                    rows = (frames.size() + columns - 1) / columns;
  std::string script = fmt::format(
      "set multiplot layout {},{} title {}\nset palette gray gamma 1\nset cbrange [-1:1]\nunset "
      "colorbox\nset size "
      "ratio "
      "-1\nset xrange [{}:{}]\nset yrange [{}:{}] {}\nset xlabel 'x (degrees)'\nset ylabel 'y (degrees)'\n",
      rows, columns, metrics::gnuplot_text(stimulus.description), -screen.column_pitch_deg / 2,
      (static_cast<double>(screen.columns) - 0.5) * screen.column_pitch_deg, -screen.row_pitch_deg / 2,
      (static_cast<double>(screen.rows) - 0.5) * screen.row_pitch_deg, rows_go_down ? "reverse" : "");
  for (std::size_t k = 0; k < frames.size(); ++k)
    script +=
        metrics::matrix_block(fmt::format("frame{}", k), lgn::frame_pixels(stimulus, frames[k]),
                              screen.columns) +
        fmt::format("set title '{} ms'\nplot $frame{} matrix using ($1*{}):($2*{}):3 with image notitle\n",
                    static_cast<double>(frames[k]) / stimulus.frame_rate_hz * 1000, k,
                    screen.column_pitch_deg, screen.row_pitch_deg);
  const auto picture = request.picture.value_or("stimulus.png");
  metrics::draw(picture,
                {.width = static_cast<int>(420 * columns), .height = static_cast<int>(320 * rows + 40)},
                script + "unset multiplot\n");
  return picture;
}

}  // namespace striate::cli
