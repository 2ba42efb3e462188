// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/edges.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using io::EdgePopulation;
using striate::test::TemporaryFolder;
namespace h5 = io::h5;

namespace {

using Ids = std::vector<std::uint64_t>;
using Values = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

/// Six edges of which groups 0 (weights and delays), 1 (weights, 32 bit, and nsyns) and 2 (nothing) have
/// some: row          0  1  2  3  4  5 group        0  1  1  0  2  0 group index  2  1  0  0  0  1
struct Fixture {
  Ids source{10, 11, 12, 13, 14, 15}, target{0, 0, 1, 1, 2, 2}, type{7, 7, 8, 8, 9, 9};
  Ids group{0, 1, 1, 0, 2, 0}, index{2, 1, 0, 0, 0, 1};
  Values weight_0{1.5, 2.5, 3.5}, delay_0{1, 2, 3};
  std::vector<float> weight_1{0.1f, 0.2f};
  std::vector<std::uint32_t> nsyns_1{4, 5};
  bool groups = true, mapping = true, attributes = true;
  std::string population = "lgn_to_v1";

  void write(const std::filesystem::path& path) const {
    auto file = h5::File::create(path);
    write_into(file);
    file.close();
  }
  void write_into(const h5::File& file) const {
    const std::string root = "/edges/" + population + "/";
    h5::write<std::uint64_t>(file, root + "source_node_id", source);
    h5::write<std::uint64_t>(file, root + "target_node_id", target);
    if (attributes) {
      h5::write_attribute(file, root + "source_node_id", "node_population", "lgn");
      h5::write_attribute(file, root + "target_node_id", "node_population", "v1");
    }
    h5::write<std::uint64_t>(file, root + "edge_type_id", type);
    if (mapping) {
      const std::vector<std::uint16_t> narrow(group.begin(), group.end());
      h5::write<std::uint16_t>(file, root + "edge_group_id", narrow);
      const std::vector<std::uint32_t> middle(index.begin(), index.end());
      h5::write<std::uint32_t>(file, root + "edge_group_index", middle, {.deflate = 1, .chunk_rows = 2});
    }
    h5::create_group(file, root + "indices/source_to_target");
    if (!groups) return;
    h5::write<double>(file, root + "0/syn_weight", weight_0);
    h5::write<double>(file, root + "0/delay", delay_0);
    h5::write<float>(file, root + "1/syn_weight", weight_1);
    h5::write<std::uint32_t>(file, root + "1/nsyns", nsyns_1);
    h5::create_group(file, root + "2");
  }
};

/// NaN equals NaN, so that "lacks it" can be compared.
bool same(const Values& a, const Values& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])))) return false;
  return true;
}

/// One group with identity index, as the usual builders write.
void write_plain(const std::filesystem::path& path, std::size_t rows, const Values& weight, bool mapping) {
  auto file = h5::File::create(path);
  Ids ids(rows);
  std::iota(ids.begin(), ids.end(), 0);
  h5::write<std::uint64_t>(file, "/edges/a_to_b/source_node_id", ids);
  h5::write<std::uint64_t>(file, "/edges/a_to_b/target_node_id", ids);
  h5::write<std::uint64_t>(file, "/edges/a_to_b/edge_type_id", ids);
  if (mapping) {
    h5::write<std::uint64_t>(file, "/edges/a_to_b/edge_group_id", Ids(rows, 0));
    h5::write<std::uint64_t>(file, "/edges/a_to_b/edge_group_index", ids);
  }
  h5::write<double>(file, "/edges/a_to_b/0/syn_weight", weight);
  h5::write<std::int64_t>(file, "/edges/a_to_b/0/n_syns_", std::vector<std::int64_t>(weight.size(), -1));
  file.close();
}

}  // namespace

TEST_CASE("edges of several groups get the values of their group's row") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  Fixture().write(path);
  const EdgePopulation edges(path, "lgn_to_v1");
  CHECK(edges.size() == 6);
  CHECK(edges.source_population() == "lgn");
  CHECK(edges.target_population() == "v1");
  CHECK(edges.weight_is_float32());
  CHECK(edges.has_attribute("nsyns"));
  CHECK_FALSE(edges.has_attribute("n_syns_"));

  const auto all = edges.read(0, 6);
  CHECK(all.source_id == Fixture().source);
  CHECK(all.target_id == Fixture().target);
  CHECK(all.type_id == Fixture().type);
  CHECK(same(all.syn_weight->values, {3.5, 0.2f, 0.1f, 1.5, nan_value, 2.5}));
  CHECK(same(all.delay->values, {3, nan_value, nan_value, 1, nan_value, 2}));
  CHECK(same(all.nsyns->values, {nan_value, 5, 4, nan_value, nan_value, nan_value}));

  // Every slab agrees with the whole.
  for (std::uint64_t first = 0; first <= 6; ++first)
    for (std::uint64_t count = 0; first + count <= 6; ++count) {
      const auto slab = edges.read(first, count);
      const auto from = all.syn_weight->values.begin() + static_cast<std::ptrdiff_t>(first);
      CHECK(slab.first == first);
      CHECK(slab.size() == count);
      CHECK(same(slab.syn_weight->values, {from, from + static_cast<std::ptrdiff_t>(count)}));
    }
  const auto ends = edges.read_ends(2, 3);
  CHECK(ends.source_id == Ids{12, 13, 14});
  CHECK(ends.type_id.empty());
  CHECK_FALSE(ends.syn_weight.has_value());
}

TEST_CASE("edges with one group need no group datasets, and identity is found where it holds") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  const Values weight{0.5, 1.5, 2.5, 3.5};
  for (const bool mapping : {true, false}) {
    write_plain(path, 4, weight, mapping);
    const EdgePopulation edges(path, "a_to_b");
    CHECK(edges.source_population() == "a");
    CHECK(edges.target_population() == "b");
    CHECK_FALSE(edges.weight_is_float32());
    const auto slab = edges.read(1, 3);
    CHECK(same(slab.syn_weight->values, {1.5, 2.5, 3.5}));
    CHECK_FALSE(slab.nsyns.has_value());
    CHECK_FALSE(slab.delay.has_value());
  }
  write_plain(path, 0, {}, true);
  CHECK(EdgePopulation(path, "a_to_b").read(0, 0).syn_weight->values.empty());
}

TEST_CASE("rows scattered farther than one window are all found") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  constexpr std::uint64_t rows = (1u << 20) + 5;
  {
    auto file = h5::File::create(path);
    const Ids zeros(rows, 0);
    Ids index(rows);
    Values weight(rows);
    for (std::uint64_t i = 0; i < rows; ++i) {
      index[i] = rows - 1 - i;
      weight[i] = static_cast<double>(i);
    }
    std::swap(index[1], index[rows - 2]);
    for (const char* name : {"source_node_id", "target_node_id", "edge_type_id", "edge_group_id"})
      h5::write<std::uint64_t>(file, std::string("/edges/a_to_b/") + name, zeros);
    h5::write<std::uint64_t>(file, "/edges/a_to_b/edge_group_index", index);
    h5::write<double>(file, "/edges/a_to_b/0/syn_weight", weight);
    file.close();
  }
  const auto slab = EdgePopulation(path, "a_to_b").read(0, 3);
  CHECK(slab.syn_weight->values == Values{rows - 1, 1, rows - 3});
}

TEST_CASE("edges without any group have ids and types only") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  Fixture fixture;
  fixture.groups = false;
  fixture.write(path);
  const auto slab = EdgePopulation(path, "lgn_to_v1").read(0, 6);
  CHECK(slab.type_id == fixture.type);
  CHECK_FALSE(slab.syn_weight.has_value());
}

TEST_CASE("several edge populations in a file are told apart") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  {
    auto file = h5::File::create(path);
    Fixture one, two;
    one.population = "z_to_v1";
    two.population = "a_to_v1";
    two.type = Ids(6, 77);
    one.write_into(file);
    two.write_into(file);
    file.close();
  }
  CHECK(EdgePopulation::names(path) == std::vector<std::string>{"a_to_v1", "z_to_v1"});
  CHECK(EdgePopulation(path, "a_to_v1").read(0, 1).type_id == Ids{77});
  CHECK(EdgePopulation(path, "z_to_v1").read(0, 1).type_id == Ids{7});
  CHECK_THROWS_WITH(EdgePopulation(path, "b_to_v1"), Catch::Contains("a_to_v1, z_to_v1"));
}

TEST_CASE("populations of the ends come from the attribute, else from a clear name") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  Fixture fixture;
  fixture.attributes = false;
  for (const auto* name : {"edges", "a_to_b_to_c", "_to_b", "a_to_"}) {
    fixture.population = name;
    fixture.write(path);
    CHECK_THROWS_WITH(EdgePopulation(path, name), Catch::Contains("node_population"));
  }
  fixture.population = "x_y_to_z";
  fixture.write(path);
  CHECK(EdgePopulation(path, "x_y_to_z").source_population() == "x_y");
  CHECK(EdgePopulation(path, "x_y_to_z").target_population() == "z");
}

TEST_CASE("edges are refused when their columns contradict each other") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  const auto refusal = [&](const Fixture& fixture, const std::string& text) {
    fixture.write(path);
    CHECK_THROWS_WITH(EdgePopulation(path, "lgn_to_v1").read(0, 6),
                      Catch::Contains(text) && Catch::Contains("edges.h5"));
    CHECK_THROWS_AS(EdgePopulation(path, "lgn_to_v1").read(0, 6), core::FormatError);
  };
  for (auto column : {&Fixture::target, &Fixture::type, &Fixture::group, &Fixture::index}) {
    Fixture shorter;
    (shorter.*column).pop_back();
    refusal(shorter, "lengths must agree");
  }
  Fixture fixture;
  fixture.delay_0.push_back(1);
  refusal(fixture, "lengths must agree");
  fixture = {};
  fixture.index[0] = 3;  // group 0 has rows 0 to 2
  refusal(fixture, "index 3 in row 0");
  fixture = {};
  fixture.group[4] = 3;
  refusal(fixture, "no group 3");
  fixture = {};
  fixture.mapping = false;
  refusal(fixture, "no edge_group_id and edge_group_index");
  fixture = {};
  fixture.weight_0[2] = infinity;
  refusal(fixture, "impossible value inf in row 2 of");
  fixture = {};
  fixture.delay_0[1] = -infinity;
  refusal(fixture, "0/delay");
}

TEST_CASE("edges are refused when a column is missing or of the wrong kind") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  const auto write = [&](const std::string& left_out, auto replacement) {
    auto file = h5::File::create(path);
    const std::vector<std::int64_t> good{0, 1};
    for (const std::string name : {"source_node_id", "target_node_id", "edge_type_id"}) {
      if (name != left_out) h5::write<std::int64_t>(file, "/edges/a_to_b/" + name, good);
      if (name == left_out && !replacement.empty())
        h5::write<typename decltype(replacement)::value_type>(file, "/edges/a_to_b/" + name, replacement);
    }
    file.close();
  };
  for (const std::string name : {"source_node_id", "target_node_id", "edge_type_id"}) {
    write(name, Values{});
    CHECK_THROWS_WITH(EdgePopulation(path, "a_to_b"), Catch::Contains("no dataset") && Catch::Contains(name));
    write(name, Values{0, 1});
    CHECK_THROWS_WITH(EdgePopulation(path, "a_to_b"), Catch::Contains("wrong type") && Catch::Contains(name));
    write(name, std::vector<std::int64_t>{0, -1});
    CHECK_THROWS_WITH(EdgePopulation(path, "a_to_b").read(0, 2), Catch::Contains("negative id -1 in row 1"));
  }
  write("", Values{});
  CHECK(EdgePopulation(path, "a_to_b").read(0, 2).source_id == Ids{0, 1});

  write_plain(path, 4, {1, 2, 3}, false);
  CHECK_THROWS_WITH(EdgePopulation(path, "a_to_b"), Catch::Contains("wrong length"));
  {
    auto file = h5::File::create(path);
    h5::create_group(file, "/nodes");
    file.close();
  }
  CHECK_THROWS_AS(EdgePopulation::names(path), core::FormatError);
  CHECK_THROWS_AS(EdgePopulation(path, "a_to_b"), core::FormatError);
  CHECK_THROWS_AS(EdgePopulation(folder.path() / "absent.h5", "a_to_b"), core::MissingFileError);
}

TEST_CASE("numbers of synapses are neither negative nor missing") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  for (const double bad : {-1.0, nan_value, infinity}) {
    auto file = h5::File::create(path);
    const Ids ids{0, 1};
    for (const char* name : {"source_node_id", "target_node_id", "edge_type_id"})
      h5::write<std::uint64_t>(file, std::string("/edges/a_to_b/") + name, ids);
    h5::write<double>(file, "/edges/a_to_b/0/nsyns", Values{0, bad});
    file.close();
    const EdgePopulation edges(path, "a_to_b");
    CHECK(edges.read(0, 1).nsyns->values == Values{0});
    CHECK_THROWS_WITH(edges.read(1, 1), Catch::Contains("in row 1 of"));
  }
}

TEST_CASE("weights and delays are finite") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  for (const char* attribute : {"syn_weight", "delay"})
    for (const double bad : {nan_value, infinity, -infinity}) {
      auto file = h5::File::create(path);
      const Ids ids{0, 1};
      for (const char* name : {"source_node_id", "target_node_id", "edge_type_id"})
        h5::write<std::uint64_t>(file, std::string("/edges/a_to_b/") + name, ids);
      h5::write<double>(file, std::string("/edges/a_to_b/0/") + attribute, Values{1, bad});
      file.close();
      const EdgePopulation edges(path, "a_to_b");
      CHECK(edges.read(0, 1).size() == 1);
      CHECK_THROWS_WITH(edges.read(1, 1), Catch::Contains("in row 1 of") && Catch::Contains(attribute));
    }
}

TEST_CASE("attributes that lie scattered in their group are read about once, not once for each slab") {
  const auto bytes_read = [] {
    std::ifstream in("/proc/self/io");
    std::string word;
    std::uint64_t count = 0;
    while (in >> word >> count)
      if (word == "rchar:") return count;
    return std::uint64_t{0};
  };
  const TemporaryFolder folder;
  const auto path = folder.path() / "edges.h5";
  constexpr std::uint64_t rows = 200'000, slab_rows = 10'000, group_rows = 2 * rows;
  Ids ids(rows, 0), index(rows);
  Values weights(group_rows);
  for (std::uint64_t i = 0; i < rows; ++i) index[i] = (i * 7919 + 13) % group_rows;  // all over the group
  std::iota(weights.begin(), weights.end(), 0.0);
  {
    auto file = h5::File::create(path);
    for (const char* name : {"source_node_id", "target_node_id", "edge_type_id", "edge_group_id"})
      h5::write<std::uint64_t>(file, std::string("/edges/a_to_b/") + name, ids);
    h5::write<std::uint64_t>(file, "/edges/a_to_b/edge_group_index", index);
    h5::write<double>(file, "/edges/a_to_b/0/syn_weight", weights);
    file.close();
  }
  for (const std::uint64_t kept : {group_rows, std::uint64_t{0}}) {
    const EdgePopulation edges(path, "a_to_b", {}, kept);
    const auto before = bytes_read();
    for (std::uint64_t first = 0; first < rows; first += slab_rows) {
      const auto slab = edges.read(first, slab_rows);
      for (std::uint64_t i = 0; i < slab_rows; ++i)
        REQUIRE(slab.syn_weight->values[i] == static_cast<double>(index[first + i]));
    }
    if (kept != 0 && before != 0) CHECK(bytes_read() - before < 2 * std::filesystem::file_size(path));
  }
}

TEST_CASE("edge files of the network made with BMTK are read in slabs as in one piece") {
  const auto network = std::filesystem::path(STRIATE_TEST_DATA "/tiny/network");
  const EdgePopulation edges(network / "v1_v1_edges.h5", "v1_to_v1");
  REQUIRE(edges.size() == 58415);
  CHECK(edges.source_population() == "v1");
  const auto all = edges.read(0, edges.size());
  CHECK(std::ranges::is_sorted(all.target_id));
  CHECK_FALSE(all.nsyns.has_value());
  for (std::uint64_t first = 0; first < edges.size(); first += 10007) {
    const auto count = std::min<std::uint64_t>(10007, edges.size() - first);
    const auto slab = edges.read(first, count);
    CHECK(std::equal(slab.syn_weight->values.begin(), slab.syn_weight->values.end(),
                     all.syn_weight->values.begin() + static_cast<std::ptrdiff_t>(first)));
  }
  const EdgePopulation background(network / "bkg_v1_edges.h5", "bkg_to_v1");
  CHECK(background.source_population() == "bkg");
  CHECK(background.read(0, 10).nsyns.has_value());
  CHECK_FALSE(background.has_attribute("syn_weight"));
  CHECK(EdgePopulation(network / "lgn_v1_edges.h5", "lgn_to_v1").size() == 354043);
}
