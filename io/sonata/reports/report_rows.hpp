// SPDX-License-Identifier: BSD-3-Clause
// Rows of a report that was begun by another process: whether they are those that were written, and how they
// get into a report of another length. What reports.cpp needs to go on with a report.
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>

#include "core/ranks/comm.hpp"
#include "core/values/mixed_bits.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/reports/report_layout.hpp"

namespace striate::io {

std::string report_dataset(const ReportLayout& layout, std::size_t population, std::size_t variable);

/// Of values that stand one after the other in a dataset, the first as its `first`-th value. Sums over parts
/// and datasets are checksums of the whole.
template <class T>
std::uint64_t checksum_of_values(std::span<const T> values, std::uint64_t first, std::size_t population,
                                 std::size_t variable) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  const std::uint64_t dataset = core::mixed_bits(population, variable);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += core::mixed_bits((dataset + (first + i) * 0x9e3779b97f4a7c15u) ^ std::bit_cast<Bits>(values[i]));
  return sum;
}

/// Throws FormatError unless `file` begins with just the samples of `position`. Collective; reads them all.
void require_samples(const ReportLayout& layout, const std::filesystem::path& file,
                     const ReportPosition& position, const core::Comm& comm);

/// True when the datasets of `file` have as many rows as `layout`, and it says that it is of the same run.
bool can_go_on_in_place(const ReportLayout& layout, const std::filesystem::path& file);

/// The first `samples` rows of all datasets. Collective.
void copy_samples(const ReportLayout& layout, const std::filesystem::path& from, const h5::File& to,
                  std::uint64_t samples, const core::Comm& comm);

}  // namespace striate::io
