// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/spike_population.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using namespace striate;
using engine::choose_spike_population;

namespace {

using Names = std::vector<std::string>;

engine::SpikeInput input(std::optional<std::string> population = {}) {
  return {.name = "in",
          .file = "spikes.h5",
          .format = engine::SpikeInput::Format::h5,
          .node_set = "lgn",
          .population = std::move(population),
          .where = "run.json:/inputs/in"};
}

const Names nodes{"v1", "lgn", "bkg"};

engine::SpikeChoice choose(const Names& present, const Names& targets = {"lgn"},
                           std::optional<std::string> population = {}) {
  return choose_spike_population(input(std::move(population)), present, targets.front(), targets, nodes);
}

}  // namespace

TEST_CASE("the population of a spike file is the one that is named, or called like the target") {
  CHECK(choose({"bkg", "lgn"}).population == "lgn");
  CHECK(choose({"bkg", "lgn"}).warning.empty());
  CHECK(choose({"bkg", "lgn"}, {"lgn"}, "bkg").population == "bkg");
  CHECK_THROWS_AS(choose({"bkg", "lgn"}, {"lgn"}, "lng"), core::FormatError);
  CHECK(choose({}).plays);
  CHECK_FALSE(choose({}).population);
  CHECK(choose({}).warning.empty());
  CHECK_FALSE(choose({}, {"lgn", "bkg"}).warning.empty());  // one list for two
}

TEST_CASE("the only population that can be meant is used with a warning") {
  for (const Names& present : {Names{"thalamus"}, Names{"bkg"}, Names{"bkg", "thalamus", "v1"}}) {
    const auto choice = choose(present);
    CHECK(choice.population == (present.size() == 1 ? present.front() : "thalamus"));
    CHECK(choice.warning.find("drives 'lgn'") != std::string::npos);
  }
  CHECK_THROWS_WITH(choose({"a", "thalamus"}), Catch::Contains("a, thalamus"));
  CHECK_THROWS_AS(choose({"bkg", "v1"}), core::ConfigError);  // both are something else
}

TEST_CASE("of several targets each gets its own population") {
  CHECK(choose({"bkg", "lgn"}, {"bkg", "lgn"}).population == "bkg");
  const auto without = choose({"lgn"}, {"bkg", "lgn"});
  CHECK_FALSE(without.plays);
  CHECK(without.warning.find("no spikes for 'bkg'") != std::string::npos);
}
