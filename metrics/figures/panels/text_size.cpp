// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/text_size.hpp"

#include <algorithm>

namespace striate::metrics {
namespace {

constexpr double units_per_em = 2048;
constexpr double page_units = 4.0 / 3;  // points of 1/72 inch on a screen of 96 dots per inch
constexpr short others = 1300;  // such as letters with accents
/// Advance widths of the characters from blank to ~.
constexpr short widths[] = {651,  821,  942,  1716, 1303, 1946, 1597, 563,
                            799,  799,  1024, 1716, 651,  739,  651,  690,  // blank to /
                            1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303,
                            1303, 1303, 690,  690,  1716, 1716, 1716, 1087,  // 0 to ?
                            2048, 1401, 1405, 1430, 1577, 1294, 1178, 1587,
                            1540, 604,  604,  1343, 1141, 1767, 1532, 1612,  // @ to O
                            1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025,
                            1403, 1251, 1403, 799,  690,  799,  1716, 1024,  // P to _
                            1024, 1255, 1300, 1126, 1300, 1260, 721,  1300,
                            1298, 569,  569,  1186, 569,  1995, 1298, 1253,  // ` to o
                            1300, 1300, 842,  1067, 803,  1298, 1212, 1675,
                            1212, 1212, 1075, 1303, 690,  1303, 1716};  // p to ~

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // UTF-8
}

/// Pieces between which a line may be broken; those behind a blank begin without it.
struct Piece {
  std::string_view text;
  bool after_blank = false;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  bool after_blank = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ' ') {
      if (at > begin) pieces.push_back({text.substr(begin, at - begin), after_blank});
      begin = at + 1;
      after_blank = true;
    } else if (text[at] == '_') {
      pieces.push_back({text.substr(begin, at + 1 - begin), after_blank});
      begin = at + 1;
      after_blank = false;
    }
  }
  if (begin < text.size()) pieces.push_back({text.substr(begin), after_blank});
  return pieces;
}

}  // namespace

double text_width(std::string_view text, double font) {
  double sum = 0;
  for (const char c : text) {
    if (!begins_character(c)) continue;
    const auto index = static_cast<std::size_t>(static_cast<unsigned char>(c)) - ' ';
    sum += c >= ' ' && index < std::size(widths) ? widths[index] : others;
  }
  return sum / units_per_em * font * page_units;
}

double widest_text(std::span<const std::string> texts, double font) {
  double widest = 0;
  for (const auto& text : texts) widest = std::max(widest, text_width(text, font));
  return widest;
}

std::vector<std::string> wrapped(std::string_view text, double font, double width) {
  std::vector<std::string> lines;
  for (const auto& [piece, after_blank] : pieces_of(text)) {
    if (!lines.empty()) {
      const auto longer = lines.back() + (after_blank ? " " : "") + std::string(piece);
      if (text_width(longer, font) <= width) {
        lines.back() = longer;
        continue;
      }
    }
    lines.emplace_back(piece);
  }
  return lines;
}

}  // namespace striate::metrics
