// SPDX-License-Identifier: BSD-3-Clause
// Responses to images flashed one after another: which runs there are, in which slot of time which image was
// shown, and how often each core cell fired in each slot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/options/trial_design.hpp"

namespace striate::metrics {

struct ImageProtocol {
  static constexpr std::int32_t no_image = -1;  ///< the blank

  std::vector<std::filesystem::path> runs;
  Slots slots;
  std::size_t images = 0;
  std::vector<std::int32_t> shown;  ///< [run * slots.count + slot] 0 to images - 1, or no_image
  std::int32_t image(std::size_t run, std::size_t slot) const { return shown[run * slots.count + slot]; }
};

/// Runs, slots and images as the paradigm's trials show them.
ImageProtocol protocol_of(const io::Paradigm& paradigm, const std::filesystem::path& base,
                          const std::string& option);
/// Why the paradigm shows no images one after another in equal slots, or "".
std::string images_refusal(const io::Paradigm& paradigm);

/// What was shown: dataset stim_ids (runs x slots, integers) of an HDF5 file. A run whose name ends in a
/// number (chunk_07) has the row of that number, so that neither a part of the runs nor the order in which
/// they are given matters; other runs have the rows in their order. `blank` and negative numbers are no
/// images; the others must be below `images`, or, when this is 0, say how many there are (no more than there
/// are slots). Throws FormatError.
void read_labels(ImageProtocol& protocol, const std::filesystem::path& file, std::int64_t blank);

/// Counts in all slots, runs as trials. Collective. Throws MissingFileError when a run has no spikes.
TrialCounts count_slots(const ImageProtocol& protocol, const Cells& cells, const core::Comm& comm);

/// Counts per image summed over all runs and slots that show it, for this rank's cells: [local * images +
/// image]. Throws FormatError beyond 65535.
std::vector<Count> sum_by_image(const TrialCounts& counts, const ImageProtocol& protocol);

/// How often each image is shown. [image]
std::vector<std::size_t> presentations(const ImageProtocol& protocol);

inline constexpr const char* observatory = "bo";  ///< the paradigm of repeated images
inline constexpr const char* image_net = "imagenet";  ///< that of many images
namespace options {
inline constexpr Option image_run{.name = "run",
                                  .value = "DIR",
                                  .help = "other run directories in which images were shown",
                                  .takes = Takes::several,
                                  .moves_files = true};
inline constexpr Option first{.name = "first",
                              .type = Type::number,
                              .value = "MS",
                              .help = "the first image of a run begins here (as the paradigm says)",
                              .high = 1e9};
inline constexpr Option slot{.name = "slot",
                             .type = Type::number,
                             .value = "MS",
                             .help = "each image lasts so long (as the paradigm says)",
                             .low = 0.25,
                             .high = 1e9};
inline constexpr Option slots{.name = "slots",
                              .type = Type::whole,
                              .value = "N",
                              .help = "images per run, blanks included (as the paradigm says)",
                              .low = 1,
                              .high = 100000};
inline constexpr Option labels{.name = "labels",
                               .value = "FILE",
                               .help =
                                   "HDF5 file whose stim_ids (runs x slots; of chunk_07 row 7) says what was "
                                   "shown; negative numbers are "
                                   "blanks (the paradigm's order)"};
inline constexpr Option blank{.name = "blank",
                              .type = Type::whole,
                              .value = "ID",
                              .help = "another number that is a blank (as the paradigm says)",
                              .low = -1,
                              .high = 1e9,
                              .needs = "labels"};

/// Where results go and which cells count, for analyses of repeated images.
inline constexpr Option observatory_core[] = {output_dir, core_radius, core_edge,
                                              paradigm_named(observatory)};
/// What protocol_of() and result_name() read.
inline constexpr Option image_protocol[] = {image_run, name, first, slot, slots, labels, blank};
}  // namespace options

/// What was shown in runs that are not the paradigm's, without --labels.
enum class Unlabelled { refused, own_image };  ///< own_image: another one in every slot
/// The paradigm's protocol with what --run, --first, --slot, --slots, --labels and --blank change. Throws
/// UsageError where nothing says what was shown.
ImageProtocol protocol_of(const core::Call& call, const io::Paradigm& paradigm, Unlabelled unlabelled);
/// result_name() for runs of the paradigm.
std::string result_name(const core::Call& call, const io::Paradigm& paradigm);

}  // namespace striate::metrics
