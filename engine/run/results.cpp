// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/results.hpp"

#include "io/generation/run_record.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::engine {

void write_results(const Trial& trial, SpikeRecorder& spikes, std::vector<Recorder>& recorders,
                   const core::Comm& comm) {
  std::vector<std::filesystem::path> written;
  for (auto& recorder : recorders) {
    recorder.finish();
    written.push_back(recorder.file());
  }
  for (const auto& file : spikes.write(trial.attributes)) written.push_back(file);
  const auto copy = trial.spec.files.output(io::config_copy);
  const auto& whole = trial.config.whole;
  if (copy) {
    written.push_back(*copy);
    if (comm.is_root())
      io::write_incomplete_text(*copy,
                                io::indented_text(whole.is_null() ? trial.config.document : whole) + "\n");
  }
  io::publish_run(
      {.folder = trial.spec.output.directory, .attributes = trial.attributes, .files = std::move(written)},
      comm);
}

}  // namespace striate::engine
