// SPDX-License-Identifier: BSD-3-Clause
#include "core/progress.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/durations.hpp"
#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/pulse/pulse.hpp"
#include "core/text.hpp"

namespace striate::core {
namespace {

constexpr double terminal_period_s = 0.2;
constexpr double line_period_s = 10.0;

ProgressStyle given_style = ProgressStyle::automatic;

bool is_terminal() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

ProgressStyle style() {
  if (given_style != ProgressStyle::automatic) return given_style;
  return is_terminal() ? ProgressStyle::bar : ProgressStyle::lines;
}

/// Of the terminal, also where a launcher stands between it and standard error.
std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    const int terminal = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0) {
      ::ioctl(terminal, TIOCGWINSZ, &size);
      ::close(terminal);
    }
  }
  if (size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  return columns == nullptr ? 80 : parse_number<std::uint16_t>(columns).value_or(80);
}

/// The first `most` characters of UTF-8.
std::string first_characters(const std::string& text, std::size_t most) {
  std::size_t count = 0;
  for (std::size_t k = 0; k < text.size(); ++k)
    if ((static_cast<unsigned char>(text[k]) & 0xC0U) != 0x80U && ++count > most) return text.substr(0, k);
  return text;
}

}  // namespace

ProgressStyle parse_progress_style(const std::string& word) {
  if (word == "bar") return ProgressStyle::bar;
  if (word == "lines") return ProgressStyle::lines;
  if (word == "none") return ProgressStyle::none;
  throw UsageError("invalid --progress {} (must be bar, lines or none)", word);
}

void set_progress_style(ProgressStyle style) {
  given_style = style;
}

bool shows_progress(const Comm& comm) {
  return comm.is_root() && log::level() != log::Level::quiet && style() != ProgressStyle::none;
}

std::string progress_bar(const std::string& title, double fraction, const std::string& text,
                         std::size_t columns) {
  constexpr std::size_t longest = 30, shortest = 10, around = sizeof(" [] 100 %  ") - 1;
  const std::size_t room = columns - std::min(columns, title.size() + around + text.size());
  const std::size_t width = std::clamp(room, shortest, longest);
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(width));
  return first_characters(fmt::format("{} [{}{}] {:3.0f} %  {}", title, std::string(filled, '#'),
                                      std::string(width - filled, '.'), 100 * fraction, text),
                          columns);
}

Progress::Progress(std::string title, double total, bool enabled)
    : title_(std::move(title)),
      total_(total),
      enabled_(enabled),
      bar_(style() == ProgressStyle::bar),
      last_shown_(Clock::now()) {
  pulse::begin_phase(title_);  // on all ranks, for core/watchdog.hpp
}

Progress::~Progress() {
  pulse::end_phase();
  if (drawn_) std::fputc('\n', stderr);
}

bool Progress::due() const {
  pulse::beat();
  return enabled_ && seconds_since(last_shown_) >= (bar_ ? terminal_period_s : line_period_s);
}

void Progress::update(double done, const std::string& text) {
  if (due()) show(done, text, false);
}

void Progress::finish(const std::string& text) {
  if (enabled_) show(total_, text, true);
}

std::string Progress::time_left(double done) {
  const auto now = Clock::now();
  if (first_done_ < 0) {
    first_done_ = done;
    first_time_ = now;
  }
  const double gained = done - first_done_;
  const double seconds = std::chrono::duration<double>(now - first_time_).count();
  if (gained <= 0 || seconds < 1 || done >= total_) return {};
  return human_seconds(seconds / gained * (total_ - done)) + " left, ";
}

void Progress::show(double done, const std::string& text, bool last) {
  last_shown_ = Clock::now();
  const double fraction = total_ > 0 ? std::clamp(done / total_, 0.0, 1.0) : 1.0;
  const std::string told = (last ? std::string() : time_left(done)) + text;
  if (!bar_) {
    log::info("{} {:3.0f} %  {}", title_, 100 * fraction, told);
    return;
  }
  // The last column stays free: some terminals begin a new line when it is filled.
  const std::size_t columns = std::max<std::size_t>(terminal_columns(), 2) - 1;
  std::fputs(fmt::format("\r\x1b[K{}", progress_bar(title_, fraction, told, columns)).c_str(), stderr);
  drawn_ = !last;
  if (last) std::fputc('\n', stderr);
  std::fflush(stderr);
}

}  // namespace striate::core
