// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/reports/report_read.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "io/sonata/reports/reports.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace h5 = io::h5;

namespace {

using Sample = std::vector<std::vector<std::vector<double>>>;

/// Two cells at 1 and 3 ms.
std::filesystem::path written(const test::TemporaryFolder& folder) {
  const auto file = folder.path() / "r.h5";
  io::ReportWriter writer({.file = file,
                           .populations = {{"v1", {4, 7}, {0, 1}}},
                           .variables = {{"threshold", "mV"}, {"I_syn", "pA"}},
                           .first_ms = 1,
                           .interval_ms = 2,
                           .samples = 2},
                          {});
  writer.append(Sample{{{1, 2}, {5, 6}}});
  writer.append(Sample{{{3, 4}, {7, 8}}});
  writer.finish();
  return file;
}

}  // namespace

TEST_CASE("what was written is read: cells, times, variables in their order, columns") {
  const test::TemporaryFolder folder;
  const auto file = h5::File::open(written(folder));
  const auto populations = io::read_report_layout(file);
  REQUIRE(populations.size() == 1);
  const auto& population = populations.front();
  CHECK(population.name == "v1");
  CHECK(population.node_ids == std::vector<std::uint64_t>{4, 7});
  CHECK(population.groups.empty());
  CHECK((population.first_ms == 1 && population.interval_ms == 2 && population.samples == 2));
  REQUIRE(population.variables.size() == 2);
  CHECK(population.variables[0].variable.name == "threshold");
  CHECK(population.variables[1].variable.units == "pA");
  const std::size_t columns[] = {1, 0};
  using Values = std::vector<std::vector<double>>;
  CHECK(io::read_report_columns(file, population, population.variables[1].dataset, columns, 0, 2) ==
        Values{{6, 8}, {5, 7}});
  CHECK(io::read_report_columns(file, population, population.variables[0].dataset, columns, 1, 1) ==
        Values{{4}, {3}});
}

TEST_CASE("files that are no reports of points are refused, with what is wrong") {
  const test::TemporaryFolder folder;
  const auto path = written(folder);
  const auto refusal = [&](const char* text, auto&& damage) {
    const auto copy = folder.path() / "copy.h5";
    std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
    {
      auto file = h5::File::open_to_change(copy);
      damage(file);
      file.close();
    }
    const auto file = h5::File::open(copy);
    CHECK_THROWS_AS(io::read_report_layout(file), core::FormatError);
    CHECK_THROWS_WITH(io::read_report_layout(file), Catch::Contains(text) && Catch::Contains("copy.h5"));
  };
  const auto remove = [](const h5::File& file, const char* name) {
    REQUIRE(H5Ldelete(file.id(), name, H5P_DEFAULT) >= 0);
  };
  refusal("is no report", [&](const h5::File& file) { remove(file, "/report/v1"); });
  refusal("no values", [&](const h5::File& file) { remove(file, "/report/v1/data"); });
  refusal("mapping/time", [&](const h5::File& file) {
    remove(file, "/report/v1/mapping/time");
    const double times[] = {0, 1, 0};
    h5::write<double>(file, "/report/v1/mapping/time", times);
  });
  const auto replaced = [&](const char* dataset, std::vector<std::uint64_t> shape) {
    return [&, dataset, shape](const h5::File& file) {
      remove(file, dataset);
      h5::create_dataset<float>(file, dataset, shape);
    };
  };
  refusal("one element per cell", replaced("/report/v1/data", {2, 3}));
  refusal("has 5 samples (data has 2)", replaced("/report/v1/I_syn", {5, 2}));
}
