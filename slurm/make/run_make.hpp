// SPDX-License-Identifier: BSD-3-Clause
// Runs GNU make on a plan and tells what it says, line by line. Signals that end this process end make and
// all that it started; so does the death of this process.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace striate::slurm {

/// "make" or "gmake", whichever is GNU make 4.3 or later. Throws core::Error (unavailable) where neither is.
std::string find_make();
/// Version of "GNU Make 4.3 …" as {4, 3}; nullopt where the text is something else.
std::optional<std::pair<int, int>> make_version(const std::string& text);

struct MakeCall {
  std::string make;
  std::filesystem::path file;
  std::size_t jobs = 1;
  bool keep_going = false;
};
struct MakeOutcome {
  int exit_code = 0;
  int signal = 0;  ///< that this process got meanwhile
};
MakeOutcome run_make(const MakeCall& call, const std::function<void(const std::string& line)>& on_line);

/// What make says of a step that failed: "make: *** [plan.mk:12: a/spikes.h5] Error 65".
struct MakeFailure {
  std::filesystem::path target;
  int exit_code = 0;  ///< 128 + n for signal n
  bool operator==(const MakeFailure&) const = default;
};
std::optional<MakeFailure> parse_failure(const std::string& line);

/// Held by one pipeline and all that it started; another one for the same network directory waits a little.
class PipelineLock {
 public:
  /// Throws core::Error (unavailable) when somebody else keeps it.
  explicit PipelineLock(const std::filesystem::path& file);
  ~PipelineLock();
  PipelineLock(const PipelineLock&) = delete;
  PipelineLock& operator=(const PipelineLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace striate::slurm
