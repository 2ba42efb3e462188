// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/kinds/pair_curves.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using metrics::FigureRequest;

namespace {

struct PairsCase {
  test::TemporaryFolder folder;
  FigureRequest request;
  PairsCase() {
    request = {.base = folder.path() / "net",
               .options = {"plain"},
               .tables = folder.path() / "tables",
               .reference = {},
               .core = {}};
    std::filesystem::create_directories(request.tables);
    for (const char* option : {"plain", "naive"}) {
      const std::string name = option;
      table("preferred_direction_fits_" + name,
            "source_type,target_type,edges,a(pA),b(pA),c(pA),a_over_c,b_over_c,p_a,p_b\n"
            "L4_Exc,L4_PV,20,1,0.5,2,0.5,0.25,0.01,1\nE,I,20,1,0.5,2,0.5,0.25,0.01,1\n");
      table("preferred_direction_bins_" + name,
            "source_type,target_type,difference(deg),edges,mean_weight(pA),sem(pA)\n"
            "L4_Exc,L4_PV,10,5,3.5,0.25\nL4_Exc,L4_PV,30,1,3,NaN\nE,I,10,5,3.5,0.25\n");
      table("correlation_pairs_" + name,
            "source_type,target_type,edges,slope(pA),intercept(pA),p,delta_anti,delta_like\n"
            "L4_Exc,L4_PV,20,2,3,0.2,-0.1,0.4\n");
      table("correlation_bins_" + name,
            "source_type,target_type,correlation,edges,mean_weight(pA),sem(pA)\n"
            "L4_Exc,L4_PV,-0.5,4,1,0.1\nL4_Exc,L4_PV,0.5,5,2,0.1\n");
      table("correlation_fits_" + name,
            "source_type,target_type,edges,legendre_0(pA),legendre_1(pA),legendre_2(pA),legendre_3(pA),at_"
            "zero(pA),"
            "slope_below_zero(pA),slope_above_zero(pA)\nL4_Exc,L4_PV,20,3,2,0,0,3,1,4\n");
    }
  }
  void table(const std::string& name, const std::string& text) const {
    std::ofstream(request.tables / (name + ".csv")) << text;
  }
};

}  // namespace

TEST_CASE("a panel has the means of its pair, the fitted curve and what it says") {
  PairsCase c;
  c.request.pairs = {"L4_Exc:L4_PV"};
  const auto script = metrics::direction_curves_figure(c.request).script;
  CHECK_THAT(script, Contains("$dc0_curve0 << END_OF_DATA\n10 3.5 0.25\n30 3 0\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$dc0_curve1 << END_OF_DATA\n0 3.5 0\n"));  // a + b + c
  CHECK_THAT(script, Contains("N 20, a/c 0.5 (0.01), b/c 0.25 (1)") && Contains("\"L4 Exc to L4 PV\""));
}

TEST_CASE("bins of fewer than five connections are left out of correlations") {
  PairsCase c;
  auto script = metrics::correlation_curves_figure(c.request).script;
  CHECK_THAT(script, Contains("$cc0_curve0 << END_OF_DATA\n0.5 2 0.1\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$cc0_curve1 << END_OF_DATA\n0 3 0\n1 5 0\nEND_OF_DATA"));  // the line
  c.request.fit = "piecewise";
  script = metrics::correlation_curves_figure(c.request).script;
  CHECK_THAT(script, Contains("$cc0_curve1 << END_OF_DATA\n0 3 0\n") && Contains("\n1 7 0\nEND_OF_DATA"));
  c.request.fit = "all";
  CHECK_THAT(metrics::correlation_curves_figure(c.request).script, Contains("$cc0_curve3"));
  c.request.fit = "none";
  CHECK_THAT(metrics::correlation_curves_figure(c.request).script, !Contains("$cc0_curve1"));
}

TEST_CASE("panels of chosen pairs, of excitatory and inhibitory cells, of all pairs") {
  PairsCase c;
  c.request.pairs = {"E:I"};
  CHECK_THAT(metrics::direction_curves_figure(c.request).script,
             Contains("\"E to I\"") && !Contains("L4 PV"));
  c.request.pairs = {"L4_PV:L4_Exc"};
  CHECK_THROWS_WITH(metrics::direction_curves_figure(c.request),
                    Contains("no connections from L4_PV to L4_Exc"));
  for (const char* text : {"L4_PV", ":L4_PV", "L4_PV:"}) {
    c.request.pairs = {text};
    CHECK_THROWS_AS(metrics::direction_curves_figure(c.request), core::UsageError);
  }
  c.request.pairs.clear();
  c.request.layout = "ei";
  CHECK_THAT(metrics::direction_curves_figure(c.request).script, Contains("$dc1_curve0"));
  c.request.layout = "matrix";
  CHECK_THAT(metrics::direction_curves_figure(c.request).script,
             Contains("$dc0_1_curve0") && !Contains("$dc1_0_curve0"));
}

TEST_CASE("options stand in one panel, and tables over networks must be over just these") {
  PairsCase c;
  c.request.options = {"plain", "naive"};
  CHECK_THAT(metrics::direction_curves_figure(c.request).script,
             Contains("$dc0_curve3") && Contains("plain beside naive"));
  c.request.networks = {c.folder.path() / "net", c.folder.path() / "other"};
  CHECK_THROWS_AS(metrics::direction_curves_figure(c.request), core::MissingFileError);
  c.request.options = {"plain"};
  for (const char* stem : {"fits", "bins"})
    std::filesystem::copy(
        c.request.tables / (std::string("preferred_direction_") + stem + "_plain.csv"),
        c.request.tables / (std::string("preferred_direction_") + stem + "_plain_2_networks.csv"));
  CHECK_THROWS_WITH(metrics::direction_curves_figure(c.request), Contains("not over net other"));
}

TEST_CASE("notes leave out what has no value") {
  CHECK(metrics::note_text({{"a", 0.367, 2.4e-43}, {"b", std::nan(""), 0.1}, {"c", 2}}) ==
        "a 0.37 (2e-43), c 2");
  CHECK(metrics::note_text({{"a", -1, 0}}) == "a -1 (< 1e-300)");
  CHECK(metrics::note_text({}).empty());
}
