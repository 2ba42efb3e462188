// SPDX-License-Identifier: BSD-3-Clause
// Texts of single edges, such as the parameter file that an edge has for itself. There are few different
// ones, so that a slab keeps positions in a list.
#include <algorithm>
#include <unordered_map>

#include "core/errors/error.hpp"
#include "io/hdf5/h5_slab.hpp"
#include "io/sonata/edges.hpp"

namespace striate::io {
namespace {

constexpr std::uint64_t text_window = 1u << 20;  ///< rows of a group read at once, to bound the memory

/// Texts of rows [first, first + count) of a dataset: strings, or positions in a list of strings
/// ("@library").
std::vector<std::string> read_rows(const h5::File& file, const std::string& dataset,
                                   const std::string& library, std::uint64_t first, std::uint64_t count) {
  if (h5::dataset_info(file, dataset).type != h5::TypeClass::integer || !h5::is_dataset(file, library))
    return h5::read_string_rows(file, dataset, first, count);
  const auto names = h5::read_strings(file, library);
  std::vector<std::string> texts;
  for (const auto position : h5::read_rows<std::int64_t>(file, dataset, first, count)) {
    if (position < 0 || static_cast<std::size_t>(position) >= names.size())
      throw core::FormatError("{}:{} row {} holds {} ({} has {} entries)", file.path(), dataset,
                              first + texts.size(), position, library, names.size());
    texts.push_back(names[static_cast<std::size_t>(position)]);
  }
  return texts;
}

}  // namespace

void EdgePopulation::read_texts(const std::string& attribute, const RowMap& rows,
                                std::optional<EdgeTexts>& column) const {
  column.reset();
  if (!has_attribute(attribute)) return;
  column.emplace();
  column->index.assign(rows.count, EdgeTexts::none);
  std::unordered_map<std::string, std::uint32_t> known;
  const auto position = [&](const std::string& text) {
    const auto [entry, is_new] = known.try_emplace(text, static_cast<std::uint32_t>(column->texts.size()));
    if (is_new) column->texts.push_back(text);
    return entry->second;
  };
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const Span& span = rows.spans[g];
    if (!groups_[g].has(attribute) || span.end == span.first) continue;
    const auto group = std::to_string(groups_[g].id);
    const std::uint64_t end = span.is_whole_slab ? span.first + rows.count : span.end;
    for (std::uint64_t first = span.first; first < end; first += text_window) {
      const auto length = std::min(text_window, end - first);
      const auto texts = read_rows(file_, path(group + "/" + attribute),
                                   path(group + "/@library/" + attribute), first, length);
      for (std::uint64_t i = 0; i < rows.count; ++i) {
        const auto row = span.is_whole_slab ? span.first + i : rows.group_index[i];
        const bool is_here =
            (span.is_whole_slab || rows.group_id[i] == groups_[g].id) && row >= first && row - first < length;
        if (is_here) column->index[i] = position(texts[row - first]);
      }
    }
  }
}

}  // namespace striate::io
