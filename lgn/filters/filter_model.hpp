// SPDX-License-Identifier: BSD-3-Clause
// Parameters of an LGN cell from a JSON file (dynamics_params below components.filter_models_dir), as
// FilterNet's tutorials and the Allen Institute's fitted filters have them.
#pragma once

#include <filesystem>
#include <optional>

#include "lgn/filters/temporal_filter.hpp"

namespace striate::lgn {

struct FilterModel {
  std::optional<TemporalParameters> temporal;  ///< opt_wts, opt_kpeaks (ms), opt_delays (ms)
  std::optional<double> spatial_size_deg, spontaneous_hz;
};

/// Throws MissingFileError, FormatError naming file and key. Keys without a meaning here are warned about.
FilterModel read_filter_model(const std::filesystem::path& file);

}  // namespace striate::lgn
