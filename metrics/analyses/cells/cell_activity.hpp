// SPDX-License-Identifier: BSD-3-Clause
// What other tables say of the activity of single cells: tuning and sparsity from gratings, selectivity and
// rates from images.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/base/cells.hpp"
#include "metrics/base/tuning_table.hpp"
#include "metrics/options/metric_options.hpp"

namespace striate::metrics {

/// [cell row]; NaN without a value.
struct CellActivity {
  TuningColumns tuning;
  std::vector<double> grating_sparsity;
  std::vector<double> image_selectivity, image_rate;  ///< all NaN without a table of images
  std::vector<std::string> inputs;  ///< the files read
};

/// OSI_DSI_DF_OPT.csv of `odsi` and dg_trial_averaged_sparsity_OPT.h5 of `sparsity` in BASE/metrics, which
/// must be there, and `images`, else selectivity_model_by_unit_OPT.csv of `images` in BASE/metrics, which
/// need not: a warning says that it is absent. One rank calls this.
CellActivity read_activity(const std::filesystem::path& base, const std::string& option, const Cells& cells,
                           const std::optional<std::filesystem::path>& images);

namespace options {
inline constexpr Option unit_images{.name = "units",
                                    .value = "FILE",
                                    .help =
                                        "table of units that 'images' made (BASE/metrics/"
                                        "selectivity_model_by_unit_OPT.csv, if it is there)"};
}  // namespace options

}  // namespace striate::metrics
