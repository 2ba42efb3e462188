// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/probe.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <utility>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "io/hdf5/probe_child.hpp"
#include "io/hdf5/probe_limits.hpp"
#include "io/hdf5/probe_walk.hpp"
#include "io/hdf5/probed_files.hpp"

namespace striate::io::h5 {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t piece_seconds = 5;  ///< for what the library does at one go, such as a group's names

/// Who walks through files before this process opens them, and which have been: of the process, as the
/// library's own state is.
struct Probing {
  enum class Way { none, in_children, here } way = Way::none;
  std::function<bool(const fs::path&)> is_trusted;
  std::unique_ptr<ProbeChild> child;
  std::span<char> place;
  std::uint64_t bytes = 0;  ///< of the files so far
  ProbedFiles files;
  std::map<FileIdentity, std::string> damaged;  ///< and why
  std::set<std::string> names;  ///< of those walked through for this process
};
Probing& probing() {
  static Probing state;
  return state;
}

/// Seconds to read files of so many bytes, however they are compressed.
std::uint64_t reading_seconds(std::uint64_t bytes) {
  constexpr std::uint64_t bytes_per_second = 1 << 20, at_least = 60;
  return at_least + bytes / bytes_per_second;
}

void walk_here(const fs::path& file, const FileIdentity& identity) {
  auto& state = probing();
  state.files.add(identity, false);  // first: walking opens it
  if (!state.place.empty()) {
    const auto name = file.string().substr(0, state.place.size() - 1);
    std::ranges::copy(name, state.place.begin());
    state.place[name.size()] = '\0';
  }
  state.bytes += identity.size;
  walk_through(file, [] { allow_seconds(piece_seconds); });
  allow_seconds(reading_seconds(state.bytes));
}

/// Why a file cannot be opened; empty when it can.
std::string objection(const fs::path& file, const FileIdentity& identity) {
  auto& state = probing();
  if (state.files.knows(identity) || (state.is_trusted && state.is_trusted(file))) return {};
  if (const auto known = state.damaged.find(identity); known != state.damaged.end()) return known->second;
  if (!state.child) state.child = std::make_unique<ProbeChild>();
  const auto answer = state.child->ask(file);
  if (answer.kind == ProbeAnswer::Kind::damaged) return state.damaged[identity] = answer.reason;
  if (answer.kind == ProbeAnswer::Kind::unknown)
    core::log::detail("{} was not looked through before it is opened ({})", file, answer.reason);
  state.files.add(identity, answer.lasting);
  return {};
}

}  // namespace

void probe_in_children(std::function<bool(const fs::path&)> is_trusted) {
  probing().way = Probing::Way::in_children;
  probing().is_trusted = std::move(is_trusted);
}

void probe_here(std::span<char> place) {
  probing().way = Probing::Way::here;
  probing().child.reset();
  probing().place = place;
}

void require_probed(const fs::path& file, const core::Comm& comm) {
  auto& state = probing();
  if (state.way == Probing::Way::none) return;
  const auto identity = identity_of(file);
  if (state.way == Probing::Way::here) {
    if (identity && !state.files.knows(*identity)) walk_here(file, *identity);
    return;
  }
  std::string reason;
  if (comm.is_root() && identity) reason = objection(file, *identity);
  if (comm.size() > 1) reason = comm.broadcast(reason);
  if (!reason.empty()) throw core::FormatError("{} is damaged ({})", file, reason);
  if (identity) state.files.add(*identity, false);
  state.names.insert(file.string());
}

void share_probed(const core::Comm& comm) {
  auto& state = probing();
  if (comm.size() <= 1 || state.way != Probing::Way::in_children) return;
  std::string names;
  for (const auto& name : state.names) names += name + '\0';
  names = comm.broadcast(names);
  for (std::size_t at = 0; at < names.size();) {
    const std::string name = names.c_str() + at;
    if (const auto identity = identity_of(name)) state.files.add(*identity, false);
    at += name.size() + 1;
  }
}

void probe_file(const fs::path& file) {
  limit_memory(probe_memory);
  probe_here({});
  require_probed(file, {});
}

void answer_probes(int descriptor) {
  probing().way = Probing::Way::none;  // it is the child: it asks nobody
  limit_memory(probe_memory);
  const auto say = [&](char letter) { return ::send(descriptor, &letter, 1, MSG_NOSIGNAL) == 1; };
  if (!say(probe_ready)) return;
  constexpr int patience_ms = 2000;
  std::string name;
  while (true) {
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, patience_ms);
    if (ready < 0 && errno == EINTR) continue;
    char byte = 0;
    if (ready <= 0 || ::recv(descriptor, &byte, 1, 0) != 1) return;
    if (byte != '\0') {
      name += byte;
      continue;
    }
    char answer = probe_too_large;
    try {
      answer = walk_through(name, [] { allow_seconds(piece_seconds); }) ? probe_sound : probe_leads_out;
    } catch (const std::bad_alloc&) {
    }
    if (!say(answer)) return;
    name.clear();
  }
}

}  // namespace striate::io::h5
