// SPDX-License-Identifier: BSD-3-Clause
// Reads damaged files in child processes, so that a crash or an endless loop is an outcome like others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace striate::fuzz {

enum class Outcome { same, different, refused, internal, crash, hang };
const char* name_of(Outcome outcome);
/// What no file may cause.
inline bool is_fault(Outcome outcome) {
  return outcome == Outcome::internal || outcome == Outcome::crash || outcome == Outcome::hang;
}

struct Result {
  Outcome outcome = Outcome::crash;
  int code = 0;  ///< of a refusal; of a crash its signal, or minus the child's exit code
  std::string damage, message;
};

/// Does `count` pieces of work in children, `batch` of them in each; a piece whose child dies is told by how
/// it died, and the rest goes on in another child.
std::vector<Result> isolated(std::size_t count, std::size_t batch,
                             const std::function<Result(std::size_t)>& work);

}  // namespace striate::fuzz
