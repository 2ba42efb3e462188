// SPDX-License-Identifier: BSD-3-Clause
// Responses to images flashed one after another: which runs there are, in which slot of time which image was
// shown, and how often each core cell fired in each slot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "metrics/base/trial_counts.hpp"

namespace striate::metrics {

struct ImageProtocol {
  static constexpr std::int32_t no_image = -1;  ///< the blank

  std::vector<std::filesystem::path> runs;
  Slots slots;
  std::size_t images = 0;
  std::vector<std::int32_t> shown;  ///< [run * slots.count + slot] 0 to images - 1, or no_image
  std::int32_t image(std::size_t run, std::size_t slot) const { return shown[run * slots.count + slot]; }
};

/// Brain Observatory: 50 runs of 250 ms grey, then 119 slots of 250 ms with 118 images and the blank (118),
/// in BASE/output_bo_OPT/chunk_00 …; without labels in ascending order.
ImageProtocol brain_observatory(const std::filesystem::path& base, const std::string& option);
/// ImageNet: 60 runs of 80 slots of 250 ms in BASE/output_imagenet_OPT/chunk_00 …, each image shown once.
ImageProtocol imagenet(const std::filesystem::path& base, const std::string& option);

/// What was shown: dataset stim_ids (runs x slots, integers) of an HDF5 file. `blank` and negative numbers
/// are no images; the others must be below `images`, or, when this is 0, say how many there are (no more than
/// there are slots). Throws FormatError.
void read_labels(ImageProtocol& protocol, const std::filesystem::path& file, std::int64_t blank);

/// The core cells alone, as a Cells of their own.
Cells core_cells(const Cells& cells);

/// Counts in all slots, runs as trials. Collective. Throws MissingFileError when a run has no spikes.
TrialCounts count_slots(const ImageProtocol& protocol, const Cells& cells, const core::Comm& comm);

/// Counts per image summed over all runs and slots that show it, for this rank's cells: [local * images +
/// image]. Throws FormatError beyond 65535.
std::vector<Count> sum_by_image(const TrialCounts& counts, const ImageProtocol& protocol);

/// How often each image is shown. [image]
std::vector<std::size_t> presentations(const ImageProtocol& protocol);

}  // namespace striate::metrics
