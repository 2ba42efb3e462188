// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/reports/reports.hpp"

#include <catch2/catch.hpp>

#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using core::Comm;

namespace {

/// What cell `cell` of `population` gives for `variable` at sample `t`; exact in 32 bits.
double value_of(std::size_t population, std::size_t variable, std::size_t t, std::size_t cell) {
  return static_cast<double>(t * 20011 + cell) + 0.25 * static_cast<double>(population) -
         0.5 * static_cast<double>(variable);
}

enum class ColumnDeal { round_robin, last_rank_has_all };

io::ReportPopulation population_of(const std::string& name, std::uint32_t cells, ColumnDeal deal,
                                   const Comm& comm) {
  io::ReportPopulation population{name, {}, {}};
  for (std::uint32_t i = 0; i < cells; ++i) {
    population.node_ids.push_back(3 * i + 1);
    const auto owner = deal == ColumnDeal::round_robin ? static_cast<int>(i) % comm.size() : comm.size() - 1;
    if (owner == comm.rank()) population.columns.push_back(i);
  }
  return population;
}

template <class T>
std::vector<T> expected_data(std::size_t population, std::size_t variable, std::size_t samples,
                             std::size_t cells) {
  std::vector<T> data;
  for (std::size_t t = 0; t < samples; ++t)
    for (std::size_t i = 0; i < cells; ++i)
      data.push_back(static_cast<T>(value_of(population, variable, t, i)));
  return data;
}

template <class T>
void write_and_compare(const std::filesystem::path& path, std::uint32_t cells, std::size_t samples,
                       const Comm& world) {
  constexpr bool is_float = sizeof(T) == 4;
  const io::ReportLayout layout{
      .file = path,
      .populations = {population_of("v1", cells, ColumnDeal::round_robin, world),
                      population_of("rl", 3, ColumnDeal::last_rank_has_all, world)},
      .variables = {{"V_m", "mV"}, {"I_syn", "pA"}},
      .first_ms = 0.25,
      .interval_ms = 0.25,
      .samples = samples,
      .precision = is_float ? io::ReportPrecision::float32 : io::ReportPrecision::float64};
  io::ReportWriter writer(layout, world);
  for (std::size_t t = 0; t < samples; ++t) {
    std::vector<std::vector<std::vector<double>>> values(2, std::vector<std::vector<double>>(2));
    for (std::size_t population = 0; population < 2; ++population)
      for (std::size_t variable = 0; variable < 2; ++variable)
        for (const auto cell : layout.populations[population].columns)
          values[population][variable].push_back(value_of(population, variable, t, cell));
    writer.append(values);
  }
  writer.finish();
  const auto file = io::h5::File::open(path);
  CHECK(io::h5::dataset_info(file, "/report/v1/data").item_bytes == sizeof(T));
  const bool equal =
      io::h5::read_table<T>(file, "/report/v1/data", cells) == expected_data<T>(0, 0, samples, cells) &&
      io::h5::read_table<T>(file, "/report/v1/I_syn", cells) == expected_data<T>(0, 1, samples, cells) &&
      io::h5::read_table<T>(file, "/report/rl/data", 3) == expected_data<T>(1, 0, samples, 3) &&
      io::h5::read_table<T>(file, "/report/rl/I_syn", 3) == expected_data<T>(1, 1, samples, 3);
  CHECK(equal);
  CHECK(io::h5::read<std::uint64_t>(file, "/report/v1/mapping/node_ids") == layout.populations[0].node_ids);
  world.barrier();
}

}  // namespace

TEST_CASE("reports hold the same on any number of ranks, also where a rank has no cell") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path folder = world.broadcast(own.path().string());
  write_and_compare<float>(folder / "few.h5", 2, 7, world);
  write_and_compare<float>(folder / "one.h5", 1, 1, world);
  write_and_compare<float>(folder / "no_cells.h5", 0, 5, world);
  write_and_compare<float>(folder / "no_samples.h5", 5, 0, world);
  // More than one full buffer of 8 MiB (two variables of 8 bytes per cell and sample) on 1, 2 and 4 ranks.
  write_and_compare<float>(folder / "many.h5", 20011, 120, world);
  write_and_compare<double>(folder / "exact.h5", 20011, 120, world);
}

TEST_CASE("means over groups are the same bits on any number of ranks") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path folder = world.broadcast(own.path().string());
  constexpr std::uint32_t cells = 1009, groups = 5;
  constexpr std::size_t samples = 7;
  // No sum of these is exact, so that another order of summands would show.
  const auto value = [](std::size_t t, std::size_t cell) {
    return 1.0 / static_cast<double>(3 + t * cells + cell);
  };
  auto layout_of = [&](const char* name, ColumnDeal deal, const Comm& comm) {
    auto population = population_of("v1", cells, deal, comm);
    for (std::uint32_t cell = 0; cell < cells; ++cell)
      population.means.group.push_back(cell < groups ? cell : cell * cell % groups);
    population.means.names = {"a", "b", "c", "d", "e23Cux2"};
    population.node_ids.resize(groups);
    return io::ReportLayout{.file = folder / name,
                            .populations = {population},
                            .variables = {{"V_m", "mV"}},
                            .first_ms = 0.25,
                            .interval_ms = 0.25,
                            .samples = samples,
                            .precision = io::ReportPrecision::float64};
  };
  const auto write = [&](const io::ReportLayout& layout, const Comm& comm) {
    io::ReportWriter writer(layout, comm);
    for (std::size_t t = 0; t < samples; ++t) {
      std::vector<std::vector<std::vector<double>>> values(1, std::vector<std::vector<double>>(1));
      for (const auto cell : layout.populations[0].columns) values[0][0].push_back(value(t, cell));
      writer.append(values);
    }
    writer.finish();
    const auto file = io::h5::File::open(layout.file);
    CHECK(io::h5::read_strings(file, "/report/v1/mapping/pop_name") == layout.populations[0].means.names);
    return io::h5::read_table<double>(file, "/report/v1/data", groups);
  };
  const auto dealt = write(layout_of("dealt.h5", ColumnDeal::round_robin, world), world);
  const auto of_last = write(layout_of("last.h5", ColumnDeal::last_rank_has_all, world), world);
  CHECK(dealt == of_last);
  const Comm alone;
  const auto own_file = own.path() / "alone.h5";
  auto layout = layout_of("alone.h5", ColumnDeal::round_robin, alone);
  layout.file = own_file;
  CHECK(write(layout, alone) == dealt);
  double sum = 0, members = 0;
  for (std::uint32_t cell = 0; cell < cells; ++cell)
    if (layout.populations[0].means.group[cell] == 1) sum += value(6, cell), members += 1;
  CHECK(dealt.at(6 * groups + 1) == sum / members);
  world.barrier();
}

TEST_CASE("a report that all ranks began is continued by one, and the other way round") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path folder = world.broadcast(own.path().string());
  constexpr std::size_t samples = 40, kept = 17;
  constexpr std::uint32_t cells = 11;
  const auto layout_of = [&](const char* name, const Comm& comm) {
    return io::ReportLayout{.file = folder / name,
                            .populations = {population_of("v1", cells, ColumnDeal::round_robin, comm)},
                            .variables = {{"V_m", "mV"}},
                            .first_ms = 0.25,
                            .interval_ms = 0.25,
                            .samples = samples,
                            .precision = io::ReportPrecision::float64,
                            .can_be_continued = true};
  };
  const auto append = [](io::ReportWriter& writer, std::size_t first, std::size_t end) {
    for (auto t = first; t < end; ++t) {
      std::vector<std::vector<std::vector<double>>> values(1, std::vector<std::vector<double>>(1));
      for (const auto cell : writer.layout().populations[0].columns)
        values[0][0].push_back(value_of(0, 0, t, cell));
      writer.append(values);
    }
  };
  const auto expected = expected_data<double>(0, 0, samples, cells);
  io::ReportPosition of_all, of_one;
  {
    io::ReportWriter writer(layout_of("all.h5", world), world);
    append(writer, 0, kept);
    of_all = writer.sync();
    writer.leave();
  }
  world.barrier();
  if (world.is_root()) {
    io::ReportWriter on_one(layout_of("all.h5", Comm{}), of_all, Comm{});
    append(on_one, kept, samples);
    on_one.finish();
    CHECK(io::h5::read_table<double>(io::h5::File::open(folder / "all.h5"), "/report/v1/data", cells) ==
          expected);
    io::ReportWriter writer(layout_of("one.h5", Comm{}), Comm{});
    append(writer, 0, kept);
    of_one = writer.sync();
    CHECK(of_one == of_all);
    writer.leave();
  }
  world.barrier();
  io::ReportWriter writer(layout_of("one.h5", world), of_all, world);
  append(writer, kept, samples);
  writer.finish();
  CHECK(io::h5::read_table<double>(io::h5::File::open(folder / "one.h5"), "/report/v1/data", cells) ==
        expected);
  world.barrier();
}
