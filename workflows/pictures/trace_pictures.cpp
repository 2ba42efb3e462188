// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/pictures/trace_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/network_paths.hpp"
#include "core/text.hpp"
#include "io/generation/same_run.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/reports/report_read.hpp"
#include "io/sonata/spikes.hpp"
#include "lgn/lgn_config.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/runs/traces.hpp"
#include "workflows/pictures/run_folder.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t first_cells = 5, shown_frames = 8;

/// What is drawn of a report.
struct Chosen {
  fs::path file;
  io::ReadPopulation population;
  std::vector<std::size_t> columns = {};  ///< of its cells or groups
  std::vector<std::string> labels = {};  ///< of these
  std::vector<io::ReadVariable> variables = {};
  metrics::TimeWindow window = {};
  std::uint64_t first = 0, count = 0;  ///< samples
  bool means() const { return !population.groups.empty(); }
};

io::ReadPopulation choose_population(const core::Call& call, std::vector<io::ReadPopulation> populations,
                                     const fs::path& file) {
  const auto wanted = call.values.text_if("population");
  if (!wanted) return std::move(populations.front());
  std::vector<std::string> names;
  for (auto& population : populations) {
    if (population.name == *wanted) return std::move(population);
    names.push_back(population.name);
  }
  throw core::UsageError("no population {} in {} (--population names it){}", *wanted, file,
                         core::did_you_mean(*wanted, names));
}

/// The nodes that the report's columns are, as far as a network is given.
std::optional<io::NodePopulation> nodes_of(const std::optional<fs::path>& base, const std::string& name) {
  if (!base) return std::nullopt;
  const core::NetworkPaths paths{*base};
  std::error_code ignored;
  if (!fs::exists(paths.nodes(name), ignored)) return std::nullopt;
  for (auto& nodes : io::read_node_populations(
           {{.nodes_file = paths.nodes(name), .node_types_file = paths.node_types(name)}}))
    if (nodes.name == name) return std::move(nodes);
  return std::nullopt;
}

std::string name_of(const std::optional<io::NodePopulation>& nodes, std::uint64_t id) {
  const auto node = nodes ? nodes->index_of(id) : std::nullopt;
  return node ? nodes->text(*node, "pop_name").value_or("") : "";
}

/// The column that a word of --cells means.
std::size_t column_of(const std::string& word, const Chosen& chosen,
                      const std::optional<io::NodePopulation>& nodes) {
  const auto& population = chosen.population;
  const auto count = population.node_ids.size();
  for (std::size_t column = 0; column < count; ++column)
    if (chosen.means() ? population.groups[column] == word
                       : core::parse_number<std::uint64_t>(word) == population.node_ids[column] ||
                             name_of(nodes, population.node_ids[column]) == word)
      return column;
  if (chosen.means())
    throw core::UsageError("no mean of {} in {} (--cells names it){}", word, chosen.file,
                           core::did_you_mean(word, population.groups));
  constexpr std::size_t told = 8;
  std::string ids;
  for (std::size_t k = 0; k < std::min(told, count); ++k)
    ids += fmt::format("{}{}", k == 0 ? "" : " ", population.node_ids[k]);
  throw core::UsageError("no cell {} in {} (--cells names it; {} cells were recorded: {}{})", word,
                         chosen.file, count, ids, count > told ? " …" : "");
}

void choose_cells(const core::Call& call, const std::optional<fs::path>& base, Chosen& chosen) {
  const auto& population = chosen.population;
  const auto nodes = chosen.means() ? std::nullopt : nodes_of(base, population.name);
  const auto add = [&](std::size_t column) {
    if (std::ranges::find(chosen.columns, column) != chosen.columns.end()) return;
    chosen.columns.push_back(column);
    const auto id = population.node_ids[column];
    const auto name = name_of(nodes, id);
    chosen.labels.push_back(chosen.means() ? population.groups[column]
                            : name.empty() ? fmt::format("node {}", id)
                                           : fmt::format("node {} ({})", id, name));
  };
  for (const auto& word : call.values.texts("cells")) add(column_of(word, chosen, nodes));
  if (!chosen.columns.empty()) return;
  const auto all = population.node_ids.size();
  for (std::size_t column = 0; column < (chosen.means() ? all : std::min(all, first_cells)); ++column)
    add(column);
}

void choose_variables(const core::Call& call, Chosen& chosen) {
  std::vector<std::string> names;
  for (const auto& known : chosen.population.variables) names.push_back(known.variable.name);
  for (const auto& wanted : call.values.texts("variables")) {
    const auto found = std::ranges::find(names, wanted);
    if (found == names.end())
      throw core::UsageError("no variable {} in {} (it has {}){}", wanted, chosen.file,
                             fmt::join(names, ", "), core::did_you_mean(wanted, names));
    chosen.variables.push_back(chosen.population.variables[static_cast<std::size_t>(found - names.begin())]);
  }
  if (chosen.variables.empty()) chosen.variables = chosen.population.variables;
}

void choose_times(const core::Call& call, Chosen& chosen) {
  const auto& population = chosen.population;
  const double last_ms =
      population.first_ms + population.interval_ms * (static_cast<double>(population.samples) - 1);
  const double begin_ms = call.values.number("from"), end_ms = call.values.number_if("to").value_or(last_ms);
  // A sample that is there but for rounding is there.
  constexpr double rounding = 1e-6;
  const double from = std::ceil((begin_ms - population.first_ms) / population.interval_ms - rounding),
               to = std::floor((std::min(end_ms, last_ms) - population.first_ms) / population.interval_ms +
                               rounding);
  chosen.first = from > 0 ? static_cast<std::uint64_t>(from) : 0;
  if (!(to > static_cast<double>(chosen.first)))
    throw core::UsageError(
        "{} has not two samples from {} to {} ms (--from, --to; samples are at {}, {} … {} ms)", chosen.file,
        begin_ms, end_ms, population.first_ms, population.first_ms + population.interval_ms, last_ms);
  chosen.count = static_cast<std::uint64_t>(to) - chosen.first + 1;
  chosen.window = {.begin_ms = begin_ms, .end_ms = std::min(end_ms, last_ms)};
}

/// Of each chosen variable, each chosen column.
std::vector<std::vector<metrics::Curve>> read_curves(const io::h5::File& file, const Chosen& chosen) {
  std::vector<double> times;
  for (std::uint64_t k = 0; k < chosen.count; ++k)
    times.push_back(chosen.population.first_ms +
                    static_cast<double>(chosen.first + k) * chosen.population.interval_ms);
  std::vector<std::vector<metrics::Curve>> curves;
  for (const auto& variable : chosen.variables) {
    auto& of_variable = curves.emplace_back();
    for (auto& values : io::read_report_columns(file, chosen.population, variable.dataset, chosen.columns,
                                                chosen.first, chosen.count))
      of_variable.push_back({.label = "", .colour = "", .x = times, .y = std::move(values)});
  }
  return curves;
}

std::string label_of(const io::ReportVariable& variable) {
  return variable.units.empty() ? variable.name : fmt::format("{} ({})", variable.name, variable.units);
}

/// A panel for each cell and unit.
std::vector<metrics::TracePanel> panels_of_cells(const Chosen& chosen,
                                                 std::vector<std::vector<metrics::Curve>> curves) {
  std::vector<std::string> units;
  for (const auto& [variable, dataset] : chosen.variables)
    if (std::ranges::find(units, variable.units) == units.end()) units.push_back(variable.units);
  std::vector<metrics::TracePanel> panels;
  for (std::size_t cell = 0; cell < chosen.columns.size(); ++cell)
    for (const auto& unit : units) {
      metrics::TracePanel panel{.title = unit == units.front() ? chosen.labels[cell] : "", .y_label = ""};
      for (std::size_t v = 0; v < curves.size(); ++v) {
        const auto& variable = chosen.variables[v].variable;
        if (variable.units != unit) continue;
        auto& curve = panel.curves.emplace_back(std::move(curves[v][cell]));
        curve.label = variable.name;
        curve.colour = variable.name == "V_m" ? "#202020" : metrics::dataset_colour(v);
      }
      panel.y_label = panel.curves.size() == 1 ? label_of({panel.curves.front().label, unit}) : unit;
      panels.push_back(std::move(panel));
    }
  return panels;
}

/// A panel for each variable and layer.
std::vector<metrics::TracePanel> panels_of_means(const Chosen& chosen,
                                                 std::vector<std::vector<metrics::Curve>> curves) {
  std::vector<metrics::TracePanel> panels;
  for (std::size_t v = 0; v < curves.size(); ++v) {
    std::map<std::string, metrics::TracePanel> layers;
    for (std::size_t k = 0; k < chosen.columns.size(); ++k) {
      const auto type = metrics::cell_type_of(chosen.labels[k]);
      const auto layer = metrics::layer_of(type).value_or("others");
      auto& panel = layers[layer];
      auto& curve = panel.curves.emplace_back(std::move(curves[v][k]));
      curve.label = fmt::format("{} ({})", chosen.labels[k], chosen.population.members[chosen.columns[k]]);
      curve.colour = metrics::type_colour(type);
      // Populations of one type have its colour.
      curve.dash = static_cast<int>(std::ranges::count(panel.curves, curve.colour, &metrics::Curve::colour));
    }
    for (auto& [layer, panel] : layers) {
      // A single curve has no legend.
      panel.title =
          panel.curves.size() == 1 ? fmt::format("{}: {}", layer, panel.curves.front().label) : layer;
      panel.y_label = label_of(chosen.variables[v].variable);
      panels.push_back(std::move(panel));
    }
  }
  return panels;
}

/// Marks the spikes of each cell in its first panel.
void mark_spikes(const fs::path& file, const Chosen& chosen, std::vector<metrics::TracePanel>& panels) {
  const auto spikes = file.extension() == ".csv" ? io::read_spikes_csv(file, chosen.population.name)
                                                 : io::read_spikes_h5(file, chosen.population.name);
  const auto panels_of_cell = panels.size() / chosen.columns.size();
  for (std::size_t k = 0; k < spikes.size(); ++k) {
    if (spikes.time_ms[k] < chosen.window.begin_ms || spikes.time_ms[k] > chosen.window.end_ms) continue;
    for (std::size_t cell = 0; cell < chosen.columns.size(); ++cell)
      if (chosen.population.node_ids[chosen.columns[cell]] == spikes.node_id[k])
        panels[cell * panels_of_cell].spikes_ms.push_back(spikes.time_ms[k]);
  }
}

/// A frame in at most so many columns, every n-th pixel of it.
metrics::ShownFrame small_frame(const lgn::Stimulus& stimulus, std::size_t frame) {
  constexpr std::size_t most_columns = 120;
  const auto pixels = lgn::frame_pixels(stimulus, frame);
  const auto& screen = stimulus.screen;
  const auto stride = (screen.columns + most_columns - 1) / most_columns;
  metrics::ShownFrame small;
  for (std::size_t row = 0; row < screen.rows; row += stride, ++small.rows)
    for (std::size_t column = 0; column < screen.columns; column += stride)
      small.pixels.push_back(pixels[row * screen.columns + column]);
  small.columns = small.pixels.size() / small.rows;
  return small;
}

void add_stimulus(const fs::path& config_file, metrics::TracesRequest& request) {
  const auto config = io::load_sonata_config(config_file);
  const auto configured = lgn::read_stimulus(lgn::enabled_input(config), lgn::run_tstop_ms(config));
  const auto& stimulus = configured.stimulus;
  const double part = (request.window.end_ms - request.window.begin_ms) / static_cast<double>(shown_frames);
  for (std::size_t k = 0; k < shown_frames; ++k) {
    const double time_ms = request.window.begin_ms + (static_cast<double>(k) + 0.5) * part;
    const auto frame = static_cast<std::size_t>(time_ms / 1000 * stimulus.frame_rate_hz);
    auto shown = small_frame(stimulus, std::min(frame, stimulus.frames - 1));
    if (frame >= stimulus.frames) std::ranges::fill(shown.pixels, 0.0);  // nothing is shown any more
    shown.time_ms = time_ms;
    shown.y_up = configured.y_up;
    request.frames.push_back(std::move(shown));
  }
  request.stimulus = stimulus.description;
}

struct DrawnReport {
  fs::path report, picture;
  std::optional<fs::path> base;
  std::string name;  ///< of what is shown, for the title
};

void draw_report(const core::Call& call, const DrawnReport& sources) {
  const auto file = io::h5::File::open(sources.report);
  Chosen chosen{.file = sources.report,
                .population = choose_population(call, io::read_report_layout(file), sources.report)};
  choose_cells(call, sources.base, chosen);
  choose_variables(call, chosen);
  choose_times(call, chosen);
  auto curves = read_curves(file, chosen);
  auto panels = chosen.means() ? panels_of_means(chosen, std::move(curves))
                               : panels_of_cells(chosen, std::move(curves));
  if (panels.empty() || panels.size() > metrics::most_trace_panels)
    throw core::UsageError("a picture of {} panels (1 to {} have room) choose --cells or --variables",
                           panels.size(), metrics::most_trace_panels);
  auto spikes = metrics::path_if(call.values, "spikes");
  if (spikes && chosen.means())
    throw core::UsageError("--spikes with means over cells (spikes are of single cells) leave it out");
  if (!spikes && !chosen.means()) spikes = spikes_beside(sources.report);
  if (spikes) {
    io::require_same_run(sources.report, *spikes);
    mark_spikes(*spikes, chosen, panels);
  }
  const auto what = chosen.means() ? fmt::format("means over populations of {}", chosen.population.name)
                                   : fmt::format("{} of {} recorded cells", chosen.columns.size(),
                                                 chosen.population.node_ids.size());
  metrics::TracesRequest request{
      .title = fmt::format("{}: {}{}", sources.name, what, spikes ? ", spikes above" : ""),
      .panels = std::move(panels),
      .window = chosen.window};
  const auto given = metrics::path_if(call.values, "lgn-config");
  if (const auto config = given ? given : lgn_config_of_run(sources.report)) add_stimulus(*config, request);
  const auto figure = metrics::traces_figure(request);
  metrics::draw(sources.picture, figure.canvas, figure.script);
}

}  // namespace

std::vector<fs::path> run_report_picture(const core::Call& call, const core::Comm& world) {
  const fs::path report = call.argument("FILE"), picture = *metrics::path_if(call.values, "output");
  metrics::require_own_output(call, picture);
  if (world.is_root())
    draw_report(call, {.report = report,
                       .picture = picture,
                       .base = {},
                       .name = (fs::absolute(report).parent_path().filename() / report.filename()).string()});
  return {picture};
}

std::vector<fs::path> run_traces_picture(const core::Call& call, const core::Comm& world) {
  const auto option = call.option();
  const auto picture = metrics::path_if(call.values, "output")
                           .value_or(call.base() / "figures" / fmt::format("traces_{}.png", option));
  metrics::require_own_output(call, picture);
  if (world.is_root()) {
    const auto report = report_of_run(call.base() / ("output_" + option), call.values.text_if("report"));
    draw_report(call, {.report = report,
                       .picture = picture,
                       .base = call.base(),
                       .name = fmt::format("{}, {}, report {}", metrics::network_name(call.base()), option,
                                           report.stem().string())});
  }
  return {picture};
}

}  // namespace striate::workflows
