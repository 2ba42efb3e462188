// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <unistd.h>

#include <utility>

namespace striate::io {

/// A file descriptor that closes itself, also when a constructor ends by an exception.
struct Descriptor {
  int number = -1;
  explicit Descriptor(int opened = -1) : number(opened) {}
  Descriptor(Descriptor&& other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    close();
    number = std::exchange(other.number, -1);
    return *this;
  }
  ~Descriptor() { close(); }
  /// What close(2) says; 0 when it is closed already.
  int close() { return number < 0 ? 0 : ::close(std::exchange(number, -1)); }
};

}  // namespace striate::io
