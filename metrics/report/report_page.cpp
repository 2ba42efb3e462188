// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/run/version.hpp"
#include "metrics/math/statistics.hpp"
#include "metrics/report/html.hpp"
#include "metrics/report/report.hpp"

namespace striate::metrics {
namespace {

constexpr const char* absent = "–";

HtmlCell number(const std::optional<double>& value, int digits) {
  return {.text = value && !std::isnan(*value) ? fmt::format("{:.{}f}", *value, digits) : absent,
          .number = true};
}

HtmlCell percent(const std::optional<double>& fraction) {
  return {.text = fraction ? fmt::format("{:.0f} %", 100 * *fraction) : absent, .number = true};
}

/// From red (0) through yellow to green (1), pale.
HtmlCell similarity_cell(double value) {
  auto cell = number(value, 2);
  if (std::isnan(value)) return cell;
  const int red = static_cast<int>(value < 0.5 ? 250 : 250 - 140 * (value - 0.5)),
            green = static_cast<int>(value < 0.5 ? 190 + 110 * value : 245);
  cell.colour = fmt::format("#{:02x}{:02x}b4", red, green);
  return cell;
}

std::string heading(const std::string& text) {
  return "<h2>" + html_escape(text) + "</h2>\n";
}

/// Which cells the tables call core, and which are the network's own.
std::string core_text(const ReportFacts& facts) {
  const bool all = facts.core_cells == facts.cells;
  auto text =
      fmt::format("{} cells, {} of them in the core of these tables (within {} µm of the axis", facts.cells,
                  all ? "all" : fmt::format("{}", facts.core_cells), facts.core_radius_um);
  if (all && facts.network_radius_um)
    text += fmt::format("; the network ends at {:g} µm", *facts.network_radius_um);
  if (facts.network_core_um && *facts.network_core_um != facts.core_radius_um)
    text += fmt::format("; its own core ends at {0:g} µm: <code>--core-radius {0:g}</code>",
                        *facts.network_core_um);
  return text + ").";
}

std::string runs_section(const ReportFacts& facts) {
  HtmlTable runs{.header = {"runs", "found", "of", "folder"}, .rows = {}};
  for (const auto& each : facts.runs)
    runs.rows.push_back({{.text = each.what},
                         {.text = fmt::format("{}", each.found), .number = true},
                         {.text = fmt::format("{}", each.expected), .number = true},
                         {.text = each.where.string()}});
  std::string html = heading("What was run") +
                     fmt::format("<p>Network <b>{}</b>, option <b>{}</b>: {}</p>\n",
                                 html_escape(facts.network), html_escape(facts.option), core_text(facts)) +
                     html_table(runs);
  if (facts.simulation.empty()) return html;
  HtmlTable simulation{.header = {"single run", ""}, .rows = {}};
  for (const auto& [name, value] : facts.simulation)
    simulation.rows.push_back({{.text = name}, {.text = value}});
  return html + html_table(simulation);
}

std::string warnings_section(const ReportFacts& facts) {
  std::string html = heading(fmt::format("Warnings ({})", facts.warnings.size()));
  if (facts.warnings.empty()) return html + "<p class=\"good\">None.</p>\n";
  for (const auto& warning : facts.warnings)
    html += "<p class=\"warning\">" + html_escape(warning) + "</p>\n";
  return html;
}

std::string rates_section(const ReportFacts& facts) {
  const bool some_silenced =
      std::ranges::any_of(facts.types, [](const auto& type) { return type.silenced != 0; });
  const auto* silent = some_silenced ? "silent, of the others" : "silent";
  HtmlTable table{.header = {"cell type", "cells", "mean rate, single run (Hz)", silent,
                             "mean rate, gratings (Hz)", silent},
                  .rows = {}};
  if (some_silenced) table.header.insert(table.header.begin() + 2, "silenced");
  for (const auto& type : facts.types) {
    std::vector<HtmlCell> row{{.text = shown_label(type.type)},
                              {.text = fmt::format("{}", type.cells), .number = true}};
    if (some_silenced) row.push_back({.text = fmt::format("{}", type.silenced), .number = true});
    for (auto& cell : {number(type.run_rate, 2), percent(type.run_silent), number(type.evoked_rate, 2),
                       percent(type.evoked_silent)})
      row.push_back(cell);
    table.rows.push_back(std::move(row));
  }
  return heading("Rates of the core cells") +
         (some_silenced ? "<p>Silenced: a negative current went into these cells of the single run, so their "
                          "silence is intended and no warning speaks of it.</p>\n"
                        : "") +
         html_table(table);
}

enum class Shown { rates, selectivity };

/// Median similarity over the types with a value.
template <class Belongs>
std::vector<HtmlCell> median_row(const ReportFacts& facts, Belongs belongs) {
  std::vector<HtmlCell> row{{.text = "median", .colour = {}}};
  for (std::size_t m = 0; m < compared_metrics.size(); ++m) {
    if (!belongs(compared_metrics[m])) continue;
    std::vector<double> values;
    for (const auto& type : facts.types)
      if (m < type.metrics.size()) values.push_back(type.metrics[m].similarity);
    values = without_nan(values);
    auto cell = similarity_cell(median(values));
    cell.text += fmt::format(" ({} types)", values.size());
    row.push_back({.text = "", .colour = {}});
    row.push_back({.text = "", .colour = {}});
    row.push_back(std::move(cell));
  }
  return row;
}

std::string comparison_table(const ReportFacts& facts, Shown shown) {
  const auto belongs = [&](const ComparedMetric& metric) {
    return metric.needs_response == (shown == Shown::selectivity);
  };
  HtmlTable table{.header = {"cell type"}, .rows = {}};
  for (const auto& metric : compared_metrics) {
    if (!belongs(metric)) continue;
    table.header.push_back(shown_label(metric.name) + (metric.needs_response ? "" : " (Hz)"));
    table.header.emplace_back("recorded");
    table.header.emplace_back("similarity");
  }
  for (const auto& type : facts.types) {
    std::vector<HtmlCell> row{{.text = shown_label(type.type), .colour = {}}};
    for (std::size_t m = 0; m < type.metrics.size(); ++m) {
      if (!belongs(compared_metrics[m])) continue;
      const auto& comparison = type.metrics[m];
      row.push_back(number(comparison.model, 2));
      row.push_back(number(comparison.recorded, 2));
      auto cell = similarity_cell(comparison.similarity);
      if (!std::isnan(comparison.similarity))
        cell.text += fmt::format(" ({}, {})", comparison.model_count, comparison.recorded_count);
      row.push_back(std::move(cell));
    }
    table.rows.push_back(std::move(row));
  }
  table.rows.push_back(median_row(facts, belongs));
  return html_table(table);
}

std::string tuning_section(const ReportFacts& facts) {
  std::string html = heading("Tuning beside the recordings");
  if (facts.types.empty() || facts.types.front().metrics.empty())
    return html +
           "<p class=\"note\">No tuning: simulate the gratings, then run <code>striate metrics "
           "odsi</code>.</p>\n";
  html += "<p>Medians of the model and of the Neuropixels units (" + html_escape(facts.reference) +
          "), and the similarity 1 − D with D the Kolmogorov–Smirnov distance of both distributions: 1 is "
          "equal, 0 is "
          "apart. In brackets the number of values on both sides; fewer than ten say little. L5 ET, IT and "
          "NP are "
          "compared with the recordings' L5 Exc.</p>\n";
  return html + comparison_table(facts, Shown::rates) + comparison_table(facts, Shown::selectivity);
}

std::string picture_html(const ReportPicture& picture) {
  return picture.png.empty() ? fmt::format("<p class=\"note\">{}: not drawn ({}).</p>\n",
                                           html_escape(picture.caption), html_escape(picture.note))
                             : html_picture(picture.png, picture.caption);
}

std::string stimuli_section(const std::vector<ReportStimulus>& stimuli) {
  if (stimuli.empty()) return {};
  std::string html = heading("What the LGN saw");
  for (const auto& stimulus : stimuli) {
    html += "<h3>" + html_escape(stimulus.name) + "</h3>\n" + picture_html(stimulus.picture);
    if (stimulus.parameters.empty()) continue;
    HtmlTable table{.header = {"parameter", ""}, .rows = {}};
    for (const auto& [name, value] : stimulus.parameters)
      table.rows.push_back({{.text = name}, {.text = value}});
    html += html_table(table);
  }
  return html;
}

std::string provenance_section(const ReportFacts& facts) {
  HtmlTable table{.header = {"table", "command", "program", "inputs", "options"}, .rows = {}};
  for (const auto& source : facts.sources)
    table.rows.push_back({{.text = source.file},
                          {.text = source.command},
                          {.text = source.program},
                          {.text = source.inputs},
                          {.text = source.options}});
  return heading("Provenance") + "<p>Report by " + html_escape(core::program_label()) + ".</p>\n" +
         (table.rows.empty() ? std::string() : html_table(table));
}

}  // namespace

std::string report_page(const ReportFacts& facts, const std::vector<ReportStimulus>& stimuli,
                        const std::vector<ReportPicture>& pictures) {
  const auto title = fmt::format("{}, {}", facts.network, facts.option);
  std::string figures = heading("Figures"), absent_figures;
  for (const auto& picture : pictures)
    if (!picture.png.empty())
      figures += picture_html(picture);
    else
      absent_figures +=
          fmt::format("<li>{}: {}</li>\n", html_escape(picture.name), html_escape(picture.note));
  if (!absent_figures.empty())
    figures += "<h3>Not drawn</h3>\n<ul class=\"absent\">\n" + absent_figures + "</ul>\n";
  return html_page(title + " – Striate report",
                   "<h1>" + html_escape(title) + "</h1>\n" + runs_section(facts) + warnings_section(facts) +
                       rates_section(facts) + tuning_section(facts) +
                       (facts.training ? training_section(*facts.training) : "") + stimuli_section(stimuli) +
                       figures + provenance_section(facts));
}

}  // namespace striate::metrics
