// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/errors/error.hpp"
#include "core/ranks/global_order.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/spikes.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/ordered_text.hpp"

namespace striate::io {
namespace {

constexpr std::uint64_t compressed_chunk_rows = 1u << 17;  // 1 MiB of times or ids

struct Spike {
  double time_ms;
  std::uint64_t node_id;
};

auto comes_before(SpikeOrder order) {
  return [order](const Spike& a, const Spike& b) {
    return order == SpikeOrder::by_time ? std::tie(a.time_ms, a.node_id) < std::tie(b.time_ms, b.node_id)
                                        : std::tie(a.node_id, a.time_ms) < std::tie(b.node_id, b.time_ms);
  };
}

std::vector<Spike> joined(const OutputSpikes& spikes) {
  assert(spikes.time_ms.size() == spikes.node_id.size());
  std::vector<Spike> result;
  result.reserve(spikes.time_ms.size());
  for (std::size_t i = 0; i < spikes.time_ms.size(); ++i)
    result.push_back({spikes.time_ms[i], spikes.node_id[i]});
  return result;
}

// --- text -----------------------------------------------------------------------------------------------

/// Shortest text that reads back as the same number, always with a point: 3.0, 0.25.
void append_time(std::string& text, double time_ms) {
  std::array<char, 400> digits;  // the longest is about 330: a tiny number in fixed notation
  const auto result =
      std::to_chars(digits.data(), digits.data() + digits.size(), time_ms, std::chars_format::fixed);
  const std::string_view shortest(digits.data(), result.ptr);
  text += shortest;
  if (shortest.find('.') == std::string_view::npos) text += ".0";
}

std::string csv_rows(const OutputSpikes& spikes) {
  const bool blank = spikes.population.find_first_of(" \t") != std::string::npos;
  const std::string name = blank ? "\"" + spikes.population + "\"" : spikes.population;
  std::string text;
  text.reserve(spikes.time_ms.size() * (name.size() + 18));
  for (std::size_t i = 0; i < spikes.time_ms.size(); ++i) {
    append_time(text, spikes.time_ms[i]);
    text += ' ';
    text += name;
    text += ' ';
    text += std::to_string(spikes.node_id[i]);
    text += '\n';
  }
  return text;
}

/// Ids as files hold them: signed, since the scripts that read spikes count them with numpy.bincount, which
/// refuses what could exceed its own integers.
std::vector<std::int64_t> signed_ids(std::span<const std::uint64_t> ids, const h5::File& file,
                                     const std::string& group) {
  for (const auto id : ids)
    if (!std::in_range<std::int64_t>(id))
      throw core::FormatError("node id {} in {}:{} is too large (2^63 - 1 is the most)", id, file.path(),
                              group);
  return {ids.begin(), ids.end()};
}

/// write(rows, spikes) for one round after the other; once with nothing when there are no spikes.
template <class Write>
void in_rounds(const OrderedSpikes& spikes, Write write) {
  core::Share rows{0, 0};
  do {
    rows = {rows.end, std::min(rows.end + spikes.round, spikes.count)};
    write(rows, spikes.take(rows));
  } while (rows.end < spikes.count);
}

void write_population_h5(const h5::File& file, const OrderedSpikes& spikes, const SpikeFileOptions& options,
                         const core::Comm& comm) {
  const std::string group = "/spikes/" + spikes.population;
  const std::uint64_t shape[] = {spikes.count};
  const h5::Storage storage =
      options.deflate == 0 ? h5::Storage{} : h5::Storage{options.deflate, compressed_chunk_rows};
  h5::create_group(file, group);
  h5::create_dataset<double>(file, group + "/timestamps", shape, storage);
  h5::create_dataset<std::int64_t>(file, group + "/node_ids", shape, storage);
  static const std::string orders[] = {"none", "by_id", "by_time"};
  h5::write_enum_attribute(file, group, "sorting", orders, options.order == SpikeOrder::by_id ? 1 : 2);
  h5::write_attribute(file, group + "/timestamps", "units", "ms");
  in_rounds(spikes, [&](core::Share rows, const OutputSpikes& part) {
    const auto first = rows.first + core::contiguous_share(rows.count(), comm.rank(), comm.size()).first;
    h5::write_rows_collective<double>(file, group + "/timestamps", first, part.time_ms);
    h5::write_rows_collective<std::int64_t>(file, group + "/node_ids", first,
                                            signed_ids(part.node_id, file, group));
  });
}

/// Spikes in memory as one round, sorted when it is taken; the others of `populations` are not copied before.
std::vector<OrderedSpikes> in_one_round(std::span<const OutputSpikes> populations, SpikeOrder order,
                                        const core::Comm& comm) {
  std::vector<OrderedSpikes> ordered;
  for (const OutputSpikes& spikes : populations) {
    const auto count = static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(spikes.time_ms.size())));
    ordered.push_back(
        {.population = spikes.population,
         .count = count,
         .round = count,
         .take = [&spikes, order, &comm](core::Share) { return sort_spikes(spikes, order, comm); }});
  }
  return ordered;
}

}  // namespace

OutputSpikes sort_spikes(OutputSpikes spikes, SpikeOrder order, const core::Comm& comm) {
  auto sorted = sorted_over_ranks(joined(spikes), comm, comes_before(order));
  const auto count = static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(sorted.size())));
  sorted = dealt_evenly<Spike>(sorted, {0, count}, comm);
  spikes.time_ms.resize(sorted.size());
  spikes.node_id.resize(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    spikes.time_ms[i] = sorted[i].time_ms;
    spikes.node_id[i] = sorted[i].node_id;
  }
  return spikes;
}

// A population without spikes keeps its group with datasets of length 0: who opens it by name finds no
// spikes instead of no population.
void write_ordered_spikes_h5(const std::filesystem::path& path, std::span<const OrderedSpikes> populations,
                             const SpikeFileOptions& options, const core::Comm& comm) {
  h5::File file = h5::File::create(incomplete_name(path), comm);
  h5::write_sonata_header(file);
  write_run_attributes(file, options.attributes);
  h5::create_group(file, "/spikes");
  for (const OrderedSpikes& spikes : populations) write_population_h5(file, spikes, options, comm);
  file.close();
  if (options.publish == Publish::now) publish(path, comm);
}

void write_spikes_h5(const std::filesystem::path& path, std::span<const OutputSpikes> populations,
                     const SpikeFileOptions& options, const core::Comm& comm) {
  write_ordered_spikes_h5(path, in_one_round(populations, options.order, comm), options, comm);
}

void write_ordered_spikes_csv(const std::filesystem::path& path, std::span<const OrderedSpikes> populations,
                              const core::Comm& comm, Publish when) {
  OrderedText file(incomplete_name(path), comm);
  file.append(comm.is_root() ? "timestamps population node_ids\n" : "");
  for (const OrderedSpikes& spikes : populations)
    in_rounds(spikes, [&](core::Share, const OutputSpikes& part) { file.append(csv_rows(part)); });
  file.close();
  if (when == Publish::now) publish(path, comm);
}

void write_spikes_csv(const std::filesystem::path& path, std::span<const OutputSpikes> populations,
                      const core::Comm& comm, Publish when) {
  write_ordered_spikes_csv(path, in_one_round(populations, SpikeOrder::by_time, comm), comm, when);
}

}  // namespace striate::io
