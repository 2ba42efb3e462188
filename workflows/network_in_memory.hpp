// SPDX-License-Identifier: BSD-3-Clause
// The builder's networks for the engine, in memory: where the two meet. What the engine gets is what it would
// read from the files of `striate build`.
#pragma once

#include "builder/spec/spec.hpp"
#include "core/ranks/comm.hpp"
#include "engine/network/made_network.hpp"

namespace striate::workflows {

/// Makes the nodes; edges are made when the engine asks for them. `comm` must outlive the result. Collective.
engine::MadeNetwork make_network(const builder::NetworkSpec& spec, const core::Comm& comm);

}  // namespace striate::workflows
