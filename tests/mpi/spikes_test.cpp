// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/spikes.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using core::Comm;
using io::OutputSpikes;
using io::SpikeOrder;

namespace {

/// `count` spikes with many equal times and some equal pairs; the same on every rank.
OutputSpikes all_spikes(std::size_t count) {
  OutputSpikes spikes{"v1", {}, {}};
  std::uint64_t state = 12345;
  for (std::size_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    spikes.time_ms.push_back(0.25 * static_cast<double>((state >> 33) % 397));
    spikes.node_id.push_back((state >> 20) % 50);
  }
  return spikes;
}

enum class Deal { round_robin, by_id, last_rank_has_all };

/// The part of `spikes` that this rank has recorded.
OutputSpikes part_of(const OutputSpikes& spikes, Deal deal, const Comm& comm) {
  OutputSpikes mine{spikes.population, {}, {}};
  const auto size = static_cast<std::size_t>(comm.size());
  for (std::size_t i = 0; i < spikes.time_ms.size(); ++i) {
    const std::size_t owner = deal == Deal::round_robin ? i % size
                              : deal == Deal::by_id     ? spikes.node_id[i] * size / 50
                                                        : size - 1;
    if (owner != static_cast<std::size_t>(comm.rank())) continue;
    mine.time_ms.push_back(spikes.time_ms[i]);
    mine.node_id.push_back(spikes.node_id[i]);
  }
  return mine;
}

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("sorted spikes lie on ranks in equal parts of one order, wherever they came from") {
  const Comm world(MPI_COMM_WORLD);
  for (const std::size_t count : {0, 1, 3, 40, 5003})
    for (const auto order : {SpikeOrder::by_time, SpikeOrder::by_id})
      for (const auto deal : {Deal::round_robin, Deal::by_id, Deal::last_rank_has_all}) {
        const auto all = all_spikes(count);
        const auto expected = io::sort_spikes(all, order, Comm{});
        const auto mine = io::sort_spikes(part_of(all, deal, world), order, world);
        const auto share = core::contiguous_share(count, world.rank(), world.size());
        REQUIRE(mine.time_ms.size() == share.count());
        CHECK(std::equal(mine.time_ms.begin(), mine.time_ms.end(),
                         expected.time_ms.begin() + static_cast<std::ptrdiff_t>(share.first)));
        CHECK(std::equal(mine.node_id.begin(), mine.node_id.end(),
                         expected.node_id.begin() + static_cast<std::ptrdiff_t>(share.first)));
      }
}

TEST_CASE("spike files hold the same on any number of ranks") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path folder = world.broadcast(own.path().string());
  const auto all = all_spikes(5003);
  for (const auto order : {SpikeOrder::by_time, SpikeOrder::by_id})
    for (const int deflate : {0, 4}) {
      const std::vector<OutputSpikes> populations{
          part_of(all, Deal::by_id, world), {"silent", {}, {}}, {"alone", {}, {}}};
      auto written = populations;
      if (world.rank() == world.size() - 1) written[2] = {"alone", {1.5}, {7}};
      io::write_spikes_h5(folder / "spikes.h5", written, {order, deflate}, world);
      const auto expected = io::sort_spikes(all, order, Comm{});
      const auto read = io::read_spikes_h5(folder / "spikes.h5", "v1");
      CHECK(read.time_ms == expected.time_ms);
      CHECK(read.node_id == expected.node_id);
      CHECK(io::read_spikes_h5(folder / "spikes.h5", "silent").size() == 0);
      CHECK(io::read_spikes_h5(folder / "spikes.h5", "alone").node_id == std::vector<std::uint64_t>{7});
      world.barrier();
    }
}

TEST_CASE("spike tables are the same bytes on any number of ranks, also in several pieces") {
  const Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path folder = world.broadcast(own.path().string());
  // Root takes 4 MiB at a time, shared among the ranks; half a million rows need two rounds on 1, 2 and 4.
  for (const std::size_t count : {0, 3, 500000}) {
    OutputSpikes all = all_spikes(count);
    const std::vector<OutputSpikes> mine{part_of(all, Deal::round_robin, world), {"silent", {}, {}}};
    io::write_spikes_csv(folder / "spikes.csv", mine, world);
    const std::vector<OutputSpikes> whole{std::move(all), {"silent", {}, {}}};
    const auto expected = own.path() / "expected.csv";
    io::write_spikes_csv(expected, whole, Comm{});
    const bool equal = text_of(folder / "spikes.csv") == text_of(expected);
    CHECK(equal);
    const auto sorted = io::sort_spikes(whole[0], SpikeOrder::by_time, Comm{});
    const auto read = io::read_spikes_csv(folder / "spikes.csv", {});
    const bool complete = read.time_ms == sorted.time_ms && read.node_id == sorted.node_id;
    CHECK(complete);
    world.barrier();
  }
}
