// SPDX-License-Identifier: BSD-3-Clause
// The steps of a paradigm: background, LGN and simulation of a trial, and the tables made of all trials. All
// paths begin with the network directory as it is given.
#pragma once

#include "io/paradigm/paradigm.hpp"
#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// Background spikes of the trial.
MadeStep background_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                         const io::ParadigmTrial& trial);
MadeStep lgn_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                  const io::ParadigmTrial& trial);
MadeStep simulation_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                         const io::ParadigmTrial& trial, const std::string& option);
/// Tables of a paradigm; the spikes of all trials are inputs.
MadeStep metric_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                     const io::ParadigmMetric& metric, const std::string& option);

/// The step that makes `rest` (a path below the network directory), if it belongs to the paradigm.
std::optional<MadeStep> paradigm_step(const NetworkDirectory& network, const io::Paradigm& paradigm,
                                      const std::filesystem::path& rest);
/// Whether `rest` is made only when asked for: the step that makes it makes the kind's usual files, too, and
/// so must be planned before any other that would make these.
bool makes_more(const io::Paradigm& paradigm, const std::filesystem::path& rest,
                const std::vector<std::string>& options);
/// Names below the network directory that the paradigm's steps make, with one option filled in.
std::vector<std::string> paradigm_targets(const io::Paradigm& paradigm, const std::string& option);

}  // namespace striate::slurm
