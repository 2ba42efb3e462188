// SPDX-License-Identifier: BSD-3-Clause
#include "fuzz/isolated.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <stdexcept>

namespace striate::fuzz {
namespace {

constexpr int most_seconds = 5;  ///< of computing, for what takes milliseconds
constexpr std::uint64_t most_memory = std::uint64_t{2} << 30;

/// What a child leaves behind.
struct Slot {
  enum class State : char { waiting, working, done } state;
  Outcome outcome;
  int code;
  std::array<char, 700> damage, message;
};

template <std::size_t Size>
void put(std::array<char, Size>& place, const std::string& text) {
  const auto kept = std::min(text.size(), Size - 1);
  std::copy_n(text.begin(), kept, place.begin());
  place[kept] = '\0';
}

void limit_time() {
  const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = most_seconds, .tv_usec = 0}};
  ::setitimer(ITIMER_PROF, &limit, nullptr);
}

void limit_memory() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)
  const rlimit memory{most_memory, most_memory};
  ::setrlimit(RLIMIT_AS, &memory);
#endif
}

[[noreturn]] void work_in_child(std::span<Slot> slots, std::size_t first, std::size_t last,
                                const std::function<Result(std::size_t)>& work) {
  limit_memory();
  for (std::size_t i = first; i < last; ++i) {
    slots[i].state = Slot::State::working;
    limit_time();
    const auto result = work(i);
    slots[i].outcome = result.outcome;
    slots[i].code = result.code;
    put(slots[i].damage, result.damage);
    put(slots[i].message, result.message);
    slots[i].state = Slot::State::done;
  }
  ::_exit(0);
}

Result death(int status) {
  Result result;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) {
    result.outcome = Outcome::hang;
    return result;
  }
  result.code = WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
  result.message =
      WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : "ended by itself (a sanitizer's report?)";
  return result;
}

}  // namespace

const char* name_of(Outcome outcome) {
  constexpr std::array names{"same", "different", "refused", "internal", "crash", "hang"};
  return names[static_cast<std::size_t>(outcome)];
}

std::vector<Result> isolated(std::size_t count, std::size_t batch,
                             const std::function<Result(std::size_t)>& work) {
  const auto bytes = std::max<std::size_t>(1, count) * sizeof(Slot);
  void* shared = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("mmap failed");
  const std::span slots(static_cast<Slot*>(shared), count);
  std::vector<Result> results(count);
  for (std::size_t next = 0; next < count;) {
    const auto last = std::min(count, next + batch);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("fork failed");
    if (child == 0) work_in_child(slots, next, last, work);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    for (; next < last && slots[next].state == Slot::State::done; ++next)
      results[next] = {.outcome = slots[next].outcome,
                       .code = slots[next].code,
                       .damage = slots[next].damage.data(),
                       .message = slots[next].message.data()};
    if (next < last) results[next++] = death(status);
  }
  ::munmap(shared, bytes);
  return results;
}

}  // namespace striate::fuzz
