// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/runs/figure_lgn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/generation/generation.hpp"
#include "io/generation/same_run.hpp"
#include "io/hdf5/h5.hpp"
#include "metrics/base/network_name.hpp"
#include "metrics/figures/panels/text_size.hpp"
#include "metrics/figures/request/figure_request.hpp"
#include "metrics/figures/runs/activity.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

/// Families in the order of their first class.
std::vector<std::string> families_of(const std::vector<RasterGroup>& classes) {
  std::vector<std::string> families;
  for (const auto& each : classes)
    if (const auto family = lgn_family(each.label); std::ranges::find(families, family) == families.end())
      families.push_back(family);
  return families;
}

/// Class of each column of a file of rates.
std::vector<std::size_t> class_of_columns(const io::h5::File& file, const std::string& dataset,
                                          const std::vector<RasterGroup>& classes) {
  std::unordered_map<std::uint64_t, std::size_t> class_of;
  for (std::size_t k = 0; k < classes.size(); ++k)
    for (const auto id : classes[k].node_ids) class_of.emplace(id, k);
  const auto ids = io::h5::read_ids(file, dataset, 0, io::h5::dataset_info(file, dataset).count());
  std::vector<std::size_t> columns;
  for (const auto id : ids)
    if (const auto found = class_of.find(id); found != class_of.end()) columns.push_back(found->second);
  if (columns.size() != ids.size() || ids.size() != class_of.size())
    throw core::FormatError("{}:{} are not the {} nodes of the network ({} nodes, {} of them known)",
                            file.path(), dataset, class_of.size(), ids.size(), columns.size());
  return columns;
}

}  // namespace

std::string lgn_family(const std::string& name) {
  return name.substr(0, name.find('_'));
}

void colour_by_family(std::vector<RasterGroup>& classes) {
  // Hues that colour-blind readers tell apart (Okabe and Ito 2008), each from dark to pale.
  using Rgb = std::array<double, 3>;
  constexpr std::array<Rgb, 6> hues{Rgb{213, 94, 0},    Rgb{0, 114, 178}, Rgb{0, 158, 115},
                                    Rgb{204, 121, 167}, Rgb{120, 120, 0}, Rgb{90, 90, 90}};
  constexpr double darkest = -0.45, palest = 0.5;
  const auto families = families_of(classes);
  for (std::size_t f = 0; f < families.size(); ++f) {
    std::vector<RasterGroup*> members;
    for (auto& each : classes)
      if (lgn_family(each.label) == families[f]) members.push_back(&each);
    for (std::size_t k = 0; k < members.size(); ++k) {
      const double shade = members.size() == 1 ? 0
                                               : darkest + (palest - darkest) * static_cast<double>(k) /
                                                               static_cast<double>(members.size() - 1);
      members[k]->colour = "#";
      for (const double channel : hues[f % hues.size()])
        members[k]->colour += fmt::format(
            "{:02X}",
            static_cast<int>(shade > 0 ? channel + (255 - channel) * shade : channel * (1 + shade)));
    }
  }
}

std::vector<std::vector<double>> expected_rates(const fs::path& path, const std::string& population,
                                                const std::vector<RasterGroup>& classes,
                                                const TimeWindow& window, double bin_ms) {
  constexpr std::uint64_t rows_at_once = 1024;
  const auto file = io::h5::File::open(path);
  const std::string group = "/firing_rates/" + population, dataset = group + "/firing_rates_Hz";
  const auto class_of = class_of_columns(file, group + "/node_id", classes);
  const auto times_s = io::h5::read<double>(file, group + "/times");
  const auto shape = io::h5::dataset_info(file, dataset).shape;
  if (shape.size() != 2 || shape[0] != times_s.size() || shape[1] != class_of.size())
    throw core::FormatError("wrong shape of {}:{} (needed are {} times x {} nodes)", path, dataset,
                            times_s.size(), class_of.size());
  const auto bins = static_cast<std::size_t>((window.end_ms - window.begin_ms) / bin_ms * (1 + 1e-12));
  std::vector<std::vector<double>> sums(classes.size(), std::vector<double>(bins, 0.0));
  std::vector<double> samples(bins, 0.0);
  for (std::uint64_t first = 0; first < times_s.size(); first += rows_at_once) {
    const auto count = std::min<std::uint64_t>(rows_at_once, times_s.size() - first);
    const auto rates = io::h5::read_table_rows<double>(file, dataset, class_of.size(), first, count);
    for (std::uint64_t row = 0; row < count; ++row) {
      const double place = (times_s[first + row] * 1000 - window.begin_ms) / bin_ms;
      if (!(place >= 0) || !(place < static_cast<double>(bins))) continue;
      const auto bin = static_cast<std::size_t>(place);
      samples[bin] += 1;
      for (std::size_t k = 0; k < class_of.size(); ++k)
        sums[class_of[k]][bin] += rates[row * class_of.size() + k];
    }
  }
  for (std::size_t k = 0; k < classes.size(); ++k)
    for (std::size_t bin = 0; bin < bins; ++bin)
      sums[k][bin] = samples[bin] == 0
                         ? std::numeric_limits<double>::quiet_NaN()
                         : sums[k][bin] / samples[bin] / static_cast<double>(classes[k].node_ids.size());
  return sums;
}

Figure lgn_figure(const LgnRequest& request) {
  constexpr int width = 720, top = 40, raster_height = 400, gap = 46, panel_height = 84, between = 24,
                below = 42;
  const auto families = families_of(request.classes);
  const int count = static_cast<int>(families.size());
  const int height = top + raster_height + gap + count * panel_height + (count - 1) * between + below;
  std::vector<std::string> labels, names;
  for (const auto& each : request.classes) {
    labels.push_back(fmt::format("{} ({})", each.label, each.node_ids.size()));
    names.push_back(each.label);
  }
  const double left = std::max(60.0, widest_text(labels, small_font) + 26) / width,
               right = 1 - (widest_text(names, small_font) + 40) / width;
  const auto place = [&](int from_top, int tall) {
    return Rectangle{.left = left,
                     .right = right,
                     .bottom = 1 - static_cast<double>(from_top + tall) / height,
                     .top = 1 - static_cast<double>(from_top) / height};
  };
  const auto measured = group_rates(request.classes, request.spikes, request.window, request.bin_ms);
  const bool has_expected = !request.expected.empty();
  std::string script = "set multiplot\n" + begin_panel(place(top, raster_height), "") +
                       page_title(request.title, height) + "set format x ''\n" +
                       raster_script(request.classes, request.spikes, request.window, "");
  for (int f = 0; f < count; ++f) {
    const auto& family = families[static_cast<std::size_t>(f)];
    LinePanel panel{.where = place(top + raster_height + gap + f * (panel_height + between), panel_height),
                    .title = family,
                    .x_label = f + 1 == count ? "time (ms)" : "",
                    .y_label = "rate (Hz)",
                    .curves = {},
                    .x_low = request.window.begin_ms,
                    .x_high = request.window.end_ms,
                    .y_low = 0,
                    .extra = f + 1 == count ? "" : "set format x ''\n",
                    .legend_left = right + 6.0 / width,
                    .legend_top = {},
                    .name = fmt::format("family{}", f)};
    panel.legend_top = panel.where.top;
    for (std::size_t k = 0; k < request.classes.size(); ++k) {
      const auto& each = request.classes[k];
      if (lgn_family(each.label) != family) continue;
      Curve curve{.label = has_expected ? "" : each.label, .colour = each.colour};
      for (std::size_t bin = 0; bin < measured[k].size(); ++bin)
        curve.x.push_back(request.window.begin_ms + (static_cast<double>(bin) + 0.5) * request.bin_ms);
      curve.y = measured[k];
      curve.dots = has_expected;
      if (has_expected) {
        auto line = curve;
        line.label = each.label;
        line.y = request.expected[k];
        line.dots = false;
        panel.curves.push_back(std::move(line));
      }
      panel.curves.push_back(std::move(curve));
    }
    script += line_panel_script(panel);
    if (f == 0)
      add_before_plot(script,
                      page_note(std::string(has_expected ? "lines: expected, dots: spikes, in bins of "
                                                         : "spikes in bins of ") +
                                    fmt::format("{:.6g} ms", request.bin_ms),
                                (left + right) / 2, panel.where.top + 34.0 / height));
  }
  return {.canvas = paper(width, height), .script = script + "unset multiplot\n"};
}

std::vector<fs::path> run_lgn_figure(const core::Call& call, const core::Comm& world) {
  const auto picture = picture_file(call);
  if (!world.is_root()) return {picture};
  const auto file = path_if(call.values, "spikes").value_or(call.base() / "filternet" / "spikes.h5");
  const auto nodes = nodes_of(call.base(), core::lgn_population);
  const auto spikes = spikes_of(file, nodes);
  const auto window = window_of(call, spikes);
  const double bin_ms = bin_width(call, window, 50);
  auto classes = groups_by_name(nodes);
  colour_by_family(classes);
  const auto given = path_if(call.values, "rates");
  const auto rates = given.value_or(file.parent_path() / "rates.h5");
  std::error_code ignored;
  std::vector<std::vector<double>> expected;
  if (given || fs::exists(rates, ignored)) {
    io::require_same_run(file, rates);
    expected = expected_rates(rates, nodes.name, classes, window, bin_ms);
  }
  const auto figure =
      lgn_figure({.title = fmt::format("{}: spikes of {} LGN cells", network_name(call.base()), nodes.size()),
                  .classes = std::move(classes),
                  .spikes = spikes,
                  .window = window,
                  .bin_ms = bin_ms,
                  .expected = std::move(expected)});
  draw(picture, figure.canvas, figure.script);
  return {picture};
}

}  // namespace striate::metrics
