// SPDX-License-Identifier: BSD-3-Clause
#include "engine/run/recorder.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "core/errors/error.hpp"
#include "engine/network/node_targets.hpp"
#include "support/made_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

constexpr core::Step never = std::numeric_limits<core::Step>::max();

/// The made network with other columns of its cells' types.
MadeNetwork named_network(const std::string& types) {
  auto network = test::made_network();
  auto& cells = network.nodes.front().population;
  std::vector<std::uint64_t> type_ids;
  for (std::size_t node = 0; node < cells.size(); ++node) type_ids.push_back(cells.node_type_id(node));
  cells = io::make_node_population("cells", type_ids,
                                   io::TypeTable::parse(types, "cells_node_types.csv", "node_type_id"), {});
  return network;
}

struct Recording {
  test::TemporaryFolder folder;
  Network network;
  Partition partition;
  Shard shard;

  explicit Recording(const MadeNetwork& made = test::made_network()) : network(make_network(made)) {
    auto local = partition_neurons(network, test::quarter, 0, 1);
    partition = std::move(local.partition);
    shard.neurons = std::move(local.neurons);
    for (std::uint32_t gid = 0; gid < network.neuron_count(); ++gid) {
      const auto lid = partition.lid({gid}).value;
      shard.neurons.v[lid] = gid;
      inject(shard.neurons, {lid}, 100.0 + gid);
      shard.neurons.i_syn[lid] = 200.0 + gid;
      shard.neurons.asc_sum[lid] = 300.0 + gid;
      shard.neurons.theta_spike[lid] = 400.0 + gid;
    }
  }
  ReportSpec spec(std::vector<ReportVariable> variables, std::vector<std::uint32_t> ids = {30, 4, 17}) const {
    return {.name = "r",
            .cells = {{"population", "cells"}, {"node_id", ids}},
            .variables = std::move(variables),
            .file = folder.path() / "r.h5",
            .first = 4,
            .interval = 3,
            .last = 10,
            .precision = io::ReportPrecision::float64,
            .where = "config.json:/reports/r"};
  }
  Recorder recorder(const ReportSpec& spec) const {
    return Recorder(spec, network, {}, partition, test::quarter, {});
  }
  std::vector<double> read(const std::string& dataset) const {
    const auto file = io::h5::File::open(io::incomplete_name(folder.path() / "r.h5"));
    return io::h5::read_table<double>(file, "/report/cells/" + dataset, 3);
  }
  double e_l(std::uint32_t gid) const { return shard.neurons.model_at(partition.lid({gid})).e_l; }
};

}  // namespace

TEST_CASE("samples are due at first, first + interval, ... and not after last") {
  Recording r;
  auto recorder = r.recorder(r.spec({ReportVariable::V_m}));
  CHECK(recorder.next_after(0) == 4);
  CHECK(recorder.next_after(3) == 4);
  CHECK(recorder.next_after(4) == 7);
  CHECK(recorder.next_after(6) == 7);
  CHECK(recorder.next_after(9) == 10);
  CHECK(recorder.next_after(10) == never);
  CHECK(recorder.next_after(100) == never);
  for (r.shard.now = 1; r.shard.now <= 10; ++r.shard.now) recorder.sample(r.shard);
  recorder.finish();
}

TEST_CASE("every variable is read from its place, cells by rising node id") {
  using enum ReportVariable;
  Recording r;
  auto recorder = r.recorder(r.spec({V_m, I, I_syn, ASCurrents_sum, threshold}));
  for (r.shard.now = 1; r.shard.now <= 20; ++r.shard.now) {
    for (auto& v : r.shard.neurons.v) v += 1.0;
    recorder.sample(r.shard);
  }
  recorder.finish();
  std::vector<double> v_m;
  for (const unsigned step : {4u, 7u, 10u})  // no other step was due
    for (const std::uint32_t gid : {4u, 17u, 30u}) v_m.push_back(gid + step + r.e_l(gid));
  CHECK(r.read("data") == v_m);
  const std::vector<double> i = r.read("I"), i_syn = r.read("I_syn"), asc = r.read("ASCurrents_sum");
  const auto theta = r.read("threshold");
  REQUIRE(i.size() == 9);
  for (std::size_t k = 0; k < 9; ++k) {
    const std::uint32_t gid = std::vector{4u, 17u, 30u}[k % 3];
    CHECK(i[k] == 100.0 + gid);
    CHECK(i_syn[k] == 200.0 + gid);
    CHECK(asc[k] == 300.0 + gid);
    CHECK(theta[k] == r.shard.neurons.threshold(r.partition.lid({gid})));
  }
}

TEST_CASE("a value that the report's numbers cannot hold ends the run, naming node and variable") {
  for (const auto& [precision, value, fits] :
       {std::tuple(io::ReportPrecision::float32, 1e30, true),
        {io::ReportPrecision::float32, 1e39, false},
        {io::ReportPrecision::float32, -1e39, false},
        {io::ReportPrecision::float64, 1e39, true},
        {io::ReportPrecision::float64, std::numeric_limits<double>::infinity(), false},
        {io::ReportPrecision::float64, std::numeric_limits<double>::quiet_NaN(), false}}) {
    CAPTURE(value, fits);
    Recording r;
    auto spec = r.spec({ReportVariable::I_syn});
    spec.precision = precision;
    auto recorder = r.recorder(spec);
    r.shard.neurons.i_syn[r.partition.lid({17}).value] = value;
    r.shard.now = 4;
    if (fits) {
      CHECK_NOTHROW(recorder.sample(r.shard));
    } else {
      CHECK_THROWS_WITH(recorder.sample(r.shard), Catch::Contains("I_syn=") && Catch::Contains("node 17") &&
                                                      Catch::Contains("'cells'") && Catch::Contains("r.h5"));
      CHECK_THROWS_AS(recorder.sample(r.shard), core::FormatError);
    }
    r.shard.neurons.i_syn[r.partition.lid({17}).value] = 0;
    for (r.shard.now = fits ? 5 : 4; r.shard.now <= 10; ++r.shard.now) recorder.sample(r.shard);
    recorder.finish();
  }
}

TEST_CASE("means are over the cells of each pop_name, in the order of their first cells") {
  Recording r(
      named_network("node_type_id pop_name model_type model_template dynamics_params\n"
                    "1 even point_process nest:glif_psc_double_alpha a.json\n"
                    "2 odd point_process nest:glif_psc_double_alpha b.json\n"
                    "3 even point_process nest:glif_psc_double_alpha c.json\n"));
  // Of types 2 (node 1), 1 (3), 2 (4), 3 (5), 3 (8).
  auto spec = r.spec({ReportVariable::I, ReportVariable::I_syn}, {8, 5, 1, 3, 4});
  spec.means = true;
  auto recorder = r.recorder(spec);
  for (r.shard.now = 1; r.shard.now <= 10; ++r.shard.now) recorder.sample(r.shard);
  recorder.finish();
  const auto file = io::h5::File::open(io::incomplete_name(r.folder.path() / "r.h5"));
  const double odd = (1 + 4) / 2.0, even = (3 + 5 + 8) / 3.0;
  CHECK(io::h5::read_table<double>(file, "/report/cells/data", 2) ==
        std::vector{100 + odd, 100 + even, 100 + odd, 100 + even, 100 + odd, 100 + even});
  CHECK(io::h5::read_table<double>(file, "/report/cells/I_syn", 2).back() == 200 + even);
  const std::string mapping = "/report/cells/mapping/";
  CHECK(io::h5::read<std::uint64_t>(file, mapping + "node_ids") == std::vector<std::uint64_t>{1, 3});
  CHECK(io::h5::read<std::uint64_t>(file, mapping + "cells") == std::vector<std::uint64_t>{2, 3});
  CHECK(io::h5::read<std::uint64_t>(file, mapping + "index_pointers").back() == 2);
  CHECK(io::h5::read_strings(file, mapping + "pop_name") == std::vector<std::string>{"odd", "even"});
  CHECK(io::h5::string_attribute(file, "/report/cells/I_syn", "reduce") == "mean");
}

TEST_CASE("without names of populations the mean is over all cells, and where some have one it is refused") {
  const Recording r;
  auto spec = r.spec({ReportVariable::I});
  spec.means = true;
  const auto recorded = recorded_neurons(spec, r.network, {});
  REQUIRE(recorded.size() == 1);
  CHECK(recorded.front().means.names == std::vector<std::string>{"cells"});
  CHECK(recorded.front().columns() == 1);
  const Recording partly(
      named_network("node_type_id pop_name model_type model_template dynamics_params\n"
                    "1 even point_process nest:glif_psc_double_alpha a.json\n"
                    "2 NULL point_process nest:glif_psc_double_alpha b.json\n"
                    "3 even point_process nest:glif_psc_double_alpha c.json\n"));
  CHECK_THROWS_WITH(recorded_neurons(spec, partly.network, {}),
                    Catch::Contains("1 of the 3 neurons of 'cells' in config.json:/reports/r/cells have no "
                                    "pop_name"));
  spec.means = false;
  CHECK_NOTHROW(recorded_neurons(spec, partly.network, {}));
}

TEST_CASE("a report of no neuron is refused") {
  const Recording r;
  auto spec = r.spec({ReportVariable::V_m});
  spec.cells = "in";
  CHECK_THROWS_WITH(recorded_neurons(spec, r.network, {}), Catch::Contains("/reports/r/cells"));
  CHECK_THROWS_AS(r.recorder(spec), core::ConfigError);
  spec.cells = "cells";
  CHECK_NOTHROW(recorded_neurons(spec, r.network, {}));
}

TEST_CASE("currents are only kept for reports that show them") {
  using enum ReportVariable;
  const Recording r;
  CHECK_FALSE(needs_currents({}));
  CHECK_FALSE(needs_currents({r.spec({V_m, threshold, I})}));
  CHECK(needs_currents({r.spec({V_m}), r.spec({V_m, I_syn})}));
  CHECK(needs_currents({r.spec({ASCurrents_sum})}));
}
