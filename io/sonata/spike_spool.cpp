// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/spike_spool.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <utility>

#include "core/errors/error.hpp"
#include "core/ranks/global_order.hpp"
#include "io/files/new_file.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

using Key = std::uint64_t;

constexpr std::uint64_t keys_read_at_once = 1u << 16;

/// Two numbers in one, of which sorting looks at the upper first. Keys of the file have the step above.
struct KeyForm {
  int place_bits;

  int step_bits() const { return 64 - place_bits; }
  Key step(Key key) const { return key >> place_bits; }
  Key place(Key key) const { return key & ((Key{1} << place_bits) - 1); }
  Key with_step_above(Key step, Key place) const { return step << place_bits | place; }
  Key with_place_above(Key key) const { return place(key) << step_bits() | step(key); }
  Key back_from_place_above(Key swapped) const {
    return with_step_above(swapped & ((Key{1} << step_bits()) - 1), swapped >> step_bits());
  }
};

KeyForm key_form(std::size_t nodes) {
  return {std::max(1, static_cast<int>(std::bit_width(nodes == 0 ? 0 : nodes - 1)))};
}

/// Addends of a hash that depends on each key and its row, whoever adds them up (the last steps of
/// splitmix64, https://prng.di.unimi.it/splitmix64.c).
std::uint64_t hash_of(Key key, std::uint64_t row) {
  const auto mixed = [](std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  };
  return mixed(key + mixed(row + 0x9e3779b97f4a7c15u));
}

/// The file as one rank reads it.
class KeyFile {
 public:
  explicit KeyFile(const std::filesystem::path& path)
      : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    if (descriptor_.number < 0 && errno == ENOENT)
      throw core::MissingFileError("{} is gone (the spikes of a run that is not finished)", path_);
    if (descriptor_.number < 0) throw core::SystemError("cannot read {} ({})", path_, std::strerror(errno));
  }

  std::uint64_t keys() const {
    struct stat status {};
    if (::fstat(descriptor_.number, &status) != 0)
      throw core::SystemError("cannot look at {} ({})", path_, std::strerror(errno));
    return static_cast<std::uint64_t>(status.st_size) / sizeof(Key);
  }

  void read(std::uint64_t first, std::span<Key> keys) const {
    auto* bytes = reinterpret_cast<char*>(keys.data());
    const std::size_t size = keys.size_bytes();
    for (std::size_t done = 0; done < size;) {
      const auto got = ::pread(descriptor_.number, bytes + done, size - done,
                               static_cast<off_t>(first * sizeof(Key) + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw core::SystemError("cannot read {} ({})", path_, std::strerror(errno));
      if (got == 0)
        throw core::FormatError("{} ends early (spikes up to number {} were written to it)", path_,
                                first + keys.size());
      done += static_cast<std::size_t>(got);
    }
  }

  /// visit(row, key) of rows [share.first, share.end).
  template <class Visit>
  void visit(core::Share share, Visit visit) const {
    std::vector<Key> keys(std::min(keys_read_at_once, share.count()));
    for (std::uint64_t row = share.first; row < share.end;) {
      const auto piece = std::span(keys).first(std::min<std::uint64_t>(keys.size(), share.end - row));
      read(row, piece);
      for (const Key key : piece) visit(row++, key);
    }
  }

 private:
  std::filesystem::path path_;
  Descriptor descriptor_;
};

}  // namespace

struct SpikeSpool::State {
  SpoolLayout layout;
  core::Comm comm;
  KeyForm form;
  std::vector<std::uint32_t> node_of_place;  ///< empty where node ids ascend
  std::vector<Key> held;
  SpoolPosition written;  ///< its hash: what this rank adds to it
  Key last = 0;  ///< key of the file, where root has it open
  Descriptor file;

  std::filesystem::path path() const { return incomplete_name(layout.file); }
  core::Share mine(std::uint64_t rows) const {
    return core::contiguous_share(rows, comm.rank(), comm.size());
  }
  std::uint64_t sum(std::uint64_t value) const {
    return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(value)));
  }
  void require_beginning(const SpoolPosition& from) const;
  void close();
  void append(std::span<const Key> keys);
  OutputSpikes output(std::span<const Key> keys) const;
  std::vector<Key> in_memory(core::Share rows, SpikeOrder order) const;
  std::vector<Key> by_time(core::Share rows) const;
  std::vector<Key> by_id(core::Share rows, std::span<const std::uint64_t> first_row) const;
};

/// After this all ranks may read what root wrote, also on other machines.
void SpikeSpool::State::close() {
  io::close(file, path());
  comm.barrier();
}

void SpikeSpool::State::append(std::span<const Key> keys) {
  if (written.spikes > 0 && form.step(keys.front()) <= form.step(last))
    throw core::Error(core::ExitCode::internal, "a spike is not later than those before it");
  if (file.number < 0) file = make_new_file(path());
  write_at(file, path(), written.spikes * sizeof(Key),
           {reinterpret_cast<const char*>(keys.data()), keys.size_bytes()});
  last = keys.back();
}

OutputSpikes SpikeSpool::State::output(std::span<const Key> keys) const {
  OutputSpikes spikes{.population = layout.population, .time_ms = {}, .node_id = {}};
  spikes.time_ms.reserve(keys.size());
  spikes.node_id.reserve(keys.size());
  for (const Key key : keys) {
    const auto place = form.place(key);
    spikes.time_ms.push_back(layout.grid.time_ms(static_cast<core::Step>(form.step(key))));
    spikes.node_id.push_back(layout.node_ids[node_of_place.empty() ? place : node_of_place[place]]);
  }
  return spikes;
}

std::vector<Key> SpikeSpool::State::in_memory(core::Share rows, SpikeOrder order) const {
  auto keys = held;
  if (order == SpikeOrder::by_id)
    for (Key& key : keys) key = form.with_place_above(key);
  keys = core::dealt_evenly<Key>(core::sorted_over_ranks(std::move(keys), comm), rows, comm);
  if (order == SpikeOrder::by_id)
    for (Key& key : keys) key = form.back_from_place_above(key);
  return keys;
}

std::vector<Key> SpikeSpool::State::by_time(core::Share rows) const {
  const auto share = mine(rows.count());
  std::vector<Key> keys(share.count());
  if (!keys.empty()) KeyFile(path()).read(rows.first + share.first, keys);
  return keys;
}

/// `first_row`: of each place in order of (id, time), and the end. A round takes all spikes of the places
/// that it touches, so a single neuron's spikes must fit into memory.
std::vector<Key> SpikeSpool::State::by_id(core::Share rows, std::span<const std::uint64_t> first_row) const {
  const auto place_of = [&](std::uint64_t row) {
    return static_cast<Key>(std::ranges::upper_bound(first_row, row) - first_row.begin() - 1);
  };
  const Key from = place_of(rows.first), to = place_of(rows.end - 1);
  std::vector<Key> keys;
  KeyFile(path()).visit(mine(written.spikes), [&](std::uint64_t, Key key) {
    const Key place = form.place(key);
    if (place >= from && place <= to) keys.push_back(form.with_place_above(key));
  });
  const std::uint64_t base = first_row[from];
  keys = core::dealt_evenly<Key>(core::sorted_over_ranks(std::move(keys), comm),
                                 {rows.first - base, rows.end - base}, comm);
  for (Key& key : keys) key = form.back_from_place_above(key);
  return keys;
}

/// Throws FormatError unless the file begins with the spikes that `from` tells of.
void SpikeSpool::State::require_beginning(const SpoolPosition& from) const {
  const KeyFile keys(path());
  if (keys.keys() < from.spikes)
    throw core::FormatError("{} holds {} spikes ({} were written to it) it cannot be continued", path(),
                            keys.keys(), from.spikes);
  std::uint64_t hash = 0;
  keys.visit(mine(from.spikes), [&](std::uint64_t row, Key key) { hash += hash_of(key, row); });
  if (sum(hash) != from.hash)
    throw core::FormatError("{} holds other spikes than were written to it; it cannot be continued", path());
}

SpikeSpool::SpikeSpool(SpoolLayout layout, const core::Comm& comm) : state_(new State) {
  State& state = *state_;
  state.layout = std::move(layout);
  state.comm = comm;
  const auto& ids = state.layout.node_ids;
  state.form = key_form(ids.size());
  if (!std::ranges::is_sorted(ids.all())) {
    state.node_of_place.resize(ids.size());
    std::iota(state.node_of_place.begin(), state.node_of_place.end(), 0u);
    std::ranges::sort(state.node_of_place, {}, [&](std::uint32_t node) { return ids[node]; });
  }
}

void SpikeSpool::begin() {
  remove();
  state_->comm.barrier();
}

void SpikeSpool::resume(const SpoolPosition& from) {
  State& state = *state_;
  if (from.spikes == 0) return begin();
  state.require_beginning(from);
  state.comm.barrier();  // before any of it changes
  state.written = {.spikes = from.spikes, .hash = state.comm.is_root() ? from.hash : 0};
  if (!state.comm.is_root()) return;
  KeyFile(state.path()).read(from.spikes - 1, std::span(&state.last, 1));
  state.file = continue_file(state.path(), from.spikes * sizeof(Key));
}

SpikeSpool::~SpikeSpool() = default;
SpikeSpool::SpikeSpool(SpikeSpool&&) noexcept = default;
SpikeSpool& SpikeSpool::operator=(SpikeSpool&&) noexcept = default;

std::vector<std::uint32_t> SpikeSpool::places() const {
  const auto& node_of_place = state_->node_of_place;
  std::vector<std::uint32_t> places(state_->layout.node_ids.size());
  for (std::uint32_t place = 0; place < places.size(); ++place)
    places[node_of_place.empty() ? place : node_of_place[place]] = place;
  return places;
}

void SpikeSpool::add(core::Step step, std::uint32_t place) {
  const auto key_step = static_cast<Key>(step);
  if (key_step >> state_->form.step_bits() != 0)
    throw core::ConfigError("{} steps of time are too many for a population of {} nodes (population '{}')",
                            step, state_->layout.node_ids.size(), state_->layout.population);
  state_->held.push_back(state_->form.with_step_above(key_step, place));
}

std::uint64_t SpikeSpool::held() const {
  return state_->held.size();
}

void SpikeSpool::flush() {
  State& state = *state_;
  const auto keys = core::sorted_over_ranks(std::exchange(state.held, {}), state.comm);
  const std::uint64_t count = state.sum(keys.size());
  if (count == 0) return;
  auto row = state.written.spikes +
             static_cast<std::uint64_t>(state.comm.sum_before(static_cast<std::int64_t>(keys.size())));
  for (const Key key : keys) state.written.hash += hash_of(key, row++);
  const auto all = state.comm.gather_v<Key>(keys);
  if (state.comm.is_root()) state.append(all);
  state.written.spikes += count;
}

SpoolPosition SpikeSpool::sync() {
  State& state = *state_;
  flush();
  if (state.file.number >= 0) io::sync(state.file, state.path());
  return {.spikes = state.written.spikes, .hash = state.sum(state.written.hash)};
}

std::vector<std::int64_t> SpikeSpool::count_by_place() const {
  const State& state = *state_;
  std::vector<std::int64_t> counts(state.layout.node_ids.size(), 0);
  if (state.written.spikes == 0) return counts;
  KeyFile(state.path()).visit(state.mine(state.written.spikes), [&](std::uint64_t, Key key) {
    ++counts[state.form.place(key)];
  });
  state.comm.sum_in_place(counts);
  return counts;
}

OrderedSpikes SpikeSpool::ordered(SpikeOrder order) {
  State* state = state_.get();
  OrderedSpikes spikes{.population = state->layout.population, .count = 0, .round = 0, .take = {}};
  if (state->written.spikes == 0) {
    spikes.count = spikes.round = state->sum(state->held.size());
    spikes.take = [=](core::Share rows) { return state->output(state->in_memory(rows, order)); };
    return spikes;
  }
  flush();
  state->close();
  const auto ranks = static_cast<std::uint64_t>(state->comm.size());
  spikes.count = state->written.spikes;
  if (order == SpikeOrder::by_time) {
    spikes.round = ranks * state->layout.rows_by_time;
    spikes.take = [=](core::Share rows) { return state->output(state->by_time(rows)); };
    return spikes;
  }
  std::vector<std::uint64_t> first_row{0};
  for (const auto count : count_by_place())
    first_row.push_back(first_row.back() + static_cast<std::uint64_t>(count));
  spikes.round = ranks * state->layout.rows_by_id;
  spikes.take = [state, first_row = std::move(first_row)](core::Share rows) {
    return state->output(state->by_id(rows, first_row));
  };
  return spikes;
}

void SpikeSpool::remove() {
  if (!state_->comm.is_root()) return;
  state_->file = Descriptor();
  std::error_code ignored;
  std::filesystem::remove(state_->path(), ignored);
}

}  // namespace striate::io
