// SPDX-License-Identifier: BSD-3-Clause
#include "engine/machine/shard_state.hpp"

#include <algorithm>

#include "core/values/mixed_bits.hpp"

namespace striate::engine {
namespace {

using core::bits_of;
using core::mixed_bits;

constexpr StateVariable variables[] = {
    {"v", [](Neurons& n) -> std::vector<double>& { return n.v; }, false},
    {"theta_spike", [](Neurons& n) -> std::vector<double>& { return n.theta_spike; }, false},
    {"theta_voltage", [](Neurons& n) -> std::vector<double>& { return n.theta_voltage; }, false},
    {"asc_0", [](Neurons& n) -> std::vector<double>& { return n.asc[0]; }, false},
    {"asc_1", [](Neurons& n) -> std::vector<double>& { return n.asc[1]; }, false},
    {"i_syn", [](Neurons& n) -> std::vector<double>& { return n.i_syn; }, true},
    {"asc_sum", [](Neurons& n) -> std::vector<double>& { return n.asc_sum; }, true}};

/// True when a synapse of `row` receives a spike with this stamp at step index `now` or later: through delay
/// d it is read by step index stamp + d - 1.
bool is_under_way(const SynapseTable& table, std::size_t row, core::Step stamp, core::Step now) {
  const std::size_t segments = table.delays.size();
  const std::uint32_t* ends = &table.segment_end[row * segments];
  for (std::size_t segment = segments; segment-- > 0;) {
    if (stamp + table.delays[segment] - 1 < now) return false;
    if (ends[segment] != (segment == 0 ? 0 : ends[segment - 1])) return true;
  }
  return false;
}

/// Adds numbers one after the other; the order counts.
class Sequence {
 public:
  void add(std::uint64_t value) { sum_ = mixed_bits(sum_, value); }
  void add(double value) { add(bits_of(value)); }
  void add(std::span<const double> values) {
    for (const double value : values) add(value);
  }
  std::uint64_t sum() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

void add(Sequence& sequence, const AlphaPropagator& p) {
  const double values[] = {p.decay,        p.y1_to_y2, p.y1_to_v, p.y2_to_v,
                           p.weight_to_y1, p.z1_to_v,  p.z2_to_v, p.z2_to_y2};
  sequence.add(values);
}

std::uint64_t checksum_of_model(const Propagators& p) {
  Sequence s;
  const double values[] = {p.v_decay,
                           p.current_to_v,
                           p.e_l,
                           p.v_initial,
                           p.v_reset,
                           p.threshold,
                           p.spike_threshold_decay,
                           p.spike_threshold_keep,
                           p.spike_threshold_jump,
                           p.reset_fraction,
                           p.reset_add,
                           p.voltage_threshold_v_decay,
                           p.voltage_threshold_decay,
                           p.voltage_threshold_phi,
                           p.voltage_threshold_rho,
                           p.conductance};
  s.add(values);
  for (const auto* of_both : {p.asc_decay, p.asc_mean, p.asc_jump, p.asc_keep, p.asc_initial})
    s.add(std::span(of_both, 2));
  s.add(static_cast<std::uint64_t>(p.refractory_steps));
  for (const bool choice : {p.spike_dependent_threshold, p.after_spike_currents, p.adapting_threshold})
    s.add(std::uint64_t{choice});
  for (const auto& component : p.components) {
    add(s, component.alpha);
    for (std::uint32_t feed = component.first_feed; feed < component.end_feed; ++feed) {
      s.add(std::uint64_t{p.feeds[feed].port});
      s.add(p.feeds[feed].gain);
    }
  }
  for (const auto port : p.port_of_receptor) s.add(std::uint64_t{port});
  return s.sum();
}

}  // namespace

std::span<const StateVariable> state_variables() {
  return variables;
}

std::vector<SentSpike> spikes_under_way(const SpikeSource& source, core::Step now) {
  std::vector<SentSpike> spikes;
  const std::size_t done = source.next.empty() ? source.spikes.size() : std::ranges::min(source.next);
  for (std::size_t i = done; i < source.spikes.size(); ++i) {
    const auto [row, stamp] = source.spikes[i];
    if (is_under_way(source.synapses, row, stamp, now))
      spikes.push_back({.stamp = stamp, .source = source.synapses.source[row]});
  }
  return spikes;
}

void set_spikes_under_way(SpikeSource& source, std::span<const SentSpike> spikes) {
  const auto& sources = source.synapses.source;
  std::vector<RowSpike> here;
  for (const auto& spike : spikes) {
    const auto row = std::ranges::lower_bound(sources, spike.source);
    if (row != sources.end() && *row == spike.source)
      here.push_back({.row = static_cast<std::uint32_t>(row - sources.begin()), .stamp = spike.stamp});
  }
  set_spikes(source, std::move(here));  // begin_delivery() passes over what a delay has delivered
}

std::uint64_t checksum_of_synapses(const SynapseTable& table, const InputTiles& tiles,
                                   std::span<const std::uint32_t> gid_of_lid) {
  std::vector<std::uint64_t> cells(tiles.cells(), 0);  // who is meant, by port and Gid
  for (std::uint32_t lid = 0; lid < gid_of_lid.size(); ++lid)
    for (std::uint32_t port = 0; port * tiles.port_stride < tiles.tile_cells; ++port)
      cells[tiles.cell(port, {lid})] = mixed_bits(std::uint64_t{port} << 32 | gid_of_lid[lid]);
  std::uint64_t sum = 0;
  std::visit(
      [&](const auto& synapses) {
        const std::size_t segments = table.delays.size();
        for (std::size_t row = 0; row < table.rows(); ++row) {
          const auto* const first = synapses.data() + table.row_begin[row];
          std::uint32_t begin = 0;
          for (std::size_t segment = 0; segment < segments; ++segment) {
            const std::uint32_t end = table.segment_end[row * segments + segment];
            const auto key = mixed_bits(table.source[row], table.delays[segment]);
            for (const auto* s = first + begin; s != first + end; ++s)
              sum += mixed_bits((key ^ cells[s->cell]) + bits_of(double{s->weight}));
            begin = end;
          }
        }
      },
      table.synapses);
  return sum;
}

std::uint64_t checksum_of_models(const Neurons& neurons, std::span<const std::uint32_t> gid_of_lid) {
  std::vector<std::uint64_t> of_model;
  for (const auto& model : neurons.models) of_model.push_back(checksum_of_model(model));
  std::uint64_t sum = 0;
  for (const auto& group : neurons.groups)
    for (std::uint32_t lid = group.first_lid; lid < group.first_lid + group.count; ++lid)
      sum += mixed_bits(gid_of_lid[lid], of_model[group.model]);
  return sum;
}

std::uint64_t checksum_of_input(const SpikeSource& source, core::Step now) {
  const auto& table = source.synapses;
  std::uint64_t sum = 0;
  for (const auto& spike : source.spikes) {
    if (spike.stamp > now) break;
    // A source may have rows on several ranks: its synapses are counted.
    const auto synapses = table.row_begin[spike.row + 1] - table.row_begin[spike.row];
    sum += mixed_bits(table.source[spike.row], static_cast<std::uint64_t>(spike.stamp)) * synapses;
  }
  return sum;
}

std::uint64_t checksum_of_currents(const ClampedNeurons& clamps, std::span<const std::uint32_t> gid_of_lid,
                                   core::Step now) {
  std::uint64_t sum = 0;
  for (const auto& change : clamps.changes) {
    if (change.step > now) break;
    const auto key =
        mixed_bits(static_cast<std::uint64_t>(change.step), change.clamp, bits_of(change.amplitude));
    for (const core::Lid lid : clamps.lids_of_clamp[change.clamp])
      sum += mixed_bits(key, gid_of_lid[lid.value]);
  }
  return sum;
}

}  // namespace striate::engine
