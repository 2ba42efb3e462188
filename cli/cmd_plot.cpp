// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "cli/plot/plot_kinds.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

struct Kind {
  const char* name;
  const char* arguments;
  const char* help;
  std::filesystem::path (*draw)(const PlotRequest&);
};
constexpr Kind activity_kinds[] = {
    {"stimulus", "CONFIG.json", "frames of what an LGN configuration shows", plot_stimulus},
    {"lgn", "BASE", "mean rate of each LGN class over time, and a raster", plot_lgn},
    {"raster", "BASE [OPT]", "spikes of BASE/output_OPT (OPT: plain) and population rates", plot_raster}};

std::string description() {
  std::string text =
      "Draws a picture with gnuplot; its suffix (.png, .svg, .pdf) says in which format.\nFrom runs:\n";
  for (const Kind& kind : activity_kinds)
    text += fmt::format("  {:<31} {}\n", fmt::format("{} {}", kind.name, kind.arguments), kind.help);
  text += "From what 'striate metrics' wrote:";
  for (const auto& kind : figure_kinds())
    text += fmt::format("\n  {:<31} {}", fmt::format("{} BASE [OPT]", kind.name), kind.help);
  return text;
}

template <class T>
std::optional<T> option(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::nullopt : std::optional<T>(values[name].as<T>());
}

PlotRequest request_of(const po::variables_map& values) {
  using Texts = std::vector<std::string>;
  PlotRequest request;
  request.path = values["path"].as<Texts>().front();
  if (values.count("option?") != 0) request.options = values["option?"].as<Texts>();
  for (const auto& further : option<Texts>(values, "with").value_or(Texts{})) {
    if (request.options.empty()) request.options.emplace_back("plain");
    request.options.push_back(further);
  }
  std::ranges::for_each(request.options, check_option_name);
  request.spikes = option<std::string>(values, "spikes");
  request.picture = option<std::string>(values, "output");
  request.tables = option<std::string>(values, "tables");
  request.reference = option<std::string>(values, "reference");
  request.begin_ms = option<double>(values, "from");
  request.end_ms = option<double>(values, "to");
  request.bin_ms = option<double>(values, "bin");
  request.contrast = option<double>(values, "contrast");
  request.times_ms = option<std::vector<double>>(values, "times").value_or(std::vector<double>{});
  request.core.radius_um = option<double>(values, "core-radius").value_or(200);
  if (!(request.core.radius_um >= 0))
    throw core::UsageError("invalid --core-radius {} (um, must not be negative)", request.core.radius_um);
  return request;
}

}  // namespace

void check_option_name(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos)
    throw core::UsageError(
        "invalid OPT '{}' (the name of a network option, such as plain) see 'striate plot --help'", name);
}

core::ExitCode run_plot(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate plot KIND PATH [OPT] [options]", .description = description(), .options = {},
    .positional = {
      "kind",
      "path",
      "option?"
    }
  };
  using Texts = std::vector<std::string>;
  interface.options.add_options()  //
      ("output,o", po::value<std::string>()->value_name("FILE"), "the picture (default: in BASE/figures)")  //
      ("with", po::value<Texts>()->multitoken()->value_name("OPT …"),
       "further options in the same picture (odsi, suppression, weights, fano)")  //
      ("tables", po::value<std::string>()->value_name("DIR"), "tables from there instead of BASE/metrics")  //
      ("reference", po::value<std::string>()->value_name("FILE"),
       "recordings in their original format (default: the shipped table)")  //
      ("core-radius", po::value<double>()->value_name("UM"),
       "of the cells shown by odsi and tuning (200)")  //
      ("contrast", po::value<double>()->value_name("C"), "of spectra (0.8)")  //
      ("spikes", po::value<std::string>()->value_name("FILE"), "another spike file (.h5 or .csv)")  //
      ("from", po::value<double>()->value_name("MS"), "first time shown")  //
      ("to", po::value<double>()->value_name("MS"), "last time shown")  //
      ("bin", po::value<double>()->value_name("MS"), "width of the bins of rates (raster 20, lgn 50)")  //
      ("times", po::value<std::vector<double>>()->multitoken()->value_name("MS …"), "frames to show");
  const auto parsed = parse(interface, arguments, world);
  if (!parsed) return core::ExitCode::done;
  const auto name = (*parsed)["kind"].as<Texts>().front();
  const auto request = request_of(*parsed);
  const auto same_name = [&](const auto& kind) { return name == kind.name; };
  const auto activity = std::ranges::find_if(activity_kinds, same_name);
  const auto figures = figure_kinds();
  const auto figure = std::ranges::find_if(figures, same_name);
  if (activity == std::end(activity_kinds) && figure == figures.end()) {
    Texts names;
    for (const Kind& each : activity_kinds) names.emplace_back(each.name);
    for (const auto& each : figures) names.emplace_back(each.name);
    throw core::UsageError("unknown picture '{}' (see 'striate plot --help'){}", name,
                           core::did_you_mean(name, names));
  }
  if (world.is_root())
    core::log::info("drawn: {}",
                    figure != figures.end() ? plot_figure(*figure, request) : activity->draw(request));
  return core::ExitCode::done;
}

}  // namespace striate::cli
