// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/report_spec.hpp"

#include <algorithm>
#include <array>

#include "core/errors/error.hpp"
#include "core/log.hpp"

namespace striate::engine {
namespace {

using core::ConfigError;

struct VariableName {
  ReportVariable variable;
  const char* name;
  const char* units;
};
constexpr std::array variable_names{
    VariableName{ReportVariable::V_m, "V_m", "mV"},
    VariableName{ReportVariable::I_syn, "I_syn", "pA"},
    VariableName{ReportVariable::ASCurrents_sum, "ASCurrents_sum", "pA"},
    VariableName{ReportVariable::threshold, "threshold", "mV"},
    VariableName{ReportVariable::I, "I", "pA"},
};

const VariableName& entry_of(ReportVariable variable) {
  return *std::ranges::find(variable_names, variable, &VariableName::variable);
}

std::vector<ReportVariable> read_variables(const io::JsonSection& report) {
  const auto names = report.strings("variable_name");
  const auto where = report.where("variable_name");
  if (!names || names->empty()) throw ConfigError("missing {} (what the report shall hold)", where);
  std::vector<ReportVariable> variables;
  for (const auto& name : *names) {
    const auto found = std::ranges::find(variable_names, name, &VariableName::name);
    if (found == variable_names.end())
      throw ConfigError("unknown variable \"{}\" in {} (known: V_m, I_syn, ASCurrents_sum, threshold, I)",
                        name, where);
    if (std::ranges::find(variables, found->variable) != variables.end())
      throw ConfigError("variable \"{}\" occurs twice in {}", name, where);
    variables.push_back(found->variable);
  }
  return variables;
}

/// BMTK's key, or SONATA's where BMTK's is absent.
std::optional<double> time_of(const io::JsonSection& report, const char* bmtk, const char* sonata) {
  const auto value = report.number(bmtk);
  const auto other = report.number(sonata);
  if (value && other && *value != *other)
    core::log::warning("{} = {} is ignored ({} = {} has precedence)", report.where(sonata), *other, bmtk,
                       *value);
  return value ? value : other;
}

core::Step step_at(double time_ms, const core::TimeGrid& grid, const std::string& where) {
  if (!(time_ms >= 0.0) || !grid.on_grid(time_ms))
    throw ConfigError("invalid time {} ms in {} (must be a multiple of dt = {} ms, not negative)", time_ms,
                      where, grid.dt_ms);
  return grid.nearest_step(time_ms);
}

/// Samples lie in (start, stop] at multiples of the interval, as a NEST multimeter takes them; unlike NEST's,
/// the last communication interval is not lost.
void read_times(const io::JsonSection& report, const core::TimeGrid& grid, core::Step steps,
                ReportSpec& spec) {
  const auto interval = time_of(report, "interval", "dt").value_or(grid.dt_ms);
  spec.interval = step_at(interval, grid, report.where("interval"));
  if (spec.interval < 1)
    throw ConfigError("invalid interval {} ms in {} (must be at least dt = {} ms)", interval,
                      report.where("interval"), grid.dt_ms);
  const auto start =
      step_at(time_of(report, "tstart", "start_time").value_or(0.0), grid, report.where("tstart"));
  const auto stop = time_of(report, "tstop", "end_time");
  spec.last = stop ? std::min(steps, step_at(*stop, grid, report.where("tstop"))) : steps;
  spec.first = (start / spec.interval + 1) * spec.interval;
  if (spec.first > spec.last)
    throw ConfigError(
        "report {} is empty (no multiple of its interval, {} ms, lies after {} ms and up to {} ms)",
        report.where("tstart"), grid.time_ms(spec.interval), grid.time_ms(start), grid.time_ms(spec.last));
}

io::ReportPrecision read_precision(const io::JsonSection& report) {
  const auto precision = report.string("precision").value_or("single");
  if (precision == "single") return io::ReportPrecision::float32;
  if (precision == "double") return io::ReportPrecision::float64;
  throw ConfigError("unknown precision \"{}\" in {} (must be single or double)", precision,
                    report.where("precision"));
}

bool read_means(const io::JsonSection& report) {
  const auto reduce = report.string("reduce");
  if (!reduce || *reduce == "mean") return reduce.has_value();
  throw ConfigError(
      "unknown \"{}\" in {} (must be mean, over the cells of each pop_name) leave it out for the "
      "values of each cell",
      *reduce, report.where("reduce"));
}

ReportSpec parse_report(const io::JsonSection& report, const std::string& name, const core::TimeGrid& grid,
                        core::Step steps, const io::ConfigFiles& files) {
  report.string("file_name");
  ReportSpec spec{.name = name,
                  .cells = report.require("cells"),
                  .variables = read_variables(report),
                  .file = files.output("reports/" + name).value(),
                  .first = 0,
                  .interval = 0,
                  .last = 0,
                  .where = report.where()};
  read_times(report, grid, steps, spec);
  spec.precision = read_precision(report);
  spec.means = read_means(report);
  report.accept({"module", "enabled", "unit", "units", "sections", "buffer", "buffer_size", "to_h5",
                 "delete_dat", "type", "format"});
  report.warn_unknown_keys();
  return spec;
}

/// False for reports that only warn.
bool is_wanted(const io::JsonSection& report) {
  if (!report.boolean("enabled").value_or(true)) return false;
  const auto module = report.require_string("module");
  if (module == "spikes_report") {
    core::log::warning("{} is ignored (spikes are written as the section output says)",
                       report.where("module"));
    return false;
  }
  constexpr std::array multimeters{"membrane_report", "multimeter", "multimeter_report", "netcon_report"};
  if (std::ranges::find(multimeters, module) == multimeters.end())
    throw ConfigError(
        "unsupported report module \"{}\" in {} (must be membrane_report, multimeter, multimeter_report or "
        "netcon_report) remove the report or set \"enabled\": false",
        module, report.where("module"));
  return true;
}

}  // namespace

std::string name_of(ReportVariable variable) {
  return entry_of(variable).name;
}

std::string units_of(ReportVariable variable) {
  return entry_of(variable).units;
}

std::vector<ReportSpec> parse_reports(const io::JsonSection& reports, const core::TimeGrid& grid,
                                      core::Step steps, const io::ConfigFiles& files,
                                      core::Problems* problems) {
  std::vector<ReportSpec> result;
  for (const auto& [name, unused] : reports.json().items())
    core::attempt(problems, [&, &key = name] {
      const auto report = reports.require_section(key);
      if (is_wanted(report)) result.push_back(parse_report(report, key, grid, steps, files));
    });
  return result;
}

}  // namespace striate::engine
