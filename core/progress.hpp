// SPDX-License-Identifier: BSD-3-Clause
// How far long work has come: one redrawn bar on a terminal, a line about every ten seconds elsewhere (so
// batch logs stay readable), and always the last state. Silent on ranks other than 0 and with --quiet. A rank
// under mpirun cannot see that its standard error ends in a terminal: there --progress says so.
#pragma once

#include <functional>
#include <string>

#include "core/ranks/comm.hpp"
#include "core/timers.hpp"

namespace striate::core {

enum class ProgressStyle { automatic, bar, lines, none };

/// bar, lines or none. Throws UsageError for another word.
ProgressStyle parse_progress_style(const std::string& word);
/// For all that begins from now on. Like the level of the log there is one for the process.
void set_progress_style(ProgressStyle style);

/// A bar that fits into `columns`: what is left out first is the text, from its end.
std::string progress_bar(const std::string& title, double fraction, const std::string& text,
                         std::size_t columns);

class Progress {
 public:
  Progress(std::string title, double total, bool enabled);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// True when update() would show something; lets callers skip making the text.
  bool due() const;
  /// `done` in the unit of `total`; `text` is shown behind the percentage.
  void update(double done, const std::string& text);
  void finish(const std::string& text);

 private:
  void show(double done, const std::string& text, bool last);
  /// "2 min left, " from what was done since the first call, which may go on from a checkpoint.
  std::string time_left(double done);

  std::string title_;
  double total_;
  bool enabled_;
  bool bar_;
  bool drawn_ = false;
  Clock::time_point last_shown_;
  Clock::time_point first_time_;  ///< of first_done_
  double first_done_ = -1;  ///< negative: nothing was told yet
};

/// True on rank 0 unless --quiet or --progress none.
bool shows_progress(const Comm& comm);

}  // namespace striate::core
