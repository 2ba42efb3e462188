// SPDX-License-Identifier: BSD-3-Clause
// "Same seed, same bits": the numbers of the `tiny` network as they have been since its first release. A
// change here changes every user's network and needs a reason that the release notes give. Lengths are
// compared in steps of 1e-6, so that another mathematical library is no change.
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "builder/edges/make_edges.hpp"
#include "builder/spec/read_spec.hpp"

using namespace striate::builder;

namespace {

/// FNV-1a over 64-bit integers.
struct Fingerprint {
  std::uint64_t value = 0xcbf29ce484222325;
  void add(std::uint64_t number) {
    for (int byte = 0; byte < 8; ++byte, number >>= 8) value = (value ^ (number & 0xff)) * 0x100000001b3;
  }
  template <class Range>
  Fingerprint& add_all(const Range& numbers) {
    for (const auto number : numbers)
      if constexpr (std::is_floating_point_v<std::decay_t<decltype(number)>>)
        add(std::isnan(number) ? 0x7ff8u : static_cast<std::uint64_t>(std::llround(number * 1e6)));
      else
        add(number);
    return *this;
  }
};

}  // namespace

TEST_CASE("the tiny network has the cells and edges that its seed has always given") {
  const auto spec = read_network_spec("tiny", {{{"cells", "fluctuate"}, GENERATE("false", "true")}});
  const auto nodes = make_v1_nodes(spec);
  const auto units = make_lgn_nodes(spec.lgn, spec.seed);
  const auto targets = targets_of({0, nodes.size()});
  const auto rule = make_connection_rule(spec);
  const auto silent = [](std::size_t, std::size_t) {};
  const auto recurrent =
      make_recurrent_edges(spec, nodes, rule, make_source_grid(spec, nodes, rule), targets, 0, silent);
  const auto lgn = make_lgn_edges(spec, nodes, units, targets, 0, silent);
  const auto background = make_background_edges(spec, targets);
  const auto fingerprint = [](const auto&... columns) {
    Fingerprint all;
    (all.add_all(columns), ...);
    return all.value;
  };
  const auto cells = fingerprint(nodes.x, nodes.y, nodes.z, nodes.tuning_angle);
  const auto sizes = fingerprint(nodes.target_size);
  const auto unit_values = fingerprint(units.x, units.y, units.spatial_size, units.tuning_angle,
                                       units.dominant.weight[0], units.dominant.kpeak[1]);
  const auto edges = fingerprint(recurrent.source, recurrent.first_row);
  const auto lgn_edges = fingerprint(lgn.source, lgn.first_row);
  const auto background_edges = fingerprint(background.source, background.first_row);
  if (!spec.fluctuate) {
    CHECK(nodes.size() == 1141);
    CHECK(cells == 0x6489b4e7e47e12);
    CHECK(sizes == 0xcaa8c45b46ed3010);
    CHECK(unit_values == 0x9dff17e5e5c2bb62);
    CHECK(edges == 0x51d40ff6a6052495);
    CHECK(lgn_edges == 0x8d2f7b74f4561c70);
    CHECK(background_edges == 0x61154137aa7c41bb);
  } else {
    CHECK(nodes.size() == 1167);
    CHECK(cells == 0xa00b5d70f827c72f);
  }
}
