// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/time/fano.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/errors/error.hpp"
#include "core/values/draws.hpp"
#include "core/values/nan.hpp"
#include "core/values/random.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/math/statistics.hpp"

namespace striate::metrics {
namespace {

using core::nan;
constexpr double group_mean = 68, group_deviation = 10;  // cells in a group, as in the reference
using SpikeTimes = std::vector<std::vector<double>>;

/// Times within the window of each excitatory core cell.
SpikeTimes excitatory_spikes(const std::filesystem::path& file, const Cells& cells, const Window& window) {
  constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> place(cells.size(), none);
  SpikeTimes times;
  for (const auto row : core_rows(cells))
    if (is_excitatory(cells.type_of(row))) {
      place[row] = static_cast<std::uint32_t>(times.size());
      times.emplace_back();
    }
  visit_v1_spikes(file, cells, [&](const io::SpikeTrains& spikes, std::span<const std::uint32_t> rows) {
    for (std::size_t i = 0; i < spikes.size(); ++i)
      if (place[rows[i]] != none && window.contains(spikes.time_ms[i]))
        times[place[rows[i]]].push_back(spikes.time_ms[i]);
  });
  return times;
}

/// The spikes of a group of about 68 different cells.
std::vector<double> pooled_draw(const SpikeTimes& times, std::uint64_t seed, std::uint64_t draw) {
  core::RandomStream random(seed, core::Purpose::resampling, draw);
  const double wanted = std::floor(group_mean + group_deviation * random.normal());
  const auto size = static_cast<std::size_t>(std::clamp(wanted, 1.0, static_cast<double>(times.size())));
  std::vector<std::size_t> cells(times.size());
  std::iota(cells.begin(), cells.end(), std::size_t{0});
  std::vector<double> pooled;
  for (std::size_t i = 0; i < size; ++i) {  // the first steps of a shuffle
    const std::size_t left = cells.size() - i;
    const auto drawn = core::draw_index(random, left);
    std::swap(cells[i], cells[i + std::min(drawn, left - 1)]);  // the product may round up to `left`
    pooled.insert(pooled.end(), times[cells[i]].begin(), times[cells[i]].end());
  }
  return pooled;
}

Table fano_table(const SpikeTimes& times, const FanoRequest& request) {
  const auto widths = fano_bin_widths();
  std::vector<std::vector<double>> values(widths.size());
  for (std::int64_t draw = 0; draw < request.draws; ++draw) {
    const auto pooled = pooled_draw(times, request.seed, static_cast<std::uint64_t>(draw));
    for (std::size_t i = 0; i < widths.size(); ++i)
      values[i].push_back(fano_factor(pooled, request.window, widths[i]));
  }
  std::vector<std::int64_t> bins, defined;
  std::vector<double> means, errors;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const auto kept = without_nan(values[i]);
    bins.push_back(static_cast<std::int64_t>(whole_bins(request.window, widths[i])));
    defined.push_back(static_cast<std::int64_t>(kept.size()));
    means.push_back(mean(kept));
    errors.push_back(standard_error(kept));
  }
  return {{{"bin_width(ms)", std::vector<double>(widths.begin(), widths.end())},
           {"bins", std::move(bins)},
           {"fano", std::move(means)},
           {"sem", std::move(errors)},
           {"draws", std::move(defined)}}};
}

}  // namespace

std::array<double, 20> fano_bin_widths() {
  std::array<double, 20> widths;
  for (std::size_t i = 0; i < widths.size(); ++i)
    widths[i] = std::pow(10.0, 3.0 * static_cast<double>(i) / static_cast<double>(widths.size() - 1));
  return widths;
}

std::size_t whole_bins(const Window& window, double bin_ms) {
  // A quotient that rounding left just below a whole number is that number.
  return static_cast<std::size_t>(std::floor((window.end_ms - window.begin_ms) / bin_ms + 1e-9));
}

double fano_factor(std::span<const double> times_ms, const Window& window, double bin_ms) {
  const std::size_t bins = whole_bins(window, bin_ms);
  if (bins < 2) return nan;
  std::vector<double> counts(bins, 0);
  for (const double time : times_ms) {
    const double bin = std::floor((time - window.begin_ms) / bin_ms);
    if (bin >= 0 && bin < static_cast<double>(bins)) counts[static_cast<std::size_t>(bin)] += 1;
  }
  const double average = mean(counts), spread = deviation(counts, 0);
  return average > 0 ? spread * spread / average : nan;
}

std::vector<std::filesystem::path> make_fano(const FanoRequest& request, const core::Comm& comm) {
  const auto csv_file = table_file(fano_files.items[0], request.output_directory, request.option);
  if (!comm.is_root()) return {csv_file};
  const auto cells = read_cells(request.base, request.core);
  const auto file = spike_file_in(request.run);
  if (!file)
    throw core::MissingFileError("no spikes.h5 or spikes.csv in {} (counts come from there) simulate first",
                                 request.run);
  const auto times = excitatory_spikes(*file, cells, request.window);
  if (times.empty())
    throw core::FormatError(
        "no excitatory cell within {} um of the axis in {} (groups are drawn from them) "
        "give a larger --core-radius",
        request.core.radius_um, cells.nodes_file);
  write_csv(csv_file, fano_table(times, request), ',',
            {.kind = "fano",
             .inputs = {cells.nodes_file.string(), file->string()},
             .options = {{"window", to_text(request.window)},
                         {"draws", fmt::format("{}", request.draws)},
                         {"seed", fmt::format("{}", request.seed)},
                         {"excitatory core cells", fmt::format("{}", times.size())},
                         {"core radius (um)", fmt::format("{}", request.core.radius_um)}}});
  return {csv_file};
}

std::vector<std::filesystem::path> run_fano(const core::Call& call, const core::Comm& world) {
  const auto window = window_named(call.values.text("window"));
  if (window == whole_file)
    throw core::UsageError("invalid --window whole (bins need an end) choose another window");
  const auto usual = call.base() / ("output_" + call.option());
  return make_fano({.base = call.base(),
                    .option = result_name(call, std::vector{usual}),
                    .output_directory = output_directory(call),
                    .run = path_if(call.values, "run").value_or(usual),
                    .window = window,
                    .draws = call.values.whole("draws"),
                    .seed = static_cast<std::uint64_t>(call.values.whole("seed")),
                    .core = core_rule(call.values)},
                   world);
}

}  // namespace striate::metrics
