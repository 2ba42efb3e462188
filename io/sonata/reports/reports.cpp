// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/reports/reports.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <set>

#include "core/errors/error.hpp"
#include "io/hdf5/h5_texts.hpp"
#include "io/sonata/reports/report_rows.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

/// What a rank keeps before all write together.
constexpr std::uint64_t buffer_bytes = 8u << 20;

/// Each rank's cells in one list, rank after rank; counts[r] of them belong to rank r.
struct Owners {
  std::vector<std::size_t> counts;
  std::vector<std::uint32_t> columns;
};

void check(const ReportLayout& layout) {
  if (layout.variables.empty())
    throw core::ConfigError("no variable for report {} (variable_name is needed)", layout.file);
  if (!(layout.interval_ms > 0) || !std::isfinite(layout.interval_ms) || !std::isfinite(layout.first_ms))
    throw core::ConfigError("impossible times of report {} (first sample {} ms, interval {} ms)", layout.file,
                            layout.first_ms, layout.interval_ms);
  // Names become HDF5 names beside "data" and "mapping".
  std::set<std::string> taken{"", "data", "mapping", "."};
  for (const auto& variable : layout.variables)
    if (variable.name.find('/') != std::string::npos || !taken.insert(variable.name).second)
      throw core::ConfigError("variable '{}' of report {} is repeated or no name for a dataset",
                              variable.name, layout.file);
  taken = {"", "."};
  for (const auto& population : layout.populations)
    if (population.name.find('/') != std::string::npos || !taken.insert(population.name).second)
      throw core::ConfigError("population '{}' of report {} is repeated or no name for a group",
                              population.name, layout.file);
}

void write_mapping(const h5::File& file, const ReportPopulation& population, const ReportLayout& layout) {
  const std::string mapping = "/report/" + population.name + "/mapping/";
  const std::size_t cells = population.node_ids.size();
  h5::write<std::uint64_t>(file, mapping + "node_ids", population.node_ids);
  const std::uint32_t sorted[] = {1};
  h5::write_attribute<std::uint32_t>(file, mapping + "node_ids", "sorted", sorted);
  // One element per cell, the soma, or per group.
  h5::write<std::uint64_t>(file, mapping + "element_ids", std::vector<std::uint64_t>(cells, 0));
  h5::write<double>(file, mapping + "element_pos", std::vector<double>(cells, 0));
  std::vector<std::uint64_t> pointers(cells + 1);
  std::iota(pointers.begin(), pointers.end(), 0);
  // BMTK reads the first name, libsonata the second.
  h5::write<std::uint64_t>(file, mapping + "index_pointer", pointers);
  h5::write<std::uint64_t>(file, mapping + "index_pointers", pointers);
  if (const auto& means = population.means; !means.names.empty()) {
    std::vector<std::uint64_t> members(cells);
    for (const auto group : means.group) ++members[group];
    h5::write_padded_texts(file, mapping + "pop_name", means.names);
    h5::write<std::uint64_t>(file, mapping + "cells", members);
  }
  const double stop = layout.first_ms + static_cast<double>(layout.samples) * layout.interval_ms;
  const double time[] = {layout.first_ms, stop, layout.interval_ms};
  h5::write<double>(file, mapping + "time", time);
  h5::write_attribute(file, mapping + "time", "units", "ms");
}

void create_data(const h5::File& file, const ReportLayout& layout, std::size_t population,
                 std::size_t variable) {
  const auto dataset = report_dataset(layout, population, variable);
  const std::uint64_t shape[] = {layout.samples, layout.populations[population].node_ids.size()};
  if (layout.precision == ReportPrecision::float32)
    h5::create_dataset<float>(file, dataset, shape);
  else
    h5::create_dataset<double>(file, dataset, shape);
  h5::write_attribute(file, dataset, "variable", layout.variables[variable].name);
  h5::write_attribute(file, dataset, "units", layout.variables[variable].units);
  if (!layout.populations[population].means.names.empty())
    h5::write_attribute(file, dataset, "reduce", "mean");
}

Owners gather_owners(const ReportPopulation& population, const core::Comm& comm) {
  Owners owners;
  owners.counts = comm.all_gather(population.columns.size());
  owners.columns = comm.all_gather_v<std::uint32_t>(population.columns);
  auto sorted = owners.columns;
  std::ranges::sort(sorted);
  bool complete = sorted.size() == population.cells();
  for (std::size_t i = 0; complete && i < sorted.size(); ++i) complete = sorted[i] == i;
  if (!complete)
    throw core::Error(core::ExitCode::internal, "the ranks' columns of population " + population.name +
                                                    " in a report do not cover its cells once each");
  return owners;
}

}  // namespace

struct ReportWriter::State {
  ReportLayout layout;
  core::Comm comm;
  h5::File file;
  std::vector<Owners> owners;  ///< per population
  /// [population][variable]: rows of this rank's columns, in the order of the samples.
  std::vector<std::vector<std::vector<double>>> buffer;
  std::uint64_t capacity = 1;  ///< samples; the same on every rank
  std::uint64_t buffered = 0;
  std::uint64_t written = 0;
  std::uint64_t checksum = 0;  ///< what this rank adds to that of the report

  State(ReportLayout of, const core::Comm& ranks);
  void create(const std::filesystem::path& path);
  template <class T>
  std::vector<T> exchanged_rows(std::size_t population, std::size_t variable) const;
  template <class T>
  std::uint64_t write_block(std::size_t population, std::size_t variable) const;
  void flush();
};

/// From "every sample of my cells" to "my samples of every cell": rank r gets the r-th part of the buffered
/// samples.
template <class T>
std::vector<T> ReportWriter::State::exchanged_rows(std::size_t population, std::size_t variable) const {
  const auto& mine = buffer[population][variable];
  const std::vector<T> values(mine.begin(), mine.end());
  const std::size_t my_columns = layout.populations[population].columns.size();
  std::vector<std::size_t> counts;
  for (int rank = 0; rank < comm.size(); ++rank)
    counts.push_back(core::contiguous_share(buffered, rank, comm.size()).count() * my_columns);
  const auto received = comm.all_to_all_v<T>(values, counts);

  const auto share = core::contiguous_share(buffered, comm.rank(), comm.size());
  const Owners& owner = owners[population];
  const std::size_t width = owner.columns.size();
  std::vector<T> slab(share.count() * width);
  const T* next = received.items.data();
  const std::uint32_t* columns = owner.columns.data();
  for (const std::size_t count : owner.counts) {
    for (std::size_t row = 0; row < share.count(); ++row)
      for (std::size_t i = 0; i < count; ++i) slab[row * width + columns[i]] = *next++;
    columns += count;
  }
  return slab;
}

/// Rows of a value for each group of rows of a value for each cell. Cells are summed in one order, whichever
/// rank they are on.
template <class T>
std::vector<T> means_of(std::span<const double> rows, const ReportMeans& means) {
  const std::size_t width = means.group.size(), groups = means.names.size();
  std::vector<double> cells(groups), sums(groups);
  for (const auto group : means.group) ++cells[group];
  std::vector<T> result;
  for (std::size_t row = 0; row + width <= rows.size(); row += width) {
    std::ranges::fill(sums, 0);
    for (std::size_t i = 0; i < width; ++i) sums[means.group[i]] += rows[row + i];
    for (std::size_t g = 0; g < groups; ++g) result.push_back(static_cast<T>(sums[g] / cells[g]));
  }
  return result;
}

/// Writes this rank's part of the buffered samples as one slab. Returns its checksum.
template <class T>
std::uint64_t ReportWriter::State::write_block(std::size_t population, std::size_t variable) const {
  const auto& part = layout.populations[population];
  const std::size_t width = part.node_ids.size();
  const std::vector<T> slab = part.means.names.empty()
                                  ? exchanged_rows<T>(population, variable)
                                  : means_of<T>(exchanged_rows<double>(population, variable), part.means);
  const std::uint64_t row = written + core::contiguous_share(buffered, comm.rank(), comm.size()).first;
  h5::write_rows_collective<T>(file, report_dataset(layout, population, variable), row, slab);
  return layout.can_be_continued
             ? checksum_of_values(std::span<const T>(slab), row * width, population, variable)
             : 0;
}

void ReportWriter::State::flush() {
  if (buffered == 0) return;
  for (std::size_t population = 0; population < buffer.size(); ++population)
    for (std::size_t variable = 0; variable < buffer[population].size(); ++variable) {
      if (layout.precision == ReportPrecision::float32)
        checksum += write_block<float>(population, variable);
      else
        checksum += write_block<double>(population, variable);
      buffer[population][variable].clear();
    }
  written += buffered;
  buffered = 0;
}

ReportWriter::State::State(ReportLayout of, const core::Comm& ranks) : layout(std::move(of)), comm(ranks) {
  check(layout);
  std::uint64_t cells = 0;
  for (const auto& population : layout.populations) {
    owners.push_back(gather_owners(population, comm));
    cells += population.columns.size();
  }
  const auto sample_bytes = static_cast<std::int64_t>(cells * layout.variables.size() * sizeof(double));
  const auto largest = static_cast<std::uint64_t>(std::max<std::int64_t>(comm.max(sample_bytes), 1));
  capacity = std::max<std::uint64_t>(buffer_bytes / largest, 1);
  buffer.assign(layout.populations.size(), std::vector<std::vector<double>>(layout.variables.size()));
}

void ReportWriter::State::create(const std::filesystem::path& path) {
  file = h5::File::create(path, comm);
  h5::write_sonata_header(file);
  write_run_attributes(file, layout.attributes);
  h5::create_group(file, "/report");
  for (std::size_t population = 0; population < layout.populations.size(); ++population) {
    for (std::size_t variable = 0; variable < layout.variables.size(); ++variable)
      create_data(file, layout, population, variable);
    write_mapping(file, layout.populations[population], layout);
  }
}

ReportWriter::ReportWriter(ReportLayout layout, const core::Comm& comm)
    : state_(new State(std::move(layout), comm)) {
  state_->create(incomplete_name(state_->layout.file));
}

ReportWriter::ReportWriter(ReportLayout layout, const ReportPosition& from, const core::Comm& comm)
    : state_(new State(std::move(layout), comm)) {
  State& state = *state_;
  const auto unfinished = incomplete_name(state.layout.file);
  const auto root_has = [&](const std::filesystem::path& path) {
    return comm.max(std::int64_t{comm.is_root() && is_there(path)}) != 0;
  };
  const bool is_unfinished = root_has(unfinished);
  // Without it the run was killed while its results got their names.
  const auto begun = is_unfinished ? unfinished : state.layout.file;
  if (!root_has(begun))
    throw core::MissingFileError("{} is gone (a checkpoint goes on with the {} samples in it)", unfinished,
                                 from.samples);
  require_samples(state.layout, begun, from, comm);
  if (!is_unfinished || !can_go_on_in_place(state.layout, begun)) {
    auto copy = state.layout.file;
    copy += ".continued";
    state.create(incomplete_name(copy));
    copy_samples(state.layout, begun, state.file, from.samples, comm);
    state.file.close();
    comm.barrier();
    if (comm.is_root()) {
      std::error_code error;
      std::filesystem::rename(incomplete_name(copy), unfinished, error);
      if (error) throw core::SystemError("cannot rename {} ({})", incomplete_name(copy), error.message());
    }
    comm.barrier();
  }
  state.file = h5::File::open_to_change(unfinished, comm);
  state.written = from.samples;
  state.checksum = comm.is_root() ? from.checksum : 0;
}

ReportWriter::~ReportWriter() = default;
ReportWriter::ReportWriter(ReportWriter&&) noexcept = default;
ReportWriter& ReportWriter::operator=(ReportWriter&&) noexcept = default;

void ReportWriter::append(std::span<const std::vector<std::vector<double>>> values) {
  State& state = *state_;
  if (state.written + state.buffered == state.layout.samples)
    throw core::Error(core::ExitCode::internal,
                      fmt::format("more than the {} samples announced for report {}", state.layout.samples,
                                  state.layout.file));
  assert(values.size() == state.buffer.size());
  for (std::size_t population = 0; population < values.size(); ++population)
    for (std::size_t variable = 0; variable < values[population].size(); ++variable) {
      const auto& sample = values[population][variable];
      assert(sample.size() == state.layout.populations[population].columns.size());
      auto& rows = state.buffer[population][variable];
      rows.insert(rows.end(), sample.begin(), sample.end());
    }
  if (++state.buffered == state.capacity) state.flush();
}

ReportPosition ReportWriter::sync() {
  State& state = *state_;
  assert(state.layout.can_be_continued);
  state.flush();
  state.file.sync();
  const auto checksum = state.comm.sum(static_cast<std::int64_t>(state.checksum));
  return {.samples = state.written, .checksum = static_cast<std::uint64_t>(checksum)};
}

void ReportWriter::leave() {
  assert(state_->buffered == 0);
  state_->file.close();
}

void ReportWriter::finish(Publish when) {
  State& state = *state_;
  state.flush();
  if (state.written != state.layout.samples)
    throw core::Error(core::ExitCode::internal,
                      fmt::format("only {} of {} samples came for report {}", state.written,
                                  state.layout.samples, state.layout.file));
  state.file.close();
  if (when == Publish::now) publish(state.layout.file, state.comm);
}

const ReportLayout& ReportWriter::layout() const {
  return state_->layout;
}

}  // namespace striate::io
