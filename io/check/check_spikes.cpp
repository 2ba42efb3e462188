// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "io/check/check_files.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/spikes.hpp"

namespace striate::io {
namespace {

using core::Problems;
using core::RowProblems;

enum class Order { none, by_id, by_time };

/// Two datasets of one population.
struct Pair {
  const h5::File& file;
  std::string group, times, ids;
};

/// The attribute `sorting` of the group, or of the ids in old files. Other words mean nothing.
Order stated_order(const Pair& pair) {
  auto text = h5::enum_or_string_attribute(pair.file, pair.group, "sorting");
  if (!text) text = h5::enum_or_string_attribute(pair.file, pair.ids, "sorting");
  if (text == "by_id") return Order::by_id;
  if (text == "by_time") return Order::by_time;
  return Order::none;
}

bool in_order(Order order, double time_a, std::int64_t id_a, double time_b, std::int64_t id_b) {
  if (order == Order::by_id) return id_a < id_b || (id_a == id_b && time_a <= time_b);
  return order == Order::none || time_a <= time_b;
}

void check_units(const Pair& pair, Problems& problems) {
  if (!h5::has_attribute(pair.file, pair.times, "units")) return;
  const auto units = h5::string_attribute(pair.file, pair.times, "units");
  for (const char* known : {"ms", "milliseconds", "s", "seconds"})
    if (units == known) return;
  problems.add(core::FormatError("unknown units '{}' at {}:{} (known are ms, milliseconds, s, seconds)",
                                 units.value_or("no text"), pair.file.path(), pair.times));
}

void check_rows(const Pair& pair, std::uint64_t rows, const SpikeContext& context, Problems& problems) {
  const auto time_at = fmt::format("{}:{}", pair.file.path(), pair.times);
  const auto id_at = fmt::format("{}:{}", pair.file.path(), pair.ids);
  RowProblems bad_time(problems, time_at), bad_id(problems, id_at), unsorted(problems, time_at);
  const Order order = stated_order(pair);
  const bool zero_refused = context.time_zero == TimeZero::refused;
  double last_time = 0;
  std::int64_t last_id = 0;
  for (std::uint64_t first = 0; first < rows; first += check_slab_rows) {
    const auto n = std::min(check_slab_rows, rows - first);
    const auto times = h5::read_rows<double>(pair.file, pair.times, first, n);
    const auto ids = h5::read_rows<std::int64_t>(pair.file, pair.ids, first, n);
    for (std::uint64_t i = 0; i < n; ++i) {
      const bool fits = std::isfinite(times[i]) && (zero_refused ? times[i] > 0 : times[i] >= 0);
      if (!fits)
        bad_time.add("impossible spike time {} in row {} of {} (must be finite and {} 0)", times[i],
                     first + i, time_at, zero_refused ? ">" : ">=");
      if (ids[i] < 0)
        bad_id.add("negative id {} in row {} of {}", ids[i], first + i, id_at);
      else if (context.nodes != nullptr && !context.nodes->index_of(static_cast<std::uint64_t>(ids[i])))
        bad_id.add("unknown node {} in row {} of {} (population {} has {} nodes and not this one)", ids[i],
                   first + i, id_at, context.nodes->name, context.nodes->size());
      if (first + i > 0 && fits && !in_order(order, last_time, last_id, times[i], ids[i]))
        unsorted.add("row {} of {} is out of order (the attribute sorting says {})", first + i, time_at,
                     order == Order::by_id ? "by_id" : "by_time");
      last_time = times[i];
      last_id = ids[i];
    }
  }
}

void check_pair(const Pair& pair, const SpikeContext& context, Problems& problems) {
  core::attempt(&problems, [&] {
    h5::read_rows<double>(pair.file, pair.times, 0, 0);  // type and shape
    h5::read_rows<std::int64_t>(pair.file, pair.ids, 0, 0);
    check_units(pair, problems);
    const auto rows = h5::dataset_info(pair.file, pair.times).shape[0];
    const auto id_rows = h5::dataset_info(pair.file, pair.ids).shape[0];
    if (rows != id_rows)
      problems.add(core::FormatError("unequal lengths of {}:{} and {} ({} times, {} ids)", pair.file.path(),
                                     pair.times, pair.ids, rows, id_rows));
    check_rows(pair, std::min(rows, id_rows), context, problems);
  });
}

void check_h5(const std::filesystem::path& path, const SpikeContext& context, Problems& problems) {
  const auto file = h5::File::open(path);
  const bool old_layout = h5::is_dataset(file, "/spikes/timestamps") && h5::is_dataset(file, "/spikes/gids");
  const auto names = spike_populations(path);
  // Missing groups, remains and the wanted population: reading says it best, and reads little then.
  if (names.empty() && !old_layout) return static_cast<void>(read_spikes_h5(path, context.population));
  if (names.empty())
    return check_pair({file, "/spikes", "/spikes/timestamps", "/spikes/gids"}, context, problems);
  if (context.population && std::ranges::find(names, *context.population) == names.end())
    throw core::FormatError("no spikes of population {} in {} (it has: {})", *context.population, path,
                            fmt::join(names, ", "));
  for (const auto& name : names) {
    if (context.population && name != *context.population) continue;
    const std::string group = "/spikes/" + name;
    check_pair({file, group, group + "/timestamps", group + "/node_ids"}, context, problems);
  }
}

void check_csv(const std::filesystem::path& path, const SpikeContext& context, Problems& problems) {
  const auto spikes = read_spikes_csv(path, context.population);
  RowProblems bad(problems, path.string());
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (context.time_zero == TimeZero::refused && !(spikes.time_ms[i] > 0))
      bad.add("impossible spike time {} of node {} in {} (must be > 0)", spikes.time_ms[i], spikes.node_id[i],
              path);
    if (context.nodes != nullptr && !context.nodes->index_of(spikes.node_id[i]))
      bad.add("unknown node {} in {} (population {} has {} nodes and not this one)", spikes.node_id[i], path,
              context.nodes->name, context.nodes->size());
  }
}

}  // namespace

void check_spikes_file(const std::filesystem::path& file, const SpikeContext& context, Problems& problems) {
  core::attempt(&problems, [&] {
    if (file.extension() == ".csv")
      check_csv(file, context, problems);
    else
      check_h5(file, context, problems);
  });
}

}  // namespace striate::io
