// SPDX-License-Identifier: BSD-3-Clause
// One writer at a time for a folder of outputs, or for one file in a folder that others share. Whoever comes
// second is told who is at work there, and leaves (exit code 73); nobody waits.
//
// The lock is a small file beside the outputs that names its holder, kept locked with flock(2): a holder that
// dies, in whatever way, holds it no longer. Where locks do not reach other hosts, or are not known at all,
// the holder gives a sign of life by the file's time; a file of another host that is older than that counts
// as left over. The file is gone when the holder has finished.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "core/run/run_facts.hpp"

namespace striate::io {

/// What the machine does with locks; tests have others.
struct LockSystem {
  int (*lock)(int descriptor);  ///< 0, or -1 and errno, as flock(descriptor, LOCK_EX | LOCK_NB)
  bool reaches_all_writers = true;  ///< what it says holds for other hosts as well
  std::string host = core::host_name();
  std::chrono::milliseconds sign_of_life{10'000}, longest_silence{60'000}, settling{300};
};
/// Of the file system on which `folder` is.
LockSystem lock_system_of(const std::filesystem::path& folder);

class OutputLock {
 public:
  OutputLock();  ///< of nothing
  /// Throws OutputHeldError if another run holds it, SystemError if the file cannot be made.
  OutputLock(std::filesystem::path file, const LockSystem& system);
  ~OutputLock();
  OutputLock(OutputLock&&) noexcept;
  OutputLock& operator=(OutputLock&&) noexcept;

 private:
  struct Held;
  std::unique_ptr<Held> held_;
};

// Collective: the root rank holds the lock, the others wait until it has it.

/// Of all that is written in a folder, which is made if it is not there.
OutputLock lock_folder(const std::filesystem::path& folder, const core::Comm& comm = {});
/// Of one file in a folder where other runs may write others.
OutputLock lock_file(const std::filesystem::path& file, const core::Comm& comm = {});

/// Of several such files. Runs of the same files meet at the first one; of very many, only the first are
/// locked, as each lock takes a file descriptor.
std::vector<OutputLock> lock_files(std::vector<std::filesystem::path> files, const core::Comm& comm = {});

/// Begins the name of each lock's file.
inline constexpr const char* lock_prefix = ".striate_lock";

}  // namespace striate::io
