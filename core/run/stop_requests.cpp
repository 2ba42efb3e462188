// SPDX-License-Identifier: BSD-3-Clause
#include "core/run/stop_requests.hpp"

#include <csignal>

namespace striate::core {
namespace {

volatile std::sig_atomic_t asked_checkpoint = 0;
volatile std::sig_atomic_t asked_end = 0;

void on_signal(int signal) {
  if (signal == SIGUSR1) {
    asked_checkpoint = 1;
    return;
  }
  if (signal == SIGINT && asked_end == SIGINT) {  // impatient: the default action
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
  }
  asked_end = signal;
}

struct sigaction previous[3];
constexpr int handled[3] = {SIGUSR1, SIGTERM, SIGINT};

}  // namespace

StopRequests::StopRequests() {
  asked_checkpoint = 0;
  asked_end = 0;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // reads and writes under way go on
  for (int i = 0; i < 3; ++i) sigaction(handled[i], &action, &previous[i]);
}

StopRequests::~StopRequests() {
  for (int i = 0; i < 3; ++i) sigaction(handled[i], &previous[i], nullptr);
}

bool StopRequests::pending() const {
  return asked_checkpoint != 0 || asked_end != 0;
}

StopRequests::Request StopRequests::poll(const Comm& comm) {
  const std::int64_t own_checkpoint = asked_checkpoint, own_signal = asked_end;
  asked_checkpoint = 0;
  const std::int64_t checkpoint = comm.max(own_checkpoint), signal = comm.max(own_signal);
  return {.checkpoint = checkpoint != 0, .signal = static_cast<int>(signal)};
}

}  // namespace striate::core
