// SPDX-License-Identifier: BSD-3-Clause
#include "cli/help/told.hpp"

#include <iostream>
#include <sstream>

namespace striate::cli {
namespace {

/// Commands print their help to standard output, which ends here meanwhile.
class Caught {
 public:
  Caught() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  ~Caught() { std::cout.rdbuf(before_); }
  Caught(const Caught&) = delete;
  Caught& operator=(const Caught&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

}  // namespace

std::string told(const Command& command, HelpFormat format) {
  const Caught caught;
  command.run({word_for(format)}, core::Comm());
  return caught.text();
}

}  // namespace striate::cli
