// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/recorded/recorded_properties.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace striate::metrics;

TEST_CASE("recorded properties of types: medians, and in how many units") {
  const auto properties = read_recorded_properties(shipped_properties());
  CHECK(properties.size() == 17);
  const auto* fano = find_recorded(properties, "L4_Exc", "fano_dg");
  REQUIRE(fano != nullptr);
  CHECK(fano->median == Approx(3.30558));
  CHECK(fano->mean == Approx(55.8952));
  CHECK(fano->units == 301 + 328);
  CHECK(find_recorded(properties, "L4_Exc", "pref_sf_sg")->units == 301);  // shown in one kind of session
  CHECK(find_recorded(properties, "L5_NP", "g_osi_dg") == find_recorded(properties, "L5_Exc", "g_osi_dg"));
  CHECK(find_recorded(properties, "L4_Exc", "nothing") == nullptr);
  CHECK(find_recorded(properties, "L7_Exc", "fano_dg") == nullptr);
  CHECK(std::isnan(find_recorded(properties, "L1_Inh", "frac_lowpass")->median));
}

TEST_CASE("a column has a counterpart where the same stimulus was shown") {
  CHECK(recorded_counterpart("dg_tf", "OSI") == "g_osi_dg");
  CHECK(recorded_counterpart("dg_tf_quick", "fano") == "fano_dg");
  CHECK_FALSE(recorded_counterpart("8dir_10trials", "OSI"));
  CHECK_FALSE(recorded_counterpart("dg_tf", "f1_f0"));
  CHECK_FALSE(recorded_counterpart("quick", "OSI"));
}
