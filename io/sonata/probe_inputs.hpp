// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <span>

#include "core/ranks/comm.hpp"
#include "io/sonata/config_files.hpp"

namespace striate::io {

/// The root has all HDF5 files that the configurations read looked through (io/hdf5/probe.hpp), so that no
/// other rank needs to. What else is wrong with them is left to whoever reads them. Collective.
void probe_inputs(std::span<const std::filesystem::path> configs, RunKind kind, const core::Comm& comm);

}  // namespace striate::io
