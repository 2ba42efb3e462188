// SPDX-License-Identifier: BSD-3-Clause
// How far long work has come: one redrawn bar on a terminal, a line about every ten seconds elsewhere (so
// batch logs stay readable), and always the last state. Silent on ranks other than 0 and with --quiet.
#pragma once

#include <functional>
#include <string>

#include "core/ranks/comm.hpp"
#include "core/timers.hpp"

namespace striate::core {

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

  std::string title_;
  double total_;
  bool enabled_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point last_shown_;
};

/// True on rank 0 unless --quiet.
bool shows_progress(const Comm& comm);

}  // namespace striate::core
