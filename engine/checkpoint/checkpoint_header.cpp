// SPDX-License-Identifier: BSD-3-Clause
#include "engine/checkpoint/checkpoint_header.hpp"

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/json.hpp"

namespace striate::engine {
namespace {

io::Json to_json(const TrialText& trial) {
  return {{"file", trial.file}, {"run", trial.run}, {"document", trial.document}};
}

TrialText trial_of(const io::Json& json) {
  return {.file = json.at("file"), .run = json.at("run"), .document = json.at("document")};
}

/// Without what may change: a run can be extended, its config renamed.
io::Json without_length(io::Json document) {
  for (const char* key : {"config_path", "config_dir"}) document.erase(key);
  if (document.contains("run") && document["run"].is_object())
    for (const char* key : {"tstop", "duration"}) document["run"].erase(key);
  return document;
}

}  // namespace

TrialText text_of(const io::SonataConfig& config) {
  return {.file = config.file.string(), .run = config.run, .document = config.document};
}

io::Json to_json(const CheckpointHeader& header) {
  io::Json json{{"layout", header.layout},       {"version", header.version},
                {"run_token", header.run_token}, {"clock", header.clock},
                {"ports", header.ports},         {"trial", to_json(header.trial)},
                {"finished", io::Json::array()}, {"step", header.step},
                {"steps", header.steps},         {"simulated_ms", header.simulated_ms},
                {"tstop_ms", header.tstop_ms},   {"neurons", header.neurons},
                {"events", header.events},       {"network", header.network},
                {"inputs", header.inputs},       {"reports", io::Json::array()},
                {"spikes", io::Json::array()}};
  for (const auto& trial : header.finished) json["finished"].push_back(to_json(trial));
  for (const auto& report : header.reports)
    json["reports"].push_back({{"file", report.file},
                               {"samples", report.position.samples},
                               {"checksum", report.position.checksum}});
  for (const auto& spool : header.spikes)
    json["spikes"].push_back({{"spikes", spool.spikes}, {"hash", spool.hash}});
  return json;
}

CheckpointHeader parse_header(const std::string& text, const std::filesystem::path& file) {
  try {
    const auto json = io::parse_json(text, file);
    CheckpointHeader header{.layout = json.at("layout"),
                            .version = json.at("version"),
                            .run_token = json.at("run_token"),
                            .clock = json.at("clock"),
                            .ports = json.at("ports"),
                            .trial = trial_of(json.at("trial")),
                            .finished = {},
                            .step = json.at("step"),
                            .steps = json.at("steps"),
                            .simulated_ms = json.at("simulated_ms"),
                            .tstop_ms = json.at("tstop_ms"),
                            .neurons = json.at("neurons"),
                            .events = json.at("events"),
                            .network = json.at("network"),
                            .inputs = json.at("inputs"),
                            .reports = {},
                            .spikes = {}};
    for (const auto& trial : json.at("finished")) header.finished.push_back(trial_of(trial));
    for (const auto& report : json.at("reports"))
      header.reports.push_back(
          {.file = report.at("file"),
           .position = {.samples = report.at("samples"), .checksum = report.at("checksum")}});
    for (const auto& spool : json.at("spikes"))
      header.spikes.push_back({.spikes = spool.at("spikes"), .hash = spool.at("hash")});
    return header;
  } catch (const io::Json::exception& error) {
    throw core::FormatError("{} is no checkpoint of a simulation ({})", file, error.what());
  }
}

std::optional<std::string> difference(const TrialText& then, const TrialText& now) {
  const auto before = without_length(then.document), after = without_length(now.document);
  const auto changes = io::Json::diff(before, after);
  if (changes.empty()) return std::nullopt;
  const io::Json::json_pointer place(changes.front().at("path").get<std::string>());
  const auto shown = [&](const io::Json& document) {
    constexpr std::size_t enough = 120;
    return document.contains(place) ? core::shortened(io::compact_text(document.at(place)), enough)
                                    : std::string("absent");
  };
  return fmt::format("{} was {}, is {}", place.to_string(), shown(before), shown(after));
}

}  // namespace striate::engine
