// SPDX-License-Identifier: BSD-3-Clause
#include "engine/network/node_models.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/hdf5/h5.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
namespace h5 = io::h5;

namespace {

using Ids = std::vector<std::uint64_t>;

/// Five nodes in two groups, all of one type.
class Nodes {
 public:
  explicit Nodes(const std::string& row = "7 point_process nest:glif_psc_double_alpha a.json") {
    std::ofstream(folder_.path() / "types.csv") << "node_type_id model_type model_template dynamics_params\n"
                                                << row << "\n";
  }
  void write(const std::function<void(const h5::File&)>& more) const {
    auto file = h5::File::create(folder_.path() / "nodes.h5");
    h5::write<std::uint64_t>(file, "/nodes/v1/node_type_id", Ids(5, 7));
    h5::write<std::uint64_t>(file, "/nodes/v1/node_group_id", Ids{0, 1, 0, 1, 0});
    h5::write<std::uint64_t>(file, "/nodes/v1/node_group_index", Ids{2, 0, 1, 1, 0});
    for (const char* group : {"/nodes/v1/0", "/nodes/v1/1"}) h5::create_group(file, group);
    more(file);
    file.close();
  }
  io::NodePopulation read() const {
    return io::read_node_populations({{folder_.path() / "nodes.h5", folder_.path() / "types.csv"}}).front();
  }
  std::vector<engine::CellModel> models;  ///< of the last models_of()
  int files_read = 0;

  std::vector<std::uint32_t> models_of(core::Problems* problems = nullptr) {
    engine::CellModels cells([&](const std::string& file, const std::string&, const std::string&) {
      ++files_read;
      engine::GlifParameters parameters;
      parameters.E_L = -70;
      return engine::CellModel{.label = file, .parameters = parameters};
    });
    const auto result = engine::models_of_nodes(read(), cells, problems);
    models = cells.take();
    return result;
  }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("nodes without values of their own share the model of their type") {
  Nodes nodes;
  nodes.write([](const h5::File& file) {
    h5::write<double>(file, "/nodes/v1/0/x", std::vector{1., 2., 3.});
  });
  CHECK(nodes.models_of() == std::vector<std::uint32_t>(5, 0));
  REQUIRE(nodes.models.size() == 1);
  CHECK(nodes.models[0].parameters.E_L == -70);
}

TEST_CASE("single parameters of nodes come before those of the file, and equal ones share a model") {
  Nodes nodes;
  nodes.write([](const h5::File& file) {
    h5::write<double>(file, "/nodes/v1/0/dynamics_params/V_th", std::vector{-40., -42., -45.});
    h5::write<double>(file, "/nodes/v1/1/dynamics_params/V_th", std::vector{-45., -45.});
    h5::write<double>(file, "/nodes/v1/1/dynamics_params/after_spike_currents", std::vector{0., 1.});
  });
  // Node 0 is row 2 of group 0, node 2 row 1, node 4 row 0; nodes 1 and 3 are rows 0 and 1 of group 1.
  const auto model = nodes.models_of();
  CHECK(nodes.files_read == 1);
  const auto parameters = [&](std::size_t node) { return nodes.models[model[node]].parameters; };
  CHECK(parameters(0).V_th == -45);
  CHECK(parameters(1).V_th == -45);
  CHECK(parameters(2).V_th == -42);
  CHECK(parameters(3).after_spike_currents);
  CHECK_FALSE(parameters(1).after_spike_currents);
  CHECK(parameters(4).V_th == -40);
  CHECK(parameters(4).E_L == -70);
  CHECK(nodes.models.size() == 5);
  nodes.write([](const h5::File& file) {
    h5::write<double>(file, "/nodes/v1/0/dynamics_params/V_th", std::vector{-40., -42., -45.});
    h5::write<double>(file, "/nodes/v1/1/dynamics_params/V_th", std::vector{-45., -40.});
  });
  CHECK(nodes.models_of() == std::vector<std::uint32_t>{0, 0, 1, 2, 2});
}

TEST_CASE("parameters of nodes that cannot be are refused with dataset and row") {
  const auto refused = [](const std::string& dataset, const std::vector<double>& values,
                          const std::string& text,
                          const std::string& row = "7 point_process nest:glif_psc_double_alpha a.json") {
    Nodes nodes(row);
    nodes.write([&](const h5::File& file) { h5::write<double>(file, "/nodes/v1/1/" + dataset, values); });
    CHECK_THROWS_WITH(nodes.models_of(), Catch::Contains(text));
    core::Problems problems;
    CHECK(nodes.models_of(&problems).size() == 5);  // a check goes on
    CHECK(problems.errors.size() >= 1);
  };
  refused("dynamics_params/V_thr", {1, 2}, "/nodes/v1/1/dynamics_params/V_thr row 0");
  refused("dynamics_params/V_th", {-45, -100}, "node 3");
  for (const double no_number : {double{INFINITY}, std::nan("")})
    refused("dynamics_params/V_th", {-45, no_number}, "/nodes/v1/1/dynamics_params/V_th row 1");
  refused("dynamics_params/after_spike_currents", {2, 1}, "0 or 1");
  refused("dynamics_params/V_th", {-45, -44}, "Allen", "7 point_process nest:glif_lif_asc_psc a.json");
  Nodes nodes;
  nodes.write([](const h5::File& file) {
    h5::write<double>(file, "/nodes/v1/1/model_type", std::vector{1., 2.});
  });
  CHECK_THROWS_WITH(nodes.models_of(), Catch::Contains("/nodes/v1/1/model_type"));
}

TEST_CASE("parameters of virtual nodes are nobody's business") {
  Nodes nodes("7 virtual NULL NULL");
  nodes.write([](const h5::File& file) {
    h5::write<double>(file, "/nodes/v1/1/dynamics_params/gain", std::vector{1., 2.});
  });
  CHECK(nodes.models_of() == std::vector<std::uint32_t>(5, engine::virtual_node));
}
