// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <fstream>

#include "builder/nodes/v1_nodes.hpp"
#include "builder/spec/read_spec.hpp"
#include "builder/spec/unitary_psp.hpp"
#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::builder;

namespace {

const CellModel& model(const NetworkSpec& spec, std::uint64_t id) {
  for (const auto& m : spec.models)
    if (m.id == id) return m;
  throw std::runtime_error("no such model");
}

double computed(const NetworkSpec& spec, std::uint64_t id, const std::string& source) {
  const auto& m = model(spec, id);
  std::size_t source_class = 0;
  while (spec.synapse_classes[source_class] != source) ++source_class;
  return unitary_psp(m.glif.C_m, m.glif.g,
                     spec.kinetics_of(source_class, spec.populations[m.population].synapse_class));
}

NetworkSpec from_text(const std::string& yaml) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "mine.yaml";
  std::ofstream(file) << yaml;
  return read_network_spec(file.string());
}

}  // namespace

TEST_CASE("unitary PSPs equal the closed form") {
  const auto spec = read_network_spec("tiny");
  CHECK(computed(spec, 475585413, "e23") == Approx(0.09400910862665746).epsilon(1e-9));
  CHECK(computed(spec, 484509440, "exc") == Approx(0.07379020061964575).epsilon(1e-9));
  CHECK(computed(spec, 313861608, "pv") == Approx(0.04759148601).epsilon(1e-8));
  CHECK(computed(spec, 479179020, "e4") == Approx(0.05892596821829951).epsilon(1e-9));
}

TEST_CASE("named networks have the model's numbers of cells") {
  const auto cells = [](const char* name) { return make_v1_nodes(read_network_spec(name)).size(); };
  CHECK(cells("tiny") == 1141);
  CHECK(cells("small") == 16728);
  CHECK(cells("full") == 203816);
  const auto spec = read_network_spec("full");
  CHECK(spec.populations.size() == 22);
  CHECK(spec.models.size() == 201);
  CHECK(spec.seed == 153);
  CHECK(read_network_spec("core_nll_3").seed == 3000);
  CHECK_FALSE(read_network_spec("core_nll_3").recurrent.like_to_like);
  CHECK(read_network_spec("core_nll_3").fluctuate);
}

TEST_CASE("cells lie in their annulus and layer, with even tuning angles") {
  const auto spec = read_network_spec("tiny");
  const auto nodes = make_v1_nodes(spec);
  std::vector<std::size_t> in_model(spec.models.size(), 0);
  const auto per_model = cells_per_model(spec);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double rho = std::hypot(nodes.x[i], nodes.z[i]);
    REQUIRE(rho >= 1.0);
    REQUIRE(rho <= 50.0);
    REQUIRE(nodes.y[i] < 0);
    const auto k = in_model[nodes.model[i]]++;
    REQUIRE(nodes.tuning_angle[i] ==
            Approx(360.0 * static_cast<double>(k) / static_cast<double>(per_model[nodes.model[i]])));
    REQUIRE(nodes.target_size[i] == std::round(nodes.target_size[i]));
  }
}

TEST_CASE("a user's network extends a shipped one") {
  const auto changed = from_text("extends: tiny\nseed: 7\nrecurrent: {lateral_aspect: 1.0}\n");
  CHECK(changed.seed == 7);
  CHECK(changed.recurrent.lateral_aspect == 1.0);
  CHECK(changed.radius_um == 50);
}

TEST_CASE("bad network files are refused with file, line and reason, all problems at once") {
  const auto refused = [](const std::string& yaml, std::vector<std::string> texts) {
    CAPTURE(yaml);
    try {
      from_text(yaml);
      FAIL("not refused");
    } catch (const core::ConfigError& error) {
      for (const auto& text : texts) CHECK_THAT(error.what(), Catch::Contains(text));
    }
  };
  refused("extends: tiny\nsede: 3\n", {"mine.yaml:2", "sede", "seed"});
  refused("extends: tiny\nseed: 3\nseed: 4\n", {"mine.yaml:3", "seed"});
  refused("extends: tinny\n", {"tinny", "tiny"});
  refused("extends: tiny\nseed: many\n", {"mine.yaml:2", "seed"});
  refused("extends: tiny\nseed: -1\n", {"mine.yaml:2", "seed"});
  refused("extends: tiny\nsize: {radius_um: -5}\n", {"mine.yaml:2", "radius_um"});
  refused("extends: tiny\nsize: {radius_um: .nan}\n", {"radius_um"});
  refused("extends: tiny\nsize: 5\n", {"mine.yaml:2", "size"});
  refused("extends: tiny\nrecurrent: {lateral_aspect: 0}\n", {"lateral_aspect"});
  refused("extends: tiny\nlgn: {tiles: [3]}\n", {"tiles"});
  refused("extends: tiny\nlgn: {tiles: [3, 0]}\n", {"tiles"});
  refused("extends: tiny\nbackground: {units: 3, connections: 4}\n", {"connections"});
  refused("extends: tiny\nbackground: {units: 0}\n", {"units"});
  refused("extends: tiny\nsynapses: {unitary_psp: guessed}\n", {"unitary_psp"});
  refused("extends: tiny\ncells: {fluctuate: perhaps}\n", {"fluctuate"});
  refused("extends: [tiny\n", {"mine.yaml"});
  refused("extends: tiny\nsede: 3\nsize: {radius_um: -5}\n", {"sede", "radius_um"});
  CHECK_THROWS_AS(read_network_spec("no_such_network"), core::Error);
}
