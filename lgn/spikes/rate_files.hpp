// SPDX-License-Identifier: BSD-3-Clause
// Rate files as FilterNet writes them: rates.h5 with /firing_rates/<population>/{node_id, times (in
// seconds!), firing_rates_Hz [time][cell]} and rates.csv. Written round by round while rates are computed, a
// block of consecutive cells from every rank in each, so that no rank ever holds all of them.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/ordered_text.hpp"
#include "lgn/filters/lgn_cells.hpp"
#include "lgn/spikes/spike_trains.hpp"

namespace striate::lgn {

struct RateTable {
  const Cells* cells;
  TimeAxis times;
  std::size_t samples;
};

/// A block of cells [first, first + count); values[k * samples + n] is cell first + k at sample n.
struct RateBlock {
  std::size_t first = 0, count = 0;
  std::span<const double> values;
};

class RateFiles {
 public:
  /// Creates the files asked for, under their temporary names. Collective.
  RateFiles(const std::optional<std::filesystem::path>& h5, const std::optional<std::filesystem::path>& csv,
            int deflate, const io::RunAttributes& attributes, const core::Comm& comm);
  bool wanted() const { return h5_path_ || csv_path_; }
  /// Starts a population. Collective.
  void begin(const RateTable& table, std::size_t block_cells);
  /// Appends one block per rank; blocks ascend with rank and round. Collective; a rank may give none.
  void append(const RateBlock& block);
  /// Completes the files under their temporary names; the caller publishes them. Collective.
  std::vector<std::filesystem::path> finish();

 private:
  void append_h5(const RateBlock& block);
  void append_csv(const RateBlock& block);

  std::optional<std::filesystem::path> h5_path_, csv_path_;
  int deflate_;
  core::Comm comm_;
  std::optional<io::h5::File> file_;
  std::optional<io::OrderedText> csv_;
  RateTable table_{};
  std::vector<double> transposed_;
};

}  // namespace striate::lgn
