// SPDX-License-Identifier: BSD-3-Clause
// A group of ranks. A default-constructed Comm is null: it acts as one rank and never calls MPI, so the same
// code runs without mpirun and in unit tests. Spans go in, vectors come out; every count that MPI takes as
// int is checked, because OpenMPI 4.1 (MPI 3.1) has no large-count calls.
//
// Collective contract: all ranks call the same functions in the same order.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace striate::core {

/// What may cross the wire: plain bytes.
template <class T>
concept Wire = std::is_trivially_copyable_v<T>;

/// Result of all_to_all_v: items from rank 0, then rank 1, …; `counts[r]` of them came from rank r.
template <Wire T>
struct Received {
  std::vector<T> items;
  std::vector<std::size_t> counts;
};

class Comm {
 public:
  Comm() = default;
  explicit Comm(MPI_Comm handle);

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool is_null() const { return handle_ == MPI_COMM_NULL; }
  bool is_root() const { return rank_ == 0; }
  MPI_Comm handle() const { return handle_; }

  void barrier() const;

  std::int64_t sum(std::int64_t value) const;
  std::int64_t min(std::int64_t value) const;
  std::int64_t max(std::int64_t value) const;
  double min(double value) const;
  double max(double value) const;
  /// Only for timings and the like: a floating-point sum over ranks may never enter a result.
  double sum_of_timings(double value) const;
  /// Sum of `value` over the ranks before this one.
  std::int64_t sum_before(std::int64_t value) const;
  /// Element-wise sum over ranks, in place.
  void sum_in_place(std::span<std::int64_t> values) const;
  /// Element-wise maximum over ranks, in place.
  void max_in_place(std::span<double> values) const;
  /// Element-wise sum over ranks of which rank r gets counts[r] elements, after those of the ranks before it.
  void sum_scatter(std::span<const std::int64_t> values, std::span<const int> counts,
                   std::span<std::int64_t> own) const;

  std::string broadcast(std::string text, int root = 0) const;

  template <Wire T>
  std::vector<T> all_gather(const T& value) const {
    std::vector<T> result(static_cast<std::size_t>(size_));
    all_gather_bytes(&value, result.data(), sizeof(T));
    return result;
  }

  /// Concatenation of every rank's items, in rank order.
  template <Wire T>
  std::vector<T> all_gather_v(std::span<const T> items) const {
    const auto counts = all_gather(items.size());
    std::size_t total = 0;
    for (auto count : counts) total += count;
    std::vector<T> result(total);
    all_gather_v_bytes(items.data(), counts, result.data(), sizeof(T));
    return result;
  }

  /// The same on rank 0; nothing on the others.
  template <Wire T>
  std::vector<T> gather_v(std::span<const T> items) const {
    std::vector<std::size_t> counts(static_cast<std::size_t>(size_), 0);
    counts[0] = items.size();
    return all_to_all_v<T>(items, counts).items;
  }

  /// items = what goes to rank 0, then to rank 1, …; counts[r] of them go to rank r.
  template <Wire T>
  Received<T> all_to_all_v(std::span<const T> items, std::span<const std::size_t> counts) const {
    Received<T> received;
    received.counts = all_to_all_counts(counts);
    received.items = all_to_all_v(items, counts, received.counts);
    return received;
  }
  /// The same where the counts to receive are known (from all_to_all_counts).
  template <Wire T>
  std::vector<T> all_to_all_v(std::span<const T> items, std::span<const std::size_t> counts,
                              std::span<const std::size_t> in_counts) const {
    std::size_t total = 0;
    for (auto count : in_counts) total += count;
    std::vector<T> received(total);
    all_to_all_v_bytes(items.data(), counts, received.data(), in_counts, sizeof(T));
    return received;
  }

  /// counts[r] goes to rank r; the result's element r came from rank r.
  std::vector<std::size_t> all_to_all_counts(std::span<const std::size_t> counts) const;

 private:
  void all_gather_bytes(const void* in, void* out, std::size_t item_size) const;
  void all_gather_v_bytes(const void* in, std::span<const std::size_t> counts, void* out,
                          std::size_t item_size) const;
  void all_to_all_v_bytes(const void* in, std::span<const std::size_t> out_counts, void* out,
                          std::span<const std::size_t> in_counts, std::size_t item_size) const;

  MPI_Comm handle_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
};

/// Narrows to the int that MPI 3.1 takes, or throws MpiError naming `what`.
int mpi_count(std::size_t count, const char* what);

/// Half-open share [first, end) of `count` items that `rank` of `size` ranks owns when dealt in contiguous
/// slabs.
struct Share {
  std::uint64_t first;
  std::uint64_t end;
  std::uint64_t count() const { return end - first; }
};
Share contiguous_share(std::uint64_t count, int rank, int size);

}  // namespace striate::core
