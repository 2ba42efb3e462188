// SPDX-License-Identifier: BSD-3-Clause
// Figures that draw the cells, or the values, of several networks from the tables of each.
#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "metrics/figures/kinds/figures.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;

namespace {

struct Networks {
  test::TemporaryFolder folder;
  metrics::FigureRequest request;
  Networks() {
    request = {.base = folder.path() / "a",
               .options = {"plain"},
               .tables = folder.path() / "a/metrics",
               .networks = {folder.path() / "a", folder.path() / "b"},
               .reference = {},
               .core = {}};
    for (const char* network : {"a", "b"})
      std::filesystem::create_directories(folder.path() / network / "metrics");
  }
  void table(const std::string& network, const std::string& name, const std::string& text) const {
    std::ofstream(folder.path() / network / "metrics" / name) << text;
  }
  void image_tables(const std::string& network, const std::string& units, const std::string& types) const {
    table(network, "selectivity_model_by_unit_plain.csv",
          "network,cell_type,image_selectivity,firing_rate(Hz)\n" + units);
    table(network, "selectivity_model_by_type_plain.csv",
          "cell_type,mean_image_selectivity,population_sparsity\n" + types);
  }
};

}  // namespace

TEST_CASE("responses to images: cells of all networks in the boxes, networks as samples of the sparsity") {
  const Networks n;
  n.image_tables("a", "a,L4_Exc,0.25,2\na,L4_Exc,NaN,0\n", "L4_Exc,0.25,0.5\n");
  CHECK_THROWS_AS(metrics::images_figure(n.request), core::MissingFileError);
  CHECK_THROWS_WITH(metrics::images_figure(n.request),
                    Contains("striate metrics images " + (n.folder.path() / "b").string() + " plain"));
  n.image_tables("b", "b,L4_Exc,0.75,4\n", "L4_Exc,0.75,0.7\nL6_PV,0.5,NaN\n");
  const auto script = metrics::images_figure(n.request).script;
  CHECK_THAT(script, Contains("$m0_points0 << END_OF_DATA\n0 0\n0 2\n0 4\nEND_OF_DATA") ||
                         Contains("$m0_points0 << END_OF_DATA\n0 2\n0 0\n0 4\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$m1_points0 << END_OF_DATA\n0 0.25\n0 0.75\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$mean_bars0 << END_OF_DATA\n0 0.5 0.25 "));
  CHECK_THAT(script, Contains("$population_bars0 << END_OF_DATA\n0 0.6 0.1 "));
  CHECK_THAT(script, Contains("a and 1 more network"));
  auto alone = n.request;
  alone.networks.clear();
  CHECK_THAT(metrics::images_figure(alone).script, Contains("$population_bars0 << END_OF_DATA\n0 0.5 0 "));
}

TEST_CASE("images told: bars are means over networks, not over their folds") {
  Networks n;
  n.request.sample = 10;
  n.request.decoder = "regression";
  const std::string header = "network,cell_type,sample_size,fold,accuracy,accuracy_template,chance\n";
  n.table("a", "decoding_folds_plain_by_type.csv",
          header + "a,L4_Exc,10,0,0.1,1,0.01\na,L4_Exc,10,1,0.3,1,0.01\na,L4_Exc,30,0,1,1,0.01\n");
  // A network of the same name in another folder is another one.
  n.table("b", "decoding_folds_plain_by_type.csv", header + "a,L4_Exc,10,0,0.4,1,0.01\n");
  n.image_tables("a", "a,L4_Exc,0.25,2\n", "L4_Exc,0.25,0.5\n");
  n.image_tables("b", "b,L4_Exc,0.75,4\n", "L4_Exc,0.75,0.7\n");
  const auto script = metrics::decoding_figure(n.request).script;
  CHECK_THAT(script, Contains("$accuracy_bars0 << END_OF_DATA\n0 0.3 0.1 "));
  CHECK_THAT(script, Contains("$scatter1 << END_OF_DATA\n0.5 0.3\nEND_OF_DATA"));
}

TEST_CASE(
    "thirds of the cells of all networks stand in one box, without the limits of one network's thirds") {
  Networks n;
  n.request.cohorts_by = "outgoing_weight";
  n.request.cell_type = "L4_PV";
  const std::string header =
      "network,class,cell_type,outgoing_weight(pA),outgoing_weight_level,rate(Hz),OSI,DSI,dg_sparsity,"
      "image_selectivity\n";
  n.table("a", "cohort_cells_plain.csv",
          header + "a,PV,L4_PV,10,low,1,0.1,0.1,0.1,NaN\na,PV,L4_PV,30,high,3,0.3,0.3,0.3,NaN\n");
  n.table("b", "cohort_cells_plain.csv",
          header + "b,PV,L4_PV,20,low,2,0.2,0.2,0.2,NaN\nb,SST,L4_SST,20,low,7,0.2,0.2,0.2,NaN\n");
  const auto script = metrics::cohorts_figure(n.request).script;
  // Classes are Exc, Inh, PV, SST, VIP; low is the first of three series.
  CHECK_THAT(script,
             Contains("$m0_points0 << END_OF_DATA\n0.74 1\n0.74 2\n0.74 7\n1.74 1\n1.74 2\n2.74 7\n"));
  CHECK_THAT(script, Contains("L4 PV: 3 core cells") && Contains("image selectivity (no values)"));
  CHECK_THAT(script, !Contains("nohead dt 2"));
  n.request.networks.clear();
  CHECK_THAT(metrics::cohorts_figure(n.request).script, Contains("nohead dt 2"));
}

TEST_CASE("where weight lands is a mean over networks, a class without any counts as 0") {
  const Networks n;
  const std::string header =
                        "mass,source_region,cohort,level,target_region,target_class,target_level,total\n",
                    thirds = "source,target,fraction\n";
  n.table("a", "cohort_targets_plain.csv",
          header + "weight,core,exc,high,core,Exc,mid,4\nweight,core,exc,high,periphery,Exc,mid,9\n");
  n.table("b", "cohort_targets_plain.csv",
          header + "weight,core,exc,high,core,Exc,mid,1\nweight,core,exc,high,core,PV,mid,1\n");
  n.table("a", "outgoing_weight_fraction_table_plain.csv", thirds + "exc_high,exc_low,0.25\n");
  n.table("b", "outgoing_weight_fraction_table_plain.csv", thirds + "exc_high,exc_low,0.75\n");
  const auto script = metrics::cohort_targets_figure(n.request).script;
  CHECK_THAT(script, Contains("1.6 2.4 0 0.75\n") && Contains("1.6 2.4 0.75 1\n"));
  CHECK_THAT(script, Contains("$t0 << END_OF_DATA\n0.5\nEND_OF_DATA"));
}

TEST_CASE("tables of several networks are in folders of one name") {
  Networks n;
  CHECK(n.request.tables_of(n.folder.path() / "b") == n.folder.path() / "b/metrics");
  n.request.tables = n.folder.path() / "a/metrics/imagenet";
  CHECK(n.request.tables_of(n.folder.path() / "b") == n.folder.path() / "b/metrics/imagenet");
  n.request.tables = n.folder.path() / "elsewhere";
  CHECK_THROWS_WITH(n.request.tables_of(n.folder.path() / "b"), Contains("not below"));
  n.request.networks.clear();
  CHECK(n.request.tables_of(n.request.base) == n.folder.path() / "elsewhere");
}
