// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/rules.hpp"
#include "io/sonata/spikes.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

double unit_in_ms(const h5::File& file, const std::string& dataset) {
  if (!h5::has_attribute(file, dataset, "units")) return 1;
  const auto units = h5::string_attribute(file, dataset, "units");
  const auto unit_ms = units ? rules::unit_in_ms(*units) : std::nullopt;
  if (!unit_ms) throw rules::unknown_units(units, rules::name_of(file, dataset));
  return *unit_ms;
}

/// Where the spikes of one population lie in a file.
struct SpikeDatasets {
  std::string times, ids;
  std::uint64_t count = 0;
  double unit_ms = 1;
};

SpikeDatasets check_pair(const h5::File& file, const std::string& times, const std::string& ids) {
  const auto time_shape = h5::dataset_info(file, times).shape;
  const auto id_shape = h5::dataset_info(file, ids).shape;
  if (time_shape.size() != 1)
    throw core::FormatError("{}:{} has {} dimensions (a list of times has one)", file.path(), times,
                            time_shape.size());
  if (id_shape.size() != 1 || id_shape[0] != time_shape[0])
    throw rules::unequal_lengths(rules::name_of(file, ids), id_shape.empty() ? 1 : id_shape[0], times,
                                 time_shape[0]);
  return {.times = times, .ids = ids, .count = time_shape[0], .unit_ms = unit_in_ms(file, times)};
}

SpikeTrains read_block(const h5::File& file, const SpikeDatasets& datasets, std::uint64_t first,
                       std::uint64_t count) {
  SpikeTrains spikes;
  spikes.time_ms = h5::read_rows<double>(file, datasets.times, first, count);
  spikes.node_id = h5::read_ids(file, datasets.ids, first, count);
  const auto bad =
      std::ranges::find_if_not(spikes.time_ms, [](double time) { return rules::is_spike_time(time); });
  if (bad != spikes.time_ms.end())
    throw rules::impossible_time(
        *bad, rules::row_of(first + static_cast<std::uint64_t>(bad - spikes.time_ms.begin()),
                            rules::name_of(file, datasets.times)));
  if (datasets.unit_ms != 1)
    for (double& time : spikes.time_ms) time *= datasets.unit_ms;
  return spikes;
}

std::vector<std::string> populations_of(const h5::File& file) {
  std::vector<std::string> names;
  for (const auto& child : h5::children(file, "/spikes"))
    if (h5::is_dataset(file, "/spikes/" + child + "/timestamps") &&
        h5::is_dataset(file, "/spikes/" + child + "/node_ids"))
      names.push_back(child);
  return names;
}

/// No population is complete: that is a file without spikes only if there is nothing left in it.
void require_no_remains(const h5::File& file) {
  for (const auto& child : h5::children(file, "/spikes")) {
    const auto path = "/spikes/" + child;
    if (h5::is_group(file, path) && h5::children(file, path).empty()) continue;
    throw core::FormatError(
        "incomplete spikes at {}:{} (neither timestamps and node_ids of a population nor timestamps and "
        "gids)",
        file.path(), path);
  }
}

/// The population that is meant where none was named: there must be one alone.
std::string only_population(const std::filesystem::path& file, const std::vector<std::string>& present) {
  if (present.size() > 1)
    throw core::FormatError("several populations in {} ({}) name the one that is meant", file,
                            fmt::join(present, ", "));
  return present.front();
}

/// nullopt for a file without any spikes.
std::optional<SpikeDatasets> find_datasets(const h5::File& file,
                                           const std::optional<std::string>& population) {
  const auto names = populations_of(file);
  if (!names.empty()) {
    if (population && std::ranges::find(names, *population) == names.end())
      throw rules::no_spikes_of(*population, file.path(), names);
    const auto group = "/spikes/" + (population ? *population : only_population(file.path(), names));
    return check_pair(file, group + "/timestamps", group + "/node_ids");
  }
  if (h5::is_dataset(file, "/spikes/timestamps") && h5::is_dataset(file, "/spikes/gids"))
    return check_pair(file, "/spikes/timestamps", "/spikes/gids");
  require_no_remains(file);
  return std::nullopt;
}

// --- CSV ------------------------------------------------------------------------------------------------

struct Word {
  std::string_view text;
  std::size_t column;  ///< 1-based, of its first character
};

/// Words between blanks; a name that contains blanks is in double quotes.
std::vector<Word> split(std::string_view line) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == ' ' || line[at] == '\t' || line[at] == '\r') {
      ++at;
      continue;
    }
    const bool quoted = line[at] == '"';
    const std::size_t first = quoted ? at + 1 : at;
    const std::size_t end = std::min(line.find_first_of(quoted ? "\"" : " \t\r", first), line.size());
    words.push_back({line.substr(first, end - first), at + 1});
    at = quoted ? end + 1 : end;
  }
  return words;
}

struct Columns {
  std::size_t time = 0, node = 1, count = 2;
  std::optional<std::size_t> population;
};

struct Place {
  const std::filesystem::path& file;
  std::size_t line;
};

template <class Number>
Number parse(const Word& word, const Place& place, const char* what) {
  Number value{};
  const char* end = word.text.data() + word.text.size();
  const auto result = std::from_chars(word.text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end)
    throw core::FormatError("'{}' is no {} ({} line {} column {}; columns are separated by blanks)",
                            word.text, what, place.file, place.line, word.column);
  return value;
}

bool is_header(const std::vector<Word>& words) {
  double ignored = 0;
  const auto text = words.front().text;
  return std::from_chars(text.data(), text.data() + text.size(), ignored).ec == std::errc::invalid_argument;
}

Columns columns_from_header(const std::vector<Word>& words, const Place& place) {
  const auto find = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::ranges::find(words, name, &Word::text);
    if (found == words.end()) return std::nullopt;
    return static_cast<std::size_t>(found - words.begin());
  };
  const auto time = find("timestamps");
  const auto node = find("node_ids");
  if (!time || !node)
    throw core::FormatError("no column {} in {} line {} (needed are blank-separated timestamps and node_ids)",
                            time ? "node_ids" : "timestamps", place.file, place.line);
  return {*time, *node, words.size(), find("population")};
}

Columns columns_without_header(const std::vector<Word>& words, const Place& place) {
  if (words.size() == 2) return {};
  if (words.size() == 3) return {0, 2, 3, 1};
  throw core::FormatError("{} columns in {} line {} (without a header: timestamps population node_ids)",
                          words.size(), place.file, place.line);
}

using SpikesByPopulation = std::map<std::string, SpikeTrains, std::less<>>;

void append_row(SpikesByPopulation& spikes, const std::vector<Word>& words, const Columns& columns,
                const Place& place) {
  if (words.size() != columns.count)
    throw core::FormatError("{} columns in {} line {} (needed are {})", words.size(), place.file, place.line,
                            columns.count);
  const auto time_ms = parse<double>(words[columns.time], place, "time");
  if (!rules::is_spike_time(time_ms))
    throw rules::impossible_time(
        time_ms, fmt::format("{} line {} column {}", place.file, place.line, words[columns.time].column));
  const auto node_id = parse<std::uint64_t>(words[columns.node], place, "node id");
  const auto name = columns.population ? words[*columns.population].text : std::string_view{};
  auto train = spikes.find(name);
  if (train == spikes.end()) train = spikes.emplace(std::string(name), SpikeTrains{}).first;
  train->second.time_ms.push_back(time_ms);
  train->second.node_id.push_back(node_id);
}

/// All spikes of a file; those without a population under "".
SpikesByPopulation read_csv(const std::filesystem::path& file) {
  const std::string text = read_text_file(file, "spikes are read from it");
  SpikesByPopulation spikes;
  std::optional<Columns> columns;
  Place place{file, 0};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const auto words = split(std::string_view(text).substr(at, end - at));
    at = end + 1;
    ++place.line;
    if (words.empty()) continue;
    if (!columns) {
      const bool header = is_header(words);
      columns = header ? columns_from_header(words, place) : columns_without_header(words, place);
      if (header) continue;
    }
    append_row(spikes, words, *columns, place);
  }
  if (!columns) throw core::FormatError("{} is empty (not even a header; was it truncated?)", file);
  return spikes;
}

/// None where the file has no column of populations.
std::vector<std::string> names_of(const SpikesByPopulation& spikes) {
  std::vector<std::string> names;
  for (const auto& entry : spikes)
    if (!entry.first.empty()) names.push_back(entry.first);
  return names;
}

}  // namespace

std::vector<std::string> spike_populations(const std::filesystem::path& file) {
  return populations_of(h5::File::open(file));
}

SpikeTrains read_spikes_h5(const std::filesystem::path& path, const std::optional<std::string>& population) {
  const h5::File file = h5::File::open(path);
  const auto datasets = find_datasets(file, population);
  return datasets ? read_block(file, *datasets, 0, datasets->count) : SpikeTrains{};
}

void visit_spikes_h5(const std::filesystem::path& path, const std::optional<std::string>& population,
                     const std::function<void(const SpikeTrains&)>& visit, std::uint64_t block) {
  const h5::File file = h5::File::open(path);
  const auto datasets = find_datasets(file, population);
  if (!datasets) return;
  for (std::uint64_t first = 0; first < datasets->count; first += block)
    visit(read_block(file, *datasets, first, std::min(block, datasets->count - first)));
}

std::vector<std::string> spike_populations_csv(const std::filesystem::path& file) {
  return names_of(read_csv(file));
}

SpikeTrains read_spikes_csv(const std::filesystem::path& file, const std::optional<std::string>& population) {
  auto spikes = read_csv(file);
  const auto names = names_of(spikes);
  if (names.empty()) return spikes.empty() ? SpikeTrains{} : std::move(spikes.begin()->second);
  const auto found = spikes.find(population ? *population : only_population(file, names));
  if (found == spikes.end()) throw rules::no_spikes_of(*population, file, names);
  return std::move(found->second);
}

}  // namespace striate::io
