// SPDX-License-Identifier: BSD-3-Clause
// The same files on any number of ranks: each run is compared with one made by every rank alone.
#include "lgn/generate.hpp"

#include <catch2/catch.hpp>
#include <iterator>

#include "lgn/spikes/rate_files.hpp"
#include "support/lgn_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void run(const std::filesystem::path& config, const std::filesystem::path& out, const core::Comm& comm) {
  lgn::LgnOptions options;
  options.output_dir = out;
  options.trial_count = 2;
  const auto loaded = io::load_sonata_config(config);
  const auto summary =
      lgn::generate(lgn::make_plan(loaded, options), io::read_node_populations(loaded.nodes), comm);
  CHECK(summary.cells == 300);
  CHECK(summary.spikes > 500);
}

}  // namespace

TEST_CASE("LGN spikes and rates do not depend on the number of ranks") {
  const core::Comm world(MPI_COMM_WORLD);
  const test::TemporaryFolder own;
  const std::filesystem::path folder = world.broadcast(own.path().string());
  if (world.is_root()) {
    test::write_lgn_nodes(folder, 300);  // five blocks, the last not full
    test::write_config(folder, test::lgn_config(folder));
  }
  world.barrier();
  run(folder / "config.json", folder / "together", world);
  if (world.is_root()) run(folder / "config.json", folder / "alone", core::Comm());
  world.barrier();
  for (const char* trial : {"_trial0", "_trial1"}) {
    const auto together = folder.string() + "/together" + trial, alone = folder.string() + "/alone" + trial;
    CHECK(text_of(together + "/spikes.csv") == text_of(alone + "/spikes.csv"));
    CHECK(text_of(together + "/rates.csv") == text_of(alone + "/rates.csv"));
    const auto ours = io::read_spikes_h5(together + "/spikes.h5", "lgn");
    const auto theirs = io::read_spikes_h5(alone + "/spikes.h5", "lgn");
    CHECK(ours.time_ms == theirs.time_ms);
    CHECK(ours.node_id == theirs.node_id);
    const auto a = io::h5::File::open(together + "/rates.h5"), b = io::h5::File::open(alone + "/rates.h5");
    const std::string rates = "/firing_rates/lgn/firing_rates_Hz";
    CHECK(io::h5::read_table<double>(a, rates, 300) == io::h5::read_table<double>(b, rates, 300));
  }
  CHECK(text_of(folder.string() + "/alone_trial0/spikes.csv") !=
        text_of(folder.string() + "/alone_trial1/spikes.csv"));
  world.barrier();
}
