// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>

#include "core/ranks/comm.hpp"

/// Adds the benchmark of the exchange between the ranks of `comm`, which must outlive it.
void register_exchange(const striate::core::Comm& comm);

/// What messages cost between the ranks of `comm`, on a node and between nodes, and what each form of
/// exchange takes: writes what cost_model.py reads. Collective.
void measure_exchange(const striate::core::Comm& comm, const std::filesystem::path& file);
