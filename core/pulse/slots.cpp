// SPDX-License-Identifier: BSD-3-Clause
#include "core/pulse/slots.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>
#include <utility>

namespace striate::core::pulse {
namespace {

constexpr off_t slot_bytes = 4096;  // a page: writers on different machines do not touch the same one

/// As in the file: a slot that was being written while it was read has two different numbers.
struct Sealed {
  std::uint64_t first;
  Slot slot;
  std::uint64_t last;
};
static_assert(std::is_trivially_copyable_v<Sealed> && sizeof(Sealed) <= slot_bytes);

}  // namespace

SlotFile::SlotFile(std::filesystem::path file, bool create, bool shared)
    : path_(std::move(file)), shared_(shared) {
  const int how = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT | O_EXCL : 0);
  descriptor_ = ::open(path_.c_str(), how, 0600);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), path_.string());
}

SlotFile::~SlotFile() {
  ::close(descriptor_);
}

int SlotFile::open_again() const {
  return shared_ ? ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW) : descriptor_;
}

bool SlotFile::write(int rank, const Slot& slot) const {
  Sealed sealed{};
  sealed.slot = slot;
  sealed.first = sealed.last = slot.rounds;
  const int to = open_again();
  const bool written = to >= 0 && ::pwrite(to, &sealed, sizeof sealed, rank * slot_bytes) == sizeof sealed;
  if (shared_ && to >= 0) ::close(to);
  return written;
}

std::vector<Slot> SlotFile::read(int ranks) const {
  std::vector<Slot> slots(static_cast<std::size_t>(ranks));
  const int from = open_again();
  if (from < 0) return slots;
  for (int rank = 0; rank < ranks; ++rank) {
    Sealed sealed{};
    const bool whole = ::pread(from, &sealed, sizeof sealed, rank * slot_bytes) == sizeof sealed;
    if (whole && sealed.first == sealed.last) slots[static_cast<std::size_t>(rank)] = sealed.slot;
  }
  if (shared_) ::close(from);
  return slots;
}

}  // namespace striate::core::pulse
