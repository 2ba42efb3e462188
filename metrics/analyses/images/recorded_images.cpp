// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/recorded_images.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <variant>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "io/hdf5/h5.hpp"
#include "metrics/recorded/unit_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
constexpr const char *counts_dataset = "/spike_counts", *units_dataset = "/unit_ids",
                     *scenes_dataset = "/scene_ids";

/// The cells, and the column of spike_counts of each.
struct Units {
  Cells cells;
  std::vector<std::size_t> column;
};

Units units_with_types(const std::vector<std::uint64_t>& ids,
                       const std::map<std::uint64_t, std::string>& types, const fs::path& file) {
  Units units;
  auto& cells = units.cells;
  cells.nodes_file = file;
  std::map<std::uint64_t, std::size_t> columns;  // ascending, as the rows of Cells are
  for (std::size_t k = 0; k < ids.size(); ++k)
    if (!columns.emplace(ids[k], k).second)
      throw core::FormatError("unit {} twice in {} {}", ids[k], file, units_dataset);
  for (const auto& [id, place] : columns) {
    const auto found = types.find(id);
    if (found == types.end()) continue;
    const auto name = std::ranges::find(cells.type_names, found->second);
    const auto index = static_cast<std::uint32_t>(name - cells.type_names.begin());
    if (name == cells.type_names.end()) cells.type_names.push_back(found->second);
    cells.node_id.push_back(id);
    cells.type.push_back(index);
    cells.population.push_back(index);
    cells.core.push_back(1);
    units.column.push_back(place);
  }
  cells.population_names = cells.type_names;
  return units;
}

/// [image][presentation] rows of spike_counts.
std::vector<std::vector<std::size_t>> rows_of_images(const std::vector<std::int64_t>& scenes,
                                                     const fs::path& file) {
  const auto last = scenes.empty() ? -1 : std::ranges::max(scenes);
  if (last < 0 || static_cast<std::size_t>(last) >= scenes.size())
    throw core::FormatError("{} of {} has no image, or larger numbers than presentations", scenes_dataset,
                            file);
  std::vector<std::vector<std::size_t>> rows(static_cast<std::size_t>(last) + 1);
  for (std::size_t row = 0; row < scenes.size(); ++row)
    if (scenes[row] >= 0) rows[static_cast<std::size_t>(scenes[row])].push_back(row);
  return rows;
}

Count checked_count(double value, const fs::path& file) {
  if (!(value >= 0) || value != std::floor(value) || value > std::numeric_limits<Count>::max())
    throw core::FormatError("invalid count {} in {} {} (must be a whole number below 65536)", value, file,
                            counts_dataset);
  return static_cast<Count>(value);
}

/// The rows of tables with the same columns one after another.
void append_rows(Table& table, const Table& more) {
  if (table.columns.empty()) {
    table = more;
    return;
  }
  for (std::size_t k = 0; k < table.columns.size(); ++k)
    std::visit(
        [&](auto& values) {
          const auto& others = std::get<std::remove_reference_t<decltype(values)>>(more.columns[k].values);
          values.insert(values.end(), others.begin(), others.end());
        },
        table.columns[k].values);
}

/// Calls `visit(session)` for those that have enough units. Throws UsageError when none has.
template <class Visit>
void for_sessions(const RecordedImagesRequest& request, const core::Comm& comm, const Visit& visit) {
  std::size_t used = 0;
  for (const auto& file : request.sessions) {
    const auto session = read_session(file, request.types, request.slot_ms, comm);
    if (session.units.size() < fewest_recorded_units) {
      if (comm.is_root())
        core::log::warning("{} is left out ({} units have a type in {}, fewer than {})", file,
                           session.units.size(), request.types, fewest_recorded_units);
      continue;
    }
    visit(session);
    ++used;
  }
  if (used == 0)
    throw core::UsageError("no session with {} units that have a type in {} (nothing to analyse)",
                           fewest_recorded_units, request.types);
}

Provenance provenance_of(const RecordedImagesRequest& request, const char* kind) {
  Provenance provenance{.kind = kind,
                        .inputs = {request.types.string()},
                        .options = {{"counted for (ms)", fmt::format("{}", request.slot_ms)}}};
  for (const auto& file : request.sessions) provenance.inputs.push_back(file.string());
  return provenance;
}

RecordedImagesRequest request_of(const core::Call& call) {
  const auto types = path_if(call.values, "cell-types"), output = path_if(call.values, "output_dir");
  if (!types || !output)
    throw core::UsageError(
        "missing --cell-types or -o (cell types of the units, and where tables go) give both");
  RecordedImagesRequest request{.sessions = {},
                                .types = *types,
                                .output_directory = *output,
                                .name = call.values.text("dataset"),
                                .slot_ms = call.values.number("counted")};
  core::require_network_option(request.name, "--dataset");
  for (const auto& file : call.arguments.at("FILE")) request.sessions.emplace_back(file);
  return request;
}

}  // namespace

RecordedSession read_session(const fs::path& path, const fs::path& types, double slot_ms,
                             const core::Comm& comm) {
  core::require_readable(path, "recorded responses to images");
  const auto file = io::h5::File::open(path);
  const auto ids = io::h5::read<std::uint64_t>(file, units_dataset);
  const auto rows = rows_of_images(io::h5::read<std::int64_t>(file, scenes_dataset), path);
  const auto shape = io::h5::dataset_info(file, counts_dataset).shape;
  const auto presented = io::h5::dataset_info(file, scenes_dataset).shape;
  if (shape.size() != 2 || shape[0] != presented.at(0) || shape[1] != ids.size())
    throw core::FormatError("{} of {} has not a row for each of {} and a column for each of {}",
                            counts_dataset, path, scenes_dataset, units_dataset);
  const auto all = io::h5::read_table<double>(file, counts_dataset, shape[1]);
  auto units = units_with_types(ids, read_unit_types(types), path);

  RecordedSession session{
      .name = path.stem().string(), .units = std::move(units.cells), .counts = {}, .protocol = {}};
  std::size_t runs = rows.front().size(), dropped = 0;
  for (const auto& of_image : rows) runs = std::min(runs, of_image.size());
  for (const auto& of_image : rows) dropped += of_image.size() - runs;
  if (runs == 0)
    throw core::FormatError("an image is never shown in {} {} (numbers from 0 to {} are images)", path,
                            scenes_dataset, rows.size() - 1);
  if (dropped > 0 && comm.is_root())
    core::log::warning("{} presentations of {} are left out (every image is used {} times)", dropped, path,
                       runs);
  session.protocol = {.runs = std::vector<fs::path>(runs, path),
                      .slots = {.begin_s = 0, .width_s = slot_ms / 1000, .count = rows.size()},
                      .images = rows.size(),
                      .shown = {}};
  const auto share = core::contiguous_share(session.units.size(), comm.rank(), comm.size());
  session.counts = {.cells = share,
                    .trials = runs,
                    .bins = rows.size(),
                    .missing = std::vector<char>(runs, 0),
                    .values = {}};
  for (std::size_t run = 0; run < runs; ++run)
    for (std::size_t image = 0; image < rows.size(); ++image) {
      session.protocol.shown.push_back(static_cast<std::int32_t>(image));
      for (auto unit = share.first; unit < share.end; ++unit)
        session.counts.values.push_back(
            checked_count(all[rows[image][run] * shape[1] + units.column[unit]], path));
    }
  return session;
}

std::vector<fs::path> make_recorded_images(const RecordedImagesRequest& request, const core::Comm& comm) {
  Table unit_rows;
  Cells all;  // of all sessions, for the table of types
  std::vector<ImageResponse> all_responses;
  std::size_t images = 0;
  for_sessions(request, comm, [&](const RecordedSession& session) {
    const auto sums = sum_by_image(session.counts, session.protocol);
    const auto times = presentations(session.protocol);
    if (images != 0 && images != session.protocol.images)
      throw core::FormatError("{} images in {}, {} in another session (they must have the same)",
                              session.protocol.images, session.units.nodes_file, images);
    images = session.protocol.images;
    std::vector<ImageResponse> local;
    for (std::size_t unit = 0; unit < session.counts.cells.count(); ++unit)
      local.push_back(image_response(std::span(sums).subspan(unit * images, images), times,
                                     session.protocol.slots.width_s));
    const auto responses = gather_to_root(std::span<const ImageResponse>(local), comm);
    if (!comm.is_root()) return;
    append_rows(unit_rows, image_unit_table(session.name, request.name, session.units, responses));
    all_responses.insert(all_responses.end(), responses.begin(), responses.end());
    for (std::size_t unit = 0; unit < session.units.size(); ++unit) {
      const auto& type = session.units.type_of(unit);
      const auto name = std::ranges::find(all.type_names, type);
      all.type.push_back(static_cast<std::uint32_t>(name - all.type_names.begin()));
      if (name == all.type_names.end()) all.type_names.push_back(type);
      all.node_id.push_back(session.units.node_id[unit]);
    }
  });
  const std::vector<fs::path> files{
      request.output_directory / fmt::format("selectivity_{}_by_unit.csv", request.name),
      request.output_directory / fmt::format("selectivity_{}_by_type.csv", request.name)};
  if (!comm.is_root()) return files;
  const auto provenance = provenance_of(request, "recorded-images");
  write_csv(files[0], unit_rows, ',', provenance);
  write_csv(files[1], image_type_table(request.name, all, all_responses, images), ',', provenance);
  return files;
}

std::vector<fs::path> make_recorded_decoding(const RecordedImagesRequest& request,
                                             const DecoderOptions& options, const core::Comm& comm) {
  DecodingTables all;
  for_sessions(request, comm, [&](const RecordedSession& session) {
    const auto decoded = decode(options, session.units, session.counts, session.protocol, comm);
    if (!comm.is_root()) return;
    const auto own = decoding_tables(session.name, options, decoded);
    append_rows(all.summary, own.summary);
    append_rows(all.templates, own.templates);
    append_rows(all.folds, own.folds);
    append_rows(all.confusion, own.confusion);
  });
  const auto files = decoding_paths(request.output_directory, request.name, options);
  if (comm.is_root()) write_decoding(files, options, all, provenance_of(request, "recorded-decoding"));
  return files;
}

std::vector<fs::path> run_recorded_images(const core::Call& call, const core::Comm& world) {
  return make_recorded_images(request_of(call), world);
}

std::vector<fs::path> run_recorded_decoding(const core::Call& call, const core::Comm& world) {
  return make_recorded_decoding(request_of(call), decoder_options(call.values), world);
}

}  // namespace striate::metrics
