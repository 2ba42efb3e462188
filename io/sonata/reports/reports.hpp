// SPDX-License-Identifier: BSD-3-Clause
// SONATA frame reports: one value per cell and sample, written by all ranks while the simulation runs. The
// layout satisfies BMTK's reader and libsonata's rules at once (both index names, units, right-open time).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/sonata/reports/report_layout.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {

/// Writes one report file. /report/<population>/data holds the first variable; further variables have
/// datasets of their own name beside it. Samples are buffered and written collectively in blocks, so every
/// rank must append the same number of samples.
class ReportWriter {
 public:
  /// Collective: creates the file under its temporary name.
  ReportWriter(ReportLayout layout, const core::Comm& comm);
  /// Collective: goes on behind what sync() told of, with the file under its temporary name or, if it has got
  /// that already, its own; a report of another length is made anew and its samples are copied. Throws
  /// FormatError when it does not hold them any more, MissingFileError when it is gone.
  ReportWriter(ReportLayout layout, const ReportPosition& from, const core::Comm& comm);
  ~ReportWriter();
  ReportWriter(ReportWriter&&) noexcept;
  ReportWriter& operator=(ReportWriter&&) noexcept;

  /// One sample of all populations and variables: values[population][variable] in the order of the rank's
  /// columns. Collective when the buffer is full.
  void append(std::span<const std::vector<std::vector<double>>> values);
  /// All samples so far are on the disk: from here the report can be continued. Collective.
  ReportPosition sync();
  /// After sync(): leaves the file under its temporary name, to be continued. Collective.
  void leave();
  /// Writes the rest, closes and renames the file. Collective. Throws when samples are missing.
  void finish(Publish when = Publish::now);
  const ReportLayout& layout() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace striate::io
