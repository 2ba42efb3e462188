// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/make_report.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "io/text/atomic_file.hpp"
#include "metrics/base/trial_counts.hpp"
#include "metrics/registry.hpp"
#include "metrics/report/report.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

/// A folder beside the page for pictures on their way into it. Its name is one that no file of a user has.
class PictureFolder {
 public:
  explicit PictureFolder(const fs::path& page) {
    path_ = io::incomplete_part(page, "pictures");
    io::make_folder(path_.parent_path());
    io::remove_dead(page);  // and folders of this kind, which have its name in theirs
    std::error_code error;
    if (!fs::create_directory(path_, error))
      throw core::SystemError("cannot create {} ({})", path_, error ? error.message() : "it is there");
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
ReportPicture picture_of(const core::Kind& figure, const core::Call& call) {
  ReportPicture picture{
      .name = figure.name, .caption = fmt::format("{}: {}", figure.name, figure.help), .png = {}, .note = {}};
  try {
    picture.png = contents_of(figure.run(call, {}).front());
  } catch (const core::MissingFileError& error) {
    core::log::detail("no {} in the report: {}", figure.name, error.what());
  } catch (const core::UsageError& error) {
    picture.note = error.what();
  }
  return picture;
}

/// Those of an option's runs and tables. A figure is told what it takes of the report's options.
std::vector<ReportPicture> draw_pictures(const core::Call& report, const PictureFolder& folder,
                                         bool trained) {
  std::vector<ReportPicture> pictures;
  for (const auto& figure : figure_table()) {
    const auto takes = [&](std::string_view name) {
      return std::ranges::find(figure.options, name, &core::Option::name) != figure.options.end();
    };
    if (std::string_view(figure.arguments).find("OPT") == std::string_view::npos) continue;
    // Most networks are not trained here, and nothing is missing then.
    if (figure.name == std::string_view("training") && !trained) continue;
    auto given = report.values.only(figure.options);
    given["output"] = {folder.file(figure.name)};
    if (takes("spikes")) {
      const auto spikes = spike_file_in(report.base() / ("output_" + report.option()));
      if (!spikes) continue;
      given["spikes"] = {*spikes};
    }
    pictures.push_back(picture_of(
        figure,
        {.kind = &figure, .arguments = report.arguments, .values = {figure.options, std::move(given)}}));
  }
  return pictures;
}

std::vector<fs::path> run_report(const core::Call& call, const core::Comm& world) {
  const auto page = picture_file(call);
  if (!world.is_root()) return {page};
  const auto facts = report_facts(figure_request(call));
  const PictureFolder folder(page);
  const auto pictures = draw_pictures(call, folder, facts.training.has_value());
  io::write_text_file(page, report_page(facts, pictures));
  core::log::info("{} warnings", facts.warnings.size());
  return {page};
}

}  // namespace

const core::Kind& report_kind() {
  static constexpr core::Option report_options[] = {
      options::described(options::picture, "the page (BASE/figures/report_OPT.html)"), options::tables,
      options::reference, options::core_radius};
  static constexpr core::Kind kind{.name = "report",
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
                                   .reads = {nodes_file, node_types_file, run_spikes},
                                   .writes = {"figures/report_{option}.html"},
                                   .run = run_report};
  return kind;
}

}  // namespace striate::metrics
