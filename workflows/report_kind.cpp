// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/report_kind.hpp"

#include "core/errors/error.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/text/atomic_file.hpp"
#include "lgn/lgn_config.hpp"
#include "metrics/figures/request/figure_options.hpp"
#include "metrics/make_report.hpp"
#include "workflows/pictures/stimulus_picture.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;
using metrics::ReportStimulus;

/// A value of the input's, in a line.
std::string parameter_text(const io::Json& value) {
  constexpr std::size_t most_items = 12;
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && value.size() > most_items) return fmt::format("{} values", value.size());
  return io::compact_text(value);
}

/// What a configuration shows. What cannot be read or drawn is said in the picture's place.
ReportStimulus stimulus_of(const std::string& name, const fs::path& config, const fs::path& picture) {
  ReportStimulus stimulus{.name = name,
                          .parameters = {},
                          .picture = {.name = {}, .caption = config.filename(), .png = {}, .note = {}}};
  try {
    const auto loaded = io::load_sonata_config(config);
    for (const auto& [key, value] : lgn::enabled_input(loaded).json().items())
      stimulus.parameters.emplace_back(key, parameter_text(value));
    const auto drawn = draw_stimulus(loaded, {}, picture);
    stimulus.parameters.emplace_back("cells", drawn.cells);
    stimulus.picture = {
        .name = {}, .caption = drawn.description, .png = metrics::picture_bytes(picture), .note = {}};
  } catch (const core::MissingFileError& error) {
    stimulus.picture.note = error.what();
  } catch (const core::ConfigError& error) {
    stimulus.picture.note = error.what();
  } catch (const core::FormatError& error) {
    stimulus.picture.note = error.what();
  }
  return stimulus;
}

/// Of the single run, and of one trial of each paradigm that was run with the option.
std::vector<ReportStimulus> stimuli_of(const core::Call& call, const fs::path& folder) {
  const auto base = call.base();
  const auto option = call.option();
  std::vector<ReportStimulus> stimuli;
  const auto add = [&](const std::string& name, const fs::path& config) {
    if (io::is_there(config))
      stimuli.push_back(stimulus_of(name, config, folder / fmt::format("stimulus{}.png", stimuli.size())));
  };
  if (io::is_there(base / ("output_" + option))) add("single run", base / "configs/config_filternet.json");
  std::vector<io::Paradigm> paradigms;
  try {
    paradigms = io::paradigms_of(base, {}, nullptr);
  } catch (const core::ConfigError& error) {
    stimuli.push_back({.name = "paradigms",
                       .parameters = {},
                       .picture = {.name = {}, .caption = "paradigms", .png = {}, .note = error.what()}});
  }
  for (const auto& paradigm : paradigms)
    for (const auto& trial : paradigm.trials)
      if (io::is_there(base / paradigm.run_directory(trial, option) / "spikes.h5")) {
        add(fmt::format("{}: {} ({})", paradigm.name, paradigm.description, trial.name),
            base / trial.lgn_config);
        break;
      }
  return stimuli;
}

std::vector<fs::path> run_report(const core::Call& call, const core::Comm& world) {
  return metrics::make_report(call, world, [&](const fs::path& folder) { return stimuli_of(call, folder); });
}

}  // namespace

const core::Kind& report_kind() {
  static constexpr core::Option report_options[] = {
      metrics::options::described(metrics::options::picture, "the page (BASE/figures/report_OPT.html)"),
      metrics::options::tables, metrics::options::reference, metrics::options::core_radius};
  static constexpr core::Kind kind{
      .name = "report",
      .arguments = "BASE OPT",
      .help = "one page of HTML about the runs of a network, beside recordings",
      .details =
          "Writes one page of HTML about the runs of option OPT (plain, "
          "bio_trained, …) of the network in BASE: what\n"
          "was run, rates and tuning of each cell type beside Neuropixels "
          "recordings, warnings, figures, provenance.\n"
          "The page carries its pictures and needs no network. It shows what "
          "'striate metrics' has written so far.",
      .options = report_options,
      .reads = {metrics::nodes_file, metrics::node_types_file, metrics::run_spikes},
      .writes = {"figures/report_{option}.html"},
      .run = run_report};
  return kind;
}

}  // namespace striate::workflows
