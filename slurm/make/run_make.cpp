// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/make/run_make.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

constexpr int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};

sigset_t ending_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : ending_signals) sigaddset(&set, each);
  return set;
}

/// Closes a descriptor at the end.
struct Descriptor {
  int number = -1;
  Descriptor() = default;
  explicit Descriptor(int given) : number(given) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (number >= 0) ::close(number);
    number = -1;
  }
};

/// Ending signals wait in a descriptor instead of ending this process.
class SignalQueue {
 public:
  SignalQueue() {
    const auto set = ending_set();
    ::sigprocmask(SIG_BLOCK, &set, &before_);
    queue_.number = ::signalfd(-1, &set, SFD_CLOEXEC);
    if (queue_.number < 0) throw core::SystemError("cannot watch for signals ({})", std::strerror(errno));
  }
  ~SignalQueue() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalQueue(const SignalQueue&) = delete;
  SignalQueue& operator=(const SignalQueue&) = delete;
  int descriptor() const { return queue_.number; }
  const sigset_t& mask_before() const { return before_; }
  int next() const {
    signalfd_siginfo info{};
    return ::read(queue_.number, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
  }

 private:
  Descriptor queue_;
  sigset_t before_{};
};

struct Child {
  pid_t id = 0;
  Descriptor output;
};

[[noreturn]] void become(const std::vector<std::string>& words, int output, const sigset_t& mask,
                         pid_t parent) {
  ::setpgid(0, 0);  // signals from the terminal come to the parent, which passes them on to all of the group
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(0);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  const int input = ::open("/dev/null", O_RDONLY);
  ::dup2(input, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  for (const char* name : {"MAKEFLAGS", "MFLAGS", "GNUMAKEFLAGS", "MAKEFILES", "MAKELEVEL"}) ::unsetenv(name);
  ::setenv("LC_ALL", "C", 1);  // its messages are read by parse_failure()
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

void start(const std::vector<std::string>& words, const sigset_t& mask, Child& child) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw core::SystemError("cannot make a pipe ({})", std::strerror(errno));
  child.output.number = ends[0];
  Descriptor writing(ends[1]);
  const pid_t parent = ::getpid();
  child.id = ::fork();
  if (child.id < 0) throw core::SystemError("cannot start {} ({})", words.front(), std::strerror(errno));
  if (child.id == 0) become(words, writing.number, mask, parent);
  ::setpgid(child.id, child.id);
}

int wait_for(pid_t id) {
  int status = 0;
  while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Hands over complete lines; false at the end.
bool read_lines(int descriptor, std::string& rest, const std::function<void(const std::string&)>& on_line) {
  std::array<char, 4096> buffer;
  const auto count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) {
    if (!rest.empty()) on_line(rest);
    return false;
  }
  rest.append(buffer.data(), static_cast<std::size_t>(count));
  for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
    on_line(rest.substr(0, end));
    rest.erase(0, end + 1);
  }
  return true;
}

/// Runs a command to its end; ending signals go on to its process group.
MakeOutcome run(const std::vector<std::string>& words,
                const std::function<void(const std::string&)>& on_line) {
  const SignalQueue signals;
  Child child;
  start(words, signals.mask_before(), child);
  MakeOutcome outcome;
  std::string rest;
  // What make says about its end after a signal is no news.
  const auto take = [&](const std::string& line) {
    if (outcome.signal == 0) on_line(line);
  };
  for (bool open = true; open;) {
    pollfd watched[] = {{child.output.number, POLLIN, 0}, {signals.descriptor(), POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0 && errno != EINTR)
      throw core::SystemError("cannot wait for {} ({})", words.front(), std::strerror(errno));
    if (watched[1].revents != 0)
      if (const int signal = signals.next(); signal != 0) {
        outcome.signal = signal;
        ::kill(-child.id, SIGTERM);
      }
    if (watched[0].revents != 0) open = read_lines(child.output.number, rest, take);
  }
  outcome.exit_code = wait_for(child.id);
  return outcome;
}

}  // namespace

std::optional<std::pair<int, int>> make_version(const std::string& text) {
  constexpr std::string_view start = "GNU Make ";
  if (!text.starts_with(start)) return std::nullopt;
  const auto number =
      text.substr(start.size(), text.find_first_not_of("0123456789.", start.size()) - start.size());
  const auto dot = number.find('.');
  if (dot == std::string::npos) return std::nullopt;
  const auto second = number.substr(dot + 1);
  const auto major = core::parse_number<int>(number.substr(0, dot));
  const auto minor = core::parse_number<int>(second.substr(0, second.find('.')));
  if (!major || !minor) return std::nullopt;
  return std::pair(*major, *minor);
}

std::string find_make() {
  std::string found;
  for (const std::string make : {"make", "gmake"}) {
    std::string first;
    const auto outcome = run({make, "--version"}, [&](const std::string& line) {
      if (first.empty()) first = line;
    });
    if (outcome.exit_code != 0) continue;
    if (const auto version = make_version(first); version && *version >= std::pair(4, 3)) return make;
    if (found.empty()) found = first;
  }
  throw core::Error(
      core::ExitCode::unavailable,
      fmt::format("no GNU make 4.3 or later (it runs the steps; {}) install it: 'apt-get install "
                  "make'; --dry-run works without it",
                  found.empty() ? "there is no make" : "found: " + found));
}

MakeOutcome run_make(const MakeCall& call, const std::function<void(const std::string& line)>& on_line) {
  std::vector<std::string> words{call.make, "-f", call.file, "-j", std::to_string(call.jobs)};
  if (call.keep_going) words.emplace_back("-k");
  words.emplace_back("all");
  return run(words, on_line);
}

std::optional<MakeFailure> parse_failure(const std::string& line) {
  constexpr std::string_view mark = "make: *** [";
  const auto at = line.find(mark);
  const auto end = line.rfind("] ");
  if (at == std::string::npos || at > 1 || end == std::string::npos || end < at + mark.size())
    return std::nullopt;
  const auto place = line.substr(at + mark.size(), end - at - mark.size());
  const auto target = place.rfind(": ");
  MakeFailure failure{.target = target == std::string::npos ? place : place.substr(target + 2)};
  const auto what = line.substr(end + 2);
  constexpr std::string_view error = "Error ";
  if (what.starts_with(error)) {
    const auto code =
        core::parse_number<int>(what.substr(error.size(), what.find(' ', error.size()) - error.size()));
    failure.exit_code = code.value_or(static_cast<int>(core::ExitCode::internal));
    return failure;
  }
  for (int signal = 1; signal < NSIG; ++signal)
    if (const char* name = ::sigdescr_np(signal); name != nullptr && what.starts_with(name))
      failure.exit_code = 128 + signal;
  if (failure.exit_code == 0) failure.exit_code = static_cast<int>(core::ExitCode::internal);
  return failure;
}

PipelineLock::PipelineLock(const fs::path& file) {
  // Not closed in children: whatever is still at work after a kill -9 of this process keeps it.
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT, 0666);
  if (descriptor_ < 0) throw core::SystemError("cannot open {} ({})", file, std::strerror(errno));
  constexpr int tries = 100;
  for (int k = 0; ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0; ++k) {
    if (errno != EWOULDBLOCK) return;  // a file system without locks
    if (k == 0) core::log::info("waiting for another pipeline in {}", file.parent_path());
    if (k == tries) {
      ::close(descriptor_);
      throw core::Error(
          core::ExitCode::unavailable,
          fmt::format("another pipeline is at work there ({} is locked) wait for it or end it", file));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

PipelineLock::~PipelineLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace striate::slurm
