// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/current_clamp.hpp"

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/text/delimited_table.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

struct Pulse {
  double onset_ms;
  double amplitude_pA;
  std::optional<double> duration_ms;  ///< none: until the next pulse
  std::string where;
};

bool is_table(const std::string& input_type) {
  return input_type == "csv" || input_type == "file";
}

core::Step step_of_change(double time_ms, const core::TimeGrid& grid, const std::string& where) {
  if (!grid.on_grid(time_ms))
    throw ConfigError("current changes at {} ms in {} (must be a multiple of dt = {} ms)", time_ms, where,
                      grid.dt_ms);
  return grid.nearest_step(time_ms);
}

std::vector<double> require_numbers(const io::JsonSection& input, const std::string& key) {
  auto values = input.numbers(key);
  if (!values) throw ConfigError("missing {} (a number or a list of numbers)", input.where(key));
  if (values->empty()) throw ConfigError("empty list in {} (give at least one value)", input.where(key));
  return *std::move(values);
}

std::vector<Pulse> read_pulses(const io::JsonSection& input) {
  const auto amplitudes = require_numbers(input, "amp");
  const auto onsets = require_numbers(input, "delay");
  const auto durations = input.numbers("duration");
  if (onsets.size() != amplitudes.size() || (durations && durations->size() != amplitudes.size()))
    throw ConfigError("unequal lengths in {} (amp has {}, delay {}, duration {} values)", input.where("amp"),
                      amplitudes.size(), onsets.size(), durations ? durations->size() : 0);
  std::vector<Pulse> pulses;
  for (std::size_t i = 0; i < amplitudes.size(); ++i) {
    if (durations && !((*durations)[i] > 0.0))
      throw ConfigError("invalid duration {} ms in {} (must be positive)", (*durations)[i],
                        input.where("duration"));
    pulses.push_back({.onset_ms = onsets[i],
                      .amplitude_pA = amplitudes[i],
                      .duration_ms = durations ? std::optional((*durations)[i]) : std::nullopt,
                      .where = input.where("delay")});
  }
  return pulses;
}

std::vector<Pulse> read_table(const io::JsonSection& input) {
  const auto separator = input.string("separator").value_or(" ");
  if (separator.size() != 1)
    throw ConfigError("invalid separator \"{}\" in {} (must be one character)", separator,
                      input.where("separator"));
  const auto table =
      io::read_delimited_table(input.require_string("file"), separator[0], input.where("file"));
  const auto time = table.column(input.string("timestamps_column").value_or("timestamps"));
  const auto amplitude = table.column(input.string("amplitudes_column").value_or("amps"));
  if (table.rows.size() < 2)
    throw core::FormatError("{} rows in {} (a course of current has at least 2)", table.rows.size(),
                            table.path);
  std::vector<Pulse> pulses;
  for (const auto& row : table.rows)
    pulses.push_back({.onset_ms = table.number(row, time),
                      .amplitude_pA = table.number(row, amplitude),
                      .duration_ms = std::nullopt,
                      .where = fmt::format("{}:{}", table.path, row.line)});
  return pulses;
}

std::vector<Pulse> read_input(const io::JsonSection& input) {
  const auto input_type = input.require_string("input_type");
  if (input_type == "current_clamp") return read_pulses(input);
  if (is_table(input_type)) return read_table(input);
  static const std::vector<std::string> types{"current_clamp", "csv", "file"};
  throw ConfigError("unsupported input_type \"{}\" in {} (must be current_clamp, csv or file){}", input_type,
                    input.where("input_type"),
                    input_type == "nwb" || input_type == "allen" ? " export the current as a table"
                                                                 : core::did_you_mean(input_type, types));
}

}  // namespace

CurrentClamp parse_current_clamp(const io::JsonSection& input, const std::string& name,
                                 const core::TimeGrid& grid) {
  CurrentClamp clamp{.name = name, .node_set = "all", .changes = {}, .where = input.where()};
  if (input.has("node_set")) clamp.node_set = input.require("node_set");
  std::vector<Pulse> pulses;
  for (auto& pulse : read_input(input)) {
    if (pulse.onset_ms > grid.dt_ms)
      pulses.push_back(std::move(pulse));
    else
      core::log::warning("current of {} pA at {} ms is left out, {} (onsets must lie after the first step)",
                         pulse.amplitude_pA, pulse.onset_ms, pulse.where);
  }
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    const auto& pulse = pulses[i];
    const auto onset = step_of_change(pulse.onset_ms, grid, pulse.where);
    // The end of the last pulse is no obstacle: it is only written when it comes before this onset.
    if (i > 0 && onset <= grid.nearest_step(pulses[i - 1].onset_ms))
      throw ConfigError("current changes at {} ms after {} ms in {} (times must ascend)", pulse.onset_ms,
                        pulses[i - 1].onset_ms, pulse.where);
    clamp.changes.push_back({.step = onset, .amplitude_pA = pulse.amplitude_pA});
    if (!pulse.duration_ms) continue;
    const auto end = step_of_change(pulse.onset_ms + *pulse.duration_ms, grid, input.where("duration"));
    if (end <= onset)
      throw ConfigError("invalid duration {} ms in {} (shorter than dt = {} ms)", *pulse.duration_ms,
                        input.where("duration"), grid.dt_ms);
    const bool replaced =
        i + 1 < pulses.size() && step_of_change(pulses[i + 1].onset_ms, grid, pulses[i + 1].where) <= end;
    if (!replaced) clamp.changes.push_back({.step = end, .amplitude_pA = 0.0});
  }
  input.accept({"module", "enabled"});
  input.warn_unknown_keys();
  return clamp;
}

}  // namespace striate::engine
