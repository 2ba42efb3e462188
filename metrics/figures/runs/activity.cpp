// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/generation/generation.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/rules.hpp"
#include "io/sonata/spikes.hpp"
#include "io/text/json.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/request/figure_request.hpp"
#include "metrics/figures/runs/activity.hpp"
#include "metrics/figures/runs/figure_raster.hpp"

namespace striate::metrics {
namespace fs = std::filesystem;

io::NodePopulation nodes_of(const fs::path& base, const std::string& name) {
  const core::NetworkPaths paths{base};
  const auto nodes = paths.nodes(name), types = paths.node_types(name);
  for (auto& population : io::read_node_populations({{.nodes_file = nodes, .node_types_file = types}}))
    if (population.name == name) return population;
  throw core::FormatError("no population {} in {}", name, nodes);
}

io::SpikeTrains spikes_of(const fs::path& file, const io::NodePopulation& nodes) {
  io::require_made_with(io::network_of(nodes.nodes_file.parent_path()).run_id, file);
  auto spikes = file.extension() == ".csv" ? io::read_spikes_csv(file, nodes.name)
                                           : io::read_spikes_h5(file, nodes.name);
  for (const auto id : spikes.node_id)
    if (!nodes.index_of(id)) throw io::rules::unknown_node(id, file.string(), nodes.name, nodes.size());
  return spikes;
}

TimeWindow window_of(const core::Call& call, const io::SpikeTrains& spikes) {
  const double begin_ms = call.values.number("from");
  const double last_ms = spikes.time_ms.empty() ? begin_ms : *std::ranges::max_element(spikes.time_ms);
  const double end_ms =
      call.values.number_if("to").value_or(std::max(begin_ms + 1, std::ceil(last_ms / 100) * 100));
  if (!(begin_ms >= 0) || !(end_ms > begin_ms) || !std::isfinite(end_ms))
    throw core::UsageError("invalid --from {} --to {} (ms, must be from before to)", begin_ms, end_ms);
  return {.begin_ms = begin_ms, .end_ms = end_ms};
}

double bin_width(const core::Call& call, const TimeWindow& window, double usual_ms) {
  constexpr double most_bins = 1e5;  // more than a picture has dots
  const double shown_ms = window.end_ms - window.begin_ms,
               bin_ms = call.values.number_if("bin").value_or(sensible_bin(usual_ms, shown_ms));
  if (!(bin_ms > 0) || !(bin_ms <= shown_ms) || !(shown_ms / bin_ms <= most_bins))
    throw core::UsageError("invalid --bin {} (ms, above 0, within the {} ms shown, at most {} bins)", bin_ms,
                           shown_ms, most_bins);
  return bin_ms;
}

namespace {

CellChoice choice_of(const core::Call& call) {
  using Order = CellChoice::Order;
  constexpr std::pair<const char*, Order> orders[] = {
      {"depth", Order::depth}, {"x", Order::x}, {"z", Order::z}, {"rate", Order::rate}, {"id", Order::id}};
  CellChoice choice;
  if (call.values.is("groups", "type")) choice.grouping = CellChoice::Grouping::types;
  if (call.values.is("groups", "population")) choice.grouping = CellChoice::Grouping::populations;
  for (const auto& [word, order] : orders)
    if (call.values.is("sort", word)) choice.order = order;
  if (call.values.is("cells", "core")) choice.core = CoreRule{.radius_um = call.values.number("core-radius")};
  return choice;
}

/// Those asked for, else of the usual run the end of the grey screen that its LGN configuration begins with.
std::vector<double> marks_of(const core::Call& call, const TimeWindow& window, bool usual_run) {
  auto marks = call.values.numbers("mark");
  if (marks.empty() && usual_run) {
    const auto file = core::NetworkPaths{call.base()}.configs() / "config_filternet.json";
    std::error_code ignored;
    if (fs::exists(file, ignored)) {
      const auto config = io::read_json(file);
      const auto inputs = config.is_object() ? config.value("inputs", io::Json()) : io::Json();
      for (const auto& [name, input] : inputs.items())
        if (const auto gray = input.is_object() ? input.value("gray_screen_dur", io::Json()) : io::Json();
            gray.is_number())
          marks.push_back(gray.get<double>());
    }
  }
  std::erase_if(marks, [&](double time) { return !(time > window.begin_ms) || !(time < window.end_ms); });
  return marks;
}

std::optional<TimeWindow> spectra_window(const core::Call& call, const TimeWindow& shown) {
  if (!call.values.given("spectra")) return std::nullopt;
  constexpr TimeWindow usual{.begin_ms = 700, .end_ms = 2700};  // the reference's
  constexpr double least_ms = 1000;
  const TimeWindow window{.begin_ms = std::max(shown.begin_ms, usual.begin_ms),
                          .end_ms = std::min(shown.end_ms, usual.end_ms)};
  if (window.end_ms - window.begin_ms >= least_ms) return window;
  if (shown.end_ms - shown.begin_ms >= least_ms) return shown;
  throw core::UsageError("no --spectra of {} to {} ms (a second is needed) show a longer time",
                         shown.begin_ms, shown.end_ms);
}

}  // namespace

std::vector<fs::path> run_raster(const core::Call& call, const core::Comm& world) {
  const auto picture = picture_file(call);
  if (!world.is_root()) return {picture};
  const auto option = call.option();
  const auto given = path_if(call.values, "spikes");
  const auto file = given.value_or(call.base() / ("output_" + option) / "spikes.h5");
  const auto nodes = nodes_of(call.base(), core::v1_population);
  auto spikes = spikes_of(file, nodes);
  const auto window = window_of(call, spikes);
  const double bin_ms = bin_width(call, window, 20);
  const auto name = given ? file.parent_path().filename() / file.filename() : fs::path(option);
  auto choice = choice_of(call);
  auto groups = cortical_groups(nodes, choice, &spikes);
  choice.grouping = CellChoice::Grouping::classes;
  auto classes = class_groups(cortical_groups(nodes, choice));
  std::size_t shown = 0;
  for (const auto& group : groups) shown += group.node_ids.size();
  if (shown == 0)
    throw core::UsageError("no cell of {} lies within {} um of the axis (--cells core shows these only)",
                           call.base(), choice.core->radius_um);
  const auto title = fmt::format("{}, {}: spikes of {} {}cells", network_name(call.base()), name, shown,
                                 choice.core ? "core " : "");
  const auto figure = raster_figure({.groups = std::move(groups),
                                     .classes = std::move(classes),
                                     .spikes = std::move(spikes),
                                     .window = window,
                                     .bin_ms = bin_ms,
                                     .marks_ms = marks_of(call, window, !given),
                                     .spectra = spectra_window(call, window),
                                     .title = title});
  draw(picture, figure.canvas, figure.script);
  return {picture};
}

}  // namespace striate::metrics
