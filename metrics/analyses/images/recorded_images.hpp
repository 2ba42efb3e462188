// SPDX-License-Identifier: BSD-3-Clause
// Recordings of responses to images, session by session: their units go through the same analyses as the
// model's cells.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/analyses/images/decoding.hpp"
#include "metrics/analyses/images/image_selectivity.hpp"

namespace striate::metrics {

/// Sessions with fewer units of a known type are left out.
inline constexpr std::size_t fewest_recorded_units = 10;
inline constexpr double usual_slot_ms = 250;

/// Units as cells, repetitions as runs, images as slots: the k-th presentation of each image is run k.
struct RecordedSession {
  std::string name;  ///< the file's, without its suffix
  Cells units;
  TrialCounts counts;
  ImageProtocol protocol;
};

/// HDF5 file with spike_counts (presentations x units), unit_ids, and scene_ids (the image of each
/// presentation, numbers from 0; negative: a blank, left out). `types`: a table with ecephys_unit_id and
/// cell_type; units without a type are left out. Images that were shown more often than others keep as many
/// presentations as all have; a warning says so. Throws FormatError.
RecordedSession read_session(const std::filesystem::path& file, const std::filesystem::path& types,
                             double slot_ms, const core::Comm& comm);

struct RecordedImagesRequest {
  std::vector<std::filesystem::path> sessions;
  std::filesystem::path types, output_directory;
  std::string name = "neuropixels";  ///< in the names of the tables
  double slot_ms = usual_slot_ms;
};

/// Writes selectivity_NAME_by_unit.csv and selectivity_NAME_by_type.csv, with the model's columns.
/// Collective.
std::vector<std::filesystem::path> make_recorded_images(const RecordedImagesRequest& request,
                                                        const core::Comm& comm);
/// Writes the tables of decoding_paths(NAME), a network being a session. Collective.
std::vector<std::filesystem::path> make_recorded_decoding(const RecordedImagesRequest& request,
                                                          const DecoderOptions& options,
                                                          const core::Comm& comm);

inline constexpr core::Option recorded_images_options[] = {
    options::described(options::output_dir, "write there; required"),
    {.name = "cell-types",
     .value = "FILE",
     .help = "table with ecephys_unit_id and cell_type of the units; required"},
    {.name = "dataset", .value = "WORD", .help = "names of the tables have it", .fallback = "neuropixels"},
    {.name = "counted",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "spikes were counted so long",
     .usual = usual_slot_ms,
     .low = 0.25,
     .high = 1e9}};
inline constexpr auto recorded_decoding_options = core::joined(recorded_images_options, decoding_alone);
std::vector<std::filesystem::path> run_recorded_images(const core::Call& call, const core::Comm& world);
std::vector<std::filesystem::path> run_recorded_decoding(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
