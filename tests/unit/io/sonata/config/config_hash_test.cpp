// SPDX-License-Identifier: BSD-3-Clause
#include "io/sonata/config/config_hash.hpp"

#include <catch2/catch.hpp>

using namespace striate;

namespace {

io::Json document() {
  return {{"manifest", {{"$BASE_DIR", "/a"}}},
          {"run", {{"dt", 0.25}, {"tstop", 100.0}}},
          {"inputs", {{"lgn", {{"input_file", "/a/filternet/spikes.h5"}}}}},
          {"output", {{"output_dir", "/a/output"}}},
          {"networks", {{"nodes", io::Json::array({{{"nodes_file", "/a/network/v1_nodes.h5"}}})}}}};
}

}  // namespace

TEST_CASE("configurations that differ in folders and outputs alone are the same") {
  const auto hash = io::config_hash(document());
  CHECK(hash.size() == 32);
  auto moved = io::Json::parse(document().dump());
  moved["inputs"]["lgn"]["input_file"] = "elsewhere/spikes.h5";
  moved["networks"]["nodes"][0]["nodes_file"] = "v1_nodes.h5";
  moved["output"]["output_dir"] = "/b";
  moved["config_path"] = "/b/other_name.json";  // as it is read
  moved["config_dir"] = "/b";
  moved.erase("manifest");
  CHECK(io::config_hash(moved) == hash);
}

TEST_CASE("every setting counts") {
  const auto hash = io::config_hash(document());
  const auto changed = [&](const char* pointer, const io::Json& value) {
    auto other = document();
    other[io::Json::json_pointer(pointer)] = value;
    return io::config_hash(other) != hash;
  };
  CHECK(changed("/run/dt", 0.5));
  CHECK(changed("/run/seed", 1));
  CHECK(changed("/inputs/lgn/input_file", "/a/filternet/spikes2.h5"));
  CHECK(changed("/inputs/lgn/node_set", "lgn"));
  CHECK(changed("/networks/nodes/0/nodes_file", "/a/network/other.h5"));
  CHECK(changed("/reports", {{"v", {{"module", "multimeter_report"}}}}));
}
