// SPDX-License-Identifier: BSD-3-Clause
#include "fuzz/mutate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>

namespace striate::fuzz {
namespace {

/// As one printable piece of a line.
std::string shown(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, 40))
    result +=
        c >= 0x20 && c < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return text.size() > 40 ? result + "…" : result;
}

constexpr std::array numbers{"0",
                             "-1",
                             "1",
                             "-0.0",
                             "1e308",
                             "-1e308",
                             "1e-320",
                             "1e400",
                             "nan",
                             "inf",
                             "-inf",
                             "0x10",
                             "010",
                             "1e",
                             "65536",
                             "4294967296",
                             "18446744073709551615",
                             "18446744073709551616",
                             "-9223372036854775808",
                             "0.5",
                             "2147483648",
                             "1000000",
                             "999999999999",
                             "--1",
                             "1.2.3",
                             "1,5",
                             ""};
constexpr std::array words{"null",
                           "NULL",
                           "true",
                           "false",
                           "[]",
                           "{}",
                           "\"\"",
                           "[[[[",
                           "NaN",
                           "${a}",
                           "$BASE",
                           "${BASE}",
                           "$a$b",
                           "*",
                           "..",
                           "/",
                           "/dev/null",
                           "../../x",
                           "#",
                           "\"",
                           "'",
                           ",",
                           " ",
                           "\t",
                           "\n",
                           "\r\n",
                           "&a",
                           "*a",
                           "<<: *a",
                           "|",
                           "- ",
                           ": ",
                           "extends: tiny",
                           "!!binary",
                           "\xEF\xBB\xBF",
                           "\xFF\xFE",
                           "\xC3",
                           "\xED\xA0\x80",
                           "é",
                           "$gt",
                           "$regex",
                           "(a+)+b",
                           "node_id",
                           "population",
                           "\\",
                           "%s%n",
                           "$(id)",
                           "`id`",
                           "{option}"};

bool is_number_part(char c) {
  return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

struct Piece {
  std::size_t begin, end;
};

template <class Belongs>
std::vector<Piece> pieces(const std::string& text, const Belongs& belongs) {
  std::vector<Piece> found;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && belongs(text[end])) ++end;
    if (end > i) found.push_back({i, end});
    i = end + 1;
  }
  return found;
}

std::vector<Piece> lines(const std::string& text) {
  return pieces(text, [](char c) { return c != '\n'; });
}
std::vector<Piece> numbers_in(const std::string& text) {
  auto found = pieces(text, is_number_part);
  std::erase_if(found, [&](const Piece& piece) {
    return std::none_of(text.begin() + static_cast<std::ptrdiff_t>(piece.begin),
                        text.begin() + static_cast<std::ptrdiff_t>(piece.end),
                        [](char c) { return c >= '0' && c <= '9'; });
  });
  return found;
}
std::vector<Piece> words_in(const std::string& text) {
  return pieces(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '*';
  });
}

std::string replace(std::string& text, const Piece& piece, std::string_view with) {
  auto said =
      fmt::format("at {}: '{}' -> '{}'", piece.begin,
                  shown(std::string_view(text).substr(piece.begin, piece.end - piece.begin)), shown(with));
  text.replace(piece.begin, piece.end - piece.begin, with);
  return said;
}

std::string change_number(std::string& text, Dice& dice) {
  const auto found = numbers_in(text);
  if (found.empty()) return change_bytes(text, dice);
  return replace(text, dice.one_of(found), dice.one_of(numbers));
}

std::string change_word(std::string& text, Dice& dice) {
  const auto found = words_in(text);
  if (found.empty()) return change_bytes(text, dice);
  const auto& piece = dice.one_of(found);
  if (dice.below(2) == 0) return replace(text, piece, dice.one_of(words));
  const auto& other = dice.one_of(found);
  return replace(text, piece, text.substr(other.begin, other.end - other.begin));
}

std::string change_lines(std::string& text, Dice& dice) {
  const auto found = lines(text);
  if (found.empty()) return change_bytes(text, dice);
  const auto& line = dice.one_of(found);
  const auto& other = dice.one_of(found);
  const std::string copy = text.substr(other.begin, other.end - other.begin);
  switch (dice.below(3)) {
    case 0:
      return "line removed, " + replace(text, line, "");
    case 1:
      return "line replaced, " + replace(text, line, copy);
    default:
      return "line repeated, " + replace(text, {line.begin, line.begin}, copy + "\n");
  }
}

std::string insert(std::string& text, Dice& dice) {
  const auto at = dice.below(text.size() + 1);
  return "inserted " + replace(text, {at, at}, dice.one_of(words));
}

/// What exhausts stacks, buffers and numbers.
std::string insert_much(std::string& text, Dice& dice) {
  constexpr std::array much{"[", "{\"a\":", "(", "9", "a", "- ", "\"", " ", "$", "&a [*a,", "\n"};
  const auto at = dice.below(text.size() + 1);
  const std::string_view piece = dice.one_of(much);
  std::string run;
  for (std::size_t i = 0; i < 20'000; ++i) run += piece;
  text.insert(at, run);
  return fmt::format("at {}: 20000 times '{}'", at, shown(piece));
}

/// Offsets right behind the marks of HDF5's structures, where its lengths and addresses stand.
std::vector<std::size_t> marks(const std::string& bytes) {
  constexpr std::array names{"TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK", "FRHP",
                             "FHDB", "FHIB", "FSHD", "BTHD", "BTLF", "BTIN", "EAHD",
                             "EAIB", "EASB", "EADB", "FAHD", "FADB", "SMTB", "\x89HDF"};
  std::vector<std::size_t> found;
  for (const char* name : names)
    for (auto at = bytes.find(name, 0, 4); at != std::string::npos; at = bytes.find(name, at + 1, 4))
      found.push_back(at + 4);
  return found;
}

constexpr std::array<std::uint64_t, 16> integers{0,
                                                 1,
                                                 2,
                                                 7,
                                                 8,
                                                 127,
                                                 128,
                                                 255,
                                                 256,
                                                 65535,
                                                 65536,
                                                 0x7fffffff,
                                                 0xffffffff,
                                                 0x100000000,
                                                 0x7fffffffffffffff,
                                                 0xffffffffffffffff};

std::string change_field(std::string& bytes, std::size_t at, Dice& dice) {
  const std::size_t width = std::size_t{1} << dice.below(4);
  if (at + width > bytes.size()) return "nothing";
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, width);
  const auto before = value;
  if (dice.below(2) == 0)
    value = dice.one_of(integers);
  else
    value +=
        dice.one_of(std::array<std::uint64_t, 6>{1, 8, 64, std::uint64_t(-1), std::uint64_t(-8), 1u << 16});
  std::memcpy(bytes.data() + at, &value, width);
  return fmt::format("at {}: {} bytes {:#x} -> {:#x}", at, width, before, value);
}

std::string change_one_byte(std::string& bytes, Dice& dice) {
  // Zeros are mostly padding of a format.
  std::size_t at = dice.below(bytes.size());
  for (int tries = 0; tries < 16 && bytes[at] == '\0'; ++tries) at = dice.below(bytes.size());
  const auto before = static_cast<unsigned char>(bytes[at]);
  bytes[at] = static_cast<char>(dice.below(2) == 0 ? before ^ (1u << dice.below(8)) : dice.below(256));
  return fmt::format("at {}: {:#x} -> {:#x}", at, before, static_cast<unsigned char>(bytes[at]));
}

}  // namespace

std::string change_bytes(std::string& bytes, Dice& dice) {
  if (bytes.empty()) {
    bytes = dice.one_of(words);
    return "was empty";
  }
  switch (dice.below(10)) {
    case 0: {
      const auto size = dice.below(bytes.size());
      auto said = fmt::format("cut from {} to {} bytes", bytes.size(), size);
      bytes.resize(size);
      return said;
    }
    case 1: {
      const auto begin = dice.below(bytes.size()), count = 1 + dice.below(64);
      bytes.erase(begin, count);
      return fmt::format("at {}: {} bytes removed", begin, count);
    }
    case 2: {
      const auto from = dice.below(bytes.size()), to = dice.below(bytes.size()), count = 1 + dice.below(256);
      const auto block = bytes.substr(from, count);
      bytes.replace(to, std::min(block.size(), bytes.size() - to), block);
      return fmt::format("at {}: {} bytes from {}", to, count, from);
    }
    case 3:
    case 4:
    case 5:
    case 6: {
      const auto found = marks(bytes);
      const auto at = found.empty() ? dice.below(bytes.size()) : dice.one_of(found) + dice.below(96);
      return change_field(bytes, at, dice);
    }
    default:
      return change_one_byte(bytes, dice);
  }
}

std::string change_text(std::string& text, Dice& dice) {
  switch (dice.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return change_number(text, dice);
    case 5:
    case 6:
    case 7:
    case 8:
      return change_word(text, dice);
    case 9:
    case 10:
    case 11:
      return change_lines(text, dice);
    case 12:
    case 13:
      return insert(text, dice);
    case 14:
      return change_bytes(text, dice);
    default:
      return dice.below(4) == 0 ? insert_much(text, dice) : insert(text, dice);
  }
}

Format format_of(const std::filesystem::path& file) {
  const auto extension = file.extension();
  if (extension == ".h5" || extension == ".nwb") return Format::hdf5;
  const bool is_binary = extension == ".npy" || extension == ".npz" || extension == ".xlsx";
  return is_binary ? Format::bytes : Format::text;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

Damage damage(const std::filesystem::path& file, std::uint64_t seed, std::uint64_t counter,
              std::uint64_t mask) {
  const auto stream = seed * 0x9e3779b97f4a7c15u + counter;
  Dice dice(stream);
  const auto format = format_of(file);
  const bool through_library = format == Format::hdf5 && dice.below(3) == 0;
  Damage result{.done = {}, .changes = 1 + dice.below(3)};
  for (std::size_t i = 0; i < result.changes; ++i) {
    Dice own(stream * 0x2545f4914f6cdd1du + i + 1);
    if (((mask >> i) & 1) == 0) continue;
    if (through_library) {
      result.done.push_back(change_hdf5(file, own));
      continue;
    }
    auto bytes = bytes_of(file);
    result.done.push_back(format == Format::text ? change_text(bytes, own) : change_bytes(bytes, own));
    write_bytes(file, bytes);
  }
  return result;
}

}  // namespace striate::fuzz
