// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/spikes/background_spikes.hpp"

#include <cmath>
#include <random>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/progress.hpp"
#include "core/values/random.hpp"
#include "io/generation/output_lock.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::lgn {
namespace {

namespace fs = std::filesystem;

constexpr double bin_s = 0.25e-3;
constexpr const char* population = core::background_population;

/// The operations and their order fix the last bit.
double bin_time_ms(std::uint64_t bin) {
  return static_cast<double>(bin + 1) * bin_s * 1000 + 0.01;
}

/// NumPy's legacy random_sample(): 53 bits of two outputs.
double legacy_uniform(std::mt19937& generator) {
  const auto high = static_cast<std::uint32_t>(generator() >> 5),
             low = static_cast<std::uint32_t>(generator() >> 6);
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

template <class Uniform>
void append_unit(std::uint64_t unit, std::uint64_t bins, double probability, Uniform uniform,
                 io::SpikeTrains& spikes) {
  for (std::uint64_t bin = 0; bin < bins; ++bin)
    if (uniform() < probability) {
      spikes.time_ms.push_back(bin_time_ms(bin));
      spikes.node_id.push_back(unit);
    }
}

io::SpikeTrains regular_spikes(const BackgroundTrain& train) {
  io::SpikeTrains spikes;
  for (int k = 1; k * 100 <= train.duration_s * 1000; ++k) {
    spikes.time_ms.push_back(k * 100);
    spikes.node_id.push_back(0);
  }
  return spikes;
}

/// What a file's spikes depend on, beside the seed.
io::RunAttributes attributes_of(const BackgroundTrain& train, const BackgroundOptions& options) {
  auto attributes = options.network;
  attributes.seed = train.seed;
  attributes.config_hash =
      io::short_hash(fmt::format("background {} Hz {} s {} units {} {}", train.rate_hz, train.duration_s,
                                 options.units, train.regular ? "regular" : "random",
                                 options.random == BackgroundRandom::reference ? "reference" : "counter"));
  return attributes;
}

void write_gids(const BackgroundTrain& train, const io::SpikeTrains& spikes,
                const io::RunAttributes& attributes) {
  auto file = io::h5::File::create(io::incomplete_name(train.file));
  io::write_run_attributes(file, attributes);
  io::h5::create_group(file, "/spikes");
  const std::uint64_t rows = spikes.size();
  const io::h5::Storage storage{.deflate = train.regular ? 0 : 6,
                                .chunk_rows = train.regular || rows == 0 ? 0 : std::uint64_t{1} << 16};
  if (train.regular) {
    io::h5::write<std::uint64_t>(file, "/spikes/gids", spikes.node_id);
  } else {
    const std::vector<std::int64_t> gids(spikes.node_id.begin(), spikes.node_id.end());
    io::h5::write<std::int64_t>(file, "/spikes/gids", gids, storage);
  }
  io::h5::write<double>(file, "/spikes/timestamps", spikes.time_ms, storage);
  file.close();
  io::publish(train.file);
}

void write_train(const BackgroundTrain& train, const BackgroundOptions& options) {
  io::make_folder(train.file.parent_path());
  auto spikes = background_spikes(train, options.units, options.random);
  if (options.layout == BackgroundLayout::gids) {
    write_gids(train, spikes, attributes_of(train, options));
    return;
  }
  const io::OutputSpikes output[] = {
      {.population = population, .time_ms = std::move(spikes.time_ms), .node_id = std::move(spikes.node_id)}};
  io::write_spikes_h5(
      train.file, output,
      {.order = io::SpikeOrder::by_id, .deflate = 6, .attributes = attributes_of(train, options)},
      core::Comm());
}

}  // namespace

io::SpikeTrains background_spikes(const BackgroundTrain& train, std::uint64_t units,
                                  BackgroundRandom random) {
  if (train.regular) return regular_spikes(train);
  const double probability = train.rate_hz * bin_s;
  const auto bins = static_cast<std::uint64_t>(std::floor(train.duration_s / bin_s * (1 + 1e-12)));
  io::SpikeTrains spikes;
  const double expected = probability * static_cast<double>(bins) * static_cast<double>(units);
  spikes.time_ms.reserve(static_cast<std::size_t>(expected * 1.02 + 1000));
  spikes.node_id.reserve(spikes.time_ms.capacity());
  std::mt19937 legacy(static_cast<std::mt19937::result_type>(train.seed));
  for (std::uint64_t unit = 0; unit < units; ++unit) {
    if (random == BackgroundRandom::reference) {
      append_unit(
          unit, bins, probability, [&] { return legacy_uniform(legacy); }, spikes);
    } else {
      core::RandomStream own(train.seed, core::Purpose::background_spike, unit);
      append_unit(
          unit, bins, probability, [&] { return own.uniform(); }, spikes);
    }
  }
  return spikes;
}

std::vector<BackgroundTrain> standard_background() {
  std::vector<BackgroundTrain> trains;
  struct Rate {
    const char* name;
    double hz;
  };
  for (const Rate rate : {Rate{"1kHz", 1000}, Rate{"250Hz", 250}, Rate{"full", 4000}})
    for (const int seconds : {10, 3})
      trains.push_back({.file = fmt::format("bkg/bkg_spikes_{}_{}s.h5", rate.name, seconds),
                        .rate_hz = rate.hz,
                        .duration_s = static_cast<double>(seconds),
                        .seed = 0});
  trains.push_back({.file = "bkg/bkg_spikes_regular_1s.h5", .regular = true, .duration_s = 1});
  return trains;
}

void write_background(const std::vector<BackgroundTrain>& trains, const fs::path& directory,
                      const BackgroundOptions& options, const core::Comm& comm) {
  std::vector<fs::path> files;
  for (const auto& train : trains) files.push_back(directory / train.file);
  const auto locks = io::lock_files(files, comm);
  core::Progress progress("background spikes", static_cast<double>(trains.size()),
                          core::shows_progress(comm));
  if (comm.is_root()) io::remove_leftovers(files);
  const auto step = static_cast<std::size_t>(comm.size());
  for (std::size_t k = static_cast<std::size_t>(comm.rank()); k < trains.size(); k += step) {
    BackgroundTrain train = trains[k];
    train.file = directory / train.file;
    write_train(train, options);
    if (progress.due()) progress.update(static_cast<double>(k + 1), train.file.filename().string());
  }
  comm.barrier();
  progress.finish("");
}

}  // namespace striate::lgn
