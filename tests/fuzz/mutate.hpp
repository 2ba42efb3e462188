// SPDX-License-Identifier: BSD-3-Clause
// Damages files in ways that depend on a seed alone, and says how.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace striate::fuzz {

enum class Format { text, bytes, hdf5 };

/// Which format the files of an extension have.
Format format_of(const std::filesystem::path& file);

struct Dice {
  std::mt19937_64 engine;
  explicit Dice(std::uint64_t seed) : engine(seed) {}
  /// 0 … count - 1; 0 for no choice.
  std::size_t below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(engine() % count); }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }
};

/// One change of a text: words, numbers, lines, bytes. Returns what was done.
std::string change_text(std::string& text, Dice& dice);
/// One change of bytes that a program wrote; `near` the marks of a format's structures if there are any.
std::string change_bytes(std::string& bytes, Dice& dice);
/// One change of an HDF5 file through the library: types, shapes, values, links, attributes.
std::string change_hdf5(const std::filesystem::path& file, Dice& dice);

/// The changes number `counter` of a campaign; only those whose bit is set in `mask` are made. Changes of
/// HDF5 files go either through the library or to the bytes behind it.
struct Damage {
  std::vector<std::string> done;  ///< a line for each change that was made
  std::size_t changes = 0;  ///< that there are
};
Damage damage(const std::filesystem::path& file, std::uint64_t seed, std::uint64_t counter,
              std::uint64_t mask = ~0ull);

std::string bytes_of(const std::filesystem::path& file);
void write_bytes(const std::filesystem::path& file, const std::string& bytes);

}  // namespace striate::fuzz
