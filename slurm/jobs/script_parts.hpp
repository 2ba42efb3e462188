// SPDX-License-Identifier: BSD-3-Clause
// The parts of job scripts that are the same in all: signals, notes about trials, the work itself. They use
// ${striate[@]}, ${launcher[@]}, ${command[@]}, arguments_of ITEM (which sets ${arguments[@]} and, of what
// writes checkpoints, $output), $stage, ${runs[@]}, $state, $used, $job, $log and ${todo[@]}, which
// slurm/jobs/job_scripts.cpp writes before them.
#pragma once

namespace striate::slurm::script_parts {

/// run COMMAND…: signals reach the command, its exit code comes back.
extern const char* const machinery;
/// Takes what is done out of ${todo[@]}; whatever ends the script, each item left gets its reason.
extern const char* const notes;
/// Copies $network_files into a folder below $scratch once on each node, and takes them away at the end.
extern const char* const staged;
/// One call for all items.
extern const char* const together;
/// After that: a call per item when the input of one of them was wrong.
extern const char* const each_alone;
/// A call per item from the start.
extern const char* const one_by_one;
/// Before the notes: what stops with a checkpoint is requeued, $most_restarts times.
extern const char* const requeued;
extern const char* const exit_with_code;

}  // namespace striate::slurm::script_parts
