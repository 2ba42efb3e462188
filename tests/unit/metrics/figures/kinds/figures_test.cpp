// SPDX-License-Identifier: BSD-3-Clause
// The rows that figures draw, for small tables written here.
#include "metrics/figures/kinds/figures.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "metrics/figures/panels/pair_matrix.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using metrics::FigureRequest;

namespace {

struct Case {
  test::TemporaryFolder folder;
  FigureRequest request;
  Case() {
    request = {.base = folder.path() / "net",
               .options = {"plain"},
               .tables = folder.path() / "net/elsewhere",
               .reference = {.source = "units.csv", .values = {{"L4_Exc", {{"OSI", {0.1, 0.2}}}}}},
               .core = {}};
    std::filesystem::create_directories(request.tables);
  }
  void table(const std::string& name, const std::string& text) const {
    std::ofstream(request.tables / name) << text;
  }
};

constexpr const char* fits =
    "source_type,target_type,edges,a(pA),b(pA),c(pA),a_over_c,b_over_c,p_a,p_b\n"
    "L4_PV,L4_Exc,20,1,1,1,-0.5,0.25,0.01,1\n"
    "L4_Exc,L4_Exc,20,1,1,1,0.5,NaN,1e-40,0\n";

}  // namespace

TEST_CASE("an absent table names the command that makes it") {
  const Case c;
  const auto message = Contains("made by 'striate metrics contrast " + c.request.base.string() + " plain'");
  CHECK_THROWS_AS(metrics::contrast_figure(c.request), core::MissingFileError);
  CHECK_THROWS_WITH(metrics::contrast_figure(c.request), message);
  CHECK_THROWS_WITH(metrics::spectra_figure(c.request), Contains("metrics spectra"));
  CHECK_THROWS_WITH(metrics::weights_figure(c.request), Contains("metrics weights"));
  CHECK_THROWS_WITH(metrics::correlation_figure(c.request), Contains("metrics correlation"));
  CHECK_THROWS_WITH(metrics::suppression_figure(c.request), Contains("metrics suppression"));
  CHECK_THROWS_WITH(metrics::fano_figure(c.request), Contains("metrics fano"));
}

TEST_CASE("pairs of types become a matrix in the order of the figures") {
  const Case c;
  c.table("preferred_direction_fits_plain.csv", fits);
  const auto figure = metrics::preferred_direction_figure(c.request);
  // Rows L4 Exc, L4 PV; p is shown as -log10 p, at most 10.
  CHECK_THAT(figure.script, Contains("$pd0 << END_OF_DATA\n0.5 nan\n-0.5 nan\nEND_OF_DATA"));
  CHECK_THAT(figure.script, Contains("$pd1 << END_OF_DATA\nnan nan\n0.25 nan\nEND_OF_DATA"));
  CHECK_THAT(figure.script, Contains("$pd2 << END_OF_DATA\n10 nan\n2 nan\nEND_OF_DATA"));
  CHECK_THAT(figure.script, Contains("$pd3 << END_OF_DATA\n10 nan\n-0 nan\nEND_OF_DATA") ||
                                Contains("$pd3 << END_OF_DATA\n10 nan\n0 nan\nEND_OF_DATA"));
  CHECK_THAT(figure.script, Contains("\"L4 Exc\" 0, \"L4 PV\" 1"));
}

TEST_CASE("all excitatory and inhibitory cells together stand below the matrix, not in it") {
  const Case c;
  c.table("preferred_direction_fits_plain.csv", std::string(fits) +
                                                    "E,E,40,1,1,1,0.123,NaN,0.5,0.5\n"
                                                    "I,E,40,1,1,1,-0.25,0.3,0.5,0.5\n");
  const auto script = metrics::preferred_direction_figure(c.request).script;
  CHECK_THAT(script, Contains("$pd0 << END_OF_DATA\n0.5 nan\n-0.5 nan\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("\"all cells: E to E 0.12, I to E -0.25\""));
  CHECK_THAT(script,
             Contains("\"all cells: I to E 0.3\"") && Contains("\"p of all cells: E to E 0.5, I to E 0.5\""));
}

TEST_CASE("the usual magnitude leaves out the most extreme twentieth") {
  std::vector<double> values(101);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = -static_cast<double>(i);
  values.push_back(std::nan(""));
  CHECK(metrics::usual_magnitude(values) == Approx(95));
  CHECK(metrics::usual_magnitude(std::vector<double>{0, 0}) == 1);
}

TEST_CASE("bad numbers in a table are errors with file and line") {
  const Case c;
  c.table("preferred_direction_fits_plain.csv",
          "source_type,target_type,a_over_c,b_over_c,p_a,p_b\nL4_PV,L4_Exc,much,1,1,1\n");
  CHECK_THROWS_WITH(metrics::preferred_direction_figure(c.request),
                    Contains("a_over_c=\"much\"") && Contains("preferred_direction_fits_plain.csv:2"));
  c.table("preferred_direction_fits_plain.csv", "source_type,target_type\nL4_PV,L4_Exc\n");
  CHECK_THROWS_AS(metrics::preferred_direction_figure(c.request), core::FormatError);
}

TEST_CASE("a table without anything to draw is told from an absent one") {
  const Case c;
  c.table("preferred_direction_fits_plain.csv", "source_type,target_type,a_over_c,b_over_c,p_a,p_b\n");
  CHECK_THROWS_AS(metrics::preferred_direction_figure(c.request), core::UsageError);
  CHECK_THROWS_WITH(metrics::preferred_direction_figure(c.request), Contains("no rows"));
  c.table("suppression_mean_plain.csv", "cell_type,metric,percent_change,networks\nL4_Exc,rate,NaN,0\n");
  CHECK_THROWS_AS(metrics::suppression_figure(c.request), core::UsageError);
  CHECK_THROWS_WITH(metrics::suppression_figure(c.request), Contains("no percent change"));
}

TEST_CASE("contrast curves stand in the panel of their layer") {
  const Case c;
  c.table("contrast_by_type_plain.csv",
          "cell_type,contrast,n_cells,rate(Hz),osi,dsi,sparsity,sparsity_sd,reliability\n"
          "L6_PV,0.05,3,1.5,0.2,0.1,0.3,0,NaN\nL6_PV,0.8,3,7,0.25,0.1,0.4,0,0.5\n");
  const auto script = metrics::contrast_figure(c.request).script;
  CHECK_THAT(script, Contains("$c0_3_curve0 << END_OF_DATA\n0.05 1.5 0\n0.8 7 0\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$c1_3_curve0 << END_OF_DATA\n0.05 0.2 0\n0.8 0.25 0\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$c4_3_curve0 << END_OF_DATA\n0.8 0.5 0\nEND_OF_DATA"));
  CHECK_THAT(script, !Contains("$c0_0_curve0") && Contains("title \"L6 PV\""));
}

TEST_CASE("suppression: a column per option, types without any value left out, at most 80 % on the scale") {
  Case c;
  c.request.options = {"pv", "sst"};
  const std::string header = "cell_type,metric,percent_change,networks\n";
  c.table("suppression_mean_pv.csv", header + "L4_Exc,rate,200,1\nL4_PV,rate,NaN,0\n");
  c.table("suppression_mean_sst.csv", header + "L4_Exc,rate,-20,1\nL5_IT,rate,5,1\n");
  const auto script = metrics::suppression_figure(c.request).script;
  CHECK_THAT(script, Contains("$change0 << END_OF_DATA\n200 -20\nnan 5\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("set cbrange [-80:80]"));
  CHECK_THAT(script, Contains("\"L4 Exc\" 0, \"L5 IT\" 1") && !Contains("L4 PV"));
}

TEST_CASE("spectra are averaged over directions by their trials") {
  const Case c;
  const auto folder = c.request.base / "contrasts_plain";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "combined_spectra_700to2700.json")
      << R"({"spectra": {"L4_Exc": {"0.8": {"0": {"frequencies": [0, 1, 2, 100, 101], "psd": [9, 1, 4, 0, 5], "n_trials": 1},
             "45": {"frequencies": [0, 1, 2, 100, 101], "psd": [9, 5, 8, 0, 5], "n_trials": 3}}}}})";
  const auto script = metrics::spectra_figure(c.request).script;
  // 0 and 101 Hz are outside; a density of 0 has no place on a logarithmic axis.
  CHECK_THAT(script, Contains("$spectra1_curve0 << END_OF_DATA\n1 4 0\n2 7 0\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("power density (per kHz)"));
  auto other = c.request;
  other.contrast = 0.4;
  CHECK_THROWS_AS(metrics::spectra_figure(other), core::UsageError);
  std::ofstream(folder / "combined_spectra_700to2700.json")
      << R"({"spectra": {"L4_Exc": {"0.8": {"0": {"frequencies": [1, 2], "psd": [9], "n_trials": 1}}}}})";
  CHECK_THROWS_AS(metrics::spectra_figure(c.request), core::FormatError);
  std::ofstream(folder / "combined_spectra_700to2700.json")
      << R"({"spectra": {"L4_Exc": {"0.8": {"0": 3}}}})";
  CHECK_THROWS_AS(metrics::spectra_figure(c.request), core::FormatError);
}

TEST_CASE("weights are drawn from the quantiles of the table") {
  const Case c;
  c.table("weight_distribution_plain.csv",
          "source_type,target_type,edges,low_whisker(pA),q25(pA),median(pA),q75(pA),high_whisker(pA)\n"
          "L4_PV,L4_Exc,9,1,2,3,4,5\n");
  const auto script = metrics::weights_figure(c.request).script;
  CHECK_THAT(script, Contains("$w1_boxes0 << END_OF_DATA\n0 2 1 5 4 3 "));
  CHECK_THAT(script, Contains("set yrange [0.2:10]"));
}

TEST_CASE("rows of a tuning map are shares of each cell's largest rate") {
  // Cell 0 peaks at direction 1, cell 1 is silent, cell 2 lacks a direction.
  std::vector<double> rates(24, 0);
  rates[0] = 1;
  rates[1] = 4;
  rates[16] = 2;
  rates[17] = std::nan("");
  std::size_t rows = 0;
  const auto shown = metrics::tuning_rows(rates, 8, rows);
  REQUIRE(rows == 3);
  CHECK(shown[0] == 0.25);
  CHECK(shown[1] == 1);
  CHECK(shown[2] == 0);
  CHECK(std::isnan(shown[8]));
  CHECK(shown[16] == 1);
  CHECK(std::isnan(shown[17]));
}

TEST_CASE("neighbours in a tuning map are averaged where cells are many") {
  std::vector<double> rates(180 * 8, 0);
  for (std::size_t cell = 0; cell < 180; ++cell) rates[cell * 8 + (cell % 2 == 0 ? 0 : 7)] = 3;
  std::size_t rows = 0;
  const auto shown = metrics::tuning_rows(rates, 8, rows);
  REQUIRE(rows == 90);
  CHECK(shown[0] == 0.5);
  CHECK(shown[7] == 0.5);
  CHECK(shown[89 * 8 + 7] == 0.5);
}

TEST_CASE("boxes of model and recordings stand beside each other, with the similarity below") {
  const Case c;
  test::write_network(c.request.base,
                      {{.pop_name = "e4Rorb"}, {.pop_name = "e4Rorb"}, {.pop_name = "i4Sst", .x = 300}});
  c.table("OSI_DSI_DF_plain.csv",
          "node_id DSI OSI preferred_angle max_mean_rate(Hz) Ave_Rate(Hz) Spont_Rate(Hz)\n"
          "0 0.5 0.25 0 4 2 1\n1 0.9 0.8 0 0.25 0.1 0\n2 0.1 0.1 0 9 9 9\n");
  c.table("similarity_plain.csv",
          "cell_type,metric,similarity,small_sample\nL4_Exc,OSI,0.75,0\nL4_Exc,DSI,0.5,1\n");
  const auto script = metrics::tuning_boxes_figure(c.request).script;
  CHECK_THAT(script, Contains("$m1_points0 << END_OF_DATA\n-0.195 0.1\n-0.195 2\nEND_OF_DATA"));  // mean rate
  CHECK_THAT(script,
             Contains("$m2_points0 << END_OF_DATA\n-0.195 0.25\n-0.195 4\nEND_OF_DATA"));  // preferred rate
  CHECK_THAT(script,
             Contains("$m3_points0 << END_OF_DATA\n-0.195 0.25\nEND_OF_DATA"));  // OSI: below 0.5 Hz left out
  CHECK_THAT(script, Contains("$m3_points1 << END_OF_DATA\n0.195 0.1\n0.195 0.2\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("$s3 << END_OF_DATA\n0.75\nEND_OF_DATA") && Contains("\"0.75\" at first 0,0"));
  CHECK_THAT(script, Contains("\"0.50*\" at first 0,0"));  // of few values
  CHECK_THAT(script, !Contains("L4 SST"));  // outside the core, not among the recordings
}

TEST_CASE("the page of silencing experiments is as high as their names are long") {
  Case c;
  const auto height = [&](const std::string& name) {
    c.request.options = {name};
    c.table("suppression_mean_" + name + ".csv",
            "cell_type,metric,percent_change,networks\nL4_Exc,OSI,10,1\nL4_PV,OSI,-20,1\n");
    return metrics::suppression_figure(c.request).canvas.height;
  };
  const int small = height("pv");
  CHECK(height("a_very_long_name_of_an_experiment") > small + 100);
}

TEST_CASE("currents between cell types are a matrix with a row for each source") {
  const Case c;
  c.table("actuation_matrix.csv", "source e4 i4P\nbkg 100.25 50\ne4 10 -3\n");
  const auto script = metrics::actuation_figure(c.request).script;
  CHECK_THAT(script, Contains("$actuation << END_OF_DATA\n100.25 50\n10 -3\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("\"bkg\" 0, \"e4\" 1") && Contains("set cbrange [-100:100]"));
  CHECK_THROWS_WITH(metrics::actuation_figure(Case().request), Contains("striate adjust"));
}

TEST_CASE("a map of contrasts shows the design that its counts are of") {
  const Case c;
  test::write_network(c.request.base, {{.pop_name = "e4Rorb"}, {.pop_name = "e4Rorb"}});
  const auto path = c.request.base / "contrasts_plain/spike_counts.h5";
  std::filesystem::create_directories(path.parent_path());
  const auto write = [&](const std::vector<double>& contrasts) {
    auto file = io::h5::File::create(path);
    const std::vector<double> counts{4, 0, 6, 0, 2, 1, 2, 1}, blanks{0, 0, 2, 0}, degrees{0, 180},
        seconds{2000};
    io::h5::create_dataset<double>(file, "/evoked_spikes", std::array<std::uint64_t, 4>{2, 1, 2, 2});
    for (std::uint64_t k = 0; k < 2; ++k)
      io::h5::write_rows<double>(file, "/evoked_spikes", k, std::span(counts).subspan(4 * k, 4));
    io::h5::create_dataset<double>(file, "/spont_spikes", std::array<std::uint64_t, 2>{2, 2});
    io::h5::write_rows<double>(file, "/spont_spikes", 0, blanks);
    io::h5::write<double>(file, "/directions", degrees);
    io::h5::write<double>(file, "/contrasts", contrasts);
    io::h5::write<double>(file, "/interval_length", seconds);
    io::h5::write<std::uint64_t>(file, "/node_id", std::vector<std::uint64_t>{0, 1});
    file.close();
  };
  write({0.35});
  const auto script = metrics::contrast_map_figure(c.request).script;
  // Hz by direction, a row for each cell.
  CHECK_THAT(script, Contains("$contrast0 << END_OF_DATA\n2.5 1\n0 0.5\nEND_OF_DATA"));
  CHECK_THAT(script, Contains("'0.35' 0.5") && Contains("2 directions from 0 degrees"));
  write({0.35, 0.7});
  CHECK_THROWS_WITH(metrics::contrast_map_figure(c.request), Contains("2 directions x 2 contrasts"));
}
