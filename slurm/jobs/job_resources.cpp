// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/job_resources.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::slurm {
namespace {

// From runs of an early version on two cores with the full network of 180 million synapses; time_margin
// covers the difference from the figures of now (benchmarks/README.md).
constexpr double ns_per_neuron_step = 2.7;
constexpr double ns_per_event = 2.5;
constexpr double load_ns_per_synapse = 12.3e9 * 2 / 180.5e6;  // of one rank; 12.3 s on two
constexpr double events_per_synapse_s = 5;  // 2.66e9 events in 3 s, background and LGN included
// docs/lgn.md: a movie without repeated frames, the slowest stimulus: 6 s for 17,400 cells and 3 s on two
// cores.
constexpr double lgn_ns_per_cell_ms = 6e9 * 2 / 17400 / 3000;
constexpr std::uint64_t lgn_bytes_per_rank = 400'000'000;  // every rank holds the movie
// 100 units at 250 Hz: 25 ms for 3 s, 0.3 s for 30 s, 1.6 bytes a spike.
constexpr double background_file_s = 0.01, background_ns_per_bin = 25, background_bytes_per_spike = 2;
constexpr double background_bins_per_s = 4000, background_memory_per_spike = 64;
constexpr double table_s = 60, table_s_per_trial = 1;
constexpr std::uint64_t small_job_bytes = 500'000'000;
constexpr double table_bytes_per_cell = 16;  // and trial: counts and what is made of them

// Spikes: 16 bytes in HDF5 and up to 24 as text, at rates that networks rarely exceed.
constexpr double bytes_per_spike = 40, v1_hz = 5, lgn_hz = 20;

constexpr double memory_margin = 1.25, time_margin = 3, extra_minutes = 5;
constexpr double least_mb = 500;  // launcher and shell
constexpr std::uint64_t synapses_per_rank = 10'000'000;
constexpr double element_s = 600;
constexpr std::size_t least_elements = 8;

std::uint64_t whole(double value) {
  return static_cast<std::uint64_t>(value);
}

double expected_s(const Cost& cost, std::size_t items) {
  return cost.start_s + cost.item_s * static_cast<double>(items);
}

}  // namespace

Cost cost_of(Stage stage, const Workload& work, int ranks) {
  const auto neurons = static_cast<double>(work.neurons), synapses = static_cast<double>(work.synapses);
  const auto cells = static_cast<double>(work.lgn_cells);
  const double seconds = work.duration_ms / 1000;
  switch (stage) {
    case Stage::background: {
      const double unit_s = static_cast<double>(work.background_units) * seconds;
      const double spikes = unit_s * work.background_hz;
      return {.start_s = 1,
              .item_s = background_file_s + unit_s * background_bins_per_s * background_ns_per_bin * 1e-9,
              .bytes_per_rank = small_job_bytes + whole(spikes * background_memory_per_spike),
              .disk_bytes_per_item = whole(spikes * background_bytes_per_spike)};
    }
    case Stage::lgn:
      return {.start_s = 2,
              .item_s = 0.5 + cells * work.duration_ms * lgn_ns_per_cell_ms * 1e-9 / ranks,
              .bytes_per_rank = lgn_bytes_per_rank,
              .disk_bytes_per_item = whole(cells * lgn_hz * seconds * bytes_per_spike)};
    case Stage::metrics:
      return {.start_s = 1,
              .item_s = table_s + table_s_per_trial * static_cast<double>(work.trials),
              .bytes_per_rank =
                  small_job_bytes + whole(neurons * static_cast<double>(work.trials) * table_bytes_per_cell),
              .disk_bytes_per_item = whole(neurons * static_cast<double>(work.trials) * 24)};
    default:
      break;
  }
  const double step_ns = neurons * work.duration_ms / work.dt_ms * ns_per_neuron_step +
                         synapses * events_per_synapse_s * seconds * ns_per_event;
  return {.start_s = 2 + synapses * load_ns_per_synapse * 1e-9 / ranks,
          .item_s = 0.5 + step_ns * 1e-9 / ranks,
          .bytes_per_rank = work.bytes_per_rank + work.shared_bytes / static_cast<std::uint64_t>(ranks),
          .disk_bytes_per_item = whole(neurons * v1_hz * seconds * bytes_per_spike)};
}

int usual_ranks(const Workload& work, const Site& site) {
  const auto wanted = (work.synapses + synapses_per_rank - 1) / synapses_per_rank;
  return static_cast<int>(std::clamp<std::uint64_t>(wanted, 1, static_cast<std::uint64_t>(site.node_cores)));
}

std::size_t usual_trials_per_element(const Cost& cost, std::size_t trials) {
  const auto fitting = whole(std::max(0.0, element_s - cost.start_s) / cost.item_s);
  const auto parallel = (trials + least_elements - 1) / least_elements;
  return std::max<std::size_t>(1, std::min<std::size_t>(fitting, parallel));
}

JobRequest request_for(const Cost& cost, std::size_t items, int ranks, const Wishes& wishes,
                       const Site& site) {
  const double node_mb = site.node_memory_gb * 1000;
  const double rank_mb = std::ceil(static_cast<double>(cost.bytes_per_rank) * memory_margin / 1e6);
  const auto ranks_on = [&](int nodes) { return (ranks + nodes - 1) / nodes; };
  JobRequest request{.ranks = ranks};
  if (wishes.nodes) {
    request.nodes = *wishes.nodes;
    if (request.nodes > ranks)
      throw core::UsageError("--nodes {} with {} rank(s) (a node needs one) give --ranks", request.nodes,
                             ranks);
  } else {
    request.nodes = std::max(1, (ranks + site.node_cores - 1) / site.node_cores);
    while (!wishes.memory_mb && request.nodes < ranks && ranks_on(request.nodes) * rank_mb > node_mb)
      ++request.nodes;
  }
  if (ranks_on(request.nodes) > site.node_cores)
    throw core::UsageError("{} ranks on a node of site {} ({} cores) give more --nodes",
                           ranks_on(request.nodes), site.name, site.node_cores);
  const double needed_mb = std::max(least_mb, std::ceil(ranks_on(request.nodes) * rank_mb / 100) * 100);
  request.memory_mb = wishes.memory_mb.value_or(whole(needed_mb));
  if (static_cast<double>(request.memory_mb) > node_mb)
    throw core::UsageError(
        "{} MB per node needed, site {} has {} MB (node.memory_gb) give more --ranks and --nodes",
        request.memory_mb, site.name, node_mb);
  const double usual = expected_s(cost, items) / 60 * time_margin + extra_minutes;
  const int rounded = static_cast<int>(std::ceil(std::min(usual, 1e7) / 5)) * 5;
  const int longest = std::max(1, static_cast<int>(site.longest_hours * 60));
  request.minutes = wishes.minutes.value_or(std::min(rounded, longest));
  if (request.minutes > longest)
    throw core::UsageError("--time {} is above the {} h of site {} (longest_hours) give less",
                           job_time(request.minutes), site.longest_hours, site.name);
  return request;
}

std::string short_time_text(const JobRequest& request, const Cost& cost, std::size_t items) {
  const double expected = expected_s(cost, items);
  if (request.minutes * 60 >= expected) return {};
  return fmt::format("{} (about {} are expected)", job_time(request.minutes),
                     job_time(static_cast<int>(std::ceil(std::min(expected / 60, 1e7)))));
}

int parse_job_time(const std::string& text) {
  const auto invalid = [&] {
    return core::UsageError("invalid --time '{}' (minutes, or H:MM:SS, or D-HH:MM:SS)", text);
  };
  const auto dash = text.find('-');
  const auto clock = dash == std::string::npos ? text : text.substr(dash + 1);
  std::array<std::int64_t, 4> parts{};  // days, hours, minutes, seconds
  if (dash != std::string::npos) {
    const auto days = core::parse_number<std::int64_t>(text.substr(0, dash));
    if (!days || *days < 0 || *days > 365) throw invalid();
    parts[0] = *days;
  }
  std::vector<std::int64_t> numbers;
  for (std::size_t at = 0; at <= clock.size();) {
    const auto end = std::min(clock.find(':', at), clock.size());
    const auto number = core::parse_number<std::int64_t>(clock.substr(at, end - at));
    if (!number || *number < 0 || *number > 1'000'000) throw invalid();
    numbers.push_back(*number);
    at = end + 1;
  }
  if (numbers.size() == 1 && dash == std::string::npos)
    parts[2] = numbers[0];
  else if (numbers.size() == 3 && numbers[1] < 60 && numbers[2] < 60)
    std::ranges::copy(numbers, parts.begin() + 1);
  else
    throw invalid();
  const auto minutes = parts[0] * 24 * 60 + parts[1] * 60 + parts[2] + (parts[3] + 59) / 60;
  if (minutes < 1 || minutes > 10'000'000) throw invalid();
  return static_cast<int>(minutes);
}

std::uint64_t parse_job_memory(const std::string& text) {
  const bool megabytes = text.ends_with('M');
  const auto number =
      core::parse_number<double>(megabytes || text.ends_with('G') ? text.substr(0, text.size() - 1) : text);
  const double mb = number.value_or(0) * (megabytes ? 1 : 1000);
  if (!(mb >= 1) || !(mb <= 1e8))
    throw core::UsageError("invalid --memory '{}' (gigabytes per node, or with a letter: 20G, 500M)", text);
  return whole(mb);
}

std::string job_time(int minutes) {
  return fmt::format("{}:{:02}:00", minutes / 60, minutes % 60);
}

}  // namespace striate::slurm
