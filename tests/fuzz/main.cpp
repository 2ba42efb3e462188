// SPDX-License-Identifier: BSD-3-Clause
// Damages the files of a folder and has the program's own functions read them, each input in a process that
// may die of it (scripts/fuzz.sh).
//
// usage: striate_fuzz run SEEDS WORK FOUND SEED FIRST COUNT      inputs FIRST … FIRST + COUNT - 1
//        striate_fuzz damage SEED                                for each line "COUNTER FILE" of standard
//        input:
//                                                                damages FILE, and says how in one line
//        striate_fuzz read ENTRY FILE                            reads one file
// SEEDS/targets.tsv: an entry of entries.hpp and a file below SEEDS on each line. WORK: a copy of SEEDS, made
// and used by this process alone. `run` prints lines of TSV: "count", entry, format, outcome, code, how many;
// and "case", counter, entry, file, outcome, code, damage, message of whatever was accepted with another
// result or went wrong. What went wrong is reduced and kept in FOUND.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "fuzz/entries.hpp"
#include "fuzz/isolated.hpp"
#include "fuzz/mutate.hpp"

namespace {

namespace fs = std::filesystem;
using namespace striate::fuzz;
using striate::core::Error;

struct Target {
  const Entry* entry;
  fs::path file;  ///< below SEEDS
  std::string bytes, text;  ///< as they are
};

std::vector<Target> read_targets(const fs::path& seeds) {
  std::vector<Target> targets;
  std::ifstream in(seeds / "targets.tsv");
  for (std::string name, file; std::getline(in, name, '\t') && std::getline(in, file);) {
    const auto* entry = find_entry(name);
    if (entry == nullptr) throw std::runtime_error("no entry " + name);
    targets.push_back({entry, file, bytes_of(seeds / file), {}});
  }
  if (targets.empty()) throw std::runtime_error("no targets in " + seeds.string());
  return targets;
}

/// Where two texts first differ.
std::string difference(const std::string& before, const std::string& after) {
  std::size_t at = 0;
  while (at < before.size() && at < after.size() && before[at] == after[at]) ++at;
  const auto begin = at < 30 ? 0 : at - 30;
  return fmt::format("'{}' -> '{}'", before.substr(begin, 80), after.substr(begin, 80));
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text;
}

/// Reads what lies in `file` and compares it with what should.
Result read(const Target& target, const fs::path& file) {
  Result result;
  try {
    const auto text = target.entry->read(file);
    result.outcome = text == target.text ? Outcome::same : Outcome::different;
    if (result.outcome == Outcome::different) result.message = difference(target.text, text);
  } catch (const Error& error) {
    result = {.outcome = Outcome::refused,
              .code = static_cast<int>(error.code),
              .damage = {},
              .message = error.what()};
  } catch (const std::exception& error) {
    result = {.outcome = Outcome::internal, .code = 0, .damage = {}, .message = error.what()};
  }
  result.message = one_line(result.message);
  return result;
}

struct Campaign {
  fs::path work, found;
  std::uint64_t seed = 0;
  std::vector<Target> targets;

  const Target& target(std::uint64_t counter) const { return targets[counter % targets.size()]; }
  fs::path file(std::uint64_t counter) const { return work / target(counter).file; }

  Result try_input(std::uint64_t counter, std::uint64_t mask) const {
    const auto place = file(counter);
    write_bytes(place, target(counter).bytes);
    const auto damaged = damage(place, seed, counter, mask);
    auto result = read(target(counter), place);
    for (const auto& one : damaged.done) result.damage += (result.damage.empty() ? "" : "; ") + one_line(one);
    return result;
  }
};

Result alone(const std::function<Result()>& work) {
  return isolated(1, 1, [&](std::size_t) { return work(); }).front();
}

/// Leaves out changes, then bytes, as long as it goes wrong in the same way; keeps what is left.
void reduce_and_keep(const Campaign& campaign, std::uint64_t counter, Result& result) {
  const auto& target = campaign.target(counter);
  const auto place = campaign.file(counter);
  std::uint64_t mask = 7;
  const auto still = [&](const Result& other) { return other.outcome == result.outcome; };
  for (int i = 0; i < 3; ++i)
    if (const auto fewer = mask & ~(1ull << i);
        fewer != 0 && still(alone([&] { return campaign.try_input(counter, fewer); })))
      mask = fewer;
  write_bytes(place, target.bytes);
  const auto damaged = damage(place, campaign.seed, counter, mask);
  result.damage.clear();
  for (const auto& one : damaged.done) result.damage += (result.damage.empty() ? "" : "; ") + one_line(one);
  auto bytes = bytes_of(place);
  int tries = result.outcome == Outcome::hang ? 0 : 200;
  if (format_of(place) == Format::hdf5) tries = 0;  // offsets in it are absolute
  for (std::size_t size = bytes.size() / 2; size > 0 && tries > 0; size /= 2)
    for (std::size_t at = 0; at < bytes.size() && tries > 0; --tries) {
      auto shorter = bytes;
      shorter.erase(at, size);
      write_bytes(place, shorter);
      if (still(alone([&] { return read(target, place); })))
        bytes = shorter;
      else
        at += size;
    }
  const auto folder =
      campaign.found / fmt::format("{}_{}_{}", counter, target.entry->name, name_of(result.outcome));
  fs::create_directories(folder);
  write_bytes(folder / target.file.filename(), bytes);
  std::ofstream(folder / "what.txt") << fmt::format(
      "entry {}\nfile {}\nseed {}\ncounter {}\ndamage {}\n{} {}\n{}\n", target.entry->name,
      target.file.string(), campaign.seed, counter, result.damage, name_of(result.outcome), result.code,
      result.message);
}

int run(const std::vector<std::string>& words) {
  const fs::path seeds = words[1];
  Campaign campaign{
      .work = words[2], .found = words[3], .seed = std::stoull(words[4]), .targets = read_targets(seeds)};
  const auto first = std::stoull(words[5]), count = std::stoull(words[6]);
  fs::remove_all(campaign.work);
  fs::copy(seeds, campaign.work, fs::copy_options::recursive);
  fs::current_path(campaign.work);
  campaign.work = fs::current_path();
  for (auto& target : campaign.targets) target.text = target.entry->read(campaign.work / target.file);

  std::map<std::string, std::uint64_t> counts;
  const auto add = [&](std::uint64_t counter, Result result) {
    const auto& target = campaign.target(counter);
    if (is_fault(result.outcome)) reduce_and_keep(campaign, counter, result);
    constexpr const char* formats[] = {"text", "bytes", "hdf5"};
    ++counts[fmt::format("{}\t{}\t{}\t{}", target.entry->name,
                         formats[static_cast<int>(format_of(target.file))], name_of(result.outcome),
                         result.code)];
    if (is_fault(result.outcome) || result.outcome == Outcome::different)
      fmt::print("case\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", counter, target.entry->name, target.file.string(),
                 name_of(result.outcome), result.code, result.damage, result.message);
    write_bytes(campaign.file(counter), target.bytes);  // others read it as it was
  };
  // What HDF5 does to its own memory ends with the input; our own parsers can be asked for many in one
  // process. A file that one input damaged is another's neighbour, so each is put back before the next.
  std::vector<std::uint64_t> own, of_library;
  for (auto counter = first; counter < first + count; ++counter)
    (format_of(campaign.target(counter).file) == Format::hdf5 ? of_library : own).push_back(counter);
  constexpr std::size_t batch_of_own = 64;
  for (const auto& [list, batch] : {std::pair(&own, batch_of_own), std::pair(&of_library, std::size_t{1})}) {
    const auto results = isolated(list->size(), batch, [&, list = list](std::size_t i) {
      const auto counter = (*list)[i];
      auto result = campaign.try_input(counter, ~0ull);
      write_bytes(campaign.file(counter), campaign.target(counter).bytes);
      return result;
    });
    // A child that died left its damaged file.
    for (const auto& target : campaign.targets) write_bytes(campaign.work / target.file, target.bytes);
    for (std::size_t i = 0; i < results.size(); ++i) add((*list)[i], results[i]);
  }
  for (const auto& [key, number] : counts) fmt::print("count\t{}\t{}\n", key, number);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  striate::core::log::set_up(striate::core::log::Level::quiet, 1);  // no rank that talks
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 7 && words[0] == "run") return run(words);
    if (words.size() == 2 && words[0] == "damage") {
      const auto seed = std::stoull(words[1]);
      std::uint64_t counter = 0;
      for (std::string file; std::cin >> counter && std::cin.ignore() && std::getline(std::cin, file);) {
        std::string said;
        for (const auto& done : damage(file, seed, counter).done)
          said += (said.empty() ? "" : "; ") + one_line(done);
        std::cout << said << std::endl;
      }
      return 0;
    }
    if (words.size() == 3 && words[0] == "read") {
      const auto* entry = find_entry(words[1]);
      if (entry == nullptr) throw std::runtime_error("no entry " + words[1]);
      std::cout << entry->read(words[2]) << '\n';
      return 0;
    }
  } catch (const Error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return static_cast<int>(error.code);
  } catch (const std::exception& error) {
    std::cerr << "internal error: " << error.what() << '\n';
    return 1;
  }
  std::cerr << "usage: striate_fuzz run SEEDS WORK FOUND SEED FIRST COUNT | damage SEED | read ENTRY FILE\n";
  return 2;
}
