// SPDX-License-Identifier: BSD-3-Clause
// Reports that another process goes on with.
#include "io/sonata/reports/report_rows.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "io/sonata/reports/reports.hpp"
#include "io/text/atomic_file.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace fs = std::filesystem;
namespace h5 = io::h5;

namespace {

constexpr std::size_t cells = 7;

struct Report {
  test::TemporaryFolder folder;
  fs::path file = folder.path() / "r.h5", unfinished = io::incomplete_name(file);

  io::ReportLayout layout(std::uint64_t samples, io::ReportPrecision precision) const {
    io::ReportPopulation population{"v1", {}, {}};
    for (std::uint32_t i = 0; i < cells; ++i) {
      population.node_ids.push_back(2 * i);
      population.columns.push_back(i);
    }
    return {.file = file,
            .populations = {population, {"empty", {}, {}}},
            .variables = {{"V_m", "mV"}, {"I_syn", "pA"}},
            .first_ms = 0.25,
            .interval_ms = 0.5,
            .samples = samples,
            .precision = precision,
            .can_be_continued = true};
  }
  static void append(io::ReportWriter& writer, std::size_t first, std::size_t end) {
    for (auto t = first; t < end; ++t) {
      std::vector<std::vector<std::vector<double>>> sample(2, std::vector<std::vector<double>>(2));
      for (std::size_t i = 0; i < cells; ++i)
        for (std::size_t variable = 0; variable < 2; ++variable)
          sample[0][variable].push_back(0.1 * static_cast<double>(t * cells + i) -
                                        static_cast<double>(variable));
      writer.append(sample);
    }
  }
  /// All bytes of a report that was never interrupted.
  std::string whole(std::uint64_t samples, io::ReportPrecision precision) const {
    io::ReportWriter writer(layout(samples, precision), {});
    append(writer, 0, samples);
    writer.finish();
    auto text = io::read_text_file(file, "");
    fs::remove(file);
    return text;
  }
  /// A report of which `kept` samples were told of, and a few more written, when its process was killed.
  io::ReportPosition begun(std::uint64_t samples, std::uint64_t kept, io::ReportPrecision precision) const {
    io::ReportWriter writer(layout(samples, precision), {});
    append(writer, 0, kept);
    const auto position = writer.sync();
    append(writer, kept, kept + 2);
    writer.sync();
    const auto as_it_is = folder.path() / "killed";
    fs::copy_file(unfinished, as_it_is);
    writer.leave();
    fs::rename(as_it_is, unfinished);
    return position;
  }
};

}  // namespace

TEST_CASE("a report goes on behind the samples that were told of") {
  const Report r;
  for (const auto precision : {io::ReportPrecision::float32, io::ReportPrecision::float64}) {
    const auto whole = r.whole(9, precision);
    for (const std::uint64_t kept : {0u, 1u, 5u, 7u}) {
      const auto from = r.begun(9, kept, precision);
      CHECK(from.samples == kept);
      io::ReportWriter writer(r.layout(9, precision), from, {});
      CHECK(writer.sync() == from);
      Report::append(writer, kept, 9);
      writer.finish();
      CHECK(io::read_text_file(r.file, "") == whole);
      CHECK_FALSE(fs::exists(r.unfinished));
      fs::remove(r.file);
    }
  }
}

TEST_CASE("a report of another length is that of a run which had it from the start") {
  const Report r;
  constexpr auto precision = io::ReportPrecision::float64;
  for (const std::uint64_t samples : {12u, 5u, 6u}) {
    const auto whole = r.whole(samples, precision);
    const auto from = r.begun(9, 5, precision);
    io::ReportWriter writer(r.layout(samples, precision), from, {});
    Report::append(writer, 5, samples);
    writer.finish();
    CHECK(io::read_text_file(r.file, "") == whole);
    fs::remove(r.file);
    CHECK(fs::is_empty(r.folder.path()));
  }
}

TEST_CASE("a report that has got its name already is continued under the other one") {
  const Report r;
  constexpr auto precision = io::ReportPrecision::float32;
  const auto from = r.begun(9, 5, precision);
  fs::remove(r.unfinished);
  CHECK_THROWS_AS(io::ReportWriter(r.layout(9, precision), from, {}), core::MissingFileError);
  const auto whole = r.whole(9, precision);
  {
    io::ReportWriter writer(r.layout(9, precision), {});
    Report::append(writer, 0, 9);
    writer.finish();
  }
  io::ReportWriter writer(r.layout(9, precision), from, {});
  CHECK(io::read_text_file(r.file, "") == whole);
  Report::append(writer, 5, 9);
  writer.finish();
  CHECK(io::read_text_file(r.file, "") == whole);
}

TEST_CASE("samples that are not those that were written are refused") {
  const Report r;
  constexpr auto precision = io::ReportPrecision::float64;
  const auto from = r.begun(9, 5, precision);
  const auto change = [&](std::uint64_t row) {
    auto file = h5::File::open_to_change(r.unfinished);
    std::vector<double> values(cells, 1.0);
    h5::write_rows<double>(file, "/report/v1/I_syn", row, values);
    file.close();
  };
  change(5);  // not told of
  io::ReportWriter(r.layout(9, precision), from, {}).leave();
  auto other = r.layout(9, precision);
  other.populations[0].node_ids.pop_back();
  other.populations[0].columns.pop_back();
  CHECK_THROWS_AS(io::ReportWriter(other, from, {}), core::FormatError);
  CHECK_THROWS_AS(io::ReportWriter(r.layout(9, io::ReportPrecision::float32), from, {}), core::FormatError);
  change(4);
  CHECK_THROWS_WITH(io::ReportWriter(r.layout(9, precision), from, {}), Catch::Contains("is damaged"));
  fs::resize_file(r.unfinished, 1000);
  CHECK_THROWS_AS(io::ReportWriter(r.layout(9, precision), from, {}), core::FormatError);
}
