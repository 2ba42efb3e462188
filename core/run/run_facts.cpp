// SPDX-License-Identifier: BSD-3-Clause
#include "core/run/run_facts.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <iterator>

namespace striate::core {
namespace {

/// As a shell would have to read it to get the same word.
std::string quoted(const std::string& word) {
  constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// The kernel keeps the words, each with a zero behind it.
std::string command_line() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  const std::string words{std::istreambuf_iterator<char>(in), {}};
  std::string line;
  for (std::size_t begin = 0; begin < words.size();) {
    const auto end = words.find('\0', begin);
    line += (line.empty() ? "" : " ") + quoted(words.substr(begin, end - begin));
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return line;
}

std::string date_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), size};
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

bool is_alive(std::int64_t process) {
  if (process <= 0 || (::kill(static_cast<pid_t>(process), 0) != 0 && errno != EPERM)) return false;
  // "1234 (name) Z …": ended, but its parent has not asked how yet.
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto state = text.rfind(") ");
  return state == std::string::npos || (text[state + 2] != 'Z' && text[state + 2] != 'X');
}

RunFacts run_facts(const Comm& comm) {
  return {.command = command_line(),
          .host = host_name(),
          .process = ::getpid(),
          .ranks = comm.size(),
          .date = date_now()};
}

}  // namespace striate::core
