// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include "cli/metrics/metrics_kinds.hpp"
#include "core/log.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace fs = std::filesystem;

Interface metrics_interface(const std::string& kind, const std::string& description) {
  Interface interface {
    .usage = fmt::format("striate metrics {} BASE OPT [options]", kind), .description = description,
    .options = {}, .positional = {
      "base",
      "option"
    }
  };
  interface.options.add_options()  //
      ("output_dir,o", po::value<std::string>()->value_name("DIR"),
       "write there instead of to BASE/metrics")  //
      ("core-radius", po::value<double>()->value_name("UM"),
       "core cells lie within this distance of the axis (200)")  //
      ("core-edge", po::value<std::string>()->value_name("WORD"),
       "strict: below the radius (default); inclusive: at most");
  return interface;
}

std::optional<MetricsCall> parse_metrics(const Interface& interface, const Arguments& arguments,
                                         const core::Comm& world) {
  auto values = parse(interface, arguments, world);
  if (!values) return std::nullopt;
  MetricsCall call;
  call.values = std::move(*values);
  const auto positional = [&](const char* name) {
    return call.values[name].as<std::vector<std::string>>().front();
  };
  call.base = positional("base");
  const bool has_option = call.values.count("option") != 0;
  if (has_option) call.option = positional("option");
  if ((has_option && call.option.empty()) || call.option.find('/') != std::string::npos)
    throw core::UsageError("invalid OPT '{}' (the name of a network option, such as plain) usage: {}",
                           call.option, interface.usage);
  call.output_directory =
      text_option(call, "output_dir") ? fs::path(*text_option(call, "output_dir")) : call.base / "metrics";
  call.core.radius_um = number_option(call, "core-radius", 200, 0, 1e6);
  if (word_option(call, "core-edge", {"strict", "inclusive"}) == "inclusive")
    call.core.edge = metrics::CoreRule::Edge::inclusive;
  return call;
}

void add_silent_option(Interface& interface) {
  interface.options.add_options()(
      "silent", po::value<std::string>()->value_name("WORD"),
      "selectivity of cells without spikes: nan (default), or zero as the reference");
}

metrics::SilentCells silent_cells(const MetricsCall& call) {
  return word_option(call, "silent", {"nan", "zero"}) == "nan" ? metrics::SilentCells::nan
                                                               : metrics::SilentCells::zero;
}

double number_option(const MetricsCall& call, const std::string& name, double fallback, double low,
                     double high) {
  if (call.values.count(name) == 0) return fallback;
  const auto value = call.values[name].as<double>();
  if (!(value >= low) || !(value <= high))
    throw core::UsageError("invalid --{} {} (must be from {} to {})", name, value, low, high);
  return value;
}

std::int64_t integer_option(const MetricsCall& call, const std::string& name, std::int64_t fallback,
                            std::int64_t low, std::int64_t high) {
  if (call.values.count(name) == 0) return fallback;
  const auto value = call.values[name].as<std::int64_t>();
  if (value < low || value > high)
    throw core::UsageError("invalid --{} {} (must be from {} to {})", name, value, low, high);
  return value;
}

std::string word_option(const MetricsCall& call, const std::string& name,
                        std::initializer_list<const char*> words) {
  if (call.values.count(name) == 0) return *words.begin();
  const auto value = call.values[name].as<std::string>();
  std::string known;
  for (const char* word : words) {
    if (value == word) return value;
    known += known.empty() ? word : fmt::format(", {}", word);
  }
  throw core::UsageError("invalid --{} {} (known: {})", name, value, known);
}

std::optional<std::string> text_option(const MetricsCall& call, const std::string& name) {
  if (call.values.count(name) == 0) return std::nullopt;
  return call.values[name].as<std::string>();
}

std::vector<fs::path> path_options(const MetricsCall& call, const std::string& name) {
  if (call.values.count(name) == 0) return {};
  const auto texts = call.values[name].as<std::vector<std::string>>();
  return {texts.begin(), texts.end()};
}

core::ExitCode report_files(const std::vector<fs::path>& files) {
  for (const auto& file : files) core::log::info("written: {}", file);
  return core::ExitCode::done;
}

}  // namespace striate::cli
