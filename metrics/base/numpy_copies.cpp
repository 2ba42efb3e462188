// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/numpy_copies.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/npz.hpp"

namespace striate::metrics {
namespace {

constexpr std::uint64_t items_at_once = 1 << 20;

/// The first `kept` of each row of `columns`.
std::vector<double> cut(const std::vector<double>& values, std::uint64_t columns, std::uint64_t kept) {
  std::vector<double> result;
  for (std::uint64_t row = 0; row + columns <= values.size(); row += columns)
    result.insert(result.end(), values.begin() + static_cast<std::ptrdiff_t>(row),
                  values.begin() + static_cast<std::ptrdiff_t>(row + kept));
  return result;
}

/// Header, then the values in pieces.
void visit_bytes(const io::h5::File& file, const NumpyCopy& copy,
                 const std::function<void(const std::string&)>& take) {
  const auto dataset = std::string("/") + copy.name;
  const auto stored = io::h5::dataset_info(file, dataset).shape;
  auto shape = stored;
  if (copy.columns != 0) shape.back() = std::min(shape.back(), copy.columns);
  if (copy.scalar) shape.clear();
  take(io::npy_header(copy.type, shape));
  std::uint64_t row_items = 1;
  for (std::size_t k = 1; k < stored.size(); ++k) row_items *= stored[k];
  const auto rows_at_once = std::max<std::uint64_t>(1, items_at_once / std::max<std::uint64_t>(1, row_items));
  for (std::uint64_t first = 0; first < stored.front(); first += rows_at_once) {
    auto values = io::h5::read_blocks(file, dataset, first, std::min(rows_at_once, stored.front() - first));
    if (!shape.empty() && shape.back() != stored.back()) values = cut(values, stored.back(), shape.back());
    take(io::npy_values(copy.type, values));
  }
}

}  // namespace

void write_npy_copy(const std::filesystem::path& array_file, const NumpyCopy& copy,
                    const std::filesystem::path& file, const Provenance& provenance) {
  io::remove_dead(file);
  io::NewFile out(io::incomplete_name(file));
  visit_bytes(io::h5::File::open(array_file), copy, [&](const std::string& bytes) { out.append(bytes); });
  out.close();
  io::publish(file);
  write_provenance(file, provenance);
}

void write_npz_copies(const std::filesystem::path& array_file, std::span<const NumpyCopy> copies,
                      const std::filesystem::path& file, const Provenance& provenance) {
  const auto arrays_in = io::h5::File::open(array_file);
  std::vector<io::NpzArray> arrays;
  for (const auto& copy : copies) {
    auto& array = arrays.emplace_back(io::NpzArray{copy.name, {}});
    visit_bytes(arrays_in, copy, [&](const std::string& bytes) { array.bytes += bytes; });
  }
  io::write_npz(file, arrays);
  write_provenance(file, provenance);
}

}  // namespace striate::metrics
