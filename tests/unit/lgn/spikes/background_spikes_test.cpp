// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/spikes/background_spikes.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "io/paradigm/paradigm.hpp"
#include "lgn/stimuli/condition.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::lgn;

namespace {

std::uint64_t hash_of(const io::SpikeTrains& spikes) {
  return ConditionHash()
      .add_bytes(std::as_bytes(std::span(spikes.time_ms)))
      .add_bytes(std::as_bytes(std::span(spikes.node_id)))
      .value();
}

BackgroundTrain train(std::uint64_t seed) {
  return {.file = "bkg/test.h5", .rate_hz = 250, .duration_s = 3, .seed = seed};
}

}  // namespace

TEST_CASE("reference mode draws what NumPy's legacy generator draws") {
  // numpy.random.seed(7); numpy.random.random_sample((100, 12000)) < 0.0625: the first and last spikes, the
  // number.
  const auto spikes = background_spikes(train(7), 100, BackgroundRandom::reference);
  REQUIRE(spikes.size() == 74549);
  CHECK(spikes.time_ms[0] == 5.01);
  CHECK(spikes.time_ms[1] == 14.01);
  CHECK(spikes.time_ms[2] == 15.76);
  CHECK(spikes.time_ms[3] == 23.26);
  CHECK(hash_of(spikes) == 0xb71b121fa50b76b6u);
  CHECK(hash_of(background_spikes(train(0), 100, BackgroundRandom::reference)) == 0xbac5dc1e829c8614u);
  CHECK(hash_of(background_spikes(train(381583), 100, BackgroundRandom::reference)) == 0xabc67bdf72b64726u);
  CHECK(hash_of(background_spikes(train(667542), 100, BackgroundRandom::reference)) == 0x2db8752a4e13514bu);
}

TEST_CASE("counter-based background has its rate, and a unit's spikes do not depend on how many there are") {
  const auto many = background_spikes(train(1), 100, BackgroundRandom::counter);
  const double expected = 100 * 12000 * 0.0625;
  CHECK(std::abs(static_cast<double>(many.size()) - expected) < 4.5 * std::sqrt(expected * (1 - 0.0625)));
  const auto few = background_spikes(train(1), 3, BackgroundRandom::counter);
  REQUIRE(few.size() < many.size());
  CHECK(std::equal(few.time_ms.begin(), few.time_ms.end(), many.time_ms.begin()));
  CHECK(hash_of(background_spikes(train(2), 100, BackgroundRandom::counter)) != hash_of(many));
}

TEST_CASE("4 kHz fills every bin, 0 Hz none, and times are a hundredth of a ms behind the bins' ends") {
  auto full = train(0);
  full.rate_hz = highest_background_hz;
  for (const auto random : {BackgroundRandom::counter, BackgroundRandom::reference}) {
    const auto spikes = background_spikes(full, 2, random);
    REQUIRE(spikes.size() == 24000);
    CHECK(spikes.time_ms[0] == 0.26);
    CHECK(spikes.time_ms[11999] == Approx(3000.01));
    CHECK(spikes.node_id[12000] == 1);
  }
  full.rate_hz = 0;
  CHECK(background_spikes(full, 2, BackgroundRandom::counter).size() == 0);
}

TEST_CASE("the standard background has seven files, all with seed 0") {
  const auto trains = standard_background();
  REQUIRE(trains.size() == 7);
  const char* names[] = {"1kHz_10s", "1kHz_3s", "250Hz_10s", "250Hz_3s", "full_10s", "full_3s", "regular_1s"};
  const double rates[] = {1000, 1000, 250, 250, 4000, 4000, 0};
  for (std::size_t k = 0; k < 7; ++k) {
    CHECK(trains[k].file == fmt::format("bkg/bkg_spikes_{}.h5", names[k]));
    CHECK(trains[k].rate_hz == rates[k]);
    CHECK(trains[k].seed == 0);
  }
  CHECK(trains[0].duration_s == 10);
  CHECK(trains[5].duration_s == 3);
  CHECK(trains[6].regular);
}

TEST_CASE("background files are read back equal in both layouts") {
  const test::TemporaryFolder folder;
  const auto expected = background_spikes(train(3), 10, BackgroundRandom::counter);
  for (const auto layout : {BackgroundLayout::sonata, BackgroundLayout::gids}) {
    auto regular = train(0);
    regular.file = "bkg/regular.h5";
    regular.regular = true;
    regular.duration_s = 1;
    write_background({train(3), regular}, folder.path(), {.units = 10, .layout = layout}, {});
    const auto spikes = io::read_spikes_h5(folder.path() / "bkg/test.h5", std::nullopt);
    CHECK(spikes.time_ms == expected.time_ms);
    CHECK(spikes.node_id == expected.node_id);
    CHECK(io::read_spikes_h5(folder.path() / "bkg/regular.h5", std::nullopt).time_ms ==
          std::vector<double>{100, 200, 300, 400, 500, 600, 700, 800, 900, 1000});
  }
}

TEST_CASE("the number of background units comes from a checked node file") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(io::background_units(folder.path()), core::MissingFileError);
  std::filesystem::create_directories(folder.path() / "network");
  const auto write = [&](const std::vector<std::uint64_t>& ids) {
    auto file = io::h5::File::create(folder.path() / "network" / "bkg_nodes.h5");
    io::h5::write<std::uint64_t>(file, "/nodes/bkg/node_id", ids);
    file.close();
  };
  write({0, 1, 2});
  CHECK(io::background_units(folder.path()) == 3);
  write({0, 2, 1});
  CHECK_THROWS_AS(io::background_units(folder.path()), core::FormatError);
  write({});
  CHECK_THROWS_AS(io::background_units(folder.path()), core::FormatError);
}
