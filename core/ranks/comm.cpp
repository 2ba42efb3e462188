// SPDX-License-Identifier: BSD-3-Clause
#include "core/ranks/comm.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "core/errors/error.hpp"
#include "core/pulse/pulse.hpp"

namespace striate::core {
namespace {

/// An MPI datatype of `size` bytes, so that counts and displacements are in items, not bytes.
class ItemType {
 public:
  explicit ItemType(std::size_t size) {
    MPI_Type_contiguous(mpi_count(size, "item size"), MPI_BYTE, &type_);
    MPI_Type_commit(&type_);
  }
  ~ItemType() { MPI_Type_free(&type_); }
  ItemType(const ItemType&) = delete;
  ItemType& operator=(const ItemType&) = delete;
  MPI_Datatype get() const { return type_; }

 private:
  MPI_Datatype type_{};
};

struct Layout {
  std::vector<int> counts;
  std::vector<int> offsets;
};

Layout mpi_layout(std::span<const std::size_t> counts) {
  Layout layout;
  std::size_t offset = 0;
  for (const std::size_t count : counts) {
    layout.counts.push_back(mpi_count(count, "items for one rank"));
    layout.offsets.push_back(mpi_count(offset, "items of one exchange"));
    offset += count;
  }
  return layout;
}

template <class T>
T reduce(MPI_Comm handle, T value, MPI_Datatype type, MPI_Op op) {
  if (handle == MPI_COMM_NULL) return value;
  T result{};
  const pulse::Waiting waiting("MPI_Allreduce");
  MPI_Allreduce(&value, &result, 1, type, op, handle);
  return result;
}

}  // namespace

int mpi_count(std::size_t count, const char* what) {
  if (!std::in_range<int>(count))
    throw MpiError("{} {} exceed what one MPI call can carry (2^31 - 1) use more ranks", count, what);
  return static_cast<int>(count);
}

Comm::Comm(MPI_Comm handle) : handle_(handle) {
  MPI_Comm_rank(handle_, &rank_);
  MPI_Comm_size(handle_, &size_);
}

void Comm::barrier() const {
  if (is_null()) return;
  const pulse::Waiting waiting("MPI_Barrier");
  MPI_Barrier(handle_);
}

std::int64_t Comm::sum(std::int64_t value) const {
  return reduce(handle_, value, MPI_INT64_T, MPI_SUM);
}
std::int64_t Comm::min(std::int64_t value) const {
  return reduce(handle_, value, MPI_INT64_T, MPI_MIN);
}
std::int64_t Comm::max(std::int64_t value) const {
  return reduce(handle_, value, MPI_INT64_T, MPI_MAX);
}
double Comm::min(double value) const {
  return reduce(handle_, value, MPI_DOUBLE, MPI_MIN);
}
double Comm::max(double value) const {
  return reduce(handle_, value, MPI_DOUBLE, MPI_MAX);
}
double Comm::sum_of_timings(double value) const {
  return reduce(handle_, value, MPI_DOUBLE, MPI_SUM);
}

std::int64_t Comm::sum_before(std::int64_t value) const {
  if (is_null()) return 0;
  std::int64_t result = 0;
  const pulse::Waiting waiting("MPI_Exscan");
  MPI_Exscan(&value, &result, 1, MPI_INT64_T, MPI_SUM, handle_);
  return rank_ == 0 ? 0 : result;
}

void Comm::sum_in_place(std::span<std::int64_t> values) const {
  if (is_null()) return;
  const pulse::Waiting waiting("MPI_Allreduce");
  MPI_Allreduce(MPI_IN_PLACE, values.data(), mpi_count(values.size(), "values to sum"), MPI_INT64_T, MPI_SUM,
                handle_);
}

void Comm::max_in_place(std::span<double> values) const {
  if (is_null()) return;
  const pulse::Waiting waiting("MPI_Allreduce");
  MPI_Allreduce(MPI_IN_PLACE, values.data(), mpi_count(values.size(), "values to compare"), MPI_DOUBLE,
                MPI_MAX, handle_);
}

void Comm::sum_scatter(std::span<const std::int64_t> values, std::span<const int> counts,
                       std::span<std::int64_t> own) const {
  if (is_null()) {
    std::ranges::copy(values, own.begin());
    return;
  }
  (void)mpi_count(values.size(), "values to sum");
  const pulse::Waiting waiting("MPI_Reduce_scatter");
  MPI_Reduce_scatter(values.data(), own.data(), counts.data(), MPI_INT64_T, MPI_SUM, handle_);
}

std::string Comm::broadcast(std::string text, int root) const {
  if (is_null()) return text;
  std::int64_t length = static_cast<std::int64_t>(text.size());
  const pulse::Waiting waiting("MPI_Bcast");
  MPI_Bcast(&length, 1, MPI_INT64_T, root, handle_);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), mpi_count(text.size(), "bytes to broadcast"), MPI_BYTE, root, handle_);
  return text;
}

std::vector<std::size_t> Comm::all_to_all_counts(std::span<const std::size_t> counts) const {
  assert(counts.size() == static_cast<std::size_t>(size_));
  std::vector<std::size_t> result(counts.begin(), counts.end());
  if (is_null()) return result;
  static_assert(sizeof(std::size_t) == sizeof(std::uint64_t));
  const pulse::Waiting waiting("MPI_Alltoall");
  MPI_Alltoall(counts.data(), 1, MPI_UINT64_T, result.data(), 1, MPI_UINT64_T, handle_);
  return result;
}

void Comm::all_gather_bytes(const void* in, void* out, std::size_t item_size) const {
  if (is_null()) {
    std::memcpy(out, in, item_size);
    return;
  }
  const int bytes = mpi_count(item_size, "bytes of one item");
  const pulse::Waiting waiting("MPI_Allgather");
  MPI_Allgather(in, bytes, MPI_BYTE, out, bytes, MPI_BYTE, handle_);
}

void Comm::all_gather_v_bytes(const void* in, std::span<const std::size_t> counts, void* out,
                              std::size_t item_size) const {
  if (is_null()) {
    if (counts[0] != 0) std::memcpy(out, in, counts[0] * item_size);
    return;
  }
  const auto layout = mpi_layout(counts);
  const ItemType type(item_size);
  const pulse::Waiting waiting("MPI_Allgatherv");
  MPI_Allgatherv(in, layout.counts[static_cast<std::size_t>(rank_)], type.get(), out, layout.counts.data(),
                 layout.offsets.data(), type.get(), handle_);
}

void Comm::all_to_all_v_bytes(const void* in, std::span<const std::size_t> out_counts, void* out,
                              std::span<const std::size_t> in_counts, std::size_t item_size) const {
  if (is_null()) {
    if (out_counts[0] != 0) std::memcpy(out, in, out_counts[0] * item_size);
    return;
  }
  const auto send = mpi_layout(out_counts);
  const auto receive = mpi_layout(in_counts);
  const ItemType type(item_size);
  const pulse::Waiting waiting("MPI_Alltoallv");
  MPI_Alltoallv(in, send.counts.data(), send.offsets.data(), type.get(), out, receive.counts.data(),
                receive.offsets.data(), type.get(), handle_);
}

Share contiguous_share(std::uint64_t count, int rank, int size) {
  const auto parts = static_cast<std::uint64_t>(size);
  const auto index = static_cast<std::uint64_t>(rank);
  const std::uint64_t base = count / parts;
  const std::uint64_t rest = count % parts;
  const std::uint64_t first = base * index + std::min(index, rest);
  return {first, first + base + (index < rest ? 1 : 0)};
}

}  // namespace striate::core
