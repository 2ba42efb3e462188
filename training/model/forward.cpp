// SPDX-License-Identifier: BSD-3-Clause
#include "training/model/forward.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/processor/instruction_sets.hpp"

namespace striate::training {
namespace {

/// A spike of one rank's cell on its way to all ranks.
struct SentSpike {
  std::uint32_t step, cell, trials;
};

/// Currents that arrive at future steps: a ring of [own cell][lanes][4], so that a spike adds to one place.
template <class Real>
class Arrivals {
 public:
  explicit Arrivals(const Circuit<Real>& circuit)
      : slots_(circuit.recurrent.max_delay + most_block_steps), stride_(circuit.own * basis_count * lanes) {
    values_.resize(slots_ * stride_);
    std::ranges::fill(values_, Real{0});
  }
  Real* at(int step) { return values_.data() + static_cast<std::size_t>(step) % slots_ * stride_; }

  /// A spike at `step` to all its targets; what would arrive before step 0 is in the state already.
  void deliver(const Recurrent<Real>& recurrent, const core::HugeVector<Real>& weights, int step,
               const StepSpikes& spike, std::uint32_t source) {
    for (auto s = recurrent.first_segment[source]; s < recurrent.first_segment[source + 1]; ++s) {
      const Segment& segment = recurrent.segments[recurrent.segment_of[s]];
      for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i) {
        const ArrivalSlot& slot = recurrent.slots[recurrent.slot[i]];
        const ArrivalShape<Real>& shape = recurrent.shapes[slot.shape];
        const int arrival = step + static_cast<int>(shape.delay);
        if (arrival < 0) continue;
        Real* to = at(arrival) + slot.target * basis_count * lanes;
        for (unsigned trials = spike.trials; trials != 0; trials &= trials - 1) {
          Real* of_trial = to + static_cast<unsigned>(__builtin_ctz(trials)) * basis_count;
          for (std::size_t r = 0; r < basis_count; ++r) of_trial[r] += weights[i] * shape.basis[r];
        }
      }
    }
  }

 private:
  std::size_t slots_, stride_;
  core::HugeVector<Real> values_;
};

/// Appends the spikes of own cells at one step. Eight cells are looked at together: most are silent.
void collect_spikes(std::span<const std::uint8_t> fired, unsigned all_trials, std::uint32_t step,
                    const Ranks& ranks, std::vector<SentSpike>& spikes) {
  std::uint64_t eight = 0;
  for (std::uint32_t cell = 0; cell < fired.size(); ++cell) {
    if (cell % 8 == 0 && cell + 8 <= fired.size()) {
      std::memcpy(&eight, fired.data() + cell, 8);
      if (eight == 0) {
        cell += 7;
        continue;
      }
    }
    if (const unsigned trials = fired[cell] & all_trials; trials != 0)
      spikes.push_back({.step = step, .cell = ranks.global(cell), .trials = trials});
  }
}

/// Spikes of a block of steps, from all ranks, into the table.
void exchange_spikes(std::vector<SentSpike>& own, int first_step, int steps, const Ranks& ranks,
                     SpikeTable& table) {
  std::vector<SentSpike> all = ranks.gather(std::span<const SentSpike>(own));
  if (ranks.size > 1)
    std::ranges::sort(all, [](const SentSpike& a, const SentSpike& b) {
      return a.step != b.step ? a.step < b.step : a.cell < b.cell;
    });
  std::vector<StepSpikes> of_step;
  auto spike = all.begin();
  for (int step = first_step; step < first_step + steps; ++step) {
    of_step.clear();
    for (; spike != all.end() && spike->step == static_cast<std::uint32_t>(step); ++spike)
      of_step.push_back({.cell = spike->cell, .trials = spike->trials});
    table.append(of_step);
  }
}

/// Brings rise and fall, which the kernel holds behind the voltage by the latency of arrivals, to the last
/// step.
template <class Real>
void catch_up(const ForwardArguments<Real>& n, int steps, Arrivals<Real>& arrivals, DriveSums<Real>& drive,
              const Inputs& inputs, std::uint32_t nodes) {
  const bool reference = n.model.propagators == Propagators::reference;
  const int latency = arrival_latency(n.model.propagators);
  std::vector<Real> noise;
  // Input steps that the kernel has not used yet; the fall of the last of them but one is missing too.
  for (int step = std::max(steps - latency, 0); step < steps; ++step) {
    expand_noise(inputs, nodes, step, 1, 1, noise);
    ExternalInputs<Real> x = n.external;
    x.noise = noise.data();
    const auto at = static_cast<std::size_t>(step + latency);
    x.drive = drive.block(at / x.drive_steps) + at % x.drive_steps * lanes;
    const bool fall_first = reference ? step == steps - 1 : true;
    for (std::size_t cell = n.first_cell; cell < n.end_cell; ++cell)
      for (std::size_t lane = 0; lane < n.trials; ++lane) {
        Real input[basis_count];
        const Real* arrived = arrivals.at(step) + (cell * lanes + lane) * basis_count;
        for (std::size_t r = 0; r < basis_count; ++r) input[r] = arrived[r];
        for (auto s = x.first_drive_slot[cell]; s < x.first_drive_slot[cell + 1]; ++s)
          for (std::size_t r = 0; r < basis_count; ++r)
            input[r] += x.drive_basis[s * basis_count + r] * x.drive[s * x.drive_steps * lanes + lane];
        for (auto s = x.first_noise_slot[cell]; s < x.first_noise_slot[cell + 1]; ++s) {
          Real sum = 0;
          for (auto e = x.noise_slots[s].first_edge; e < x.noise_slots[s].end_edge; ++e)
            sum += x.noise_weight[e] * noise[x.noise_node[e] * lanes + lane];
          for (std::size_t r = 0; r < basis_count; ++r) input[r] += x.noise_slots[s].basis[r] * sum;
        }
        for (std::size_t r = 0; r < basis_count; ++r) {
          Real* state = n.state + cell * state_variables * lanes + lane;
          Real& rise = state[(state_rise + r) * lanes];
          Real& fall = state[(state_fall + r) * lanes];
          // A trial of one step has had neither input nor fall in the kernel.
          if (fall_first) fall = n.decay[r] * (fall + rise);
          rise = n.decay[r] * rise + n.rise[r] * input[r];
        }
      }
  }
}

}  // namespace

template <class Real>
State<Real> rest(const Circuit<Real>& circuit) {
  State<Real> state{.cells = {}, .recent = SpikeTable(-static_cast<int>(circuit.recurrent.max_delay))};
  state.cells.resize(circuit.own * state_variables * lanes);
  std::ranges::fill(state.cells, Real{0});
  for (std::uint32_t step = 0; step < circuit.recurrent.max_delay; ++step) state.recent.append({});
  return state;
}

template <class Real>
Trace<Real> forward(const Circuit<Real>& circuit, const PerSynapse<Real>& weights, const Inputs& inputs,
                    const ModelOptions& options, const Ranks& ranks, State<Real>& state, Keep keep,
                    Trace<Real> trace) {
  assert(inputs.trials >= 1 && inputs.trials <= lanes && inputs.steps >= 2);
  const core::FlushSubnormals flush;
  const std::uint32_t own = circuit.own;
  const int latency = arrival_latency(options.propagators), block = steps_per_block(options.propagators);
  const int steps = static_cast<int>(inputs.steps);
  const int history = static_cast<int>(circuit.recurrent.max_delay);

  trace.trials = inputs.trials;
  trace.steps = inputs.steps;
  trace.spikes = state.recent;
  const bool voltages = keep == Keep::voltages;
  if (voltages) trace.v.resize(inputs.steps * (own * inputs.trials + lanes));
  trace.blocked.resize((voltages ? inputs.steps : most_block_steps) * own);
  std::vector<std::uint8_t> fired(most_block_steps * own);

  Arrivals<Real> arrivals(circuit);
  for (int step = -history; step < 0; ++step)
    for (const StepSpikes& spike : trace.spikes.at(step))
      arrivals.deliver(circuit.recurrent, weights.recurrent, step, spike,
                       ranks.place_by_owner(spike.cell, circuit.cells));
  DriveSums<Real> drive(circuit.drive, weights.drive, inputs, static_cast<std::size_t>(block),
                        static_cast<std::size_t>(latency), trace.scratch);
  std::vector<Real> noise;

  ForwardArguments<Real> n{};
  n.cells = circuit.constants.data();
  n.first_cell = 0;
  n.end_cell = own;
  n.trials = inputs.trials;
  n.model = options;
  const auto decay = basis_decay(), rise = basis_rise();
  for (std::size_t r = 0; r < basis_count; ++r) {
    n.decay[r] = static_cast<Real>(decay[r]);
    n.rise[r] = static_cast<Real>(rise[r]);
  }
  n.state = state.cells.data();
  for (std::uint32_t cell = 0; cell < own; ++cell)
    std::fill_n(n.state + (cell * state_variables + state_loss) * lanes, lanes, Real{0});
  n.external = {.first_drive_slot = circuit.drive.first_slot.data(),
                .drive_basis = circuit.drive.basis.data(),
                .drive = nullptr,
                .drive_steps = static_cast<std::size_t>(block),
                .first_noise_slot = circuit.noise.first_slot.data(),
                .noise_slots = circuit.noise.slots.data(),
                .noise_node = circuit.noise.node.data(),
                .noise_weight = weights.noise.data(),
                .noise = nullptr,
                .noise_nodes = circuit.noise.nodes};
  const auto& kernels = step_kernels<Real>();
  std::vector<SentSpike> spikes;
  for (int first = 0; first < steps; first += block) {
    n.steps = static_cast<std::size_t>(std::min(block, steps - first));
    const int first_input = first - latency;
    expand_noise(inputs, circuit.noise.nodes, first_input, 1, n.steps, noise);
    n.external.noise = noise.data();
    n.external.drive = drive.block(static_cast<std::size_t>(first / block));
    for (std::size_t k = 0; k < n.steps; ++k) {
      const int step = first + static_cast<int>(k), input = first_input + static_cast<int>(k);
      n.has_input[k] = input >= 0;
      n.has_fall[k] = step >= 1;
      n.arrivals[k] = input >= 0 ? arrivals.at(input) : nullptr;
      n.v[k] = voltages ? trace.v_at(static_cast<std::size_t>(step), own) : nullptr;
      n.blocked[k] = trace.blocked.data() + (voltages ? static_cast<std::size_t>(step) : k) * own;
      n.fired[k] = fired.data() + k * own;
    }
    kernels.forward(n);
    spikes.clear();
    for (std::size_t k = 0; k < n.steps; ++k)
      collect_spikes(std::span(n.fired[k], own), (1u << inputs.trials) - 1,
                     static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(k), ranks, spikes);
    exchange_spikes(spikes, first, static_cast<int>(n.steps), ranks, trace.spikes);
    for (int step = first; step < first + static_cast<int>(n.steps); ++step)
      for (const StepSpikes& spike : trace.spikes.at(step))
        arrivals.deliver(circuit.recurrent, weights.recurrent, step, spike,
                         ranks.place_by_owner(spike.cell, circuit.cells));
  }
  catch_up(n, steps, arrivals, drive, inputs, circuit.noise.nodes);
  state.recent = trace.spikes.last(history);
  trace.voltage_loss.assign(own, 0.0);
  for (std::uint32_t cell = 0; cell < own; ++cell)
    for (std::size_t lane = 0; lane < inputs.trials; ++lane)
      trace.voltage_loss[cell] +=
          static_cast<double>(n.state[(cell * state_variables + state_loss) * lanes + lane]);
  return trace;
}

template State<float> rest<float>(const Circuit<float>&);
template State<double> rest<double>(const Circuit<double>&);
template Trace<float> forward<float>(const Circuit<float>&, const PerSynapse<float>&, const Inputs&,
                                     const ModelOptions&, const Ranks&, State<float>&, Keep, Trace<float>);
template Trace<double> forward<double>(const Circuit<double>&, const PerSynapse<double>&, const Inputs&,
                                       const ModelOptions&, const Ranks&, State<double>&, Keep,
                                       Trace<double>);

}  // namespace striate::training
