// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors/error.hpp"
#include "core/errors/problems.hpp"
#include "fuzz/entries.hpp"
#include "io/check/check_files.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/hdf5/h5.hpp"
#include "io/sonata/edges.hpp"
#include "io/sonata/nodes.hpp"
#include "io/sonata/spikes.hpp"
#include "lgn/stimuli/picture_file.hpp"

namespace striate::fuzz {
namespace {

namespace fs = std::filesystem;

std::string text_of(const io::NodeColumn& column) {
  return std::visit([](const auto& values) { return fmt::format("{}", values); }, column);
}

std::string read_nodes(const fs::path& file) {
  std::string text;
  for (const auto& population : io::read_node_populations({{file, std::nullopt}})) {
    text += population.name;
    for (std::size_t node = 0; node < population.size(); ++node)
      text += fmt::format(" {}:{}", population.node_id[node], population.node_type_id(node));
    text += '\n';
    for (const auto& key : population.column_names())
      if (const auto column = population.column(key)) text += fmt::format("{} {}\n", key, text_of(*column));
    for (const auto& group : population.groups)
      for (const auto& parameter : group.parameters)
        text += fmt::format("{} {}\n", parameter, read_parameter(population, group, parameter).values);
  }
  return text;
}

template <class Column>
void add_column(std::string& text, const char* name, const std::optional<Column>& column) {
  if (column) text += fmt::format("{} {}\n", name, column->values);
}

std::string read_edges(const fs::path& file) {
  std::string text;
  for (const auto& name : io::EdgePopulation::names(file)) {
    const io::EdgePopulation edges(file, name);
    text += fmt::format("{} {} {} {}\n", name, edges.source_population(), edges.target_population(),
                        edges.size());
    constexpr std::uint64_t slab_rows = 50;  // several slabs of what is small
    for (std::uint64_t first = 0; first < edges.size(); first += slab_rows) {
      const auto slab = edges.read(first, std::min(slab_rows, edges.size() - first));
      text += fmt::format("{} {} {}\n", slab.source_id, slab.target_id, slab.type_id);
      add_column(text, "syn_weight", slab.syn_weight);
      add_column(text, "delay", slab.delay);
      add_column(text, "nsyns", slab.nsyns);
      add_column(text, "receptor_type", slab.receptor_type);
      for (const auto* texts : {&slab.model_template, &slab.dynamics_params})
        if (*texts) text += fmt::format("{} {}\n", (*texts)->index, (*texts)->texts);
    }
  }
  return text;
}

std::string read_spikes(const fs::path& file) {
  std::string text;
  const auto names = io::spike_populations(file);
  if (names.empty()) {
    const auto spikes = io::read_spikes_h5(file, std::nullopt);
    text += fmt::format("{} {}\n", spikes.time_ms, spikes.node_id);
  }
  for (const auto& name : names) {
    const auto spikes = io::read_spikes_h5(file, name);
    text += fmt::format("{} {} {}\n", name, spikes.time_ms, spikes.node_id);
  }
  return text;
}

/// What is wrong is an answer; whoever finds nothing wrong must have seen the same contents.
template <class Check>
std::string checked(const fs::path& file, const Check& check) {
  core::Problems problems;
  check(problems);
  if (!problems.empty()) throw core::FormatError("{}", problems.errors.front().text);
  return io::content_hash(file);
}
std::string check_nodes(const fs::path& file) {
  return checked(file, [&](auto& problems) { io::check_nodes_file(file, std::nullopt, problems); });
}
std::string check_edges(const fs::path& file) {
  return checked(file, [&](auto& problems) { io::check_edges_file(file, {}, problems); });
}
std::string check_spikes(const fs::path& file) {
  return checked(file, [&](auto& problems) { io::check_spikes_file(file, {}, problems); });
}
std::string check_report(const fs::path& file) {
  return checked(file, [&](auto& problems) { io::check_report_file(file, problems); });
}

std::string read_movie(const fs::path& file) {
  const auto opened = lgn::open_pictures(file, {}, "the campaign");
  return std::visit([](const auto& pixels) { return fmt::format("{}", pixels); },
                    lgn::read_pictures(opened, 0, opened.count)) +
         fmt::format(" {} {} {}", opened.count, opened.rows, opened.columns);
}

}  // namespace

std::vector<Entry> hdf5_entries() {
  return {{"nodes", read_nodes},          {"edges", read_edges},        {"spikes", read_spikes},
          {"check_nodes", check_nodes},   {"check_edges", check_edges}, {"check_spikes", check_spikes},
          {"check_report", check_report}, {"movie", read_movie}};
}

}  // namespace striate::fuzz
