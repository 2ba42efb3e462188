// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/report/html.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "io/text/base64.hpp"

namespace striate::metrics {
namespace {

// The empty icon keeps browsers from asking for /favicon.ico; the policy forbids everything but what the page
// carries itself.
constexpr const char* page_begin = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>)";
constexpr const char* page_style = R"(</title>
<style>
body { font: 15px/1.45 "DejaVu Sans", "Helvetica Neue", Arial, sans-serif; color: #222; max-width: 1080px; margin: 2em auto; padding: 0 1.2em; }
h1 { font-size: 1.6em; margin-bottom: 0.2em; }
h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #ccc; padding-bottom: 0.2em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.86em; margin: 0.6em 0; }
th, td { padding: 0.22em 0.6em; border-bottom: 1px solid #e4e4e4; text-align: left; vertical-align: top; }
th { border-bottom: 2px solid #888; background: #fafafa; }
td:first-child { white-space: nowrap; }
td { white-space: pre-line; overflow-wrap: anywhere; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.warning { border-left: 4px solid #c0392b; background: #fdf1ef; padding: 0.3em 0.8em; margin: 0.3em 0; }
.note { border-left: 4px solid #888; background: #f5f5f5; padding: 0.3em 0.8em; margin: 0.3em 0; }
.absent { font-size: 0.86em; color: #555; margin: 0.3em 0; padding-left: 1.2em; }
.good { border-left: 4px solid #2e8b57; background: #eff8f2; padding: 0.3em 0.8em; }
figure { margin: 1.5em 0; }
figure img { max-width: 100%; height: auto; border: 1px solid #e4e4e4; }
figcaption { font-size: 0.9em; color: #555; }
code { background: #f2f2f2; padding: 0 0.25em; word-break: break-all; }
</style>
</head>
<body>
)";

/// Paper of 7.2 inches (2160 dots) becomes 900 pixels wide; the width stands in bytes 16 to 19 of a PNG.
std::string width_attribute(std::string_view png) {
  if (png.size() < 20) return "";
  std::uint32_t dots = 0;
  for (const char byte : png.substr(16, 4)) dots = dots << 8 | static_cast<unsigned char>(byte);
  return fmt::format(" width=\"{}\"", dots * 5 / 12);
}

}  // namespace

std::string html_escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '"')
      escaped += "&quot;";
    else if (c == '\'')
      escaped += "&#39;";
    else if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F)
      escaped += "\xEF\xBF\xBD";
    else
      escaped += c;
  }
  return escaped;
}

std::string html_table(const HtmlTable& table) {
  std::string html = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (const auto& name : table.header) html += "<th>" + html_escape(name) + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (const auto& cell : row)
      html +=
          fmt::format("<td{}{}>{}</td>", cell.number ? " class=\"number\"" : "",
                      cell.colour.empty() ? std::string()
                                          : fmt::format(" style=\"background:{}\"", html_escape(cell.colour)),
                      html_escape(cell.text));
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string html_picture(std::string_view png, const std::string& caption) {
  return fmt::format(
      "<figure><img{2} alt=\"{0}\" src=\"data:image/png;base64,{1}\"><figcaption>{0}</figcaption></figure>\n",
      html_escape(caption), io::base64(png), width_attribute(png));
}

std::string html_page(const std::string& title, const std::string& body) {
  return page_begin + html_escape(title) + page_style + body + "</body>\n</html>\n";
}

}  // namespace striate::metrics
