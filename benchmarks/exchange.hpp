// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ranks/comm.hpp"

/// Adds the benchmark of the exchange between the ranks of `comm`, which must outlive it.
void register_exchange(const striate::core::Comm& comm);
