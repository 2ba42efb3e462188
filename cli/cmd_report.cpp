// SPDX-License-Identifier: BSD-3-Clause
#include <fstream>
#include <sstream>

#include "cli/plot/plot_kinds.hpp"
#include "core/log.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/report/report.hpp"

namespace striate::cli {
namespace po = boost::program_options;
namespace {

namespace fs = std::filesystem;

/// A folder beside the page for pictures on their way into it. Its name is one that no file of a user has.
class PictureFolder {
 public:
  explicit PictureFolder(const fs::path& page) : path_(io::incomplete_name(page.string() + ".pictures")) {
    io::make_folder(path_);
  }
  ~PictureFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PictureFolder(const PictureFolder&) = delete;
  PictureFolder& operator=(const PictureFolder&) = delete;
  fs::path file(const std::string& name) const { return path_ / (name + ".png"); }

 private:
  fs::path path_;
};

std::string contents_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The picture, or why there is none: a table that was not made, or has nothing to draw, is no error here.
template <class Draw>
metrics::ReportPicture picture_of(const std::string& caption, Draw draw) {
  try {
    return {.caption = caption, .png = contents_of(draw()), .note = {}};
  } catch (const core::MissingFileError& error) {
    return {.caption = caption, .png = {}, .note = error.what()};
  } catch (const core::UsageError& error) {
    return {.caption = caption, .png = {}, .note = error.what()};
  }
}

std::vector<metrics::ReportPicture> draw_pictures(PlotRequest request, const PictureFolder& folder) {
  std::vector<metrics::ReportPicture> pictures;
  const auto output = request.path / ("output_" + request.first_option());
  request.spikes = metrics::spike_file_in(output);
  request.picture = folder.file("raster");
  if (request.spikes)
    pictures.push_back(
        picture_of("spikes and population rates of the single run", [&] { return plot_raster(request); }));
  for (const auto& kind : figure_kinds()) {
    request.picture = folder.file(kind.name);
    pictures.push_back(
        picture_of(fmt::format("{}: {}", kind.name, kind.help), [&] { return plot_figure(kind, request); }));
  }
  return pictures;
}

}  // namespace

core::ExitCode run_report(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate report BASE OPT [options]",
    .description =
        "Writes one page of HTML about the runs of option OPT (plain, bio_trained, …) of the network in "
        "BASE: what\n"
        "was run, rates and tuning of each cell type beside Neuropixels recordings, warnings, figures, "
        "provenance.\n"
        "The page carries its pictures and needs no network. It shows what 'striate metrics' has written so "
        "far.",
    .options = {}, .positional = {
      "base",
      "option"
    }
  };
  interface.options.add_options()  //
      ("output,o", po::value<std::string>()->value_name("FILE.html"),
       "the page (default: BASE/figures/report_OPT.html)")  //
      ("tables", po::value<std::string>()->value_name("DIR"), "tables from there instead of BASE/metrics")  //
      ("reference", po::value<std::string>()->value_name("FILE"),
       "recordings in their original format (default: the shipped table)")  //
      ("core-radius", po::value<double>()->value_name("UM"),
       "core cells lie within this distance of the axis (200)");
  const auto parsed = parse(interface, arguments, world);
  if (!parsed) return core::ExitCode::done;
  const auto& values = *parsed;
  using Texts = std::vector<std::string>;
  PlotRequest request;
  request.path = values["base"].as<Texts>().front();
  request.options = values["option"].as<Texts>();
  check_option_name(request.options.front());
  if (values.count("tables") != 0) request.tables = values["tables"].as<std::string>();
  if (values.count("reference") != 0) request.reference = values["reference"].as<std::string>();
  if (values.count("core-radius") != 0) request.core.radius_um = values["core-radius"].as<double>();
  if (!(request.core.radius_um >= 0))
    throw core::UsageError("invalid --core-radius {} (um, must not be negative)", request.core.radius_um);
  if (!world.is_root()) return core::ExitCode::done;

  const fs::path page =
      values.count("output") != 0
          ? fs::path(values["output"].as<std::string>())
          : request.path / "figures" / fmt::format("report_{}.html", request.first_option());
  const auto facts = metrics::report_facts(figure_request(request));
  const PictureFolder folder(page);
  const auto pictures = draw_pictures(request, folder);
  io::write_text_file(page, metrics::report_page(facts, pictures));
  core::log::info("written: {} ({} warnings)", page, facts.warnings.size());
  return core::ExitCode::done;
}

}  // namespace striate::cli
