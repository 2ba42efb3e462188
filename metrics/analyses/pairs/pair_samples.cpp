// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/pairs/pair_samples.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "core/values/random.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"

namespace striate::metrics {
namespace {

bool smaller_key(const SampledPoint& a, const SampledPoint& b) {
  return a.key < b.key;
}

template <std::size_t N>
std::size_t column_of(const io::DelimitedTable& table, const std::array<const char*, N>& names) {
  for (const char* name : names)
    if (std::ranges::find(table.columns, name) != table.columns.end()) return table.column(name);
  return table.column(names[0]);  // throws, naming it
}

}  // namespace

std::optional<std::size_t> PairLimits::find(const std::string& source, const std::string& target) const {
  const auto found = of_pair.find({source, target});
  return found == of_pair.end() ? others : found->second;
}

PairLimits read_pair_limits(const std::filesystem::path& file) {
  const auto table = io::read_delimited_table(file, ',', "numbers of connections to draw");
  const auto source = column_of(table, std::array{"source", "source_type"}),
             target = column_of(table, std::array{"target", "target_type"}),
             number = column_of(table, std::array{"connections", "n", "count", "num"});
  PairLimits limits;
  for (const auto& row : table.rows) {
    const auto& text = row.cells[number];
    if (text.empty()) continue;
    const auto count = core::parse_number<double>(text);
    if (!count || !(*count >= 0) || !(*count <= 1e9) ||
        *count != static_cast<double>(static_cast<std::int64_t>(*count)))
      throw core::FormatError("invalid {}=\"{}\" in {}:{} (must be a whole number from 0 to 1e9)",
                              table.columns[number], text, file, row.line);
    const std::pair pair{clean_label(row.cells[source]), clean_label(row.cells[target])};
    if (!limits.of_pair.emplace(pair, static_cast<std::size_t>(*count)).second)
      throw core::FormatError("{} to {} twice in {}:{} (each pair has one number)", pair.first, pair.second,
                              file, row.line);
  }
  return limits;
}

PairSamples::PairSamples(std::vector<std::optional<std::size_t>> limits, std::size_t samples,
                         std::uint64_t seed)
    : limits_(std::move(limits)), samples_(samples), seed_(seed), heaps_(limits_.size() * samples) {}

void PairSamples::add(std::size_t pair, std::uint64_t connection, double x, double y) {
  if (!limits_[pair] || *limits_[pair] == 0) return;
  core::RandomStream random(seed_, core::Purpose::resampling, connection);
  for (std::size_t sample = 0; sample < samples_; ++sample) {
    const std::uint64_t high = random(), key = (high << 32) | random();
    auto& heap = heaps_[pair * samples_ + sample];
    const bool full = heap.size() == *limits_[pair];
    if (full && key >= heap.front().key) continue;
    if (full) {
      std::ranges::pop_heap(heap, smaller_key);
      heap.pop_back();
    }
    heap.push_back({key, static_cast<std::uint32_t>(pair), static_cast<std::uint32_t>(sample), x, y});
    std::ranges::push_heap(heap, smaller_key);
  }
}

std::vector<SampledPoint> PairSamples::points() const {
  std::vector<SampledPoint> all;
  for (const auto& heap : heaps_) all.insert(all.end(), heap.begin(), heap.end());
  return all;
}

std::vector<SampledLine> fit_samples(std::vector<SampledPoint> points,
                                     const std::vector<std::optional<std::size_t>>& limits) {
  std::ranges::sort(points, {}, [](const SampledPoint& p) { return std::tuple(p.pair, p.sample, p.key); });
  std::vector<SampledLine> lines;
  for (std::size_t first = 0; first < points.size();) {
    const auto& head = points[first];
    std::vector<double> sums(LineSums::size, 0);
    std::size_t next = first;
    for (; next < points.size() && points[next].pair == head.pair && points[next].sample == head.sample;
         ++next)
      if (next - first < limits[head.pair].value_or(0)) LineSums::add(sums, points[next].x, points[next].y);
    lines.push_back({head.pair, head.sample, LineSums::fit(sums)});
    first = next;
  }
  return lines;
}

}  // namespace striate::metrics
