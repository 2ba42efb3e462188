// SPDX-License-Identifier: BSD-3-Clause
#include "core/run/run_token.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <random>

#include "core/errors/error.hpp"
#include "core/run/run_facts.hpp"

namespace striate::core {
namespace {

constexpr std::size_t host_letters = 24, random_digits = 8;

bool is_letter_of_hosts(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Without its domain, in letters that suit names of files, short: names of files have 255 bytes.
std::string short_host_name() {
  auto text = host_name();
  text = text.substr(0, text.find('.')).substr(0, host_letters);
  for (char& c : text)
    if (!is_letter_of_hosts(c)) c = '_';
  return text.empty() ? "host" : text;
}

std::string& token() {
  static std::string text =
      fmt::format("{}-{}-{:08x}", short_host_name(), ::getpid(), std::random_device{}());
  return text;
}

}  // namespace

const std::string& run_token() {
  return token();
}

void adopt_run_token(std::string_view other) {
  if (!parse_run_token(other)) throw FormatError("'{}' is no name of a run (HOST-PID-RANDOM is one)", other);
  token() = other;
}

std::optional<RunName> parse_run_token(std::string_view token) {
  const auto last = token.rfind('-');
  if (last == std::string_view::npos || last == 0) return std::nullopt;
  const auto before = token.rfind('-', last - 1);
  if (before == std::string_view::npos || before == 0) return std::nullopt;
  const auto host = token.substr(0, before), pid = token.substr(before + 1, last - before - 1),
             random = token.substr(last + 1);
  RunName name{.host = std::string(host)};
  const auto [end, error] = std::from_chars(pid.data(), pid.data() + pid.size(), name.pid);
  const bool is_token = std::ranges::all_of(host, is_letter_of_hosts) && error == std::errc() &&
                        end == pid.data() + pid.size() && name.pid > 0 && random.size() == random_digits &&
                        random.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return is_token ? std::optional(std::move(name)) : std::nullopt;
}

bool is_running_here(std::string_view token) {
  const auto name = parse_run_token(token);
  return name && name->host == short_host_name() && is_alive(name->pid);
}

bool has_died_here(std::string_view token) {
  const auto name = parse_run_token(token);
  return name && name->host == short_host_name() && !is_alive(name->pid);
}

}  // namespace striate::core
