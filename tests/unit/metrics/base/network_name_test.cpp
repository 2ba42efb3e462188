// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/network_name.hpp"

#include <catch2/catch.hpp>

using namespace striate;

TEST_CASE("a network is named by its folder, however it is written") {
  CHECK(metrics::network_name("/data/small") == "small");
  CHECK(metrics::network_name("/data/small/") == "small");
  CHECK(metrics::network_name("/data/small/metrics/..") == "small");
}
