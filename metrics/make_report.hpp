// SPDX-License-Identifier: BSD-3-Clause
// `striate report`: the page with all figures whose tables are there.
#pragma once

#include "core/kinds.hpp"

namespace striate::metrics {

const core::Kind& report_kind();

}  // namespace striate::metrics
