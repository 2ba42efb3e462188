// SPDX-License-Identifier: BSD-3-Clause
// `striate report`: the page with all figures whose tables are there.
#pragma once

#include <functional>

#include "core/kinds.hpp"
#include "core/ranks/comm.hpp"
#include "metrics/report/report.hpp"

namespace striate::metrics {

/// What the LGN was shown, drawn into a folder by those who know stimuli.
using DrawStimuli = std::function<std::vector<ReportStimulus>(const std::filesystem::path& folder)>;

/// Writes the page. Returns its file.
std::vector<std::filesystem::path> make_report(const core::Call& call, const core::Comm& world,
                                               const DrawStimuli& draw_stimuli);

/// The bytes of a picture that was drawn.
std::string picture_bytes(const std::filesystem::path& file);

}  // namespace striate::metrics
