// SPDX-License-Identifier: BSD-3-Clause
// Functions of the program that read a file, as data: each gives all that it read as text, so that what a
// damaged file is taken for can be compared with the file that was damaged.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace striate::fuzz {

struct Entry {
  const char* name;
  std::string (*read)(const std::filesystem::path& file);
};

std::vector<Entry> text_entries();
std::vector<Entry> hdf5_entries();
/// Null where there is none of that name.
const Entry* find_entry(std::string_view name);

}  // namespace striate::fuzz
