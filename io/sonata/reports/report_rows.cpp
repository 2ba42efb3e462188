// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/reports/report_rows.hpp"

#include <algorithm>
#include <vector>

#include "core/errors/error.hpp"

namespace striate::io {
namespace {

/// Values that a rank reads at once.
constexpr std::uint64_t block_values = 1u << 20;

/// visit(population, variable, first row, values), for this rank's share of the first `samples` rows, as many
/// times on all ranks. T: float or double, as stored.
template <class T, class Visit>
void visit_blocks(const ReportLayout& layout, const h5::File& file, std::uint64_t samples,
                  const core::Comm& comm, Visit visit) {
  for (std::size_t population = 0; population < layout.populations.size(); ++population) {
    const std::uint64_t width = layout.populations[population].node_ids.size();
    const std::uint64_t block = std::max<std::uint64_t>(block_values / std::max<std::uint64_t>(width, 1), 1) *
                                static_cast<std::uint64_t>(comm.size());
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable)
      for (std::uint64_t first = 0; first < samples; first += block) {
        const auto share = core::contiguous_share(std::min(block, samples - first), comm.rank(), comm.size());
        std::vector<T> values;
        if (width > 0) {
          const auto read = h5::read_table_rows<double>(file, report_dataset(layout, population, variable),
                                                        width, first + share.first, share.count());
          values.reserve(read.size());
          for (const double value : read) values.push_back(static_cast<T>(value));
        }
        visit(population, variable, first + share.first, std::span<const T>(values));
      }
  }
}

template <class Work>
void with_type(ReportPrecision precision, Work work) {
  if (precision == ReportPrecision::float32)
    work(float{});
  else
    work(double{});
}

}  // namespace

std::string report_dataset(const ReportLayout& layout, std::size_t population, std::size_t variable) {
  return "/report/" + layout.populations[population].name + "/" +
         (variable == 0 ? "data" : layout.variables[variable].name);
}

void require_samples(const ReportLayout& layout, const std::filesystem::path& file,
                     const ReportPosition& position, const core::Comm& comm) {
  const auto opened = h5::File::open(file, comm);
  const std::size_t item = layout.precision == ReportPrecision::float32 ? 4 : 8;
  for (std::size_t population = 0; population < layout.populations.size(); ++population)
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable) {
      const auto dataset = report_dataset(layout, population, variable);
      const auto info = h5::dataset_info(opened, dataset);
      if (info.shape.size() != 2 || info.shape[0] < position.samples ||
          info.shape[1] != layout.populations[population].node_ids.size() || info.item_bytes != item)
        throw core::FormatError("{}:{} is not that of the checkpoint ({} samples of {} cells were in it)",
                                file, dataset, position.samples,
                                layout.populations[population].node_ids.size());
    }
  std::uint64_t sum = 0;
  with_type(layout.precision, [&]<class T>(T) {
    visit_blocks<T>(
        layout, opened, position.samples, comm,
        [&](std::size_t population, std::size_t variable, std::uint64_t row, std::span<const T> values) {
          const std::uint64_t width = layout.populations[population].node_ids.size();
          sum += checksum_of_values(values, row * width, population, variable);
        });
  });
  if (static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(sum))) != position.checksum)
    throw core::FormatError("{} is damaged (its {} samples are not those that were written)", file,
                            position.samples);
}

bool can_go_on_in_place(const ReportLayout& layout, const std::filesystem::path& file) {
  const auto opened = h5::File::open(file);
  if (!has_run_attributes(opened, layout.attributes)) return false;
  for (std::size_t population = 0; population < layout.populations.size(); ++population)
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable)
      if (h5::dataset_info(opened, report_dataset(layout, population, variable)).shape.at(0) !=
          layout.samples)
        return false;
  return true;
}

void copy_samples(const ReportLayout& layout, const std::filesystem::path& from, const h5::File& to,
                  std::uint64_t samples, const core::Comm& comm) {
  const auto opened = h5::File::open(from, comm);
  with_type(layout.precision, [&]<class T>(T) {
    visit_blocks<T>(
        layout, opened, samples, comm,
        [&](std::size_t population, std::size_t variable, std::uint64_t row, std::span<const T> values) {
          h5::write_rows_collective<T>(to, report_dataset(layout, population, variable), row, values);
        });
  });
}

}  // namespace striate::io
