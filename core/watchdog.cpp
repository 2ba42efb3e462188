// SPDX-License-Identifier: BSD-3-Clause
#include "core/watchdog.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/pulse/slots.hpp"
#include "core/pulse/stand_still.hpp"
#include "core/run/run_facts.hpp"
#include "core/timers.hpp"

namespace striate::core {
namespace {

namespace fs = std::filesystem;

constexpr double longest_period_s = 5, periods_per_limit = 5;
constexpr const char* file_stem = ".striate_watchdog.";
constexpr auto abandoned_after = std::chrono::hours(1);  // files of live jobs are written every few seconds
constexpr std::size_t most_named = 8;

pulse::Text own_host() {
  return pulse::fitted(host_name());
}

/// Files of jobs that were killed.
void remove_abandoned(const fs::path& folder) {
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!entry.path().filename().string().starts_with(file_stem)) continue;
    const auto time = fs::last_write_time(entry.path(), error);
    if (!error && now - time > abandoned_after) fs::remove(entry.path(), error);
  }
}

/// A file that all ranks have open, or none. Collective.
std::unique_ptr<pulse::SlotFile> open_for_all(const fs::path& folder, const std::string& name, bool shared,
                                              const Comm& comm) {
  std::unique_ptr<pulse::SlotFile> file;
  const auto open = [&](bool create) {
    try {
      file = std::make_unique<pulse::SlotFile>(folder / name, create, shared);
    } catch (const std::system_error& error) {
      log::detail("the watchdog cannot use {} ({})", folder, error.what());
    }
  };
  if (comm.is_root()) open(true);
  comm.barrier();
  if (!comm.is_root()) open(false);
  const bool all = comm.min(std::int64_t{file != nullptr}) != 0;
  std::error_code ignored;
  if (comm.is_root() && file && (!all || !shared)) fs::remove(file->path(), ignored);
  if (!all) file.reset();
  return file;
}

/// Collective.
std::unique_ptr<pulse::SlotFile> shared_file(const std::vector<fs::path>& folders, const Comm& comm) {
  const auto hosts = comm.all_gather(own_host());
  const bool one_machine = std::ranges::all_of(hosts, [&](const auto& host) { return host == hosts[0]; });
  const auto name =
      comm.broadcast(fmt::format("{}{:08x}{:08x}", file_stem, std::random_device{}(), ::getpid()));
  std::error_code error;
  const auto temporary = comm.broadcast(fs::temp_directory_path(error).string());
  if (one_machine && !temporary.empty())
    if (auto file = open_for_all(temporary, name, false, comm)) return file;
  for (const auto& folder : folders) {
    if (comm.is_root()) remove_abandoned(folder);
    if (auto file = open_for_all(folder, name, true, comm)) return file;
  }
  return nullptr;
}

}  // namespace

struct Watchdog::Watch {
  Watch(const WatchdogOptions& some_options, const Comm& comm)
      : options(some_options),
        period_s(std::min(longest_period_s, *some_options.limit_s / periods_per_limit)),
        rank(comm.rank()),
        ranks(comm.size()),
        file(shared_file(some_options.folders, comm)),
        alone(!file),
        stand_still(alone ? 1 : ranks, *some_options.limit_s, period_s) {
    own.host = own_host();
    own.pid = ::getpid();
    if (alone) log::detail("no folder that all ranks share: each watches itself alone");
    // Signals are the main thread's: this one inherits that it takes none.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      thread = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
      log::detail("no watchdog on rank {} (no thread for it: {})", rank, error.what());
      own.ended = true;  // so that nobody takes it for silent
      write_own();
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  ~Watch() {
    {
      const std::scoped_lock lock(mutex);
      ended = true;
    }
    wake.notify_all();
    if (thread.joinable()) thread.join();
    own.ended = true;
    write_own();
    std::error_code ignored;
    if (file && rank == 0) fs::remove(file->path(), ignored);
  }

  void run() {
    const auto start = Clock::now();
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, std::chrono::duration<double>(period_s), [&] { return ended; })) {
      lock.unlock();
      write_own();
      if (alone) {
        tell(stand_still.look(std::span(&own, 1), seconds_since(start)));
      } else if (rank < 2) {
        const auto slots = file->read(ranks);
        // Not even one's own: rank 0 is done and has removed the file.
        if (slots[static_cast<std::size_t>(rank)].rounds != 0)
          tell(stand_still.look(slots, seconds_since(start)));
      }
      lock.lock();
    }
  }

  void write_own() {
    const auto now = pulse::state();
    ++own.rounds;
    own.beats = now.beats, own.calls = now.calls, own.phase = now.phase;
    own.call = pulse::fitted(now.call == nullptr ? "" : now.call);
    if (file) file->write(rank, own);
  }

  /// Of those who see all, one speaks: rank 1 only of rank 0, and for it.
  void tell(std::vector<pulse::Finding> findings) {
    if (alone)
      for (auto& finding : findings) finding.rank = rank;
    std::size_t named = 0;
    for (const auto& finding : findings) {
      if (!alone && rank == 1 && !stand_still.is_silent(0) &&
          !(finding.over && std::exchange(spoke_for_root, false)))
        continue;
      // Alone one cannot tell who is waited for.
      if (alone && !finding.over && finding.hang != pulse::Hang::busy) continue;
      if (finding.over || ++named <= most_named) say(pulse::described(finding));
    }
    if (named > most_named) say(fmt::format("{} more ranks have made no progress", named - most_named));
    spoke_for_root = spoke_for_root || (named > 0 && rank == 1);
    if (named > 0 && options.abort) {
      log::error("the job is ended (--watchdog-abort)");
      std::fflush(nullptr);
      ::_exit(static_cast<int>(ExitCode::unavailable));  // the launcher ends the others; MPI may hang itself
    }
  }

  /// On ranks other than 0 only errors are shown.
  void say(const std::string& text) const {
    try {
      if (rank == 0)
        log::warning("{}", text);
      else
        log::error("{}", text);
    } catch (const Error&) {  // the log file cannot be written, which the main thread will find out
    }
  }

  WatchdogOptions options;
  double period_s;
  int rank, ranks;
  std::unique_ptr<pulse::SlotFile> file;
  bool alone;
  pulse::StandStill stand_still;
  pulse::Slot own;
  bool spoke_for_root = false;
  std::mutex mutex;
  std::condition_variable wake;
  bool ended = false;
  std::thread thread;
};

Watchdog::Watchdog(const WatchdogOptions& options, const Comm& comm) {
  if (options.limit_s && comm.size() > 1) watch_ = std::make_unique<Watch>(options, comm);
}

Watchdog::~Watchdog() = default;

}  // namespace striate::core
