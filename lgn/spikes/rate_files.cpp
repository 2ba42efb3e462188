// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/spikes/rate_files.hpp"

#include <fmt/format.h>

#include <iterator>

#include "io/hdf5/h5_slab.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::lgn {
namespace {

constexpr std::size_t samples_per_tile = 1024;

}  // namespace

RateFiles::RateFiles(const std::optional<std::filesystem::path>& h5,
                     const std::optional<std::filesystem::path>& csv, int deflate,
                     const io::RunAttributes& attributes, const core::Comm& comm)
    : h5_path_(h5), csv_path_(csv), deflate_(deflate), comm_(comm) {
  if (h5_path_) {
    file_ = io::h5::File::create(io::incomplete_name(*h5_path_), comm_);
    io::h5::write_sonata_header(*file_);
    io::write_run_attributes(*file_, attributes);
  }
  if (!csv_path_) return;
  csv_.emplace(io::incomplete_name(*csv_path_), comm_);
  csv_->append(comm_.is_root() ? "node_id population timestamps firing_rates\n" : "");
}

void RateFiles::begin(const RateTable& table, std::size_t block_cells) {
  table_ = table;
  if (!file_) return;
  const std::string group = "/firing_rates/" + table.cells->population;
  io::h5::create_group(*file_, group);
  std::vector<std::uint64_t> node_id;
  for (const Cell& cell : table.cells->cells) node_id.push_back(cell.node_id);
  std::vector<double> times_s;
  for (std::size_t n = 0; n < table.samples; ++n) times_s.push_back(table.times.at_ms(n) / 1000);
  io::h5::write<std::uint64_t>(*file_, group + "/node_id", node_id);
  io::h5::write<double>(*file_, group + "/times", times_s);
  io::h5::write_attribute(*file_, group + "/times", "units", "s");
  io::h5::create_tiled_table(*file_, group + "/firing_rates_Hz", table.samples, node_id.size(),
                             {.rows = samples_per_tile, .columns = block_cells, .deflate = deflate_});
}

void RateFiles::append(const RateBlock& block) {
  if (file_) append_h5(block);
  if (csv_) append_csv(block);
}

void RateFiles::append_h5(const RateBlock& block) {
  transposed_.resize(block.count * table_.samples);
  for (std::size_t k = 0; k < block.count; ++k)
    for (std::size_t n = 0; n < table_.samples; ++n)
      transposed_[n * block.count + k] = block.values[k * table_.samples + n];
  io::h5::write_columns_collective(*file_, "/firing_rates/" + table_.cells->population + "/firing_rates_Hz",
                                   block.first, block.count, transposed_);
}

void RateFiles::append_csv(const RateBlock& block) {
  fmt::memory_buffer text;
  for (std::size_t k = 0; k < block.count; ++k)
    for (std::size_t n = 0; n < table_.samples; ++n)
      fmt::format_to(std::back_inserter(text), "{} {} {} {}\n", table_.cells->cells[block.first + k].node_id,
                     table_.cells->population, table_.times.at_ms(n) / 1000,
                     block.values[k * table_.samples + n]);
  csv_->append({text.data(), text.size()});  // the file is in order of cells
}

std::vector<std::filesystem::path> RateFiles::finish() {
  std::vector<std::filesystem::path> complete;
  if (file_) {
    file_->close();
    file_.reset();
    complete.push_back(*h5_path_);
  }
  if (csv_) {
    csv_->close();
    complete.push_back(*csv_path_);
  }
  return complete;
}

}  // namespace striate::lgn
