// SPDX-License-Identifier: BSD-3-Clause
#include "cli/metrics/metrics_kinds.hpp"

namespace striate::cli {
namespace {

constexpr Command kinds[] = {
    {"odsi", "orientation and direction selectivity from drifting gratings", run_metrics_odsi},
    {"rates", "firing rates in any window, by cell and by type", run_metrics_rates},
    {"similarity", "1 - KS distance to Neuropixels recordings by cell type", run_metrics_similarity},
    {"sparsity", "stimulus selectivity over grating directions", run_metrics_sparsity},
    {"contrast", "responses to gratings of six contrasts", run_metrics_contrast},
    {"preferred-direction", "weights against the difference of preferred directions",
     run_metrics_preferred_direction},
    {"fano", "population Fano factor for bins of 1 ms to 1 s", run_metrics_fano},
    {"spectra", "power spectra of cell types by contrast and direction", run_metrics_spectra},
    {"suppression", "percent change of responses by silencing a cohort", run_metrics_suppression},
    {"weights", "distributions of weights and where the weight of cells goes", run_metrics_weights},
    {"if-curves", "firing rates of cell models under constant currents", run_metrics_if_curves},
    {"target-current", "current that makes models fire as recorded cells", run_metrics_target_current},
    {"correlation", "weights against the correlation of image responses", run_metrics_correlation},
    {"images", "selectivity for natural images and rates, against recordings", run_metrics_images},
    {"decoding", "images told from the responses of some cells", run_metrics_decoding},
    {"reference", "compact table of recordings for 'similarity'", run_metrics_reference},
};

}  // namespace

core::ExitCode run_metrics(const Arguments& arguments, const core::Comm& world) {
  return run_kind({.command = "metrics",
                   .usage = "striate metrics KIND BASE OPT [options]",
                   .description = "Tables from the spikes of a network in BASE that was run with option OPT "
                                  "(plain, bio_trained, …).\n'striate metrics KIND --help' shows the options "
                                  "of each kind:",
                   .noun = "analysis"},
                  kinds, arguments, world);
}

}  // namespace striate::cli
