// SPDX-License-Identifier: BSD-3-Clause
#include "engine/checkpoint/simulation_checkpoint.hpp"

#include <algorithm>
#include <type_traits>

#include "core/errors/error.hpp"
#include "core/ranks/row_exchange.hpp"
#include "engine/machine/shard_state.hpp"
#include "io/checkpoint/checkpoint_file.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"

namespace striate::engine {
namespace {

namespace fs = std::filesystem;
namespace h5 = io::h5;

static_assert(sizeof(PortState) == port_variables * sizeof(double));

/// [gid], its first row of /synapses/state, and the end.
std::vector<std::uint64_t> first_port_rows(const Network& network, const Neurons& neurons) {
  std::vector<std::uint64_t> first{0};
  for (const auto model : network.model_of_gid)
    first.push_back(first.back() + neurons.models[model].ports.size());
  return first;
}

/// Which rows of the file are this rank's neurons and their ports.
class Rows {
 public:
  Rows(const SimulationState& state, const core::Comm& comm)
      : first_port_(first_port_rows(state.network, state.shard.neurons)),
        lids_(real_lids(state.partition)),
        neurons_(gids(state.partition), state.network.neuron_count(), comm),
        ports_(port_rows(state.partition), first_port_.back(), comm) {}

  std::span<const std::uint32_t> lids() const { return lids_; }
  const core::RowExchange& neurons() const { return neurons_; }
  const core::RowExchange& ports() const { return ports_; }
  std::uint64_t neuron_rows() const { return first_port_.size() - 1; }
  std::uint64_t port_rows() const { return first_port_.back(); }
  std::size_t ports_of(std::uint32_t gid) const { return first_port_[gid + 1] - first_port_[gid]; }

 private:
  static std::vector<std::uint32_t> real_lids(const Partition& partition) {
    std::vector<std::uint32_t> lids;
    for (std::uint32_t lid = 0; lid < partition.gid_of_lid.size(); ++lid)
      if (partition.gid_of_lid[lid] != no_neuron) lids.push_back(lid);
    return lids;
  }
  std::vector<std::uint64_t> gids(const Partition& partition) const {
    std::vector<std::uint64_t> rows;
    for (const auto lid : lids_) rows.push_back(partition.gid_of_lid[lid]);
    return rows;
  }
  std::vector<std::uint64_t> port_rows(const Partition& partition) const {
    std::vector<std::uint64_t> rows;
    for (const auto lid : lids_) {
      const auto gid = partition.gid_of_lid[lid];
      for (auto row = first_port_[gid]; row < first_port_[gid + 1]; ++row) rows.push_back(row);
    }
    return rows;
  }

  std::vector<std::uint64_t> first_port_;
  std::vector<std::uint32_t> lids_;
  core::RowExchange neurons_, ports_;
};

/// How a variable stands in the file.
template <class T>
using InFile = std::conditional_t<std::is_same_v<T, std::int16_t>, std::int64_t, T>;

template <class T>
void write_column(const h5::File& file, const std::string& name, const Rows& rows,
                  const std::vector<T>& by_lid) {
  std::vector<InFile<T>> own;
  for (const auto lid : rows.lids()) own.push_back(by_lid[lid]);
  const std::uint64_t shape[] = {rows.neuron_rows()};
  h5::create_dataset<InFile<T>>(file, name, shape);
  const auto share = rows.neurons().to_share(std::span<const InFile<T>>(own));
  h5::write_rows_collective<InFile<T>>(file, name, rows.neurons().share().first, share);
}

template <class T>
void read_column(const h5::File& file, const std::string& name, const Rows& rows, std::vector<T>& by_lid) {
  const auto part = rows.neurons().share();
  const auto share = h5::read_rows<InFile<T>>(file, name, part.first, part.count());
  const auto own = rows.neurons().from_share(std::span<const InFile<T>>(share));
  for (std::size_t i = 0; i < own.size(); ++i) by_lid[rows.lids()[i]] = static_cast<T>(own[i]);
}

/// visit(lid, port, row of this rank), in the order of Rows.
template <class Visit>
void visit_ports(const SimulationState& state, const Rows& rows, Visit visit) {
  std::size_t row = 0;
  for (const auto lid : rows.lids())
    for (std::size_t port = 0; port < rows.ports_of(state.partition.gid_of_lid[lid]); ++port)
      visit(core::Lid{lid}, port, row++);
}

void write_ports(const h5::File& file, const SimulationState& state, const Rows& rows) {
  std::vector<PortState> own;
  visit_ports(state, rows, [&](core::Lid lid, std::size_t port, std::size_t) {
    own.push_back(port_state(state.shard.neurons, lid, port));
  });
  const std::uint64_t shape[] = {rows.port_rows(), port_variables};
  h5::create_dataset<double>(file, "/synapses/state", shape);
  const auto share = rows.ports().to_share(std::span<const PortState>(own));
  h5::write_rows_collective<double>(
      file, "/synapses/state", rows.ports().share().first,
      std::span(share.empty() ? nullptr : share.front().data(), share.size() * port_variables));
}

void read_ports(const h5::File& file, const SimulationState& state, const Rows& rows) {
  const auto part = rows.ports().share();
  const auto values =
      h5::read_table_rows<double>(file, "/synapses/state", port_variables, part.first, part.count());
  std::vector<PortState> share(part.count());
  for (std::size_t i = 0; i < share.size(); ++i)
    std::copy_n(values.data() + i * port_variables, port_variables, share[i].data());
  const auto own = rows.ports().from_share(std::span<const PortState>(share));
  visit_ports(state, rows, [&](core::Lid lid, std::size_t port, std::size_t row) {
    set_port_state(state.shard.neurons, lid, port, own[row]);
  });
}

/// Each spike once, by (stamp, source), on all ranks: most have targets on several.
std::vector<SentSpike> all_under_way(const SimulationState& state, const core::Comm& comm) {
  auto own = spikes_under_way(state.shard.recurrent, state.shard.now);
  const auto size = static_cast<std::uint32_t>(comm.size());
  const auto keeper = [&](const SentSpike& spike) { return spike.source % size; };
  std::ranges::stable_sort(own, {}, keeper);
  std::vector<std::size_t> counts(size, 0);
  for (const auto& spike : own) ++counts[keeper(spike)];
  auto kept = comm.all_to_all_v<SentSpike>(own, counts).items;
  std::ranges::sort(kept);
  const auto twice = std::ranges::unique(kept);
  kept.erase(twice.begin(), twice.end());
  auto all = comm.all_gather_v<SentSpike>(kept);
  std::ranges::sort(all);
  return all;
}

void write_spikes(const h5::File& file, std::span<const SentSpike> spikes) {
  std::vector<std::int64_t> stamps;
  std::vector<std::uint32_t> sources;
  for (const auto& spike : spikes) {
    stamps.push_back(spike.stamp);
    sources.push_back(spike.source);
  }
  h5::create_group(file, "/spikes_under_way");
  h5::write<std::int64_t>(file, "/spikes_under_way/stamp", stamps);
  h5::write<std::uint32_t>(file, "/spikes_under_way/source", sources);
}

std::vector<SentSpike> read_spikes(const h5::File& file) {
  const auto stamps = h5::read<std::int64_t>(file, "/spikes_under_way/stamp");
  const auto sources = h5::read<std::uint32_t>(file, "/spikes_under_way/source");
  if (stamps.size() != sources.size())
    throw core::FormatError("{}:/spikes_under_way/stamp and source differ in length", file.path());
  std::vector<SentSpike> spikes;
  for (std::size_t i = 0; i < stamps.size(); ++i)
    spikes.push_back({.stamp = stamps[i], .source = sources[i]});
  return spikes;
}

template <class Column>
void for_columns(const SimulationState& state, Column column) {
  Neurons& neurons = state.shard.neurons;
  for (const auto& variable : state_variables())
    if (!variable.recorded_only || neurons.record_currents)
      column(std::string("/neurons/") + variable.name, variable.of(neurons));
  column(std::string("/neurons/refractory"), neurons.refractory);
  column(std::string("/neurons/spikes"), state.spike_counts);
}

}  // namespace

void write_checkpoint(const fs::path& file, const CheckpointHeader& header, const SimulationState& state,
                      const core::Comm& comm) {
  auto out = h5::File::create(io::incomplete_name(file), comm);
  h5::write_attribute(out, "/", "header", io::compact_text(to_json(header)));
  h5::write_attribute(out, "/", "simulated_ms", fmt::format("{}", header.simulated_ms));
  h5::write_attribute(out, "/", "tstop_ms", fmt::format("{}", header.tstop_ms));
  if (header.step > 0) {
    const Rows rows(state, comm);
    for_columns(state, [&](const std::string& name, auto& values) { write_column(out, name, rows, values); });
    write_ports(out, state, rows);
    write_spikes(out, all_under_way(state, comm));
  }
  out.close();
  io::publish_checkpoint(file, comm);
}

CheckpointHeader read_header(const fs::path& file) {
  const auto in = h5::File::open(file);
  const auto text = h5::string_attribute(in, "/", "header");
  if (!text) throw core::FormatError("{} is no checkpoint of a simulation (it has no header)", file);
  return parse_header(*text, file);
}

void read_state(const fs::path& file, const CheckpointHeader& header, SimulationState state,
                const core::Comm& comm) {
  // The header was read before the output directory was this run's alone.
  if (to_json(read_header(file)) != to_json(header))
    throw core::ConfigError("{} has changed meanwhile (another run goes on from it) let that one finish",
                            file);
  if (header.step == 0) return;
  const auto in = h5::File::open(file, comm);
  const Rows rows(state, comm);
  for_columns(state, [&](const std::string& name, auto& values) { read_column(in, name, rows, values); });
  choose_synapses(state.shard.neurons, header.step);
  read_ports(in, state, rows);
  set_spikes_under_way(state.shard.recurrent, read_spikes(in));
  set_time(state.shard, header.step);
  state.shard.events = comm.is_root() ? header.events : 0;
}

std::uint64_t checkpoint_bytes(const Network& network, const core::TimeGrid& grid, Ports mode,
                               bool record_currents) {
  std::vector<std::uint64_t> ports;
  for (const auto& model : network.models)
    ports.push_back(make_propagators(model.parameters, grid, mode).ports.size());
  std::uint64_t columns = 2;
  for (const auto& variable : state_variables()) columns += !variable.recorded_only || record_currents;
  std::uint64_t bytes = network.neuron_count() * columns * sizeof(double);
  for (const auto model : network.model_of_gid) bytes += ports[model] * sizeof(PortState);
  return bytes;
}

}  // namespace striate::engine
