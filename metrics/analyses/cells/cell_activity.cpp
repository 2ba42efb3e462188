// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/cells/cell_activity.hpp"

#include <system_error>

#include "core/log.hpp"
#include "core/values/nan.hpp"
#include "metrics/analyses/images/image_selectivity.hpp"
#include "metrics/analyses/tuning/grating_sparsity.hpp"
#include "metrics/analyses/tuning/odsi.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

void read_images(CellActivity& activity, const fs::path& file, const Cells& cells) {
  const auto table =
      io::read_delimited_table(file, ',', "image responses of cells; run 'striate metrics images'");
  const auto selectivity = table.column("image_selectivity"), rate = table.column("firing_rate(Hz)");
  const auto rows = cells_of_rows(table, cells);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    activity.image_selectivity[rows[i]] = number_or_nan(table, table.rows[i], selectivity);
    activity.image_rate[rows[i]] = number_or_nan(table, table.rows[i], rate);
  }
}

}  // namespace

CellActivity read_activity(const fs::path& base, const std::string& option, const Cells& cells,
                           const std::optional<fs::path>& images) {
  const auto tables = base / "metrics";
  const auto tuning_file = table_file(odsi_files.items[0], tables, option),
             sparsity_file = table_file(sparsity_files.items[0], tables, option),
             usual_images = table_file(images_files.items[0], tables, option);
  CellActivity activity{.tuning = read_tuning(tuning_file, cells),
                        .grating_sparsity = read_grating_sparsity(sparsity_file, cells),
                        .image_selectivity = std::vector<double>(cells.size(), core::nan),
                        .image_rate = std::vector<double>(cells.size(), core::nan),
                        .inputs = {tuning_file.string(), sparsity_file.string()}};
  std::error_code ignored;
  const auto images_file = images.value_or(usual_images);
  if (images || fs::exists(images_file, ignored)) {
    read_images(activity, images_file, cells);
    activity.inputs.push_back(images_file.string());
  } else {
    core::log::warning("no {} (responses to images are NaN) 'striate metrics images' makes it", images_file);
  }
  return activity;
}

}  // namespace striate::metrics
