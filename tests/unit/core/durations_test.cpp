// SPDX-License-Identifier: BSD-3-Clause
#include "core/durations.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using namespace striate::core;

TEST_CASE("times by the clock have units, each once and the larger first") {
  CHECK(parse_wall_seconds("600s") == 600);
  CHECK(parse_wall_seconds("10m") == 600);
  CHECK(parse_wall_seconds("2h50m") == 10200);
  CHECK(parse_wall_seconds("1d12h") == 129600);
  CHECK(parse_wall_seconds("1.5h") == 5400);
  CHECK(parse_wall_seconds("1d2h3m4s") == 93784);
  for (const char* text : {"", "600", "s", "50m2h", "1h1h", "1h30", "-5s", "0s", "0h0m", "1e400s", "5 m",
                           "5ms", "5x", "1..5s", "nan", "infs"})
    CHECK_FALSE(parse_wall_seconds(text));
}

TEST_CASE("a length of a run is by the clock or simulated, and never without a unit") {
  CHECK(parse_run_length("2h50m", "stop-after").wall_s == 10200);
  CHECK_FALSE(parse_run_length("2h50m", "stop-after").simulated_ms);
  CHECK(parse_run_length("500ms", "stop-after").simulated_ms == 500);
  CHECK(parse_run_length("0.25ms", "stop-after").simulated_ms == 0.25);
  CHECK_FALSE(parse_run_length("500ms", "stop-after").wall_s);
  for (const char* text : {"500", "0ms", "-1ms", "ms", "infms", "nanms", "1h500ms", "1e400ms"})
    CHECK_THROWS_AS(parse_run_length(text, "checkpoint-every"), UsageError);
  CHECK_THROWS_WITH(parse_run_length("500", "checkpoint-every"),
                    Catch::Contains("--checkpoint-every '500'") && Catch::Contains("unit"));
}
