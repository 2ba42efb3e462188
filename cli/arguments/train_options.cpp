// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/train_options.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "workflows/training/training_plan.hpp"

namespace striate::cli {
namespace {

/// One of two words; which of them is the default is up to the preset.
std::optional<std::string> word(const core::OptionValues& values, const char* name, const char* first,
                                const char* second) {
  const auto text = values.text_if(name);
  if (text && *text != first && *text != second)
    throw core::UsageError("invalid --{} '{}' (known: {}, {})", name, *text, first, second);
  return text;
}

std::optional<std::uint64_t> count(const core::OptionValues& values, const char* name) {
  const auto value = values.whole_if(name);
  return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

}  // namespace

workflows::TrainOptions read_train_options(const std::filesystem::path& base,
                                           const core::OptionValues& values) {
  workflows::TrainOptions options;
  options.base = base;
  options.suffix = values.text("suffix");
  options.preset = values.text_if("preset").value_or(workflows::preset_of_option(options.suffix));
  options.overrides = {.start = word(values, "start", "built", "uniform"),
                       .dialect = word(values, "dialect", "paper", "head"),
                       .propagators = word(values, "propagators", "reference", "exact"),
                       .weight_term = values.number_if("weight-term"),
                       .recurrent_credit = values.number_if("recurrent-credit"),
                       .duration_ms = values.number_if("duration"),
                       .epochs = count(values, "epochs"),
                       .steps = count(values, "steps"),
                       .trials = count(values, "trials"),
                       .seed = count(values, "seed")};
  options.write = values.is("write", "last") ? workflows::WriteWeights::last : workflows::WriteWeights::best;
  options.checkpoint_every = *count(values, "checkpoint-every");
  return options;
}

std::vector<std::string> train_option_words(const core::OptionValues& values) {
  std::vector<std::string> words;
  for (const auto& option : train_options)
    if (values.given(option.name))
      words.push_back(option.type == core::Option::Type::flag
                          ? fmt::format("--{}", option.name)
                          : fmt::format("--{}={}", option.name, values.text(option.name)));
  return words;
}

}  // namespace striate::cli
