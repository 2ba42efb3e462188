// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_checkpoint.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/ranks/row_exchange.hpp"
#include "io/checkpoint/checkpoint_file.hpp"
#include "io/hdf5/h5.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::workflows {
namespace {

namespace h5 = io::h5;
using training::lanes;
using training::state_variables;

constexpr std::uint64_t state_row = state_variables * lanes;

/// One kind of synapses: its columns, in memory and in the file.
class Columns {
 public:
  Columns(std::string group, std::span<const std::uint64_t> rows, std::uint64_t total, const core::Comm& comm)
      : group_(std::move(group)), total_(total), exchange_(rows, total, comm) {}

  void write(const h5::File& file, const char* name, const core::HugeVector<float>& values) const {
    const std::string dataset = group_ + "/" + name;
    h5::create_dataset<float>(file, dataset, std::span(&total_, 1));
    const auto share = exchange_.to_share(std::span<const float>(values));
    h5::write_rows_collective<float>(file, dataset, exchange_.share().first, share);
  }
  void read(const h5::File& file, const char* name, core::HugeVector<float>& values) const {
    const std::string dataset = group_ + "/" + name;
    if (!h5::is_dataset(file, dataset)) return;
    const auto share =
        h5::read_rows<float>(file, dataset, exchange_.share().first, exchange_.share().count());
    const auto own = exchange_.from_share(std::span<const float>(share));
    values.resize(own.size());
    std::ranges::copy(own, values.begin());
  }

 private:
  std::string group_;
  std::uint64_t total_;
  core::RowExchange exchange_;
};

std::uint64_t attribute_count(const h5::File& file, const char* name) {
  const auto text = h5::string_attribute(file, "/", name);
  return text ? std::stoull(*text) : 0;
}

/// Empty vectors on ranks without synapses must still take part: whether a column exists is decided by all.
bool any(const core::HugeVector<float>& values, const core::Comm& comm) {
  return comm.max(std::int64_t{values.empty() ? 0 : 1}) != 0;
}

void write_gray(const h5::File& file, const TrainingRun& run, const core::Comm& comm) {
  const auto& states = run.session->gray_start();
  const std::uint64_t cells = run.circuit.cells;
  for (std::size_t g = 0; g < states.size(); ++g) {
    const std::string group = fmt::format("/gray/{}", g);
    const std::uint64_t shape[2] = {cells, state_row};
    h5::create_dataset<float>(file, group + "/state", shape);
    std::vector<std::uint64_t> rows;
    for (std::uint32_t i = 0; i < run.circuit.own; ++i) rows.push_back(run.ranks.global(i));
    const core::RowExchange exchange(rows, cells, comm);
    struct Row {
      float values[state_row];
    };
    std::vector<Row> own(run.circuit.own);
    for (std::size_t i = 0; i < own.size(); ++i)
      std::copy_n(states[g].cells.data() + i * state_row, state_row, own[i].values);
    const auto share = exchange.to_share(std::span<const Row>(own));
    h5::write_rows_collective<float>(
        file, group + "/state", exchange.share().first,
        std::span(share.empty() ? nullptr : share.front().values, share.size() * state_row));
    std::vector<std::int64_t> spikes;
    const auto& recent = states[g].recent;
    for (int step = recent.first_step(); step < recent.end_step(); ++step)
      for (const auto& spike : recent.at(step))
        for (const std::int64_t x :
             {std::int64_t{step}, std::int64_t{spike.cell}, std::int64_t{spike.trials}})
          spikes.push_back(x);
    h5::write<std::int64_t>(file, group + "/spikes", spikes);  // the same on all ranks
  }
}

std::vector<training::State<float>> read_gray(const h5::File& file, const TrainingRun& run,
                                              const core::Comm& comm) {
  std::vector<training::State<float>> states;
  for (std::size_t g = 0; h5::is_group(file, fmt::format("/gray/{}", g)); ++g) {
    const std::string group = fmt::format("/gray/{}", g);
    auto state = training::rest(run.circuit);
    std::vector<std::uint64_t> rows;
    for (std::uint32_t i = 0; i < run.circuit.own; ++i) rows.push_back(run.ranks.global(i));
    const core::RowExchange exchange(rows, run.circuit.cells, comm);
    struct Row {
      float values[state_row];
    };
    const auto values = h5::read_table_rows<double>(file, group + "/state", state_row, exchange.share().first,
                                                    exchange.share().count());
    std::vector<Row> share(exchange.share().count());
    for (std::size_t i = 0; i < share.size(); ++i)
      std::transform(values.data() + i * state_row, values.data() + (i + 1) * state_row, share[i].values,
                     [](double value) { return static_cast<float>(value); });
    const auto own = exchange.from_share(std::span<const Row>(share));
    for (std::size_t i = 0; i < own.size(); ++i)
      std::copy_n(own[i].values, state_row, state.cells.data() + i * state_row);
    const auto spikes = h5::read<std::int64_t>(file, group + "/spikes");
    training::SpikeTable recent(state.recent.first_step());
    std::size_t at = 0;
    std::vector<training::StepSpikes> of_step;
    for (int step = recent.first_step(); step < 0; ++step) {
      of_step.clear();
      for (; at < spikes.size() && spikes[at] == step; at += 3)
        of_step.push_back({.cell = static_cast<std::uint32_t>(spikes[at + 1]),
                           .trials = static_cast<std::uint32_t>(spikes[at + 2])});
      recent.append(of_step);
    }
    state.recent = std::move(recent);
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& file, const TrainingRun& run,
                      const TrainingProgress& progress, const core::Comm& comm) {
  auto out = h5::File::create(io::incomplete_name(file), comm);
  const auto& learner = run.session->learner();
  const auto write_columns = [&](const std::string& group, std::span<const std::uint64_t> rows,
                                 std::uint64_t total, const core::HugeVector<float>& weights,
                                 const training::Moments<float>& moments,
                                 const core::HugeVector<float>& best) {
    const Columns columns(group, rows, total, comm);
    columns.write(out, "weight", weights);
    if (any(moments.first, comm)) {
      columns.write(out, "first_moment", moments.first);
      columns.write(out, "second_moment", moments.second);
    }
    if (progress.best_step > 0 && any(best, comm)) columns.write(out, "best", best);
  };
  write_columns("/recurrent", run.circuit.recurrent.row.all(), run.network.recurrent.rows,
                learner.weights.recurrent, learner.recurrent, progress.best.recurrent);
  write_columns("/background", run.circuit.noise.row, run.network.background.rows, learner.weights.noise,
                learner.noise, progress.best.noise);
  if (run.circuit.drive.trained)
    write_columns("/lgn", run.circuit.drive.row.all(), run.network.lgn.rows, learner.weights.drive,
                  learner.drive, progress.best.drive);
  h5::write<double>(out, "/cells/mean_rate", learner.mean_rate);
  write_gray(out, run, comm);
  const auto attribute = [&](const char* name, const std::string& value) {
    h5::write_attribute(out, "/", name, value);
  };
  attribute("iteration", std::to_string(learner.iteration));
  attribute("steps", std::to_string(progress.steps_done));
  attribute("best_step", std::to_string(progress.best_step));
  attribute("best_total", fmt::format("{}", progress.best_total));
  attribute("weights_hash", run.network.weights_hash);
  attribute("settings", to_text(run.preset));
  out.close();
  io::publish_checkpoint(file, comm);
}

TrainingProgress read_checkpoint(const std::filesystem::path& file, TrainingRun& run,
                                 const core::Comm& comm) {
  const auto in = h5::File::open(file, comm);
  const auto text = [&](const char* name) { return h5::string_attribute(in, "/", name).value_or(""); };
  const std::string now = to_text(run.preset), then = text("settings");
  if (now != then) {
    std::size_t at = 0;
    while (at < now.size() && at < then.size() && now[at] == then[at]) ++at;
    const auto line = [&](const std::string& all) {
      const auto begin = at == 0 ? 0 : all.rfind('\n', at - 1) + 1;
      return all.substr(begin, all.find('\n', begin) - begin);
    };
    throw core::ConfigError("{} was written with other settings ('{}', now '{}') go on with the same ones",
                            file, line(then), line(now));
  }
  // After the settings, which say what weights count.
  if (text("weights_hash") != run.network.weights_hash)
    throw core::ConfigError(
        "{} belongs to other weights (the network has changed since) train anew with --force", file);
  TrainingProgress progress;
  auto& learner = run.session->learner();
  const auto read_columns = [&](const std::string& group, std::span<const std::uint64_t> rows,
                                std::uint64_t total, core::HugeVector<float>& weights,
                                training::Moments<float>& moments, core::HugeVector<float>& best) {
    const Columns columns(group, rows, total, comm);
    columns.read(in, "weight", weights);
    columns.read(in, "first_moment", moments.first);
    columns.read(in, "second_moment", moments.second);
    columns.read(in, "best", best);
  };
  read_columns("/recurrent", run.circuit.recurrent.row.all(), run.network.recurrent.rows,
               learner.weights.recurrent, learner.recurrent, progress.best.recurrent);
  read_columns("/background", run.circuit.noise.row, run.network.background.rows, learner.weights.noise,
               learner.noise, progress.best.noise);
  if (run.circuit.drive.trained)
    read_columns("/lgn", run.circuit.drive.row.all(), run.network.lgn.rows, learner.weights.drive,
                 learner.drive, progress.best.drive);
  learner.mean_rate = h5::read<double>(in, "/cells/mean_rate");
  if (learner.mean_rate.size() != run.circuit.cells)
    throw core::FormatError("{}:/cells/mean_rate has {} values (the network has {} cells)", file,
                            learner.mean_rate.size(), run.circuit.cells);
  learner.iteration = attribute_count(in, "iteration");
  progress.steps_done = attribute_count(in, "steps");
  progress.best_step = attribute_count(in, "best_step");
  progress.best_total = std::stod(text("best_total"));
  run.session->set_gray_start(read_gray(in, run, comm));
  return progress;
}

}  // namespace striate::workflows
