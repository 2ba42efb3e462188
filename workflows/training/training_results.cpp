// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_results.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/ranks/row_exchange.hpp"
#include "io/generation/generation.hpp"
#include "io/generation/run_record.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/config_files.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;
namespace h5 = io::h5;

constexpr std::uint64_t slab_rows = 1 << 22;

std::string group_of(const TrainingEdgeFile& edges) {
  return "/edges/" + edges.population;
}

void check_groups(const TrainingEdgeFile& edges) {
  const auto file = h5::File::open(edges.file);
  const std::string group = group_of(edges);
  if (!h5::is_group(file, group + "/0"))
    throw core::FormatError("{}:{} has no group 0 of attributes (trained weights are written there)",
                            edges.file, group);
  if (h5::is_group(file, group + "/1"))
    throw core::FormatError("{}:{} has several groups of edges (training writes weights of one)", edges.file,
                            group);
  const std::string index = group + "/edge_group_index";
  if (!h5::is_dataset(file, index)) return;
  for (std::uint64_t first = 0; first < edges.rows; first += slab_rows) {
    const auto rows =
        h5::read_rows<std::uint64_t>(file, index, first, std::min(slab_rows, edges.rows - first));
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i] != first + i)
        throw core::FormatError("{}:{}[{}] = {} (training writes weights of edges in order) sort the file",
                                edges.file, index, first + i, rows[i]);
  }
}

/// Values of all ranks by row, slab by slab, to the root.
class SlabSource {
 public:
  SlabSource(std::span<const std::uint64_t> rows, std::span<const float> values, std::uint64_t total,
             const core::Comm& comm)
      : comm_(comm), total_(total) {
    const core::RowExchange exchange(rows, total, comm);
    share_ = exchange.share();
    values_ = exchange.to_share(values);
  }
  /// Rows [first, first + count) on every rank. Collective.
  std::vector<float> slab(std::uint64_t first, std::uint64_t count) const {
    const std::uint64_t begin = std::clamp(first, share_.first, share_.end),
                        end = std::clamp(first + count, share_.first, share_.end);
    return comm_.all_gather_v(std::span<const float>(values_).subspan(begin - share_.first, end - begin));
  }
  std::uint64_t total() const { return total_; }

 private:
  const core::Comm& comm_;
  std::uint64_t total_;
  core::Share share_{};
  std::vector<float> values_;
};

/// A copy of `edges` with these weights, under its temporary name.
void write_edges(const TrainingEdgeFile& edges, const fs::path& to, const SlabSource& source,
                 const core::Comm& comm) {
  std::optional<h5::File> file;
  const std::string dataset = group_of(edges) + "/0/syn_weight";
  if (comm.is_root()) {
    io::copy_incomplete(edges.file, to);
    file = h5::File::open_to_change(io::incomplete_name(to));
    const std::uint64_t rows = edges.rows;
    if (!h5::is_dataset(*file, dataset)) h5::create_dataset<float>(*file, dataset, std::span(&rows, 1));
  }
  for (std::uint64_t first = 0; first < source.total(); first += slab_rows) {
    const auto values = source.slab(first, std::min(slab_rows, source.total() - first));
    if (file) h5::write_rows<float>(*file, dataset, first, values);
  }
  if (file) file->close();
  comm.barrier();
}

/// Does the configuration run the network with these edges?
bool names(const fs::path& config, const fs::path& edges) {
  const auto document = io::load_sonata_config(config);
  return std::ranges::any_of(document.edges, [&](const auto& entry) {
    return fs::absolute(entry.edges_file).lexically_normal() == fs::absolute(edges).lexically_normal();
  });
}

/// Edges of the network and the file of their trained weights.
struct Written {
  const TrainingEdgeFile& edges;
  const fs::path& to;
};

std::vector<Written> written(const TrainingFiles& files, const TrainingRun& run) {
  std::vector<Written> all{{run.network.recurrent, files.recurrent},
                           {run.network.background, files.background}};
  if (run.preset.train_lgn) all.push_back({run.network.lgn, files.lgn});
  return all;
}

/// The network's configuration with other edges and an output of its own.
io::Json derived_config(const TrainingFiles& files, const std::string& suffix, const TrainingRun& run) {
  auto document = io::read_json(files.config);
  const auto edges = io::Json::json_pointer("/networks/edges");
  for (const auto& [edges_from, to] : written(files, run)) {
    const auto& from = edges_from.file;
    bool found = false;
    if (document.contains(edges) && document[edges].is_array())
      for (auto& entry : document[edges]) {
        const fs::path named = entry.value("edges_file", "");
        if (named.filename() != from.filename()) continue;
        entry["edges_file"] = (named.parent_path() / to.filename()).string();
        found = true;
      }
    if (!found)
      throw core::ConfigError(
          "{}:/networks/edges does not name {} itself (the configuration of option {} is made of it) write "
          "{} by hand, with the edges_file of each kind that ends in _{}.h5",
          files.config, from.filename(), suffix, files.result_config, suffix);
  }
  const auto output = "${configdir}/../output_" + suffix;
  if (document.contains("manifest") && document["manifest"].contains("$OUTPUT_DIR"))
    document["manifest"]["$OUTPUT_DIR"] =
        document["manifest"].contains("$BASE_DIR") ? "$BASE_DIR/output_" + suffix : output;
  else
    document["output"]["output_dir"] = output;
  return document;
}

void write_config(const TrainingFiles& files, const std::string& suffix, const TrainingRun& run) {
  if (fs::exists(files.result_config)) {
    core::log::info("{} is kept", files.result_config);
    return;
  }
  io::write_text_file(files.result_config, derived_config(files, suffix, run).dump(2) + "\n");
  core::log::info("written: {}", files.result_config);
}

/// None of the files is one of the network that is trained.
void check_files(const TrainingFiles& files) {
  std::vector<io::NamedPath> outputs;
  for (const auto& file : {files.recurrent, files.background, files.lgn, files.result_config,
                           files.checkpoint, files.log, files.held_out, files.weights, files.provenance})
    outputs.push_back({file, "training"});
  const auto config = io::load_sonata_config(files.config);
  io::check_outputs(outputs, io::files_of_config(config, io::RunKind::simulation).inputs);
}

}  // namespace

void require_training_name(const std::string& suffix) {
  if (suffix.empty() || suffix.front() == '-' || suffix == "plain" ||
      suffix.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
          std::string::npos)
    throw core::UsageError(
        "invalid --suffix '{}' (letters, digits, _ and -; 'plain' is the network as built)", suffix);
}

TrainingFiles training_files(const fs::path& base, const std::string& suffix) {
  const fs::path folder = base / "training" / suffix;
  return {.config = base / "configs/config_plain.json",
          .recurrent = base / "network" / fmt::format("v1_v1_edges_{}.h5", suffix),
          .background = base / "network" / fmt::format("bkg_v1_edges_{}.h5", suffix),
          .lgn = base / "network" / fmt::format("lgn_v1_edges_{}.h5", suffix),
          .result_config = base / "configs" / fmt::format("config_{}.json", suffix),
          .folder = folder,
          .checkpoint = folder / "checkpoint.h5",
          .log = folder / "log.csv",
          .held_out = folder / "held_out.csv",
          .weights = folder / "weights.csv",
          .provenance = folder / "provenance.txt"};
}

void require_writable(const TrainingFiles& files, const std::string& suffix, const TrainingRun& run) {
  if (run.comm.is_root()) {
    check_files(files);
    const bool derived = !fs::exists(files.result_config);
    if (derived) derived_config(files, suffix, run);
    for (const auto& [edges, to] : written(files, run)) {
      check_groups(edges);
      if (!derived && !names(files.result_config, to))
        throw core::ConfigError(
            "{} is there and does not use {} (option {} is something else than this training makes) choose "
            "another --suffix",
            files.result_config, to, suffix);
    }
    if (!derived && !run.preset.train_lgn && names(files.result_config, files.lgn))
      throw core::ConfigError(
          "{} uses {} (weights of the LGN trained before, which this preset does not train) choose another "
          "--suffix, or remove both",
          files.result_config, files.lgn);
  }
  run.comm.barrier();
}

void write_trained_network(const TrainingFiles& files, const std::string& suffix, const TrainingRun& run,
                           const training::PerSynapse<float>& weights) {
  const auto& circuit = run.circuit;
  const auto& comm = run.comm;
  std::vector<float> values;
  const auto add = [&](float weight, std::uint32_t own_cell) {
    values.push_back(static_cast<float>(static_cast<double>(weight) *
                                        run.network.cells.threshold_mv[run.ranks.global(own_cell)]));
  };
  const auto write = [&](const TrainingEdgeFile& edges, const fs::path& to,
                         std::span<const std::uint64_t> rows) {
    write_edges(edges, to, SlabSource(rows, values, edges.rows, comm), comm);
    values.clear();
  };
  values.reserve(circuit.recurrent.size());
  for (std::size_t i = 0; i < circuit.recurrent.size(); ++i)
    add(weights.recurrent[i], circuit.recurrent.slots[circuit.recurrent.slot[i]].target);
  write(run.network.recurrent, files.recurrent, circuit.recurrent.row.all());
  for (std::size_t i = 0; i < circuit.noise.size(); ++i) add(weights.noise[i], circuit.noise.target[i]);
  write(run.network.background, files.background, circuit.noise.row);
  if (const auto& drive = circuit.drive; drive.trained) {
    values.reserve(drive.size());
    for (std::uint32_t cell = 0; cell < circuit.own; ++cell)
      for (auto [e, end] = drive.edges_of(cell); e < end; ++e) add(weights.drive[e], cell);
    write(run.network.lgn, files.lgn, drive.row.all());
  }
  std::vector<fs::path> complete;
  for (const auto& [edges, to] : written(files, run)) complete.push_back(to);
  io::publish_run({.folder = files.folder,
                   .attributes = io::network_of(run.network.recurrent.file.parent_path()),
                   .files = complete},
                  comm);
  for (const auto& to : complete)
    if (comm.is_root()) core::log::info("written: {}", to);
  if (comm.is_root()) write_config(files, suffix, run);
  comm.barrier();
}

}  // namespace striate::workflows
