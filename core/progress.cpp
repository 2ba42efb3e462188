// SPDX-License-Identifier: BSD-3-Clause
#include "core/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/log.hpp"
#include "core/pulse/pulse.hpp"

namespace striate::core {
namespace {

constexpr double terminal_period_s = 0.2;
constexpr double line_period_s = 10.0;

bool is_terminal() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

bool shows_progress(const Comm& comm) {
  return comm.is_root() && log::level() != log::Level::quiet;
}

Progress::Progress(std::string title, double total, bool enabled)
    : title_(std::move(title)),
      total_(total),
      enabled_(enabled),
      terminal_(is_terminal()),
      last_shown_(Clock::now()) {
  pulse::begin_phase(title_);  // on all ranks, for core/watchdog.hpp
}

Progress::~Progress() {
  pulse::end_phase();
  if (drawn_) std::fputc('\n', stderr);
}

bool Progress::due() const {
  pulse::beat();
  return enabled_ && seconds_since(last_shown_) >= (terminal_ ? terminal_period_s : line_period_s);
}

void Progress::update(double done, const std::string& text) {
  if (due()) show(done, text, false);
}

void Progress::finish(const std::string& text) {
  if (enabled_) show(total_, text, true);
}

void Progress::show(double done, const std::string& text, bool last) {
  last_shown_ = Clock::now();
  const double fraction = total_ > 0 ? std::clamp(done / total_, 0.0, 1.0) : 1.0;
  if (!terminal_) {
    log::info("{} {:3.0f} %  {}", title_, 100 * fraction, text);
    return;
  }
  constexpr int width = 30;
  const int filled = static_cast<int>(fraction * width);
  const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(width - filled), '.');
  std::fputs(fmt::format("\r\x1b[K{} [{}] {:3.0f} %  {}", title_, bar, 100 * fraction, text).c_str(), stderr);
  drawn_ = !last;
  if (last) std::fputc('\n', stderr);
  std::fflush(stderr);
}

}  // namespace striate::core
