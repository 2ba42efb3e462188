// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/output_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/files/descriptor.hpp"
#include "io/generation/lock_reach.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

/// Lines of a lock's file. Written anew by each holder, read by those who are refused.
struct Holder {
  std::string host, date, command;
  std::int64_t process = 0;
  std::string mark;  ///< start of that process
};

std::string text_of(const Holder& holder) {
  return fmt::format("host={}\npid={}\nmark={}\nsince={}\ncommand={}\n", holder.host, holder.process,
                     holder.mark, holder.date, holder.command);
}

std::string value_of(const std::string& text, const std::string& key) {
  const auto line = ("\n" + text).find("\n" + key + "=");
  if (line == std::string::npos) return {};
  const auto begin = line + key.size() + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

/// Nullopt for a file that says nothing (yet).
std::optional<Holder> holder_in(int descriptor) {
  std::array<char, 65536> bytes;
  const auto size = ::pread(descriptor, bytes.data(), bytes.size(), 0);
  const std::string text(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (text.empty() || text.back() != '\n') return std::nullopt;
  return Holder{.host = value_of(text, "host"),
                .date = value_of(text, "since"),
                .command = value_of(text, "command"),
                .process = core::parse_number<std::int64_t>(value_of(text, "pid")).value_or(0),
                .mark = value_of(text, "mark")};
}

/// Start of a process in clock ticks since the machine's, so that its number cannot be taken for that of a
/// process that had it before. Empty where it has ended.
std::string start_of(std::int64_t process) {
  try {
    const auto text = read_text_file(fmt::format("/proc/{}/stat", process), "");
    constexpr int start_field = 22;
    auto at = text.rfind(')');  // the name before it may hold anything
    for (int field = 2; field < start_field && at != std::string::npos; ++field) at = text.find(' ', at + 1);
    return at == std::string::npos ? "" : text.substr(at + 1, text.find(' ', at + 1) - at - 1);
  } catch (const core::Error&) {
    return {};
  }
}

Holder this_run(const LockSystem& system) {
  const auto facts = core::run_facts();
  return {.host = system.host,
          .date = facts.date,
          .command = facts.command,
          .process = facts.process,
          .mark = start_of(facts.process)};
}

[[noreturn]] void refuse(const fs::path& file, const std::optional<Holder>& holder, const std::string& hint) {
  const auto folder = file.parent_path();
  const auto name = file.filename().string().substr(std::strlen(lock_prefix));
  const auto what = name.empty() ? folder : folder / name.substr(1);
  if (!holder)
    throw core::OutputHeldError("another run writes to {} ({} is locked) wait for it or end it{}", what, file,
                                hint);
  throw core::OutputHeldError(
      "another run writes to {} (process {} on {} since {}: {}) wait for it or end it{}", what,
      holder->process, holder->host, holder->date, holder->command, hint);
}

/// Now on the clock of the file system, which need not be this machine's.
timespec time_there(const fs::path& file, const Holder& self) {
  auto probe = file;
  probe += fmt::format(".{}-{}.time", self.host, self.process);
  const Descriptor made(::open(probe.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
  struct stat status {};
  const bool known =
      made.number >= 0 && ::futimens(made.number, nullptr) == 0 && ::fstat(made.number, &status) == 0;
  ::unlink(probe.c_str());
  if (!known) ::clock_gettime(CLOCK_REALTIME, &status.st_mtim);
  return status.st_mtim;
}

/// Of a lock that another host may hold without our seeing its lock.
bool has_been_silent(const fs::path& file, int descriptor, const Holder& self, const LockSystem& system) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return true;
  const auto now = time_there(file, self);
  const auto silence = std::chrono::seconds(now.tv_sec - status.st_mtim.tv_sec) +
                       std::chrono::nanoseconds(now.tv_nsec - status.st_mtim.tv_nsec);
  return silence > system.longest_silence;
}

/// The process that wrote the file has ended, as far as can be told without its lock.
bool is_left_over(const fs::path& file, int descriptor, const Holder& holder, const Holder& self,
                  const LockSystem& system) {
  if (holder.host != self.host) return has_been_silent(file, descriptor, self, system);
  return !core::is_alive(holder.process) || start_of(holder.process) != holder.mark;
}

std::string hint_of(const Holder& holder, const Holder& self, const LockSystem& system) {
  if (holder.host == self.host) return "";
  return fmt::format("; if that host is down, try again after {} s",
                     std::chrono::duration_cast<std::chrono::seconds>(system.longest_silence).count());
}

bool is_file_at(const fs::path& file, int descriptor) {
  struct stat open {
  }, named{};
  return ::fstat(descriptor, &open) == 0 && ::lstat(file.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

void write_holder(const fs::path& file, int descriptor, const Holder& holder) {
  const auto text = text_of(holder);
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    throw core::SystemError("cannot write {} ({})", file, std::strerror(errno));
}

int open_lock(const fs::path& file, int more_flags) {
  return ::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | more_flags, 0666);
}

/// Gives its file the lock's name if nobody has it, as one step on every file system.
bool claim_name(const fs::path& own, const fs::path& file) {
  if (::link(own.c_str(), file.c_str()) == 0) return true;
  if (errno != EEXIST) throw core::SystemError("cannot make {} ({})", file, std::strerror(errno));
  return false;
}

}  // namespace

struct OutputLock::Held {
  fs::path file;
  Descriptor descriptor;
  std::jthread signs;

  Held(fs::path path, int opened) : file(std::move(path)), descriptor(opened) {}
  ~Held() {
    if (signs.joinable()) {
      signs.request_stop();
      signs.join();
    }
    if (is_file_at(file, descriptor.number)) ::unlink(file.c_str());
  }

  void give_signs(std::chrono::milliseconds every) {
    signs = std::jthread([this, every](const std::stop_token& stop) {
      std::mutex mutex;
      std::condition_variable_any stopped;
      std::unique_lock lock(mutex);
      while (!stopped.wait_for(lock, stop, every, [&] { return stop.stop_requested(); }))
        ::futimens(descriptor.number, nullptr);
    });
  }
};

namespace {

/// With the system's lock. -1: there is none on this file system.
int take_lock(const fs::path& file, const Holder& self, const LockSystem& system) {
  constexpr int tries = 100;  // each time somebody else has finished in between
  for (int k = 0; k < tries; ++k) {
    Descriptor opened(open_lock(file, O_CREAT));
    if (opened.number < 0) throw core::SystemError("cannot make {} ({})", file, std::strerror(errno));
    if (system.lock(opened.number) != 0) {
      if (errno != EWOULDBLOCK) return -1;
      refuse(file, holder_in(opened.number), "");
    }
    if (!is_file_at(file, opened.number)) continue;
    const auto before = holder_in(opened.number);
    if (before && before->host != self.host && !system.reaches_all_writers &&
        !has_been_silent(file, opened.number, self, system))
      refuse(file, before, hint_of(*before, self, system));
    write_holder(file, opened.number, self);
    return std::exchange(opened.number, -1);
  }
  refuse(file, std::nullopt, "");
}

/// By the file's name alone.
int take_name(const fs::path& file, const Holder& self, const LockSystem& system) {
  auto own = file;
  own += fmt::format(".{}-{}", self.host, self.process);
  Descriptor made(open_lock(own, O_CREAT | O_TRUNC));
  if (made.number < 0) throw core::SystemError("cannot make {} ({})", own, std::strerror(errno));
  write_holder(own, made.number, self);
  bool has_name = claim_name(own, file);
  if (!has_name) {
    const Descriptor there(open_lock(file, 0));
    const auto holder = there.number < 0 ? std::nullopt : holder_in(there.number);
    // A file that names nobody was made by who found out that there are no locks.
    if (holder && !is_left_over(file, there.number, *holder, self, system)) {
      ::unlink(own.c_str());
      refuse(file, holder, hint_of(*holder, self, system));
    }
    has_name = ::rename(own.c_str(), file.c_str()) == 0;
    // Somebody may have come to the same conclusion at the same time: the last one's name stays.
    std::this_thread::sleep_for(system.settling);
  }
  ::unlink(own.c_str());
  if (!has_name || !is_file_at(file, made.number)) {
    const Descriptor there(open_lock(file, 0));
    refuse(file, there.number < 0 ? std::nullopt : holder_in(there.number), "");
  }
  return std::exchange(made.number, -1);
}

}  // namespace

LockSystem lock_system_of(const fs::path& folder) {
  return {.lock = [](int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB); },
          .reaches_all_writers = lock_reach(folder) == LockReach::all_writers};
}

OutputLock::OutputLock(fs::path file, const LockSystem& system) {
  const auto self = this_run(system);
  int descriptor = take_lock(file, self, system);
  const bool locked = descriptor >= 0;
  if (!locked) {
    core::log::info("the file system of {} knows no locks: other runs are recognised by {} alone",
                    file.parent_path(), file.filename());
    descriptor = take_name(file, self, system);
  }
  held_ = std::make_unique<Held>(std::move(file), descriptor);
  if (!locked || !system.reaches_all_writers) held_->give_signs(system.sign_of_life);
}

OutputLock::OutputLock() = default;
OutputLock::~OutputLock() = default;
OutputLock::OutputLock(OutputLock&&) noexcept = default;
OutputLock& OutputLock::operator=(OutputLock&&) noexcept = default;

OutputLock lock_folder(const fs::path& folder, const core::Comm& comm) {
  OutputLock lock;
  if (comm.is_root()) {
    make_folder(folder);
    lock = OutputLock(folder / lock_prefix, lock_system_of(folder));
  }
  comm.barrier();
  return lock;
}

OutputLock lock_file(const fs::path& file, const core::Comm& comm) {
  OutputLock lock;
  if (comm.is_root()) {
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    make_folder(folder);
    lock = OutputLock(folder / fmt::format("{}.{}", lock_prefix, file.filename().string()),
                      lock_system_of(folder));
  }
  comm.barrier();
  return lock;
}

std::vector<OutputLock> lock_files(std::vector<fs::path> files, const core::Comm& comm) {
  constexpr std::size_t most = 200;
  std::ranges::sort(files);
  files.resize(std::min(files.size(), most));
  std::vector<OutputLock> locks;
  if (comm.is_root())
    for (const auto& file : files) locks.push_back(lock_file(file));
  comm.barrier();
  return locks;
}

}  // namespace striate::io
