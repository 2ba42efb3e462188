// SPDX-License-Identifier: BSD-3-Clause
#include "io/hdf5/probe_child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include "core/mpi_family.hpp"

namespace striate::io::h5 {
namespace {

/// The child is no rank: without these it starts no MPI, and takes itself for the only task.
std::vector<char*> environment_without_ranks() {
  std::vector<char*> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!core::is_of_launcher(*entry)) kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

/// posix_spawn and not fork: MPI libraries do not bear copies of their memory.
pid_t spawn(int socket) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&files, socket, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  // It must not hold what its parent holds: locks, the other ends of pipes.
  ::posix_spawn_file_actions_addclosefrom_np(&files, 3);
  // Ctrl-C is meant for its parent.
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  auto environment = environment_without_ranks();
  std::array<std::string, 4> words{"striate", "check", "--probe", "-"};
  std::array<char*, 5> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, "/proc/self/exe", &files, &attributes, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  return failed == 0 ? pid : -1;
}

}  // namespace

bool ProbeChild::start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  pid_ = spawn(ends[1]);
  ::close(ends[1]);
  socket_ = ends[0];
  if (pid_ > 0 && listen() == probe_ready) return true;
  end();
  return false;
}

void ProbeChild::end() noexcept {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

char ProbeChild::listen() const {
  constexpr int longest_ms = 300'000;  // its computing is limited; this is for disks that do not answer
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  int ready = 0;
  while ((ready = ::poll(&waiting, 1, longest_ms)) < 0 && errno == EINTR) {
  }
  char letter = 0;
  return ready > 0 && ::recv(socket_, &letter, 1, 0) == 1 ? letter : '\0';
}

ProbeAnswer ProbeChild::last_words() {
  // It has closed the connection and is about to go, or it waits for a disk.
  constexpr int tries = 200, between_ms = 10;
  int status = 0;
  bool gone = false;
  for (int i = 0; i < tries && !gone; ++i) {
    gone = ::waitpid(pid_, &status, WNOHANG) == pid_;
    if (!gone) ::poll(nullptr, 0, between_ms);
  }
  if (gone) pid_ = -1;
  end();
  if (!gone)
    return {
        .kind = ProbeAnswer::Kind::unknown, .lasting = false, .reason = "the file system does not answer"};
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return {.kind = ProbeAnswer::Kind::damaged,
            .lasting = false,
            .reason = "the HDF5 library does not come to an end with it"};
  // Who was ended from outside says nothing about the file.
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM))
    return {
        .kind = ProbeAnswer::Kind::unknown, .lasting = false, .reason = "the child that read it was killed"};
  return {.kind = ProbeAnswer::Kind::damaged,
          .lasting = false,
          .reason = fmt::format("the HDF5 library crashed on it: {}",
                                WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status))
                                                    : fmt::format("code {}", WEXITSTATUS(status)))};
}

ProbeAnswer ProbeChild::ask(const std::filesystem::path& file) {
  const std::string name = std::filesystem::absolute(file).string();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool is_new = pid_ <= 0;
    if (is_new && !start())
      return {.kind = ProbeAnswer::Kind::unknown, .lasting = false, .reason = "no child can be started"};
    const auto sent = ::send(socket_, name.c_str(), name.size() + 1, MSG_NOSIGNAL);
    const char letter = sent == static_cast<ssize_t>(name.size() + 1) ? listen() : '\0';
    if (letter == probe_sound || letter == probe_leads_out)
      return {.kind = ProbeAnswer::Kind::sound, .lasting = letter == probe_sound, .reason = ""};
    if (letter == probe_too_large)
      return {.kind = ProbeAnswer::Kind::damaged,
              .lasting = false,
              .reason = "reading it takes gigabytes of memory"};
    // One that was there already may have left while the name was on its way.
    if (is_new) return last_words();
    end();
  }
  return {.kind = ProbeAnswer::Kind::unknown, .lasting = false, .reason = "no child answers"};
}

}  // namespace striate::io::h5
