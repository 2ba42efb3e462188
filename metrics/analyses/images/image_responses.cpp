// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/image_responses.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/paradigm/fixed_protocols.hpp"

namespace striate::metrics {
namespace {

constexpr double slot_s = 0.25;
constexpr int observatory_runs = 50, imagenet_runs = 60;
constexpr std::size_t observatory_images = 118, imagenet_slots = 80;
constexpr const char* labels_dataset = "/stim_ids";

std::vector<std::filesystem::path> runs_of(const std::vector<io::Trial>& trials) {
  std::vector<std::filesystem::path> runs;
  for (const auto& trial : trials) runs.push_back(trial.run_directory);
  return runs;
}

}  // namespace

ImageProtocol brain_observatory(const std::filesystem::path& base, const std::string& option) {
  ImageProtocol protocol{.runs = runs_of(io::image_chunks(base, "bo", option, observatory_runs)),
                         .slots = {.begin_s = slot_s, .width_s = slot_s, .count = observatory_images + 1},
                         .images = observatory_images,
                         .shown = {}};
  for (std::size_t run = 0; run < protocol.runs.size(); ++run) {
    for (std::size_t image = 0; image < observatory_images; ++image)
      protocol.shown.push_back(static_cast<std::int32_t>(image));
    protocol.shown.push_back(ImageProtocol::no_image);
  }
  return protocol;
}

ImageProtocol imagenet(const std::filesystem::path& base, const std::string& option) {
  ImageProtocol protocol{.runs = runs_of(io::image_chunks(base, "imagenet", option, imagenet_runs)),
                         .slots = {.begin_s = 0, .width_s = slot_s, .count = imagenet_slots},
                         .images = imagenet_runs * imagenet_slots,
                         .shown = std::vector<std::int32_t>(imagenet_runs * imagenet_slots)};
  std::iota(protocol.shown.begin(), protocol.shown.end(), 0);
  return protocol;
}

void read_labels(ImageProtocol& protocol, const std::filesystem::path& path, std::int64_t blank) {
  const auto file = io::h5::File::open(path);
  const auto shape = io::h5::dataset_info(file, labels_dataset).shape;
  if (shape.size() != 2 || shape[0] != protocol.runs.size() || shape[1] != protocol.slots.count)
    throw core::FormatError("{} of {} has not {} rows of {} numbers (one row per run, one number per slot)",
                            labels_dataset, path, protocol.runs.size(), protocol.slots.count);
  const auto ids = io::h5::read_table_rows<std::int64_t>(file, labels_dataset, protocol.slots.count, 0,
                                                         protocol.runs.size());
  protocol.shown.assign(ids.size(), ImageProtocol::no_image);
  std::int64_t largest = -1;
  // There cannot be more images than slots to show them in.
  const auto limit = static_cast<std::int64_t>(protocol.images == 0 ? ids.size() : protocol.images);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] == blank) continue;
    if (ids[i] >= limit)
      throw core::FormatError("label {} in {} {} row {} (images have numbers below {}, the blank is {})",
                              ids[i], path, labels_dataset, i / protocol.slots.count, limit, blank);
    largest = std::max(largest, ids[i]);
    protocol.shown[i] = static_cast<std::int32_t>(ids[i]);
  }
  if (largest < 0) throw core::FormatError("no image in {} {} (all are blanks)", path, labels_dataset);
  if (protocol.images == 0) protocol.images = static_cast<std::size_t>(largest) + 1;
}

Cells core_cells(const Cells& cells) {
  Cells core;
  core.nodes_file = cells.nodes_file;
  core.type_names = cells.type_names;
  core.population_names = cells.population_names;
  for (const auto row : core_rows(cells)) {
    core.row_by_id.emplace(cells.node_id[row], static_cast<std::uint32_t>(core.node_id.size()));
    core.node_id.push_back(cells.node_id[row]);
    core.type.push_back(cells.type[row]);
    core.population.push_back(cells.population[row]);
    core.x.push_back(cells.x[row]);
    core.z.push_back(cells.z[row]);
    core.tuning_angle.push_back(cells.tuning_angle[row]);
    core.core.push_back(1);
  }
  if (core.node_id.empty())
    throw core::FormatError("no core cells in {} (choose a larger --core-radius)", cells.nodes_file);
  return core;
}

TrialCounts count_slots(const ImageProtocol& protocol, const Cells& cells, const core::Comm& comm) {
  auto counts = count_trials(protocol.runs, cells, {{}, protocol.slots}, comm);
  for (std::size_t run = 0; run < protocol.runs.size(); ++run)
    if (counts.missing[run] != 0)
      throw core::MissingFileError(
          "no spikes.h5 or spikes.csv in {} ({} of {} runs are missing, all are needed) simulate first",
          protocol.runs[run], counts.missing_count(), protocol.runs.size());
  return counts;
}

std::vector<Count> sum_by_image(const TrialCounts& counts, const ImageProtocol& protocol) {
  std::vector<Count> sums(counts.cells.count() * protocol.images, 0);
  for (std::size_t run = 0; run < counts.trials; ++run)
    for (std::size_t slot = 0; slot < counts.bins; ++slot) {
      const auto image = protocol.image(run, slot);
      if (image == ImageProtocol::no_image) continue;
      for (std::size_t cell = 0; cell < counts.cells.count(); ++cell) {
        auto& sum = sums[cell * protocol.images + static_cast<std::size_t>(image)];
        const unsigned more = unsigned{sum} + counts.at(run, slot, cell);
        if (more > std::numeric_limits<Count>::max())
          throw core::FormatError("more than {} spikes of one cell for image {} (in {} and others)",
                                  std::numeric_limits<Count>::max(), image, protocol.runs[run]);
        sum = static_cast<Count>(more);
      }
    }
  return sums;
}

std::vector<std::size_t> presentations(const ImageProtocol& protocol) {
  std::vector<std::size_t> times(protocol.images, 0);
  for (const auto image : protocol.shown)
    if (image != ImageProtocol::no_image) ++times[static_cast<std::size_t>(image)];
  return times;
}

}  // namespace striate::metrics
