// SPDX-License-Identifier: BSD-3-Clause
// The steps of a paradigm: background, LGN and simulation of a trial, and the tables made of all trials. All
// paths begin with the network directory as it is given.
#pragma once

#include "io/paradigm/paradigm.hpp"
#include "slurm/plan/made_step.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::slurm {

/// What --paradigm takes: a shipped name, or the file of any other.
std::string paradigm_argument(const io::Paradigm& paradigm);

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
/// Names below the network directory that the paradigm's steps make, with one option filled in.
std::vector<std::string> paradigm_targets(const io::Paradigm& paradigm, const std::string& option);

}  // namespace striate::slurm
