// SPDX-License-Identifier: BSD-3-Clause
// How the weights of an option were trained, from what `striate train` leaves in BASE/training/OPT.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include "core/values/nan.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/base/cell_types.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/report/html.hpp"
#include "metrics/report/report.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;

constexpr std::size_t averaged_steps = 25;  ///< single updates are noisy
constexpr std::array term_names{"total",     "rate",    "outer_rate", "selectivity", "outer_selectivity",
                                "synchrony", "voltage", "weights"};

/// A table of the course, one row a step.
class Course {
 public:
  Course(const fs::path& file, const std::string& made_by)
      : table_(io::read_delimited_table(file, ',', made_by)) {}

  std::size_t steps() const { return table_.rows.size(); }
  const std::vector<std::string>& columns() const { return table_.columns; }
  /// Over the first and the last steps.
  StartAndEnd means(const std::string& name) const {
    if (std::ranges::find(table_.columns, name) == table_.columns.end()) return {};
    const auto count = std::min(averaged_steps, std::max<std::size_t>(1, steps() / 2));
    return {.start = mean(name, 0, count), .end = mean(name, steps() - count, steps())};
  }
  double number(std::size_t row, const std::string& name) const {
    const auto column = table_.column(name);
    const auto& cells = table_.rows[row];
    return cells.cells[column] == "nan" ? nan : table_.number(cells, column);
  }

 private:
  double mean(const std::string& name, std::size_t from, std::size_t to) const {
    double sum = 0, count = 0;
    for (std::size_t row = from; row < to; ++row)
      if (const double value = number(row, name); !std::isnan(value)) sum += value, ++count;
    return count > 0 ? sum / count : nan;
  }

  io::DelimitedTable table_;
};

std::string best_of(const fs::path& file, const std::string& made_by) {
  if (!io::is_there(file)) return {};
  const Course held_out(file, made_by);
  std::string best;
  for (std::size_t row = 0; row < held_out.steps(); ++row)
    if (held_out.number(row, "best") == 1)
      best = fmt::format("step {:.0f}, where the losses on held-out trials came to {:.4g}",
                         held_out.number(row, "step"), held_out.number(row, "total"));
  return best;
}

/// "key = value" lines.
std::vector<std::pair<std::string, std::string>> settings_of(const fs::path& file) {
  std::vector<std::pair<std::string, std::string>> settings;
  std::ifstream in(file);
  constexpr std::string_view between = " = ";
  for (std::string line; std::getline(in, line);)
    if (const auto at = line.find(between); at != std::string::npos && !line.starts_with('#'))
      settings.emplace_back(line.substr(0, at), line.substr(at + between.size()));
  return settings;
}

double recorded_rate(const FigureRequest& request, const std::string& type) {
  const auto of_type = request.reference.values.find(type);
  if (of_type == request.reference.values.end()) return nan;
  const auto rates = of_type->second.find("average_rate");
  return rates == of_type->second.end() || rates->second.empty() ? nan : mean(rates->second);
}

HtmlCell number(double value, int digits) {
  return {.text = std::isnan(value) ? "–" : fmt::format("{:.{}f}", value, digits), .number = true};
}

}  // namespace

fs::path training_log(const fs::path& base, const std::string& option) {
  return base / "training" / option / "log.csv";
}

std::optional<TrainingReport> training_report(const FigureRequest& request) {
  const auto& option = request.options.front();
  const auto file = training_log(request.base, option);
  if (!io::is_there(file)) return std::nullopt;
  const auto made_by = fmt::format("'striate train {} --suffix {}' makes it", request.base, option);
  const Course course(file, made_by);
  if (course.steps() == 0) return std::nullopt;
  TrainingReport report{.steps = course.steps(),
                        .written = best_of(file.parent_path() / "held_out.csv", made_by),
                        .terms = {},
                        .types = {},
                        .settings = settings_of(file.parent_path() / "provenance.txt")};
  for (const char* name : term_names) {
    const TrainingReport::Term term{.name = name,
                                    .evoked = course.means(fmt::format("evoked {}", name)),
                                    .gray = course.means(fmt::format("spontaneous {}", name))};
    if (term.evoked.start != 0 || term.evoked.end != 0 || term.gray.start != 0 || term.gray.end != 0)
      report.terms.push_back(term);
  }
  constexpr std::string_view rate = "evoked rate_hz ";
  for (const auto& column : course.columns()) {
    if (!column.starts_with(rate)) continue;
    const auto type = column.substr(rate.size());
    report.types.push_back({.type = type,
                            .rate_hz = course.means(column),
                            .recorded_hz = recorded_rate(request, type),
                            .gray_hz = course.means("spontaneous rate_hz " + type),
                            .similarity = course.means("evoked similarity " + type),
                            .silent = course.means("evoked silent " + type)});
  }
  return report;
}

std::string training_section(const TrainingReport& report) {
  std::string html = "<h2>Training</h2>\n";
  html += fmt::format(
      "<p>{} steps.{} Values are means over up to {} steps at the start and at the end, as the trainer saw "
      "them "
      "(steps of 1 ms); rates and tuning above are those of the simulation.</p>\n",
      report.steps,
      report.written.empty() ? std::string()
                             : " The best weights are those of " + html_escape(report.written) + ".",
      averaged_steps);
  HtmlTable terms{.header = {"loss", "gratings, start", "end", "gray, start", "end"}, .rows = {}};
  for (const auto& term : report.terms)
    terms.rows.push_back({{.text = shown_label(term.name)},
                          number(term.evoked.start, 4),
                          number(term.evoked.end, 4),
                          number(term.gray.start, 4),
                          number(term.gray.end, 4)});
  HtmlTable types{.header = {"cell type", "gratings (Hz), start", "end", "recorded", "gray (Hz), start",
                             "end", "similarity, start", "end", "silent, end"},
                  .rows = {}};
  for (const auto& type : report.types)
    types.rows.push_back(
        {{.text = shown_label(type.type)},
         number(type.rate_hz.start, 2),
         number(type.rate_hz.end, 2),
         number(type.recorded_hz, 2),
         number(type.gray_hz.start, 2),
         number(type.gray_hz.end, 2),
         number(type.similarity.start, 2),
         number(type.similarity.end, 2),
         {.text = std::isnan(type.silent.end) ? "–" : fmt::format("{:.0f} %", 100 * type.silent.end),
          .number = true}});
  HtmlTable settings{.header = {"setting", ""}, .rows = {}};
  for (const auto& [name, value] : report.settings)
    settings.rows.push_back({{.text = name}, {.text = value}});
  return html + html_table(terms) + html_table(types) +
         (settings.rows.empty()
              ? std::string()
              : "<details><summary>Settings</summary>\n" + html_table(settings) + "</details>\n");
}

}  // namespace striate::metrics
