// SPDX-License-Identifier: BSD-3-Clause
// Options that say how to train: `striate train` takes them, and jobs that do it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "workflows/training/train.hpp"

namespace striate::cli {

namespace train_limits {
inline constexpr double any = 1e300;  ///< where the preset's own range counts
}

inline constexpr core::Option train_options[] = {
    {.name = "suffix",
     .value = "NAME",
     .help = "of the results; of a shipped preset's name (bio_trained, naive, bio_free, uni_reg): trains as "
             "that one says",
     .fallback = "bio_trained"},
    {.name = "preset", .value = "NAME|FILE", .help = "how to train; default: see --suffix"},
    {.name = "start", .value = "WHICH", .help = "built or uniform: weights to start from"},
    {.name = "weight-term",
     .type = core::Option::Type::number,
     .value = "X",
     .help = "strength of the pull towards the weights as built; 0: none",
     .high = train_limits::any},
    {.name = "dialect", .value = "WHICH", .help = "paper or head: paths of the gradient"},
    {.name = "recurrent-credit",
     .type = core::Option::Type::number,
     .value = "X",
     .help = "factor of what a spike owes to its targets; 0 saves most of the time",
     .high = train_limits::any},
    {.name = "propagators", .value = "WHICH", .help = "reference or exact: steps of the model"},
    {.name = "epochs",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "of --steps steps, each followed by a judgement",
     .low = 1,
     .high = core::most_whole},
    {.name = "steps",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "of an epoch, each an evoked and a gray update",
     .low = 1,
     .high = core::most_whole},
    {.name = "trials",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "of an update",
     .low = 1,
     .high = core::most_whole},
    {.name = "duration",
     .type = core::Option::Type::number,
     .value = "MS",
     .help = "of a trial",
     .high = train_limits::any},
    {.name = "seed",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "of all random numbers",
     .high = core::most_whole},
    {.name = "write",
     .type = core::Option::Type::word,
     .value = "best|last",
     .help = "weights: the best on held-out trials, or those of the last step"},
    {.name = "checkpoint-every",
     .type = core::Option::Type::whole,
     .value = "N",
     .help = "steps",
     .usual = 25,
     .low = 1,
     .high = core::most_whole}};

/// What was given of them; `values` may know others besides.
workflows::TrainOptions read_train_options(const std::filesystem::path& base,
                                           const core::OptionValues& values);

/// These options as words for another call: {"--suffix=naive", "--epochs=20"}.
std::vector<std::string> train_option_words(const core::OptionValues& values);

}  // namespace striate::cli
