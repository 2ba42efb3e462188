// SPDX-License-Identifier: BSD-3-Clause
// SONATA frame reports: one value per cell and sample, written by all ranks while the simulation runs. The
// layout satisfies BMTK's reader and libsonata's rules at once (both index names, units, right-open time).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {

enum class ReportPrecision { float32, float64 };

struct ReportVariable {
  std::string name;  ///< "V_m", …
  std::string units;  ///< "mV", "pA"
};

struct ReportPopulation {
  std::string name;
  std::vector<std::uint64_t>
      node_ids;  ///< all cells of the report over all ranks, ascending; same on every rank
  std::vector<std::uint32_t> columns;  ///< this rank's cells: positions in node_ids, ascending
};

struct ReportLayout {
  std::filesystem::path file;
  std::vector<ReportPopulation> populations;
  std::vector<ReportVariable> variables;
  double first_ms = 0, interval_ms = 0;  ///< time of the first sample, distance of samples
  std::uint64_t samples = 0;  ///< how many there will be
  ReportPrecision precision = ReportPrecision::float32;
  RunAttributes attributes = {};
};

/// Writes one report file. /report/<population>/data holds the first variable; further variables have
/// datasets of their own name beside it. Samples are buffered and written collectively in blocks, so every
/// rank must append the same number of samples.
class ReportWriter {
 public:
  /// Collective: creates the file under its temporary name.
  ReportWriter(ReportLayout layout, const core::Comm& comm);
  ~ReportWriter();
  ReportWriter(ReportWriter&&) noexcept;
  ReportWriter& operator=(ReportWriter&&) noexcept;

  /// One sample of all populations and variables: values[population][variable] in the order of the rank's
  /// columns. Collective when the buffer is full.
  void append(std::span<const std::vector<std::vector<double>>> values);
  /// Writes the rest, closes and renames the file. Collective. Throws when samples are missing.
  void finish(Publish when = Publish::now);
  const ReportLayout& layout() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace striate::io
