// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/make_report.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"
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
  const fs::path& path() const { return path_; }
  fs::path file(const std::string& name) const { return path_ / (name + ".png"); }

 private:
  fs::path path_;
};

/// The command that makes what a figure lacks: the last one between quotes that its refusal names.
std::string what_makes_it(const core::MissingFileError& error) {
  const std::string text = error.what();
  const auto begin = text.rfind("'striate "), end = text.find('\'', begin + 1);
  return begin == std::string::npos || end == std::string::npos
             ? core::shortened(text, 200)
             : "made of what " + text.substr(begin, end + 1 - begin) + " writes";
}

/// The picture, or why there is none: a table that was not made, or has nothing to draw, is no error here.
ReportPicture picture_of(const core::Kind& figure, const core::Call& call) {
  ReportPicture picture{
      .name = figure.name, .caption = fmt::format("{}: {}", figure.name, figure.help), .png = {}, .note = {}};
  try {
    picture.png = picture_bytes(figure.run(call, {}).front());
  } catch (const core::MissingFileError& error) {
    core::log::detail("no {} in the report: {}", figure.name, error.what());
    picture.note = what_makes_it(error);
  } catch (const core::UsageError& error) {
    picture.note = error.what();
  }
  return picture;
}

/// Whether what stands beside a table says that it is of this paradigm: "own_bio_trained" may be the paradigm
/// "own" and the option "bio_trained", or "own_bio" and "trained".
bool is_of_paradigm(const fs::path& table, const std::string& paradigm) {
  const fs::path sidecar = table.string() + ".provenance.json";
  std::error_code ignored;
  if (!fs::exists(sidecar, ignored)) return true;
  const auto options = io::read_json(sidecar).value("options", io::Json::object());
  return options.value("paradigm", paradigm) == paradigm;
}

/// Paradigms of which the tables that a figure reads are there, alphabetical.
std::vector<std::string> paradigms_with_tables(const core::Kind& figure, const FigureRequest& request) {
  constexpr std::string_view key = "{paradigm}";
  const auto file =
      table_file(figure.reads.items[0], request.tables, request.options.front()).filename().string();
  const auto begin = file.find(key);
  const auto before = file.substr(0, begin), after = file.substr(begin + key.size());
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(request.tables, ignored))
    if (const auto name = entry.path().filename().string();
        name.size() > before.size() + after.size() && name.starts_with(before) && name.ends_with(after)) {
      auto paradigm = name.substr(before.size(), name.size() - before.size() - after.size());
      if (is_of_paradigm(entry.path(), paradigm)) names.push_back(std::move(paradigm));
    }
  std::ranges::sort(names);
  return names;
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
    if (std::string_view(figure.arguments).starts_with("PARADIGM")) {
      for (const auto& paradigm : paradigms_with_tables(figure, figure_request(report))) {
        auto arguments = report.arguments;
        arguments["PARADIGM"] = {paradigm};
        pictures.push_back(
            picture_of(figure, {.kind = &figure, .arguments = arguments, .values = {figure.options, given}}));
        pictures.back().caption += ", " + paradigm;
      }
      continue;
    }
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

}  // namespace

std::string picture_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> make_report(const core::Call& call, const core::Comm& world,
                                  const DrawStimuli& draw_stimuli) {
  const auto page = picture_file(call);
  if (!world.is_root()) return {page};
  const auto facts = report_facts(figure_request(call));
  const PictureFolder folder(page);
  const auto stimuli = draw_stimuli(folder.path());
  const auto pictures = draw_pictures(call, folder, facts.training.has_value());
  io::write_text_file(page, report_page(facts, stimuli, pictures));
  core::log::info("{} warnings", facts.warnings.size());
  return {page};
}

}  // namespace striate::metrics
