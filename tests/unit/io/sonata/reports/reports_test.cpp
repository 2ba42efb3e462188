// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/reports/reports.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using striate::test::TemporaryFolder;
namespace h5 = io::h5;

namespace {

io::ReportLayout layout_at(const std::filesystem::path& file) {
  return {.file = file,
          .populations = {{"v1", {4, 7, 9}, {0, 1, 2}}, {"lgn", {2}, {0}}},
          .variables = {{"V_m", "mV"}, {"I_syn", "pA"}},
          .first_ms = 0.25,
          .interval_ms = 0.25,
          .samples = 2,
          .precision = io::ReportPrecision::float32};
}

using Sample = std::vector<std::vector<std::vector<double>>>;

}  // namespace

TEST_CASE("a report has the layout that both readers need") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "report.h5";
  io::ReportWriter writer(layout_at(path), {});
  writer.append(Sample{{{1, 2, 3}, {4, 5, 6}}, {{7}, {8}}});
  writer.append(Sample{{{-1, -2, -3}, {-4, -5, -6}}, {{-7}, {-8}}});
  CHECK_FALSE(std::filesystem::exists(path));
  writer.finish();
  CHECK_FALSE(std::filesystem::exists(io::incomplete_name(path)));

  const auto file = h5::File::open(path);
  using Values = std::vector<double>;
  CHECK(h5::read_table<double>(file, "/report/v1/data", 3) == Values{1, 2, 3, -1, -2, -3});
  CHECK(h5::read_table<double>(file, "/report/v1/I_syn", 3) == Values{4, 5, 6, -4, -5, -6});
  CHECK(h5::read_table<double>(file, "/report/lgn/data", 1) == Values{7, -7});
  CHECK(h5::dataset_info(file, "/report/v1/data").item_bytes == 4);
  CHECK(h5::string_attribute(file, "/report/v1/data", "variable") == "V_m");
  CHECK(h5::string_attribute(file, "/report/v1/data", "units") == "mV");
  CHECK(h5::string_attribute(file, "/report/v1/I_syn", "units") == "pA");
  const std::string mapping = "/report/v1/mapping/";
  CHECK(h5::read<std::uint64_t>(file, mapping + "node_ids") == std::vector<std::uint64_t>{4, 7, 9});
  CHECK(h5::has_attribute(file, mapping + "node_ids", "sorted"));
  for (const std::string name : {"index_pointer", "index_pointers"})
    CHECK(h5::read<std::uint64_t>(file, mapping + name) == std::vector<std::uint64_t>{0, 1, 2, 3});
  CHECK(h5::read<std::uint64_t>(file, mapping + "element_ids") == std::vector<std::uint64_t>(3, 0));
  CHECK(h5::read<double>(file, mapping + "element_pos") == Values(3, 0));
  // Right-open: samples at 0.25 and 0.5.
  CHECK(h5::read<double>(file, mapping + "time") == Values{0.25, 0.75, 0.25});
  CHECK(h5::string_attribute(file, mapping + "time", "units") == "ms");
}

TEST_CASE("a report in double precision keeps every bit, over many full buffers") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "report.h5";
  constexpr std::size_t cells = 30011;  // the 8 MiB buffer holds 34 samples
  constexpr std::size_t samples = 71;
  io::ReportPopulation population{"v1", {}, {}};
  for (std::uint32_t i = 0; i < cells; ++i) {
    population.node_ids.push_back(2 * i);
    population.columns.push_back(i);
  }
  auto layout = layout_at(path);
  layout.populations = {population};
  layout.variables.resize(1);
  layout.samples = samples;
  layout.precision = io::ReportPrecision::float64;
  io::ReportWriter writer(layout, {});
  const auto value = [](std::size_t t, std::size_t i) { return 0.1 * static_cast<double>(t * cells + i); };
  for (std::size_t t = 0; t < samples; ++t) {
    std::vector<double> sample(cells);
    for (std::size_t i = 0; i < cells; ++i) sample[i] = value(t, i);
    writer.append(Sample{{sample}});
  }
  writer.finish();
  const auto data = h5::read_table<double>(h5::File::open(path), "/report/v1/data", cells);
  REQUIRE(data.size() == samples * cells);
  std::size_t wrong = 0;
  for (std::size_t t = 0; t < samples; ++t)
    for (std::size_t i = 0; i < cells; ++i) wrong += data[t * cells + i] != value(t, i);
  CHECK(wrong == 0);
}

TEST_CASE("reports without cells or samples are written, with missing samples not") {
  const TemporaryFolder folder;
  auto layout = layout_at(folder.path() / "report.h5");
  layout.populations = {{"v1", {}, {}}};
  io::ReportWriter empty(layout, {});
  const Sample nothing{{{}, {}}};
  empty.append(nothing);
  CHECK_THROWS_WITH(empty.finish(), Catch::Contains("only 1 of 2 samples"));
  CHECK_FALSE(std::filesystem::exists(layout.file));
  empty.append(nothing);
  CHECK_THROWS_WITH(empty.append(nothing), Catch::Contains("more than the 2 samples"));
  empty.finish();
  CHECK(h5::read<std::uint64_t>(h5::File::open(layout.file), "/report/v1/mapping/index_pointers") ==
        std::vector<std::uint64_t>{0});

  layout = layout_at(folder.path() / "none.h5");
  layout.samples = 0;
  io::ReportWriter(layout, {}).finish();
  CHECK(h5::dataset_info(h5::File::open(layout.file), "/report/v1/data").shape ==
        std::vector<std::uint64_t>{0, 3});
}

TEST_CASE("a report layout that cannot be written is refused before a file exists") {
  const TemporaryFolder folder;
  const auto refusal = [&](auto&& change) {
    auto layout = layout_at(folder.path() / "report.h5");
    change(layout);
    CHECK_THROWS_AS(io::ReportWriter(layout, {}), core::ConfigError);
    CHECK_FALSE(std::filesystem::exists(io::incomplete_name(layout.file)));
  };
  using Layout = io::ReportLayout;
  refusal([](Layout& layout) { layout.variables.clear(); });
  for (const char* name : {"", "V_m", "data", "mapping", "a/b"})
    refusal([&](Layout& layout) { layout.variables[1].name = name; });
  for (const char* name : {"", "v1", "a/b"})
    refusal([&](Layout& layout) { layout.populations[1].name = name; });
  for (const double interval : {0.0, -0.25, std::numeric_limits<double>::quiet_NaN()})
    refusal([&](Layout& layout) { layout.interval_ms = interval; });
  auto layout = layout_at(folder.path() / "report.h5");
  layout.populations[0].columns = {0, 1, 1};
  CHECK_THROWS_WITH(io::ReportWriter(layout, {}), Catch::Contains("do not cover"));
  CHECK_THROWS_AS(io::ReportWriter(layout_at(folder.path() / "no" / "report.h5"), {}), core::SystemError);
}
