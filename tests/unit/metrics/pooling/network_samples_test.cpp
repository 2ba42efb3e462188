// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/pooling/network_samples.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>

#include "core/errors/error.hpp"
#include "io/text/delimited_table.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

constexpr const char* header =
    "cell_type,contrast,n_cells,rate(Hz),osi,dsi,sparsity,sparsity_sd,reliability\n";

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("a sample has a mean, an error and an interval by Student's t") {
  const double values[] = {2, std::numeric_limits<double>::quiet_NaN(), 4, 6};
  const auto summary = sample_mean(values);
  CHECK(summary.count == 3);
  CHECK(summary.mean == 4);
  CHECK(summary.deviation == 2);
  CHECK(summary.error == Approx(2 / std::sqrt(3)));
  CHECK(summary.half_interval == Approx(4.30265272991 * 2 / std::sqrt(3)));  // t of 0.975 with 2
  const auto single = sample_mean(std::span(values, 1));
  CHECK(single.mean == 2);
  CHECK(std::isnan(single.error));
  CHECK(std::isnan(single.half_interval));
  CHECK(sample_mean({}).count == 0);
  CHECK(std::isnan(sample_mean({}).mean));
}

TEST_CASE("type means of networks are averaged by contrast") {
  const TemporaryFolder folder;
  write(folder.path() / "one.csv", std::string(header) +
                                       "L4_Exc,0.05,3,1,0.5,0.25,0.1,0,NaN\n"
                                       "L4_Exc,0.8,3,9,0.5,0.25,0.1,0,1\n");
  write(folder.path() / "two.csv", std::string(header) +
                                       "L4_SST,0.05,3,7,0.5,0.25,0.1,0,0\n"
                                       "L4_Exc,0.05,5,3,0.5,0.75,0.1,0,0.5\n");
  const SampledTable what{.kind = "contrast",
                          .each = "{tables}/contrast_by_type_{option}.csv",
                          .means = "{tables}/contrast_networks_{option}.csv",
                          .keys = {"cell_type"},
                          .number_keys = {"contrast"},
                          .values = {"rate(Hz)", "osi", "dsi", "sparsity", "reliability"}};
  const NetworkPaths networks{folder.path() / "a", folder.path() / "b"};
  const auto means = [&](const NetworkPaths& files) {
    return io::read_delimited_table(make_network_means(what, networks, files, folder.path(), "plain", {})[0],
                                    ',', "test");
  };
  const auto one = folder.path() / "one.csv", two = folder.path() / "two.csv",
             other = folder.path() / "absent.csv";
  const auto table = means({one, two});
  REQUIRE(table.rows.size() == 15);  // three pairs of type and contrast, five metrics
  const auto& rate = table.rows[0].cells;
  CHECK(rate == std::vector<std::string>{"L4_Exc", "0.05", "rate(Hz)", "2", "2.0", rate[5], "1.0", rate[7]});
  CHECK(table.number(table.rows[0], 5) == Approx(std::sqrt(2)));
  CHECK(table.number(table.rows[0], 7) == Approx(12.7062047362));
  CHECK(table.rows[4].cells[2] == "reliability");
  CHECK(table.rows[4].cells[3] == "1");
  CHECK(table.rows[4].cells[4] == "0.5");
  CHECK(table.rows[5].cells[1] == "0.8");
  CHECK(table.rows[10].cells[0] == "L4_SST");
  CHECK(make_network_means(what, {folder.path()}, {one}, folder.path(), "plain", {}).empty());

  CHECK_THROWS_AS(means({one, other}), core::MissingFileError);
  CHECK_THROWS_AS(sampled_files(what, networks, "metrics", folder.path(), "plain"), core::MissingFileError);
  for (const char* rows : {"L4_Exc,x,3,1,1,1,1,0,1\n", "L4_Exc,0.05,3,x,1,1,1,0,1\n",
                           "L4_Exc,0.05,3,1,1,1,1,0,1\nL4_Exc,0.05,3,1,1,1,1,0,1\n"}) {
    write(other, std::string(header) + rows);
    CHECK_THROWS_AS(means({one, other}), core::FormatError);
  }
}

TEST_CASE("numbers are sorted by value and types as in the figures") {
  NetworkSamples samples({"cell_type", "sample_size"});
  for (const char* type : {"VIP", "L4_Exc"})
    for (const char* size : {"50", "10", "9"}) samples.add({type, size}, "accuracy", 1);
  const auto table = samples.table();
  CHECK(std::get<std::vector<std::string>>(table.columns[0].values) ==
        std::vector<std::string>{"L4_Exc", "L4_Exc", "L4_Exc", "VIP", "VIP", "VIP"});
  CHECK(std::get<std::vector<std::string>>(table.columns[1].values) ==
        std::vector<std::string>{"9", "10", "50", "9", "10", "50"});
}
