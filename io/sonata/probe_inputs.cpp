// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/probe_inputs.hpp"

#include "core/errors/error.hpp"
#include "io/hdf5/probe.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

std::vector<NamedPath> inputs_of(const std::filesystem::path& config, RunKind kind) {
  try {
    return files_of_config(load_sonata_config(config), kind).inputs;
  } catch (const core::Error&) {
    return {};  // said by who reads it
  }
}

}  // namespace

void probe_inputs(std::span<const std::filesystem::path> configs, RunKind kind, const core::Comm& comm) {
  if (comm.size() <= 1) return;
  if (comm.is_root())
    for (const auto& config : configs)
      for (const auto& input : inputs_of(config, kind))
        if (input.path.extension() == ".h5" && is_there(input.path)) h5::require_probed(input.path, {});
  h5::share_probed(comm);
}

}  // namespace striate::io
