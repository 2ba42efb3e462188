// SPDX-License-Identifier: BSD-3-Clause
// `striate report`: the page of metrics, with pictures of the stimuli.
#pragma once

#include "core/kinds.hpp"

namespace striate::workflows {

const core::Kind& report_kind();

}  // namespace striate::workflows
