// SPDX-License-Identifier: BSD-3-Clause
// Vectors for large arrays that are read at random or streamed again and again: aligned to cache lines, and
// from 2 MiB on to huge pages, which the kernel is asked for. That saves most TLB misses where transparent
// huge pages are on request only (Debian's default), and changes nothing else.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace striate::core {

template <class T>
struct HugeAllocator {
  using value_type = T;
  HugeAllocator() = default;
  template <class U>
  explicit(false) HugeAllocator(const HugeAllocator<U>&) {}

  static constexpr std::size_t huge_page = std::size_t{2} << 20;
  static std::align_val_t alignment(std::size_t bytes) {
    return std::align_val_t{bytes >= huge_page ? huge_page : 64};
  }

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* memory = ::operator new(bytes, alignment(bytes));
    if (bytes >= huge_page) madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) { ::operator delete(memory, alignment(count * sizeof(T))); }
  /// resize() leaves new items of plain types uninitialised: tables are filled right after.
  template <class U>
  void construct(U* place) {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) U(std::forward<Arguments>(arguments)...);
  }
  bool operator==(const HugeAllocator&) const = default;
};

template <class T>
using HugeVector = std::vector<T, HugeAllocator<T>>;

}  // namespace striate::core
