// SPDX-License-Identifier: BSD-3-Clause
// What the trainer needs of other ranks, as functions handed in: nothing here knows how ranks talk. Whatever
// enters a result is a maximum, a sum of integers or a list in rank order, so that no number depends on how
// many ranks there are. Cells are dealt in turn: rank r owns the cells r, r + size, r + 2 size, …
//
// Collective contract: all ranks call the same functions in the same order with arrays of the same length
// (but for gather and all_to_all).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <type_traits>
#include <vector>

namespace striate::training {

struct Ranks {
  using Bytes = std::vector<std::byte>;

  int rank = 0, size = 1;
  /// Element-wise maximum over ranks, in place.
  std::function<void(std::span<double>)> max_in_place;
  /// Element-wise sum over ranks, in place.
  std::function<void(std::span<std::int64_t>)> sum_in_place;
  /// `all`: one value for each of `width` columns of each cell, cells ordered by owner; `own`: the sums over
  /// ranks for this rank's cells. `counts`: values per rank.
  std::function<void(std::span<const std::int64_t> all, std::span<const int> counts,
                     std::span<std::int64_t> own)>
      sum_to_owners;
  /// Every rank's bytes, in rank order.
  std::function<Bytes(std::span<const std::byte>)> gather_bytes;
  /// Bytes for each rank, one after the other; the result's counts say how many came from each.
  std::function<Bytes(std::span<const std::byte>, std::span<const std::size_t> counts,
                      std::span<std::size_t> received)>
      all_to_all_bytes;

  std::uint32_t own_cells(std::uint32_t cells) const { return cells_of(rank, cells); }
  std::uint32_t cells_of(int other, std::uint32_t cells) const {
    const auto r = static_cast<std::uint32_t>(other), n = static_cast<std::uint32_t>(size);
    return cells / n + (r < cells % n ? 1 : 0);
  }
  int owner(std::uint32_t cell) const { return static_cast<int>(cell % static_cast<std::uint32_t>(size)); }
  std::uint32_t local(std::uint32_t cell) const { return cell / static_cast<std::uint32_t>(size); }
  std::uint32_t global(std::uint32_t local_cell) const {
    return local_cell * static_cast<std::uint32_t>(size) + static_cast<std::uint32_t>(rank);
  }
  /// Place of a cell when all cells are ordered by owner, then by number.
  std::uint32_t place_by_owner(std::uint32_t cell, std::uint32_t cells) const {
    const auto n = static_cast<std::uint32_t>(size), r = cell % n;
    const std::uint32_t before = r * (cells / n) + (r < cells % n ? r : cells % n);
    return before + cell / n;
  }

  void maximum(std::span<double> values) const {
    if (size > 1) max_in_place(values);
  }
  double maximum(double value) const {
    maximum(std::span(&value, 1));
    return value;
  }
  void sum(std::span<std::int64_t> values) const {
    if (size > 1) sum_in_place(values);
  }
  std::int64_t sum(std::int64_t value) const {
    sum(std::span(&value, 1));
    return value;
  }
  template <class T>
  std::vector<T> gather(std::span<const T> items) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (size == 1) return {items.begin(), items.end()};
    const Bytes bytes = gather_bytes(std::as_bytes(items));
    std::vector<T> result(bytes.size() / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
  }
  /// One value of each own cell (or several: `width`) → those of all cells, by cell.
  template <class T>
  std::vector<T> gather_cells(std::span<const T> own, std::uint32_t cells, std::size_t width = 1) const {
    const std::vector<T> by_owner = gather(own);
    if (size == 1) return by_owner;
    std::vector<T> result(by_owner.size());
    for (std::uint32_t cell = 0; cell < cells; ++cell)
      for (std::size_t k = 0; k < width; ++k)
        result[cell * width + k] = by_owner[place_by_owner(cell, cells) * width + k];
    return result;
  }
};

}  // namespace striate::training
