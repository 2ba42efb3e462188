// SPDX-License-Identifier: BSD-3-Clause
// The child that walks through files, seen from its parent; and what the two say to each other: names ended
// by a zero byte one way, one letter for each the other.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace striate::io::h5 {

inline constexpr char probe_ready = 'r';  ///< said once at the start
inline constexpr char probe_sound = 's';
inline constexpr char probe_leads_out = 'l';  ///< sound, but other files belong to it
inline constexpr char probe_too_large = 'm';

struct ProbeAnswer {
  enum class Kind { sound, damaged, unknown } kind = Kind::unknown;
  bool lasting = false;  ///< `sound` is true of the file alone
  std::string reason;  ///< of damaged, unknown
};

class ProbeChild {
 public:
  ProbeChild() = default;
  ~ProbeChild() { end(); }
  ProbeChild(const ProbeChild&) = delete;
  ProbeChild& operator=(const ProbeChild&) = delete;

  /// Starts a child unless one is there. `unknown` where none can be started.
  ProbeAnswer ask(const std::filesystem::path& file);

 private:
  bool start();
  void end() noexcept;
  char listen() const;  ///< the next letter; 0 when the child has gone or says nothing for very long
  ProbeAnswer last_words();  ///< of a child that gave no answer

  pid_t pid_ = -1;
  int socket_ = -1;
};

}  // namespace striate::io::h5
