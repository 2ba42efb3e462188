// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/spreadsheet.hpp"

#include <zip.h>

#include <fmt/ranges.h>

#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/errors/error.hpp"
#include "core/text.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;
using core::FormatError;

constexpr std::uint64_t most_bytes = 64 << 20;  // of one part of a workbook, unpacked
constexpr int most_rows = 1'048'576, most_columns = 16'384;  // as the format has it

struct Closer {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

/// Names in XML may bear the prefix of their namespace.
std::string_view local(const char* name) {
  const std::string_view text = name;
  const auto colon = text.rfind(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (const auto& child : node.children())
    if (local(child.name()) == name) found.push_back(child);
  return found;
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  const auto found = children(node, name);
  return found.empty() ? pugi::xml_node() : found.front();
}

std::string attribute(const pugi::xml_node& node, std::string_view name) {
  for (const auto& each : node.attributes())
    if (local(each.name()) == name) return each.value();
  return {};
}

class Workbook {
 public:
  explicit Workbook(const fs::path& file) : file_(file) {
    core::require_readable(file, "a workbook is expected here");
    int error = 0;
    archive_.reset(zip_open(file.c_str(), ZIP_RDONLY, &error));
    if (archive_ == nullptr)
      throw FormatError("{} is no workbook (.xlsx files are zip archives, which this is not)", file);
  }

  bool has(const std::string& part) const { return zip_name_locate(archive_.get(), part.c_str(), 0) >= 0; }

  pugi::xml_document part(const std::string& name) const {
    zip_stat_t facts;
    zip_stat_init(&facts);
    if (zip_stat(archive_.get(), name.c_str(), 0, &facts) != 0 || (facts.valid & ZIP_STAT_SIZE) == 0)
      throw FormatError("no part {} in {} (every workbook has one)", name, file_);
    if (facts.size > most_bytes)
      throw FormatError("{} of {} has {} bytes (at most {} are read)", name, file_, facts.size, most_bytes);
    std::string text(facts.size, '\0');
    const std::unique_ptr<zip_file_t, Closer> open(zip_fopen(archive_.get(), name.c_str(), 0));
    if (open == nullptr ||
        zip_fread(open.get(), text.data(), text.size()) != static_cast<zip_int64_t>(text.size()))
      throw FormatError("{} of {} cannot be unpacked (the archive is damaged, or encrypted)", name, file_);
    pugi::xml_document document;
    const auto result =
        document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!result)
      throw FormatError("{} of {} is no XML ({}, byte {})", name, file_, result.description(), result.offset);
    return document;
  }

 private:
  fs::path file_;
  std::unique_ptr<zip_t, Closer> archive_;
};

/// The text of a shared or inline string: its runs, without readings of Asian characters.
std::string text_of(const pugi::xml_node& item) {
  std::string text;
  for (const auto& part : item.children()) {
    if (local(part.name()) == "t") text += part.text().get();
    if (local(part.name()) == "r") text += child(part, "t").text().get();
  }
  return text;
}

std::string sheet_part(const Workbook& book, const fs::path& file, std::string& name) {
  const auto document = book.part("xl/workbook.xml");
  const auto sheets = children(child(child(document, "workbook"), "sheets"), "sheet");
  std::vector<std::string> names;
  pugi::xml_node chosen;
  for (const auto& sheet : sheets) {
    names.push_back(attribute(sheet, "name"));
    if (names.back() == name) chosen = sheet;
  }
  if (!chosen && sheets.size() == 1) chosen = sheets.front(), name = names.front();
  if (!chosen)
    throw FormatError("no sheet {} in {} (its sheets: {}){}", name, file, fmt::join(names, ", "),
                      core::did_you_mean(name, names));
  std::string id;
  for (const auto& each : chosen.attributes())
    if (std::string_view(each.name()).ends_with(":id")) id = each.value();
  const auto relations = book.part("xl/_rels/workbook.xml.rels");
  for (const auto& relation : children(child(relations, "Relationships"), "Relationship")) {
    if (attribute(relation, "Id") != id) continue;
    const auto target = attribute(relation, "Target");
    return target.starts_with('/') ? target.substr(1) : (fs::path("xl") / target).lexically_normal().string();
  }
  throw FormatError("sheet {} of {} names no part (damaged workbook)", name, file);
}

/// "AB12" is row 12, column 28. Nullopt for anything else.
std::optional<std::pair<int, int>> parse_cell_name(std::string_view text) {
  int column = 0;
  std::size_t letters = 0;
  while (letters < text.size() && letters < 3 && text[letters] >= 'A' && text[letters] <= 'Z')
    column = column * 26 + (text[letters++] - 'A' + 1);
  const auto row = core::parse_number<int>(text.substr(letters));
  if (letters == 0 || column > most_columns || !row || *row < 1 || *row > most_rows) return std::nullopt;
  return std::pair(*row, column);
}

SheetCell cell_of(const pugi::xml_node& node, const std::vector<std::string>& shared,
                  const std::string& place) {
  const auto type = attribute(node, "t");
  const auto value = child(node, "v");
  if (type == "inlineStr") return {.text = text_of(child(node, "is"))};
  SheetCell cell{.text = value.text().get()};
  if (type == "e" || (child(node, "f") && cell.text.empty())) cell.has_no_value = true;
  if (type == "s" && !cell.text.empty()) {
    const auto index = core::parse_number<std::size_t>(cell.text);
    if (!index || *index >= shared.size())
      throw FormatError("{} is text {} of {} (damaged workbook)", place, cell.text, shared.size());
    cell.text = shared[*index];
  }
  return cell;
}

}  // namespace

std::string cell_name(int row, int column) {
  std::string letters;
  for (; column > 0; column = (column - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters + std::to_string(row);
}

const SheetCell* Sheet::at(int row, int column) const {
  const auto found = cells.find({row, column});
  return found == cells.end() ? nullptr : &found->second;
}

std::string Sheet::place(int row, int column) const {
  return fmt::format("{} sheet {} cell {}", file.string(), name, cell_name(row, column));
}

Sheet read_sheet(const fs::path& file, const std::string& name) {
  const Workbook book(file);
  Sheet sheet{.file = file, .name = name, .cells = {}};
  const auto part = sheet_part(book, file, sheet.name);
  std::vector<std::string> shared;
  if (book.has("xl/sharedStrings.xml")) {
    const auto strings = book.part("xl/sharedStrings.xml");
    for (const auto& item : children(child(strings, "sst"), "si")) shared.push_back(text_of(item));
  }
  const auto document = book.part(part);
  int row = 0;
  for (const auto& row_node : children(child(child(document, "worksheet"), "sheetData"), "row")) {
    ++row;
    if (const auto number = core::parse_number<int>(attribute(row_node, "r"))) row = *number;
    int column = 0;
    for (const auto& node : children(row_node, "c")) {
      ++column;
      if (const auto where = attribute(node, "r"); !where.empty()) {
        const auto place = parse_cell_name(where);
        if (!place) throw FormatError("invalid cell {} in {} of {} (damaged workbook)", where, part, file);
        std::tie(row, column) = *place;
      }
      if (row < 1 || row > most_rows || column > most_columns)
        throw FormatError("invalid row {} or column {} in {} of {} (damaged workbook)", row, column, part,
                          file);
      auto cell = cell_of(node, shared, sheet.place(row, column));
      if (!cell.text.empty() || cell.has_no_value) sheet.cells[{row, column}] = std::move(cell);
    }
  }
  return sheet;
}

}  // namespace striate::io
