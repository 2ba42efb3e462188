// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/image_responses.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::metrics {
namespace {

constexpr const char* labels_dataset = "/stim_ids";

/// A number that all trials' stimuli have, or nullopt.
std::optional<double> common_number(const io::Paradigm& paradigm, const char* key) {
  std::optional<double> common;
  for (const auto& trial : paradigm.trials) {
    const auto found = trial.stimulus.find(key);
    if (found == trial.stimulus.end() || !found->is_number() || (common && *common != found->get<double>()))
      return std::nullopt;
    common = found->get<double>();
  }
  return common;
}

std::int64_t blank_of(const io::Paradigm& paradigm) {
  return static_cast<std::int64_t>(common_number(paradigm, "blank").value_or(-1));
}

/// Every slot another image.
void show_own_images(ImageProtocol& protocol) {
  protocol.images = protocol.runs.size() * protocol.slots.count;
  protocol.shown.resize(protocol.images);
  std::iota(protocol.shown.begin(), protocol.shown.end(), 0);
}

}  // namespace

std::string images_refusal(const io::Paradigm& paradigm) {
  if (paradigm.orders.empty() || paradigm.orders.front().empty())
    return fmt::format("it needs images one after another (lgn.stimulus.order), which {} does not show",
                       paradigm.name);
  for (const auto& order : paradigm.orders)
    if (order.size() != paradigm.orders.front().size())
      return fmt::format("it needs as many images in every trial, but {} has {} and {}", paradigm.name,
                         paradigm.orders.front().size(), order.size());
  if (!(common_number(paradigm, "image_dur").value_or(0) > 0))
    return "it needs the same lgn.stimulus.image_dur in all trials";
  if (paradigm.trials.front().stimulus.contains("gray_screen_dur") &&
      !common_number(paradigm, "gray_screen_dur"))
    return "it needs the same lgn.stimulus.gray_screen_dur in all trials";
  return {};
}

ImageProtocol protocol_of(const io::Paradigm& paradigm, const std::filesystem::path& base,
                          const std::string& option) {
  ImageProtocol protocol{.runs = run_directories(paradigm, base, option),
                         .slots = {.begin_s = common_number(paradigm, "gray_screen_dur").value_or(0) / 1000,
                                   .width_s = common_number(paradigm, "image_dur").value() / 1000,
                                   .count = paradigm.orders.front().size()},
                         .images = 0,
                         .shown = {}};
  const auto blank = blank_of(paradigm);
  for (const auto& order : paradigm.orders)
    for (const auto id : order) {
      const bool is_image = id >= 0 && id != blank;
      protocol.shown.push_back(is_image ? static_cast<std::int32_t>(id) : ImageProtocol::no_image);
      if (is_image) protocol.images = std::max(protocol.images, static_cast<std::size_t>(id) + 1);
    }
  return protocol;
}

ImageProtocol protocol_of(const core::Call& call, const io::Paradigm& paradigm, Unlabelled unlabelled) {
  const auto& values = call.values;
  auto protocol = protocol_of(paradigm, call.base(), call.option());
  const bool repeated = protocol.images < protocol.shown.size() / 2;
  if (auto runs = paths(values, "run"); !runs.empty()) protocol.runs = std::move(runs);
  protocol.slots.begin_s = values.number_if("first").value_or(protocol.slots.begin_s * 1000) / 1000;
  protocol.slots.width_s = values.number_if("slot").value_or(protocol.slots.width_s * 1000) / 1000;
  if (const auto count = values.whole_if("slots")) protocol.slots.count = static_cast<std::size_t>(*count);
  if (const auto file = path_if(values, "labels")) {
    // Of images that come again and again the paradigm says how many there are, of others the labels do.
    if (!repeated || values.given("blank")) protocol.images = 0;
    read_labels(protocol, *file, values.whole_if("blank").value_or(blank_of(paradigm)));
  } else if (values.given("run") || values.given("slots")) {
    if (unlabelled == Unlabelled::refused)
      throw core::UsageError(
          "missing --labels FILE (with --run and --slots nothing else says which images were shown) give it, "
          "or a "
          "--paradigm of your own");
    show_own_images(protocol);
  }
  return protocol;
}

namespace {

/// The number at the end of a folder's name: 7 of "chunk_07".
std::optional<std::uint64_t> trailing_number(const std::filesystem::path& run) {
  const auto plain = run.has_filename() ? run.filename().string() : run.parent_path().filename().string();
  const auto digits = plain.find_last_not_of("0123456789") + 1;  // npos + 1 == 0
  return core::parse_number<std::uint64_t>(std::string_view(plain).substr(digits));
}

/// [run] its row of the labels.
std::vector<std::uint64_t> rows_of_runs(const std::vector<std::filesystem::path>& runs, std::uint64_t rows,
                                        const std::filesystem::path& file) {
  std::vector<std::uint64_t> numbers, in_order(runs.size());
  std::iota(in_order.begin(), in_order.end(), std::uint64_t{0});
  for (const auto& run : runs)
    if (const auto number = trailing_number(run)) numbers.push_back(*number);
  const bool numbered = numbers.size() == runs.size() &&
                        std::set<std::uint64_t>(numbers.begin(), numbers.end()).size() == runs.size();
  if (numbered && std::ranges::all_of(numbers, [&](auto number) { return number < rows; })) return numbers;
  if (rows == runs.size() && (!numbered || std::ranges::is_sorted(numbers))) return in_order;
  throw core::FormatError(
      "{} of {} has {} rows for {} runs, and their names end in no numbers from 0 to {} that say which are "
      "theirs",
      labels_dataset, file, rows, runs.size(), rows - 1);
}

}  // namespace

void read_labels(ImageProtocol& protocol, const std::filesystem::path& path, std::int64_t blank) {
  const auto file = io::h5::File::open(path);
  const auto shape = io::h5::dataset_info(file, labels_dataset).shape;
  const auto slots = protocol.slots.count;
  if (shape.size() != 2 || shape[0] == 0 || shape[1] != slots)
    throw core::FormatError("{} of {} has not rows of {} numbers (one row per run, one number per slot)",
                            labels_dataset, path, slots);
  const auto all = io::h5::read_table<std::int64_t>(file, labels_dataset, slots);
  std::vector<std::int64_t> ids;
  for (const auto row : rows_of_runs(protocol.runs, shape[0], path)) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(row * slots);
    ids.insert(ids.end(), first, first + static_cast<std::ptrdiff_t>(slots));
  }
  protocol.shown.assign(ids.size(), ImageProtocol::no_image);
  std::int64_t largest = -1;
  // There cannot be more images than slots to show them in.
  const auto limit = static_cast<std::int64_t>(protocol.images == 0 ? ids.size() : protocol.images);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] == blank) continue;
    if (ids[i] >= limit)
      throw core::FormatError("label {} of {} in {} {} (images have numbers below {}, the blank is {})",
                              ids[i], protocol.runs[i / slots], path, labels_dataset, limit, blank);
    largest = std::max(largest, ids[i]);
    protocol.shown[i] = static_cast<std::int32_t>(ids[i]);
  }
  if (largest < 0) throw core::FormatError("no image in {} {} (all are blanks)", path, labels_dataset);
  if (protocol.images == 0) protocol.images = static_cast<std::size_t>(largest) + 1;
}

std::string result_name(const core::Call& call, const io::Paradigm& paradigm) {
  return result_name(call, run_directories(paradigm, call.base(), call.option()));
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
