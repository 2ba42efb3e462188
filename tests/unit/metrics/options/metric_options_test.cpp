// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/options/metric_options.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using namespace striate;
using namespace striate::metrics;

namespace {

constexpr core::Option known[] = {
    options::output_dir, {.name = "run", .takes = core::Option::Takes::several}, options::name};

std::string named(const core::OptionValues::Given& given,
                  const std::vector<std::filesystem::path>& usual = {"B/output_plain"}) {
  return result_name({.kind = nullptr,
                      .arguments = {{"BASE", {"B"}}, {"OPT", {"plain"}}},
                      .values = core::OptionValues(known, given)},
                     usual);
}

}  // namespace

TEST_CASE("tables of other runs have a name of their own") {
  CHECK(named({}) == "plain");
  CHECK(named({{"run", {"B/output_plain/"}}}) == "plain");
  CHECK(named({{"run", {"./B/other/../output_plain"}}}) == "plain");
  CHECK(named({{"run", {"B/other/"}}}) == "plain_other");
  CHECK(named({{"run", {"other/a", "other/b"}}}) == "plain_other_2_runs");
  CHECK(named({{"run", {"B/x/chunk_1", "B/x/chunk_0"}}}, {"B/x/chunk_0", "B/x/chunk_1"}) == "plain");
  CHECK(named({{"run", {"B/x/chunk_1"}}}, {"B/x/chunk_0", "B/x/chunk_1"}) == "plain_chunk_1");
  CHECK(named({{"run", {"other"}}, {"name", {"mine"}}}) == "plain_mine");
  CHECK_THROWS_AS(named({{"run", {"other"}}, {"name", {"a/b"}}}), core::UsageError);
  CHECK_THROWS_AS(named({{"name", {"mine"}}}), core::UsageError);
}

TEST_CASE("in a folder of their own tables keep their names") {
  CHECK(named({{"run", {"other"}}, {"output_dir", {"elsewhere"}}}) == "plain");
  CHECK(named({{"run", {"other"}}, {"output_dir", {"B/metrics/"}}}) == "plain_other");
}
