// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/spike_spool.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <optional>

#include "core/errors/error.hpp"
#include "support/files.hpp"
#include "support/small_disk.hpp"
#include "support/spool_spikes.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using io::SpikeOrder;
using test::text_of;

namespace {

constexpr std::uint32_t nodes = 37;
constexpr core::Step steps = 600;

struct Run {
  test::TemporaryFolder folder;
  std::vector<std::uint64_t> ids = test::shuffled_ids(nodes);
  std::vector<test::NodeSpike> spikes = test::node_spikes(nodes, steps, 0.05);
  core::TimeGrid grid{0.1};

  io::SpoolLayout layout() const {
    return {.file = folder.path() / "spikes.h5.spool",
            .population = "v1",
            .node_ids = ids,
            .grid = grid,
            .rows_by_time = 100,
            .rows_by_id = 150};
  }
  std::filesystem::path spool_file() const { return io::incomplete_name(layout().file); }
  void add(io::SpikeSpool& spool, core::Step from, core::Step to) const {
    test::add_spikes(spool, spikes, from, to, {});
  }
  /// Steps [from, steps] in blocks of `block` steps; the last stays in memory.
  void add_in_blocks(io::SpikeSpool& spool, core::Step from, core::Step block) const {
    for (core::Step step = from; step <= steps; step += block) {
      if (step > from) spool.flush();
      add(spool, step, std::min(step + block, steps + 1));
    }
  }
  /// The bytes of the table and the contents of the HDF5 file that the spool makes, and those of the writer
  /// that sorts in memory.
  void check_results(io::SpikeSpool& spool) const {
    const std::vector<io::OutputSpikes> direct{test::output_of(spikes, ids, grid)};
    for (const auto order : {SpikeOrder::by_id, SpikeOrder::by_time}) {
      const auto file = folder.path() / "spikes.h5", expected = folder.path() / "expected.h5";
      for (const int deflate : {0, 4}) {
        const std::vector<io::OrderedSpikes> ordered{spool.ordered(order)};
        io::write_ordered_spikes_h5(file, ordered, {.order = order, .deflate = deflate}, {});
        io::write_spikes_h5(expected, direct, {.order = order, .deflate = deflate}, {});
        const auto read = io::read_spikes_h5(file, "v1"), wanted = io::read_spikes_h5(expected, "v1");
        CHECK(read.size() == spikes.size());
        CHECK(read.time_ms == wanted.time_ms);
        CHECK(read.node_id == wanted.node_id);
        const bool same_bytes = text_of(file) == text_of(expected);
        if (deflate == 0) CHECK(same_bytes);
      }
    }
    const std::vector<io::OrderedSpikes> ordered{spool.ordered(SpikeOrder::by_time)};
    io::write_ordered_spikes_csv(folder.path() / "spikes.csv", ordered, {});
    io::write_spikes_csv(folder.path() / "expected.csv", direct, {});
    const bool same_table = text_of(folder.path() / "spikes.csv") == text_of(folder.path() / "expected.csv");
    CHECK(same_table);
  }
};

}  // namespace

TEST_CASE("what a spool makes is what is made of the same spikes in memory") {
  const Run run;
  for (const core::Step block : {core::Step{1}, core::Step{7}, core::Step{250}, steps}) {
    io::SpikeSpool spool(run.layout(), {});
    spool.begin();
    run.add_in_blocks(spool, 1, block);
    CHECK(std::filesystem::exists(run.spool_file()) == (block < steps));
    run.check_results(spool);
    spool.remove();
    CHECK_FALSE(std::filesystem::exists(run.spool_file()));
  }
}

TEST_CASE("a spool without spikes makes files without spikes") {
  Run run;
  run.spikes.clear();
  io::SpikeSpool spool(run.layout(), {});
  spool.begin();
  spool.flush();
  CHECK(spool.sync() == io::SpoolPosition{});
  run.check_results(spool);
  CHECK_FALSE(std::filesystem::exists(run.spool_file()));
}

TEST_CASE("populations of one node and of ascending ids") {
  Run run;
  for (const std::uint32_t count : {1u, 2u, 64u, 65u}) {
    run.ids.clear();
    for (std::uint64_t id = 0; id < count; ++id) run.ids.push_back(id * 3);
    run.spikes.clear();
    for (core::Step step = 1; step <= steps; ++step)
      run.spikes.push_back({step, static_cast<std::uint32_t>(step) % count});
    io::SpikeSpool spool(run.layout(), {});
    spool.begin();
    run.add_in_blocks(spool, 1, 100);
    run.check_results(spool);
  }
}

TEST_CASE("a spool goes on where it was in step with a checkpoint, whatever was written after it") {
  const Run run;
  for (const core::Step cut : {core::Step{1}, core::Step{2}, core::Step{301}, steps + 1}) {
    io::SpoolPosition position;
    {
      io::SpikeSpool killed(run.layout(), {});
      killed.begin();
      run.add(killed, 1, cut);
      position = killed.sync();
      CHECK(killed.held() == 0);
      run.add(killed, cut, cut + 100);
      killed.flush();
      run.add(killed, cut + 100, cut + 110);
    }
    io::SpikeSpool spool(run.layout(), {});
    spool.resume(position);
    CHECK(std::filesystem::exists(run.spool_file()) == (position.spikes > 0));
    CHECK(spool.sync() == position);
    run.add_in_blocks(spool, cut, 50);
    run.check_results(spool);
    spool.remove();
  }
}

TEST_CASE("a run begins anew whatever an interrupted one left") {
  const Run run;
  std::ofstream(run.spool_file()) << "keys of another run";
  io::SpikeSpool spool(run.layout(), {});
  spool.begin();
  CHECK_FALSE(std::filesystem::exists(run.spool_file()));
  run.add_in_blocks(spool, 1, 200);
  run.check_results(spool);
}

TEST_CASE("a spool that does not hold the checkpoint's spikes any more is refused") {
  const Run run;
  io::SpikeSpool first(run.layout(), {});
  first.begin();
  run.add(first, 1, 400);
  const auto position = first.sync();
  const auto whole = text_of(run.spool_file());
  REQUIRE(whole.size() == 8 * position.spikes);
  const auto refused = [&](const std::string& contents, const std::string& why) {
    std::ofstream(run.spool_file(), std::ios::binary) << contents;
    io::SpikeSpool spool(run.layout(), {});
    CHECK_THROWS_WITH(spool.resume(position), Catch::Contains("spikes.h5.spool") && Catch::Contains(why));
    const bool untouched = text_of(run.spool_file()) == contents;
    CHECK(untouched);
  };
  refused(whole.substr(0, whole.size() - 1), "cannot be continued");
  auto changed = whole;
  changed[100] = static_cast<char>(changed[100] ^ 1);
  refused(changed, "other spikes");
  auto swapped = whole;
  std::swap_ranges(swapped.begin(), swapped.begin() + 8, swapped.begin() + 8);
  refused(swapped, "other spikes");
  std::filesystem::remove(run.spool_file());
  io::SpikeSpool gone(run.layout(), {});
  CHECK_THROWS_AS(gone.resume(position), core::MissingFileError);
}

TEST_CASE("spikes that come too late for a spool, or at steps that do not fit, are never put elsewhere") {
  const Run run;
  io::SpikeSpool spool(run.layout(), {});
  spool.begin();
  spool.add(8, 3);
  spool.flush();
  spool.add(8, 4);
  CHECK_THROWS_WITH(spool.flush(), Catch::Contains("not later"));
  CHECK_THROWS_AS(spool.add(core::Step{1} << 58, 0), core::ConfigError);
  CHECK_NOTHROW(spool.add((core::Step{1} << 58) - 1, 0));
}

TEST_CASE("a disk that is full ends the run at once") {
  const test::SmallDisk disk(16 << 10);
  if (!disk.mounted()) return;  // needs the right to mount
  const Run run;
  auto layout = run.layout();
  layout.file = disk.path() / "spikes.h5.spool";
  io::SpikeSpool spool(layout, {});
  spool.begin();
  for (core::Step step = 1; step <= 4000; ++step) spool.add(step, 0);
  CHECK_THROWS_WITH(spool.flush(), Catch::Contains("No space left") && Catch::Contains("is the disk full"));
  io::SpikeSpool nowhere(
      {.file = run.folder.path() / "no" / "spool", .population = "v1", .node_ids = run.ids, .grid = {0.1}},
      {});
  nowhere.begin();
  nowhere.add(1, 1);
  CHECK_THROWS_AS(nowhere.flush(), core::SystemError);
}
