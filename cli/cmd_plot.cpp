// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "cli/command.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/nodes.hpp"
#include "io/sonata_config.hpp"
#include "io/spikes.hpp"
#include "lgn/config.hpp"
#include "metrics/gnuplot.hpp"
#include "metrics/raster.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

namespace fs = std::filesystem;

/// What a kind of picture is made from.
struct PlotRequest {
  fs::path path;  ///< BASE, or a configuration
  std::optional<std::string> option;  ///< network option, such as "plain"
  std::optional<fs::path> spikes, picture;
  std::optional<double> begin_ms, end_ms, bin_ms;
  std::vector<double> times_ms;
};

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

fs::path plot_raster(const PlotRequest& request) {
  const auto option = request.option.value_or("plain");
  const auto file = request.spikes.value_or(request.path / ("output_" + option) / "spikes.h5");
  const auto nodes = nodes_of(request.path, "v1");
  const auto spikes = spikes_of(file, "v1");
  const auto window = window_of(request, spikes);
  const auto picture = request.picture.value_or(request.path / "figures" / ("raster_" + option + ".png"));
  metrics::draw(picture, {.width = 1200, .height = 1000},
                metrics::raster_script(metrics::cortical_groups(nodes), spikes, window,
                                       fmt::format("{}: {} spikes of {} cells",
                                                   request.spikes ? file.filename().string() : option,
                                                   spikes.size(), nodes.size())));
  return picture;
}

fs::path plot_lgn(const PlotRequest& request) {
  const auto file = request.spikes.value_or(request.path / "filternet" / "spikes.h5");
  const auto nodes = nodes_of(request.path, "lgn");
  const auto spikes = spikes_of(file, "lgn");
  const auto window = window_of(request, spikes);
  const double bin_ms = request.bin_ms.value_or(50);
  if (!(bin_ms > 0) || !(bin_ms <= window.end_ms - window.begin_ms))
    throw core::UsageError("invalid --bin {} (ms, above 0 and within the time shown)", bin_ms);
  const auto groups = metrics::groups_by_name(nodes);
  const auto picture = request.picture.value_or(request.path / "figures" / "lgn.png");
  metrics::draw(
      picture, {.width = 1200, .height = 1200},
      "set multiplot layout 2,1\nset lmargin 22\nset rmargin 18\n" +
          metrics::rates_script(groups, metrics::group_rates(groups, spikes, window, bin_ms), window, bin_ms,
                                fmt::format("mean LGN rates in bins of {} ms", bin_ms)) +
          metrics::raster_script(groups, spikes, window,
                                 fmt::format("{} spikes of {} LGN cells", spikes.size(), nodes.size())) +
          "unset multiplot\n");
  return picture;
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

struct Kind {
  const char* name;
  fs::path (*draw)(const PlotRequest&);
};
constexpr Kind kinds[] = {{"stimulus", plot_stimulus}, {"lgn", plot_lgn}, {"raster", plot_raster}};

template <class T>
std::optional<T> option(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::nullopt : std::optional<T>(values[name].as<T>());
}

}  // namespace

core::ExitCode run_plot(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate plot KIND PATH [OPT] [options]",
    .description =
        "Draws a picture with gnuplot; its suffix (.png or .svg) says in which format.\n"
        "  stimulus CONFIG.json   frames of what an LGN configuration shows\n"
        "  lgn BASE               mean rate of each LGN class over time, and a raster\n"
        "  raster BASE [OPT]      spikes of BASE/output_OPT (OPT: plain)",
    .options = {}, .positional = {
      "kind",
      "path",
      "option?"
    }
  };
  interface.options.add_options()  //
      ("output,o", po::value<std::string>()->value_name("FILE"), "the picture (default: in BASE/figures)")  //
      ("spikes", po::value<std::string>()->value_name("FILE"), "another spike file (.h5 or .csv)")  //
      ("from", po::value<double>()->value_name("MS"), "first time shown")  //
      ("to", po::value<double>()->value_name("MS"), "last time shown")  //
      ("bin", po::value<double>()->value_name("MS"), "width of the bins of rates (50)")  //
      ("times", po::value<std::vector<double>>()->multitoken()->value_name("MS …"), "frames to show");
  const auto parsed = parse(interface, arguments, world);
  if (!parsed) return core::ExitCode::done;
  const auto& values = *parsed;
  PlotRequest request;
  request.path = values["path"].as<std::vector<std::string>>().front();
  if (values.count("option?") != 0) request.option = values["option?"].as<std::vector<std::string>>().front();
  request.spikes = option<std::string>(values, "spikes");
  request.picture = option<std::string>(values, "output");
  request.begin_ms = option<double>(values, "from");
  request.end_ms = option<double>(values, "to");
  request.bin_ms = option<double>(values, "bin");
  request.times_ms = option<std::vector<double>>(values, "times").value_or(std::vector<double>{});

  const auto name = values["kind"].as<std::vector<std::string>>().front();
  const auto kind = std::ranges::find(kinds, name, [](const Kind& each) { return std::string(each.name); });
  if (kind == std::end(kinds)) {
    std::vector<std::string> names;
    for (const Kind& each : kinds) names.emplace_back(each.name);
    const auto suggestion = core::nearest(name, names);
    throw core::UsageError("unknown picture '{}' ({}) see 'striate plot --help'", name,
                           suggestion.empty() ? std::string("stimulus, lgn and raster are")
                                              : fmt::format("did you mean '{}'?", suggestion));
  }
  if (world.is_root()) core::log::info("drawn: {}", kind->draw(request));
  return core::ExitCode::done;
}

}  // namespace striate::cli
