// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/network_options.hpp"

#include <boost/program_options/parsers.hpp>
#include <catch2/catch.hpp>

using namespace striate;

namespace {

builder::NetworkSpec spec_with(const std::vector<std::string>& words, const std::string& network = "tiny") {
  boost::program_options::options_description options;
  cli::add_network_options(options);
  boost::program_options::variables_map values;
  boost::program_options::store(boost::program_options::command_line_parser(words).options(options).run(),
                                values);
  return cli::read_network_spec(network, cli::given_network_options(values));
}

}  // namespace

TEST_CASE("each option of a network sets what it names, and nothing else") {
  const auto plain = spec_with({});
  struct Facts {
    double radius, core_radius;
    std::uint64_t seed;
    std::int64_t tiles_x, tiles_y, units, connections;
    bool like_to_like, fluctuate, flat, recurrent;
    builder::UnitaryPspSource unitary_psp;
    bool operator==(const Facts&) const = default;
  };
  const auto facts_of = [](const builder::NetworkSpec& spec) {
    return Facts{.radius = spec.radius_um,
                 .core_radius = spec.core_radius_um,
                 .seed = spec.seed,
                 .tiles_x = spec.lgn.tiles_x,
                 .tiles_y = spec.lgn.tiles_y,
                 .units = spec.background.units,
                 .connections = spec.background.connections,
                 .like_to_like = spec.recurrent.like_to_like,
                 .fluctuate = spec.fluctuate,
                 .flat = spec.flat,
                 .recurrent = spec.recurrent.enabled,
                 .unitary_psp = spec.unitary_psp};
  };
  const auto check = [&](const std::vector<std::string>& words, const auto& change) {
    CAPTURE(words.front());
    auto expected = facts_of(plain);
    change(expected);
    REQUIRE(expected != facts_of(plain));
    CHECK((facts_of(spec_with(words)) == expected));
  };
  check({"--radius=61"}, [](auto& f) { f.radius = 61; });
  check({"--core-radius=33"}, [](auto& f) { f.core_radius = 33; });
  check({"--seed=7"}, [](auto& f) { f.seed = 7; });
  check({"--no-like-to-like"}, [](auto& f) { f.like_to_like = false; });
  check({"--fluctuate"}, [](auto& f) { f.fluctuate = true; });
  check({"--flat"}, [](auto& f) { f.flat = true; });
  check({"--no-recurrent"}, [](auto& f) { f.recurrent = false; });
  check({"--unitary-psp=computed"}, [](auto& f) { f.unitary_psp = builder::UnitaryPspSource::computed; });
  check({"--bkg-units=7", "--bkg-connections=3"}, [](auto& f) { f.units = 7, f.connections = 3; });
  CHECK(spec_with({}, "core").lgn.tiles_x > 3);
  CHECK(spec_with({"--small-lgn"}, "core").lgn.tiles_x == 3);
  CHECK(spec_with({"--small-lgn"}, "core").lgn.tiles_y == 2);
}
