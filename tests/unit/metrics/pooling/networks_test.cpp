// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/pooling/networks.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "metrics/options/metric_options.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using Catch::Contains;
using striate::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

NetworkPaths networks_of(const fs::path& base, const std::vector<std::string>& further) {
  static constexpr core::Option pooling_options[] = {options::networks};
  core::Call call{.kind = nullptr, .arguments = {{"BASE", {base.string()}}}, .values = {}};
  core::OptionValues::Given given;
  if (!further.empty()) given["networks"] = further;
  call.values = core::OptionValues(pooling_options, given);
  return all_networks(call);
}

void put(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("each network counts once, BASE may be named again, as braces of the shell do") {
  const TemporaryFolder folder;
  const auto at = [&](const char* name) { return folder.path() / name; };
  for (const char* name : {"net_0", "net_1", "net_2"}) fs::create_directories(at(name) / "network");
  CHECK(networks_of(at("net_0"), {}) == NetworkPaths{at("net_0")});
  CHECK(networks_of(at("net_1"), {at("net_0"), at("net_1"), at("net_2")}) ==
        NetworkPaths{at("net_1"), at("net_0"), at("net_2")});
  CHECK(networks_of(at("net_1"), {at("net_0") / "../net_1"}) == NetworkPaths{at("net_1")});
  CHECK_THROWS_AS(networks_of(at("net_1"), {at("net_0"), at("net_0") / "."}), core::UsageError);
  fs::create_directory_symlink(at("net_0"), at("link"));
  CHECK_THROWS_WITH(networks_of(at("net_1"), {at("net_0"), at("link")}), Contains("are one network"));
  CHECK_THROWS_WITH(networks_of(at("net_1"), {at("net_1"), at("net_1")}), Contains("are one network"));
}

TEST_CASE("tables over networks have names of their own and say which networks they are of") {
  CHECK(pooled_name("plain", 1) == "plain");
  CHECK(pooled_name("plain", 0) == "plain");
  CHECK(pooled_name("bio_trained", 10) == "bio_trained_10_networks");
  const TemporaryFolder folder;
  const auto table = folder.path() / "t.csv";
  const NetworkPaths two{"a/net_0", "b/net_1"}, turned{"b/net_1", "./net_0/"}, other{"net_0", "net_2"};
  CHECK_THROWS_WITH(require_pools(table, two), Contains("over the networks nothing"));
  Provenance provenance{.kind = "x", .inputs = {}, .options = {}};
  describe_networks(provenance, std::span(two).first(1));
  CHECK(provenance.options.empty());
  describe_networks(provenance, two);
  write_csv(table, {{{"a", std::vector<double>{1}}}}, ',', provenance);
  CHECK_NOTHROW(require_pools(table, two));
  CHECK_NOTHROW(require_pools(table, turned));
  CHECK_NOTHROW(require_pools(table, std::span(other).first(1)));
  CHECK_THROWS_WITH(require_pools(table, other), Contains("net_0 net_1, not over net_0 net_2"));
}

TEST_CASE("tables that were not made alike are refused with both files and what differs") {
  const TemporaryFolder folder;
  const auto table = [&](const std::string& name, const std::string& silent, const std::string& trials) {
    const auto file = folder.path() / name;
    write_csv(file, {{{"a", std::vector<double>{1}}}}, ',',
              {.kind = "odsi", .inputs = {}, .options = {{"silent", silent}, {"trials", trials}}});
    return file;
  };
  const auto a = table("a.csv", "nan", "80 of 80"), b = table("b.csv", "nan", "80 of 80"),
             zero = table("zero.csv", "zero", "80 of 80"), fewer = table("fewer.csv", "nan", "79 of 80"),
             bare = folder.path() / "bare.csv";
  put(bare, "a\n1\n");
  const auto pool = [&](std::initializer_list<fs::path> files, MadeAlike alike = MadeAlike{}) {
    for (const auto& file : files) alike.add(file, folder.path());
  };
  CHECK_NOTHROW(pool({a, b, bare}));
  CHECK_NOTHROW(pool({bare, a, b}));
  CHECK_THROWS_WITH(pool({a, b, zero}),
                    Contains("a.csv has silent nan") && Contains("zero.csv has silent zero"));
  CHECK_THROWS_WITH(pool({a, fewer}), Contains("trials 79 of 80"));
  CHECK_NOTHROW(pool({a, fewer}, MadeAlike({"trials"})));
  CHECK_THROWS_AS(pool({a, zero}, MadeAlike({"trials"})), core::FormatError);
}

TEST_CASE("arrays say in their attributes how they were made") {
  const TemporaryFolder folder;
  for (const char* window : {"whole", "evoked"}) {
    const auto file = folder.path() / (std::string(window) + ".h5");
    auto array = create_array_file(file, {.kind = "sparsity", .inputs = {}, .options = {{"window", window}}});
    finish_array_file(array, file);
  }
  MadeAlike alike;
  alike.add(folder.path() / "whole.h5", folder.path());
  CHECK_NOTHROW(alike.add(folder.path() / "whole.h5", folder.path()));
  CHECK_THROWS_WITH(alike.add(folder.path() / "evoked.h5", folder.path()), Contains("has window evoked"));
}

TEST_CASE("labels of networks are those of any of them") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one", two = folder.path() / "two";
  test::write_network(one, {{"i4Sst"}, {"e4Rorb"}});
  test::write_network(two, {{"e23Cux2"}, {"i4Sst"}});
  const NetworkPaths both{one, two};
  const auto names = labels_of_all(both, {}, {});
  CHECK(names == std::vector<std::string>{"L2/3_Exc", "L4_Exc", "L4_SST"});
  const auto cells = read_cells(two, {});
  const auto labels = labels_among(names, cells, {});
  CHECK(names[labels.of_type[cells.type[0]]] == "L2/3_Exc");
  CHECK(names[labels.of_type[cells.type[1]]] == "L4_SST");
}
