// SPDX-License-Identifier: BSD-3-Clause
// The configurations of a paradigm's trials, made from those of the network: the reference's job writers
// (make_osi_jobs.py, make_contrast_jobs.py) change the same keys and put the files at the same places.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/paradigm/paradigm.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::slurm {

/// BASE/configs/config_OPT.json as it is. Throws MissingFileError (naming the options that there are),
/// ConfigError, and MissingFileError where edge files that it names, such as trained ones, are not there.
io::Json option_config(const std::filesystem::path& base, const std::string& option);

/// Contents of lgn_config: the template with stimulus (which changes or replaces its input), $BASE_DIR and
/// $OUTPUT_DIR of the trial.
/// Of child configs in BASE/configs only the place changes; ConfigError for one with a section that trials
/// change.
io::Json lgn_trial_config(const std::filesystem::path& base, const io::Paradigm& paradigm,
                          const io::ParadigmTrial& trial, const io::Json& lgn_template);
/// Contents of run_config: the option's config with $BASE_DIR, $LGNINPUT_DIR, $BKGINPUT_DIR and $OUTPUT_DIR
/// of the trial, its duration and its background file's name where they differ.
io::Json run_trial_config(const std::filesystem::path& base, const io::Paradigm& paradigm,
                          const io::ParadigmTrial& trial, const io::Json& option_document,
                          const std::string& option);

/// A configuration as it is written.
std::string config_text(const io::Json& document);
/// Does the file hold exactly this text?
bool holds(const std::filesystem::path& path, const std::string& text);
/// Leaves files that hold their text untouched; makes folders.
void write_changed(std::vector<io::TextFile> files);

/// Writes what was shown when, of every trial of the whole paradigm: paradigm.conditions_file() if it shows
/// several conditions in a trial, paradigm.labels_file() if it has orders of images (dataset stim_ids, a row
/// for every trial). Files that hold it stay untouched.
void write_shown(const std::filesystem::path& base, const io::Paradigm& paradigm);

/// Writes both for all trials, and what they show when; files whose contents are the same stay untouched, so
/// that results keep being newer than they are. Reads BASE/configs. Throws MissingFileError also where a
/// stimulus' pictures are not there.
void write_trial_configs(const std::filesystem::path& base, const io::Paradigm& paradigm,
                         const std::string& option);

}  // namespace striate::slurm
